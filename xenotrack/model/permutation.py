"""Whether a split of mice into two arms is unusual: sums of scores under every other split."""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import combinations, pairwise
from math import comb
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats

MOST_SPLITS = 200_000
# With so few mice every split can be counted from two halves, however many splits there are.
MOST_MICE = 32
FEW_SUBSETS = 1_024  # of half of the mice: they cost nothing
DRAWS = 100_000
CHUNK = 2_000_000  # shuffled scores held at a time


class Permutation(NamedTuple):
    """``p`` of the observed split and the ``smallest`` that any could have had.

    Of ``splits`` looked at, which were all of them if ``exact``, else seeded draws.
    """

    p: float
    smallest: float
    splits: int
    exact: bool


class SplitScores:
    """Scores (n,) that add up to 0, of which an arm holds ``size``."""

    def __init__(self, scores: Floats, size: int, draws: int = DRAWS, seed: int = 0) -> None:
        self.scores, self.size, self.draws, self.seed = scores, size, draws, seed

    @property
    def n_splits(self) -> int:
        return comb(self.scores.size, self.size)

    @property
    def exact(self) -> bool:
        return self._by_halves or self.n_splits <= MOST_SPLITS

    @property
    def _by_halves(self) -> bool:
        """Whether all splits can be counted from two halves, at no more cost than draws have."""
        mice = self.scores.size
        return mice <= MOST_MICE and 2 ** ((mice + 1) // 2) <= max(self.draws, FEW_SUBSETS)

    def share_beyond(self, distance: float) -> float:
        """The share of splits whose sum is at least so far from 0."""
        threshold = self._threshold(distance)
        if self._by_halves:
            return self._count_by_halves(threshold) / self.n_splits
        hits = int(np.count_nonzero(np.abs(self._sums) >= threshold))
        return hits / self.n_splits if self.exact else (1 + hits) / (1 + self.draws)

    @cached_property
    def smallest_share(self) -> float:
        """The share of splits whose sum is as far from 0 as any can be.

        Such a split holds the largest scores, or the smallest; of those that tie at the edge, any.
        """
        ranked, size = np.sort(self.scores), self.size
        ends = ranked[-size:][::-1], ranked[:size]
        sums = [abs(float(end.sum())) for end in ends]
        if not self.exact:
            return self.share_beyond(max(sums))
        ways = [
            comb(self._ties(ranked, end[-1]), self._ties(end, end[-1]))
            for end, sum_ in zip(ends, sums, strict=True)
            if sum_ >= self._threshold(max(sums))
        ]
        return min(1.0, sum(ways) / self.n_splits)

    @staticmethod
    def _ties(scores: Floats, edge: float) -> int:
        return int(np.count_nonzero(np.abs(scores - edge) <= 1e-9 * abs(edge) + 1e-12))

    @staticmethod
    def _threshold(distance: float) -> float:
        # Equal sums, added in another order, differ in the last bit.
        return distance * (1 - 1e-9) - 1e-12

    @cached_property
    def _halves(self) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        middle = self.scores.size // 2
        return _subset_sums(self.scores[:middle]), _subset_sums(self.scores[middle:])

    def _count_by_halves(self, threshold: float) -> int:
        """Splits beyond the threshold: those of the first half, each with all of the second."""
        first, second = self._halves
        count = 0
        for taken, sums in enumerate(first):
            if 0 <= self.size - taken < len(second):
                others = second[self.size - taken]
                above = others.size - others.searchsorted(threshold - sums, side="left")
                below = others.searchsorted(-threshold - sums, side="right")
                # A threshold of 0 is met from both sides.
                count += int(np.minimum(above + below, others.size).sum())
        return count

    @cached_property
    def _sums(self) -> Floats:
        """The sum of every split, or of ``draws`` drawn ones."""
        if self.exact:
            smaller = min(self.size, self.scores.size - self.size)
            chosen = np.array(list(combinations(range(self.scores.size), smaller)), dtype=np.int32)
            return np.asarray(self.scores[chosen].sum(axis=1), dtype=float)
        random = np.random.default_rng(self.seed)
        rows = max(1, CHUNK // self.scores.size)
        parts = []
        for begin in range(0, self.draws, rows):
            shuffled = np.tile(self.scores, (min(rows, self.draws - begin), 1))
            random.permuted(shuffled, axis=1, out=shuffled)
            parts.append(shuffled[:, : self.size].sum(axis=1))
        return np.concatenate(parts)


def permute_two_arms(
    scores: Floats, second: Bools, draws: int = DRAWS, seed: int = 0
) -> Permutation:
    """The two-sided permutation p of the sum of scores of the mice in the ``second`` arm.

    >>> permute_two_arms(np.array([1.0, 1, 1, -1, -1, -1]), np.array([1, 1, 1, 0, 0, 0]) == 1).p
    0.1
    """
    split = SplitScores(scores - scores.mean(), int(np.count_nonzero(second)), draws, seed)
    observed = abs(float(split.scores[second].sum()))
    return Permutation(
        split.share_beyond(observed),
        split.smallest_share,
        split.n_splits if split.exact else draws,
        split.exact,
    )


def _subset_sums(scores: Floats) -> tuple[Floats, ...]:
    """The sorted sums of all subsets of 0, 1, … scores."""
    sums = np.zeros(2**scores.size)
    for place, score in enumerate(scores):
        known = 2**place
        np.add(sums[:known], score, out=sums[known : 2 * known])
    order, ends = _subsets_by_size(scores.size)
    ranked = sums[order]
    by_size = [ranked[start:end] for start, end in pairwise([0, *ends, ranked.size])]
    for own in by_size:
        own.sort()
    return tuple(by_size)


@lru_cache(maxsize=32)
def _subsets_by_size(n: int) -> tuple[Codes, Codes]:
    """The subsets of ``n``, each a number whose bits are its members, by size; where sizes end."""
    sizes = np.zeros(1, dtype=int)
    for _ in range(n):
        sizes = np.concatenate([sizes, sizes + 1])
    return np.argsort(sizes, kind="stable"), np.cumsum(np.bincount(sizes))[:-1]
