"""What ``[columns]`` makes of a sheet before it is read: columns joined, and columns left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xenotrack.errors import InputError, did_you_mean
from xenotrack.study.column_words import JOINT
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.numbers import is_missing

_WITHIN = 30  # records in which a header is looked for


def with_joined_columns(sheet: Sheet, declared: Mapping[str, str]) -> Sheet:
    """The sheet with a column more for each declared ``A + B``, of the texts of both.

    Nothing of a drug that was not given: a dose of 0 and an empty cell add no word.
    """
    for wanted in {name.strip() for name in declared.values() if JOINT in name}:
        for position in range(min(len(sheet.cells), _WITHIN)):
            names = sheet.texts(position)
            parts = parts_of(wanted, names)
            if len(parts) > 1:
                sheet = _joined(sheet, position, wanted, parts)
                break
    return sheet


def parts_of(wanted: str, names: Sequence[str]) -> list[int]:
    """The columns that a declared ``A + B`` is made of; none where one of them is not there.

    A header may itself hold the sign: of several ways to read it the one with fewest columns.

    >>> parts_of("drug + dose", ["Drug", "Dose", "day"])
    [0, 1]
    >>> parts_of("A + B + dose", ["dose", "A + B"]), parts_of("A + B", ["A", "B", "A + B"])
    ([1, 0], [2])
    """
    folded = [name.casefold() for name in names]
    pieces = [piece.strip() for piece in wanted.casefold().split(JOINT.strip())]
    return min(_ways(pieces, folded), key=len, default=[])


def _ways(pieces: list[str], names: list[str]) -> Iterator[list[int]]:
    if not pieces:
        yield []
    for taken in range(1, len(pieces) + 1):
        head = JOINT.join(pieces[:taken])
        if head in names:
            yield from ([names.index(head), *rest] for rest in _ways(pieces[taken:], names))


def _joined(sheet: Sheet, position: int, name: str, columns: list[int]) -> Sheet:
    below = sheet.cells.iloc[position + 1 :, columns].to_numpy().tolist()
    texts = [" ".join(text.strip() for text in row if _says_something(text)) for row in below]
    return sheet.with_column(position, name, texts)


def _says_something(text: str) -> bool:
    return not is_missing(text) and text.strip() != "0"


def without_ignored(files: Sequence[list[Sheet]], ignored: Sequence[str]) -> list[list[Sheet]]:
    """The sheets with every column of these names emptied, as if nobody had written it."""
    if not ignored:
        return list(files)
    ignored_of = [[(sheet, _ignored_of(sheet, ignored)) for sheet in sheets] for sheets in files]
    met = {name for sheets in ignored_of for _, (_, columns) in sheets for name in columns.values()}
    for name in ignored:
        if name.strip().casefold() not in met:
            raise InputError(_not_there(name, [sheet for sheets in files for sheet in sheets]))
    return [
        [_emptied(sheet, position, tuple(columns)) for sheet, (position, columns) in sheets]
        for sheets in ignored_of
    ]


def _ignored_of(sheet: Sheet, ignored: Sequence[str]) -> tuple[int, dict[int, str]]:
    """The record that names most of the ignored columns, and these."""
    wanted = {name.strip().casefold() for name in ignored}
    named = [
        {c: t.casefold() for c, t in enumerate(sheet.texts(position)) if t.casefold() in wanted}
        for position in range(min(len(sheet.cells), _WITHIN))
    ]
    best = max(range(len(named)), key=lambda position: len(named[position]), default=0)
    return best, named[best] if named else {}


def _emptied(sheet: Sheet, position: int, columns: tuple[int, ...]) -> Sheet:
    if not columns:
        return sheet
    cells = sheet.cells.copy(deep=False)
    for column in columns:
        texts = cells.iloc[:, column].to_numpy(copy=True)
        texts[position:] = ""
        cells[cells.columns[column]] = texts
    return replace(sheet, cells=cells)


def _not_there(name: str, sheets: Sequence[Sheet]) -> str:
    seen = [text for sheet in sheets for text in _first_texts(sheet)]
    listed = f"{', '.join(seen[:20])}{', …' if len(seen) > 20 else ''}"
    return (
        f"{sheets[0].title} has no column {name!r}, which [columns] ignore names."
        f"{did_you_mean(name, seen)} Its columns are: {listed}."
    )


def _first_texts(sheet: Sheet) -> list[str]:
    records = (sheet.texts(position) for position in range(min(len(sheet.cells), _WITHIN)))
    return [text for text in next((texts for texts in records if any(texts)), []) if text]
