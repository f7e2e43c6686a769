"""Doubts about single readings, judged by the mouse's own neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.study.checks.places import about_study, at_arms, at_row, at_rows
from xenotrack.study.finding import Finding
from xenotrack.study.frames import Groups, row_by_row
from xenotrack.study.study import PLACE, Study

# 99 % of published pairs lie below 1.7 to 3.7.
_ASPECT = 3.0
# Of published steps over 2 to 5 days 99.8 % lie within these, in ln volume and in ln volume a day.
_STEP_UP, _RATE_UP = 0.99, 0.32
_STEP_DOWN, _RATE_DOWN = 1.10, 0.34
# The scatter of calipers in ln volume grows from .1 above 200 mm³ to .2 below 50 and .4 below 20.
SCATTER = ((20.0, 2.5), (50.0, 1.5))
# How far below this a volume lies no caliper tells; many a sheet writes 1 there.
_FLOOR_MM3 = 30.0
# A tumour of 1 mm and one of 3.5 mm: nothing is written as less than the first.
_NOTHING_MM3, _SEEN_MM3 = 0.5, 20.0
# A reading leaves the line between its neighbours by as much, in ln volume and a day between them.
_LEAVES, _LEAVES_A_DAY = 0.99, 0.14
_ASIDE = 0.4  # and lies outside them both
# Tumours accelerate and respond: a step that stays is a slip only where it is larger, most of all
# where the next reading bears it out.
_AT_END, _BORNE_OUT = 1.65, 1.9
_FASTER = 1.2  # in ln volume a day, of those that are borne out
_WEIGHT_STEP = 0.20
# Of readings to a tenth of a mm one in a hundred equals the one before; so many are assumed before
# the sheet shows how many do. A tumour rests where it changes by less, in ln volume.
_RARELY, _PRIOR, _AT_REST = 0.01, 5, 0.25
_BY_CHANCE = 0.05  # last values that return by chance, in a sheet
# Three nines and more, wherever the point stands: 9.9 is a reading like others.
_NINES = [round((10**n - 1) / 10**k, k) for n in (3, 4, 5) for k in range(n)]


def aspect_ratios(study: Study) -> Iterator[Finding]:
    """A tumour more than three times as long as wide is rare."""
    rows = study.measurements
    pair = rows[["length_mm", "width_mm"]].to_numpy(dtype=float)
    longest, shortest = pair.max(axis=1), pair.min(axis=1)
    for row in row_by_row(rows[(longest > _ASPECT * shortest) & (shortest > 0)]):
        yield at_row(
            study,
            row,
            "aspect-ratio",
            f"Mouse {row.mouse}, day {row.day:g}: {row.length_mm:g} by {row.width_mm:g} mm is "
            f"more than {_ASPECT:g} times as long as wide.",
            "Look for a slip of the decimal point, or two tumours measured as one.",
        )


def implausible_jumps(study: Study) -> Iterator[Finding]:
    """A volume rises or falls faster than tumours do: a slip, or the wrong mouse.

    It leaves its neighbours and comes back, or is a step larger than any that stays.
    """
    rows = study.tracks
    volume, day = rows["volume_mm3"], rows["day"]
    spike = _spikes(rows)
    first = rows["track"].diff().to_numpy() != 0
    # The step from a first reading, and that to a last one, have one neighbour to judge by.
    at_end = np.roll(first, 1) | rows["after_mm3"].isna().to_numpy()
    times = np.where(at_end, _AT_END, _BORNE_OUT)
    came = _jumps(rows["before_mm3"], volume, day - rows["before_day"], times)
    # The way back from a spike is the spike's own doing.
    nothing = _slips_to_nothing(rows)
    spike |= nothing
    back = np.roll(spike, 1) & ~first
    for row in row_by_row(rows[nothing]):
        yield at_row(
            study,
            row,
            "implausible-jump",
            f"Mouse {row.mouse}, day {row.day:g}: {row.volume_mm3:.2g} mm³ is a tumour of less "
            f"than 1 mm, beside {np.fmax(row.before_mm3, row.after_mm3):.4g} mm³.",
            "Were its sizes written in cm, or in another unit? Nothing was changed.",
        )
    for row in row_by_row(rows[(spike | (came & ~back)) & ~nothing]):
        step = f"{row.before_mm3:.4g} to {row.volume_mm3:.4g} mm³"
        days = row.day - row.before_day
        yield at_row(
            study,
            row,
            "implausible-jump",
            f"Mouse {row.mouse}, day {row.day:g}: from {step} in {days:g} days"
            + (f", then {row.after_mm3:.4g}." if spike[row.Index] else "."),
            _slip(row) if spike[row.Index] else "Look at both readings; nothing was changed.",
        )


def _spikes(rows: pd.DataFrame) -> np.ndarray:
    """Where a reading lies outside both of its neighbours, and far from the line between them."""
    three = rows[["before_mm3", "volume_mm3", "after_mm3"]].to_numpy(dtype=float)
    usable = (three > 0).all(axis=1)
    before, volume, after = np.log(np.fmax(np.where(three > 0, three, 1.0), _FLOOR_MM3)).T
    came = (rows["day"] - rows["before_day"]).to_numpy(dtype=float)
    gap = (rows["after_day"] - rows["before_day"]).to_numpy(dtype=float)
    usable &= gap > 0
    along = np.divide(came, gap, out=np.zeros_like(gap), where=usable)
    leaves = np.abs(volume - before - along * (after - before))
    aside = np.fmax(volume - np.fmax(before, after), np.fmin(before, after) - volume)
    smallest = np.exp(np.fmin(volume, np.fmin(before, after)))
    allowed = np.fmax(_LEAVES * _allowance(smallest), _LEAVES_A_DAY * gap)
    return usable & (leaves > allowed) & (aside > _ASIDE)


def _slips_to_nothing(rows: pd.DataFrame) -> np.ndarray:
    """Where a tumour of less than 1 mm was written beside one that anybody sees: centimetres."""
    beside = np.fmax(rows["before_mm3"].to_numpy(dtype=float), rows["after_mm3"].to_numpy(float))
    volume = rows["volume_mm3"].to_numpy(dtype=float)
    usual = ~rows["below_limit"].to_numpy(dtype=bool)
    return usual & (volume > 0) & (volume < _NOTHING_MM3) & (beside >= _SEEN_MM3)


def _allowance(volume: np.ndarray) -> np.ndarray:
    """By how much more the calipers scatter at these volumes than above 50 mm³."""
    return np.select([volume < size for size, _ in SCATTER], [by for _, by in SCATTER], 1.0)


def _jumps(before: pd.Series, after: pd.Series, days: pd.Series, times: np.ndarray) -> np.ndarray:
    """Where a step rises or falls by more than ``times`` what tumours do."""
    low, high = before.to_numpy(dtype=float), after.to_numpy(dtype=float)
    usable = (low > 0) & (high > 0)
    low, high = np.fmax(low, _FLOOR_MM3), np.fmax(high, _FLOOR_MM3)
    step = np.log(np.where(usable, high, 1.0)) - np.log(np.where(usable, low, 1.0))
    allowance = _allowance(np.fmin(low, high))
    faster = np.where(times > _AT_END, _FASTER, 1.0)
    gap = days.to_numpy(dtype=float)
    rises = step > np.fmax(times * _STEP_UP, faster * _RATE_UP * gap) * allowance
    falls = step < -np.fmax(times * _STEP_DOWN, faster * _RATE_DOWN * gap) * allowance
    return np.asarray(rises | falls)


def _slip(row) -> str:  # type: ignore[no-untyped-def]
    factor = row.volume_mm3 / np.sqrt(row.before_mm3 * row.after_mm3)
    for power in (10.0, 0.1):
        if 0.7 < factor / power < 1.4:
            return f"A slip of the decimal point? {row.volume_mm3 / power:.4g} would fit."
    return "Look at the reading; nothing was changed."


def readings_far_apart(study: Study) -> Iterator[Finding]:
    """A gap in which a tumour's course is not known."""
    rows = study.tracks
    gap = rows["day"] - rows["before_day"]
    if not gap.notna().any():
        return
    usual = gap.dropna().median()
    for row in row_by_row(rows[gap > max(14.0, 3 * usual)]):
        yield at_row(
            study,
            row,
            "readings-far-apart",
            f"Mouse {row.mouse} was not read between days {row.before_day:g} and {row.day:g}.",
            "Look for a missing row or a slip in the day.",
        )


