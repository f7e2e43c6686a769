"""How alike arms are at staging, and how alike chance alone would have made them."""

from __future__ import annotations

from itertools import permutations
from math import factorial, prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Codes, Floats

RANDOM = 10_000
# Which groups make which arm: all ways where they are few.
MOST_WAYS = 120


def arms_of_groups(ratio: tuple[int, ...], rng: np.random.Generator) -> Codes:
    """The ways in which groups make arms, (w, groups) codes of arms.

    Equal arms may change their names and stay as alike as they were: then one way stands for all.
    """
    plain = np.repeat(np.arange(len(ratio)), ratio)
    if len(set(ratio)) == 1 and ratio[0] == 1:
        return plain[None]
    n_ways = factorial(len(plain)) // prod(map(factorial, ratio))
    if n_ways <= MOST_WAYS and len(plain) <= 8:
        return np.array(sorted(set(permutations(plain.tolist()))))
    return np.array([rng.permutation(plain) for _ in range(MOST_WAYS)])


def imbalance(arms: Codes, covariates: Floats, n_arms: int) -> Floats:
    """How far apart arms are, (m,) for allocations (m, n): Σ n · |S^(−½) (mean − mean of all)|².

    The Mahalanobis distance of Morgan & Rubin (2012, Ann Stat 40:1263), summed over arms: no unit,
    and no correlation of the covariates, changes it.
    """
    if not covariates.shape[1]:
        return np.zeros(len(arms))
    values, vectors = np.linalg.eigh(
        np.cov(covariates.T, ddof=0).reshape(2 * [covariates.shape[1]])
    )
    kept = values > 1e-9 * values[-1]
    white = (covariates - covariates.mean(axis=0)) @ vectors[:, kept] / np.sqrt(values[kept])
    total = np.zeros(len(arms))
    for arm in range(n_arms):
        inside = (arms == arm).astype(float)
        count = np.maximum(inside.sum(axis=1), 1)
        total += ((inside @ white) ** 2).sum(axis=1) / count
    return total


def random_imbalances(
    units: Codes, arms: Codes, covariates: Floats, n_arms: int, rng: np.random.Generator
) -> Floats:
    """The imbalance of 10 000 random allocations of as many units to each arm, (10 000,).

    ``units`` (n,) is the unit of each mouse (itself, or its cage), ``arms`` the arm of each unit.
    """
    drawn = rng.permuted(np.tile(arms, (RANDOM, 1)), axis=1)
    return imbalance(drawn[:, units], covariates, n_arms)


def balance_table(mice: pd.DataFrame, arms: tuple[str, ...]) -> pd.DataFrame:
    """One row an arm: its mice, and the mean, SD and range of their volumes and weights."""
    rows = []
    for arm in arms:
        own = mice[mice["arm"] == arm]
        volume, weight = (own[name].to_numpy(float) for name in ("volume_mm3", "body_weight_g"))
        rows.append(
            {
                "arm": arm,
                "n_mice": len(own),
                "n_cages": own.loc[own["cage"] != "", "cage"].nunique(),
                **_summary(volume, "volume"),
                **_summary(weight, "weight"),
            }
        )
    return pd.DataFrame(rows)


def _summary(values: NDArray[np.float64], name: str) -> dict[str, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return {f"{name}_{what}": np.nan for what in ("mean", "sd", "min", "max")}
    spread = known.std(ddof=1) if len(known) > 1 else np.nan
    return dict(
        zip(
            (f"{name}_{what}" for what in ("mean", "sd", "min", "max")),
            (known.mean(), spread, known.min(), known.max()),
            strict=True,
        )
    )
