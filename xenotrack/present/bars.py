"""Where the bars of a waterfall stand, and how far they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

CAP_PERCENT = 150.0
BETWEEN_ARMS = 1.5  # bars
LEAST_ROOM = 0.9  # of the mean number of mice in an arm


def waterfall_bars(response: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    """A bar a mouse, arms side by side, within an arm from most growth to most shrinkage.

    ``mouse arm place height capped mrecist``: ``height`` is the best response in percent, cut at
    ``CAP_PERCENT`` where ``capped``; a mouse without one stands last, at a height of NaN.

    >>> frame = pd.DataFrame({"mouse": ["m", "n"], "arm": ["A", "A"], "mrecist": ["PR", "PD"],
    ...                       "best_response_percent": [-60.0, 300.0]})
    >>> waterfall_bars(frame, ["A"])[["mouse", "place", "height"]].values.tolist()
    [['n', 0.0, 150.0], ['m', 1.0, -60.0]]
    """
    # An arm of few mice still needs room for its name.
    least = LEAST_ROOM * len(response) / max(len(arms), 1)
    frames, start = [], 0.0
    for arm in arms:
        of_arm = response[response["arm"] == arm]
        of_arm = of_arm.sort_values("best_response_percent", ascending=False, kind="stable")
        room = max(len(of_arm), least)
        best = of_arm["best_response_percent"].to_numpy(dtype=float)
        frame = of_arm[["mouse", "arm", "mrecist"]].assign(
            place=start + (room - len(of_arm)) / 2 + np.arange(len(of_arm)),
            height=np.minimum(best, CAP_PERCENT),
            capped=best > CAP_PERCENT,
        )
        frames.append(frame)
        start += room + BETWEEN_ARMS
    return pd.concat(frames, ignore_index=True)


def arm_middles(bars: pd.DataFrame, arms: Sequence[str]) -> dict[str, float]:
    """The middle of each arm's block of bars, for the arms that have mice."""
    middle = bars.groupby("arm", sort=False)["place"].mean()
    return {arm: float(middle[arm]) for arm in arms if arm in middle.index}


def narrowest_block(middles: Sequence[float]) -> float:
    """The smallest distance between two neighbouring blocks, in bars."""
    return min((high - low for low, high in pairwise(middles)), default=float("inf"))
