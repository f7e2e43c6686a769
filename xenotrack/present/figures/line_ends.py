"""The name of each arm at the end of its curve, none on another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from plotnine import aes

from xenotrack.arrays import Floats
from xenotrack.present.figures.artists import geom_labels, geom_segments, geom_words
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.style import SMALL, WIDE, figure_width
from xenotrack.present.labels import arm_labels
from xenotrack.study.design import Design

LINE = 0.115  # inches from one name to the next below it
GAP = 0.07  # inches from the end of a curve to its name
LEADER = 0.5  # of a line: names further from their curves are joined to them
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
    per_inch: tuple[float, float],
) -> list[object]:
    """The names beside the last points of the curves, in the colours of their arms.

    ``ends`` has ``arm day y``; ``days`` are the first and the last of the axis, ``per_inch`` how
    many days and units of height an inch holds. The names stand in a column right of the last day,
    that of a curve that ends long before beside its end.
    """
    across, up = per_inch
    first, right = days
    named = ends.assign(label=[labels[arm] for arm in ends["arm"]])
    room = named["label"].map(lambda label: text_inches(label, SMALL) + 2 * GAP) * across
    early = named[named["day"] < right - np.maximum(room, EARLY * (right - first))]
    late = named.drop(early.index)
    late = late.assign(x=right + GAP * across, at=spread(late["y"].to_numpy(float), LINE * up))
    early = early.assign(x=early["day"] + GAP * across, at=_beside(early, room.max(), LINE * up))
    words = aes("x", "at", label="label", colour="arm")
    looks = {"ha": "left", "va": "center_baseline", "size": SMALL, "inherit_aes": False}
    layers: list[object] = []
    if len(early):
        layers.append(geom_labels(words, early, **looks))
    if len(late):
        layers += [*_leaders(late, across, up), geom_words(words, late, **looks)]
    return layers


def _beside(early: pd.DataFrame, across: float, line: float) -> Floats:
    """The heights of names that begin where their curves end: apart where they would meet."""
    at = early["y"].to_numpy(float).copy()
    days = early["day"].to_numpy(float)
    order = np.argsort(days, kind="stable")
    groups = np.cumsum(np.r_[0, np.diff(days[order]) > across])
    for group in np.unique(groups) if len(at) else ():
        own = order[groups == group]
        at[own] = spread(at[own], line)
    return at


def _leaders(late: pd.DataFrame, across: float, up: float) -> list[object]:
    """A thin line from a curve's end to its name, where that is not beside it."""
    start, end = late["day"], late["x"] - 0.3 * GAP * across
    moved = (late["at"] - late["y"]).abs() > LEADER * LINE * up
    joined = late.assign(start=start, end=end)[moved | (end - start > 2 * GAP * across)]
    if not len(joined):
        return []
    line = aes("start", "y", xend="end", yend="at", colour="arm", arm="arm")
    return [geom_segments(line, joined, size=0.25, alpha=0.6, inherit_aes=False)]


def spread(heights: Floats, least: float) -> Floats:
    """Heights at least so far apart, in the same order, and moved as little as can be.

    The least sum of squares of the moves, by pooling neighbours that would meet.

    >>> spread(np.array([1.0, 5.0]), 1.0).tolist()
    [1.0, 5.0]
    >>> spread(np.array([2.0, 2.0, 2.0]), 1.0).tolist()
    [1.0, 2.0, 3.0]
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
    found = np.empty(len(heights))
    found[order] = placed
    return found
