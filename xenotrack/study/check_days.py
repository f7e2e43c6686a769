"""Doubts about days: weeks or dates in their place, and days on which one mouse alone was read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.study.finding import Finding
from xenotrack.study.places import about_study, at_row
from xenotrack.study.study import Study

# A spreadsheet's day count of the years 1995 to 2064.
_SERIAL = (34700, 60300)
# The fastest arms of published studies grow by .19 a day; few are read every day.
_FAST, _FAST_IF_DAILY = 0.28, 0.20
_SHARED_BY = 3
_LONELY_SHARE = 0.05


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
    days = study.readings["day"].to_numpy(dtype=float)
    seventh = np.abs(7 * days - np.round(7 * days)) < 0.05
    sevenths = seventh & (np.abs(days - np.round(days)) > 0.05)
    rate, gap = _fastest_arm(study)
    if seventh.all() and sevenths.mean() > 0.3:
        seen = "Most days are sevenths of a week."
    elif rate > (_FAST if gap > 1 else _FAST_IF_DAILY):
        seen = f"The tumours of an arm grow by {rate:.2g} a day, faster than any that are known."
    else:
        return
    yield about_study(
        study,
        "days-look-like-weeks",
        seen,
        "If weeks were counted, name the column week, or write 'week 2' in its cells; nothing was "
        "changed.",
    )


def _fastest_arm(study: Study) -> tuple[float, float]:
    """The largest median growth rate of an arm, first reading to last, and the usual gap."""
    rows = study.readings
    rows = rows[(rows["volume_mm3"] > 0) & ~rows["below_limit"].to_numpy(dtype=bool)]
    ends = rows.groupby(["arm", "mouse"], sort=False)[["day", "volume_mm3"]].agg(["first", "last"])
    span = ends["day", "last"] - ends["day", "first"]
    growth = np.log(ends["volume_mm3", "last"] / ends["volume_mm3", "first"])
    rates = (growth / span)[span > 0].groupby("arm").agg(["median", "size"])
    rates = rates.loc[rates["size"] >= 3, "median"]
    visits = np.unique(rows["day"])
    gap = float(np.median(np.diff(visits))) if len(visits) > 1 else np.inf
    return (float(rates.max()) if len(rates) else 0.0), gap


def days_off_schedule(study: Study) -> Iterator[Finding]:
    """One mouse alone was read on a day, and not on one on which others were: a slip of the day."""
    rows = study.measurements
    day, mouse = rows["day"].to_numpy(), pd.factorize(rows["mouse"])[0]
    visits, visit = np.unique(day, return_inverse=True)
    pairs = np.unique(mouse * np.int64(len(visits)) + visit)
    n_mice = np.bincount(pairs % len(visits), minlength=len(visits))
    lonely = n_mice[visit] == 1
    if not lonely.any() or lonely.mean() > _LONELY_SHARE:
        return
    shared = visits[n_mice >= _SHARED_BY]
    for row in rows[lonely].drop_duplicates(["mouse", "day"]).itertuples():
        own = np.unique(day[rows["mouse"].to_numpy() == row.mouse])
        lacking = np.setdiff1d(shared[(shared > own[0]) & (shared < own[-1])], own)
        alone = np.isin(own, visits[n_mice == 1]).sum()
        if len(lacking) and alone == 1:
            yield at_row(
                study,
                row,
                "day-off-schedule",
                f"Mouse {row.mouse} alone was read on day {row.day:g}, and not on day "
                f"{_likest(row.day, lacking):g}, on which others were.",
                f"A slip of the day? {_likest(row.day, lacking):g} would fit.",
            )


def _likest(day: float, lacking: np.ndarray) -> float:
    """The day of the same digits, else the nearest."""
    digits = sorted(f"{day:g}".strip("0"))
    same = [other for other in lacking if sorted(f"{other:g}".strip("0")) == digits]
    return float(same[0] if same else lacking[np.argmin(np.abs(lacking - day))])
