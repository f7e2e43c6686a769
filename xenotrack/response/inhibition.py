"""Tumour growth inhibition of each arm at one day, by each formula that goes by that name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Floats
from xenotrack.doubts import Doubt
from xenotrack.response.courses import Courses, at, measured_courses
from xenotrack.response.interpolation import SAME_DAY, volumes_between
from xenotrack.response.ratios import (
    Ratio,
    fieller_ratio,
    log_ratio,
    mean_of,
    paired_ratio,
    unknown,
)
from xenotrack.study.study import FATES, Study

LEFT = frozenset(FATES) - {"end_of_study"}


@dataclass(frozen=True)
class GroupIndex:
    """One index of one arm against the control, at one day.

    ``formula`` is printed with it: names such as TGI mean several things. ``found`` is in percent,
    days or powers of ten as the formula says, NaN where there is none, and its method says why.
    The interpolated are those of its mice that were read before and after the day and not on it;
    None where the index needs no day.
    """

    index: str
    formula: str
    arm: str
    control: str
    day: float
    n_arm: int
    n_control: int
    found: Ratio
    n_arm_interpolated: int | None = None
    n_control_interpolated: int | None = None


@dataclass(frozen=True)
class IndexDay:
    """The visit day at which arms are held against the control; NaN where there is none."""

    day: float
    doubts: tuple[Doubt, ...]


def choose_day(study: Study, asked: float | None = None) -> IndexDay:
    """The last visit up to which all control mice are followed, or the visit nearest to ``asked``.

    A visit is a day on which a control mouse was measured.
    """
    courses = measured_courses(study)
    control = (courses.mice["arm"] == study.design.require_control()).to_numpy()
    seen = control & (courses.n_readings > 0)
    days = np.unique(courses.day[seen[courses.owner]])
    days = days[days > 0]
    if not len(days):
        return IndexDay(np.nan, (_no_day("The control has no reading after day 0"),))
    last = at(courses.day, courses.last)
    if asked is not None:
        day = float(days[np.argmin(np.abs(days - asked))])
        return IndexDay(day, (*_moved(asked, day), *_not_followed(study, courses, day)))
    possible = days[days <= last[seen].min()]
    if not len(possible):
        return IndexDay(np.nan, (_no_day("A control mouse left before the first visit"),))
    day = float(possible.max())
    return IndexDay(day, (*_early(day, last[seen]), *_not_followed(study, courses, day)))


def _no_day(reason: str) -> Doubt:
    return Doubt(
        "no-index-day",
        (),
        "indices",
        f"{reason}, so no day has all of them for indices such as TGI.",
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
            f"were followed to day {usual:g}.",
        )


def _not_followed(study: Study, courses: Courses, day: float) -> Iterator[Doubt]:
    """Mice last read before the day, where some are of the control: those that left, the others."""
    before = at(courses.day, courses.last) < day - SAME_DAY
    left = before & _has_left(courses, day)
    control = study.design.require_control()
    gone, unread = _counts(study, left), _counts(study, before & ~left)
    if control in gone:
        yield Doubt(
            "mice-lost-before-index-day",
            (control,),
            "indices",
            f"By day {day:g} mice had left ({', '.join(gone.values())}): indices of that day "
            "compare the mice that stayed, and say too little where the largest tumours of the "
            "control left.",
        )
    if control in unread:
        yield Doubt(
            "mice-not-read-by-index-day",
            (control,),
            "indices",
            f"The last reading of some mice is before day {day:g} ({', '.join(unread.values())}): "
            "they are not in indices of that day.",
        )


def _has_left(courses: Courses, day: float) -> Bools:
    """Mice whose fate says that they left; without a fate, those that missed a visit by the day.

    A cage that is read a day before the others has not left on the day between.
    """
    fate = courses.mice["fate"]
    missed = day - at(courses.day, courses.last) >= usual_gaps(courses) - SAME_DAY
    unstated = ~fate.isin(FATES).to_numpy()
    return fate.isin(LEFT).to_numpy() | (missed & unstated)


def usual_gaps(courses: Courses) -> Floats:
    """The median days between a mouse's readings, 0 where it was read once."""
    same = courses.owner[1:] == courses.owner[:-1]
    gaps = pd.Series(np.diff(courses.day)[same]).groupby(courses.owner[1:][same]).median()
    return gaps.reindex(range(courses.n_mice), fill_value=0.0).to_numpy(dtype=float)


