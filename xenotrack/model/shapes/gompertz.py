"""Gompertz growth: a rate that falls by the same share each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import exprel

from xenotrack.arrays import Floats
from xenotrack.model.shapes.tangent import Tangent

SMALL = 1e-3  # of an exponent, where quotients of small differences give way to their series


@dataclass(frozen=True, eq=False)
class Gompertz(Tangent):
    """``ln V(t) = a + r (1 − exp(−k t)) / k``: the rate is r on day 0, and r exp(−k t) after it.

    With k = 0 a straight line; k below 0 is growth that speeds up.
    """

    name = "gompertz"

    @staticmethod
    def mean(day: Floats, parameters: Floats) -> Floats:
        a, r, k = parameters
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(a + r * day * exprel(-k * day))

    @staticmethod
    def slopes(day: Floats, parameters: Floats) -> Floats:
        _, r, k = parameters
        grown = exprel(-k * day)
        return np.column_stack([np.ones(len(day)), day * grown, -r * day**2 * _bend(-k * day)])

    @staticmethod
    def starts(days: float) -> Sequence[tuple[float, ...]]:
        return [(rate, bend / days) for rate in (-0.05, 0.05) for bend in (-2.0, 0.1, 2.0, 6.0)]


def _bend(x: Floats) -> Floats:
    """The derivative of (exp(x) − 1) / x.

    >>> [round(float(bend), 6) for bend in _bend(np.array([0.0, 1e-3, 1.0]))]
    [0.5, 0.500333, 1.0]
    """
    safe = np.where(np.abs(x) < SMALL, 1.0, x)
    series = 1 / 2 + x / 3 + x**2 / 8 + x**3 / 30
    return np.where(np.abs(x) < SMALL, series, (np.exp(safe) - exprel(safe)) / safe)
