"""Straight lines of ln volume that meet on declared days: a rate before and after each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.shapes.knotted import Knotted


@dataclass(frozen=True, eq=False)
class Phases(Knotted):
    """A mean through heights at ``knots`` (c,), straight between and beyond them.

    The knots between the ends of follow-up are declared days.
    """

    name = "phases"

    def fixed(self, day: Floats) -> Floats:
        day = np.asarray(day, dtype=float)
        left = np.searchsorted(self.knots, day, side="right") - 1
        left = np.clip(left, 0, self.size - 2)
        after = (day - self.knots[left]) / np.diff(self.knots)[left]
        weights = np.zeros((len(day), self.size))
        rows = np.arange(len(day))
        weights[rows, left], weights[rows, left + 1] = 1 - after, after
        return weights


def read_between(declared: Floats, day: Floats, low: float, high: float) -> Floats:
    """The two ends, and those of the declared days between them that readings lie between.

    >>> read_between(np.array([7.0, 8, 60]), np.array([0.0, 3, 7, 10, 14]), 0, 14).tolist()
    [0.0, 7.0, 14.0]
    """
    knots = [low]
    for turn in declared[(declared > low) & (declared < high)].tolist():
        before = (day > knots[-1]) & (day <= turn)
        if before.any() and (day > turn).any():
            knots.append(turn)
    return np.array([*knots, high])
