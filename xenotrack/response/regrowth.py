"""Regrowth from the nadir: a tumour that was held, and came back beyond what readings can err.

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
SMALLEST_MM3 = 1e-3  # what counts as no volume at all
# Of the difference of two readings. Of arms of eight flat tumours of 60 to 220 mm³, read twice a
# week for six weeks, 1 % then show regrowth; with three errors of one reading it would be 13 %. Of
# mice that grew all along 0 to 3 % came back, where any fall below baseline counts 6 to 44 %.
ERRORS = 3.0
SHORTEST_FALL = 1e-3  # days, where a baseline was read twice
FEWEST_READINGS = 30  # between two others of their mouse, that tell how much readings scatter
NORMAL_MEDIAN = 0.6745  # the median of |z|
LARGEST_LOG = 100.0  # of a fold: no tumour grows by so much


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
    width = np.cbrt(2 * np.maximum(volume, SMALLEST_MM3) / ASPECT)
    return CALIPER_SD_MM / width * np.sqrt(4 + 1 / ASPECT**2)


def scatter(courses: Courses) -> float:
    """The standard deviation of ln volume of one reading, by the study's own readings.

    By how far each lies from the line between its neighbours: the median over all that are
    measurable, as few lie where growth bends. 0 of fewer than ``FEWEST_READINGS`` of them.
    """
    inner = np.flatnonzero(courses.owner[2:] == courses.owner[:-2]) + 1
    around = np.array([inner - 1, inner, inner + 1])
    before, day, after = courses.day[around]
    known = ~courses.below[around].any(axis=0) & (before < day) & (day < after)
    if np.count_nonzero(known) < FEWEST_READINGS:
        return 0.0
    share = ((after - day) / np.maximum(after - before, SHORTEST_FALL))[known]
    low, own, high = _log(courses.volume[around[:, known]])
    apart = own - share * low - (1 - share) * high
    spread = np.sqrt(1 + share**2 + (1 - share) ** 2)
    return float(np.median(np.abs(apart / spread)) / NORMAL_MEDIAN)


def regrowth_threshold(courses: Courses) -> Floats:
    """The volume that means regrowth, at every reading: infinite before a fall below baseline.

    A reading below the limit stands at the limit, and so is neither an event nor a nadir below it.
    """
    nadir = running_minimum(courses.volume, courses.owner)
    calipers = caliper_error(nadir) if courses.in_mm else np.zeros_like(nadir)
    beyond = ERRORS * np.sqrt(2) * np.maximum(calipers, scatter(courses))
    fold = np.maximum(USUAL_VALUE["nadir"], np.exp(beyond))
    start = at(courses.volume, courses.first)[courses.owner]
    rise = _faster_than_before(courses, nadir, beyond - _log(start) + _log(nadir))
    return np.where(nadir < start, nadir * np.maximum(fold, rise), np.inf)


def _log(volume: Floats) -> Floats:
    return np.log(np.maximum(volume, SMALLEST_MM3))


def _faster_than_before(courses: Courses, nadir: Floats, held: Floats) -> Floats:
    """The fold of the nadir from which on a tumour has come back, and not grown all along.

    A first reading that was too large is followed by smaller ones of a tumour that only grew. With
    the rate since its nadir from the first day on, a tumour that came back would have stood higher
    on the day of its nadir, by ``held`` (of ln volume) more than by which it fell.
    """
    lowest = np.where(courses.volume <= nadir, courses.day, -np.inf)
    nadir_day = np.asarray(pd.Series(lowest).groupby(courses.owner).cummax(), dtype=float)
    until_nadir = nadir_day - at(courses.day, courses.first)[courses.owner]
    since = (courses.day - nadir_day) / np.maximum(until_nadir, SHORTEST_FALL)
    return np.exp(np.minimum(np.maximum(held, 0.0) * since, LARGEST_LOG))


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
