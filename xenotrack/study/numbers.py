"""Text → numbers, column by column; whatever is no number stays to be named in a finding."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.errors import InputError

# Words that say only that nothing was measured. "dead" and "culled" say more: a finding.
_MISSING = frozenset(
    ("", "na", "n/a", "n.a.", "nan", "#n/a", "null", "none", "nd", "n.d.", ".", "-", "--", "–", "—")
)
_GROUPED = {
    ".": re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?"),
    ",": re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?"),
}
_COMMA_DECIMAL = re.compile(r"[-+]?\d*,\d+(e[-+]?\d+)?", re.IGNORECASE)
# 1.789,0 is written only where the comma is the decimal mark; 1.789 alone may be either.
_COMMAS_AND_POINT = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+\.\d+")
_POINTS_AND_COMMA = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+,\d+")
# Blanks that programs put into and around numbers: no-break, figure, thin, narrow, of no width.
# In Switzerland an apostrophe: 1'192.
_BLANK = "[ \u00a0\u2007\u2009\u202f'’]"
_UNSEEN = "\u200b\u200e\u200f\u2060\ufeff"
# No tumour has 10 000 mm³: "100 120" are those of two flanks.
_BLANK_THOUSANDS = re.compile(rf"([-+]?[1-9]{_BLANK}\d{{3}})((?:[.,]\d+)?)")
_DRESSED = re.compile(r"([-+]?\d+(?:[.,]\d+)*)\s*([^\W\d_][^\d\s]*(?:\^?[23])?)")
_BELOW = re.compile(r"[<≤]\s*=?\s*\d.*")
_LESS = re.compile(r"[<≤]\s*=?\s*(\d+(?:[.,]\d+)?)")
# Beside whole numbers above 100 a point is as likely the mark of thousands: 852, 1.192.
_POINT_THOUSANDS = re.compile(r"[1-9]\d?\.\d{3}")
_HUNDREDS = re.compile(r"[1-9]\d\d")
_THREE_DIGITS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")


def is_missing(text: str) -> bool:
    """Whether a cell for a number says only that there is none.

    >>> is_missing(" NA "), is_missing("."), is_missing("0"), is_missing("dead")
    (True, True, False, False)
    """
    return text.strip().casefold() in _MISSING


def plain_numbers(texts: pd.Series) -> NDArray[np.float64]:
    """The numbers with a decimal point, NaN elsewhere; ``inf`` is no measurement.

    >>> plain_numbers(pd.Series(["12.5", "1E2", "68*", "inf", ""])).tolist()
    [12.5, 100.0, nan, nan, nan]
    >>> bool(plain_numbers(pd.Series(["215.62199999999999"]))[0] == 215.62199999999999)
    True
    """
    # Diameters and weights repeat: each text is then read once, in a quarter of the time.
    first = texts.iloc[:10_000]
    if len(texts) > 500 and first.nunique() < len(first) // 2:
        codes, uniques = pd.factorize(texts)
        return plain_numbers(pd.Series(uniques, dtype=object))[codes]
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, copy=True)
    # pandas misses the last bit of some numbers of 17 digits; what we wrote must come back as it
    # was.
    values = texts.to_numpy()
    for place in np.flatnonzero(np.fromiter(map(len, values), int, len(values)) > 16):
        if np.isfinite(numbers[place]):
            numbers[place] = float(values[place])
    return np.where(np.isfinite(numbers), numbers, np.nan)


@dataclass(frozen=True)
class Column:
    """A column of text and what of it is a plain number."""

    texts: pd.Series
    plain: NDArray[np.float64]


def column_of(texts: pd.Series) -> Column:
    """The column with its plain numbers, read once for all that follows."""
    return Column(texts, plain_numbers(texts))


@dataclass(frozen=True)
class Undressed:
    """A column without the dress of its numbers, and where a unit or a thousands blank was."""

    column: Column
    unit: NDArray[np.bool_]
    blanks: NDArray[np.bool_]


def undress(column: Column, units: Collection[str], thousands: bool) -> Undressed:
    """The column with blanks around numbers, their unit and blanks for thousands taken off.

    ``units`` are the words for the one unit that the column is in: what has another unit stays as
    it is, to be named. Blanks stand for thousands only in a column that has any.
    """
    wrong = np.flatnonzero(np.isnan(column.plain))
    values = column.texts.to_numpy()
    naked = {text: bare_number(text, units, thousands) for text in set(values[wrong].tolist())}
    unit, blanks = np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    if all(bare[0] == text for text, bare in naked.items()):
        return Undressed(column, unit, blanks)
    bare = [naked[text] for text in values[wrong]]
    unit[wrong], blanks[wrong] = [parts[1] for parts in bare], [parts[2] for parts in bare]
    texts = values.copy()
    texts[wrong] = np.array([parts[0] for parts in bare], dtype=object)
    return Undressed(column_of(pd.Series(texts, index=column.texts.index)), unit, blanks)


def bare_number(text: str, units: Collection[str], thousands: bool) -> tuple[str, bool, bool]:
    """A number as written without blanks, unit and thousands, and whether it had the last two.

    >>> bare_number("6.7mm ", {"mm"}, False), bare_number("1 789,5", {"mm3"}, True)
    (('6.7', True, False), ('1789,5', False, True))
    >>> bare_number("0.67 cm", {"mm"}, False), bare_number("7 125", {"mm"}, False)
    (('0.67 cm', False, False), ('7 125', False, False))
    """
    bare = text.translate(dict.fromkeys(map(ord, _UNSEEN))).strip()
    whole = _BLANK_THOUSANDS.match(bare) if thousands else None
    # "1 789 mm3" has both, and "1 7890" neither.
    rest = bare[whole.end() :] if whole else ""
    has_blanks = whole is not None and not rest[:1].isdigit()
    if whole and has_blanks:
        bare = re.sub(_BLANK, "", whole[1]) + whole[2] + rest
    worn = _DRESSED.fullmatch(bare)
    has_unit = worn is not None and worn[2].casefold() in units
    if worn and has_unit:
        bare = worn[1]
    number = re.fullmatch(r"[-+]?\d+(?:[.,]\d+)*", bare) is not None
    return (bare, has_unit, has_blanks) if number else (text, False, False)


def find_decimals(
    columns: Mapping[str, Column], title: str, given: str | None = None
) -> dict[str, str]:
    """The decimal mark of each column: the one given, else a comma where it can be nothing else.

    ``1,234`` alone decides nothing (1.234 or 1234?): the other columns do, or it is asked about.
    """
    if given is not None:
        if given not in (".", ","):
            raise InputError(f"The decimal mark is {given!r}; it is '.' or ','.")
        return dict.fromkeys(columns, given)
    marks = {name: _mark_of(column) for name, column in columns.items()}
    settled = {mark for mark in marks.values() if mark in (".", ",")}
    for name, mark in marks.items():
        if mark not in ("", ".", ","):
            if settled != {","} or "." in mark:
                raise InputError(_which_number(mark, title))
            marks[name] = ","
    return {name: mark or "." for name, mark in marks.items()}


def _mark_of(column: Column) -> str:
    """The decimal mark of one column, "" where it has none, or the number that leaves it open."""
    texts, numbers = column.texts, column.plain
    bad = [text.strip() for text in texts[np.isnan(numbers)] if "," in text]
    numeric = [text for text in bad if _COMMA_DECIMAL.fullmatch(text)]
    pointed = [text for text in texts[~np.isnan(numbers)].iloc[:1000] if "." in text]
    proven = any(_POINTS_AND_COMMA.fullmatch(text) for text in bad)
    if proven and all(_GROUPED[","].fullmatch(text.strip()) for text in pointed):
        return ","
    if any(map(_COMMAS_AND_POINT.fullmatch, bad)) and all(map(_GROUPED["."].fullmatch, bad)):
        return "."
    grouped = bool(pointed) and all(_POINT_THOUSANDS.fullmatch(text.strip()) for text in pointed)
    if grouped and any(_HUNDREDS.fullmatch(text.strip()) for text in texts):
        return str(pointed[0]).strip()
    if pointed:
        # Beside points a comma is somebody's slip: the cell is named, the column keeps its mark.
        return next((text for text in bad if _GROUPED["."].fullmatch(text)), ".")
    if any(not _THREE_DIGITS.fullmatch(text) for text in numeric):
        return ","
    commas = (text for text in bad if _GROUPED["."].fullmatch(text))
    return next(commas, "")


def _which_number(text: str, title: str) -> str:
    as_decimal, as_thousands = text.replace(",", "."), text.replace(",", "")
    if _POINT_THOUSANDS.fullmatch(text):
        return (
            f"{title}: does {text!r} mean {text} or {text.replace('.', '')}? "
            "Say --decimal . for the first and --decimal , for the second."
        )
    return (
        f"{title}: does {text!r} mean {as_decimal} or {as_thousands}? "
        "Say --decimal , for the first and --decimal . for the second."
        if "." not in text
        else f"{title} has thousands marks: {text!r}. Say --decimal . if it is {as_thousands}."
    )


def read_numbers(
    column: Column, decimal: str, thousands: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The numbers of a column, and where a thousands mark was taken out to read them.

    Thousands marks are taken out where the decimal mark was declared, and where they can be
    nothing else, as in ``1.789,0``.
    """
    texts, numbers = column.texts, column.plain.copy()
    grouped = np.zeros(len(texts), dtype=bool)
    if decimal == ",":
        numbers = _with_comma(texts, numbers)
    proven = decimal == "." and _is_proven(texts[np.isnan(numbers)])
    if thousands or decimal == "," or proven:
        values = texts.to_numpy()
        other = "," if decimal == "." else "."
        pattern = _GROUPED[decimal] if thousands or proven else _POINTS_AND_COMMA
        for position in np.flatnonzero(np.isnan(numbers)):
            text = values[position].strip()
            if other in text and pattern.fullmatch(text):
                numbers[position] = float(text.replace(other, "").replace(decimal, "."))
                grouped[position] = True
    return numbers, grouped


