"""Hazard ratios of two groups of lines: by how much they differ, as an interaction has it.

``coxph(Surv(day, event) ~ arm + arm:group + strata(line))``: lines are in one group, so that the
likelihood is the product of those of the groups, and its maximum that of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import chdtrc

from xenotrack.arrays import Bools
from xenotrack.model.stratified import (
    FAR,
    SEED,
    SPLITS,
    StratifiedHazard,
    dealt,
    reach_of,
    zero_between,
)

WIDE = 2 * FAR  # two log hazard ratios can be so far apart


@dataclass(frozen=True, eq=False)
class HazardDifference:
    """The log hazard ratio in some lines of ``both`` less that in its others.

    ``first`` (lines,): whether the line of a code is of the first group.
    """

    both: StratifiedHazard
    first: Bools

    @cached_property
    def groups(self) -> tuple[StratifiedHazard, StratifiedHazard]:
        """The hazards of each group."""
        own = self.first[self.both.line]
        return _some(self.both, own), _some(self.both, ~own)

    @property
    def estimate(self) -> float:
        """NaN where both are infinite to the same side."""
        one, other = (group.estimate for group in self.groups)
        return float(one - other) if np.isfinite(one) or one != other else np.nan

    @property
    def std_error(self) -> float:
        one, other = (group.std_error for group in self.groups)
        return float(np.hypot(one, other))

    @cached_property
    def _top(self) -> float:
        return sum(_best(group) for group in self.groups)

    @cached_property
    def ratio(self) -> float:
        """The likelihood ratio statistic of one ratio in both groups."""
        return max(0.0, 2 * (self._top - _best(self.both)))

    @property
    def p_ratio(self) -> float:
        """Its p by χ² on 1 df: too small where lines are few."""
        return float(chdtrc(1, self.ratio))

    @cached_property
    def p_permuted(self) -> float:
        """Score residuals of lines at their common ratio, the lines permuted over the groups."""
        rng = np.random.default_rng(SEED)
        residuals = self.both.residuals(float(np.clip(self.both.estimate, -FAR, FAR)))
        seen = float(residuals @ self.first)
        drawn = dealt(residuals, self.first, rng)
        # The residuals of all lines add up to 0, so that those of one group tell everything.
        as_far = np.abs(drawn) >= abs(seen) - 1e-9
        return float((1 + as_far.sum()) / (SPLITS + 1))

    @property
    def p_value(self) -> float:
        """The larger of both; NaN where a group tells nothing, or both are infinite alike."""
        return max(self.p_ratio, self.p_permuted) if not np.isnan(self.estimate) else np.nan

    def limits(self, level: float) -> tuple[float, float]:
        """Profile limits, as far out as makes them exclude 0 exactly when p < 1 − level."""
        if np.isnan(self.estimate):
            return np.nan, np.nan
        reach = reach_of(level, self.ratio, self.p_value)
        floor = self._top - reach**2 / 2
        at = float(np.clip(self.estimate, -WIDE, WIDE))

        def above(apart: float) -> tuple[float, float]:
            height, slope = self._profile(apart)
            return height - floor, slope

        low = zero_between(above, -WIDE, at) if at > -WIDE and above(-WIDE)[0] < 0 else -np.inf
        high = zero_between(above, at, WIDE) if at < WIDE and above(WIDE)[0] < 0 else np.inf
        return float(low), float(high)

    def _profile(self, apart: float) -> tuple[float, float]:
        """The largest log likelihood with the ratios so far apart, and its slope."""
        one, other = self.groups

        def score(beta: float) -> tuple[float, float]:
            first, second = one.score(beta + apart), other.score(beta)
            return first[0] + second[0], first[1] + second[1]

        low, high = min(0.0, -apart) - FAR, max(0.0, -apart) + FAR
        if score(low)[0] <= 0:
            beta = low
        else:
            beta = zero_between(score, low, high) if score(high)[0] < 0 else high
        height = one.log_likelihood(beta + apart) + other.log_likelihood(beta)
        # Of the other ratio the slope is 0 there.
        return height, one.score(beta + apart)[0]


def _some(model: StratifiedHazard, kept: Bools) -> StratifiedHazard:
    """The hazards of some mice."""
    columns = ("day", "event", "treated", "line")
    return replace(model, **{name: getattr(model, name)[kept] for name in columns})


def _best(model: StratifiedHazard) -> float:
    """The log likelihood at its maximum; of lines that tell nothing that is 0."""
    if np.isnan(model.estimate):
        return 0.0
    return model.log_likelihood(float(np.clip(model.estimate, -FAR, FAR)))
