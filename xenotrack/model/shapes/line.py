"""A straight line of ln volume: exponential growth at one rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.shapes.shape import Shape, column


@dataclass(frozen=True)
class Line(Shape):
    """An intercept (ln mm³ at day 0) and a slope (per day), for the arm and for each mouse."""

    name = "line"

    @property
    def size(self) -> int:
        return 2

    def fixed(self, day: Floats) -> Floats:
        return np.hstack([np.ones((len(day), 1)), column(day)])

    def random(self, day: Floats) -> Floats:
        return self.fixed(day)

    def rate(self, from_day: float, until_day: float) -> Floats:
        """The slope, whatever the days."""
        return np.array([0.0, 1.0])


@dataclass(frozen=True)
class Ray(Shape):
    """A slope alone, from the baseline reading on: ln(V/V₀) starts at 0 for every mouse."""

    name = "line"

    @property
    def size(self) -> int:
        return 1

    def fixed(self, day: Floats) -> Floats:
        return column(day)

    def random(self, day: Floats) -> Floats:
        return column(day)

    def rate(self, from_day: float, until_day: float) -> Floats:
        """The slope, whatever the days."""
        return np.array([1.0])
