"""Cages: how alike the mice of one are, and arms whose unit is the cage.

Where whole cages received one arm, what a cage does to its mice cannot be told from what the arm
does: mice of a cage are then no independent evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import fdtri

from xenotrack.arrays import Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.study.factors import cages_by_arm, nested_words
from xenotrack.study.study import Study


@dataclass(frozen=True)
class CageShare:
    """The share of the spread between an arm's mice that lies between its cages, with limits."""

    share: float
    conf_low: float
    conf_high: float


def cage_share(values: Floats, arm: Codes, cage: Codes, level: float = 0.95) -> CageShare:
    """The intraclass correlation of mice by cage within arms, by analysis of variance.

    The interval is Searle's, exact for cages of one size (Searle 1971, Linear Models, 9.4). NaN
    where no arm has two cages, or no cage two mice. An estimate below 0 is 0.
    """
    n, cages, arms = len(values), np.unique(cage), np.unique(arm)
    between, within = len(cages) - len(arms), n - len(cages)
    if between < 1 or within < 1:
        return CageShare(np.nan, np.nan, np.nan)
    means = {code: values[cage == code].mean() for code in cages}
    centre = {code: values[arm == code].mean() for code in arms}
    by_cage = np.array([means[code] for code in cage])
    by_arm = np.array([centre[code] for code in arm])
    size = _usual_size(arm, cage, between)
    noise = np.sum((values - by_cage) ** 2) / within
    if not noise > 0:
        return CageShare(np.nan, np.nan, np.nan)
    ratio = np.sum((by_cage - by_arm) ** 2) / between / noise
    ends = [fdtri(between, within, (1 + side * level) / 2) for side in (1, -1)]
    low, high, share = ((f - 1) / (f + size - 1) for f in (*(ratio / end for end in ends), ratio))
    return CageShare(*(float(max(x, 0.0)) for x in (share, low, high)))


def _usual_size(arm: Codes, cage: Codes, between: int) -> float:
    """The size of cages that makes the mean squares of uneven ones comparable."""
    lost = 0.0
    for name in np.unique(arm):
        sizes = np.unique(cage[arm == name], return_counts=True)[1]
        lost += float(np.sum(sizes**2) / sizes.sum())
    return (len(cage) - lost) / between


def doubt_cages(study: Study, rates: Floats) -> Iterator[Doubt]:
    """Whole cages in one arm, with the share of the spread of growth rates that they explain.

    ``rates`` has each mouse's own growth rate, NaN without one, in the order of ``Study.mice``.
    """
    mice = study.mice
    cages = cages_by_arm(mice)
    if not cages or study.design.rules.study.experimental_unit == "cage":
        return
    known = np.isfinite(rates) & (mice["cage"] != "").to_numpy()
    arm, cage = (pd.factorize(mice.loc[known, name])[0] for name in ("arm", "cage"))
    shared = cage_share(rates[known], arm, cage, study.design.rules.compare.level)
    if np.isfinite(shared.share):
        words = (
            f"cages explain {100 * shared.share:.0f} % of the differences between an arm's growth "
            f"rates ({100 * study.design.rules.compare.level:g} % CI "
            f"{100 * shared.conf_low:.0f} to {100 * shared.conf_high:.0f} %)"
        )
    else:
        words = "how much of a difference is the cages' cannot be told"
    yield Doubt(
        "cages-nested-in-arms",
        tuple(study.design.arm_names),
        "growth",
        f"{nested_words(cages)}; {words}. As far as mice of one cage are alike, p-values by mouse "
        "are too small.",
    )


def jackknife_covariance(left: Floats) -> Floats:
    """The covariance of what is estimated without each of m units in turn, (m, c).

    Of units alike it is that of the mean of their means, with m − 1 degrees of freedom.
    """
    m, apart = len(left), left - left.mean(axis=0)
    return (m - 1) / m * apart.T @ apart
