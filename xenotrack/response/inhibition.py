"""Tumour growth inhibition of each arm at one day, by each formula that goes by that name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Floats
from xenotrack.doubts import Doubt
from xenotrack.response.courses import Courses, at, courses_of
from xenotrack.response.ratios import (
    Ratio,
    fieller_ratio,
    log_ratio,
    mean_of,
    paired_ratio,
    unknown,
)
from xenotrack.study.study import Study

SAME_DAY = 1e-9


@dataclass(frozen=True)
class GroupIndex:
    """One index of one arm against the control, at one day.

    ``formula`` is printed with it: names such as TGI mean several things. ``found`` is in percent,
    days or powers of ten as the formula says, NaN where there is none, and its method says why.
    """

    index: str
    formula: str
    arm: str
    control: str
    day: float
    n_arm: int
    n_control: int
    found: Ratio


@dataclass(frozen=True)
class IndexDay:
    """The visit day at which arms are held against the control; NaN where there is none."""

    day: float
    doubts: tuple[Doubt, ...]


def choose_day(study: Study, asked: float | None = None) -> IndexDay:
    """The last visit on which every control mouse is measured, or the visit nearest to ``asked``.

    Where the controls have no visit in common, the last day up to which all of them are followed
    and on which most are measured.
    """
    courses = courses_of(study)
    control = (courses.mice["arm"] == study.design.require_control()).to_numpy()
    seen = control & (courses.n_readings > 0)
    days, counts = np.unique(courses.day[seen[courses.owner]], return_counts=True)
    days, counts = days[days > 0], counts[days > 0]
    if not len(days):
        return IndexDay(np.nan, (_no_day("The control has no reading after day 0"),))
    last = at(courses.day, courses.last)
    if asked is not None:
        day = float(days[np.argmin(np.abs(days - asked))])
        return IndexDay(day, (*_moved(asked, day), *_lost(study, last, day)))
    possible = (counts == seen.sum()) if (counts == seen.sum()).any() else days <= last[seen].min()
    if not possible.any():
        return IndexDay(np.nan, (_no_day("A control mouse left before the first visit"),))
    most = possible & (counts == counts[possible].max())
    day = float(days[most].max())
    return IndexDay(day, (*_early(day, last[seen]), *_lost(study, last, day)))


def _no_day(reason: str) -> Doubt:
    return Doubt(
        "no-index-day",
        (),
        "indices",
        f"{reason}, so no day has all of them for indices such as TGI; name one with --day.",
    )


def _moved(asked: float, day: float) -> Iterator[Doubt]:
    if abs(asked - day) > SAME_DAY:
        text = f"The control was not measured on day {asked:g}: indices are of day {day:g}."
        yield Doubt("index-day-moved", (), "indices", text)


def _early(day: float, last: Floats) -> Iterator[Doubt]:
    """Controls that mostly stayed much longer than the first of them to leave."""
    usual = float(np.median(last))
    if day < usual / 2:
        yield Doubt(
            "index-day-early",
            (),
            "indices",
            f"Indices are of day {day:g}, the last with every control mouse, though half of them "
            f"were followed to day {usual:g}; name a later day with --day.",
        )


def _lost(study: Study, last: Floats, day: float) -> Iterator[Doubt]:
    """Mice that were gone by the day: a mean over those that stay is that of small tumours."""
    gone = last < day - SAME_DAY
    arms = study.mice["arm"].to_numpy(dtype=object)
    control = study.design.require_control()
    if not gone[arms == control].any():
        return
    counts = [
        f"{arm} {int(gone[arms == arm].sum())} of {int((arms == arm).sum())}"
        for arm in study.design.arm_names
        if gone[arms == arm].any()
    ]
    yield Doubt(
        "mice-lost-before-index-day",
        (control,),
        "indices",
        f"By day {day:g} mice had left ({', '.join(counts)}): indices of that day compare the "
        "mice that stayed, and say too little where the largest tumours of the control left.",
    )


def volumes_on(study: Study, day: float) -> pd.DataFrame:
    """The mice measured on a day: ``mouse arm volume start change ratio average`` (mm³).

    ``average`` is the area under the volume from the baseline to the day, per day. All but the
    volume are NaN without a measurable baseline; nothing is carried forward or filled in.
    """
    courses = courses_of(study)
    there = np.flatnonzero(np.abs(courses.day - day) <= SAME_DAY)
    owner, volume = courses.owner[there], courses.volume[there]
    start = courses.baseline[owner]
    mice = courses.mice[["mouse", "arm"]].take(owner).reset_index(drop=True)
    average = average_volumes(courses, courses.day <= day + SAME_DAY)[owner]
    return mice.assign(
        volume=volume,
        start=start,
        change=volume - start,
        ratio=volume / start,
        average=np.where(np.isnan(start), np.nan, average),
    )


def average_volumes(courses: Courses, counts: Bools) -> Floats:
    """Each mouse's area under its volume over the readings that count, by trapezoids, per day."""
    pair = counts[1:] & counts[:-1] & (courses.owner[1:] == courses.owner[:-1])
    days = np.diff(courses.day)[pair]
    middle = ((courses.volume[1:] + courses.volume[:-1]) / 2)[pair]
    owner = courses.owner[1:][pair]
    area = np.bincount(owner, weights=days * middle, minlength=courses.n_mice)
    length = np.bincount(owner, weights=days, minlength=courses.n_mice)
    return area / np.where(length > 0, length, np.nan)


