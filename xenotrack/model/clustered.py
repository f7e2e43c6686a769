"""Variances clustered by mouse: what an estimate is when each mouse in turn is left out.

The model's own variance of what happens late, or after a lowest point that was searched for, is too
short: mice bend in ways that an intercept and a slope do not carry. The jackknife over mice asks
only that mice be alike (Bell & McCaffrey 2002, Surv Methodol 28:169, where it is close to CR3). The
variances of the mixed model, and with them the weights of mice, are kept. Where cages are the unit,
they are left out in place of mice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.shapes.shape import Shape
from xenotrack.response.welch import welch_df

# A number of each of several sets of an arm's coefficients (m, c), given its code and shape.
Statistic = Callable[[int, Shape, Floats], Floats]


class Stratum(NamedTuple):
    """What leaving out each mouse of one arm says: their number, and a covariance (k, k)."""

    n_mice: int
    covariance: Floats


class Jackknifed(NamedTuple):
    """A statistic of each arm, its bias, variance and mice, (k,); NaN where it is not known.

    ``strata`` are the arms that mice were left out of: with blocks they tell of other arms, too.
    """

    value: Floats
    bias: Floats
    variance: Floats
    n_mice: Floats
    strata: list[Stratum]


def jackknife(fit: GrowthFit, statistic: Statistic) -> Jackknifed:
    """A statistic of every tested arm, with each of the mice of its piece left out."""
    k = len(fit.shapes)
    value_of, bias, variance, n_mice = np.full((4, k), np.nan)
    jackknifed = Jackknifed(value_of, bias, variance, n_mice, [])
    for piece in fit.pieces:
        mice, left = piece.without_each_unit
        mouse_arm, arms = piece.rows.mouse_arm[mice], list(piece.arms)
        blocks = [piece.block(code) for code in arms]
        each = list(zip(arms, piece.shapes, blocks, strict=True))
        value = np.array([statistic(c, shape, piece.values[None, b])[0] for c, shape, b in each])
        without = np.column_stack([statistic(c, shape, left[:, b]) for c, shape, b in each])
        jackknifed.value[arms] = value
        jackknifed.bias[arms], jackknifed.variance[arms] = 0.0, 0.0
        for code in arms:
            own = without[mouse_arm == code]
            n = jackknifed.n_mice[code] = len(own)
            if n == 0:  # none of its mice has a usable reading
                continue
            apart = own - own.mean(axis=0)
            covariance = np.zeros((k, k))
            covariance[np.ix_(arms, arms)] = (n - 1) / n * apart.T @ apart
            jackknifed.strata.append(Stratum(n, covariance))
            jackknifed.bias[arms] += (n - 1) * (own.mean(axis=0) - value)
            jackknifed.variance[arms] += np.diag(covariance)[arms]
    unsure = ~(jackknifed.n_mice > 1)
    jackknifed.bias[unsure], jackknifed.variance[unsure] = np.nan, np.nan
    return jackknifed


def clustered(fit: GrowthFit, outcome: str, statistic: Statistic, method: str) -> ArmEstimates:
    """A statistic of every arm with its jackknife variance and n − 1 df, combined by Welch."""
    jackknifed = jackknife(fit, statistic)
    given = fit.follow_up
    covariance = sum((s.covariance for s in jackknifed.strata), np.zeros(2 * (len(fit.shapes),)))
    np.fill_diagonal(covariance, jackknifed.variance)
    return ArmEstimates(
        outcome=outcome,
        arms=fit.design.arm_names,
        values=jackknifed.value,
        covariance=covariance,
        degrees_of_freedom=_degrees_of_freedom(jackknifed.strata, len(fit.shapes)),
        independent=all(len(piece.arms) == 1 for piece in fit.pieces),
        method=method,
        first_day=given.from_day,
        last_day=given.until_day,
        why_withheld=fit.why_withheld,
    )


def _degrees_of_freedom(strata: Sequence[Stratum], k: int) -> Callable[[Floats], Floats]:
    """Welch's of weighted sums, from the share that each stratum has of their variance."""
    covariance = np.nan_to_num(np.array([s.covariance for s in strata])).reshape(-1, k, k)
    df = np.array([s.n_mice - 1.0 for s in strata])

    def degrees_of_freedom(weights: Floats) -> Floats:
        weights = np.atleast_2d(weights)
        share = np.einsum("mi,sij,mj->ms", weights, covariance, weights)
        return welch_df(share, df)

    return degrees_of_freedom
