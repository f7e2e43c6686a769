"""Whether and when each mouse progressed, by the declared rule."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Floats
from xenotrack.doubts import Doubt
from xenotrack.response.courses import Courses, at, courses_of, reaches, tumor_courses
from xenotrack.response.crossings import Crossings, find_crossings
from xenotrack.response.withdrawals import NO_TUMOUR_YET, progression_doubts
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.study import Study

EVENT_COLUMNS = ["mouse", "arm", "day_low", "day_high", "day", "event", "fate"]


@dataclass(frozen=True)
class ProgressionEvents:
    """Each mouse's time to progression, and the reasons to trust it less.

    ``mice`` has the columns ``mouse arm day_low day_high day event fate``, in the order of
    ``Study.mice``: an event lies in ``(day_low, day_high]``, from the last reading without to
    the first with; a censored mouse has ``day`` = ``day_low`` = its last reading that counts and
    no ``day_high``. Mice that cannot be judged are left out and named in a doubt.
    """

    mice: pd.DataFrame
    doubts: tuple[Doubt, ...] = field(default=())

    def to_frame(self) -> pd.DataFrame:
        return self.mice


@dataclass(frozen=True)
class Times:
    """Time to an event over all mice of a study, whether or not they can be judged.

    ``left``: the event is that the mouse left, before the rule was met.
    """

    low: Floats
    high: Floats
    day: Floats
    event: Bools
    unconfirmed: Bools
    left: Bools


def progression_events(study: Study) -> ProgressionEvents:
    """Time to progression of each mouse: the declared rule, or leaving for tumour size.

    Leaving for tumour size before the rule is met is progression on the day of leaving, unless
    ``size_cull = "censor"``. Every other mouse is censored at its last reading. At one visit
    progression goes before the size limit, and that before toxicity. With ``tumors = "each"`` a
    mouse progresses with the first of its tumours.
    """
    rules = study.design.rules.progression
    mice = _every_mouse(study, rules, _fates(rules))
    judged = mice.loc[mice["reason"] == "", EVENT_COLUMNS].reset_index(drop=True)
    return ProgressionEvents(judged, progression_doubts(study, mice))


def composite_mice(study: Study) -> pd.DataFrame:
    """Time to progression or leaving for toxicity, whichever came first, of each mouse.

    Censoring the mice that left for toxicity assumes that they would have fared like the rest;
    this outcome does not. The same mice and columns as ``progression_events``.
    """
    return progression_mice(study, study.design.rules.progression, composite=True)


def progression_mice(study: Study, rules: ProgressionRules, composite: bool) -> pd.DataFrame:
    """The mice of ``progression_events`` or ``composite_mice`` by any rules, without doubts."""
    mice = _every_mouse(study, rules, _fates(rules, composite))
    return mice.loc[mice["reason"] == "", EVENT_COLUMNS].reset_index(drop=True)


def _every_mouse(study: Study, rules: ProgressionRules, fates: tuple[str, ...]) -> pd.DataFrame:
    """Every mouse with its event, whether it is ``unconfirmed``, and the ``reason`` why it cannot
    be judged."""
    courses = courses_of(study).until(rules.follow_until)
    if study.design.rules.study.tumors == "each":
        times, reasons = _first_of_tumors(study, rules, fates)
    else:
        times, reasons = event_times(courses, rules, fates), why_not_evaluable(courses, rules)
    return courses.mice[["mouse", "arm", "fate"]].assign(
        day_low=times.low,
        day_high=times.high,
        day=times.day,
        event=times.event,
        unconfirmed=times.unconfirmed,
        left=times.left,
        reason=reasons,
    )


def _first_of_tumors(
    study: Study, rules: ProgressionRules, fates: tuple[str, ...]
) -> tuple[Times, list[str]]:
    """A mouse progresses with the first of its tumours that does, and is seen as long as all are.

    A tumour that cannot be judged is passed over, as long as another one can.
    """
    courses = tumor_courses(study).until(rules.follow_until)
    times, reasons = event_times(courses, rules, fates), why_not_evaluable(courses, rules)
    owner = pd.Index(study.mice["mouse"]).get_indexer(study.tumors["mouse"])
    judged = np.array([reason == "" for reason in reasons], dtype=bool)
    # The tumour that tells: one that can be judged, an event before none, the earliest of them.
    order = np.lexsort((times.low, times.day, ~times.event, ~judged, owner))
    tells = order[np.unique(owner[order], return_index=True)[1]]
    first = Times(
        times.low[tells],
        times.high[tells],
        times.day[tells],
        times.event[tells],
        times.unconfirmed[tells],
        times.left[tells],
    )
    return first, [reasons[tumor] for tumor in tells]


def tumor_progression(study: Study) -> pd.DataFrame:
    """``day event`` of each tumour in the order of ``Study.tumors``; empty where not judged."""
    rules = study.design.rules.progression
    courses = tumor_courses(study).until(rules.follow_until)
    times = event_times(courses, rules, _fates(rules))
    judged = np.array([reason == "" for reason in why_not_evaluable(courses, rules)], dtype=bool)
    event = pd.Series(times.event, dtype="boolean").where(judged)
    return pd.DataFrame({"day": times.day, "event": event})


def _fates(rules: ProgressionRules, composite: bool = False) -> tuple[str, ...]:
    """The fates that count as the event."""
    size = ("tumor_size",) if rules.size_cull == "event" else ()
    return (*size, "toxicity") if composite else size


def event_times(courses: Courses, rules: ProgressionRules, fates: tuple[str, ...]) -> Times:
    """Time to the rule's event, or to leaving by one of the fates that count as one.

    A mouse without a reading after day 0 is censored at day 0: it has no time at risk.
    """
    fate = courses.mice["fate"].to_numpy(dtype=object)
    crossings = find_crossings(courses, rules, fate == "tumor_size")
    crossed = crossings.position >= 0
    left_day = courses.mice["left_day"].to_numpy(dtype=float)
    left = np.isin(fate.astype(str), fates) & ~crossed & (left_day > 0)
    low = _last_day_without(courses, crossings, left_day, left)
    high = np.where(left, left_day, at(courses.day, crossings.position))
    day = np.where(crossed, crossings.day, np.where(left, left_day, low))
    return Times(low, high, day, crossed | left, crossings.unconfirmed, left)


def _last_day_without(
    courses: Courses, crossings: Crossings, left_day: Floats, left: Bools
) -> Floats:
    """The day of the last reading on which the mouse had not progressed, 0 without one.

    A mouse that left on the day of its last reading had an interval before that day: the
    reading before bounds it.
    """
    last = courses.last
    leaves_at_last = left & (at(courses.day, last) == left_day)
    back = crossings.unconfirmed.astype(int) + leaves_at_last
    # The unconfirmed last reading and the reading on the day of leaving are the same one.
    position = np.where(crossings.position >= 0, crossings.position - 1, last - np.minimum(back, 1))
    position = np.where(position >= courses.first, position, -1)
    return np.maximum(np.nan_to_num(at(courses.day, position), nan=0.0), 0)


def why_not_evaluable(courses: Courses, rules: ProgressionRules) -> list[str]:
    """Why each mouse cannot be judged by the rule, empty where it can.

    A fold or percent needs a measurable baseline, a nadir any baseline, an absolute volume a start
    below it.
    """
    if rules.rule == "absolute":
        above = reaches(at(courses.shrunk, courses.first), rules.threshold)
        reasons = [courses.first < 0, above]
        words = ["no reading", f"already at {rules.threshold:g} mm³ at the start"]
    else:
        reasons = [courses.mice["baseline_mm3"].isna().to_numpy()]
        words = ["no baseline reading"]
        if rules.fold is not None:
            reasons.append(np.isnan(courses.baseline))
            words.append(NO_TUMOUR_YET)
    return np.select(reasons, words, default="").tolist()
