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
_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_MONTH_NAMED = re.compile(
    r"(\d{1,2})[-/. ]{1,2}([a-zäéèûç]{3,10})\.?[-/. ,]*(\d{4}|\d{2})", re.IGNORECASE
)
_MONTH_LEADS = re.compile(r"([a-z]{3,9})\.?[-/. ](\d{1,2}),?[-/. ](\d{4}|\d{2})", re.IGNORECASE)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
# German, French, Spanish and Italian names that begin otherwise.
_MONTHS |= {"mär": 3, "mae": 3, "mai": 5, "okt": 10, "dez": 12, "fév": 2, "fev": 2, "avr": 4}
_MONTHS |= {"aoû": 8, "aou": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12, "gen": 1}
_MONTHS |= {"mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10}
_BASELINE = frozenset(("baseline", "bl", "pre", "pretreatment", "pre treatment", "pre dose"))
# A spreadsheet's day count; in a column of dates these are the years 1995 to 2064.
_SERIAL = (34700, 60300)
_SERIAL_ZERO = datetime.date(1899, 12, 30).toordinal()


def is_date(text: str) -> bool:
    """Whether a text is a date in any order.

    >>> is_date("2024-01-31"), is_date("31/1/24"), is_date("7")
    (True, True, False)
    """
    return _fields(text.strip()) is not None


def is_baseline(text: str) -> bool:
    """Whether a text says the day on which treatment began, in words.

    >>> is_baseline("Baseline"), is_baseline("pre-treatment"), is_baseline("7")
    (True, True, False)
    """
    return re.sub(r"[\s_.-]+", " ", text).strip().casefold() in _BASELINE


def find_date_order(texts: Iterable[str], title: str, given: str | None = None) -> str | None:
    """Whether dates such as 03/04/2024 begin with the day or the month; asked where nothing shows.

    >>> find_date_order(["03/04/2024", "17/04/2024"], "x.csv")
    'day'
    """
    texts = list(texts)
    _refuse_half_converted(texts, title)
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


def _refuse_half_converted(texts: Iterable[str], title: str) -> None:
    """Dates typed day first into a spreadsheet that expects the month: half became other dates.

    13/04/2022 stays text, while 10/04/2022 is stored as the 4th of October.
    """
    stored = [text for text in texts if _YEAR_FIRST.fullmatch(text.strip())]
    typed = [text for text in texts if _YEAR_LAST.fullmatch(text.strip()) and "." not in text]
    days = [found for text in stored if (found := _fields(text.strip())) is not None]
    firsts = [int(re.split(r"[-/]", text.strip())[0]) for text in typed]
    if days and firsts and min(firsts) > 12 and max(day for _, _, day in days) <= 12:
        raise InputError(
            f"{title}: some dates are words and some were stored by a spreadsheet with day and "
            f"month exchanged, as {stored[0]} beside {typed[0]}. Write all as year-month-day, "
            "2022-04-10, in a column formatted as text."
        )


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
    compact = np.array([_COMPACT.fullmatch(text.strip()) is not None for text in unique_texts])
    numbers[compact.astype(bool)] = np.nan
    for position in np.flatnonzero(np.isnan(numbers)):
        numbers[position], dates[position] = _day_or_date(
            unique_texts[position].strip(), kind, order
        )
    return numbers[codes], dates[codes]


def _day_or_date(text: str, kind: str, order: str | None) -> tuple[float, bool]:
    if is_missing(text):
        return np.nan, False
    if _COMPACT.fullmatch(text):
        date = _date(text, order)
        return (date.toordinal(), True) if date is not None else (np.nan, False)
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


def _month(name: str) -> int | None:
    """The number of a month by the beginning of its name.

    >>> _month("March"), _month("März"), _month("juillet"), _month("juin"), _month("Maus")
    (3, 3, 7, 6, None)
    """
    word = name.casefold()
    if word.startswith(("juil", "juin")):
        return 7 if word.startswith("juil") else 6
    return _MONTHS.get(word[:3]) if word != "maus" else None


def _fields(text: str, order: str | None = None) -> tuple[int, int, int] | None:
    """Year, month and day of a date as written."""
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        # 31.01.2024 is written only where the day comes first.
        if found[2] == "." or order in ("day", "year", None):
            return year, second, first
        return year, first, second
    for pattern, day, month in ((_MONTH_NAMED, 1, 2), (_MONTH_LEADS, 2, 1)):
        found = pattern.fullmatch(text)
        if found and (number := _month(found[month])):
            return int(found[3]), number, int(found[day])
    return None
