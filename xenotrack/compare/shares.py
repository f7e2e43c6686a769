"""The share of an arm that has progressed by a day, as if of so many mice, and its limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, ndtri

from xenotrack.model.survival import SurvivalCurve

SAME_DAY = 1e-9


class Share(NamedTuple):
    """A share that has progressed, of ``size`` mice that it is worth, and of ``n_mice`` in all."""

    value: float
    size: float
    n_mice: int


class Limits(NamedTuple):
    low: float
    high: float


def progressed_by(curve: SurvivalCurve, day: float) -> Share | None:
    """``1 − S(day)`` by the product-limit estimate; None where the arm was not followed so far.

    Its size is Peto's: the mice known to be free of progression on the day, over S(day) (Peto et
    al. 1977, Br J Cancer 35:1), which is the number of mice where none was censored before.
    """
    passed = int(np.sum(curve.days <= day + SAME_DAY))
    if not curve.n_mice or not day >= 0:
        return None
    if not passed:
        return Share(0.0, float(curve.n_mice), curve.n_mice)
    free = float(curve.estimate[passed - 1])
    if free == 0:
        return Share(1.0, float(curve.n_mice), curve.n_mice)
    known = followed(curve, passed, day)
    return Share(1 - free, known / free, curve.n_mice) if known else None


def followed(curve: SurvivalCurve, passed: int, day: float) -> int:
    """Mice without progression up to and including a day, ``passed`` of the curve's days gone."""
    last = passed - 1
    if abs(curve.days[last] - day) <= SAME_DAY:
        return int(curve.n_at_risk[last] - curve.n_events[last])
    return int(curve.n_at_risk[passed]) if passed < len(curve.days) else 0


def exact_limits(share: Share, level: float) -> Limits:
    """Clopper and Pearson's limits, at counts that need not be whole.

    >>> [round(limit, 4) for limit in exact_limits(Share(0.5, 10, 10), 0.95)]
    [0.1871, 0.8129]
    """
    x, n, tail = share.value * share.size, share.size, (1 - level) / 2
    low = betaincinv(x, n - x + 1, tail) if x > 0 else 0.0
    high = betaincinv(x + 1, n - x, 1 - tail) if x < n else 1.0
    return Limits(float(low), float(high))


def wilson_limits(share: Share, level: float) -> Limits:
    """Wilson's score limits (1927, JASA 22:209).

    >>> [round(limit, 4) for limit in wilson_limits(Share(1.0, 10, 10), 0.95)]
    [0.7225, 1.0]
    """
    p, n, z = share.value, share.size, float(ndtri((1 + level) / 2))
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return Limits(max(0.0, float(middle - half)), min(1.0, float(middle + half)))
