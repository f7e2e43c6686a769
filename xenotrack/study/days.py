"""Text → days: numbers, ``day 7``, weeks, and dates in the orders people write them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.errors import InputError
from xenotrack.study.numbers import column_of, is_missing, read_numbers

# Days since the implantation, or since treatment began, in short.
SINCE = "pid|dpi|dpt|ptd|dps"
_DAY = re.compile(
    rf"(?:study\s*)?(?:day|d|x|tag|jour|j|día|dia|giorno|dag|dzień|день|gün|第|{SINCE})?[\s_.]*"
    r"([-+−]?\d+(?:[.,]\d+)?)\s*"
    r"(?:d|dp[a-z]|days?|tage?|jours?|d[ií]as?|giorn[io]|dag(?:en|ar)?|天|日目?)?",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"(?:week|wk|w|woche|semaine|semana|settimana)[\s_.]*([-+−]?\d+(?:[.,]\d+)?)", re.IGNORECASE
)
_WEEKS = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:weeks?|wks?|wochen?|semaines?|semanas?|settiman[ae]|weken|周|週)",
    re.IGNORECASE,
)
_HOURS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:h|hr|hrs|hours?|stunden|heures|horas)", re.IGNORECASE)
_CYCLE = re.compile(
    r"(?:c|cy|cyc|cycle|zyklus|ciclo)[ _.]?0*(\d{1,2})[ _.,:;/-]*"
    r"(?:d|day|tag|jour|j|día|dia)[ _.]?0*(\d{1,2})",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?")
# 2024年3月4日 (月), 2024년 3월 4일.
_YEAR_NAMED = re.compile(
    r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?(?:\s*[(（].曜?日?[)）])?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}.*)?")
_DIGITS = re.compile(r"((?:19|20)\d{2}|\d{2})(\d{2})(\d{2})")
_WORD = r"([^\W\d_]{3,10})"
# 02MAR2026 is how SAS writes a date.
_MONTH_NAMED = re.compile(rf"(\d{{1,2}})[-/. ]*{_WORD}\.?[-/. ,]*(\d{{4}}|\d{{2}})")
_MONTH_LEADS = re.compile(rf"{_WORD}\.?[-/. ]+(\d{{1,2}}),?[-/. ]+(\d{{4}}|\d{{2}})")
_MONTH_NAMES = (
    "january januar janvier enero gennaio;february februar février febrero febbraio;"
    "march märz mrz maerz mars marzo;april avril abril aprile;may mai mayo maggio;"
    "june juni juin junio giugno;july juli juillet julio luglio;august août agosto;"
    "september septembre septiembre settembre;october oktober octobre octubre ottobre;"
    "november novembre noviembre;december dezember décembre diciembre dicembre"
)
_WEEKDAYS = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mo|di|mi|do|fr|sa|so|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|mi[eé]rcoles|jueves|viernes"
)
_WEEKDAY = re.compile(
    rf"(?:{_WEEKDAYS})\.?,?\s+(?=.*\d)|(?<=\d)[\s,]*[\s(]\s*(?:{_WEEKDAYS})\.?\)?$|"
    rf"(?<=[a-z])\s*\((?:{_WEEKDAYS})\.?\)$",
    re.IGNORECASE,
)
_NO_YEAR = (
    re.compile(rf"(?P<day>\d{{1,2}})[-/. ]+(?P<month>{_WORD})\.?"),
    re.compile(rf"(?P<month>{_WORD})\.? (?P<day>\d{{1,2}})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\."),
    re.compile(r"(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일号號]"),
)
_BASELINE = re.compile(
    r"base ?lines?|base|bl|basal|initial|start(?: of (?:treatment|therapy))?|screening|enrol?lment|"
    r"pre(?: ?(?:treatment|treat|dose|dosing|tx|rx|therapy))?|(?:before|prior to) treatment|"
    r"(?:at )?randomi[sz]ation|rand|ausgangswert|vor (?:der )?(?:behandlung|therapie)|"
    r"avant(?: le)? traitement|antes del tratamiento|prima del trattamento"
)
# Six digits are read in the one order in which they are days of one study.
_LONGEST_STUDY = 300
# A spreadsheet's day count; in a column of dates these are the years 1995 to 2064.
SERIAL_DAYS = (34700, 60300)
_SERIAL_ZERO = datetime.date(1899, 12, 30).toordinal()


def without_weekday(text: str) -> str:
    """A date without the day of the week beside it; what is no date then stays as it is.

    >>> [without_weekday(text) for text in ("Mon 3/2/26", "Thursday, March 5, 2026", "2-Mar (Mon)")]
    ['3/2/26', 'March 5, 2026', '2-Mar']
    >>> without_weekday("Mi 7"), without_weekday("2 Mar")
    ('Mi 7', '2 Mar')
    """
    bare = _WEEKDAY.sub("", text.strip(), count=1)
    return bare if bare != text and (is_date(bare) or month_and_day(bare)) else text


def is_date(text: str) -> bool:
    """Whether a text is a date in any order.

    >>> is_date("2024-01-31"), is_date("31/1/24"), is_date("2024年3月4日"), is_date("7")
    (True, True, True, False)
    """
    return any(_fields(text.strip(), order) is not None for order in (None, "day", "month"))


def find_date_order(
    texts: Iterable[str], title: str, given: str | None = None, beside: Iterable[str] = ()
) -> str | None:
    """Whether dates such as 03/04/2024 begin with the day or the month; asked where nothing shows.

    Where they do not show it themselves, other dates of the sheet may that stand ``beside`` them.

    >>> find_date_order(["03/04/2024", "17/04/2024"], "x.csv")
    'day'
    >>> find_date_order(["03/04/2024"], "x.csv", beside=["03/17/2024"])
    'month'
    """
    texts = [without_weekday(text.strip()) for text in texts if not is_missing(text)]
    refuse_half_converted(texts, title)
    if given is None and texts and all(re.fullmatch(r"\d{6}", text) for text in texts):
        return _order_of_digits(texts, title)
    seen, unclear = _orders_shown(texts)
    if unclear and not seen:
        seen, _ = _orders_shown(text.strip() for text in beside)
    if given is not None:
        return given
    if len(seen) == 2 or (unclear and not seen):
        what = f"{unclear!r} may begin with the day or the month" if unclear else "dates mix orders"
        raise InputError(
            f"{title}: {what}. Say which in study.toml:\n\n"
            '[study]\ndate_order = "day"    # or "month"'
        )
    return seen.pop() if seen else None


def _orders_shown(texts: Iterable[str]) -> tuple[set[str], str]:
    """The orders that dates cannot but have, and the first that could have either."""
    seen, unclear = set(), ""
    for text in texts:
        match = _YEAR_LAST.fullmatch(text)
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 or second > 12:
            seen.add("day" if first > 12 else "month")
        elif first != second:
            unclear = unclear or text
    return seen, unclear


def _order_of_digits(texts: list[str], title: str) -> str | None:
    """Whether 220314 begins with the year, the day or the month."""
    possible = []
    for order in ("year", "day", "month"):
        dates = [_date(text, order) for text in texts]
        known = [date for date in dates if date is not None]
        if len(known) == len(dates) and (max(known) - min(known)).days <= _LONGEST_STUDY:
            possible.append(order)
    if len(possible) > 1:
        choices = " or ".join(f'"{order}"' for order in possible[1:])
        raise InputError(
            f"{title}: {texts[0]!r} may begin with the {' or the '.join(possible)}."
            f' Say which in study.toml:\n\n[study]\ndate_order = "{possible[0]}"    # or {choices}'
        )
    return possible[0] if possible else None


def half_converted(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The dates that a spreadsheet made with day and month exchanged, and those it left as text.

    A spreadsheet of the other order takes 10/04/2022 for 4 October and leaves 13/04/2022 a text:
    then no true date has a day above 12, and every text has a number above 12 in one place.

    >>> half_converted(["2022-10-04", "13/04/2022"])
    (['2022-10-04'], ['13/04/2022'])
    >>> half_converted(["2022-10-14", "13/04/2022"]), half_converted(["2022-10-04"])
    (([], []), ([], []))
    """
    texts = [text.strip() for text in texts]
    dates = [(text, match) for text in texts if (match := _YEAR_FIRST.fullmatch(text))]
    slashed = [
        (text, match) for text in texts if (match := _YEAR_LAST.fullmatch(text)) and match[2] != "."
    ]
    left = all(int(match[1]) > 12 for _, match in slashed) or all(
        int(match[3]) > 12 for _, match in slashed
    )
    if not dates or not slashed or not left or any(int(match[3]) > 12 for _, match in dates):
        return [], []
    return [text for text, _ in dates], [text for text, _ in slashed]


