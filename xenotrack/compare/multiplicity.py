"""Adjusted p-values and simultaneous intervals of contrasts that are read together.

Each adjustment gives p-values, and for each contrast the level at which its own interval has
simultaneous coverage: so that t-intervals and profile intervals pass through the same lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, RawContrasts
from xenotrack.compare.joint import (
    any_correlation_cdf,
    critical_value,
    many_to_one_cdf,
    range_cdf,
    two_sided_level,
)
from xenotrack.model.estimates import holm_p as holm_p


@dataclass(frozen=True, eq=False)
class Adjusted:
    """p-values adjusted within a family, and each contrast's own level for its joint interval."""

    name: str
    p_adjusted: Floats
    levels: Floats


def unadjusted(
    raw: RawContrasts, source: ContrastSource, weights: Floats, level: float
) -> Adjusted:
    """Each contrast read alone."""
    return Adjusted("none", raw.p_value, np.full(len(weights), level))


def holm(raw: RawContrasts, source: ContrastSource, weights: Floats, level: float) -> Adjusted:
    """Holm's step-down p-values (1979, Scand J Stat 6:65), with Bonferroni intervals.

    Holm has no convenient intervals of its own; as in emmeans, they are Bonferroni's: wider than
    the p-values warrant, never narrower. Contrasts that are not estimable do not count.
    """
    count = max(1, int(raw.estimable.sum()))
    levels = np.full(len(weights), bonferroni_level(level, count))
    return Adjusted("holm", holm_p(raw.p_value), levels)


def bonferroni_level(level: float, count: int) -> float:
    """The level of each of several intervals that together cover at ``level``.

    >>> bonferroni_level(0.95, 5)
    0.99
    """
    return 1 - (1 - level) / count


def dunnett(raw: RawContrasts, source: ContrastSource, weights: Floats, level: float) -> Adjusted:
    """Dunnett's max-|T| over contrasts that share an arm, each with its own df.

    The correlations are those of the contrasts' covariance. A model without a joint covariance is
    adjusted by Holm, and says so.
    """
    correlation = correlation_of(source, weights, raw.estimable)
    if correlation is None:
        return holm(raw, source, weights, level)
    return max_t("dunnett", raw, level, max_t_cdf(correlation, sides=2), len(correlation))


def tukey(raw: RawContrasts, source: ContrastSource, weights: Floats, level: float) -> Adjusted:
    """Tukey's studentised range over all arms, each contrast with its own df.

    With variances by arm and their Welch–Satterthwaite df this is Games & Howell (1976,
    J Educ Stat 1:113). The arms counted are those of an estimable contrast.
    """
    n_arms = int((weights[raw.estimable] != 0).any(axis=0).sum())
    pairs = n_arms * (n_arms - 1) // 2

    def cdf(bound: float, df: float) -> float:
        return range_cdf(bound * np.sqrt(2), n_arms, df)

    return max_t("tukey", raw, level, cdf, pairs)


ADJUST: dict[str, Callable[[RawContrasts, ContrastSource, Floats, float], Adjusted]] = {
    "holm": holm,
    "dunnett": dunnett,
    "tukey": tukey,
    "none": unadjusted,
}


def max_t(
    name: str, raw: RawContrasts, level: float, cdf: Callable[[float, float], float], n_claims: int
) -> Adjusted:
    """p-values and levels from the joint distribution of the largest |T|."""
    p_adjusted, levels = np.full((2, len(raw.p_value)), np.nan)
    critical: dict[float, float] = {}
    for i in np.flatnonzero(raw.estimable):
        df, p = float(raw.reference_df[i]), float(raw.p_value[i])
        joint = 1 - cdf(abs(float(raw.statistic[i])), df)
        # Between the claim alone and Bonferroni whatever the correlation: far out in the tail,
        # where 1 − P is all rounding, these bounds are the better numbers.
        p_adjusted[i] = min(max(joint, p), n_claims * p, 1.0)
        if df not in critical:
            critical[df] = critical_value(at_df(cdf, df), level, df, n_claims)
        levels[i] = two_sided_level(critical[df], df)
    return Adjusted(name, p_adjusted, levels)


def at_df(cdf: Callable[[float, float], float], df: float) -> Callable[[float], float]:
    """The cdf at one number of degrees of freedom."""
    return lambda bound: cdf(bound, df)


def one_sided_levels(
    raw: RawContrasts, source: ContrastSource, weights: Floats, level: float
) -> Floats:
    """Two-sided levels whose limits on one side hold together at ``(1 + level) / 2``.

    By the joint distribution where the model pools its variances and has a covariance; by
    Bonferroni where each arm has variances, and so a reference distribution, of its own.
    """
    correlation = None if source.independent else correlation_of(source, weights, raw.estimable)
    if correlation is None:
        return np.full(len(weights), bonferroni_level(level, max(1, int(raw.estimable.sum()))))
    cdf, one_sided = max_t_cdf(correlation, sides=1), (1 + level) / 2
    levels = np.full(len(weights), np.nan)
    for df in np.unique(raw.reference_df[raw.estimable]):
        bound = critical_value(at_df(cdf, df), one_sided, df, len(correlation), sides=1)
        levels[raw.estimable & (raw.reference_df == df)] = two_sided_level(bound, df)
    return levels


def correlation_of(source: ContrastSource, weights: Floats, rows: np.ndarray) -> Floats | None:
    """Correlations of the chosen contrasts; none where the model has no covariance."""
    if source.covariance is None:
        return None
    known = np.isfinite(np.diag(source.covariance))
    spread = np.where(np.outer(known, known), source.covariance, 0.0)
    joint = weights[rows] @ spread @ weights[rows].T
    scale = np.sqrt(np.diag(joint))
    correlation: Floats = joint / np.outer(scale, scale)
    return correlation


def max_t_cdf(correlation: Floats, sides: int) -> Callable[[float, float], float]:
    """The cdf of the largest statistic at (bound, df), exact where one arm is all they share."""
    loadings = common_loadings(correlation)
    if loadings is None:
        return lambda bound, df: any_correlation_cdf(bound, correlation, df, sides)
    return lambda bound, df: many_to_one_cdf(bound, loadings, df, sides)


def common_loadings(correlation: Floats) -> Floats | None:
    """λ with corr(i, j) = λᵢλⱼ for i ≠ j, as differences from one independent arm have; or none.

    >>> common_loadings(np.array([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]])).round(4).tolist()
    [0.7071, 0.7071, 0.7071]
    """
    count = len(correlation)
    if count == 1:
        return np.zeros(1)
    if count == 2:
        shared = correlation[0, 1]
        return np.sqrt(abs(shared)) * np.array([1.0, np.sign(shared)])
    # λ₀² = r₀ⱼ r₀ₖ / rⱼₖ, from the two largest correlations of the first contrast.
    j, k = 1 + np.argsort(-np.abs(correlation[0, 1:]), kind="stable")[:2]
    if correlation[j, k] * correlation[0, j] * correlation[0, k] <= 0:
        return None
    first = np.sqrt(correlation[0, j] * correlation[0, k] / correlation[j, k])
    loadings = np.concatenate([[first], correlation[0, 1:] / first])
    rest = np.outer(loadings, loadings) - correlation
    np.fill_diagonal(rest, 0.0)
    fits = np.abs(rest).max() < 1e-9 and np.abs(loadings).max() < 1
    return loadings if fits else None
