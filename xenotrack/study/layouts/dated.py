"""Columns named by a measure and a day, as ``LxW_2024-01-01`` or ``Day 3 length``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from xenotrack.errors import InputError
from xenotrack.study.columns import (
    COLUMN_ROLES,
    NAME_OF_ROLE,
    UNIT_WORDS,
    Header,
    header_words,
)
from xenotrack.study.days import is_date
from xenotrack.study.layouts.grid import lengthen_grid, measure_of, own_header
from xenotrack.study.layouts.layout import (
    Label,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
)
from xenotrack.study.layouts.wide import day_columns, day_of_header
from xenotrack.study.sheet import Sheet

# A measure of which nobody said what it is.
ASKED = "?"
VOLUME = "volume"
_SEPARATOR = re.compile(r"[\s_.:()/-]+")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_GLUED = re.compile(r"([A-Za-z]{1,3})(?:[Dd]ay)?(-?\d+(?:\.\d+)?)")
_UNIT = re.compile(r" *[(\[]([^)\]]*)[)\]] *$")


@dataclass(frozen=True)
class Dated:
    """A column's name cut in two: what was measured, and on which day."""

    what: str
    kind: str
    day: str


def dated_of(name: str) -> Dated | None:
    """The measure and the day that a column's name says, nothing where it does not say both.

    A bare number is a day only beside a word for a measure: ``Group 1`` is no day.

    >>> dated_of("LxW_2024-01-01"), dated_of("Group_1"), dated_of("TV 14").day
    (Dated(what='LxW', kind='date', day='2024-01-01'), None, '14')
    >>> dated_of("L4"), dated_of("Length day 4 (mm)").what, dated_of("D4")
    (Dated(what='L', kind='day', day='4'), 'Length', None)
    """
    text = name.strip()
    if (unit := _UNIT.search(text)) and unit[1].strip().casefold() in UNIT_WORDS:
        text = text[: unit.start()]
    glued = _GLUED.fullmatch(text)
    if glued and measure_of(glued[1]):
        return Dated(glued[1], "day", glued[2])
    for cut in _SEPARATOR.finditer(text):
        head, tail = text[: cut.start()], text[cut.end() :].rstrip(") ")
        minus = "-" if text[: cut.end()].endswith(("_-", " -")) else ""
        for what, day in ((head, minus + tail), (tail, head)):
            said = day_of_header(day)
            worded = any(map(str.isalpha, what))
            if said is None or not worded or day_of_header(what) is not None:
                continue
            if is_date(day) or not _PLAIN_NUMBER.fullmatch(day) or measure_of(what):
                return Dated(what, *said)
    return None


def recognise_dated(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse and arm, and columns each named by a measure and a day."""
    best = Recognition(False, "has no columns named by a measure and a day, as LxW_2024-01-01")
    for position, header in candidate_headers(sheet, declared):
        dated = _dated_columns(header)
        complaint = _complaint(header, dated)
        if complaint is None:
            labels = _labels(dated, declared)
            whats = tuple(dict.fromkeys(one.what for one in dated.values()))
            why = f"one row a mouse, a column for each {' and '.join(whats)} of a day"
            own = own_header(header, labels)
            return Recognition(True, why, position, own, whats, labels)
        if dated and len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_dated(sheet: Sheet, found: Recognition) -> LongText:
    """A row for each mouse and day of which anything was written."""
    dated = _dated_columns(found.header)
    for column, label in found.labels.items():
        if label.role == ASKED:
            raise InputError(_which_measure(sheet, dated[column].what, found.header.names[column]))
    body, findings = body_of(sheet, found)
    kind = next(iter(dated.values())).kind
    return lengthen_grid(body, found.header, found.labels, kind, findings)


def _dated_columns(header: Header) -> dict[int, Dated]:
    said = {column: dated_of(name) for column, name in enumerate(header.names) if name}
    found = {column: one for column, one in said.items() if one is not None}
    often = Counter(one.what for one in found.values())
    found = {column: one for column, one in found.items() if often[one.what] > 1}
    days = {column: said for column, said in day_columns(header).items() if column not in found}
    measures = {measure_of(one.what) for one in found.values()}
    if _counts_visits(header, found) or (measures == {"width"} and not days):
        return {}  # W1, W2, W3 alone are weeks; L1, L2, L3 may be the first, second and third time
    if days and not measures & {"volume", "length", "area"}:
        # Days without a word are volumes, beside weights or what was computed from them.
        known = {column: one for column, one in found.items() if measure_of(one.what)}
        plain = {column: Dated(VOLUME, *said) for column, said in days.items()}
        return {**plain, **known} if known else {}
    return found


def _counts_visits(header: Header, found: Mapping[int, Dated]) -> bool:
    """Whether the numbers behind glued letters are 1, 2, 3, …: times, not days."""
    counted = [
        one
        for column, one in found.items()
        if one.kind == "day"
        and (
            _GLUED.fullmatch(header.names[column].strip())
            or one.what.casefold() in ("measurement", "reading", "visit")
        )
    ]
    numbers = {float(one.day) for one in counted}
    return bool(counted) and numbers == set(range(1, len(numbers) + 1))


def _complaint(header: Header, dated: Mapping[int, Dated]) -> str | None:
    if not dated:
        return "has no columns named by a measure and a day, as LxW_2024-01-01"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if missing:
        return f"misses {' and '.join(missing)}"
    for role in ("day", "date", "week", "volume", "length"):
        if role in header.roles and header.roles[role] not in dated:
            return f"has a column of its own for the {role} ({header.names[header.roles[role]]})"
    kinds = sorted({one.kind for one in dated.values()})
    return f"names its columns by {' and by '.join(kinds)}" if len(kinds) > 1 else None


def _labels(dated: Mapping[int, Dated], declared: Mapping[str, str]) -> dict[int, Label]:
    roles = measures_said(dict.fromkeys(one.what for one in dated.values()), declared)
    return {column: Label(roles[one.what], one.day) for column, one in dated.items()}


def measures_said(words: Mapping[str, object], declared: Mapping[str, str]) -> dict[str, str]:
    """The measure of each word: as ``[columns]`` says, else its plain meaning, else asked.

    ``LxW`` may head areas or volumes computed with that formula, and a width without a length is
    as likely a weight: both are asked about.
    """
    chosen = {theirs.strip().casefold(): COLUMN_ROLES[ours] for ours, theirs in declared.items()}
    plain = {word: measure_of(word) for word in words}
    settled = {*plain.values(), *chosen.values()}
    roles = {}
    for word, role in plain.items():
        lone = (role == "width" and "length" not in settled) or (
            role == "length" and "width" not in settled
        )
        asked = role is None or lone or (role == "area" and "area" not in header_words(word)[0])
        roles[word] = chosen.get(word.strip().casefold(), ASKED if asked else str(role))
    return roles


def _which_measure(sheet: Sheet, what: str, name: str) -> str:
    if measure_of(what) == "width":
        return (
            f"{sheet.title}: what is {what!r} in columns such as {name!r}: a width, of which the "
            "length is missing, or a body weight? Say so in study.toml:\n\n[columns]\n"
            f'body_weight_g = "{what}"'
        )
    return (
        f"{sheet.title}: what is {what!r} in columns such as {name!r}: a volume, or an area length "
        "× width? Say so in study.toml:\n\n[columns]\n"
        f'area_mm2 = "{what}"    # or volume_mm3 = "{what}"'
    )


DATED = Layout(
    "dated",
    "one row a mouse, with columns each named by a measure and a day, as LxW_2024-01-01",
    recognise_dated,
    lengthen_dated,
    over=("wide",),
)
