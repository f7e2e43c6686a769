"""The shape of an arm's growth: its mean of ln volume, and how a mouse departs from it.

A mean is ``fixed(day) @ coefficients``, so that every question about it is a row of weights on the
coefficients: with their covariance and degrees of freedom it is an estimate like any other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from xenotrack.arrays import Floats


class Shape(ABC):
    """One arm's mean of ln volume by day, linear in its coefficients."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def size(self) -> int:
        """The number of coefficients."""

    @abstractmethod
    def fixed(self, day: Floats) -> Floats:
        """The mean at days (n,), as weights on the coefficients (n, size)."""

    @abstractmethod
    def random(self, day: Floats) -> Floats:
        """The directions in which a mouse departs from the mean of its arm, (n, q)."""

    @property
    def own_pace(self) -> bool:
        """Whether a mouse goes the way of its arm, faster or slower."""
        return False

    @property
    def lift(self) -> Floats:
        """(size, p): the coefficients from those that are estimated."""
        return np.eye(self.size)

    @property
    def given(self) -> Floats:
        """What is added to the coefficients without being estimated, (size,)."""
        return np.zeros(self.size)

    @property
    def joints(self) -> Floats:
        """The days at which pieces of polynomials of at most third degree meet."""
        return np.empty(0)

    def height(self, day: float) -> Floats:
        """The mean of ln volume on a day, (size,)."""
        return self.fixed(np.array([float(day)]))[0]

    def change(self, day: float, since: float = 0.0) -> Floats:
        """The change of ln volume between two days."""
        start, end = self.fixed(np.array([since, day], dtype=float))
        return np.asarray(end - start)

    def rate(self, from_day: float, until_day: float) -> Floats:
        """The average growth rate over a window: change over days."""
        return self.change(until_day, from_day) / (until_day - from_day)

    def area(self, from_day: float, until_day: float) -> Floats:
        """The area under the mean between two days."""
        inside = self.joints[(self.joints > from_day) & (self.joints < until_day)]
        edges = np.concatenate([[from_day], inside, [until_day]])
        low, high = edges[:-1], edges[1:]
        # Simpson's rule is exact for polynomials of third degree.
        ends = self.fixed(low) + self.fixed(high)
        return np.asarray((high - low) / 6 @ (ends + 4 * self.fixed((low + high) / 2)))


def column(day: ArrayLike) -> Floats:
    """Days as a column, (n, 1)."""
    return np.asarray(day, dtype=float)[:, None]
