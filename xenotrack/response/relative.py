"""Tumour volume relative to the mouse's own baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.response.courses import Courses, courses_of
from xenotrack.study.study import Study


def ratio_to_baseline(volume: Floats, baseline: Floats) -> Floats:
    """Relative tumour volume, ``V / V₀``.

    >>> ratio_to_baseline(np.array([300.0]), np.array([200.0])).tolist()
    [1.5]
    """
    return np.asarray(volume / baseline)


def percent_change(volume: Floats, baseline: Floats) -> Floats:
    """Change from baseline in percent, ``100 · (V − V₀) / V₀``.

    >>> percent_change(np.array([300.0, 50.0]), np.array([200.0, 200.0])).tolist()
    [50.0, -75.0]
    """
    return 100 * (ratio_to_baseline(volume, baseline) - 1)


def course_change(courses: Courses) -> Floats:
    """Percent change from baseline at every reading of every mouse."""
    return percent_change(courses.shrunk, courses.baseline[courses.owner])


def relative_readings(study: Study) -> pd.DataFrame:
    """Every reading from the baseline on: ``mouse arm day volume_mm3 ratio change_percent``.

    Mice without a measurable baseline are left out.
    """
    courses = courses_of(study)
    mice = courses.mice[["mouse", "arm"]].take(courses.owner).reset_index(drop=True)
    rows = mice.assign(
        day=courses.day,
        volume_mm3=courses.volume,
        ratio=ratio_to_baseline(courses.volume, courses.baseline[courses.owner]),
        change_percent=course_change(courses),
    )
    return rows[rows["ratio"].notna()].reset_index(drop=True)
