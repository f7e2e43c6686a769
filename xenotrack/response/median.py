"""The median time to an event by the product-limit estimator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# R's survfit takes survival within this of one half for one half.
HALF = float(np.sqrt(np.finfo(float).eps))


def median_time(time: NDArray[np.float64], event: NDArray[np.bool_]) -> float:
    """The day on which half the mice have had the event (Kaplan and Meier), NaN if never.

    Where survival is one half on an interval the median is the interval's midpoint, as in R.

    >>> median_time(np.array([5.0, 8.0, 12.0]), np.array([True, True, False]))
    8.0
    >>> median_time(np.array([5.0, 8.0, 12.0, 20.0]), np.array([True, True, True, True]))
    10.0
    """
    days, events = np.unique(time[event], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), days, side="left")
    survival = np.cumprod(1 - events / at_risk)
    reached = np.flatnonzero(survival < 0.5 + HALF)
    if not len(reached):
        return float("nan")
    first = reached[0]
    if abs(survival[first] - 0.5) < HALF and first + 1 < len(days):
        return float((days[first] + days[first + 1]) / 2)
    return float(days[first])
