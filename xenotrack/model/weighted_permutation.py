"""Log-rank statistics under other splits of the mice, each over its own spread.

Where late days count most, or one arm is the smaller, the sum of the mice's scores is large in
every split that leaves many mice of one arm to the end: only over its own spread does it say how
far the arms lie apart.
"""

from __future__ import annotations

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
MOST_MICE = 300  # beyond, splits of two arms are drawn: a table of choices grows with its square
NO_SPREAD = 1e-12  # what rounding leaves where every mouse at risk is in one arm
CHUNK = 2_000_000  # numbers held at a time


def permute_weighted(
    sets: RiskSets, weights: Floats, mice: tuple[Floats, Bools, Codes], draws: int, seed: int
) -> Permutation:
    """The permutation p of ``(O−E)' V⁻ (O−E)`` on weighted days; mice are days, events, arms.

    All splits of two arms are counted where they are ``MOST_SPLITS`` or fewer, of ``MOST_MICE`` or
    fewer; else up to ``MOST_DRAWS`` are drawn. ``smallest`` is the least p of those looked at.
    """
    days, events, arm = mice
    test = _Weighted(sets, weights, days, events, int(arm.max()) + 1)
    sizes, draws = np.bincount(arm), min(draws, MOST_DRAWS)
    n_splits = comb(arm.size, int(sizes[0]))
    exact = sizes.size == 2 and n_splits <= MOST_SPLITS and arm.size <= MOST_MICE
    found = test.of_every_split(*map(int, sizes)) if exact else test.of_drawn(arm, draws, seed)
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
        self.share, self.sums = share, np.column_stack([score, share @ self.spread])

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

    def of_drawn(self, arm: Codes, draws: int, seed: int) -> Floats:
        """The statistic of splits that are drawn."""
        splits = np.random.default_rng(seed).permuted(np.tile(arm, (draws, 1)), axis=1)
        rows = max(1, CHUNK // ((self.arms.size + 1) * (arm.size + self.n.size)))
        begins = range(0, draws, rows)
        return np.concatenate([self.of(splits[begin : begin + rows]) for begin in begins])

    def of_every_split(self, first: int, second: int) -> Floats:
        """The statistic of every split of two arms; of arms of one size one of two mirrors.

        The mice's two halves are split by themselves: what is apart adds up over them, and so does
        the spread but for one product.
        """
        taken, n = min(first, second), first + second
        product = (self.share * self.spread) @ self.share.T
        near, far = slice(0, n // 2), slice(n // 2, n)
        found = []
        for here in range(max(0, taken - (n - n // 2)), min(n // 2, taken) + 1):
            one, other = _subsets(n // 2, here), _subsets(n - n // 2, taken - here)
            if first == second:
                one = one[one[:, 0] == 1]
            apart, spread = (
                a[:, None] + b
                for a, b in zip(
                    _sums(one, self.sums[near], product[near, near]),
                    _sums(other, self.sums[far], product[far, far]),
                    strict=True,
                )
            )
            spread -= 2 * (one @ product[near, far]) @ other.T
            found.append(_scaled(apart, spread).ravel())
        return np.concatenate(found)

    def _of_two(self, first: Floats) -> Floats:
        """The same where mice (s, n) are in the first arm or not."""
        apart, spread = (first @ self.sums).T
        return _scaled(apart, spread - (first @ self.share) ** 2 @ self.spread)


def _sums(chosen: Floats, sums: Floats, product: Floats) -> tuple[Floats, Floats]:
    """What lies apart and its spread, by these mice alone, of each choice among them."""
    apart, spread = (chosen @ sums).T
    return apart, spread - ((chosen @ product) * chosen).sum(axis=1)


def _scaled(apart: Floats, spread: Floats) -> Floats:
    return np.divide(apart**2, spread, out=np.zeros_like(spread), where=spread > NO_SPREAD)


@lru_cache(maxsize=32)  # pairs of arms of one study are of few sizes
def _subsets(n: int, size: int) -> Floats:
    """All choices of so many among n mice, a row of ones and zeros each."""
    chosen = np.zeros((comb(n, size), n))
    rows = list(combinations(range(n), size))
    np.put_along_axis(chosen, np.array(rows, dtype=int).reshape(len(rows), size), 1, axis=1)
    return chosen
