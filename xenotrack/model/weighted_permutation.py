"""Log-rank statistics under other splits of the mice, each over its own spread.

Where late days count most, or one arm is the smaller, the sum of the mice's scores is large in
every split that leaves many mice of one arm to the end: only over its own spread does it say how
far the arms lie apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.permutation import MOST_SPLITS, Permutation
from xenotrack.model.risk_sets import RiskSets

MOST_DRAWS = 20_000
Splits = NDArray[np.integer]  # the arm of each mouse (columns) in each split (rows)
NO_SPREAD = 1e-12  # what rounding leaves where every mouse at risk is in one arm
CHUNK = 2_000_000  # numbers held at a time


def permute_weighted(
    sets: RiskSets, weights: Floats, mice: tuple[Floats, Bools, Codes], draws: int, seed: int
) -> Permutation:
    """The permutation p of ``(O−E)' V⁻ (O−E)`` on weighted days; mice are days, events, arms.

    All splits of two arms are counted where they are ``MOST_SPLITS`` or fewer, else up to
    ``MOST_DRAWS`` are drawn. ``smallest`` is the least p of those that were looked at.
    """
    days, events, arm = mice
    test = _Weighted(sets, weights, days, events, int(arm.max()) + 1)
    sizes, draws = np.bincount(arm), min(draws, MOST_DRAWS)
    n_splits = comb(arm.size, int(sizes[0]))
    exact = sizes.size == 2 and n_splits <= MOST_SPLITS
    splits = _every_split(*map(int, sizes)) if exact else _drawn(arm, draws, seed)
    rows = max(1, CHUNK // (sizes.size * (arm.size + weights.size)))
    found = np.concatenate([test.of(own) for own in _chunks(splits, rows)])
    beyond, farthest = (
        np.count_nonzero(found >= height * (1 - 1e-9) - 1e-12)
        for height in (test.of(arm[None])[0], found.max())
    )
    added = 0 if exact else 1  # the observed split is among all, and beside those that are drawn
    p_value, smallest = ((added + each) / (added + found.size) for each in (beyond, farthest))
    return Permutation(p_value, smallest, n_splits if exact else draws, exact)


class _Weighted:
    """The statistic as a function of the arms that the mice are in."""

    def __init__(
        self, sets: RiskSets, weights: Floats, days: Floats, events: Bools, n_arms: int
    ) -> None:
        n, d = sets.at_risk.sum(axis=1), sets.events.sum(axis=1)
        told = (d > 0) & (weights > 0)
        self.n, self.d, self.weights = n[told], d[told], weights[told]
        self.spread = self.weights**2 * self.d * (self.n - self.d) / np.maximum(self.n - 1, 1)
        own = sets.days[told]
        self.at_risk = (days[:, None] >= own).astype(float)
        self.progressed = ((days[:, None] == own) & events[:, None]).astype(float)
        self.arms = np.arange(n_arms - 1)  # the last one follows from the others
        share = self.at_risk / self.n
        score = (self.progressed - self.d * share) @ self.weights
        self.sums = np.column_stack([share, score, share @ self.spread])

    def of(self, arm: Splits) -> Floats:
        """The statistic (s,) of mice in arms (s, n)."""
        if self.arms.size == 1:
            return self._of_two((arm == 0).astype(float))
        held = (arm[:, None, :] == self.arms[:, None]).astype(float)
        share = held @ self.at_risk / self.n
        apart = (held @ self.progressed - self.d * share) @ self.weights
        scaled = share * self.spread
        covariance = np.eye(self.arms.size) * scaled.sum(axis=2)[:, None, :]
        covariance -= scaled @ share.transpose(0, 2, 1)
        inverse = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
        return np.asarray(np.einsum("si,sij,sj->s", apart, inverse, apart), dtype=float)

    def _of_two(self, first: Floats) -> Floats:
        """The same where mice (s, n) are in the first arm or not: one product for all sums."""
        sums = first @ self.sums
        spread = sums[:, -1] - sums[:, :-2] ** 2 @ self.spread
        known = spread > NO_SPREAD
        return np.divide(sums[:, -2] ** 2, spread, out=np.zeros_like(spread), where=known)


@lru_cache(maxsize=8)  # pairs of arms of one study are of few sizes
def _every_split(first: int, second: int) -> Splits:
    """All splits; of arms of one size one of each pair of mirrors, whose statistics are one."""
    n = first + second
    chosen = np.array(list(combinations(range(n), first)), dtype=np.int8)
    if first == second:
        chosen = chosen[: len(chosen) // 2]  # those that hold the first mouse
    arm = np.ones((len(chosen), n), dtype=np.int8)
    np.put_along_axis(arm, chosen, 0, axis=1)
    return arm


def _drawn(arm: Codes, draws: int, seed: int) -> Splits:
    return np.random.default_rng(seed).permuted(np.tile(arm, (draws, 1)), axis=1)


def _chunks(splits: Splits, rows: int) -> Iterator[Splits]:
    for begin in range(0, len(splits), rows):
        yield splits[begin : begin + rows]
