"""Response classes of the Pediatric Preclinical Testing Program, with every class reachable."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.response.courses import Courses, at, lowest, reaches
from xenotrack.response.crossings import find_crossings
from xenotrack.response.median import median_time
from xenotrack.response.progression import event_times
from xenotrack.study.design import Design
from xenotrack.study.progression_rules import ProgressionRules

EVENT_FOLD = 4.0
MEASURABLE_MM3 = 100.0
# A progressive tumour is PD2 where its event comes later than this many control medians.
DELAYED = 1.5


@dataclass(frozen=True)
class PptpClasses:
    """Each mouse's class, empty where it has none; ``control_median_days`` is NaN if not reached.

    ``too_small`` marks the mice whose tumour was below 100 mm³ at baseline, where CR and MCR
    would hold from the start.
    """

    category: NDArray[np.str_]
    too_small: Bools
    control_median_days: float


def pptp_classes(courses: Courses, design: Design) -> PptpClasses:
    """The class of each mouse, judged until its first reading of four times baseline.

    The event is ``4 · V₀`` with the interpolation and size-cull rule of the study's progression.
    """
    rules = msgspec.structs.replace(
        design.rules.progression, rule="fold", value=EVENT_FOLD, confirm=False
    )
    fates = ("tumor_size",) if rules.size_cull == "event" else ()
    times = event_times(courses, rules, fates)
    is_control = (courses.mice["arm"] == design.control).to_numpy(dtype=bool)
    control = is_control & ~np.isnan(courses.baseline)
    median = median_time(times.day[control], times.event[control])
    smallest, end = _smallest_and_end(courses, rules)
    category = pptp_category(courses.baseline, smallest, end, times.day, median)
    category = np.where(courses.vanished & (category != ""), "MCR", category)
    too_small = ~reaches(courses.baseline, MEASURABLE_MM3) & ~np.isnan(courses.baseline)
    if not design.readout.in_mm:  # its classes are of volumes around 100 mm³
        return PptpClasses(np.full_like(category, ""), np.zeros_like(too_small), median)
    return PptpClasses(np.where(np.isnan(smallest), "", category), too_small, median)


def _smallest_and_end(courses: Courses, rules: ProgressionRules) -> tuple[Floats, Floats]:
    nobody = np.zeros(courses.n_mice, dtype=bool)
    event: Counts = find_crossings(courses, rules, nobody).position
    end = np.where(event >= 0, event, courses.last)
    until_end = courses.later & (np.arange(len(courses.owner)) <= end[courses.owner])
    volume = courses.shrunk
    smallest = lowest(volume, until_end, courses.owner, courses.n_mice)
    return at(volume, smallest), at(volume, end)


def pptp_category(
    baseline: Floats, smallest: Floats, end: Floats, event_day: Floats, control_median: float
) -> NDArray[np.str_]:
    """The class of the smallest and the last volume (mm³), empty for a baseline below 100 mm³.

    With at least 50 % regression at some time: MCR if below 100 mm³ at the end, CR if below
    100 mm³ at some time, else PR. Without: PD for more than 25 % growth at the end, split where
    the control's median is known into PD1 (event within 1.5 control medians) and PD2; else SD.

    >>> volumes = np.array([[200.0, 60, 90], [200, 60, 300], [200, 100, 300], [200, 150, 250]])
    >>> pptp_category(*volumes.T, np.array([50.0] * 4), 20.0).tolist()
    ['MCR', 'CR', 'PR', 'SD']
    >>> growing = np.array([200.0, 200]), np.array([190.0, 190]), np.array([800.0, 800])
    >>> pptp_category(*growing, np.array([30.0, 31.0]), 20.0).tolist()
    ['PD1', 'PD2']
    """
    regressed = reaches(baseline / 2, smallest)
    vanished = regressed & ~reaches(smallest, MEASURABLE_MM3)
    grew = ~reaches(1.25 * baseline, end)
    late = ~reaches(DELAYED * control_median, event_day)
    return np.select(
        [
            ~reaches(baseline, MEASURABLE_MM3),
            vanished & ~reaches(end, MEASURABLE_MM3),
            vanished,
            regressed,
            grew & np.isnan(control_median),
            grew & late,
            grew,
        ],
        ["", "MCR", "CR", "PR", "PD", "PD2", "PD1"],
        default="SD",
    )
