"""The growth rates of all arms as small marks on one axis, an svg a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from xenotrack.present.story import ArmRow

WIDTH, HEIGHT, MARGIN = 140.0, 16.0, 5.0


class Mark(NamedTuple):
    """Where an arm's rate and its limits stand, in units of the drawing; None without a rate."""

    at: float
    low: float
    high: float


class Forest(NamedTuple):
    """The axis shared by all rows, and each arm's marks."""

    zero: float
    held: float | None
    marks: tuple[Mark | None, ...]
    width: float = WIDTH
    height: float = HEIGHT


def forest_of(rows: Sequence[ArmRow], blocked_below: float) -> Forest:
    """The marks of all arms; the axis holds every interval, zero and the line of held growth."""
    ends = [
        end for row in rows for end in (row.rate, row.rate_low, row.rate_high) if end is not None
    ]
    low, high = min([0.0, *ends]), max([0.0, blocked_below, *ends])
    span = (WIDTH - 2 * MARGIN) / (high - low)

    def place(rate: float) -> float:
        return round(MARGIN + (rate - low) * span, 1)

    return Forest(place(0.0), place(blocked_below), tuple(_mark(row, place) for row in rows))


def _mark(row: ArmRow, place: Callable[[float], float]) -> Mark | None:
    if row.rate is None:
        return None
    low = row.rate if row.rate_low is None else row.rate_low
    high = row.rate if row.rate_high is None else row.rate_high
    return Mark(place(row.rate), place(low), place(high))
