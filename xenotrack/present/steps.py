"""Curves that step: their corners, and the numbers that stand under them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def curve_corners(curve: pd.DataFrame) -> pd.DataFrame:
    """The corners of right-continuous curves that start at 1 on day 0: ``arm day estimate``.

    >>> curve = pd.DataFrame({"arm": ["A", "A"], "day": [4.0, 9], "estimate": [0.5, 0.5]})
    >>> corners = curve_corners(curve)
    >>> corners["day"].tolist(), corners["estimate"].tolist()
    ([0.0, 4.0, 4.0, 9.0], [1.0, 1.0, 0.5, 0.5])
    """
    frames = []
    for arm, own in curve.groupby("arm", sort=False):
        day = np.repeat(np.r_[0.0, own["day"].to_numpy(float)], 2)[1:]
        height = np.repeat(np.r_[1.0, own["estimate"].to_numpy(float)], 2)[:-1]
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
    for arm, own in curve.groupby("arm", sort=False):
        until = own[own["estimate"].shift(fill_value=1.0) > 0]
        corners = {"day": np.repeat(np.r_[0.0, until["day"].to_numpy(float)], 2)[1:]}
        for name in ("low", "high"):
            limits = until[f"conf_{name}"].ffill().fillna(1.0).to_numpy(float)
            corners[name] = np.repeat(np.r_[1.0, limits], 2)[:-1]
        frames.append(pd.DataFrame(corners).assign(arm=arm))
    empty = pd.DataFrame(columns=["arm", "day", "low", "high"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def at_risk(curve: pd.DataFrame, arms: Sequence[str], days: Sequence[float]) -> pd.DataFrame:
    """The number of mice of each arm still followed just before a day: ``arm day n_mice``.

    >>> curve = pd.DataFrame({"arm": ["A", "A"], "day": [4.0, 9], "n_at_risk": [8, 3]})
    >>> at_risk(curve, ["A"], [0, 4, 5, 10])["n_mice"].tolist()
    [8, 8, 3, 0]
    """
    given = np.asarray(days, dtype=float)
    frames = []
    for arm in arms:
        own = curve[curve["arm"] == arm]
        counts = np.r_[own["n_at_risk"].to_numpy(int), 0]
        after = np.searchsorted(own["day"].to_numpy(float), given)
        frames.append(pd.DataFrame({"arm": arm, "day": given, "n_mice": counts[after]}))
    return pd.concat(frames, ignore_index=True)
