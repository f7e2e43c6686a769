"""How many mice of each arm are at risk, progress and are censored on each day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Bools, Counts, Floats


@dataclass(frozen=True)
class RiskSets:
    """Counts by distinct day (rows) and arm (columns).

    ``days`` (m,) ascend; a mouse is at risk on its own last day, so that a mouse censored on the
    day of an event still counts among those who could have had it.
    """

    days: Floats
    at_risk: Counts
    events: Counts
    censored: Counts


def count_risk_sets(days: Floats, events: Bools, arm: Counts, n_arms: int) -> RiskSets:
    """The risk sets of mice that leave on ``days`` (n,), by event or censored.

    Interpolated days are real numbers; only exactly equal ones are tied.

    >>> count_risk_sets(np.array([3.0, 3, 7]), np.array([True, False, True]), np.zeros(3, int), 1
    ...                 ).at_risk.ravel().tolist()
    [3, 1]
    """
    distinct, row = np.unique(np.asarray(days, float), return_inverse=True)
    shape = (distinct.size, n_arms)
    cell = row * n_arms + np.asarray(arm, int)
    left = np.bincount(cell, minlength=distinct.size * n_arms).reshape(shape)
    had = np.asarray(events, bool)
    progressed = np.bincount(cell[had], minlength=distinct.size * n_arms).reshape(shape)
    at_risk = left[::-1].cumsum(axis=0)[::-1]
    return RiskSets(distinct, at_risk, progressed, left - progressed)
