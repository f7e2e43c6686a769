"""Several tables on one sheet, told apart by the titles over them: volumes, and body weights.

Tables beside one another become one, each column named by what is measured and the day. Tables
below one another become sheets of their own, called as their titles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from xenotrack.study.column_words import UNIT_WORDS
from xenotrack.study.columns import header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.header_roles import means
from xenotrack.study.layouts.layout import sheet_finding
from xenotrack.study.layouts.wide import BASELINE, day_of_header
from xenotrack.study.meaning import meaning_of, names_tumors
from xenotrack.study.numbers import is_missing

_WITHIN = 40  # records in which the titles of tables stand
_ABOVE = 3  # records between a title and the head of its table
_MOST_TITLES = 20
_CALLED = {
    "volume": "volume",
    "body_weight": "body weight",
    "length": "length",
    "width": "width",
    "height": "height",
    "area": "area",
}
# Days have their unit as a word, which a mouse may be called as well.
_UNITS = {word for word, unit in UNIT_WORDS.items() if unit not in ("days", "weeks", "hours")}
Texts = Sequence[Sequence[str]]


def panels_of(sheet: Sheet) -> list[Sheet]:
    """The tables of a sheet that are told apart by their titles; the sheet itself where none is.

    Only titles that name different quantities tell tables apart.
    """
    sheet = _with_day_in_head(_with_units_in_head(sheet))
    # Of a million rows the first say whether there are titles.
    texts = [sheet.texts(place) for place in range(min(len(sheet.cells), _WITHIN + _ABOVE + 1))]
    beside = _beside(sheet, texts)
    return [beside] if beside is not None else _below(sheet, texts) or [sheet]


def _with_units_in_head(sheet: Sheet) -> Sheet:
    """The sheet with the units of a record of their own beside the names above them."""
    for place in range(1, min(len(sheet.cells), _WITHIN)):
        units = {c: text.strip("()[] ") for c, text in enumerate(sheet.texts(place)) if text}
        above = sheet.texts(place - 1)
        words = {unit.casefold() for unit in units.values()}
        if not words & _UNITS or not words <= UNIT_WORDS.keys():
            continue
        if sum(map(bool, above)) > 2 and all(above[c] for c in units):
            names = {column: f"{above[column]} ({unit})" for column, unit in units.items()}
            return _without_record(sheet, place, names)
    return sheet


def _with_day_in_head(sheet: Sheet) -> Sheet:
    """The sheet with a lone word for the days, below the names of the mice, in their corner."""
    for place in range(1, min(len(sheet.cells) - 1, _WITHIN)):
        row, below = sheet.texts(place), sheet.texts(place + 1)
        names = [text for text in sheet.texts(place - 1)[1:] if text]
        lone = bool(row) and means(header_words(row[0])[0], "day") and not any(row[1:])
        if lone and len(names) > 1 and sum(map(bool, below)) > 1 and day_of_header(below[0]):
            return _without_record(sheet, place, {0: row[0]})
    return sheet


def _without_record(sheet: Sheet, place: int, names: Mapping[int, str]) -> Sheet:
    """The sheet without a record, whose columns have these names in the record above it."""
    grid = np.delete(sheet.grid, place, axis=0)
    for column, name in names.items():
        grid[place - 1, column] = name
    cells = pd.DataFrame(grid, dtype=object, columns=sheet.cells.columns)
    return replace(sheet, cells=cells, rows=np.delete(sheet.rows, place))


@lru_cache(maxsize=1 << 12)
def quantity_of(title: str) -> str:
    """The quantity that a title names, "" where it names none."""
    meaning = meaning_of(title)
    if meaning is not None:
        return meaning.quantity
    return "volume" if names_tumors(title) else ""


def _beside(sheet: Sheet, texts: Texts) -> Sheet | None:
    """The sheet with each day called by its table as well, where titles stand over the days."""
    for place in range(min(len(texts) - 1, _WITHIN)):
        titles = _titles_over(texts[place])
        if titles and (head := _head_below(texts, place, min(titles))) is not None:
            names = _names(texts[head], titles)
            if names is not None:
                return _named(sheet, texts, (place, head), titles, names)
    return None


def _titles_over(row: Sequence[str]) -> dict[int, str]:
    """The columns at which titles of two quantities or more stand, and the titles."""
    said = {text for text in row if text}
    # Titles are few, and no numbers: of a row of readings nothing needs to be understood.
    if not 1 < len(said) <= _MOST_TITLES or any(map(is_number_alone, said)):
        return {}
    titles = {c: text for c, text in enumerate(row) if text and quantity_of(text)}
    others = [c for c, text in enumerate(row) if text and c not in titles]
    several = len({quantity_of(text) for text in titles.values()}) > 1
    return titles if several and all(c < min(titles) for c in others) else {}


def _head_below(texts: Texts, place: int, first: int) -> int | None:
    """The first record below a record of titles that says anything, where mice and days stand.

    A record of readings has numbers too, and no word for a mouse or an arm.
    """
    below = range(place + 1, min(place + 1 + _ABOVE, len(texts)))
    head = next((at for at in below if any(texts[at])), None)
    if head is None:
        return None
    days = [text for text in texts[head][first:] if text and _day(text)]
    words = [header_words(text)[0] for text in texts[head] if text]
    named = any(means(word, role) for word in words for role in ("mouse", "arm"))
    return head if named and len(days) > 3 else None


def _day(text: str) -> str:
    day = day_of_header(text)
    return "" if day is None or day[0] == BASELINE else " ".join(day)


def _names(head: Sequence[str], titles: Mapping[int, str]) -> dict[int, str] | None:
    """The columns of days, each called by its table and its day; nothing where days return."""
    names, days, title = {}, dict.fromkeys(titles, 0), -1
    for column, text in enumerate(head):
        title = column if column in titles else title
        if title >= 0 and text and _day(text):
            kind = "Day " if is_number_alone(text) else ""
            names[column] = f"{_called(titles[title])} {kind}{text}"
            days[title] += 1
    several = min(days.values()) > 1 or len(titles) == len(names) > 3
    return names if several and len(set(names.values())) == len(names) else None


def _called(title: str) -> str:
    """A title as the words of headers call its quantity, with its unit."""
    meaning, word = meaning_of(title), _CALLED.get(quantity_of(title), title)
    return f"{word} ({meaning.unit})" if word != title and meaning and meaning.unit else word


def is_number_alone(text: str) -> bool:
    """Whether a day is a number alone."""
    return text.lstrip("-−").replace(".", "", 1).isdigit()


def _named(
    sheet: Sheet,
    texts: Texts,
    places: tuple[int, int],
    titles: Mapping[int, str],
    names: Mapping[int, str],
) -> Sheet | None:
    """The sheet below its titles; what repeats the columns of the first table is emptied."""
    place, head = places
    grid = sheet.grid[place + 1 :].copy()
    own = {text.casefold(): c for c, text in reversed(list(enumerate(texts[head]))) if text}
    for column, text in enumerate(texts[head]):
        first = own.get(text.casefold(), column)
        if column in names:
            grid[head - place - 1, column] = names[column]
        elif text and first < column and column > min(names):
            below = head - place
            if not _repeats(grid[below:, first], grid[below:, column]):
                return None
            grid[:, column] = ""
    cells = sheet.cells.iloc[place + 1 :].copy().reset_index(drop=True)
    cells.loc[:, :] = grid
    told = ", ".join(map(repr, dict.fromkeys(titles.values())))
    finding = sheet_finding(
        sheet,
        "tables-side-by-side",
        sheet.cell(int(sheet.rows[place])),
        f"Tables stand side by side, as their titles say: {told}.",
        "Nothing to do if they are of the same mice; else give each a worksheet.",
    )
    findings = (*sheet.findings, finding)
    return replace(sheet, cells=cells, rows=sheet.rows[place + 1 :], findings=findings)


def _repeats(first: np.ndarray, again: np.ndarray) -> bool:
    """Whether a column says the same as the first of its name, or nothing."""
    pairs = zip(first, again, strict=True)
    return all(is_missing(b) or a.strip() == b.strip() for a, b in pairs)


def _below(sheet: Sheet, texts: Texts) -> list[Sheet]:
    """The tables below one another, each with its title; none where titles do not tell them."""
    heads = _heads(sheet, texts)
    starts = [at for head in heads if (at := _title_above(sheet, head)) is not None]
    titles = [_title(sheet, at) for at in starts]
    quantities = [quantity_of(title) for title in titles]
    # Tables of one quantity are of two models, or of two experiments, where each has its arms.
    words = [header_words(text)[0] for text in sheet.texts(heads[0]) if text] if heads else []
    whole = all(any(means(word, role) for word in words) for role in ("mouse", "arm"))
    told = len(set(quantities)) > 1 or (whole and len(set(titles)) == len(titles))
    if len(starts) < 2 or not all(quantities) or not told:
        return []
    ends = [*starts[1:], len(sheet.cells)]
    places = zip(titles, starts, ends, strict=True)
    return [_table(sheet, title, start, end) for title, start, end in places]


def _heads(sheet: Sheet, texts: Texts) -> list[int]:
    """The records that begin as the first head does, two words, each with a title above."""
    for place, row in enumerate(texts[:_WITHIN]):
        first = next((column for column, text in enumerate(row) if text), 0)
        words = row[first : first + 2]
        if sum(map(bool, row)) < 3 or not all(words) or any(map(is_number_alone, words)):
            continue
        alike = np.flatnonzero(sheet.grid[place:, first] == sheet.grid[place, first]) + place
        again = [at for at in alike.tolist() if sheet.texts(at)[first : first + 2] == words]
        if 1 < len(again) <= _MOST_TITLES and all(
            _title_above(sheet, at) is not None for at in again
        ):
            return again
    return []


def _title_above(sheet: Sheet, head: int) -> int | None:
    """The record of a title above a head, with nothing but blank ones between."""
    above = range(head - 1, max(head - 1 - _ABOVE, -1), -1)
    at = next((place for place in above if any(sheet.texts(place))), None)
    return at if at is not None and len({t for t in sheet.texts(at) if t}) == 1 else None


def _title(sheet: Sheet, place: int) -> str:
    return next(text for text in sheet.texts(place) if text)


def _table(sheet: Sheet, title: str, start: int, end: int) -> Sheet:
    name = f"{sheet.name}: {title}" if sheet.name else title
    cells = sheet.cells.iloc[start:end].copy().reset_index(drop=True)
    findings = sheet.findings if start == 0 else ()
    return replace(sheet, name=name, cells=cells, rows=sheet.rows[start:end], findings=findings)
