"""The growth rates of all arms as small marks on one axis, an svg a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from xenotrack.present.story import ArmRow

WIDTH, HEIGHT, MARGIN = 116.0, 16.0, 5.0


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


class Axis(NamedTuple):
    """The rates at both ends of a drawing."""

    low: float
    high: float

    def place(self, rate: float) -> float:
        return round(MARGIN + (rate - self.low) * (WIDTH - 2 * MARGIN) / (self.high - self.low), 1)


def axis_of(rows: Iterable[ArmRow], blocked_below: float) -> Axis:
    """An axis that holds every interval, zero and the line of held growth."""
    ends = [
        end for row in rows for end in (row.rate, row.rate_low, row.rate_high) if end is not None
    ]
    return Axis(min([0.0, *ends]), max([0.0, blocked_below, *ends]))


def forest_of(rows: Sequence[ArmRow], blocked_below: float, axis: Axis | None = None) -> Forest:
    """The marks of all arms, on their own axis or on one shared with other studies."""
    place = (axis or axis_of(rows, blocked_below)).place
    return Forest(place(0.0), place(blocked_below), tuple(_mark(row, place) for row in rows))


def _mark(row: ArmRow, place: Callable[[float], float]) -> Mark | None:
    if row.rate is None:
        return None
    low = row.rate if row.rate_low is None else row.rate_low
    high = row.rate if row.rate_high is None else row.rate_high
    # An interval without an end on the left goes to the edge.
    open_below = row.rate_low is None and row.rate_high is not None
    return Mark(place(row.rate), 0.0 if open_below else place(low), place(high))
