"""What ``[columns]`` makes of a sheet before it is read: columns joined, and columns left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xenotrack.errors import InputError, did_you_mean
from xenotrack.study.column_words import JOINT, UNREAD
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.numbers import is_missing

_WITHIN = 30  # records in which a header is looked for
_ON = frozenset(("1", "+", "x", "y", "yes", "true", "on", "ja", "oui", "sí", "si", "✓", "✔"))
_OFF = frozenset(("0", "-", "n", "no", "false", "off", "nein", "non", "não", "0.0", "0,0"))
_DOSE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:mg/kg|mpk|mg|µg|μg|ug|mg/kg/day|mkd)?")
_MOST_DOSES = 4


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
    cells = sheet.grid[position + 1 :, columns]
    heads = [sheet.texts(position)[column] for column in columns]
    given = [doses_of(texts) for texts in cells.T]
    if all(given) and not any(head.casefold() in UNREAD for head in heads):
        return sheet.with_column(position, name, drugs_given(heads, cells))
    below = cells.tolist()
    texts = [" ".join(text.strip() for text in row if _says_something(text)) for row in below]
    return sheet.with_column(position, name, texts)


def _says_something(text: str) -> bool:
    return not is_missing(text) and text.strip() != "0"


def doses_of(texts: Iterable[str]) -> frozenset[str] | None:
    """What a column says that is given, "on" or doses; None where it is no column of one drug.

    Some mice are given it, and some are not.

    >>> doses_of(["0", "1"]), sorted(doses_of(["", "10 mg/kg", "25"])), doses_of(["yes", "No"])
    (frozenset({'on'}), ['10', '25'], frozenset({'on'}))
    >>> doses_of(["1", "1"]), doses_of(["0", "A"]), doses_of(["1", "2", "3"])
    (None, None, None)
    """
    given = {_dose_of(text) for text in set(texts)}
    doses = frozenset(dose for dose in given if dose)
    if None in given or "" not in given or not doses or len(doses) > _MOST_DOSES:
        return None
    return None if "on" in doses and len(doses) > 1 else frozenset(str(dose) for dose in doses)


def drugs_given(heads: Sequence[str], cells: NDArray[np.object_]) -> list[str]:
    """The arm of each row: the drugs that its cells say are given, with the dose of several.

    >>> cells = np.array([["0", "0"], ["10", "1"], ["25", "0"]], dtype=object)
    >>> drugs_given(["A (mg/kg)", "B"], cells)
    ['control', 'A 10 mg/kg + B', 'A 25 mg/kg']
    """
    several = [len(doses_of(texts) or ()) > 1 for texts in cells.T]
    return [
        JOINT.join(
            _drug_and_dose(head, dose if many else "")
            for head, text, many in zip(heads, row, several, strict=True)
            if (dose := _dose_of(text))
        )
        or "control"
        for row in cells
    ]


def _drug_and_dose(head: str, dose: str) -> str:
    """A drug as its column is called, and the dose in the unit that stands in its head."""
    drug = re.sub(r"\s*[(\[{][^()\[\]{}]*[)\]}]\s*$", "", head).strip()
    unit = head.strip()[len(drug) :].strip(" ()[]{}")
    return " ".join(filter(None, (drug, dose, unit if dose else "")))


def _dose_of(text: str) -> str | None:
    """The dose in a cell, "on" where it only says that a drug is given, "" where it is not."""
    word = text.strip().casefold()
    if word in _OFF or is_missing(text):
        return ""
    if word in _ON:
        return "on"
    match = _DOSE.fullmatch(word)
    if match is None:
        return None
    return f"{float(match[1].replace(',', '.')):g}" if float(match[1].replace(",", ".")) else ""


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