def zeros_between(study: Study) -> Iterator[Finding]:
    """A tumour vanished and came back: a complete response with relapse, or a missed reading.

    One question for all mice of an arm.
    """
    rows = study.tracks
    positive = rows["volume_mm3"] > 0
    if positive.all():
        return
    by_track = positive.groupby(rows["track"], sort=False)
    before = by_track.cumsum() > 0
    total = by_track.transform("sum")
    later = total > by_track.cumsum()
    first_zero = ~positive & before & later & (rows["before_mm3"] > 0) & ~_said_below(study)
    yield from at_arms(
        study,
        rows[first_zero],
        "zero-then-regrowth",
        "volume 0 between positive readings.",
        "Keep it if the tumour was gone; empty the cell if it was not measured.",
    )


def _said_below(study: Study) -> np.ndarray:
    """Which readings say that they were measured, and less than the calipers tell: ``<15``."""
    places = study.tracks[list(PLACE)].itertuples(index=False, name=None)
    return np.array([place in study.said_below for place in places], dtype=bool)


def zeros_trailing(study: Study) -> Iterator[Finding]:
    """Zeros to the end: a complete response, or cells filled after the mouse had left.

    One question for all mice of an arm.
    """
    rows = study.tracks
    positive = rows["volume_mm3"] > 0
    if positive.all():
        return
    by_track = positive.groupby(rows["track"], sort=False)
    seen = by_track.cumsum()
    trailing = ~positive & (seen > 0) & (by_track.transform("sum") == seen)
    yield from at_arms(
        study,
        rows[trailing & (rows["before_mm3"] > 0) & rows["after_mm3"].notna() & ~_said_below(study)],
        "trailing-zeros",
        "every volume from then on is 0.",
        "Keep them if the tumour was gone; empty the cells if the mouse had left.",
    )


