"""Numbers as a sentence writes them, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite

import numpy as np

from xenotrack.compare.outcomes import Display


def number(value: float, digits: int = 3) -> str:
    """A number as a paper prints it: ``digits`` significant ones, a true minus sign.

    >>> number(-0.012345), number(14.0), number(105.25)
    ('−0.0123', '14', '105')
    """
    if value != 0 and abs(value) < 1e-4:  # no exponents in a sentence
        return f"{value:.{digits + 3}f}".rstrip("0").replace("-", "−")
    return f"{value:.{digits}g}".replace("-", "−")


def fixed(value: float, decimals: int) -> str:
    """A number with as many decimals as the others in its bracket; no sign before a zero.

    >>> fixed(-5.84, 1), fixed(-0.01, 1)
    ('−5.8', '0.0')
    """
    text = f"{value:.{decimals}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def join(items: Iterable[str]) -> str:
    """
    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    *front, last = items
    return f"{', '.join(front)} and {last}" if front else last


def ratio_text(ratio: float) -> str:
    """A ratio to two digits; what is next to nothing is said so.

    >>> ratio_text(0.0583), ratio_text(0.000446), ratio_text(12345)
    ('0.058', '< 0.001', '> 1000')
    """
    if ratio < 1e-3:
        return "< 0.001"
    return number(ratio, 2) if ratio < 1e3 else "> 1000"


def confidence(low: float, high: float, level: float, write: Callable[[float], str]) -> str:
    """``95 % CI −7.1 to −4.9``; a side without a limit is said.

    >>> confidence(-0.02, float("nan"), 0.95, number)
    '95 % CI −0.02 to no limit'
    """
    ends = [write(end) if isfinite(end) else "no limit" for end in (low, high)]
    return f"{100 * level:g} % CI {ends[0]} to {ends[1]}"


def effect(display: Display, estimate: float, low: float, high: float, level: float) -> str:
    """An estimate of an outcome with its interval, in the unit in which people speak of it.

    >>> effect("percent_per_day", -0.0584, -0.0713, -0.0489, 0.95)
    '−5.8 % a day, 95 % CI −7.1 to −4.9'
    >>> effect("hazard_ratio", -2.8, -4.2, -1.6, 0.95)
    'hazard ratio 0.061, 95 % CI 0.015 to 0.2'
    >>> effect("hazard_ratio", -6.6, float("nan"), -1.2, 0.95)
    'hazard ratio 0.0014, 95 % CI < 0.001 to 0.3'
    >>> effect("days", 27.4, 12.0, 42.9, 0.95)
    '27 days, 95 % CI 12 to 43'
    """
    if display in ("hazard_ratio", "log_ratio"):
        name = "hazard ratio" if display == "hazard_ratio" else "ratio of volumes"
        # A logarithm without a lower limit is that of a ratio next to nothing.
        lowest = ratio_of(low) if isfinite(low) else 0.0
        ends = confidence(lowest, ratio_of(high), level, ratio_text)
        return f"{name} {ratio_text(ratio_of(estimate))}, {ends}"
    factor, unit, most = UNITS[display]
    places = decimals([factor * one for one in (estimate, low, high)], most)

    def write(value: float) -> str:
        return fixed(factor * value, places)

    return f"{write(estimate)} {unit}, {confidence(low, high, level, write)}"


def interval(display: Display, low: float, high: float, level: float) -> str:
    """Where a value lies with some certainty, in the unit in which people speak of it.

    >>> interval("percent_per_day", -0.0713, -0.0489, 0.95)
    '95 % between −7.1 and −4.9 % a day'
    """
    if display in ("hazard_ratio", "log_ratio"):
        ends, unit = (ratio_text(ratio_of(low)), ratio_text(ratio_of(high))), "times"
    else:
        factor, unit, most = UNITS[display]
        places = decimals([factor * low, factor * high], most)
        ends = (fixed(factor * low, places), fixed(factor * high, places))
    return f"{100 * level:g} % between {ends[0]} and {ends[1]} {unit}"


# What a number is multiplied by, its unit, and the size from which it needs no decimal.
UNITS: dict[str, tuple[float, str, float]] = {
    "percent_per_day": (100.0, "% a day", 100.0),
    "days": (1.0, "days", 10.0),
    "share": (100.0, "percentage points", 1.0),
    "points": (1.0, "percentage points", 10.0),
}


def decimals(values: Iterable[float], enough: float) -> int:
    """How many decimals the numbers of one bracket share.

    None where the largest is ``enough`` by itself; two where all would be next to 0.

    >>> decimals([-5.84, -7.1], 100), decimals([0.04, -0.02], 100), decimals([27.4], 10)
    (1, 2, 0)
    """
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if largest >= enough:
        return 0
    return 1 if largest >= 0.5 else 2


def per_day(rate: float) -> str:
    """A growth rate as a biologist says it.

    >>> per_day(0.0471), per_day(-0.0129)
    ('4.7 % a day', '−1.3 % a day')
    """
    return f"{fixed(100 * rate, decimals([100 * rate], 100.0))} % a day"


def days_range(first: float, last: float) -> str:
    """``days 0–28``, one day as ``day 7``; "" where nobody says them.

    >>> days_range(0.0, 28.0), days_range(7.0, 7.0), days_range(float("nan"), 28.0)
    ('days 0–28', 'day 7', '')
    """
    if not (isfinite(first) and isfinite(last)):
        return ""
    return f"day {number(first)}" if first == last else f"days {number(first)}–{number(last)}"


def share(low: float, high: float, level: float) -> str:
    """The interval of a share in percent.

    >>> share(0.0, 0.308, 0.95)
    '95 % CI 0 to 31 %'
    """
    return f"{confidence(100 * low, 100 * high, level, lambda end: f'{end:.0f}')} %"


def ratio_of(value: float) -> float:
    """``exp`` of a log ratio, infinite where it is beyond all numbers.

    >>> ratio_of(0.0), ratio_of(1e4)
    (1.0, inf)
    """
    with np.errstate(over="ignore"):
        return float(np.exp(value))
