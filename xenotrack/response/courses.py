"""The course of every mouse: its readings from its start on, side by side for whole-study sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.study.study import Study

# A volume written as 1.1 cm³ becomes 1100.0000000000002 mm³: without a margin, whether a tumour
# has exactly doubled would depend on the unit of the sheet.
MARGIN = 1e-9


@dataclass(frozen=True)
class Courses:
    """The readings that count for each mouse, as flat arrays sorted by mouse and day.

    A course starts at the mouse's baseline reading or, without one, at its first reading after
    day 0; earlier readings are left out. ``mice`` is ``Study.mice``, and ``owner`` the row of it
    to which a reading belongs. A mouse may have no reading at all. What lies ``below`` the limit
    stands at it; a ``guessed`` limit is compared with no threshold. Volumes are ``in_mm``³, another
    readout has no calipers' error.
    """

    mice: pd.DataFrame
    owner: Counts
    day: Floats
    volume: Floats
    below: Bools
    guessed: bool = False
    in_mm: bool = True

    @property
    def shrunk(self) -> Floats:
        """The volumes as shares of a baseline: what is measurable no more is gone, 0 mm³."""
        return np.where(self.below, 0.0, self.volume)

    @cached_property
    def vanished(self) -> Bools:
        """The mice whose last two readings, and none after, are measurable no more."""
        last = self.last
        before = np.where(last > self.first, last - 1, -1)
        below = self.below.astype(float)
        return (at(below, last) == 1) & (at(below, before) == 1)

    def until(self, day: float | None) -> Courses:
        """The courses as they were on a day: what was read and who left after it is not known."""
        if day is None:
            return self
        seen = self.day <= day
        left = self.mice["left_day"] > day
        mice = self.mice.assign(
            fate=self.mice["fate"].mask(left, "end_of_study"),
            left_day=self.mice["left_day"].mask(left),
        )
        rows = {name: getattr(self, name)[seen] for name in ("owner", "day", "volume", "below")}
        return replace(self, mice=mice, **rows)

    @property
    def n_mice(self) -> int:
        return len(self.mice)

    @cached_property
    def n_readings(self) -> Counts:
        return np.bincount(self.owner, minlength=self.n_mice)

    @cached_property
    def last(self) -> Counts:
        """The position of each mouse's last reading, -1 where it has none."""
        return np.where(self.n_readings > 0, np.cumsum(self.n_readings) - 1, -1)

    @cached_property
    def first(self) -> Counts:
        """The position of each mouse's first reading, -1 where it has none."""
        return np.where(self.n_readings > 0, np.cumsum(self.n_readings) - self.n_readings, -1)

    @cached_property
    def later(self) -> Bools:
        """The readings after the start, all of them after day 0: a baseline is no response."""
        return np.arange(len(self.owner)) > self.first[self.owner]

    @cached_property
    def baseline(self) -> Floats:
        """Each mouse's baseline in mm³, NaN where nothing can be relative to it.

        A tumour too small to measure at baseline cannot be seen to double or to halve.
        """
        baseline = self.mice["baseline_mm3"].to_numpy(dtype=float)
        below = self.mice["baseline_below_limit"].to_numpy(dtype=bool)
        return np.where(below | ~(baseline > 0), np.nan, baseline)


def courses_of(study: Study) -> Courses:
    """The courses of a study's mice, a reading below the limit at the limit."""
    guessed = study.design.rules.volume.limit_mm3 is None
    in_mm = study.design.readout.in_mm
    return replace(_courses(study.mice, study.readings), guessed=guessed, in_mm=in_mm)


def measured_courses(study: Study) -> Courses:
    """The courses of the mice whose tumour took, as measured: a tumour that is gone is 0 mm³."""
    # The visit of a baseline may lie before it.
    window = study.design.rules.study.visit_window_days
    return _courses(study.mice, study.at_visits(study.of_takers(study.measured)), window)