def repeated_last_values(study: Study) -> Iterator[Finding]:
    """The last volume stands three times or more: carried forward rather than measured?

    A tumour that rests reads the same again by chance, the more so the coarser the calipers: how
    often readings that are alike are equal is counted where nothing can have been carried forward.
    """
    rows = study.tracks
    changed = rows["volume_mm3"].to_numpy() != rows["before_mm3"].to_numpy()
    run = np.cumsum(changed) - 1
    length = np.bincount(run)[run] if len(run) else run
    track = rows["track"].to_numpy()
    size = np.bincount(track)[track]
    ends = rows["after_mm3"].isna().to_numpy() & (length >= 3) & (size > length)
    usable = (rows["volume_mm3"] > 0).to_numpy() & ~rows["below_limit"].to_numpy(dtype=bool)
    last = ends & usable
    chance = np.where(_moved(rows, run, length), _RARELY, _how_often_equal(rows, run, last))
    surprising = chance ** (length - 1.0) * np.unique(track).size < _BY_CHANCE
    for row in row_by_row(rows[last & surprising]):
        yield at_row(
            study,
            row,
            "repeated-last-value",
            f"Mouse {row.mouse}: the last {length[row.Index]} volumes are all "
            f"{row.volume_mm3:g} mm³.",
            "Empty the cells that were carried forward.",
        )


def _logs(volume: pd.Series) -> np.ndarray:
    return np.log(volume.where(volume > 0).to_numpy(dtype=float))


