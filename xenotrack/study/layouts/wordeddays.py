"""Days that are words or lack a year: what they mean depends on all the days of their sheet."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.columns import header_words
from xenotrack.study.days import (
    are_visits,
    cycle_and_day,
    days_of_cycles,
    half_converted,
    is_baseline,
    month_and_day,
    read_days,
    refuse_half_converted,
)
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.layouts.layout import LongText, Recognition, sheet_finding
from xenotrack.study.numbers import is_missing

_TIME = re.compile(r"t[ _.]?(-?\d+)", re.IGNORECASE)
_LATE_IN_A_MONTH = 20
_CYCLES = ("cycle", "cycle no", "cycle number", "treatment cycle", "zyklus", "ciclo")
# Dates farther apart may well lie in two years.
_HALF_A_YEAR = 183
# Any year without a 29 February, so that days between dates are those of most years.
_SOME_YEAR, _SOME_LEAP_YEAR = 2001, 2004


def settle_days(sheet: Sheet, long: LongText) -> LongText:
    """The long table with a day on each row, a baseline as day 0, dates within one year."""
    long = _with_days_below(sheet, long)
    texts = [text for text in long.frame["day"].unique() if not is_missing(text)]
    column = long.header.roles.get(long.day_kind)
    turned = set(half_converted(texts)[0])
    if column is not None and turned:
        rows = long.frame.loc[long.frame["day"].str.strip().isin(turned), "row"]
        cells = [sheet.cell(int(row), column) for row in rows.head(5)]
        more = ", …" if len(rows) > len(cells) else ""
        refuse_half_converted(texts, sheet.title, f" (cells {', '.join(cells)}{more})")
    if cycles := [text for text in texts if cycle_and_day(text)] or _cycles_beside(sheet, long):
        raise InputError(no_cycles(sheet, cycles))
    _refuse_days_of_months(sheet, long)
    long, texts = _with_times(sheet, long, texts)
    if any(map(is_baseline, texts)):
        return _with_baseline(sheet, long, texts)
    if texts and all(month_and_day(text) for text in texts):
        return _with_year(sheet, long, texts)
    return long


def no_cycles(sheet: Sheet, names: Sequence[str]) -> str:
    """Why days that are counted within cycles are not read, and what is to be written."""
    return (
        f"{sheet.title} counts days within cycles ({', '.join(map(repr, names[:4]))}, …), and does "
        f"not say how many days a cycle has. {days_of_cycles(names)}"
    )


def _refuse_days_of_months(sheet: Sheet, long: LongText) -> None:
    """Bare numbers that fall as from month to month, 25, 28, 1, 4, are no days of a study."""
    heads = long.frame[["column", "day"]].drop_duplicates("column").sort_values("column")
    names = [long.header.names[column] for column in heads["column"]]
    if long.day_kind != "day" or len(heads) < 3 or not all(map(str.isdigit, names)):
        return
    days = [int(name) for name in names]
    falls = [(a, b) for a, b in pairwise(days) if b < a]
    wraps = all(a >= _LATE_IN_A_MONTH and b + 10 < a for a, b in falls)
    if 0 < len(falls) < len(days) - 2 and min(days) >= 1 and max(days) <= 31 and wraps:
        raise InputError(
            f"{sheet.title}: the days {', '.join(names[:6])} of its columns do not rise: they seem "
            "to be those of months. Write each as a date, as 2024-01-31."
        )


def _cycles_beside(sheet: Sheet, long: LongText) -> list[str]:
    """The days that a column of cycles begins anew, with their cycle; none where they go on."""
    words = {header_words(long.header.names[c])[0]: c for c in long.header.unknown}
    column = next((words[word] for word in _CYCLES if word in words), None)
    if column is None or long.day_kind != "day":
        return []
    cycle_of = dict(zip(sheet.rows.tolist(), sheet.grid[:, column].tolist(), strict=True))
    pairs = pd.DataFrame({"day": long.frame["day"], "cycle": long.frame["row"].map(cycle_of)})
    found = pairs.drop_duplicates().apply(lambda pair: f"C{pair['cycle']}D{pair['day']}", axis=1)
    said = {name: pair for name in found if (pair := cycle_and_day(re.sub(r"\s", "", name)))}
    spans: dict[int, list[int]] = {}
    for cycle, day in said.values():
        spans.setdefault(cycle, []).append(day)
    ordered = [spans[cycle] for cycle in sorted(spans)]
    anew = any(min(later) <= max(own) for own, later in pairwise(ordered))
    return list(said) if anew else []


def _with_times(sheet: Sheet, long: LongText, texts: list[str]) -> tuple[LongText, list[str]]:
    """The long table with the days of ``T0 T4 T7``; T1, T2, T3 may count visits, and are asked."""
    matches = {text: _TIME.fullmatch(text.strip()) for text in texts if not is_baseline(text)}
    days = {text: match[1] for text, match in matches.items() if match}
    if not days or len(days) < len(matches):
        return long, texts
    if are_visits(days.values()) and len(days) > 1:
        raise InputError(
            f"{sheet.title}: {', '.join(map(repr, list(days)[:4]))} may count days or visits. "
            "Write the day of each, as 0, 3, 7."
        )
    frame = long.frame.assign(day=long.frame["day"].replace(days))
    return replace(long, frame=frame), [days.get(text, text) for text in texts]


def disagreements(
    sheet: Sheet, recognition: Recognition, days: Mapping[int, str], dates: Mapping[int, str]
) -> Iterator[Finding]:
    """Columns whose date and day are not as far apart as those of most."""
    dates = {column: date for column, date in dates.items() if not is_baseline(days[column])}
    if not dates:
        return
    zeros = _day_zeros(list(dates.values()), [float(days[column]) for column in dates])
    usual = Counter(zeros).most_common(1)[0][0]
    for (column, date), zero in zip(dates.items(), zeros, strict=True):
        if zero != usual:
            yield sheet_finding(
                sheet,
                "date-and-day-disagree",
                sheet.cell(int(sheet.rows[recognition.position]), column),
                f"Day {days[column]} stands beside {date}, {_apart(zero - usual)}; "
                "the day was taken.",
                "Mend the date or the day.",
            )


def _apart(days: float) -> str:
    if np.isnan(days):
        return "which is no date in the order of the others"
    return f"{abs(days):g} days from where the other columns put it"


def _day_zeros(dates: list[str], days: list[float]) -> list[float]:
    """Where each date puts day 0, in the order of day and month in which most of them agree.

    The days beside the dates tell the order, so nobody is asked for it.
    """
    texts = pd.Series(dates, dtype=object)
    ways = [read_days(texts, "date", ".", order)[0] - days for order in ("day", "month", "year")]
    return max((way.tolist() for way in ways), key=lambda way: max(map(way.count, way)))


def _with_days_below(sheet: Sheet, long: LongText) -> LongText:
    """The long table with a day that is written once, above the mice of its visit, on all of them.

    Each visit has a day of its own, and no mouse twice.
    """
    texts = long.frame["day"].tolist()
    known = {text: is_missing(text) for text in dict.fromkeys(texts)}
    blank = np.fromiter(map(known.__getitem__, texts), dtype=bool, count=len(texts))
    if not blank.any() or blank[0] or 2 * (~blank).sum() > len(texts):
        return long
    days = long.frame["day"].str.strip()
    visit = (~blank).cumsum()
    names = [role for role in ("arm", "cage", "mouse", "tumor") if role in long.frame]
    twice = long.frame[names].assign(visit=visit).duplicated().any()
    if days[~blank].duplicated().any() or twice or (long.frame["mouse"].str.strip() == "").any():
        return long
    finding = sheet_finding(
        sheet,
        "day-written-once",
        row_ranges(long.frame.loc[blank, "row"].tolist()),
        f"Each day ({', '.join(days[~blank].head(3))}, …) is written once; the rows below have the "
        "day above them.",
        "Nothing to do if they are the mice of one visit; else write the day on every row.",
    )
    return _with_days(long, days.mask(blank).ffill(), long.day_kind, finding)


def _with_baseline(sheet: Sheet, long: LongText, texts: list[str]) -> LongText:
    """The long table whose readings at baseline were taken on day 0, where no other was."""
    words = [text for text in texts if is_baseline(text)]
    others = pd.Series([text for text in texts if text not in words], dtype=object)
    numbers, dates = read_days(others, long.day_kind, ".", None)
    if (
        len({word.strip().casefold() for word in words}) > 1
        or not len(others)
        or dates.any()
        or not (numbers > 0).all()
    ):
        raise InputError(
            f"{sheet.title}: on which day were the readings called {words[0]!r} taken? "
            "It is day 0 only where all other days are numbers above 0. Write the day instead."
        )
    finding = sheet_finding(
        sheet,
        "baseline-is-day-zero",
        "",
        f"Readings called {words[0].strip()!r} were read as those of day 0.",
        "If they were taken on another day, write it, as day -1.",
    )
    days = long.frame["day"].replace(dict.fromkeys(words, "0"))
    return _with_days(long, days, long.day_kind, finding)


def _with_year(sheet: Sheet, long: LongText, texts: list[str]) -> LongText:
    """The long table with dates of one year, which only count the days between them."""
    calendar = {text: month_and_day(text) or (1, 1) for text in texts}
    if doubt := _doubt_about_year(set(calendar.values()), long):
        raise InputError(
            f"{sheet.title}: the dates have no year ({texts[0].strip()!r}, …), and {doubt}. "
            "Write the year in each, as 2024-01-31."
        )
    year = _SOME_LEAP_YEAR if (2, 29) in calendar.values() else _SOME_YEAR
    dates = {text: datetime.date(year, *day).isoformat() for text, day in calendar.items()}
    finding = sheet_finding(
        sheet,
        "dates-without-year",
        "",
        f"The dates have no year, as {texts[0].strip()!r}; all were taken to lie in one, and "
        f"{year} was written for it.",
        "Nothing to do, unless they lie in two years: then write the year in each.",
    )
    return _with_days(long, long.frame["day"].replace(dates), "date", finding)


def _doubt_about_year(days: set[tuple[int, int]], long: LongText) -> str:
    """Why days between dates without a year cannot be told, "" where they can.

    A sheet of one date or of one arm is likely one of several, each of which might lie in a year
    of its own.
    """
    dates = [datetime.date(_SOME_LEAP_YEAR, month, day) for month, day in days]
    if len(days) < 2 or long.frame["arm"].nunique() < 2:
        return "a sheet of one date or of one arm does not tell whether others lie in its year"
    if len({day for _, day in days}) == 1:
        return "each may as well be a month of a year"
    if (max(dates) - min(dates)).days > _HALF_A_YEAR:
        return "they are more than half a year apart, or lie in two years"
    march = datetime.date(_SOME_LEAP_YEAR, 3, 1)
    if (2, 29) not in days and min(dates) < march <= max(dates):
        return "whether a 29 February lies between them depends on it"
    return ""


def _with_days(long: LongText, days: pd.Series, kind: str, finding: Finding) -> LongText:
    frame = long.frame.assign(day=days)
    return replace(long, frame=frame, day_kind=kind, findings=(*long.findings, finding))
