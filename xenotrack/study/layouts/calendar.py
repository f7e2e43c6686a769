"""A row of dates above the row of days: the wide layout, and a check of each on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xenotrack.study.days import is_date
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.layout import Layout, LongText, Recognition
from xenotrack.study.layouts.wide import day_columns, lengthen_wide, recognise_wide
from xenotrack.study.layouts.wordeddays import disagreements


def recognise_calendar(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A wide sheet counted in days, with dates in the row above them."""
    recognition = recognise_wide(sheet, declared)
    if not recognition.fits:
        return recognition
    days = day_columns(recognition.header)
    if next(iter(days.values()))[0] != "day":
        return replace(
            recognition, fits=False, why="names its columns by dates or weeks, not by days"
        )
    dates = _dates_above(sheet, recognition)
    if 2 * len(dates) < len(days) or not dates:
        return replace(recognition, fits=False, why="has no row of dates above its days")
    return replace(recognition, why=f"{recognition.why}, with their dates above", above=1)


def lengthen_calendar(sheet: Sheet, recognition: Recognition) -> LongText:
    """The long table of the wide sheet; the dates are only compared with the days."""
    long = lengthen_wide(sheet, recognition)
    dates = _dates_above(sheet, recognition)
    days = {column: day for column, (_, day) in day_columns(recognition.header).items()}
    return replace(long, findings=(*long.findings, *disagreements(sheet, recognition, days, dates)))


def _dates_above(sheet: Sheet, recognition: Recognition) -> dict[int, str]:
    if not recognition.position:
        return {}
    above = sheet.texts(recognition.position - 1)
    return {
        column: above[column]
        for column in day_columns(recognition.header)
        if is_date(above[column])
    }


CALENDAR = Layout(
    "calendar",
    "a wide sheet, one column a day, with a row of dates above the days",
    recognise_calendar,
    lengthen_calendar,
    over=("wide",),
)