def refuse_half_converted(texts: Iterable[str], title: str, places: str = "") -> None:
    """Dates of which a spreadsheet exchanged day and month in some are no days to read."""
    turned, left = half_converted(texts)
    if turned:
        raise InputError(
            f"{title}: a spreadsheet took some dates for the other order of day and month and left "
            f"the rest as text: {', '.join(turned[:5])} beside {', '.join(left[:5])}{places}. "
            "Write every date as YYYY-MM-DD, or make the column text and type the dates anew."
        )


def cycle_and_day(text: str) -> tuple[int, int] | None:
    """The cycle of treatment that a text names, and the day within it.

    >>> cycle_and_day("C2D15"), cycle_and_day("Cycle 1 Day 8"), cycle_and_day("D15")
    ((2, 15), (1, 8), None)
    """
    match = _CYCLE.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def days_of_cycles(texts: Iterable[str]) -> str:
    """What is to be written for days of cycles: how long a cycle is no sheet says.

    >>> days_of_cycles(["C1D1", "C2D8"])
    'Write days since the start: C2D8 is day 35 where a cycle has 28 days and C1D1 is day 0.'
    """
    said = [(text.strip(), pair) for text in texts if (pair := cycle_and_day(text))]
    text, (cycle, day) = max(said, key=lambda one: one[1])
    first = min(said, key=lambda one: one[1])[0]
    return (
        f"Write days since the start: {text} is day {28 * (cycle - 1) + day - 1} where a cycle has "
        f"28 days and {first} is day {min(pair for _, pair in said)[1] - 1}."
    )


