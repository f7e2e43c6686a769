"""A row of dates above the row of days: the wide layout, and a check of each on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.study.days import find_date_order, is_date, read_days
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.layout import Layout, LongText, Recognition, sheet_finding
from xenotrack.study.layouts.wide import day_columns, lengthen_wide, recognise_wide
from xenotrack.study.sheet import Sheet


def recognise_calendar(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A wide sheet counted in days, with dates in the row above them."""
    found = recognise_wide(sheet, declared)
    if not found.fits:
        return found
    days = day_columns(found.header)
    if next(iter(days.values()))[0] != "day":
        return replace(found, fits=False, why="names its columns by dates or weeks, not by days")
    dates = _dates_above(sheet, found)
    if 2 * len(dates) < len(days) or not dates:
        return replace(found, fits=False, why="has no row of dates above its days")
    return replace(found, why=f"{found.why}, with their dates above", above=1)


def lengthen_calendar(sheet: Sheet, found: Recognition) -> LongText:
    """The long table of the wide sheet; the dates are only compared with the days."""
    long = lengthen_wide(sheet, found)
    return replace(long, findings=(*long.findings, *_disagreements(sheet, found)))


def _dates_above(sheet: Sheet, found: Recognition) -> dict[int, str]:
    if not found.position:
        return {}
    above = sheet.texts(found.position - 1)
    return {column: above[column] for column in day_columns(found.header) if is_date(above[column])}


def _disagreements(sheet: Sheet, found: Recognition) -> Iterator[Finding]:
    """Columns whose date and day are not as far apart as those of most."""
    dates = _dates_above(sheet, found)
    days = day_columns(found.header)
    order = find_date_order(dates.values(), sheet.title)
    numbers, _ = read_days(pd.Series(list(dates.values()), dtype=object), "date", ".", order)
    zeros = numbers - np.array([float(days[column][1]) for column in dates])
    usual = Counter(zeros.tolist()).most_common(1)[0][0]
    for (column, date), zero in zip(dates.items(), zeros, strict=True):
        if zero != usual:
            yield sheet_finding(
                sheet,
                "date-and-day-disagree",
                sheet.cell(int(sheet.rows[found.position]), column),
                f"Day {days[column][1]} stands below {date}, {abs(zero - usual):g} days from where "
                "the other columns put it; the day was taken.",
                "Mend the date or the day.",
            )


CALENDAR = Layout(
    "calendar",
    "a wide sheet, one column a day, with a row of dates above the days",
    recognise_calendar,
    lengthen_calendar,
    over=("wide",),
)
