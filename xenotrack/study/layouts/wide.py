"""The wide layout: one row a mouse, one column a day; a bare number is a volume."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from xenotrack.study.columns import NAME_OF_ROLE, Header
from xenotrack.study.days import is_baseline, is_date
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.layout import (
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
    sheet_finding,
)
from xenotrack.study.numbers import is_missing
from xenotrack.study.sheet import Sheet

_DAY = re.compile(
    r"(?:day|d|t|j|x|tag|jour|día|dia|giorno)?[ _.]?([-−]?\d+(?:\.\d+)?)"
    r"(?: ?d(?:p[tir])?| days?(?: post[ -]?(?:treatment|dose|implant(?:ation)?))?)?",
    re.IGNORECASE,
)
# A day and its date: `Day 7 (3/21/22)`, `D7 3/21`.
_WITH_DATE = re.compile(r"((?:day|d) ?[-−]?\d+) *[( ] *[\d./-]+ *\)?", re.IGNORECASE)
# W4 beside L4 or V4 is what was measured on day 4; alone it is the fourth week.
_BARE_WEEK = re.compile(r"w-?\d+(?:\.\d+)?", re.IGNORECASE)
_BARE_MEASURE = re.compile(r"(?:l|v|tv|bw|d|day)[ _.]?-?\d+(?:\.\d+)?", re.IGNORECASE)
_WEEK = re.compile(r"(?:week|wk|w)[ _.]?([-−]?\d+(?:\.\d+)?)", re.IGNORECASE)
_TEXTS = ("study", "mouse", "cage", "tumor", "arm", "phase", "start", "fate")


def day_of_header(name: str) -> tuple[str, str] | None:
    """What a column's name says of its day: the kind and the text, or nothing.

    >>> day_of_header("Day 7"), day_of_header("-1"), day_of_header("Week 2"), day_of_header("Tag 3")
    (('day', '7'), ('day', '-1'), ('week', '2'), ('day', '3'))
    >>> day_of_header("Day 7 (3/21/22)"), day_of_header("T4"), day_of_header("7 dpt")
    (('day', '7'), ('day', '4'), ('day', '7'))
    >>> day_of_header("Sex")
    """
    text = name.strip()
    if dated := _WITH_DATE.fullmatch(text):
        text = dated[1]
    if re.fullmatch(r"\d{8}", text):
        return ("date", text) if is_date(text) else None
    if found := _DAY.fullmatch(text):
        return "day", found[1].replace("−", "-")
    if found := _WEEK.fullmatch(text):
        return "week", found[1].replace("−", "-")
    return ("date", text) if is_date(text) else None


def recognise_wide(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse and arm, and whose other columns are days, each once."""
    best = Recognition(False, "has no column named by a day, as 0, 3, 7 or day 7")
    for position, header in candidate_headers(sheet, declared):
        complaint = _complaint(header)
        days = day_columns(header)
        if complaint is None:
            names = [header.names[column] for column in days]
            return Recognition(
                True, f"one row a mouse, days {names[0]} to {names[-1]}", position, _own(header)
            )
        if days and len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_wide(sheet: Sheet, found: Recognition) -> LongText:
    """A row for each cell that says anything; a mouse without any keeps one empty row."""
    body, findings = body_of(sheet, found)
    roles = found.header.roles
    days = day_columns(found.header)
    kind = next(iter(days.values()))[0]
    columns = list(days)
    cells = body.iloc[:, columns].to_numpy(dtype=object)
    said = ~np.frompyfunc(is_missing, 1, 1)(cells).astype(bool)
    said[~said.any(axis=1), 0] = True
    row, column = np.nonzero(said)
    day_texts = np.array([days[column][1] for column in columns], dtype=object)
    texts = {role: body.iloc[:, roles[role]].to_numpy()[row] for role in _TEXTS if role in roles}
    frame = pd.DataFrame(
        {
            "row": body["row"].to_numpy()[row],
            "column": np.asarray(columns)[column],
            "day": day_texts[column],
            **texts,
            "volume": cells[row, column],
        }
    )
    return LongText(frame, found.header, kind, (*findings, *_baseline_read(sheet, found)))


def _baseline_read(sheet: Sheet, found: Recognition) -> Iterator[Finding]:
    names, row = found.header.names, int(sheet.rows[found.position])
    for column, (_, day) in day_columns(found.header).items():
        if day == "0" and is_baseline(names[column]):
            yield sheet_finding(
                sheet,
                "baseline-is-day-0",
                sheet.cell(row, column),
                f"The column {names[column]!r} was read as day 0.",
                "Nothing to do if it is; else name it by its day.",
            )


def day_columns(header: Header) -> dict[int, tuple[str, str]]:
    """The columns named by a day, each with its kind and text.

    One called Baseline is day 0 where all others come later.
    """
    taken = set(header.roles.values())
    measured = any(map(_BARE_MEASURE.fullmatch, header.names))
    found = {
        column: said
        for column, name in enumerate(header.names)
        if column not in taken
        and (said := day_of_header(name)) is not None
        and not (measured and _BARE_WEEK.fullmatch(name.strip()))
    }
    first = baseline_column(header, found)
    if first is not None:
        found = {first: (next(iter(found.values()))[0], "0"), **found}
    return found


def baseline_column(header: Header, days: Mapping[int, tuple[str, str]]) -> int | None:
    """The one column that is called Baseline before columns of later days."""
    named = [column for column, name in enumerate(header.names) if is_baseline(name)]
    later = bool(days) and all(
        kind != "date" and float(text.replace("−", "-")) > 0 for kind, text in days.values()
    )
    return named[0] if len(named) == 1 and later else None


def _complaint(header: Header) -> str | None:
    """Why a header is not that of a wide sheet."""
    days = day_columns(header)
    if not days:
        return "has no column named by a day, as 0, 3, 7 or day 7"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if missing:
        return f"misses {' and '.join(missing)}"
    for role in ("day", "date", "week", "volume", "length"):
        if role in header.roles:
            return f"has a column of its own for the {role} ({header.names[header.roles[role]]})"
    kinds = {kind for kind, _ in days.values()}
    if len(kinds) > 1:
        return f"names its columns by {' and by '.join(sorted(kinds))}"
    text, often = Counter(text for _, text in days.values()).most_common(1)[0]
    return f"names two columns {text}" if often > 1 else None


def _own(header: Header) -> Header:
    """The header with the roles that a wide sheet has; days are no unknown columns."""
    days = day_columns(header)
    roles = {role: column for role, column in header.roles.items() if role in _TEXTS}
    idle = [column for role, column in header.roles.items() if role not in _TEXTS]
    unknown = tuple(column for column in (*header.unknown, *idle) if column not in days)
    return Header(header.names, roles, header.units, header.rivals, unknown)


WIDE = Layout(
    "wide",
    "one row a mouse, with columns for mouse and arm and one column a day, named by it",
    recognise_wide,
    lengthen_wide,
)
