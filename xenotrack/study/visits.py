"""Readings a day or two apart that are one visit."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Floats


def visit_days(days: Floats, window: float) -> Floats:
    """The visit of each day: the day on which most of its readings were made, else the earliest.

    Days up to ``window`` after the first of a visit belong to it.

    >>> visit_days(np.array([0.0, 4, 5, 5, 8, 10]), 1).tolist()
    [0.0, 5.0, 5.0, 5.0, 8.0, 10.0]
    >>> visit_days(np.array([0.0, 1, 2, 3]), 0).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    known, codes, counts = np.unique(days, return_inverse=True, return_counts=True)
    visit = np.empty(len(known))
    first = 0
    for place, day in enumerate(known):
        if day - known[first] > window:
            first = place
        own = slice(first, place + 1)
        visit[own] = known[own][np.argmax(counts[own])]
    return visit[codes]
