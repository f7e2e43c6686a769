"""Regrowth from the nadir: a tumour that shrank, and came back beyond what calipers can err.

A tumour that fell to a tenth and came back has escaped long before it doubles its baseline, so this
is computed beside every declared rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Floats
from xenotrack.response.courses import Courses, at, courses_of, running_minimum
from xenotrack.response.crossings import first_crossings
from xenotrack.study.progression_rules import USUAL_VALUE, ProgressionRules
from xenotrack.study.study import Study

# Of one diameter: with it, readings of PDX scatter by .09 (300 mm³) to .18 (30 mm³) in ln volume.
CALIPER_SD_MM = 0.3
ASPECT = 1.25  # length over width of a usual tumour
# Of the difference of two readings. Of arms of eight flat tumours of 60 to 220 mm³, read twice a
# week for six weeks, 1 % then show regrowth; with three errors of one reading it would be 13 %.
ERRORS = 3.0


@dataclass(frozen=True)
class Regrowth:
    """Of each mouse: whether it regrew, and when; ``day`` is its last reading's where it did not.

    ``low`` and ``high`` are the days of the readings between which it crossed; NaN without.
    """

    event: Bools
    day: Floats
    low: Floats
    high: Floats


def caliper_error(volume: Floats) -> Floats:
    """Standard deviation of ln volume, ``½ · length · width²``, of one reading of calipers.

    >>> caliper_error(np.array([30.0, 300.0])).round(3).tolist()
    [0.178, 0.083]
    """
    width = np.cbrt(2 * np.maximum(volume, 1e-3) / ASPECT)
    return CALIPER_SD_MM / width * np.sqrt(4 + 1 / ASPECT**2)


def regrowth_threshold(courses: Courses) -> Floats:
    """The volume that means regrowth, at every reading: infinite before a fall below baseline.

    A reading below the limit stands at the limit, and so is neither an event nor a nadir below it.
    """
    nadir = running_minimum(courses.volume, courses.owner)
    error = caliper_error(nadir) if courses.in_mm else np.zeros_like(nadir)
    fold = np.maximum(USUAL_VALUE["nadir"], np.exp(ERRORS * np.sqrt(2) * error))
    start = at(courses.volume, courses.first)[courses.owner]
    return np.where(nadir < start, fold * nadir, np.inf)


def regrowth_from_nadir(courses: Courses, rules: ProgressionRules) -> Regrowth:
    """The first reading above the threshold that the next one, or leaving for size, confirms."""
    left_for_size = (courses.mice["fate"] == "tumor_size").to_numpy(dtype=bool)
    threshold = regrowth_threshold(courses)
    crossings = first_crossings(courses, threshold, left_for_size, True, rules.interpolate)
    event = crossings.position >= 0
    last = np.maximum(np.nan_to_num(at(courses.day, courses.last), nan=0.0), 0)
    before = np.where(event, crossings.position - 1, courses.last)
    return Regrowth(
        event,
        np.where(event, crossings.day, last),
        np.maximum(np.nan_to_num(at(courses.day, before), nan=0.0), 0),
        np.where(event, at(courses.day, crossings.position), np.nan),
    )


def regrowth_times(study: Study, rules: ProgressionRules | None = None) -> pd.DataFrame:
    """``mouse arm fate day_low day_high day event`` of regrowth, for each mouse with a reading.

    By the study's rules, or others.
    """
    rules = rules or study.design.rules.progression
    courses = courses_of(study).until(rules.follow_until)
    times = regrowth_from_nadir(courses, rules)
    mice = courses.mice[["mouse", "arm", "fate"]].assign(
        day_low=times.low, day_high=times.high, day=times.day, event=times.event
    )
    return mice[courses.last >= 0].reset_index(drop=True)