def are_visits(days: Iterable[str]) -> bool:
    """Whether numbers only count visits: each the one before and one, from 0 or 1.

    >>> are_visits(["1", "2", "3"]), are_visits(["0", "3", "7"])
    (True, False)
    """
    numbers = sorted({float(day) for day in days})
    return numbers[:1] in ([0.0], [1.0]) and numbers == [
        numbers[0] + i for i in range(len(numbers))
    ]


def is_clock(text: str) -> bool:
    """Whether a text is a time of day.

    >>> is_clock("09:31"), is_clock("9:31:00 pm"), is_clock("9")
    (True, True, False)
    """
    return bool(re.fullmatch(r"\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?", text.strip(), re.I))


def is_baseline(text: str) -> bool:
    """Whether a text says that a reading was taken before treatment, and no day.

    >>> is_baseline("Baseline"), is_baseline("pre-treatment"), is_baseline("Pretreated")
    (True, True, False)
    """
    words = re.sub(r"[\s_.-]+", " ", _plain(text)).strip()
    return _BASELINE.fullmatch(words) is not None


def month_and_day(text: str) -> tuple[int, int] | None:
    """The month and the day of a date without a year.

    >>> month_and_day("14-Mar"), month_and_day("14.03."), month_and_day("März 14")
    ((3, 14), (3, 14), (3, 14))
    >>> month_and_day("14.3"), month_and_day("Mar-14"), month_and_day("31-Feb")
    (None, None, None)
    """
    for pattern in _NO_YEAR:
        if match := pattern.fullmatch(text.strip()):
            month = int(match["month"]) if match["month"].isdigit() else _month(match["month"])
            if month and _is_in_calendar(2004, month, int(match["day"])):
                return month, int(match["day"])
    return None


def _month(word: str) -> int:
    """The number of a month by its name or the beginning of it, 0 where it is none or two.

    >>> _month("Sept"), _month("MÄRZ"), _month("juil"), _month("jui"), _month("Marble")
    (9, 3, 7, 0, 0)
    """
    begun = _plain(word)
    months = [
        number
        for number, names in enumerate(_MONTH_NAMES.split(";"), start=1)
        if any(name.startswith(begun) for name in _plain(names).split())
    ]
    return months[0] if len(months) == 1 else 0


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _is_in_calendar(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


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
        dates = (numbers >= SERIAL_DAYS[0]) & (numbers <= SERIAL_DAYS[1])
        numbers = np.where(dates, numbers + _SERIAL_ZERO, numbers)
        digits = [bool(_DIGITS.fullmatch(text.strip())) for text in unique_texts]
        numbers = np.where(digits, np.nan, numbers)
    for position in np.flatnonzero(np.isnan(numbers)):
        text = without_weekday(unique_texts[position].strip())
        numbers[position], dates[position] = _day_or_date(text, kind, order)
    return numbers[codes], dates[codes]


def _day_or_date(text: str, kind: str, order: str | None) -> tuple[float, bool]:
    if is_missing(text):
        return np.nan, False
    if match := _WEEK.fullmatch(text) or _WEEKS.fullmatch(text):
        return 7 * _float(match[1]), False
    if (match := _DAY.fullmatch(text)) and not _DIGITS.fullmatch(text):
        return _float(match[1]) * (7 if kind == "week" else 1), False
    if match := _HOURS.fullmatch(text):
        return _float(match[1]) / 24, False
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
    if match := _YEAR_FIRST.fullmatch(text) or _YEAR_NAMED.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DIGITS.fullmatch(text):
        return _fields_of_digits(match, order)
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        # 31.01.2024 is written only where the day comes first.
        if match[2] == "." or order in ("day", "year", None):
            return year, second, first
        return year, first, second
    for pattern, day, month in ((_MONTH_NAMED, 1, 2), (_MONTH_LEADS, 2, 1)):
        match = pattern.fullmatch(text)
        if match and (number := _month(match[month])):
            return int(match[3]), number, int(match[day])
    return None


def _fields_of_digits(match: re.Match[str], order: str | None) -> tuple[int, int, int] | None:
    """Year, month and day of 20220314, and of 220314 in the order of its column."""
    first, second, third = int(match[1]), int(match[2]), int(match[3])
    if len(match[1]) == 2 and order in ("day", "month"):
        day, month = (first, second) if order == "day" else (second, first)
        first, second, third = third, month, day
    year = first + 2000 if first < 100 else first
    return (first, second, third) if _is_in_calendar(year, second, third) else None
