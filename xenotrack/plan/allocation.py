"""Which mouse receives what: groups as alike as the best of chance, their names drawn last.

Groups are dealt by a method until they are as alike as the best twentieth of 10 000 random
allocations; then a uniform permutation says which groups make which arm. Whatever the method, each
mouse so has each arm with the probability that the ratio declares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import Literal

import numpy as np
import pandas as pd

from xenotrack.arrays import Codes, Floats
from xenotrack.errors import StudyError
from xenotrack.plan.balance import arms_of_groups, balance_table, imbalance, random_imbalances
from xenotrack.plan.dealing import Sets, deal, matched_sets, minimise, sets_by_size
from xenotrack.plan.staged import Staged
from xenotrack.study.frames import with_columns

Method = Literal["matching", "block", "minimisation"]
Cages = Literal["split", "whole", "ignore"]
METHODS: tuple[Method, ...] = ("matching", "block", "minimisation")
CAGES: tuple[Cages, ...] = ("split", "whole", "ignore")
BEST_SHARE = 0.05
DRAWS = {"matching": 1000, "block": 1000, "minimisation": 200}


@dataclass(frozen=True)
class Scheme:
    """How mice are to be allocated: arms, their ratio, the method, the cages, the seed."""

    arms: tuple[str, ...]
    ratio: tuple[int, ...]
    method: Method
    cages: Cages
    seed: int

    @property
    def lowest_ratio(self) -> tuple[int, ...]:
        """The ratio in its lowest terms: that of groups."""
        common = reduce(gcd, self.ratio)
        return tuple(each // common for each in self.ratio)

    @property
    def probabilities(self) -> Floats:
        """With which each mouse has each arm, (k,)."""
        return np.array(self.ratio) / sum(self.ratio)


@dataclass(frozen=True, eq=False)
class Allocated:
    """Mice with their arms (``mouse arm code probability …``), and how alike the arms are.

    ``better_than`` is the share of random allocations whose arms are less alike, ``covariates``
    what they were compared in, ``n_units`` what was allocated: mice or cages.
    """

    scheme: Scheme
    staged: Staged
    mice: pd.DataFrame
    balance: pd.DataFrame
    covariates: tuple[str, ...]
    better_than: float
    n_units: int


def allocate(staged: Staged, scheme: Scheme) -> Allocated:
    """Allocate staged mice; the same seed gives the same arms.

    Raises ``StudyError`` where there are fewer mice, or whole cages, than the ratio asks for.
    """
    rng = np.random.default_rng(scheme.seed)
    units, strata = _units(staged.mice, scheme)
    n_units, n_groups = int(units.max()) + 1, sum(scheme.lowest_ratio)
    _require_enough(n_units, n_groups, scheme)
    covariates, names = staged.covariates()
    if n_units < len(units):
        sizes = np.bincount(units)[units].astype(float)
        if np.ptp(sizes) > 0:
            covariates = np.column_stack([covariates, (sizes - sizes.mean()) / sizes.std()])
    groups, limit = _groups(units, strata, covariates, scheme, rng)
    arms = rng.permutation(np.repeat(np.arange(len(scheme.arms)), scheme.lowest_ratio))[groups]
    reached = imbalance(arms[units][None], covariates, len(scheme.arms))[0]
    mice = _named(staged.mice, arms[units], scheme, rng)
    return Allocated(
        scheme=scheme,
        staged=staged,
        mice=mice,
        balance=balance_table(mice, scheme.arms),
        covariates=names,
        better_than=float(np.mean(limit >= reached - 1e-12)),
        n_units=n_units,
    )


def _units(mice: pd.DataFrame, scheme: Scheme) -> tuple[Codes, Codes]:
    """The unit of each mouse (m,), and the stratum of each unit: within it arms are mixed."""
    block = _codes(mice["line"] + "\0" + mice["block"])
    caged = (mice["cage"] != "").all()
    if scheme.cages == "ignore" or (scheme.cages == "split" and not caged):
        return np.arange(len(mice)), block
    if not caged:
        lacking = mice.loc[mice["cage"] == "", "mouse"].iloc[0]
        raise StudyError(
            f"Mouse {lacking} has no cage, and whole cages were to be allocated. "
            "Write its cage, or say --cages split."
        )
    cage = _codes(mice["cage"])
    if scheme.cages == "split":
        return np.arange(len(mice)), _codes(
            pd.Series([f"{b}/{c}" for b, c in zip(block, cage, strict=True)])
        )
    of_cage = pd.Series(block).groupby(cage)
    if (of_cage.nunique() > 1).any():
        mixed = mice["cage"].iloc[int(np.flatnonzero(cage == of_cage.nunique().idxmax())[0])]
        raise StudyError(
            f"Cage {mixed} holds mice of several blocks, and whole cages were to be allocated. "
            "Mend the cage or the block, or say --cages split."
        )
    return cage, of_cage.first().to_numpy()


def _codes(names: pd.Series) -> Codes:
    """Numbers from 0 in the order of appearance."""
    return np.asarray(pd.factorize(names)[0])


def _require_enough(n_units: int, n_groups: int, scheme: Scheme) -> None:
    if n_units >= n_groups:
        return
    kind = "cages" if scheme.cages == "whole" else "mice"
    ratio = ":".join(map(str, scheme.lowest_ratio))
    asked = f"{len(scheme.arms)} arms" + (f" at {ratio}" if len(set(scheme.ratio)) > 1 else "")
    if n_units == 1 and scheme.cages == "whole":
        raise StudyError(
            f"All mice are in one cage: it cannot be shared out whole among {asked}. "
            "Say --cages split, or house the mice in several cages."
        )
    raise StudyError(
        f"{asked} need at least {n_groups} {kind}, and {n_units} can be allocated. "
        "Name fewer arms, or stage more mice."
    )


def _groups(
    units: Codes, strata: Codes, covariates: Floats, scheme: Scheme, rng: np.random.Generator
) -> tuple[Codes, Floats]:
    """A group for each unit, and the imbalance of random allocations, (10 000,)."""
    ratio, n_units = scheme.lowest_ratio, len(strata)
    n_groups, n_arms = sum(ratio), len(ratio)
    ways = arms_of_groups(ratio, rng)
    mean = np.array([covariates[units == unit].mean(axis=0) for unit in range(n_units)])
    draws = _draws(scheme.method, strata, mean, n_groups, rng)
    # The arms of the worst way: which one it will be is drawn only afterwards.
    worst = np.max([imbalance(way[draws][:, units], covariates, n_arms) for way in ways], axis=0)
    chance = random_imbalances(units, ways[0][draws[0]], covariates, n_arms, rng)
    good = np.flatnonzero(worst <= np.quantile(chance, BEST_SHARE, method="lower"))
    chosen = rng.choice(good) if len(good) else worst.argmin()
    return draws[chosen], chance


def _draws(
    method: Method, strata: Codes, covariates: Floats, n_groups: int, rng: np.random.Generator
) -> Codes:
    """Groups of each unit as a method deals them, again and again: (draws, units)."""
    times = range(DRAWS[method])
    if method == "minimisation":
        return np.array([minimise(strata, covariates, n_groups, rng) for _ in times])
    if method == "block":
        size = covariates[:, 0] if covariates.shape[1] else np.zeros(len(strata))
        sets = sets_by_size(strata, size, n_groups)
    else:
        sets = matched_sets(strata, covariates, n_groups)
    return np.array([deal(_shuffled(sets, rng), len(strata), n_groups, rng) for _ in times])


def _shuffled(sets: Sets, rng: np.random.Generator) -> Sets:
    """Whole sets first, as always; the others in any order, since they share decks."""
    n_whole = sum(len(one) == len(sets[0]) for one in sets)
    order = [*range(n_whole), *(n_whole + rng.permutation(len(sets) - n_whole))]
    return [sets[place] for place in order]


def _named(
    mice: pd.DataFrame, arms: Codes, scheme: Scheme, rng: np.random.Generator
) -> pd.DataFrame:
    """The mice with arm, code of the arm and probability; codes are drawn, so that none tells."""
    letters = rng.permutation([_letters(k) for k in range(len(scheme.arms))])
    return with_columns(
        mice,
        arm=np.array(scheme.arms, dtype=object)[arms],
        code=letters.astype(object)[arms],
        probability=scheme.probabilities[arms],
    )


def _letters(k: int) -> str:
    """A code of letters: A to Z, then AA and on."""
    return (_letters(k // 26 - 1) if k >= 26 else "") + chr(ord("A") + k % 26)
