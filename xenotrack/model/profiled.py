"""A log hazard ratio whose limits follow its likelihood, as far out as its p asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy.special import chdtrc, ndtri

from xenotrack.arrays import Bools, Floats

FAR = 25.0  # a log hazard ratio beyond which the likelihood does not change any more
SPLITS = 20_000
EXACT = 1e-13  # of a ratio, as far as it is followed
SEED = 20261129


class Profiled:
    """What is alike in a ratio and in the difference of two: p of a permutation, profile limits.

    ``farthest`` is how far from 0 the ratio is followed.
    """

    farthest: ClassVar[float] = FAR

    @property
    def estimate(self) -> float:
        """±∞ where only one side tells anything, NaN where nothing does."""
        raise NotImplementedError

    @property
    def top(self) -> float:
        """The log likelihood at its maximum."""
        raise NotImplementedError

    @property
    def without(self) -> float:
        """The log likelihood at a ratio of 1, or a difference of 0."""
        raise NotImplementedError

    @property
    def p_permuted(self) -> float:
        """p of the permutation."""
        raise NotImplementedError

    def profile(self, at: float) -> tuple[float, float]:
        """The largest log likelihood there, and its slope."""
        raise NotImplementedError

    @cached_property
    def ratio(self) -> float:
        """The likelihood ratio statistic of no difference."""
        return max(0.0, 2 * (self.top - self.without))

    @property
    def p_ratio(self) -> float:
        """Its p by χ² on 1 df: too small where lines are few."""
        return float(chdtrc(1, self.ratio))

    @property
    def p_value(self) -> float:
        """The larger of both; NaN where there is no estimate."""
        return max(self.p_ratio, self.p_permuted) if not np.isnan(self.estimate) else np.nan

    def limits(self, level: float) -> tuple[float, float]:
        """Profile limits, as far out as makes them exclude 0 exactly when p < 1 − level."""
        if np.isnan(self.estimate):
            return np.nan, np.nan
        floor = self.top - reach_of(level, self.ratio, self.p_value) ** 2 / 2
        end = self.farthest
        at = float(np.clip(self.estimate, -end, end))

        def above(beta: float) -> tuple[float, float]:
            height, slope = self.profile(beta)
            return height - floor, slope

        low = zero_between(above, -end, at) if at > -end and above(-end)[0] < 0 else -np.inf
        high = zero_between(above, at, end) if at < end and above(end)[0] < 0 else np.inf
        return float(low), float(high)


def share_as_far(drawn: Floats, seen: float) -> float:
    """p of a permutation: how many draws, with what was seen, lie as far from 0 as that."""
    return float((1 + (np.abs(drawn) >= abs(seen) - 1e-9).sum()) / (len(drawn) + 1))


def reach_of(level: float, ratio: float, p_value: float) -> float:
    """How far a profile reaches, so that it agrees with a p larger than the likelihood ratio's.

    Where no draw was as far as what is seen, p is only known to be small: that widens nothing.

    >>> round(reach_of(0.95, 9.0, 0.0027), 3), round(reach_of(0.95, 9.0, 0.05), 3)
    (1.96, 3.0)
    """
    beyond = np.sqrt(ratio) + ndtri(p_value / 2) if p_value > 1 / (SPLITS + 1) else 0.0
    return float(ndtri((1 + level) / 2) + max(beyond, 0.0))


def dealt(scores: Floats, arm: Bools, rng: np.random.Generator) -> Floats:
    """The sum of the treated mice's scores under random splits of a line's labels, (splits,)."""
    if arm.sum() == 1:
        return scores[rng.integers(len(arm), size=SPLITS)]
    labels = rng.permuted(np.tile(arm, (SPLITS, 1)), axis=1)
    return np.asarray(labels @ scores, dtype=float)


def zero_between(value: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """Where a function with other signs at both ends is 0; ``value`` has its slope as well.

    By Newton's steps, and by halving where they leave the ends.

    >>> round(zero_between(lambda x: (x**3 - 8, 3 * x**2), 0.0, 5.0), 9)
    2.0
    """
    rises = value(low)[0] < 0
    at = (low + high) / 2
    while high - low > EXACT * max(1.0, abs(low), abs(high)):
        off, slope = value(at)
        low, high = (at, high) if (off < 0) == rises else (low, at)
        step = off / slope if slope else np.inf
        if abs(step) < EXACT * max(1.0, abs(at)):
            return at - step
        at = at - step if low < at - step < high else (low + high) / 2
    return at
