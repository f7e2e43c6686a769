"""Units dealt to groups as cards are: set by set, each group once before any has a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Codes, Floats

Sets = Sequence[NDArray[np.intp]]
# With which probability minimisation takes the group that balances best (Pocock & Simon 1975).
TAKES_BEST = 0.8


def deal(sets: Sets, n_units: int, n_groups: int, rng: np.random.Generator) -> Codes:
    """A group for each unit: within a set each group as often as any other, but for one.

    Over all sets, too: what is left of a deck is dealt to the next set.
    """
    groups = np.empty(n_units, dtype=int)
    deck: list[int] = []
    for units in sets:
        for start in range(0, len(units), n_groups):
            some = units[start : start + n_groups]
            hand, deck = _hand(deck, len(some), n_groups, rng)
            groups[rng.permutation(some)] = hand
    return groups


def _hand(
    deck: list[int], size: int, n_groups: int, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """The next cards, no two alike, and the deck that is left."""
    hand, deck = deck[:size], deck[size:]
    if len(hand) < size:
        fresh = rng.permutation(n_groups).tolist()
        new = [card for card in fresh if card not in hand][: size - len(hand)]
        hand, deck = [*hand, *new], [card for card in fresh if card not in new]
    return hand, deck


def sets_by_size(strata: Codes, size: Floats, n_groups: int) -> list[NDArray[np.intp]]:
    """Blocks of neighbours in size within each stratum, the incomplete ones last."""
    sets = []
    for stratum in np.unique(strata):
        units = np.flatnonzero(strata == stratum)
        units = units[np.argsort(size[units], kind="stable")]
        sets += [units[at : at + n_groups] for at in range(0, len(units), n_groups)]
    return sorted(sets, key=lambda one: -len(one))


def matched_sets(strata: Codes, covariates: Floats, n_groups: int) -> list[NDArray[np.intp]]:
    """Sets of the most alike: within each, the squared distances are as small as exchange gets.

    It begins with neighbours along the widest direction, and exchanges two units of two sets as
    long as that brings the members of sets nearer to one another.
    """
    if not covariates.shape[1]:
        return sets_by_size(strata, np.zeros(len(strata)), n_groups)
    _, _, directions = np.linalg.svd(covariates - covariates.mean(axis=0), full_matrices=False)
    sets = sets_by_size(strata, covariates @ directions[0], n_groups)
    of = np.empty(len(strata), dtype=int)
    for number, units in enumerate(sets):
        of[units] = number
    distance = ((covariates[:, None] - covariates[None]) ** 2).sum(axis=2)
    alike = strata[:, None] == strata[None]
    for _ in range(20 * len(strata)):
        if not _exchange(of, distance, alike):
            break
    return sorted((np.flatnonzero(of == n) for n in range(len(sets))), key=lambda one: -len(one))


def _exchange(of: Codes, distance: Floats, allowed: NDArray[np.bool_]) -> bool:
    """Exchange the two units that gain most; whether any two gain."""
    member = np.eye(of.max() + 1)[of]
    to_set = distance @ member  # of each unit to the members of each set
    own = to_set[np.arange(len(of)), of]
    there = to_set[:, of]  # of unit i to the set of unit j
    gain = own[:, None] + own[None] - there - there.T + 2 * distance
    gain = np.where(allowed & (of[:, None] != of[None]), gain, -np.inf)
    first, second = np.unravel_index(gain.argmax(), gain.shape)
    if gain[first, second] <= 1e-9:
        return False
    of[first], of[second] = of[second], of[first]
    return True


def minimise(strata: Codes, covariates: Floats, n_groups: int, rng: np.random.Generator) -> Codes:
    """Units in random order, each to the group that balances best, or by chance to another.

    Groups stay as large as one another within each stratum, but for one unit.
    """
    groups = np.full(len(strata), -1)
    counts = np.zeros((strata.max() + 1, n_groups), dtype=int)
    sums = np.zeros((n_groups, covariates.shape[1]))
    for unit in rng.permutation(len(strata)):
        here = counts[strata[unit]]
        free = np.flatnonzero(here == here.min())
        free = free[counts[:, free].sum(axis=0) == counts[:, free].sum(axis=0).min()]
        after = ((sums[free] + covariates[unit]) ** 2).sum(axis=1) - (sums[free] ** 2).sum(axis=1)
        best = free[rng.permutation(np.flatnonzero(after == after.min()))[0]]
        group = best if rng.random() < TAKES_BEST else rng.choice(free)
        groups[unit] = group
        counts[strata[unit], group] += 1
        sums[group] += covariates[unit]
    return groups
