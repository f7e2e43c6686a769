"""A natural cubic spline of ln volume: growth that slows, stops or turns, and is straight beyond.

Its coefficients are the heights at its knots. Between knots it is the interpolating cubic spline
whose second derivative is 0 at both ends (de Boor 1978; ``splinefun(method = "natural")`` of R),
beyond the ends a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.model.shapes.knotted import Knotted

MANY = 2000  # days of which no weights are kept


@dataclass(frozen=True, eq=False)
class Curve(Knotted):
    """A smooth mean through heights at knots.

    Where ``pace`` (c,) holds the heights of the arm's own change, a mouse departs from it by an
    intercept and a multiple of that change: it goes the way of its arm, faster or slower. ``known``
    are weights by days that were asked for before.
    """

    pace: Floats | None = None
    known: dict[bytes, Floats] = field(default_factory=dict, repr=False)

    name = "curve"

    @property
    def own_pace(self) -> bool:
        return self.pace is not None

    @cached_property
    def bends(self) -> Floats:
        """The second derivatives at the knots, as weights on the heights, (c, c)."""
        c, step = self.size, np.diff(self.knots)
        bends = np.zeros((c, c))
        if c == 2:
            return bends
        inner = np.arange(1, c - 1)
        left, right = step[:-1], step[1:]
        system = np.zeros((c - 2, c))
        system[inner - 1, inner - 1] = left / 6
        system[inner - 1, inner] = (left + right) / 3
        system[inner - 1, inner + 1] = right / 6
        turn = np.zeros((c - 2, c))
        turn[inner - 1, inner - 1] = 1 / left
        turn[inner - 1, inner] = -1 / left - 1 / right
        turn[inner - 1, inner + 1] = 1 / right
        bends[1:-1] = np.linalg.solve(system[:, 1:-1], turn)
        return bends

    def fixed(self, day: Floats) -> Floats:
        day = np.asarray(day, dtype=float)
        if len(day) > MANY:
            return self._weights(day)
        # A fit, its mice of own pace, and each of them left out ask for the same days.
        key = day.tobytes()
        if key not in self.known:
            self.known[key] = self._weights(day)
            self.known[key].flags.writeable = False
        return self.known[key]

    def _weights(self, day: Floats) -> Floats:
        if len(day) > 2 * self.size:
            # Mice are read on the same days: each day once.
            place, once = pd.factorize(day)
            return self._heights(once)[place]
        return self._heights(day)

    def _heights(self, day: Floats) -> Floats:
        inside = np.clip(day, self.knots[0], self.knots[-1])
        left = np.clip(np.searchsorted(self.knots, inside, side="right") - 1, 0, self.size - 2)
        step = np.diff(self.knots)[left]
        after = (inside - self.knots[left]) / step
        before = 1 - after
        size = step**2 / 6
        weights = ((before**3 - before) * size)[:, None] * self.bends[left]
        weights += ((after**3 - after) * size)[:, None] * self.bends[left + 1]
        rows = np.arange(len(day))
        weights[rows, left] += before
        weights[rows, left + 1] += after
        beyond = day - inside
        if beyond.any():
            start, end = self._end_slopes
            weights += beyond[:, None] * np.where((beyond < 0)[:, None], start, end)
        return np.asarray(weights)

    @cached_property
    def _end_slopes(self) -> tuple[Floats, Floats]:
        """The slopes at the first and at the last knot."""
        eye, step = np.eye(self.size), np.diff(self.knots)
        start = (eye[1] - eye[0]) / step[0] - step[0] / 6 * self.bends[1]
        end = (eye[-1] - eye[-2]) / step[-1] + step[-1] / 6 * self.bends[-2]
        return start, end

    def random(self, day: Floats) -> Floats:
        if self.pace is None:
            return super().random(day)
        return np.column_stack([np.ones(len(day)), self.fixed(day) @ self.pace])

    def paced(self, heights: Floats) -> Curve:
        """The same mean, its mice departing along the curve of these heights.

        The multiple is of the change since the first knot, in units of its root mean square, which
        leaves the likelihood as it is.
        """
        change = heights - heights[0]
        return replace(self, pace=change / np.sqrt(np.mean(change**2)))


def inner_knots(day: Floats, count: int, low: float, high: float) -> Floats:
    """Knots at equal quantiles of the readings between two days, and at the two.

    Fewer where readings fall on few days, so that no two knots are one.

    >>> inner_knots(np.arange(0.0, 29), 3, 0, 28).tolist()
    [0.0, 7.0, 14.0, 21.0, 28.0]
    """
    inside = day[(day >= low) & (day <= high)]
    shares = np.arange(1, count + 1) / (count + 1)
    inner = np.unique(np.quantile(inside, shares)) if count > 0 and len(inside) else np.empty(0)
    return np.concatenate([[low], inner[(inner > low) & (inner < high)], [high]])


def knots_for(visits: float) -> int:
    """The number of inner knots for an arm whose mice have so many visits, in the median.

    >>> [knots_for(n) for n in (3, 4, 6.5, 7, 12)]
    [0, 1, 1, 3, 4]
    """
    return int(np.array([0, 1, 3, 4])[np.searchsorted([4, 7, 12], visits, side="right")])
