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
    n, own, other, weight = arms.at_risk, arms.own, arms.other, arms.weight
    free, after = arms.free_before, arms.free_after
    d1, total = own.sum(axis=1, keepdims=True), weight.sum(axis=1, keepdims=True)
    here = weight > 0
    risk = weight * (1 - arms.incidence_before)
    score = (own - d1 * risk / risk.sum(axis=1, keepdims=True)).sum(axis=0)
    outer = weight[:, :, None] * weight[:, None] / total[..., None]
    a = weight[:, :, None] * np.eye(weight.shape[1]) - outer
    pooled = np.cumsum(d1 / total, axis=0)
    earlier = np.concatenate([np.zeros((1, 1)), pooled])[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = a * d1[..., None] / (total * (1 - earlier))[..., None]
        # Of one arm alone ``a`` is 0, and the pooled incidence may have come to 1.
        several = here.sum(axis=1)[:, None, None] > 1
        c = np.cumsum(np.where(several, grown, 0.0), axis=0)
        share = np.where(after > 0, (1 - pooled) / after, 0.0)
        of_own = np.where(after > 0, 1 - share, 1.0)
        ties = np.where(d1 > 1, 1 - (d1 - 1) / (total * free - 1), 1.0)
        spread = np.where(here & (d1 > 0), ties * free * d1 / (total * n), 0.0)
        tied = np.where(other > 1, 1 - (other - 1) / (n - 1), 1.0)
        spread_other = np.where((after > 0) & (other > 0), tied * free**2 * other / n**2, 0.0)
    along, across = a - of_own[:, None] * c, share[:, None] * c
    variance = (along * spread[:, None]) @ np.swapaxes(along, 1, 2)
    variance += (across * spread_other[:, None]) @ np.swapaxes(across, 1, 2)
    v3 = (of_own**2 * spread + share**2 * spread_other).sum(axis=0)
    v2 = along * (of_own * spread)[:, None] - across * (share * spread_other)[:, None]
    last = c[-1] if len(c) else np.zeros_like(np.eye(weight.shape[1]))
    cross = last @ v2.sum(axis=0).T
    return score, variance.sum(axis=0) + (last * v3) @ last.T + cross + cross.T
