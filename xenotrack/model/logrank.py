"""Do the arms progress at different speeds? Log-rank, asymptotic and by permutation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb
from typing import Any, Literal

import numpy as np
from scipy.special import chdtrc

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.model.permutation import (
    CHUNK,
    DRAWS,
    MOST_SPLITS,
    Permutation,
    permute_two_arms,
)
from xenotrack.model.risk_sets import RiskSets, count_risk_sets
from xenotrack.model.weighted_permutation import permute_weighted


def _free_before(sets: RiskSets) -> Floats:
    """The share of all mice free just before each day."""
    after = np.cumprod(1 - sets.events.sum(axis=1) / sets.at_risk.sum(axis=1))
    return np.append(1.0, after[:-1])


# Of larger arms every split has nearly the same spread, and scores are faster.
MOST_STANDARDISED = 100

Weight = Literal["logrank", "tarone-ware", "fleming-harrington", "late"]
# What each day counts: alike; √n; the share still free (rho = 1); the share that had progressed.
WEIGHTS: dict[str, Callable[[RiskSets], Floats]] = {
    "logrank": lambda sets: np.ones(sets.days.size),
    "tarone-ware": lambda sets: np.sqrt(sets.at_risk.sum(axis=1)),
    "fleming-harrington": _free_before,
    "late": lambda sets: 1 - _free_before(sets),
}


@dataclass(frozen=True)
class LogRank:
    """A log-rank test of equal hazards, all NaN where no event could tell the arms apart.

    ``p_permutation`` compares χ² of two arms, or of more the arms' sums of log-rank scores, with
    those of ``permutations`` reassignments of the mice to the arms: all of them if ``exact``, else
    seeded draws. Of two arms ``p_smallest`` is the least that any reassignment could give.
    """

    observed: Floats
    expected: Floats
    chi_square: float
    df: int
    p_value: float
    p_permutation: float
    permutations: int
    exact: bool
    p_smallest: float = np.nan


def log_rank(
    days: Floats,
    events: Bools,
    arm: Counts,
    n_arms: int,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    most_splits: int = MOST_SPLITS,
    weight: Weight = "logrank",
) -> LogRank:
    """Log-rank test of all arms, each day weighted by one of ``WEIGHTS``.

    ``χ² = (O−E)' V⁻ (O−E)`` with V the hypergeometric covariance of the arms' events on each day
    (Mantel 1966; Peto & Peto 1972; Tarone & Ware 1977; Fleming & Harrington 1991). The permutation
    p, of χ² itself or, of more than two arms or ``MOST_STANDARDISED`` mice without weights, of
    scores, assumes that the arms are followed and withdrawn alike; it is ``hits/splits`` when all
    splits are counted, ``(1+hits)/(1+draws)`` else.
    """
    sets = count_risk_sets(days, events, arm, n_arms)
    weights = WEIGHTS[weight](sets)
    observed, expected = sets.events.sum(axis=0).astype(float), _expected(sets)
    difference = observed - expected if weight == "logrank" else _difference(sets, weights)
    chi_square, df = _quadratic_form(difference, _covariance(sets, weights))
    if df == 0:
        return LogRank(observed, expected, np.nan, 0, np.nan, np.nan, 0, False)
    arm = np.asarray(arm)
    sizes = np.bincount(arm, minlength=n_arms)
    of_two = np.count_nonzero(sizes) == 2
    if weight != "logrank" or (of_two and arm.size <= MOST_STANDARDISED):
        codes = (np.cumsum(sizes > 0) - 1)[arm]
        mice = np.asarray(days, float), np.asarray(events, bool), codes
        permuted = permute_weighted(sets, weights, mice, draws, seed)
    elif of_two:
        scores = _scores(sets, days, events)
        permuted = permute_two_arms(scores, arm == np.flatnonzero(sizes)[1], draws, seed)
    else:
        scores = _scores(sets, days, events)
        p_permutation, splits, exact = _permute(scores, arm, sizes, seed, draws, most_splits)
        permuted = Permutation(p_permutation, np.nan, splits, exact)
    p_value = float(chdtrc(df, chi_square))
    return LogRank(
        *(observed, expected, chi_square, df, p_value),
        *(permuted.p, permuted.splits, permuted.exact, permuted.smallest),
    )


def log_rank_of_pair(
    days: Floats, events: Bools, arm: Counts, first: int, second: int, **options: Any
) -> LogRank:
    """Log-rank test of two arms, as if no other were in the study."""
    chosen = (arm == first) | (arm == second)
    codes = (arm[chosen] == second).astype(int)
    return log_rank(days[chosen], events[chosen], codes, 2, **options)


def _expected(sets: RiskSets) -> Floats:
    share = sets.at_risk / sets.at_risk.sum(axis=1, keepdims=True)
    return sets.events.sum(axis=1) @ share


def _difference(sets: RiskSets, weights: Floats) -> Floats:
    """Observed less expected events, each day's by its weight."""
    share = sets.at_risk / sets.at_risk.sum(axis=1, keepdims=True)
    return np.asarray(weights @ (sets.events - sets.events.sum(axis=1, keepdims=True) * share))


