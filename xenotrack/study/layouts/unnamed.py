"""What a sheet leaves to the eye: columns without a head, and blocks of which each has its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from xenotrack.study.days import are_visits
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.layout import sheet_finding
from xenotrack.study.layouts.wide import BASELINE, day_of_header, kinds_of
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

    A title is a lone text above a head that begins as the first block's does; or it stands in the
    corner of a head of mice, before their days below it.
    """
    texts = [sheet.texts(place) for place in range(len(sheet.cells))]
    corners = _corners(texts)
    if len(corners) < 2:
        return _pieces_of_mice(sheet, texts)
    titles = [texts[row - 1][column] for row, column in corners]
    return titles, [_piece(sheet, corners, place) for place in range(len(corners))]


def is_name_before_days(row: list[str]) -> bool:
    """Whether a record is a name before what may be days: ``vehicle | 0 | 3 | 7``."""
    days = [text for text in row[1:] if text]
    named = bool(row[0]) and not day_of_header(row[0])
    return named and len(days) == len(set(days)) > 1 and all(map(day_of_header, days))


def repeats_days(row: list[str], head: list[str]) -> bool:
    """Whether a record is a name before the days of another block, or before the first of them."""
    own = [text for text in row[1:] if text]
    few = len(own) > 1 and row[1 : len(own) + 1] == head[1 : len(own) + 1]
    return row[1:] == head[1:] or (bool(row[0]) and few)


def may_be_days(row: list[str], head: list[str]) -> bool:
    """Whether what stands beside a name may as well be days as readings: ``drug | 0 | 5 | 9``.

    They are words for days, or begin as the days do, rise by whole numbers, and end about as they.
    """
    own = [text for text in row[1:] if text]
    if not row[0] or not own or not all(map(day_of_header, own)):
        return False
    if not all(map(str.isdigit, own)) or own[0] != head[1] or not head[1].isdigit():
        return not all(re.fullmatch(r"[-+]?[\d.,]+", text) for text in own)
    numbers = list(map(int, own))
    last = [int(text) for text in head[1:] if text.isdigit()][-1]
    return numbers == sorted(set(numbers)) and numbers[-1] <= 2 * max(last, 1)


def counts_mice(texts: list[list[str]], at: int) -> bool:
    """Whether the numbers beside a name count mice, or may: below it stand days, or what may be.

    ``vehicle | 1 | 2 | 3`` above ``0 | …`` and ``7 | …``; above ``101 | …`` they are days.
    """
    if not are_visits(text for text in texts[at][1:] if text and text.isdigit()):
        return False
    head = texts[at]
    blocks = [below for _, below in _blocks(texts, at, lambda row: repeats_days(row, head))]
    return all(map(_are_days, blocks)) and (
        not any(text.isdigit() for text in chain(*blocks)) or len({own[0] for own in blocks}) == 1
    )


def _blocks(
    texts: list[list[str]], at: int, is_head: Callable[[list[str]], bool]
) -> list[tuple[int, list[str]]]:
    """Where the heads of blocks stand, and what the first column holds below each."""
    blocks: list[tuple[int, list[str]]] = []
    for place, row in enumerate(texts[at:], start=at):
        if is_head(row):
            blocks.append((place, []))
        elif row[0]:
            blocks[-1][1].append(row[0])
    return blocks


def _are_days(texts: list[str]) -> bool:
    """Whether the texts of a first column are days that rise."""
    days = [day_of_header(text) for text in texts]
    kinds = kinds_of(day for day in days if day)
    if not days or None in days or len(kinds) != 1:
        return False
    if kinds == ["date"]:
        return len(set(texts)) == len(texts)
    numbers = [float(day[1]) for day in days if day and day[0] != BASELINE]
    return numbers == sorted(set(numbers))


def _pieces_of_mice(sheet: Sheet, texts: list[list[str]]) -> tuple[list[str], list[Sheet]]:
    """Blocks below one another, each a head of an arm and its mice above their days."""
    at = next((place for place, row in enumerate(texts) if _is_name_before_mice(row)), None)
    blocks = [] if at is None else _blocks(texts, at, _is_name_before_mice)
    heads = [texts[place] for place, _ in blocks]
    if len(blocks) < 2 or not all(_are_days(below) for _, below in blocks):
        return [], []
    if not all(_tell_days(head, below) for head, (_, below) in zip(heads, blocks, strict=True)):
        return [], []
    places = [place for place, _ in blocks]
    pieces = [
        _below_day(sheet, place, end)
        for place, end in zip(places, [*places[1:], len(texts)], strict=True)
    ]
    return [head[0] for head in heads], pieces


def _is_name_before_mice(row: list[str]) -> bool:
    """Whether a record is a name before names of mice, each its own."""
    names = [text for text in row[1:] if text]
    is_named = bool(row[0]) and not is_missing(row[0]) and day_of_header(row[0]) is None
    return is_named and len(set(names)) == len(names) > 1


def _tell_days(head: list[str], below: list[str]) -> bool:
    """Whether what stands below a head is days and no mice: by words, or as no mice are numbered.

    Above bare numbers the mice have names, or count from 1 where the numbers begin with 0.
    """
    names = [text for text in head[1:] if text]
    if not any(map(day_of_header, names)):
        return True
    if not (all(map(str.isdigit, names)) and are_visits(names)):
        return False
    return not any(map(str.isdigit, below)) or (names[0] == "1" and float(below[0]) <= 0)


def _below_day(sheet: Sheet, place: int, end: int) -> Sheet:
    cells = sheet.cells.iloc[place:end].copy().reset_index(drop=True)
    cells.iat[0, 0] = "day"
    findings = sheet.findings if place == 0 else ()
    return replace(sheet, cells=cells, rows=sheet.rows[place:end], findings=findings)


def _corners(texts: list[list[str]]) -> list[tuple[int, int]]:
    """Where the heads of blocks begin: one word, that of the first, each below a title."""
    for row, names in enumerate(texts[:_WITHIN]):
        first = next((column for column, name in enumerate(names) if name), None)
        if row and first is not None and _is_head(names):
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


def _is_head(names: list[str]) -> bool:
    """Whether a record may be the head of a block: three names, the first of them no day."""
    filled = list(filter(None, names))
    return len(filled) > 2 and day_of_header(filled[0]) is None


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
