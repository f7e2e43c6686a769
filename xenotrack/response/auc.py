"""The area under a tumour's log curve, as a growth rate."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.response.courses import Courses, at


def auc_rates(courses: Courses) -> Floats:
    """Each mouse's ``2/T² · ∫₀ᵀ ln(V/V₀) dt`` per day, by trapezoids, T from the baseline day.

    Equals the growth rate of a tumour that grows exponentially; NaN without a measurable baseline
    or a later reading.
    """
    log_ratio = np.log(courses.volume / courses.baseline[courses.owner])
    same_mouse = courses.owner[1:] == courses.owner[:-1]
    area = np.diff(courses.day) * (log_ratio[1:] + log_ratio[:-1]) / 2
    total = np.bincount(
        courses.owner[1:][same_mouse], weights=area[same_mouse], minlength=courses.n_mice
    )
    length = at(courses.day, courses.last) - at(courses.day, courses.first)
    return np.where(length > 0, 2 * total / np.where(length > 0, length, np.nan) ** 2, np.nan)
