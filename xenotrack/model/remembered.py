"""Degrees of freedom that are worked out once for each weighted sum.

One contrast is read at several levels, in several families and over the days of several claims.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xenotrack.arrays import Floats

DegreesOfFreedom = Callable[[Floats], Floats]


def remembered(degrees_of_freedom: DegreesOfFreedom) -> DegreesOfFreedom:
    """The same degrees of freedom of weights (m, c); those of a sum are those of its negative."""
    known: dict[bytes, float] = {}

    def looked_up(weights: Floats) -> Floats:
        rows = upright(np.atleast_2d(weights))
        keys = [row.tobytes() for row in rows]
        new = {key: place for place, key in enumerate(keys) if key not in known}
        if new:
            found = degrees_of_freedom(rows[list(new.values())])
            known.update(zip(new, found.tolist(), strict=True))
        return np.array([known[key] for key in keys])

    return looked_up


def upright(weights: Floats) -> Floats:
    """Each row of weights, or its negative, so that the first weight that is not 0 is positive.

    >>> upright(np.array([[0.0, -1, 1], [1, -1, 0]])).tolist()
    [[0.0, 1.0, -1.0], [1.0, -1.0, 0.0]]
    """
    first = np.take_along_axis(weights, (weights != 0).argmax(axis=1)[:, None], axis=1)
    turned: Floats = np.where(first < 0, -weights, weights) + 0.0  # no −0, which is another key
    return turned
