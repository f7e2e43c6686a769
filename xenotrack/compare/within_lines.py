"""Mice of panels whose values have bounds and ties: their differences, tested by permutation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.profiled import SEED, SPLITS, dealt, share_as_far

if TYPE_CHECKING:
    from xenotrack.compare.pooled import Pooled


@dataclass(frozen=True, eq=False)
class Bounded:
    """Values (n,) of mice, whether they are of either arm, and their line's code in ``names``.

    ``scale`` is the largest difference that there can be, NaN where it is not known.
    """

    value: Floats
    treated: Bools
    others: Bools
    line: Codes
    names: tuple[str, ...]
    scale: float

    @cached_property
    def differences(self) -> Floats:
        """The mean of the treated less that of the others, by line; NaN where it has not both."""
        return self._mean(self.treated) - self._mean(self.others)

    def _mean(self, kept: Bools) -> Floats:
        counts = np.bincount(self.line[kept], minlength=len(self.names))
        sums = np.bincount(self.line[kept], self.value[kept], minlength=len(self.names))
        return sums / np.where(counts > 0, counts, np.nan)

    def p_permuted(self, lines: Sequence[str]) -> float:
        """Two-sided p of the mean difference over some lines, arms permuted within each."""
        rng = np.random.default_rng(SEED)
        known = self.treated | self.others
        kept = known & np.isin(self.line, [self.names.index(name) for name in lines])
        seen, drawn = 0.0, np.zeros(SPLITS)
        for code in np.unique(self.line[kept]):
            own = kept & (self.line == code)
            arm, value = self.treated[own], self.value[own]
            centred = value - value.mean()
            weight = 1 / arm.sum() + 1 / (~arm).sum()
            seen += weight * float(centred @ arm)
            if np.ptp(value) > 0:
                drawn += weight * dealt(centred, arm, rng)
        return share_as_far(drawn, seen)

    def least_error(self, differences: Floats) -> float:
        """The standard error with half a line more of the largest difference to either side.

        And one line more of none (Agresti and Min 2005, Stat Med 24:729, of pairs): lines that all
        say the same do not know the mean without error.
        """
        scale = self.scale if np.isfinite(self.scale) else float(np.abs(differences).max())
        n = len(differences) + 2
        mean = differences.sum() / n
        return float(np.sqrt(((differences @ differences + scale**2) / n - mean**2) / n))


def bounded_row(
    row: Pooled, mice: Bounded, lines: Sequence[str], differences: Floats, level: float
) -> Pooled:
    """The row of a mean with the larger p of t and permutation, and limits that agree with it."""
    if not row.df > 0:
        return row
    least = mice.least_error(differences)
    # Days are short of spread only where all lines say the same.
    floored = np.isfinite(mice.scale) or not row.std_error > 1e-6 * least
    error = max(row.std_error, least) if floored else row.std_error
    t = abs(row.estimate) / error if error > 0 else 0.0
    p = max(float(2 * stdtr(row.df, -t)), mice.p_permuted(lines))
    limits = _limits(row.estimate, error, row.df, p, mice.scale)
    low, high = limits(level)
    return replace(
        row,
        std_error=error,
        statistic=np.nan,
        p_value=p,
        conf_low=low,
        conf_high=high,
        predict_low=np.nan,
        predict_high=np.nan,
        next_line=None,
        limits=limits,
    )


def _limits(
    estimate: float, error: float, df: float, p: float, scale: float
) -> Callable[[float], tuple[float, float]]:
    """Limits of t at a level; where p ≥ 1 − level they reach 0 at least."""
    bound = scale if np.isfinite(scale) else np.inf

    def limits(level: float) -> tuple[float, float]:
        reach = error * float(stdtrit(df, (1 + level) / 2))
        low, high = max(estimate - reach, -bound), min(estimate + reach, bound)
        return (min(low, 0.0), max(high, 0.0)) if p >= 1 - level else (low, high)

    return limits