Compare = Callable[[pd.DataFrame, pd.DataFrame, float], Ratio]


@dataclass(frozen=True)
class VolumeIndex:
    """An index of volumes: what it is called, its formula, what it reads, how it is made."""

    name: str
    formula: str
    column: str
    compare: Compare


def _of_positive_means(column: str, inhibition: bool) -> Compare:
    def compare(arm: pd.DataFrame, control: pd.DataFrame, level: float) -> Ratio:
        top, bottom = (mean_of(mice[column].to_numpy(float)) for mice in (arm, control))
        if not (top.value > 0 and bottom.value > 0):
            return unknown("a mean of 0")
        return _percent(log_ratio(top, bottom, level), inhibition)

    return compare


def _of_means(column: str, inhibition: bool) -> Compare:
    def compare(arm: pd.DataFrame, control: pd.DataFrame, level: float) -> Ratio:
        top, bottom = (mean_of(mice[column].to_numpy(float)) for mice in (arm, control))
        if not bottom.value > 0:
            return unknown("the control did not grow")
        return _percent(fieller_ratio(top, bottom, level), inhibition)

    return compare


def _nci(arm: pd.DataFrame, control: pd.DataFrame, level: float) -> Ratio:
    """The NCI's T/C: 100 · ΔT/ΔC, or 100 · ΔT/T₀ where the treated shrink."""
    change = arm["change"].to_numpy(float)
    if change.mean() >= 0:
        return _of_means("change", inhibition=False)(arm, control, level)
    found = _percent(paired_ratio(change, arm["start"].to_numpy(float), level), inhibition=False)
    return found._replace(method=f"100·ΔT/T₀, since the arm shrank; {found.method}")


def _percent(ratio: Ratio, inhibition: bool) -> Ratio:
    return ratio.mapped(100, -100) if inhibition else ratio.mapped(0, 100)


VOLUME_INDICES = (
    VolumeIndex(
        "TGI_V", "100·(1 − mean V_T / mean V_C)", "volume", _of_positive_means("volume", True)
    ),
    VolumeIndex(
        "TGI_delta", "100·(1 − mean ΔV_T / mean ΔV_C)", "change", _of_means("change", True)
    ),
    VolumeIndex(
        "TGI_RTV", "100·(1 − mean RTV_T / mean RTV_C)", "ratio", _of_positive_means("ratio", True)
    ),
    VolumeIndex(
        "TGI_AUC", "100·(1 − mean AUC_T / mean AUC_C)", "average", _of_means("average", True)
    ),
    VolumeIndex("T/C_V", "100·mean V_T / mean V_C", "volume", _of_positive_means("volume", False)),
    VolumeIndex(
        "T/C_RTV", "100·mean RTV_T / mean RTV_C", "ratio", _of_positive_means("ratio", False)
    ),
    VolumeIndex(
        "T/C_NCI",
        "100·mean ΔV_T / mean ΔV_C; 100·mean ΔV_T / mean V₀_T if ΔV_T < 0",
        "change",
        _nci,
    ),
)


def volume_indices(study: Study, day: float) -> tuple[GroupIndex, ...]:
    """Every index of volumes of every arm against the control, over the mice measured that day."""
    design = study.design
    control = design.require_control()
    volumes = volumes_on(study, day)
    arms = [arm for arm in design.arm_names if arm != control]
    rows = []
    for index in VOLUME_INDICES:
        measured = volumes[volumes[index.column].notna()]
        of_arm = {name: measured[measured["arm"] == name] for name in design.arm_names}
        reference = of_arm[control]
        for arm in arms:
            own = of_arm[arm]
            if len(own) and len(reference):
                found = index.compare(own, reference, design.rules.compare.level)
            else:
                found = unknown("no mouse was measured on that day")
            counts = (len(own), len(reference))
            rows.append(GroupIndex(index.name, index.formula, arm, control, day, *counts, found))
    return tuple(rows)