def _courses(mice: pd.DataFrame, readings: pd.DataFrame, window: float = 0.0) -> Courses:
    owner = pd.Index(mice["mouse"]).get_indexer(readings["mouse"])
    day = readings["day"].to_numpy(dtype=float)
    baseline_day = mice["baseline_day"].to_numpy(dtype=float)[owner]
    counts = np.where(np.isnan(baseline_day), day > 0, day >= baseline_day - window)
    order = np.lexsort((day, owner))
    order = order[counts[order]]
    volume = readings["volume_mm3"].to_numpy(dtype=float)
    below = readings["below_limit"].to_numpy(dtype=bool)
    return Courses(mice, owner[order].astype(np.int64), day[order], volume[order], below[order])


def tumor_courses(study: Study) -> Courses:
    """The courses of a study's tumours, in the order of ``Study.tumors``.

    Each leaves with its mouse: ``mice`` has the fate and the day of leaving of the mouse.
    """
    courses = courses_of(study.by_tumor)
    mice = study.mice.set_index("mouse").loc[study.tumors["mouse"]]
    left = {name: mice[name].to_numpy() for name in ("fate", "left_day")}
    return replace(courses, mice=courses.mice.assign(**left))


def reaches(volume: Floats | float, threshold: Floats | float) -> Bools:
    """Whether a volume is at least the threshold, up to the rounding of its unit.

    >>> reaches(np.array([199.0, 200.0]), 200.0000000001).tolist()
    [False, True]
    """
    return np.asarray(np.asarray(volume) >= np.asarray(threshold) * (1 - MARGIN))


def at(values: Floats, position: Counts) -> Floats:
    """The values at these positions, NaN where the position is -1.

    >>> at(np.array([5.0, 6.0]), np.array([1, -1])).tolist()
    [6.0, nan]
    """
    taken = np.full(len(position), np.nan)
    is_read = position >= 0
    taken[is_read] = values[position[is_read]]
    return taken


def first_true(holds: Bools, owner: Counts, n_mice: int) -> Counts:
    """The position of each mouse's first reading for which something holds, else -1.

    >>> first_true(np.array([False, True, True, False]), np.array([0, 0, 0, 1]), 2).tolist()
    [1, -1]
    """
    positions = np.flatnonzero(holds)
    mice, earliest = np.unique(owner[positions], return_index=True)
    first = np.full(n_mice, -1, dtype=np.int64)
    first[mice] = positions[earliest]
    return first


def lowest(values: Floats, counts: Bools, owner: Counts, n_mice: int) -> Counts:
    """The position of each mouse's lowest value (its first one) among those that count, else -1.

    >>> values = np.array([3.0, 1.0, 1.0, 2.0])
    >>> lowest(values, values < 3, np.array([0, 0, 0, 0]), 2).tolist()
    [1, -1]
    """
    positions = np.flatnonzero(counts & ~np.isnan(values))
    places = np.full(n_mice, -1, dtype=np.int64)
    order = positions[np.lexsort((positions, values[positions], owner[positions]))]
    mice, smallest = np.unique(owner[order], return_index=True)
    places[mice] = order[smallest]
    return places


def running_minimum(values: Floats, owner: Counts) -> Floats:
    """The lowest value of each mouse so far.

    >>> running_minimum(np.array([3.0, 1.0, 2.0, 9.0]), np.array([0, 0, 0, 1])).tolist()
    [3.0, 1.0, 1.0, 9.0]
    """
    return np.asarray(pd.Series(values).groupby(owner).cummin(), dtype=float)


def running_mean(values: Floats, owner: Counts) -> Floats:
    """The mean of each mouse's values so far.

    >>> running_mean(np.array([0.0, 10.0, 2.0, 9.0]), np.array([0, 0, 0, 1])).tolist()
    [0.0, 5.0, 4.0, 9.0]
    """
    by_mouse = pd.Series(values).groupby(owner)
    return np.asarray(by_mouse.cumsum() / (by_mouse.cumcount() + 1), dtype=float)
