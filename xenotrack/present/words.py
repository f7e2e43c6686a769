"""Estimates as a figure writes them: rounded, with their interval, in one line."""

from __future__ import annotations

from math import isnan, nan
from unicodedata import category


def printable(text: str) -> str:
    """The text without control and bidirectional marks, which could rewrite a terminal's line.

    >>> printable("m1\\x1b[2J")
    'm1[2J'
    """
    return "".join(mark for mark in text if mark.isprintable())


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


def rate_text(estimate: float, low: float = nan, high: float = nan) -> str:
    """A growth rate per day, with its interval where it has one.

    >>> rate_text(0.0502, 0.0431, 0.0573)
    '0.050 (0.043 to 0.057)'
    >>> rate_text(-0.01), rate_text(-0.00003)
    ('−0.010', '0.000')
    """
    if isnan(estimate):
        return "not estimable"
    text = _rate(estimate)
    return text if isnan(low) else f"{text} ({_rate(low)} to {_rate(high)})"


def _rate(value: float) -> str:
    """Three decimals, and no sign before a zero."""
    text = f"{value:.3f}"
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


def mice_text(n: int) -> str:
    """How many mice.

    >>> mice_text(1), mice_text(10)
    ('n = 1', 'n = 10')
    """
    return f"n = {n}"
