"""What stands above columns of one mouse each: days beside them, their arms, their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.study.absent import says_absent
from xenotrack.study.columns import Header, header_words
from xenotrack.study.days import read_days
from xenotrack.study.fate_words import says_leaving
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.header_roles import means
from xenotrack.study.layouts.grid import day_kind, measure_of
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.numbers import is_missing
from xenotrack.study.summaries import of_an_arm

NUMBER = r"\s*[-+]?[\d.,]+(?:[eE][-+]?\d+)?\*?\s*"
_NOTHING = re.compile(r"\s*(?:excluded|found|n/?a|nd|not|no )", re.I)
_FEWEST = 4  # columns of mice, where only the names that return say so
_HEAD = 4  # records of a head above its days
_NAMES = ("mouse", "arm")
OF_A_DAY = ("day", "week", "date")
Cells = NDArray[np.object_]


def with_head_of_mice(sheet: Sheet, position: int, header: Header) -> Header:
    """The header as that of columns of mice: its days, and an arm over each of its mice."""
    header = _with_days_below_mice(sheet, position, _without_labels(sheet, position, header))
    header = _with_days_in_corner(sheet, position, header)
    return _with_arms_written_once(sheet, position, header)


def _with_days_in_corner(sheet: Sheet, position: int, header: Header) -> Header:
    """The header, its first column that of the days where its cells are and its name is not.

    That column has no name, or one that says of what the names beside it are, as ``Treatment``.
    Every name returns there, as that of an arm over each of its mice.
    """
    beside = [name for name in header.names[1:] if name]
    corner = header.names[0]
    if corner and not means_role(corner, "arm"):
        return header
    if day_kind(header) is not None or len(beside) < _FEWEST or all(map(measure_of, beside)):
        return header
    if min(Counter(beside).values()) < 2:
        return header
    kind, days = _days_below(sheet, position)
    if len(days) < 3 or _may_be_mice(sheet, position, days):
        return header
    return replace(header, roles={kind: 0}, rivals=())


def _may_be_mice(sheet: Sheet, position: int, days: Floats) -> bool:
    """Whether bare numbers may be mice: they count from 1, or a word above them says so."""
    above = sheet.texts(position - 1)[0] if position else ""
    counts = days[0] == 1 and bool((np.diff(days) == 1).all())
    return (counts or means_role(above, "mouse")) and _are_bare(sheet.grid[position + 1 :, 0])


def _days_below(sheet: Sheet, position: int) -> tuple[str, Floats]:
    """What the first column holds below a header, and its days; none unless they rise."""
    texts = [text.strip() for text in sheet.grid[position + 1 :, 0] if not is_missing(text)]
    for order in ("day", "month"):
        days, dates = read_days(pd.Series(texts, dtype=object), "day", ".", order)
        if len(days) and (np.diff(days) > 0).all() and (dates.all() or not dates.any()):
            return "date" if dates.all() else "day", days
    return "day", np.array([])


def _with_arms_written_once(sheet: Sheet, position: int, header: Header) -> Header:
    """The header with an arm that stands over the first of its mice alone over all of them.

    So merged cells are read: most names have columns of numbers without a name to their right.
    """
    kind = day_kind(header)
    if kind is None or header.roles[kind] != 0:
        return header
    names, owners, name = list(header.names), dict[int, list[int]](), 0
    for column in range(1, min(len(names), sheet.grid.shape[1])):
        name = column if names[column] else name
        if not names[column] and name and _holds_numbers(sheet.grid[position + 1 :, column]):
            owners.setdefault(name, []).append(column)
    named = [c for c in range(1, len(names)) if names[c] and not of_an_arm(names[c])]
    if len(named) < 2 or len(owners) < len(named) or len(set(names)) <= len(named):
        return header
    for first, columns in owners.items():
        for column in columns:
            names[column] = names[first]
    return replace(header, names=tuple(names))


def _holds_numbers(texts: Cells) -> bool:
    filled = [text for text in texts if not is_missing(text)]
    return bool(filled) and all(re.fullmatch(NUMBER, text) or is_remark(text) for text in filled)


def _without_labels(sheet: Sheet, position: int, header: Header) -> Header:
    """The header without a word beside its days that says what stands to its right."""
    if header.names[1:2] == ("",) or len(header.names) < 4 or position + 1 >= len(sheet.cells):
        return header
    label = header.names[1]
    empty = all(map(is_missing, sheet.grid[position + 1 :, 1]))
    if not empty or not any(means_role(label, role) for role in _NAMES):
        return header
    names = (header.names[0], "", *header.names[2:])
    roles = {role: column for role, column in header.roles.items() if column != 1}
    rivals = tuple(rival for rival in header.rivals if 1 not in rival.candidates)
    return Header(names, roles, header.units, rivals, header.unknown)


def _with_days_below_mice(sheet: Sheet, position: int, header: Header) -> Header:
    """The header, its first column that of the days where `Tag` there names the mice beside it.

    Arms stand above the mice. Bare numbers below do not count mice: they leave out some.
    """
    if header.roles.get("mouse") != 0 or day_kind(header) is not None:
        return header
    arms = set(arms_above(sheet, position, Header(header.names, {"day": 0})).values())
    names = Counter(filter(None, header.names))
    if len(arms) < 2 or any(map(day_of_header, arms)) or max(names.values()) > 1:
        return header
    kind, days = _days_below(sheet, position)
    counts = (np.diff(days) == 1).all() and _are_bare(sheet.grid[position + 1 :, 0])
    return Header(header.names, {kind: 0}, header.units) if len(days) > 1 and not counts else header


def _are_bare(texts: Cells) -> bool:
    return all(text.strip().isdigit() for text in texts if not is_missing(text))


def value_columns(header: Header) -> list[int]:
    """The columns with a name that are no days."""
    of_days = {header.roles[kind] for kind in OF_A_DAY if kind in header.roles}
    return [c for c, name in enumerate(header.names) if name and c not in of_days]


def arms_above(sheet: Sheet, position: int, header: Header) -> dict[int, str]:
    """The arms in the row above the mice, each written once over its first mouse or over all."""
    said = labelled(sheet, position, header)
    if {"mouse", "arm"} <= said.keys():
        return said["arm"]
    columns = value_columns(header)
    above = sheet.texts(position - 1) if position else []
    if not above or not columns or not above[columns[0]] or _are_readings(above, columns):
        return {}
    named = set(filter(None, above))
    # One name over all columns is their arm; one over the first is a title.
    if len(named) < 2 and not (len(columns) > 1 and all(above[column] for column in columns)):
        return {}
    arms, arm = {}, ""
    for column in columns:
        arm = above[column] or arm
        arms[column] = arm
    return arms


def _are_readings(row: Sequence[str], columns: Sequence[int]) -> bool:
    """Whether a record over names is no head: one of the block above them, as ``7 | 166 | 169``.

    Numbers of arms return over their mice, or are merged below a corner that names no day.
    """
    over = [row[column] for column in columns]
    numbers = [text for text in over if re.fullmatch(NUMBER, text)]
    if any(day_of_header(text) for text in row[: columns[0]] if text):
        return 2 * len(numbers) > len(list(filter(None, over)))
    return len(set(numbers)) == len(over) > 1


def labelled(sheet: Sheet, position: int, header: Header) -> dict[str, dict[int, str]]:
    """What the records of a head say of each column, where a word before the mice says of what.

    ``Mouse`` and ``Group`` may stand before their names in any order, above the days or beside.
    """
    columns = value_columns(header)
    first = min(columns, default=0)
    said: dict[str, dict[int, str]] = {}
    for place in range(max(0, position - _HEAD), position + 1):
        row = sheet.texts(place)
        role = next((r for text in row[:first] if text for r in _NAMES if means_role(text, r)), "")
        if role:
            said[role] = _over_all(row, columns) if role == "arm" else {c: row[c] for c in columns}
    return said


def _over_all(row: Sequence[str], columns: Sequence[int]) -> dict[int, str]:
    """The arm over each column, written over all of its mice or over the first."""
    arms, arm = {}, ""
    for column in columns:
        arm = row[column] or arm
        arms[column] = arm
    return arms


def is_remark(text: str) -> bool:
    """Whether a cell says why there is no reading: a mouse of nothing else is a mouse all the same.

    >>> is_remark("Dead"), is_remark("not found"), is_remark("NP"), is_remark("Vehicle")
    (True, True, True, False)
    """
    return says_leaving(text) or says_absent(text) or _NOTHING.match(text) is not None


def is_worded_day(text: str) -> bool:
    """Whether a name is a day by a word, or a date, and so of no arm and no mouse.

    >>> [is_worded_day(text) for text in ("Day 0", "3 Mar 2024", "1", "W1", "Vehicle")]
    [True, True, False, False, False]
    """
    day = day_of_header(text)
    letters = re.search(r"[^\W\d_]{3}", text)
    return bool(day and not re.fullmatch(NUMBER, text) and (letters or day[0] == "date"))


def means_role(text: str, role: str) -> bool:
    """Whether a word before the names of mice or arms says that they are these."""
    return means(header_words(text)[0], role)