def _covariance(sets: RiskSets, weights: Floats) -> Floats:
    n, d = sets.at_risk.sum(axis=1), sets.events.sum(axis=1)
    share = sets.at_risk / n[:, None]
    # 0 where a single mouse is left.
    spread = weights**2 * d * (n - d) / np.maximum(n - 1, 1)
    return np.diag(spread @ share) - (share * spread[:, None]).T @ share


def _quadratic_form(difference: Floats, covariance: Floats) -> tuple[float, int]:
    """``d' V⁻ d`` and the rank of V, for a V that is singular by construction."""
    values, vectors = np.linalg.eigh(covariance)
    kept = values > 1e-10 * max(values.max(initial=0.0), 1e-10)
    along = vectors[:, kept].T @ difference
    return float(np.sum(along**2 / values[kept])), int(kept.sum())


def _scores(sets: RiskSets, days: Floats, events: Bools) -> Floats:
    """Each mouse's share of O − E: its event less the pooled cumulative hazard of its days."""
    hazard = np.cumsum(sets.events.sum(axis=1) / sets.at_risk.sum(axis=1))
    row = np.searchsorted(sets.days, days)
    return np.asarray(np.asarray(events, float) - hazard[row], dtype=float)


def _permute(
    scores: Floats, arm: Counts, sizes: Counts, seed: int, draws: int, most_splits: int
) -> tuple[float, int, bool]:
    """(p, splits looked at, whether these were all) of the sum over arms of (sum of scores)²/n.

    The statistic is the quadratic form in the scores' permutation covariance, up to a constant.
    """
    filled = sizes[sizes > 0]
    sums = np.bincount(arm, weights=scores, minlength=sizes.size)[sizes > 0]
    # Sums are added in another order than in the observed split: equal ones differ in the last bit.
    threshold = float(np.sum(sums**2 / filled)) * (1 - 1e-9) - 1e-12
    n_splits = _count_splits(filled)
    if n_splits <= most_splits:
        hits = _count_hits(_all_sums(scores, filled), filled, threshold)
        return hits / n_splits, n_splits, True
    hits = sum(_count_hits(s, filled, threshold) for s in _drawn_sums(scores, filled, seed, draws))
    return (1 + hits) / (1 + draws), draws, False


def _count_hits(sums: Floats, sizes: Counts, threshold: float) -> int:
    return int(np.count_nonzero((sums**2 / sizes).sum(axis=1) >= threshold))


def _count_splits(sizes: Counts) -> int:
    """Ways to deal the mice into arms of these sizes.

    >>> _count_splits(np.array([2, 2]))
    6
    """
    splits, dealt = 1, 0
    for size in map(int, sizes):
        dealt += size
        splits *= comb(dealt, size)
    return splits


def _all_sums(scores: Floats, sizes: Counts) -> Floats:
    """The arms' sums of scores under every split, a row a split.

    Mice are dealt one after the other; partial deals are kept by how full each arm is, so that
    every one of them can be completed and none is built twice.
    """
    partial = {(0,) * sizes.size: np.zeros((1, sizes.size))}
    for score in scores:
        grown: dict[tuple[int, ...], list[Floats]] = defaultdict(list)
        for filled, sums in partial.items():
            for place in np.flatnonzero(np.asarray(filled) < sizes):
                fuller = (*filled[:place], filled[place] + 1, *filled[place + 1 :])
                added = sums.copy()
                added[:, place] += score
                grown[fuller].append(added)
        partial = {filled: np.concatenate(parts) for filled, parts in grown.items()}
    return partial[tuple(map(int, sizes))]


def _drawn_sums(scores: Floats, sizes: Counts, seed: int, draws: int) -> Iterator[Floats]:
    """The arms' sums of scores under seeded random splits, some thousands of rows at a time."""
    random = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rows = max(1, CHUNK // scores.size)
    for begin in range(0, draws, rows):
        shuffled = np.tile(scores, (min(rows, draws - begin), 1))
        random.permuted(shuffled, axis=1, out=shuffled)
        yield np.add.reduceat(shuffled, starts, axis=1)