def _is_proven(texts: pd.Series) -> bool:
    """Whether commas are thousands marks, as one beside a decimal point proves: 1,293.5.

    >>> _is_proven(pd.Series(["1,293.5", "1,100"])), _is_proven(pd.Series(["1,293"]))
    (True, False)
    """
    commas = [text.strip() for text in texts if "," in text]
    grouped = [text for text in commas if _GROUPED["."].fullmatch(text)]
    return any(map(_COMMAS_AND_POINT.fullmatch, grouped)) and len(grouped) == len(commas)


def _with_comma(texts: pd.Series, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    # "17.5" in a sheet of decimal commas is no number: is the point a thousands mark or a slip?
    pointed = texts.str.contains(".", regex=False).to_numpy(dtype=bool)
    commas = texts.str.replace(",", ".", regex=False).where(~pointed, "")
    return np.where(pointed, np.nan, np.where(np.isnan(numbers), plain_numbers(commas), numbers))


def mend_of(text: str, decimal: str) -> str:
    """What a cell that is no number seems to mean, to be proposed and never taken.

    >>> mend_of("68*", "."), mend_of(">2000", "."), mend_of("12.3 mm", "."), mend_of("big", ".")
    ('68', '2000', '12.3', '')
    >>> mend_of("1.789", ",")
    ''
    """
    # In a sheet of decimal commas 1.789 is as likely 1789.
    if decimal == "," and _GROUPED[","].fullmatch(text.strip()):
        return ""
    numbers = re.findall(r"-?\d+(?:[.,]\d+)?", text)
    return numbers[0].replace(",", ".") if len(numbers) == 1 else ""


def said_below(text: str) -> float:
    """The number than which a text says that less was there, NaN where it does not.

    >>> said_below("<15 mm3"), said_below("≤ 2,5"), said_below("15")
    (15.0, 2.5, nan)
    """
    match = _LESS.match(text.strip())
    return float(match[1].replace(",", ".")) if match else float("nan")


def is_below(text: str) -> bool:
    """Whether a text says that less was there than can be measured.

    >>> is_below("<3"), is_below("≤ 2.5 mm"), is_below(">2000"), is_below("3")
    (True, True, False, False)
    """
    return _BELOW.fullmatch(text.strip()) is not None
