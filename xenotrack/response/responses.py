"""One row a mouse: everything it did, and what its arm did together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.response.auc import auc_rates
from xenotrack.response.best import best_responses, mrecist
from xenotrack.response.courses import Courses, courses_of, tumor_courses
from xenotrack.response.growth_rate import doubling_times, growth_rates
from xenotrack.response.pptp import PptpClasses, pptp_classes
from xenotrack.response.progression import progression_events, tumor_progression
from xenotrack.response.regrowth import regrowth_from_nadir
from xenotrack.response.tolerability import weight_nadirs
from xenotrack.response.withdrawals import count_mice, name_mice
from xenotrack.study.design import Design
from xenotrack.study.study import Study

RESPONSE_COLUMNS = (
    "mouse",
    "tumor",
    "arm",
    "baseline_mm3",
    "last_day",
    "fate",
    "best_response_percent",
    "best_response_day",
    "best_average_response_percent",
    "mrecist",
    "pptp",
    "auc_rate",
    "growth_rate",
    "doubling_time_days",
    "progression_day",
    "progressed",
    "regrowth_day",
    "regrew",
    "weight_nadir_percent",
)


@dataclass(frozen=True)
class MouseResponses:
    """What each mouse did, a row a mouse with the columns of ``RESPONSE_COLUMNS``.

    ``tumors`` has the rows of each tumour of the mice that bear several, where they were asked for.
    """

    mice: pd.DataFrame
    doubts: tuple[Doubt, ...] = ()
    tumors: pd.DataFrame | None = None

    def to_frame(self) -> pd.DataFrame:
        """A row a mouse, and below it one for each of its tumours where they were asked for."""
        if self.tumors is None or self.tumors.empty:
            return self.mice
        place = {mouse: position for position, mouse in enumerate(self.mice["mouse"])}
        both = pd.concat([self.mice, self.tumors.dropna(axis="columns", how="all")])
        order = both["mouse"].map(place).argsort(kind="stable")
        return both.iloc[order].reset_index(drop=True)


def mouse_responses(study: Study) -> MouseResponses:
    """Best response, categories, rates, progression and weight of each mouse.

    In the order of ``Study.mice``. A mouse is what ``[study] tumors`` makes of its tumours, so
    ``tumor`` is empty; ``progressed`` is empty for a mouse that cannot be judged.
    """
    courses = courses_of(study)
    pptp = pptp_classes(courses, study.design)
    events = progression_events(study)
    progression = courses.mice[["mouse"]].merge(
        events.mice[["mouse", "day", "event"]], on="mouse", how="left"
    )
    nadirs = weight_nadirs(study)["weight_nadir_percent"].to_numpy(dtype=float)
    mice = _described(courses, study.design, progression, pptp).assign(
        tumor=None, weight_nadir_percent=nadirs
    )[list(RESPONSE_COLUMNS)]
    mice.loc[mice["mouse"].isin(study.never_took), ["growth_rate", "doubling_time_days"]] = np.nan
    doubts = merge_doubts(events.doubts, _doubts(study, courses, mice), _pptp_doubts(mice, pptp))
    each = study.design.rules.study.tumors == "each"
    return MouseResponses(mice, doubts, tumor_responses(study) if each else None)


def tumor_responses(study: Study) -> pd.DataFrame:
    """The same of each tumour of the mice that bear several; weights are the mouse's alone."""
    courses, tumors = tumor_courses(study), study.tumors
    pptp = pptp_classes(courses, study.design)
    rows = _described(courses, study.design, tumor_progression(study), pptp).assign(
        mouse=tumors["mouse"], tumor=tumors["tumor"], weight_nadir_percent=np.nan
    )
    read = courses.mice["n_readings"].to_numpy() > 0
    several = tumors[read].groupby("mouse")["name"].transform("size").gt(1)
    return rows[list(RESPONSE_COLUMNS)][read][several].reset_index(drop=True)


def _described(
    courses: Courses, design: Design, progression: pd.DataFrame, pptp: PptpClasses
) -> pd.DataFrame:
    """The columns that rest on a course, with the ``day`` and ``event`` of its progression."""
    rules = design.rules
    best = best_responses(courses, rules.response)
    rate = growth_rates(courses, rules.growth)
    progressed = progression["event"].astype("boolean")
    regrowth = regrowth_from_nadir(courses, rules.progression)
    did_progress = progressed.fillna(False).to_numpy(dtype=bool)
    worsened = did_progress | (courses.mice["fate"] == "tumor_size").to_numpy(dtype=bool)
    return courses.mice.assign(
        best_response_percent=best.response,
        best_response_day=best.day,
        best_average_response_percent=best.average,
        mrecist=mrecist(best, worsened, rules.response).astype(object),
        pptp=pd.Series(pptp.category, dtype=object).replace("", None),
        auc_rate=auc_rates(courses),
        growth_rate=rate,
        doubling_time_days=doubling_times(rate),
        progression_day=progression["day"].where(did_progress).to_numpy(dtype=float),
        progressed=progressed.array,
        regrowth_day=np.where(regrowth.event, regrowth.day, np.nan),
        regrew=regrowth.event,
    )


def _doubts(study: Study, courses: Courses, mice: pd.DataFrame) -> Iterator[Doubt]:
    unmeasured = mice.loc[np.isnan(courses.baseline), "mouse"]
    if len(unmeasured):
        yield Doubt(
            "no-relative-endpoints",
            (),
            "response",
            f"{count_mice(len(unmeasured))} had no measurable baseline, so nothing is relative "
            f"to it: {name_mice(unmeasured)}.",
        )
    unseen = mice.loc[(mice["mrecist"] == "NE") & ~np.isnan(courses.baseline), "mouse"]
    if len(unseen):
        min_day = study.design.rules.response.min_day
        yield Doubt(
            "response-not-evaluable",
            (),
            "response",
            f"{count_mice(len(unseen))} had no reading on day {min_day:g} or later and did not "
            f"progress; NE stays in the denominator: {name_mice(unseen)}.",
        )


def _pptp_doubts(mice: pd.DataFrame, pptp: PptpClasses) -> Iterator[Doubt]:
    small = mice.loc[pptp.too_small, "mouse"]
    if len(small):
        yield Doubt(
            "pptp-small-baseline",
            (),
            "response",
            f"{count_mice(len(small))} had less than 100 mm³ at baseline, where a PPTP class "
            f"means nothing: {name_mice(small)}.",
        )
    if (mice["pptp"] == "PD").any():
        yield Doubt(
            "pptp-unsplit",
            (),
            "response",
            "PD is not split into PD1 and PD2: the study has no control whose median time to "
            "four times baseline was reached.",
        )
