"""When a tumour's course first meets the rule of progression, as arrays over all mice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.errors import StudyError
from xenotrack.response.courses import Courses, at, first_true, reaches, running_minimum
from xenotrack.study.progression_rules import ProgressionRules


@dataclass(frozen=True)
class Crossings:
    """The first reading of each mouse that meets the rule.

    ``position`` is that reading, -1 where there is none; ``day`` the day of the event, NaN
    without one. ``unconfirmed`` marks the mice that met the rule at their last reading only,
    where the rule asks for a second one.
    """

    position: Counts
    day: Floats
    unconfirmed: Bools


def threshold_volume(courses: Courses, rules: ProgressionRules) -> Floats:
    """The volume in mm³ that means progression, at every reading.

    ``value · V₀``, ``value`` percent above V₀, ``value`` mm³, or of the smallest volume so far the
    larger of ``value ·`` it and ``rise`` above it.
    """
    value = rules.threshold
    if rules.rule in ("fold", "nadir") and value <= 1:
        raise StudyError(
            f"Progression cannot be a {rules.rule} of {value:g}: the baseline would meet it. "
            "Say by which factor the volume must have grown: 2 is a doubling, 1.2 is +20 %."
        )
    if rules.fold is not None:
        return rules.fold * courses.baseline[courses.owner]
    if rules.rule == "nadir":
        nadir = running_minimum(courses.volume, courses.owner)
        return np.maximum(value * nadir, nadir + rules.rise)
    return np.full(len(courses.day), value)


def find_crossings(courses: Courses, rules: ProgressionRules, left_for_size: Bools) -> Crossings:
    """The first (confirmed) reading after the start that meets the declared rule."""
    threshold = threshold_volume(courses, rules)
    return first_crossings(courses, threshold, left_for_size, rules.confirm, rules.interpolate)


def first_crossings(
    courses: Courses, threshold: Floats, left_for_size: Bools, confirm: bool, interpolate: str
) -> Crossings:
    """The first reading after the start with ``V ≥ threshold``, where asked for a confirmed one.

    With ``confirm`` the next reading must meet the rule as well; a crossing at the last reading
    is confirmed by leaving for tumour size, and by nothing else.
    """
    # What is measurable no more, or not yet, is never an event, wherever its limit was guessed.
    crossed = reaches(courses.volume, threshold) & courses.later & ~courses.below
    counts, unconfirmed = crossed, np.zeros(courses.n_mice, dtype=bool)
    if confirm:
        is_last = np.isin(np.arange(len(crossed)), courses.last)
        # A last reading has no next one of its own: np.roll would lend it the next mouse's.
        again = np.where(is_last, left_for_size[courses.owner], np.roll(crossed, -1))
        counts = crossed & again
    position = first_true(counts, courses.owner, courses.n_mice)
    if confirm:
        crossed_last = at(crossed.astype(float), courses.last) == 1
        unconfirmed = crossed_last & (position < 0)
    day = event_day(courses, position, threshold, interpolate)
    return Crossings(position, day, unconfirmed)


def event_day(courses: Courses, position: Counts, threshold: Floats, interpolate: str) -> Floats:
    """The day of the visit, or the day between two visits on which the threshold was crossed.

    Never before day 0, from which time to progression runs.
    """
    day = at(courses.day, position)
    if interpolate == "none":
        return day
    before = np.where(position >= 0, position - 1, -1)
    share = crossed_share(
        at(courses.volume, before),
        at(courses.volume, position),
        at(threshold, position),
        log=interpolate == "log",
    )
    if courses.guessed:
        # Of a reading below a guessed limit nobody knows how far below the threshold it was.
        share = np.where(at(courses.below.astype(float), before) == 1, 1.0, share)
    day_before = at(courses.day, before)
    return np.maximum(day_before + share * (day - day_before), 0)


def crossed_share(before: Floats, after: Floats, threshold: Floats, log: bool) -> Floats:
    """How far between two readings the threshold lies, 0 to 1, on the volume or its logarithm.

    >>> volumes = np.array([100.0]), np.array([400.0]), np.array([200.0])
    >>> crossed_share(*volumes, log=False).round(3).tolist()
    [0.333]
    >>> crossed_share(*volumes, log=True).round(3).tolist()
    [0.5]
    """
    if log:
        before, after, threshold = np.log(before), np.log(after), np.log(threshold)
    # Of two readings that stand at one limit the share is settled by whoever asks.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.minimum((threshold - before) / (after - before), 1.0)
