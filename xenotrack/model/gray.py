"""Do arms differ in how often one cause makes mice leave? Gray's test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.risk_sets import count_risk_sets


@dataclass(frozen=True)
class GrayTest:
    """A test that arms have one cumulative incidence; NaN where no event could tell."""

    chi_square: float
    df: int
    p_value: float


@dataclass(frozen=True)
class _Arms:
    """By day (rows) and arm (columns), just before the day and just after it."""

    at_risk: Floats
    own: Floats
    other: Floats
    free_before: Floats
    free_after: Floats
    incidence_before: Floats

    @property
    def weight(self) -> Floats:
        """Mice at risk over the share still free: those that began and were not censored."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.at_risk > 0, self.at_risk / self.free_before, 0.0)


def gray_test(days: Floats, cause: Bools, competing: Bools, arm: Codes, n_arms: int) -> GrayTest:
    """Gray's k-sample test (1988, Ann Stat 16:1141), ρ = 0, as R's cmprsk computes it.

    A log-rank test of the subdistribution hazard: mice that left for another cause stay at risk,
    in the share in which they would not have been censored.
    """
    arms = _count(days, cause, competing, arm, n_arms)
    score, variance = _score_and_variance(arms)
    values, vectors = np.linalg.eigh(variance)
    kept = values > 1e-10 * max(float(values.max(initial=0.0)), 1e-10)
    df = int(kept.sum())
    if df == 0:
        return GrayTest(np.nan, 0, np.nan)
    along = vectors[:, kept].T @ score
    chi_square = float(np.sum(along**2 / values[kept]))
    return GrayTest(chi_square, df, float(chdtrc(df, chi_square)))


def _count(days: Floats, cause: Bools, competing: Bools, arm: Codes, n_arms: int) -> _Arms:
    sets = count_risk_sets(days, cause, arm, n_arms)
    other = count_risk_sets(days, competing, arm, n_arms).events
    some = (sets.events + other).sum(axis=1) > 0
    n, own = sets.at_risk[some].astype(float), sets.events[some].astype(float)
    others = other[some].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(n > 0, own / n, 0.0)
        total = np.where(n > 0, (own + others) / n, 0.0)
    after = np.cumprod(1 - total, axis=0)
    before = np.vstack([np.ones(n_arms), after[:-1]])
    incidence = np.cumsum(before * hazard, axis=0)
    earlier = np.vstack([np.zeros(n_arms), incidence[:-1]])
    return _Arms(n, own, others, before, after, earlier)


def _score_and_variance(arms: _Arms) -> tuple[Floats, Floats]:
    """Observed less expected events by arm, and Gray's variance of it.

    The pooled incidence F has the jumps d / Σ n/S; ``c`` collects how much each arm's estimate
    weighs on the scores, and each day adds the variance of its own and of other events.
    """
    k = arms.at_risk.shape[1]
    score, variance, c = np.zeros(k), np.zeros((k, k)), np.zeros((k, k))
    v3, v2, pooled = np.zeros(k), np.zeros((k, k)), 0.0
    for row, weight in enumerate(arms.weight):
        n, free, after = arms.at_risk[row], arms.free_before[row], arms.free_after[row]
        d1, d2, total = arms.own[row].sum(), arms.other[row], weight.sum()
        here = weight > 0
        a = np.diag(weight) - np.outer(weight, weight) / total
        risk = weight * (1 - arms.incidence_before[row])
        score += arms.own[row] - d1 * risk / risk.sum()
        # Of one arm alone ``a`` is 0, and the pooled incidence may have come to 1.
        if here.sum() > 1:
            c = c + a * d1 / (total * (1 - pooled))
        pooled += d1 / total
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(after > 0, (1 - pooled) / after, 0.0)
            of_own = 1 - share
            of_own = np.where(after > 0, of_own, 1.0)
            ties = 1 - (d1 - 1) / (total * free - 1) if d1 > 1 else np.ones(k)
            spread = np.where(here & (d1 > 0), ties * free * d1 / (total * n), 0.0)
            along = a - of_own * c
            tied = np.where(d2 > 1, 1 - (d2 - 1) / (n - 1), 1.0)
            spread_other = np.where((after > 0) & (d2 > 0), tied * free**2 * d2 / n**2, 0.0)
        variance += (along * spread) @ along.T + (share * c * spread_other) @ (share * c).T
        v3 += of_own**2 * spread + share**2 * spread_other
        v2 += along * (of_own * spread) - share * c * (share * spread_other)
    cross = c @ v2.T
    return score, variance + (c * v3) @ c.T + cross + cross.T
