"""Doubts about days: weeks or dates in their place, and days on which one mouse alone was read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.study.checks.places import about_study, at_row
from xenotrack.study.finding import Finding
from xenotrack.study.frames import Groups
from xenotrack.study.study import Study

# A spreadsheet's day count of the years 1995 to 2064.
_SERIAL = (34700, 60300)
# The fastest arms of published studies grow by .19 a day, those of the fastest lines by .28.
_FAST = 0.30
_MEASURABLE = 40.0
_SHARED_BY = 3
# A mouse with a slip of the day lacks the day that was meant, and may have missed another visit.
_MISSED = 2
_LONELY_SHARE = 0.02


def days_like_dates(study: Study) -> Iterator[Finding]:
    """The days are a spreadsheet's day counts: dates whose format was lost."""
    first = study.measurements["day"].min()
    if _SERIAL[0] <= first <= _SERIAL[1]:
        yield about_study(
            study,
            "days-look-like-dates",
            f"The first day is {first:g}: a spreadsheet's count for a date.",
            'Set `day_zero = "first"` under [study], or format the column as dates and name it '
            "date.",
        )


def days_like_weeks(study: Study) -> Iterator[Finding]:
    """Days in sevenths, or an arm that grows faster than tumours do: weeks were written."""
    visit, visits = pd.factorize(study.readings["day"])
    days = np.asarray(visits, dtype=float)
    seventh = np.abs(7 * days - np.round(7 * days)) < 0.05
    sevenths = (seventh & (np.abs(days - np.round(days)) > 0.05))[visit]
    rate = _fastest_arm(study)
    if seventh.all() and sevenths.mean() > 0.3:
        seen = "Most days are sevenths of a week."
    elif rate > _FAST:
        seen = f"The tumours of an arm grow by {rate:.2g} a day, faster than nearly all known ones."
    else:
        return
    yield about_study(
        study,
        "days-look-like-weeks",
        seen,
        "If weeks were counted, name the column week, or write 'week 2' in its cells; nothing was "
        "changed.",
    )


def _fastest_arm(study: Study) -> float:
    """The largest median growth rate of an arm.

    Smaller volumes than can be measured well are left out: placeholders seem to grow fast.
    """
    rows = study.readings
    volume, day = rows["volume_mm3"].to_numpy(), rows["day"].to_numpy()
    usable = np.flatnonzero((volume >= _MEASURABLE) & ~rows["below_limit"].to_numpy(dtype=bool))
    if not len(usable):
        return 0.0
    mouse = rows["mouse"].to_numpy()[usable]
    turns = np.flatnonzero(mouse[1:] != mouse[:-1])
    first, last = usable[np.r_[0, turns + 1]], usable[np.r_[turns, len(usable) - 1]]
    grown = day[last] > day[first]
    first, last = first[grown], last[grown]
    rates = np.log(volume[last] / volume[first]) / (day[last] - day[first])
    by_arm = Groups.of(rows["arm"].iloc[first])
    several = np.bincount(by_arm.codes) >= _SHARED_BY
    return float(np.max(by_arm.medians(rates)[several], initial=0.0))


def days_off_schedule(study: Study) -> Iterator[Finding]:
    """One mouse alone was read on a day, and not on one on which others were: a slip of the day.

    Mice that keep a schedule of their own lack many of the others' days and are left in peace.
    """
    rows = study.measurements
    visit, visits = pd.factorize(rows["day"])
    if np.bincount(visit).min() > rows["tumor"].nunique():
        return  # as on every large sheet: no day is one mouse's
    names = rows["mouse"].to_numpy()
    mouse = np.cumsum(np.append(False, names[1:] != names[:-1]))
    pairs = pd.unique(mouse * np.int64(len(visits)) + visit)
    n_mice = np.bincount(pairs % len(visits), minlength=len(visits))
    alone = n_mice[visit] == 1
    slipped = np.unique(mouse[alone])
    if len(slipped) > max(_SHARED_BY, _LONELY_SHARE * (mouse[-1] + 1)):
        return
    days, shared = np.asarray(visits, dtype=float), n_mice >= _SHARED_BY
    theirs = np.isin(mouse, slipped)
    for _, of_mouse in rows[theirs].assign(alone=alone[theirs]).groupby(mouse[theirs]):
        read = np.unique(of_mouse["day"])
        lacking = np.setdiff1d(days[shared & (days > read[0]) & (days < read[-1])], read)
        lonely = of_mouse[of_mouse["alone"]].drop_duplicates("day")
        if 0 < len(lacking) <= _MISSED and len(lonely) == 1:
            row = next(lonely.itertuples())
            fits = _likest(row.day, lacking)
            yield at_row(
                study,
                row,
                "day-off-schedule",
                f"Mouse {row.mouse} alone was read on day {row.day:g}, and not on day {fits:g}, on "
                "which others were.",
                f"A slip of the day? {fits:g} would fit.",
            )


def _likest(day: float, lacking: np.ndarray) -> float:
    """The day of the same digits, else the nearest."""
    digits = sorted(f"{day:g}".strip("0"))
    same = [other for other in lacking if sorted(f"{other:g}".strip("0")) == digits]
    return float(same[0] if same else lacking[np.argmin(np.abs(lacking - day))])
