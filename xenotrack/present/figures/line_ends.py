"""The name of each arm at the end of its curve, none on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from plotnine import aes

from xenotrack.arrays import Floats
from xenotrack.present.figures.artists import geom_segments, geom_words
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.style import SMALL, WIDE, figure_width
from xenotrack.present.labels import arm_labels
from xenotrack.study.design import Design

LINE = 0.115  # inches from one name to the next below it
GAP = 0.07  # inches from the end of a curve to its name
LEADER = 0.5  # of a line: names further from their curves are joined to them
MEET = 1.25  # times their room: names so near could meet
EARLY = 0.2  # of the axis: curves that end so long before have their names beside their ends
WIDE_NAME, NARROW_NAME = 12, 8  # characters of a name in full


def ends_width(labels: Mapping[str, str]) -> float:
    """Inches that names need on the right of the last day."""
    return GAP + max((text_inches(label, SMALL) for label in labels.values()), default=0.0)


def end_names(design: Design) -> dict[str, str]:
    """What stands at the ends of curves."""
    return arm_labels(design, WIDE_NAME if figure_width() >= WIDE else NARROW_NAME)


def end_layers(
    ends: pd.DataFrame,
    labels: Mapping[str, str],
    days: tuple[float, float],
    heights: tuple[float, float],
    per_inch: tuple[float, float],
) -> list[object]:
    """The names beside the last points of the curves, in the colours of their arms.

    ``ends`` has ``arm day y``; ``days`` and ``heights`` are where the axes begin and end,
    ``per_inch`` how many units of each an inch holds. The names stand in a column right of the last
    day, that of a curve that ends long before beside its end.
    """
    across, up = per_inch
    first, right = days
    named = ends.assign(label=[labels[arm] for arm in ends["arm"]])
    named = named.assign(
        room=[(text_inches(label, SMALL) + 2 * GAP) * across for label in named["label"]]
    )
    tall = LINE * up * (1 + named["label"].str.count("\n").max())
    inside = (heights[0] + tall / 2, heights[1] - tall / 2)
    columns = _columns(named, right, right - EARLY * (right - first))
    placed = pd.concat(
        column.assign(at=spread(column["y"].to_numpy(float), tall, *inside), x=day + GAP * across)
        for day, column in columns
    )
    words = geom_words(
        aes("x", "at", label="label", colour="arm"),
        placed,
        ha="left",
        va="center_baseline",
        size=SMALL,
        inherit_aes=False,
    )
    return [*_leaders(placed, across, up), words]


def _columns(
    named: pd.DataFrame, right: float, early: float
) -> Iterator[tuple[float, pd.DataFrame]]:
    """The names that stand below one another, with the day at which they begin.

    Those of curves that end before ``early`` have columns of their own, a column for all that end
    so near to one another that their names could meet; where one has room before the last.
    """
    ordered = named.sort_values("day", kind="stable")
    near = ordered["day"].diff() <= MEET * named["room"].max()
    last = named["day"] >= early
    for _, column in ordered.groupby((~near).cumsum()):
        day = column["day"].max()
        if day < early and day + MEET * column["room"].max() < right:
            yield day, column
        else:
            last |= named.index.isin(column.index)
    yield right, named[last]


def _leaders(placed: pd.DataFrame, across: float, up: float) -> list[object]:
    """A thin line from a curve's end to its name, where that is not beside it."""
    start, end = placed["day"], placed["x"] - 0.3 * GAP * across
    moved = (placed["at"] - placed["y"]).abs() > LEADER * LINE * up
    joined = placed.assign(start=start, end=end)[moved | (end - start > 2 * GAP * across)]
    if not len(joined):
        return []
    line = aes("start", "y", xend="end", yend="at", colour="arm", arm="arm")
    return [geom_segments(line, joined, size=0.25, alpha=0.6, inherit_aes=False)]


def spread(heights: Floats, least: float, low: float = -np.inf, high: float = np.inf) -> Floats:
    """Heights at least so far apart, in the same order and between two ends.

    They are moved as little as can be: the least sum of squares of the moves, by pooling
    neighbours that would meet.

    >>> spread(np.array([1.0, 5.0]), 1.0).tolist()
    [1.0, 5.0]
    >>> spread(np.array([2.0, 2.0, 2.0]), 1.0).tolist()
    [1.0, 2.0, 3.0]
    >>> spread(np.array([2.0, 2.0, 2.0]), 1.0, high=2.5).tolist()
    [0.5, 1.5, 2.5]
    """
    order = np.argsort(heights, kind="stable")
    steps = least * np.arange(len(heights))
    pools: list[tuple[float, int]] = []  # mean, size
    for value in heights[order] - steps:
        mean, size = float(value), 1
        while pools and pools[-1][0] >= mean:
            other, count = pools.pop()
            mean, size = (other * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    placed = np.concatenate([np.full(size, mean) for mean, size in pools] or [np.empty(0)]) + steps
    placed = np.minimum(placed, high - steps[::-1])
    placed = np.maximum(placed, low + steps)
    places = np.empty(len(heights))
    places[order] = placed
    return places
