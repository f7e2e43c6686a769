"""Means that are no weighted sum of their parameters, as seen from where these were fitted.

``μ(t; θ)`` near ``θ₀`` is ``μ(t; θ₀) + J(t) (θ − θ₀)``, J its slopes in θ: weights on θ and a
height that is not estimated. Fitted again and again from where the last fit led, this is Gauss and
Newton's method (Lindstrom & Bates 1990, Biometrics 46:673, with the slopes those of the arm's
mean).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.shapes.shape import Shape, column

PIECES = 32  # of an area, each by Simpson's rule


@dataclass(frozen=True, eq=False)
class Tangent(Shape):
    """A mean with parameters ``at`` (p,), the first its ln volume on day 0.

    Its coefficients are the parameters, and 1. A mouse departs from it by an intercept and a slope,
    or by an intercept and a multiple of the change of its arm over ``days``: its ``own_pace``.
    """

    at: Floats
    days: tuple[float, float]
    own_pace: bool = False

    @staticmethod
    @abstractmethod
    def mean(day: Floats, parameters: Floats) -> Floats:
        """ln volume at days (n,); NaN or infinite where these parameters have none.

        The parameters after the first are per day.
        """

    @staticmethod
    @abstractmethod
    def slopes(day: Floats, parameters: Floats) -> Floats:
        """What the mean changes with each parameter, (n, p)."""

    @staticmethod
    @abstractmethod
    def starts(days: float) -> Sequence[tuple[float, ...]]:
        """Parameters after the first from which a search over so many days may begin."""

    @property
    def size(self) -> int:
        return len(self.at) + 1

    @property
    def joints(self) -> Floats:
        return np.linspace(*self.days, PIECES + 1)

    @property
    def lift(self) -> Floats:
        return np.eye(self.size)[:, :-1]

    @property
    def given(self) -> Floats:
        return np.eye(self.size)[-1]

    def fixed(self, day: Floats) -> Floats:
        day = np.asarray(day, dtype=float)
        slopes = self.slopes(day, self.at)
        return np.column_stack([slopes, self.mean(day, self.at) - slopes @ self.at])

    def random(self, day: Floats) -> Floats:
        if not self.own_pace:
            return np.hstack([np.ones((len(day), 1)), column(day)])
        change = self.mean(np.asarray(day, dtype=float), self.at) - self.at[0]
        return np.column_stack([np.ones(len(day)), change / self._change])

    @cached_property
    def _heights(self) -> Floats:
        return self.mean(self.joints, self.at)

    @property
    def moved(self) -> float:
        """How far apart the heights on its days are."""
        return float(np.ptp(self._heights))

    @cached_property
    def _change(self) -> float:
        """The root mean square of its change, the unit of a mouse's multiple."""
        return float(np.sqrt(np.mean((self._heights - self.at[0]) ** 2)))

    def toward(self, parameters: Floats, day: Floats) -> Self:
        """The mean at other parameters; as far on the way to them as it has heights on all days.

        No rate moves at once by more than 1 over its days.
        """
        step = parameters - self.at
        most = float(np.abs(step[1:]).max()) * (self.days[1] - self.days[0])
        step = step / max(most, 1.0)
        for _ in range(30):
            other = replace(self, at=self.at + step)
            if np.isfinite(other.mean(np.append(day, self.days), other.at)).all():
                return other
            step = step / 2
        return self