def _moved(rows: pd.DataFrame, run: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Where the tumour grew or shrank before its last value as long as that value then stood."""
    logs, track = _logs(rows["volume_mm3"]), rows["track"].to_numpy()
    first = np.searchsorted(run, run)
    before = first - length + 1
    there = (before >= 0) & (track[np.fmax(before, 0)] == track)
    return there & (np.abs(logs[np.fmax(before, 0)] - logs) > _AT_REST)


def _how_often_equal(rows: pd.DataFrame, run: np.ndarray, last: np.ndarray) -> float:
    """The share of equal readings among neighbours that are alike, outside last values."""
    step = np.abs(_logs(rows["volume_mm3"]) - _logs(rows["before_mm3"]))
    alike = (step <= _AT_REST) & ~np.isin(run, run[last])
    equal = int((alike & (step == 0)).sum())
    return (equal + _PRIOR * _RARELY) / (int(alike.sum()) + _PRIOR)


def heaped_values(study: Study) -> Iterator[Finding]:
    """One small value stands on many rows: a placeholder for a tumour too small to measure."""
    rows = study.measurements
    volume = rows["volume_mm3"]
    positive = volume[(volume > 0) & ~rows["below_limit"].to_numpy(dtype=bool)]
    if positive.empty:
        return
    counts = positive[positive < positive.median() / 2].value_counts()
    for value, count in counts[counts >= max(10, 0.02 * len(positive))].sort_index().items():
        yield about_study(
            study,
            "heaped-value",
            f"The volume {value:g} mm³ stands on {count} of {len(positive)} rows.",
            "If it means too small to measure, declare `limit_mm3` above it under [volume].",
        )


def placeholders(study: Study) -> Iterator[Finding]:
    """Nines stand where something was measured: 999, 9.99."""
    rows = study.measurements
    for name in ("length_mm", "width_mm", "volume_mm3", "body_weight_g"):
        is_nines = np.isin(rows[name].to_numpy(dtype=float), _NINES)
        if not is_nines.any():
            continue
        for value, several in rows[is_nines].groupby(name):
            if len(several) >= 3:
                yield at_rows(
                    study,
                    several,
                    "placeholder-value",
                    f"{name} is {value:g} on {len(several)} rows: a placeholder?",
                    "Empty the cells in which nothing was measured.",
                )


def weight_slips(study: Study) -> Iterator[Finding]:
    """A body weight leaves the mouse's own course and comes back, or is ten times off."""
    rows = study.measurements
    rows = rows.loc[rows["body_weight_g"].notna(), ["mouse", "day", "body_weight_g", *PLACE]]
    if rows.empty:
        return
    if study.measurements["tumor"].nunique() > 1:
        # A mouse's weight stands beside each of its tumours, on every row alike but for a slip.
        rows = rows.drop_duplicates(["mouse", "day", "body_weight_g"])
        rows = rows.sort_values(["mouse", "day"], kind="stable")
    rows = rows.reset_index(drop=True)
    weight = rows["body_weight_g"].to_numpy(dtype=float)
    by_mouse = Groups.of(rows["mouse"])
    ratio = weight / by_mouse.medians(weight)[by_mouse.codes]
    before, after = weight / by_mouse.shifted(weight, 1), weight / by_mouse.shifted(weight, -1)
    high = (before > 1 + _WEIGHT_STEP) & ~(after < 1 + _WEIGHT_STEP)
    low = (before < 1 - _WEIGHT_STEP) & (after < 1 - _WEIGHT_STEP)
    first_off = np.isnan(before) & (np.abs(after - 1) > _WEIGHT_STEP) & (np.abs(ratio - 1) > 0.5)
    doubtful = high | low | first_off | (ratio > 5) | (ratio < 0.2)
    for row in row_by_row(rows[doubtful]):
        times = ratio[row.Index]
        power = 10.0 if times > 5 else 0.1 if times < 0.2 else 1.0
        yield at_row(
            study,
            row,
            "weight-slip",
            f"Mouse {row.mouse}, day {row.day:g}: the weight {row.body_weight_g:g} g is "
            f"{times:.2g} times its usual one.",
            f"A slip of the decimal point? {row.body_weight_g / power:.4g} g would fit."
            if power != 1.0
            else "Look at the reading; nothing was changed.",
        )
