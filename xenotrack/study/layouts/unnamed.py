"""What a sheet leaves to the eye: columns without a head, and blocks of which each has its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.layout import sheet_finding
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.numbers import is_missing

_WITHIN = 30


def with_heads(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet with its two unnamed columns before the days called arm and mouse.

    The mouse is the column that says something on every row and nothing twice within an arm.
    """
    for at in range(min(len(sheet.cells), _WITHIN)):
        names = sheet.texts(at)
        days = [column for column, name in enumerate(names) if name and day_of_header(name)]
        if len(days) < 2 or days[0] != 2 or any(names[:2]):
            continue
        body = [sheet.texts(place)[:2] for place in range(at + 1, len(sheet.cells))]
        body = [row for row in body if any(row)]
        mice = [column for column in (0, 1) if body and all(row[column] for row in body)]
        if len(mice) == 2:
            mice = [max((1, 0), key=lambda column: len({row[column] for row in body}))]
        if mice:
            cells = sheet.cells.copy()
            cells.iat[at, mice[0]], cells.iat[at, 1 - mice[0]] = "mouse", "arm"
            finding = sheet_finding(
                sheet,
                "columns-without-head",
                sheet.cell(int(sheet.rows[at])),
                "The two columns before the days have no name; they were read as the arm and the "
                "mouse.",
                "Nothing to do if they are; else name them.",
            )
            yield replace(sheet, cells=cells, findings=(*sheet.findings, finding))


def pieces_of(sheet: Sheet) -> tuple[list[str], list[Sheet]]:
    """The titles of blocks with heads of their own, one below or beside another, and the blocks.

    A title is a lone text above a head that begins as the first block's does.
    """
    texts = [sheet.texts(place) for place in range(len(sheet.cells))]
    corners = _corners(texts)
    if len(corners) < 2:
        return [], []
    titles = [texts[row - 1][column] for row, column in corners]
    return titles, [_piece(sheet, corners, place) for place in range(len(corners))]


def _corners(texts: list[list[str]]) -> list[tuple[int, int]]:
    """Where the heads of blocks begin: one word, that of the first, each below a title."""
    for row, names in enumerate(texts[:_WITHIN]):
        first = next((column for column, name in enumerate(names) if name), None)
        if row and first is not None and sum(map(bool, names)) > 2:
            word = names[first].casefold()
            found = [
                (at, column)
                for at in range(row, len(texts))
                for column, text in enumerate(texts[at])
                if text.casefold() == word
            ]
            titled = all(at and _is_title(texts[at - 1][column]) for at, column in found)
            return found if titled else []
    return []


def _is_title(text: str) -> bool:
    return bool(text) and not is_missing(text) and day_of_header(text) is None


def _piece(sheet: Sheet, corners: list[tuple[int, int]], place: int) -> Sheet:
    """One block: the rows and columns up to the next, all else emptied so that places hold."""
    row, column = corners[place]
    below = [at for at, _ in corners if at > row]
    beside = [c for at, c in corners if at == row and c > column]
    end = min(below, default=len(sheet.cells) + 1) - 1
    right = min(beside, default=sheet.cells.shape[1])
    cells = sheet.cells.iloc[row:end].copy().reset_index(drop=True)
    for each in range(cells.shape[1]):
        if not column <= each < right:
            cells.isetitem(each, "")
    findings = sheet.findings if place == 0 else ()
    return replace(sheet, cells=cells, rows=sheet.rows[row:end], findings=findings)
