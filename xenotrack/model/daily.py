"""The same arms on several days, side by side, so that what is asked of all days is asked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import block_diag

from xenotrack.arrays import Floats
from xenotrack.model.estimates import ArmEstimates


@dataclass(frozen=True, eq=False)
class Daily:
    """Estimates of k ``arms`` on each of d days: those of the first day, then those of the next.

    ``methods`` has a text a day. A weighted sum is of one day.
    """

    estimates: ArmEstimates
    arms: tuple[str, ...]
    methods: tuple[str, ...]

    def weights(self, of_arms: Floats) -> Floats:
        """Weights (m, k) of the arms as weights on the estimates of each day, (d, m, d·k).

        >>> both = Daily(None, ("A", "B"), ("first day", "second day"))
        >>> both.weights(np.array([[1.0, -1.0]])).tolist()
        [[[1.0, -1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0, -1.0]]]
        """
        days = len(self.methods)
        each = np.einsum("de,mk->dmek", np.eye(days), of_arms)
        return each.reshape(days, len(of_arms), days * len(self.arms))

    def places(self, arm: str) -> np.ndarray:
        """Where an arm stands on each day, (d,)."""
        return np.arange(len(self.methods)) * len(self.arms) + self.arms.index(arm)


def one_day(estimates: ArmEstimates) -> Daily:
    """Estimates that are of one day, or of no day."""
    return Daily(estimates, estimates.arms, (estimates.method,))


def side_by_side(each: Sequence[ArmEstimates]) -> Daily:
    """Estimates of the same arms that were made for each day alone."""

    def degrees_of_freedom(weights: Floats) -> Floats:
        by_day = weights.reshape(len(weights), len(each), -1)
        df = np.full(len(weights), np.nan)
        for day, estimates in enumerate(each):
            rows = by_day[:, day].any(axis=1)
            if rows.any():
                df[rows] = estimates.degrees_of_freedom(by_day[rows, day])
        return df

    first = each[0]
    joined = replace(
        first,
        arms=first.arms * len(each),
        values=np.concatenate([own.values for own in each]),
        covariance=block_diag(*(own.covariance for own in each)),
        degrees_of_freedom=degrees_of_freedom,
        first_day=None,
        last_day=None,
        at_most=None if first.at_most is None else np.tile(first.at_most, len(each)),
    )
    return Daily(joined, first.arms, tuple(own.method for own in each))


def change_method(method: str, day: float) -> str:
    """How the change of ln volume to a day was estimated, in words."""
    return f"{method}; change from day 0 to day {day:g}"
