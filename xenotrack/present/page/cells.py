"""Values as a page prints them: rounded alike within a column, with what was rounded away."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from statistics import median
from typing import NamedTuple

from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.present.words import FATES

Value = str | float | int | bool | None
DIGITS = 10  # of a number in full, which is as far as machines agree; the tables' files have all
NOTHING = "–"  # not applicable or not estimable

# The words of a table that scripts read, as people say them.
WORDS: dict[str, dict[str, str]] = {
    "fate": FATES,
    "outcome": {name: outcome.title for name, outcome in OUTCOMES.items()}
    | {"ln_flux": "Change of ln flux"},
    "reference": {
        "bliss": "single drugs",
        "bliss_doublet": "pair plus third drug",
        "hsa": "best single drug",
        "hsa_doublet": "best pair",
        "additivity": "sum of responses",
        "interaction": "smaller combinations",
    },
    "scale": {
        "rate": "growth rate",
        "ln_volume": "ln volume",
        "relative_volume": "relative volume",
        "ln_flux": "ln flux",
        "relative_flux": "relative flux",
    },
}


class Cell(NamedTuple):
    """What stands in a cell, and the number in full where that says more ("" = it does not)."""

    text: str
    full: str = ""


def decimals(values: Sequence[Value]) -> int:
    """The decimals that give a column's middle value three significant digits.

    >>> decimals([0.0471, -0.0129, 0.0017]), decimals([14.7, 417.0, None]), decimals([14.0, 28.0])
    (4, 0, 0)
    """
    sizes = [abs(value) for value in values if isinstance(value, float) and value != 0]
    if all(size == round(size) for size in sizes):
        return 0
    return min(max(2 - floor(log10(median(sizes))), 0), 6)


def fixed(value: float, places: int) -> str:
    """A number with so many decimals, a true minus sign, and never a false zero.

    >>> fixed(-0.0129, 4), fixed(0.00001234, 4), fixed(28.0, 0)
    ('−0.0129', '0.0000123', '28')
    """
    text = f"{value:.{places}f}"
    if value == 0:
        return text.removeprefix("-")
    if float(text) == 0:
        text = f"{value:.{2 - floor(log10(abs(value)))}f}"
    return text.replace("-", "−") if value < 0 else text


def p_text(value: float) -> str:
    """A p-value as papers print it.

    >>> p_text(0.00002), p_text(0.0312), p_text(1.0)
    ('<0.0001', '0.031', '1.000')
    """
    if value < 1e-4:
        return "<0.0001"
    return f"{value:.4f}" if value < 0.01 else f"{value:.3f}"


def cell(column: str, value: Value, places: int) -> Cell:
    """One value of a column."""
    if value is None:
        return Cell(NOTHING)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, float):
        text = p_text(value) if column.startswith("p_") else fixed(value, places)
        full = f"{value:.{DIGITS}g}"
        return Cell(text, "" if full == text else full)
    if isinstance(value, int):
        return Cell(str(value).replace("-", "−"))
    return Cell(WORDS.get(column, {}).get(str(value), str(value)))


def interval_cell(values: Sequence[Value], places: int) -> Cell:
    """An estimate with its limits, or the limits alone; one that is unbounded stays open.

    >>> interval_cell([0.0471, 0.0409, None], 3)
    Cell(text='0.047 (0.041 to –)', full='0.0471 (0.0409 to –)')
    >>> interval_cell([-0.01, 0.02], 2).text
    '−0.01 to 0.02'
    """
    known = [value if isinstance(value, int | float) else None for value in values]
    if set(known) == {None}:
        return Cell(NOTHING)
    rounded = _ranged([NOTHING if value is None else fixed(value, places) for value in known])
    exact = _ranged([NOTHING if value is None else f"{value:.{DIGITS}g}" for value in known])
    return Cell(rounded, "" if exact == rounded else exact)


def _ranged(texts: list[str]) -> str:
    *middle, low, high = texts
    if not middle:
        return f"{low} to {high}"
    return middle[0] if low == high == NOTHING else f"{middle[0]} ({low} to {high})"