def _counts(study: Study, gone: Bools) -> dict[str, str]:
    """How many mice of each arm are gone, in words, for the arms that have some."""
    arms = study.mice["arm"].to_numpy(dtype=object)
    return {
        arm: f"{arm} {int(gone[arms == arm].sum())} of {int((arms == arm).sum())}"
        for arm in study.design.arm_names
        if gone[arms == arm].any()
    }


def volumes_on(study: Study, day: float) -> pd.DataFrame:
    """The mice followed on a day: ``mouse arm volume interpolated start change ratio average``.

    A mouse read before and after the day and not on it has the volume that lies between in ln
    volume; nothing is carried forward. ``average`` is the area under the volume from the baseline
    to the day, per day. All but the volume (mm³) are NaN without a measurable baseline.
    """
    courses = measured_courses(study)
    mice = np.arange(courses.n_mice)
    volume, interpolated = volumes_between(
        courses.owner, courses.day, courses.volume, mice, np.full(len(mice), day)
    )
    start = courses.baseline
    average = average_volumes(_up_to(courses, day, volume, interpolated))
    frame = courses.mice[["mouse", "arm"]].assign(
        volume=volume,
        interpolated=interpolated,
        start=start,
        change=volume - start,
        ratio=volume / start,
        average=np.where(np.isnan(start), np.nan, average),
    )
    return frame[~np.isnan(volume)].reset_index(drop=True)


def _up_to(courses: Courses, day: float, volume: Floats, interpolated: Bools) -> Courses:
    """The readings up to a day, with a mouse's interpolated volume on it as one more."""
    kept = courses.day <= day + SAME_DAY
    more = np.flatnonzero(interpolated)
    owner = np.concatenate([courses.owner[kept], more])
    order = np.argsort(owner, kind="stable")
    days = np.concatenate([courses.day[kept], np.full(len(more), day)])
    volumes = np.concatenate([courses.volume[kept], volume[more]])
    return replace(courses, owner=owner[order], day=days[order], volume=volumes[order])


def average_volumes(courses: Courses) -> Floats:
    """Each mouse's area under its volume, by trapezoids, per day."""
    pair = courses.owner[1:] == courses.owner[:-1]
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
    ratio = _percent(paired_ratio(change, arm["start"].to_numpy(float), level), inhibition=False)
    return ratio._replace(method=f"100·ΔT/T₀, since the arm shrank; {ratio.method}")


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
    """Every index of volumes of every arm against the control, over the mice followed that day."""
    design = study.design
    control = design.require_control()
    volumes = volumes_on(study, day)
    arms = [arm for arm in design.arm_names if arm != control]
    rows = []
    for index in VOLUME_INDICES:
        measured = volumes[volumes[index.column].notna()]
        of_arm = dict(iter(measured.groupby("arm", sort=False)))
        between_visits = {arm: int(mice["interpolated"].sum()) for arm, mice in of_arm.items()}
        reference = of_arm.get(control, measured[:0])
        for arm in arms:
            of_this_arm = of_arm.get(arm, measured[:0])
            if len(of_this_arm) and len(reference):
                ratio = index.compare(of_this_arm, reference, design.rules.compare.level)
            else:
                ratio = unknown("no mouse was followed to that day")
            counts = (len(of_this_arm), len(reference))
            between = [between_visits.get(each, 0) for each in (arm, control)]
            rows.append(
                GroupIndex(index.name, index.formula, arm, control, day, *counts, ratio, *between)
            )
    return tuple(rows)
