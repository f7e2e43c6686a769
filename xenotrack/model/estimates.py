"""What a comparison needs of any model: one number an arm, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from xenotrack.arrays import Bools, Floats
from xenotrack.model.smallsample import JointTest
from xenotrack.response.welch import welch_df


@dataclass(frozen=True)
class ArmEstimates:
    """One estimate an arm, with what any weighted sum of them needs.

    ``values`` (k,) and ``covariance`` (k, k) are NaN where an arm is not estimable;
    ``degrees_of_freedom`` takes weights (m, k) and gives (m,), infinite for a normal reference.
    ``independent`` says that each arm has variances of its own, so that an arm's spread says
    nothing about another's. ``first_day`` and ``last_day`` (k,) are the days that each estimate
    speaks of; ``why_withheld`` gives, for the arms of a claim, the rule of the doubt for which it
    is withheld ("" none). ``at_most`` (k,) are the arms whose value is only known to be no larger.
    """

    outcome: str
    arms: tuple[str, ...]
    values: Floats
    covariance: Floats
    degrees_of_freedom: Callable[[Floats], Floats]
    independent: bool
    method: str
    first_day: Floats | None = None
    last_day: Floats | None = None
    why_withheld: Callable[[Sequence[str]], str] = lambda arms: ""
    at_most: Bools | None = None

    def sums(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Weighted sums ``w·β`` (m,), with ``√(w V wᵀ)`` and df, of weights (m, k).

        A row with weight on an arm that is not estimable is NaN; other arms do not spoil it. The
        same sums are asked for at several levels, and worked out once.
        """
        key = weights.shape, weights.tobytes()
        if key not in self._known:
            self._known[key] = self._sums(weights)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[tuple[int, ...], bytes], tuple[Floats, Floats, Floats]]:
        return {}

    @cached_property
    def _estimable(self) -> tuple[Bools, Floats, Floats]:
        """Which arms are known, and their values and covariance with 0 for the others."""
        known = np.isfinite(self.values) & np.isfinite(np.diag(self.covariance))
        spread = np.where(np.outer(known, known), self.covariance, 0.0)
        return known, np.where(known, self.values, 0.0), spread

    def _sums(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        known, values, spread = self._estimable
        estimable = ~((weights != 0) & ~known).any(axis=1)
        used = np.where(known, weights, 0.0)
        variance = ((used @ spread) * used).sum(axis=1)
        estimate = np.where(estimable, used @ values, np.nan)
        std_error = np.where(estimable, np.sqrt(np.clip(variance, 0.0, None)), np.nan)
        df = np.full(len(weights), np.nan)
        if estimable.any():
            df[estimable] = self.degrees_of_freedom(weights[estimable])
        return estimate, std_error, df

    def days(self, arms: Sequence[str]) -> tuple[float, float]:
        """The first and the last day of any of these arms' estimates; NaN where unknown."""
        places = [self.arms.index(arm) for arm in arms if arm in self.arms]
        if self.first_day is None or self.last_day is None:
            return np.nan, np.nan
        first, last = self.first_day[places], self.last_day[places]
        if not np.isfinite(first).any():
            return np.nan, np.nan
        return float(np.nanmin(first)), float(np.nanmax(last))


def welch_satterthwaite(variances: Floats, df: Floats) -> Callable[[Floats], Floats]:
    """Degrees of freedom of weighted sums of independent estimates.

    By ``welch_df`` for weights (m, k), variances (k,) and their df (k,); arms of weight 0 do not
    count, whether estimable or not.
    """

    def degrees_of_freedom(weights: Floats) -> Floats:
        weights = np.atleast_2d(weights)
        used = weights != 0
        share = np.where(used, weights**2 * np.where(used, variances, 0.0), 0.0)
        return welch_df(share, np.where(used, df, np.inf))

    return degrees_of_freedom


def t_table(
    estimate: Floats, std_error: Floats, df: Floats, level: float | Floats
) -> dict[str, Floats]:
    """The columns ``estimate … conf_high`` of a two-sided t test against 0 and its interval.

    Infinite ``df`` are the normal reference, and shown as empty (NaN). Without spread (standard
    error 0) there is an estimate but no test and no interval.
    """
    testable = (std_error > 0) & (df > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(testable, estimate / std_error, np.nan)
    reach = np.where(testable, stdtrit(df, (1 + level) / 2) * std_error, np.nan)
    return {
        "estimate": estimate,
        "std_error": std_error,
        "df": np.where(np.isinf(df), np.nan, df),
        "statistic": statistic,
        "p_value": 2 * stdtr(df, -np.abs(statistic)),
        "conf_low": estimate - reach,
        "conf_high": estimate + reach,
    }


def holm_p(p_value: Floats) -> Floats:
    """``max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎)``, the p-values in rising order.

    >>> holm_p(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    order = np.argsort(p_value, kind="stable")[: int(np.isfinite(p_value).sum())]
    steps = p_value[order] * np.arange(len(order), 0, -1)
    adjusted = np.full(len(p_value), np.nan)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def welch_test(values: Floats, variances: Floats, df: Floats) -> JointTest:
    """Welch's F that k independent estimates are equal (Welch 1951, Biometrika 38:330)."""
    k = len(values)
    weight = 1 / variances
    share = weight / weight.sum()
    spread = np.sum(weight * (values - share @ values) ** 2) / (k - 1)
    lost = np.sum((1 - share) ** 2 / df)
    statistic = spread / (1 + 2 * (k - 2) / (k**2 - 1) * lost)
    return JointTest(float(statistic), k - 1, float((k**2 - 1) / (3 * lost)) if lost else np.inf)
