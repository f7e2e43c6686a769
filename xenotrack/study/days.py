"""Text → days: numbers, ``day 7``, weeks, and dates in the orders people write them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.errors import InputError
from xenotrack.study.numbers import column_of, is_missing, read_numbers

_DAY = re.compile(
    r"(?:study\s*)?(?:day|d)?[\s_.]*([-+−]?\d+(?:[.,]\d+)?)\s*(?:d|days?)?", re.IGNORECASE
)
_WEEK = re.compile(r"(?:week|wk|w)[\s_.]*([-+−]?\d+(?:[.,]\d+)?)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}.*)?")
_MONTH_NAMED = re.compile(r"(\d{1,2})[-/. ]([a-z]{3,9})\.?[-/. ,]*(\d{4}|\d{2})", re.IGNORECASE)
_MONTH_LEADS = re.compile(r"([a-z]{3,9})\.?[-/. ](\d{1,2}),?[-/. ](\d{4}|\d{2})", re.IGNORECASE)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
# A spreadsheet's day count; in a column of dates these are the years 1995 to 2064.
_SERIAL = (34700, 60300)
_SERIAL_ZERO = datetime.date(1899, 12, 30).toordinal()


def is_date(text: str) -> bool:
    """Whether a text is a date in any order.

    >>> is_date("2024-01-31"), is_date("31/1/24"), is_date("7")
    (True, True, False)
    """
    return _fields(text.strip()) is not None


def find_date_order(texts: Iterable[str], title: str, given: str | None = None) -> str | None:
    """Whether dates such as 03/04/2024 begin with the day or the month; asked where nothing shows.

    >>> find_date_order(["03/04/2024", "17/04/2024"], "x.csv")
    'day'
    """
    unclear = ""
    seen = set()
    for text in texts:
        found = _YEAR_LAST.fullmatch(text.strip())
        if found is None or found[2] == ".":
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 or second > 12:
            seen.add("day" if first > 12 else "month")
        elif first != second:
            unclear = unclear or text
    if given is not None:
        return given
    if len(seen) == 2 or (unclear and not seen):
        what = f"{unclear!r} may begin with the day or the month" if unclear else "dates mix orders"
        raise InputError(
            f"{title}: {what}. Say which in study.toml:\n\n"
            '[study]\ndate_order = "day"    # or "month"'
        )
    return seen.pop() if seen else None


def read_days(
    texts: pd.Series, kind: str, decimal: str, order: str | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Day numbers of a column, and which of them are dates (days since 0001-01-01).

    ``kind`` is what the header says: day, week or date. NaN where a text is neither.
    """
    codes, uniques = pd.factorize(texts)
    unique_texts = pd.Series(uniques, dtype=object)
    numbers, _ = read_numbers(column_of(unique_texts), decimal)
    dates = np.zeros(len(uniques), dtype=bool)
    if kind == "week":
        numbers = numbers * 7
    if kind == "date":
        dates = (numbers >= _SERIAL[0]) & (numbers <= _SERIAL[1])
        numbers = np.where(dates, numbers + _SERIAL_ZERO, numbers)
    for position in np.flatnonzero(np.isnan(numbers)):
        numbers[position], dates[position] = _day_or_date(
            unique_texts[position].strip(), kind, order
        )
    return numbers[codes], dates[codes]


def _day_or_date(text: str, kind: str, order: str | None) -> tuple[float, bool]:
    if is_missing(text):
        return np.nan, False
    if found := _WEEK.fullmatch(text):
        return 7 * _float(found[1]), False
    if found := _DAY.fullmatch(text):
        return _float(found[1]) * (7 if kind == "week" else 1), False
    date = _date(text, order)
    return (date.toordinal(), True) if date is not None else (np.nan, False)


def _float(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "."))


def _date(text: str, order: str | None) -> datetime.date | None:
    fields = _fields(text, order)
    if fields is None:
        return None
    year, month, day = fields
    try:
        return datetime.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _fields(text: str, order: str | None = None) -> tuple[int, int, int] | None:
    """Year, month and day of a date as written."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        # 31.01.2024 is written only where the day comes first.
        if found[2] == "." or order in ("day", "year", None):
            return year, second, first
        return year, first, second
    for pattern, day, month in ((_MONTH_NAMED, 1, 2), (_MONTH_LEADS, 2, 1)):
        found = pattern.fullmatch(text)
        if found and found[month][:3].casefold() in _MONTHS:
            return int(found[3]), _MONTHS[found[month][:3].casefold()], int(found[day])
    return None
