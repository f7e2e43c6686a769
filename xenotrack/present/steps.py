"""Curves that step: their corners, and the numbers that stand under them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats


def curve_corners(curve: pd.DataFrame) -> pd.DataFrame:
    """The corners of right-continuous curves that start at 1 on day 0: ``arm day estimate``.

    >>> curve = pd.DataFrame({"arm": ["A", "A"], "day": [4.0, 9], "estimate": [0.5, 0.5]})
    >>> corners = curve_corners(curve)
    >>> corners["day"].tolist(), corners["estimate"].tolist()
    ([0.0, 4.0, 4.0, 9.0], [1.0, 1.0, 0.5, 0.5])
    """
    frames = []
    for arm, of_arm in curve.groupby("arm", sort=False):
        day = np.repeat(np.r_[0.0, of_arm["day"].to_numpy(float)], 2)[1:]
        height = np.repeat(np.r_[1.0, of_arm["estimate"].to_numpy(float)], 2)[:-1]
        turns = np.r_[True, (np.diff(day[:-1]) != 0) | (np.diff(height[:-1]) != 0), True]
        # A visit without an event is no corner: only the days where the curve falls, and its end.
        flat = np.r_[False, (height[:-2] == height[1:-1]) & (height[1:-1] == height[2:]), False]
        kept = turns & ~flat
        frames.append(pd.DataFrame({"arm": arm, "day": day[kept], "estimate": height[kept]}))
    empty = pd.DataFrame(columns=["arm", "day", "estimate"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def band_corners(curve: pd.DataFrame) -> pd.DataFrame:
    """The corners of the intervals of such curves: ``arm day low high``.

    A curve that falls to 0 has no interval from there on; the one before it holds until that day.

    >>> curve = pd.DataFrame({"arm": ["A", "A"], "day": [4.0, 9], "estimate": [0.5, 0],
    ...                       "conf_low": [0.1, np.nan], "conf_high": [0.9, np.nan]})
    >>> band = band_corners(curve)
    >>> band["day"].tolist(), band["low"].tolist()
    ([0.0, 4.0, 4.0, 9.0, 9.0], [1.0, 1.0, 0.1, 0.1, 0.1])
    """
    frames = []
    for arm, of_arm in curve.groupby("arm", sort=False):
        until = of_arm[of_arm["estimate"].shift(fill_value=1.0) > 0]
        corners = {"day": np.repeat(np.r_[0.0, until["day"].to_numpy(float)], 2)[1:]}
        for name in ("low", "high"):
            limits = until[f"conf_{name}"].ffill().fillna(1.0).to_numpy(float)
            corners[name] = np.repeat(np.r_[1.0, limits], 2)[:-1]
        frames.append(pd.DataFrame(corners).assign(arm=arm))
    empty = pd.DataFrame(columns=["arm", "day", "low", "high"])
    return pd.concat(frames, ignore_index=True) if frames else empty


APART = 0.005
TOGETHER = 0.75  # of the days of the longer curve: from here on two coincide


def set_apart(corners: pd.DataFrame) -> dict[str, float]:
    """By how much each curve is drawn lower, so that those that coincide are seen one by one.

    ``corners`` are those of ``curve_corners``. Curves coincide that are at one height on most days.

    >>> corners = pd.DataFrame({"arm": ["A", "A", "B", "B"], "day": [0.0, 9, 0, 9],
    ...                         "estimate": 1.0})
    >>> set_apart(corners)
    {'A': 0.0, 'B': -0.005}
    """
    steps = {
        str(arm): (of_arm["day"].to_numpy(float), of_arm["estimate"].to_numpy(float))
        for arm, of_arm in corners.groupby("arm", sort=False)
    }
    moved: dict[str, float] = {}
    for arm, of_arm in steps.items():
        taken = {
            moved[other] for other in moved if _share_together(of_arm, steps[other]) > TOGETHER
        }
        moved[arm] = next(down for k in range(len(steps)) if (down := 0.0 - APART * k) not in taken)
    return moved


def _share_together(first: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    """The share of the days of two curves on which they are at one height."""
    end = min(first[0][-1], other[0][-1])
    days = np.unique(np.r_[first[0], other[0], end])
    days = days[days <= end]
    middles, lengths = (days[1:] + days[:-1]) / 2, np.diff(days)
    heights = [
        each[1][np.searchsorted(each[0], middles, side="right") - 1] for each in (first, other)
    ]
    return float(lengths[heights[0] == heights[1]].sum() / end) if end > 0 else 0.0


def at_risk(curve: pd.DataFrame, arms: Sequence[str], days: Sequence[float]) -> pd.DataFrame:
    """The number of mice of each arm still followed just before a day: ``arm day n_mice``.

    >>> curve = pd.DataFrame({"arm": ["A", "A"], "day": [4.0, 9], "n_at_risk": [8, 3]})
    >>> at_risk(curve, ["A"], [0, 4, 5, 10])["n_mice"].tolist()
    [8, 8, 3, 0]
    """
    given = np.asarray(days, dtype=float)
    frames = []
    for arm in arms:
        of_arm = curve[curve["arm"] == arm]
        counts = np.r_[of_arm["n_at_risk"].to_numpy(int), 0]
        after = np.searchsorted(of_arm["day"].to_numpy(float), given)
        frames.append(pd.DataFrame({"arm": arm, "day": given, "n_mice": counts[after]}))
    return pd.concat(frames, ignore_index=True)
