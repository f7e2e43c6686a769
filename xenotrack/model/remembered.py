"""Degrees of freedom that are worked out once for each weighted sum.

One contrast is read at several levels, in several families and over the days of several claims.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xenotrack.arrays import Floats

DegreesOfFreedom = Callable[[Floats], Floats]


def remembered(degrees_of_freedom: DegreesOfFreedom) -> DegreesOfFreedom:
    """The same degrees of freedom of weights (m, c); those of a sum are those of its negative.

    Each sum is worked out alone: together with others its last digit would depend on which of them
    were asked for first.
    """
    known: dict[bytes, float] = {}

    def of_one(row: Floats) -> float:
        key = row.tobytes()
        if key not in known:
            known[key] = float(degrees_of_freedom(row[None])[0])
        return known[key]

    return lambda weights: np.array([of_one(row) for row in upright(np.atleast_2d(weights))])


def upright(weights: Floats) -> Floats:
    """Each row of weights, or its negative, so that the first weight that is not 0 is positive.

    >>> upright(np.array([[0.0, -1, 1], [1, -1, 0]])).tolist()
    [[0.0, 1.0, -1.0], [1.0, -1.0, 0.0]]
    """
    first = weights[np.arange(len(weights)), (weights != 0).argmax(axis=1), None]
    turned: Floats = np.where(first < 0, -weights, weights) + 0.0  # no −0, which is another key
    return turned
