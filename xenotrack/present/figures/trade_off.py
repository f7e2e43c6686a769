"""What each arm does to tumours against what it costs in body weight: a point an arm."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs, scale_x_continuous, scale_y_continuous

from xenotrack.present.axes import plain_number, rate_breaks, reach
from xenotrack.present.figures.artists import geom_points, geom_segments, geom_words
from xenotrack.present.figures.line_ends import LINE, end_names, spread
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    MIDDLE,
    SMALL,
    arm_scales,
    assemble,
    begin,
    caption,
    figure_width,
    interval_name,
    paper,
    say,
    stretched,
)
from xenotrack.present.labels import about_names
from xenotrack.study.design import Design

GROWTH = ("growth_rate", "growth_low", "growth_high")
WEIGHT = ("net_weight", "net_weight_low", "net_weight_high")
PANEL, FRAME, LOWEST = 3.0, 0.9, 1.2  # inches: the panel, what is around it, and the least panel
BESIDE = 0.7  # inches left of the panel
GAP = 0.08  # inches from a point to its name


def draw(results: Results) -> ggplot:
    return trade_off(results.study.design, results.trade_off)


def trade_off(design: Design, table: pd.DataFrame) -> ggplot:
    """Growth from left to right, net weight from below: the best corner is the upper left one."""
    rows = table.dropna(subset=[GROWTH[0], WEIGHT[0]])
    if not len(rows):
        return say("No arm has both a growth rate and a body weight net of the tumour.")
    low, high = reach([0.0, *rows[list(GROWTH)].to_numpy(float).flat], least=0.02)
    under, over = reach([0.0, *rows[list(WEIGHT)].to_numpy(float).flat], least=4.0)
    panel = stretched(PANEL, FRAME, LOWEST)
    names = end_names(design)
    beside = GAP + max(text_inches(names[arm], SMALL) for arm in rows["arm"])
    across = (high - low) / (figure_width() - BESIDE - beside)
    first = rows.iloc[0]
    return assemble(
        begin(rows, aes(GROWTH[0], WEIGHT[0], colour="arm")),
        *paper(FRAME + panel, FRAME + LOWEST),
        _nothing_happened(low, high, under, over),
        geom_segments(
            aes(GROWTH[1], WEIGHT[0], xend=GROWTH[2], yend=WEIGHT[0], arm="arm"),
            rows.dropna(subset=list(GROWTH)),
            size=0.6,
            alpha=0.6,
        ),
        geom_segments(
            aes(GROWTH[0], WEIGHT[1], xend=GROWTH[0], yend=WEIGHT[2], arm="arm"),
            rows.dropna(subset=list(WEIGHT)),
            size=0.6,
            alpha=0.6,
        ),
        geom_points(aes(shape="arm", arm="arm"), size=2.6),
        _named(rows, names, across, (over - under) / panel),
        *arm_scales(design),
        scale_x_continuous(
            limits=(low, high + beside * across),
            breaks=rate_breaks(low, high),
            labels=lambda values: [plain_number(100 * value) for value in values],
            expand=(0, 0),
        ),
        scale_y_continuous(
            limits=(under, over),
            breaks=rate_breaks(under, over),
            labels=lambda values: [plain_number(value) for value in values],
            expand=(0, 0),
        ),
        labs(x="Growth rate (% a day)", y="Body weight net of the tumour, change in %"),
        caption(
            f"Growth of days {first['growth_from_day']:g} to {first['growth_until_day']:g}, weight "
            f"of days {first['weight_from_day']:g} to {first['weight_until_day']:g}, which all "
            f"arms share; lines: {interval_name(design)} of each arm alone. Upper left is best: "
            "tumours shrink, and weight is kept.",
            about_names(design, {arm: names[arm] for arm in rows["arm"]}),
        ),
    )


def _named(rows: pd.DataFrame, names: dict[str, str], across: float, up: float) -> object:
    """The name of each arm beside its point, above or below its interval, none on another."""
    height = rows[WEIGHT[0]].to_numpy(float)
    above = spread(height + 0.8 * LINE * up, LINE * up)
    at = np.where(above - height < 0.6 * LINE * up, height - 0.8 * LINE * up, above)
    words = rows.assign(
        x=rows[GROWTH[0]] + GAP * across, at=at, label=[names[arm] for arm in rows["arm"]]
    )
    return geom_words(
        aes("x", "at", label="label", colour="arm"),
        words,
        ha="left",
        va="center_baseline",
        size=SMALL,
        inherit_aes=False,
    )


def _nothing_happened(low: float, high: float, under: float, over: float) -> object:
    """The lines of no growth and of no change in weight."""
    lines = pd.DataFrame(
        {"x": [low, 0.0], "xend": [high, 0.0], "y": [0.0, under], "yend": [0.0, over]}
    )
    line = aes("x", "y", xend="xend", yend="yend")
    return geom_segments(line, lines, size=0.4, colour=MIDDLE, inherit_aes=False)
