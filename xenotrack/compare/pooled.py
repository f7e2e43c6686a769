"""A contrast over lines as a row of the table ``pool``, and rows that are made of others.

A row is a mean over lines, the difference of two groups of them, or an intersection over groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import t_contrasts
from xenotrack.compare.outcomes import Better

ALL, GROUP, DIFFERENCE, EACH = "all lines", "group", "difference", "each group"


@dataclass(frozen=True)
class Pooled:
    """One row of the table ``pool``: a contrast over lines.

    ``scope`` is all lines, a group of them, the difference of two groups, or each group at once
    (the larger p, and the limits that are farthest towards no effect). ``tau`` is the SD between
    the true values of lines; ``predict_low`` and ``predict_high`` are where that of the next line
    lies. ``until_day`` is the first of the lines' last days, ``until_last`` the last.
    ``next_line`` gives where the next line lies at another level; ``withheld`` is the rule for
    which a line's own claim is withheld.
    """

    outcome: str
    arm: str
    against: str
    scope: str
    factor: str
    groups: tuple[str, ...]
    n_lines: int
    estimate: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    tau: float = np.nan
    tau_low: float = np.nan
    tau_high: float = np.nan
    predict_low: float = np.nan
    predict_high: float = np.nan
    from_day: float = np.nan
    until_day: float = np.nan
    until_last: float = np.nan
    primary: bool = False
    p_adjusted: float = np.nan
    adjustment: str = "none"
    claim_low: float = np.nan
    claim_high: float = np.nan
    shows: str = ""
    method: str = ""
    null: float = 0.0
    limits: Callable[[float], tuple[float, float]] | None = None
    next_line: Callable[[float], tuple[float, float]] | None = None
    withheld: str = ""

    @property
    def group(self) -> str:
        """The groups that it is of, as the table has them."""
        return (" - " if self.scope == DIFFERENCE else " and ").join(self.groups)

    @property
    def is_claim(self) -> bool:
        """Whether it is read as a claim; the mean of one group is evidence for one."""
        return self.scope != GROUP


def by_t_test(
    estimate: float, error: float, df: float, level: float, null: float
) -> dict[str, Any]:
    """``estimate … conf_high`` of a t test of ``null``."""
    off = t_contrasts(np.array([estimate - null]), np.array([error]), np.array([float(df)]), level)
    row = {name: float(values[0]) for name, values in off.columns().items()}
    shifted = ("estimate", "conf_low", "conf_high")
    return {name: value + null if name in shifted else value for name, value in row.items()}


def coherent(row: Pooled) -> Pooled:
    """The row with the next line known no better than the mean.

    The two rest on other variances (``RandomEffects.prediction``), so that few lines that are
    alike could predict the next one within the limits of their own mean.
    """
    low, high = (
        np.minimum(row.predict_low, row.conf_low),
        np.maximum(row.predict_high, row.conf_high),
    )
    return replace(row, predict_low=float(low), predict_high=float(high))


def difference_of(first: Pooled, second: Pooled) -> Pooled:
    """The row of what two groups of lines differ in; its numbers are still those of the first."""
    return replace(
        first,
        scope=DIFFERENCE,
        groups=first.groups + second.groups,
        n_lines=first.n_lines + second.n_lines,
        predict_low=np.nan,
        predict_high=np.nan,
        next_line=None,
        limits=None,
        withheld=first.withheld or second.withheld,
        from_day=max(first.from_day, second.from_day),
        until_day=min(first.until_day, second.until_day),
        until_last=max(first.until_last, second.until_last),
        null=0.0,
    )


def each_row(better: Better, means: Sequence[Pooled], level: float) -> Pooled:
    """The claim that the contrast is better in every group: an intersection, no mean.

    ``p = min(1, 2 · the largest one-sided p)`` (Berger 1982, Technometrics 24:295); the limits are
    the farthest of the groups' own, and the estimate that of the group that shows least.
    """
    sign = 1.0 if better == "lower" else -1.0
    least = max(means, key=lambda row: sign * row.estimate)
    low, high = farthest(means, level)
    return replace(
        least,
        scope=EACH,
        groups=tuple(name for row in means for name in row.groups),
        n_lines=sum(row.n_lines for row in means),
        statistic=np.nan,
        p_value=largest_p(means, sign),
        conf_low=low,
        conf_high=high,
        predict_low=np.nan,
        predict_high=np.nan,
        next_line=None,
        limits=None,
        withheld=next((row.withheld for row in means if row.withheld), ""),
        from_day=max(row.from_day for row in means),
        until_day=min(row.until_day for row in means),
        until_last=max(row.until_last for row in means),
    )


def largest_p(means: Sequence[Pooled], sign: float) -> float:
    """Twice the largest p of the groups against "no better"."""
    known = [row.p_value / 2 for row in means]
    sides = [
        p if sign * (row.estimate - row.null) < 0 else 1 - p
        for p, row in zip(known, means, strict=True)
    ]
    return float(np.minimum(1.0, 2 * np.max(sides)))


def farthest(rows: Sequence[Pooled], level: float) -> tuple[float, float]:
    """The lowest and the highest limit of some rows at a level."""
    reached = [row.limits(level) if row.limits else _limits(row, level) for row in rows]
    low, high = np.array(reached).T
    return float(low.min()), float(high.max())


def _limits(row: Pooled, level: float) -> tuple[float, float]:
    reach = float(stdtrit(row.df, (1 + level) / 2)) * row.std_error
    return row.estimate - reach, row.estimate + reach


def latest(days: Floats) -> float:
    return float(np.nanmax(days)) if np.isfinite(days).any() else np.nan


def earliest(days: Floats) -> float:
    return float(np.nanmin(days)) if np.isfinite(days).any() else np.nan
