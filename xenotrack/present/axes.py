"""Where an axis has its ticks, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, isfinite, log10

DAY_STEPS = (1, 2, 4, 7, 14, 21, 28, 56, 84, 168, 364)
LEAST = 3  # ticks without which a scale cannot be read
COARSER = ((1, 2, 5), (1, 3), (1,))
FINER = ((1, 1.5, 2, 3, 5, 7), (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8))
WEEKS = 14  # days from which an axis counts in weeks


def reach(values: Iterable[float], least: float, room: float = 0.04) -> tuple[float, float]:
    """The ends of an axis that holds all values with ``room``, a share of its length, on each side.

    Values that are all alike, or nearly, still get an axis of the length ``least``.

    >>> reach([0.0, 1.0], least=0.1)
    (-0.04, 1.04)
    >>> reach([5.0, float("nan")], least=2, room=0)
    (4.0, 6.0)
    """
    known = [float(value) for value in values if isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    wider = max(least - (high - low), 0.0) / 2 + room * max(high - low, least)
    return low - wider, high + wider


def day_breaks(first: float, last: float, most: int = 9) -> list[float]:
    """Days for an axis, in whole weeks where the study lasts weeks.

    >>> day_breaks(0, 45)
    [0.0, 7.0, 14.0, 21.0, 28.0, 35.0, 42.0]
    >>> day_breaks(33, 61, most=5)
    [35.0, 42.0, 49.0, 56.0]
    >>> day_breaks(30, 40, most=5)
    [32.0, 36.0, 40.0]
    >>> day_breaks(0.5, 0.7)
    [0.5]
    """
    span = last - first
    steps = [step for step in DAY_STEPS if span < WEEKS or step % 7 == 0]
    fitting = (step for step in steps if floor(span / step) < most)
    step = next(fitting, DAY_STEPS[-1] * ceil(span / DAY_STEPS[-1] / most))
    breaks = [float(step * k) for k in range(ceil(first / step), floor(last / step) + 1)]
    return breaks or [float(first)]


def log_breaks(low: float, high: float, most: int = 7) -> list[float]:
    """Round values for a logarithmic axis: 1-2-5 a decade where that fits, else 1-3, else 1.

    An axis of less than a decade has finer ones, so that it has three at least.

    >>> log_breaks(60, 1700)
    [100.0, 200.0, 500.0, 1000.0]
    >>> log_breaks(0.4, 90000)
    [1.0, 10.0, 100.0, 1000.0, 10000.0]
    >>> log_breaks(90, 270)
    [100.0, 150.0, 200.0]
    >>> log_breaks(210, 230)
    [210.0, 215.0, 220.0, 225.0, 230.0]
    """
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)

    def inside(digits: Sequence[float]) -> list[float]:
        values = (digit * 10.0**decade for decade in decades for digit in digits)
        return [value for value in values if low <= value <= high]

    breaks = next((few for digits in COARSER if len(few := inside(digits)) <= most), None)
    if breaks is None:
        every = inside(COARSER[-1])
        return every[:: ceil(len(every) / most)]
    if len(breaks) >= LEAST:
        return breaks
    finer = next((many for digits in FINER if LEAST <= len(many := inside(digits)) <= most), None)
    return finer or rate_breaks(low, high, most)


_WITH_EXPONENT = 1e6


def plain_number(value: float) -> str:
    """A tick's label, without trailing zeros, and with an exponent where light alone needs one.

    >>> plain_number(1000.0), plain_number(0.05), plain_number(-20.0), plain_number(3e7)
    ('1000', '0.05', '−20', '3e7')
    """
    if abs(value) >= _WITH_EXPONENT:
        digits, _, power = f"{value:.3e}".partition("e")
        return f"{plain_number(float(digits))}e{int(power)}"
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def signed_percent(value: float) -> str:
    """A change in percent with its sign.

    >>> signed_percent(35.0), signed_percent(-50.0), signed_percent(0.0)
    ('+35 %', '−50 %', '0 %')
    """
    return f"{value:+.0f} %".replace("-", "−").replace("+0 ", "0 ")


def rate_breaks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values for an axis of rates, 0 among them where it lies inside.

    >>> rate_breaks(-0.034, 0.061)
    [-0.02, 0.0, 0.02, 0.04, 0.06]
    >>> rate_breaks(0, 1990, most=4)
    [0.0, 500.0, 1000.0, 1500.0]
    """
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough)
    breaks = [round(step * k, 12) for k in range(ceil(low / step), floor(high / step) + 1)]
    return breaks if len(breaks) >= LEAST else rate_breaks(low, high, most + 1)
