"""Variances clustered by mouse: what an estimate is when each mouse in turn is left out.

The model's own variance of what happens late, or after a lowest point that was searched for, is too
short: mice bend in ways that an intercept and a slope do not carry. The jackknife over mice asks
only that mice be alike (Bell & McCaffrey 2002, Surv Methodol 28:169, where it is close to CR3). The
variances of the mixed model, and with them the weights of mice, are kept. Where cages are the unit,
they are left out in place of mice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.estimates import ArmEstimates, welch_satterthwaite
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.shapes.shape import Shape

# A number of each of several sets of an arm's coefficients (m, c), given its code and shape.
Statistic = Callable[[int, Shape, Floats], Floats]


class Jackknifed(NamedTuple):
    """A statistic of each arm, its bias, variance and mice, (k,); NaN where it is not known."""

    value: Floats
    bias: Floats
    variance: Floats
    n_mice: Floats


def jackknife(fit: GrowthFit, statistic: Statistic) -> Jackknifed:
    """A statistic of every tested arm, with each of its mice left out."""
    found = Jackknifed(*np.full((4, len(fit.shapes)), np.nan))
    for piece in fit.pieces:
        mice, left = piece.without_each_unit
        mouse_arm = piece.rows.mouse_arm[mice]
        for code, shape in zip(piece.arms, piece.shapes, strict=True):
            block = piece.block(code)
            value = statistic(code, shape, piece.values[None, block])[0]
            without = statistic(code, shape, left[mouse_arm == code][:, block])
            n = len(without)
            found.value[code], found.n_mice[code] = value, n
            if n > 1:
                found.bias[code] = (n - 1) * (without.mean() - value)
                found.variance[code] = (n - 1) / n * np.sum((without - without.mean()) ** 2)
    return found


def clustered(fit: GrowthFit, outcome: str, statistic: Statistic, method: str) -> ArmEstimates:
    """A statistic of every arm with its jackknife variance and n − 1 df, combined by Welch."""
    found = jackknife(fit, statistic)
    given = fit.follow_up
    return ArmEstimates(
        outcome=outcome,
        arms=fit.design.arm_names,
        values=found.value,
        covariance=np.diag(found.variance),
        degrees_of_freedom=welch_satterthwaite(found.variance, found.n_mice - 1),
        independent=True,
        method=method,
        first_day=given.from_day,
        last_day=given.until_day,
    )
