"""Every mouse relative to its own baseline, a panel an arm, on a scale of doublings."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs, scale_colour_manual

from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_polylines
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.style import (
    GHOST_OF_CONTROL,
    SINCE,
    about_ghosts,
    assemble,
    begin,
    caption,
    say,
)
from xenotrack.present.labels import about_names
from xenotrack.present.theme import arm_colours
from xenotrack.present.words import mice_text
from xenotrack.response.relative import relative_readings
from xenotrack.study.design import Design

LINES = (-1.0, 0.0, 1.0)  # doublings: half, no change, twice
MOST_TICKS = 8


def draw(results: Results) -> ggplot:
    study = results.study
    below = study.readings.loc[study.readings["below_limit"], ["mouse", "day"]]
    readings = relative_readings(study).merge(
        below.assign(below_limit=True), on=["mouse", "day"], how="left"
    )
    return spider(
        study.design, readings.assign(below_limit=readings["below_limit"].eq(True)).copy()
    )


def spider(design: Design, readings: pd.DataFrame) -> ggplot:
    """Courses of all mice; ``readings`` has ``mouse arm day ratio below_limit``.

    A tumour that is gone, which has no logarithm, stands at the foot of its panel.
    """
    if not len(readings):
        return say("No mouse has a baseline to which its volumes could be compared.")
    if not readings.duplicated("mouse").any():
        return say("Every mouse was measured on one day only, so no change can be drawn.")
    ratio = readings["ratio"].to_numpy(float)
    seen = np.log2(ratio[ratio > 0])
    low, high = reach([0.0, *seen], least=2.0)
    gone = low if (ratio > 0).all() else low - 0.5
    drawn = readings.assign(
        height=np.log2(np.where(ratio > 0, ratio, 2.0**gone)),
        open=readings["below_limit"] | (ratio <= 0),
    )
    arms = [arm for arm in design.arm_names if (drawn["arm"] == arm).any()]
    mice = drawn.groupby("arm")["mouse"].nunique()
    panels = Panels(
        design=design,
        arms=arms,
        notes={arm: mice_text(mice[arm]) for arm in arms},
        low=gone - 0.04 * (high - low),
        high=high,
        first=float(drawn["day"].min()),
        last=float(drawn["day"].max()),
        ticks=_ticks(low, high),
        lines=[at for at in LINES if low < at < high],
    )
    placed = panels.placed(drawn, y="height")
    opened = placed[placed["open"]]
    return assemble(
        begin(placed, aes("x", "y", colour="arm")),
        *panels.paper(0.75),
        *panels.layers(),
        *panels.ghosts(drawn, y="height", group="mouse", control=GHOST_OF_CONTROL),
        geom_polylines(aes(group="mouse", arm="arm", mouse="mouse"), size=0.5, alpha=0.8),
        *_open_circles(opened),
        scale_colour_manual(values=arm_colours(design), guide=None),
        labs(x=SINCE, y="Volume relative to baseline (×)"),
        caption(
            "A line a mouse, on a scale of doublings. Lines across: half the baseline, no change, "
            "twice the baseline.",
            about_ghosts(design, "the control darker") if len(arms) > 1 else "",
            "Open circles: below the limit of measurement." if len(opened) else "",
            about_names(design, panels.names),
        ),
    )


def _open_circles(opened: pd.DataFrame) -> list[object]:
    if not len(opened):
        return []
    whose = aes(arm="arm", mouse="mouse")
    return [geom_points(whose, opened, shape="o", fill="white", size=1.0, stroke=0.4)]


def _ticks(low: float, high: float) -> dict[float, str]:
    """Whole doublings and halvings, with what they are times the baseline.

    >>> _ticks(-2.2, 1.4)
    {-2.0: '1/4', -1.0: '1/2', 0.0: '1', 1.0: '2'}
    """
    step = ceil((high - low) / MOST_TICKS)
    doublings = range(-step * floor(-low / step), floor(high) + 1, step)
    return {float(k): f"{2**k}" if k >= 0 else f"1/{2**-k}" for k in doublings}
