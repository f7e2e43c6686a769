"""The wide layout: one row a mouse, one column a day; a bare number is a volume."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from xenotrack.study.column_words import NAME_OF_ROLE, NAMED_ROLES
from xenotrack.study.columns import Header
from xenotrack.study.days import (
    SERIAL_DAYS,
    SINCE,
    are_visits,
    is_baseline,
    is_date,
    month_and_day,
    without_weekday,
)
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.grid import measure_of
from xenotrack.study.layouts.layout import (
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
)
from xenotrack.study.layouts.wordeddays import disagreements
from xenotrack.study.numbers import is_missing

_DAY = re.compile(
    rf"(?:day|d|x|tag|jour|j|día|dia|giorno|dag|dzień|день|gün|第|{SINCE})?[ _.]?"
    r"([-+−]?\d+(?:\.\d+)?)"
    r"(?: ?d| ?dp[a-z]| ?(?:days?|tage?|jours?|d[ií]as?|giorn[io]|dag(?:en|ar)?|dni|天|日目?))?",
    re.IGNORECASE,
)
# A day and its date, as Day 7 (3/21/22) or 3/21/22 (Day 7). A number alone is a day only where one
# of the two stands in brackets; before it 1.5 is a dose as well as a date.
_WORDED = r"(?:day|d|tag|jour|j|día|dia|giorno)[ _.]?(?P<day>[-−]?\d+(?:\.\d+)?)"
_BARE = r"(?P<day>[-−]?\d{1,3})"
_DATE = r"(?P<date>[^()\[\]]+?)"
_GAP = r"[\s,;:_/–-]*[ (\[]"
_WITH_DATE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WORDED}{_GAP}{_DATE}[)\]]?",
        rf"{_BARE}\s*[(\[]{_DATE}[)\]]",
        rf"{_DATE}{_GAP}{_WORDED}[)\]]?",
        rf"(?!\d+\.\d+\s*[(\[]){_DATE}\s*[(\[]{_BARE}[)\]]",
    )
)
# A sign that leads to a footnote, or is one.
_MARKS = re.compile(r"(?<=[\d)])[\s]*[*†‡§#]+$")
# What may stand behind a day that has its word: what it is counted from, and what was done.
_WITH_WORD = re.compile(
    r"(?:study )?(?:day|d|week|wk)[ _.]?[-−]?\d|[-−]?\d+(?:\.\d+)? ?(?:days?|weeks?|wks?)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"[\s_-]*(?:post|after|since|of|on|p\.?)[\s_-]?(?:the )?(?:rx|tx|treatment|therapy|dose|dosing|"
    r"implant\w*|inject\w*|inj|inoculation|randomi[sz]ation|start|tumou?r \w+)$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\s*[(\[](?:n ?= ?\d+|"
    r"(?:rx|tx|treatment|dosing|dose|therapy|drug)?\s*(?:start|begins?|end|stop)\w*|"
    r"(?:start|end|last|first|begin)\b[^()]*|"
    r"study end|sacrifice|euthanasia|necropsy|takedown)[)\]]$",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?:t ?=? ?)?(\d+(?:\.\d+)?) ?(?:h|hr|hrs|hours?|stunden|heures|horas)", re.IGNORECASE
)
# Day 1 of week 1 is day 1; where weeks are counted from 0, day 0 of week 0 is day 0.
_DAY_OF_WEEK = re.compile(
    r"(?:week|wk|w)[ _.]?(\d{1,2})[ _.,:;/-]*(?:day|d)[ _.]?(\d)", re.IGNORECASE
)
# The clock that StudyLog writes below a day.
_CLOCK = re.compile(r"\s+\(?\d{1,2}:\d{1,2}(?::\d{1,2})?\)?$")
_TIME = re.compile(r"t[ _.]?(\d+)", re.IGNORECASE)
# W says week, width or weight.
_W = re.compile(r"w[ _.]?(\d+(?:\.\d+)?)", re.IGNORECASE)
# The kind of a day that is a word: day 0 where all others are later.
BASELINE = "baseline"
_MEASURED = re.compile(r"([^\W\d_]+)[ _.]?(\d+(?:\.\d+)?)")
# So many weeks after the start, which stand beside days too.
_WEEKS = re.compile(
    r"(\d+) ?(?:weeks?|wks?|wochen?|semaines?|semanas?|settiman[ae]|weken|veckor|uger|周|週)",
    re.IGNORECASE,
)
_WEEK = re.compile(r"(?:week|wk|w)[ _.]?([-−]?\d+(?:\.\d+)?)", re.IGNORECASE)


@lru_cache(maxsize=1 << 16)
def day_of_header(name: str) -> tuple[str, str] | None:
    """What a column's name says of its day: the kind and the text, or nothing.

    >>> day_of_header("Day 7"), day_of_header("-1"), day_of_header("Week 2"), day_of_header("Tag 3")
    (('day', '7'), ('day', '-1'), ('week', '2'), ('day', '3'))
    >>> [day_of_header(name) for name in ("1 week", "2 Wochen", "3 jours", "第7天")]
    [('day', '7'), ('day', '14'), ('day', '3'), ('day', '7')]
    >>> day_of_header("Baseline"), day_of_header("Day 0 (baseline)"), day_of_header("Sex")
    (('baseline', 'Baseline'), ('day', '0'), None)
    >>> [day_of_header(name) for name in ("14*", "Wk2 D3", "72 h", "7 (03/11/2024)")]
    [('day', '14'), ('day', '10'), ('day', '3'), ('day', '7')]
    >>> day_of_header("02/01/2024 (Day 0)"), day_of_header("Feb 3 (7)"), day_of_header("M1 (7)")
    (('day', '0'), ('day', '7'), None)
    >>> day_of_header("3/14 (7)"), day_of_header("1.5 (3)"), day_of_header("1.5.2024 (3)")
    (('day', '7'), None, ('day', '3'))
    >>> day_of_header("d+3"), day_of_header("Mon 3/9/26"), day_of_header("02MAR2026")
    (('day', '3'), ('date', '3/9/26'), ('date', '02MAR2026'))
    """
    text = _MARKS.sub("", _CLOCK.sub("", name.strip()))
    text = _SINCE.sub("", _ASIDE.sub("", text)) if _WITH_WORD.match(text) else text
    if is_baseline(text):
        return BASELINE, text
    text = without_weekday(_without_baseline(text))
    if _is_date_in_digits(text):
        return "date", text
    if match := _DAY.fullmatch(text):
        return "day", match[1].replace("−", "-").lstrip("+")
    if match := _WEEKS.fullmatch(text):
        return "day", str(7 * int(match[1]))
    if match := _WEEK.fullmatch(text):
        return "week", match[1].replace("−", "-")
    if match := _DAY_OF_WEEK.fullmatch(text):
        return "day", str(7 * max(int(match[1]) - 1, 0) + int(match[2]))
    if match := _HOURS.fullmatch(text):
        return "day", f"{float(match[1]) / 24:.6g}"
    if is_date(text) or month_and_day(text):
        return "date", text
    match = _with_date(text)
    return ("day", match["day"].replace("−", "-")) if match else None


def _with_date(text: str) -> re.Match[str] | None:
    """A day and its date beside it."""
    matches = (pattern.fullmatch(text) for pattern in _WITH_DATE)
    return next((match for match in matches if match and is_date_like(match["date"])), None)


def _without_baseline(text: str) -> str:
    """The day beside which its name says that it is the baseline, else the whole text."""
    for cut in re.finditer(r"[\s(\[,;/-]+", text):
        head, tail = text[: cut.start()], text[cut.end() :].rstrip(")] ")
        for day, word in ((head, tail), (tail, head)):
            if is_baseline(word) and _DAY.fullmatch(day):
                return day
    return text


def _is_date_in_digits(text: str) -> bool:
    """Whether digits alone are a date: 20220314 and 220314, or the 44634 of a spreadsheet."""
    if re.fullmatch(r"\d{5}", text):
        return SERIAL_DAYS[0] <= int(text) <= SERIAL_DAYS[1]
    return re.fullmatch(r"\d{6}|\d{8}", text) is not None and is_date(text)


def dates_of_names(header: Header) -> dict[int, str]:
    """The dates that stand beside the days in the names of columns, as in Day 7 (3/21/22)."""
    matches = {c: _with_date(header.names[c].strip()) for c in day_columns(header)}
    return {c: match["date"] for c, match in matches.items() if match and is_date(match["date"])}


def is_date_like(text: str) -> bool:
    """Whether a text is a date, whatever of it was left out: 3/14 names no day by itself."""
    short = bool(re.fullmatch(r"\d{1,2}[-/.]\d{1,2}\.?", text))
    return short or is_date(text) or month_and_day(text) is not None


def recognise_wide(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse and arm, and whose other columns are days, each once."""
    best = Recognition(False, "has no column named by a day, as 0, 3, 7 or day 7")
    for position, header in candidate_headers(sheet, declared):
        complaint = _complaint(header)
        days = day_columns(header)
        if complaint is None:
            names = [header.names[column] for column in days]
            why = f"one row a mouse, days {names[0]} to {names[-1]}"
            return Recognition(True, why, position, _own(header), bare="volumes")
        if days and len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_wide(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each cell that says anything; a mouse without any keeps one empty row."""
    body, findings = body_of(sheet, recognition)
    roles = recognition.header.roles
    days = day_columns(recognition.header)
    kind = next(iter(days.values()))[0]
    columns = list(days)
    cells = body.iloc[:, columns].to_numpy(dtype=object)
    filled = ~np.frompyfunc(is_missing, 1, 1)(cells).astype(bool)
    filled[~filled.any(axis=1), 0] = True
    row, column = np.nonzero(filled)
    day_texts = np.array([days[column][1] for column in columns], dtype=object)
    texts = {
        role: body.iloc[:, roles[role]].to_numpy()[row] for role in NAMED_ROLES if role in roles
    }
    frame = pd.DataFrame(
        {
            "row": body["row"].to_numpy()[row],
            "column": np.asarray(columns)[column],
            "day": day_texts[column],
            **texts,
            "volume": cells[row, column],
        }
    )
    dates = dates_of_names(recognition.header)
    doubts = disagreements(sheet, recognition, {c: days[c][1] for c in dates}, dates)
    return LongText(frame, recognition.header, kind, (*findings, *doubts))


def day_columns(header: Header) -> dict[int, tuple[str, str]]:
    """The columns named by a day, each with its kind and text."""
    if "days" not in header.memo:
        header.memo["days"] = _day_columns(header)
    return dict(header.memo["days"])


def _day_columns(header: Header) -> dict[int, tuple[str, str]]:
    taken = set(header.roles.values())
    days = {
        column: said
        for column, name in enumerate(header.names)
        if column not in taken and (said := day_of_header(name)) is not None
    }
    measured = measured_by_w(header)
    days = {column: said for column, said in days.items() if column not in measured}
    words = {column: said for column, said in days.items() if said[0] == BASELINE}
    numbers = {column: said for column, said in days.items() if column not in words}
    numbers = numbers or _times(header)
    if not numbers or any(is_day_zero(day) for _, day in numbers.values()):
        return numbers
    kind = next(iter(numbers.values()))[0]
    return dict(sorted((numbers | {c: (kind, text) for c, (_, text) in words.items()}).items()))


def is_day_zero(day: str) -> bool:
    return re.fullmatch(r"-?0+(?:\.0+)?", day) is not None


def kinds_of(days: Iterable[tuple[str, str]]) -> list[str]:
    """What days count, those aside that are words."""
    return sorted({kind for kind, _ in days} - {BASELINE})


def measured_by_w(header: Header) -> dict[int, str]:
    """The columns such as ``W4`` that hold a width or a weight, with their number.

    They are weeks only where no ``L4``, ``V4`` or ``BW4`` stands beside, nor the days ``D4``.
    """
    taken = set(header.roles.values())
    numbers, beside, days = {}, False, set()
    for column, name in enumerate(header.names):
        if column in taken:
            continue
        if match := _W.fullmatch(name):
            numbers[column] = match[1]
        elif (match := _MEASURED.fullmatch(name)) and measure_of(match[1]):
            beside = True
        elif (day := day_of_header(name)) and day[0] == "day":
            days.add(day[1])
    return numbers if beside or (numbers and days >= set(numbers.values())) else {}


def _times(header: Header) -> dict[int, tuple[str, str]]:
    """The columns ``T0 T4 T7``, where their numbers are days: T1, T2 are visits or tumours."""
    taken = set(header.roles.values())
    times = {
        column: ("day", match[1])
        for column, name in enumerate(header.names)
        if column not in taken and (match := _TIME.fullmatch(name))
    }
    return {} if are_visits(day for _, day in times.values()) else times


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
    roles = {role: column for role, column in header.roles.items() if role in NAMED_ROLES}
    idle = [column for role, column in header.roles.items() if role not in NAMED_ROLES]
    unknown = tuple(column for column in (*header.unknown, *idle) if column not in days)
    return Header(header.names, roles, header.units, header.rivals, unknown)


WIDE = Layout(
    "wide",
    "one row a mouse, with columns for mouse and arm and one column a day, named by it",
    recognise_wide,
    lengthen_wide,
)
