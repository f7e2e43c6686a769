"""Hazard ratios of two groups of lines: by how much they differ, as an interaction has it.

``coxph(Surv(day, event) ~ arm + arm:group + strata(line))``: lines are in one group, so that the
likelihood is the product of those of the groups, and its maximum that of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from xenotrack.arrays import Bools
from xenotrack.model.profiled import FAR, SEED, Profiled, dealt, share_as_far, zero_between
from xenotrack.model.stratified import StratifiedHazard


@dataclass(frozen=True, eq=False)
class HazardDifference(Profiled):
    """The log hazard ratio in some lines of ``both`` less that in its others.

    ``first`` (lines,): whether the line of a code is of the first group.
    """

    both: StratifiedHazard
    first: Bools
    farthest: ClassVar[float] = 2 * FAR  # two log hazard ratios can be so far apart

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
    def top(self) -> float:
        return sum(_best(group) for group in self.groups)

    @cached_property
    def without(self) -> float:
        """One ratio in both groups."""
        return _best(self.both)

    @cached_property
    def p_permuted(self) -> float:
        """Score residuals of lines at their common ratio, the lines permuted over the groups."""
        rng = np.random.default_rng(SEED)
        residuals = self.both.residuals(float(np.clip(self.both.estimate, -FAR, FAR)))
        seen = float(residuals @ self.first)
        drawn = dealt(residuals, self.first, rng)
        # The residuals of all lines add up to 0, so that those of one group tell everything.
        return share_as_far(drawn, seen)

    def profile(self, at: float) -> tuple[float, float]:
        """The largest log likelihood with the ratios so far apart, and its slope."""
        one, other = self.groups

        def score(beta: float) -> tuple[float, float]:
            first, second = one.score(beta + at), other.score(beta)
            return first[0] + second[0], first[1] + second[1]

        low, high = min(0.0, -at) - FAR, max(0.0, -at) + FAR
        if score(low)[0] <= 0:
            beta = low
        else:
            beta = zero_between(score, low, high) if score(high)[0] < 0 else high
        height = one.log_likelihood(beta + at) + other.log_likelihood(beta)
        # Of the other ratio the slope is 0 there.
        return height, one.score(beta + at)[0]


def _some(model: StratifiedHazard, kept: Bools) -> StratifiedHazard:
    """The hazards of some mice."""
    columns = ("day", "event", "treated", "line")
    return replace(model, **{name: getattr(model, name)[kept] for name in columns})


def _best(model: StratifiedHazard) -> float:
    """The log likelihood at its maximum; of lines that tell nothing that is 0."""
    if np.isnan(model.estimate):
        return 0.0
    return model.log_likelihood(float(np.clip(model.estimate, -FAR, FAR)))
