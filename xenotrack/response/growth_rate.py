"""Each mouse's own growth rate, without a model of its arm."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.response.courses import Courses
from xenotrack.study.rules import GrowthRules


def growth_rates(courses: Courses, rules: GrowthRules) -> Floats:
    """The least-squares slope of ln volume on day for each mouse, per day.

    Over the days that the growth model uses; NaN with readings on fewer than two days.
    """
    from_day = -np.inf if rules.from_day is None else rules.from_day
    until_day = np.inf if rules.until_day is None else rules.until_day
    used = (courses.day >= from_day) & (courses.day <= until_day)
    return slopes(
        courses.day[used], np.log(courses.volume[used]), courses.owner[used], courses.n_mice
    )


def slopes(x: Floats, y: Floats, owner: np.ndarray, n_mice: int) -> Floats:
    """Each mouse's ``Σ (x − x̄)(y − ȳ) / Σ (x − x̄)²``.

    >>> slopes(np.array([0.0, 1, 2]), np.array([1.0, 3, 5]), np.array([0, 0, 0]), 2).tolist()
    [2.0, nan]
    """

    def total(values: Floats) -> Floats:
        return np.bincount(owner, weights=values, minlength=n_mice).astype(float)

    n = np.maximum(np.bincount(owner, minlength=n_mice), 1)
    x = x - (total(x) / n)[owner]
    y = y - (total(y) / n)[owner]
    spread = total(x**2)
    return total(x * y) / np.where(spread > 0, spread, np.nan)


def doubling_times(rate: Floats) -> Floats:
    """Days in which the volume doubles, ``ln 2 / rate``; NaN for a tumour that does not grow.

    >>> doubling_times(np.array([0.05, -0.01])).round(2).tolist()
    [13.86, nan]
    """
    return np.log(2) / np.where(rate > 0, rate, np.nan)
