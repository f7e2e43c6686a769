"""How the tumours of each of many studies grew: small drawings on the same axes, an svg a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from math import log10
from typing import NamedTuple

from xenotrack.present.axes import log_breaks, plain_number
from xenotrack.present.story import ArmRow

WIDTH, HEIGHT = 230.0, 132.0
LEFT, BOTTOM, MARGIN = 34.0, 16.0, 6.0
MOST_TICKS = 4
Course = Sequence[tuple[float, float]]


class Tick(NamedTuple):
    """A value of an axis: where it stands, and how it is written."""

    at: float
    text: str


class Plane(NamedTuple):
    """The axes that all studies share: days across, ln volume up, in units of a drawing."""

    first: float
    last: float
    low: float
    high: float

    def across(self, day: float) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - MARGIN), 1)

    def up(self, volume: float) -> float:
        share = (log10(volume) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - MARGIN), 1)

    @property
    def volumes(self) -> list[Tick]:
        values = log_breaks(self.low, self.high, MOST_TICKS)
        return [Tick(self.up(value), plain_number(value)) for value in values]

    @property
    def days(self) -> list[Tick]:
        ends = (self.first, self.last)
        return [Tick(self.across(day), plain_number(day)) for day in ends]

    def path(self, course: Course) -> str:
        """The curve of an arm.

        >>> Plane(0, 10, 100, 1000).path([(0, 100), (10, 1000)])
        'M34.0 116.0L224.0 6.0'
        """
        corners = (f"{self.across(day)} {self.up(volume)}" for day, volume in course)
        return "M" + "L".join(corners)


def plane_of(rows: Iterable[ArmRow]) -> Plane | None:
    """Axes that hold the curves of all arms; None where no arm has one."""
    points = list(chain.from_iterable(row.course for row in rows))
    if not points:
        return None
    days, volumes = zip(*points, strict=True)
    first, last = min(days), max(days)
    # A study of one day, or of one volume, has room around it.
    return Plane(first, max(last, first + 1), min(volumes) / 1.15, max(volumes) * 1.15)
