"""Estimates as a figure writes them: rounded, with their interval, in one line."""

from __future__ import annotations

from math import isnan, nan
from unicodedata import category

MOST_DAYS = 365  # of a doubling time that says more than that it is long
HARDLY = 0.5  # percent a day below which one decimal says too little


FATES = {
    "end_of_study": "end of study",
    "tumor_size": "tumour size limit",
    "toxicity": "toxicity",
    "unrelated": "unrelated",
    "technical": "technical",
    "unknown": "unknown reason",
}
"""Why mice left, as people say it."""


def printable(text: str) -> str:
    """The text without control and bidirectional marks, which could rewrite a terminal's line.

    >>> printable("m1\\x1b[2J")
    'm1[2J'
    """
    return "".join(mark if mark.isprintable() else " " if mark.isspace() else "" for mark in text)


def printable_lines(text: str) -> str:
    """The same of a text of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def drawable(name: str) -> str:
    """A name as a figure can write it, on one line: a sign stands for each control character.

    >>> drawable("m\\x1b1\\n\\u202ea")
    'm�1 a'
    """
    return "".join(map(_drawable, name))


def _drawable(letter: str) -> str:
    if letter.isprintable():
        return letter
    if letter.isspace():
        return " "
    # Marks of direction and of joining are not seen, but turn round what follows.
    return "" if category(letter) == "Cf" else "\N{REPLACEMENT CHARACTER}"


def rate_text(
    estimate: float, low: float = nan, high: float = nan, places: int | None = None
) -> str:
    """A growth rate in percent a day, with its interval where it has one.

    All numbers have one decimal; two where they would be next to nothing, or so many ``places``.

    >>> rate_text(0.0502, 0.0431, 0.0573)
    '5.0 (4.3 to 5.7)'
    >>> rate_text(-0.86, float("nan"), -0.81)  # nobody knows how much faster it shrank
    '−86.0 (– to −81.0)'
    >>> rate_text(-0.01), rate_text(-0.0003), rate_text(-0.00001)
    ('−1.0', '−0.03', '0.00')
    """
    if isnan(estimate):
        return "not estimable"
    numbers = [100 * value for value in (estimate, low, high) if not isnan(value)]
    places = places or rate_places(estimate, low, high)
    text, *ends = (_fixed(value, places) for value in numbers)
    ends = ["–", *ends] if len(ends) == 1 else ends
    return f"{text} ({' to '.join(ends)})" if ends else text


def rate_places(*rates: float) -> int:
    """The decimals of rates in percent a day that are read together."""
    return 1 if any(abs(100 * rate) >= HARDLY for rate in rates) else 2


def _fixed(value: float, places: int) -> str:
    """So many decimals, and no sign before a zero."""
    text = f"{value:.{places}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def days_text(estimate: float, low: float, high: float, otherwise: str) -> str:
    """A number of days with its interval; a limit that was not reached stays open.

    >>> days_text(24.53, 20.1, float("nan"), "not reached")
    '24.5 (20.1 to –)'
    >>> days_text(float("nan"), 20.1, float("nan"), "not reached")
    'not reached'
    >>> days_text(27.5, float("nan"), float("nan"), "not reached")
    '27.5'
    """
    if isnan(estimate):
        return otherwise
    if isnan(low) and isnan(high):
        return f"{estimate:.1f}"
    limits = ["–" if isnan(limit) else f"{limit:.1f}" for limit in (low, high)]
    return f"{estimate:.1f} ({limits[0]} to {limits[1]})"


def doubling_text(estimate: float, low: float, high: float, interval: bool = True) -> str:
    """A doubling time in days; one that may be endless is said by what it exceeds.

    >>> doubling_text(14.66, 13.02, 17.04), doubling_text(62.7, 32.2, 1199.0)
    ('15 (13 to 17)', '63 (32 to > 365)')
    >>> doubling_text(416.7, 73.0, nan), doubling_text(nan, 90.0, nan), doubling_text(nan, nan, nan)
    ('> 73', '> 90', '–')
    >>> doubling_text(14.66, 13.02, 17.04, interval=False)
    '15'
    """
    if isnan(high) and not isnan(low):
        return f"> {min(low, MOST_DAYS):.0f}" if low >= 10 else f"> {low:.1f}"
    if isnan(estimate):
        return "–"
    text = _days(estimate)
    return text if isnan(low) or not interval else f"{text} ({_days(low)} to {_days(high)})"


def _days(value: float) -> str:
    if value > MOST_DAYS:
        return f"> {MOST_DAYS}"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def mice_text(n: int) -> str:
    """How many mice.

    >>> mice_text(1), mice_text(10)
    ('n = 1', 'n = 10')
    """
    return f"n = {n}"
