"""What each arm does to tumours against what it costs in body weight: a point an arm."""

from __future__ import annotations

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    MIDDLE,
    assemble,
    begin,
    caption,
    interval_name,
    legend_rows,
    paper,
    say,
)
from xenotrack.present.theme import arm_colours, arm_shapes
from xenotrack.study.design import Design

GROWTH = ("growth_rate", "growth_low", "growth_high")
WEIGHT = ("net_weight", "net_weight_low", "net_weight_high")
PANEL, ROW = 3.6, 0.22  # inches: the panel with its words, and a row of the legend


def draw(results: Results) -> ggplot:
    return trade_off(results.study.design, results.trade_off)


def trade_off(design: Design, table: pd.DataFrame) -> ggplot:
    """Growth from left to right, net weight from below: the best corner is the upper left one."""
    rows = table.dropna(subset=[GROWTH[0], WEIGHT[0]])
    if not len(rows):
        return say("No arm has both a growth rate and a body weight net of the tumour.")
    low, high = reach([0.0, *rows[list(GROWTH)].to_numpy(float).flat], least=0.02)
    under, over = reach([0.0, *rows[list(WEIGHT)].to_numpy(float).flat], least=4.0)
    arms = rows["arm"].tolist()
    colours, rows_of_legend = arm_colours(design), legend_rows(*arms)
    first = rows.iloc[0]
    return assemble(
        begin(rows, aes(GROWTH[0], WEIGHT[0], colour="arm")),
        *paper(
            PANEL + ROW * rows_of_legend, legend_position="bottom", legend_title=element_blank()
        ),
        *_nothing_happened(low, high, under, over),
        geom_segments(
            aes(GROWTH[1], WEIGHT[0], xend=GROWTH[2], yend=WEIGHT[0], arm="arm"),
            rows.dropna(subset=list(GROWTH)),
            size=0.6,
        ),
        geom_segments(
            aes(GROWTH[0], WEIGHT[1], xend=GROWTH[0], yend=WEIGHT[2], arm="arm"),
            rows.dropna(subset=list(WEIGHT)),
            size=0.6,
        ),
        geom_points(aes(shape="arm", arm="arm"), size=2.6),
        scale_colour_manual(values=colours, guide=None),
        scale_shape_manual(
            values=arm_shapes(design),
            breaks=arms,
            guide=guide_legend(
                nrow=rows_of_legend, override_aes={"color": [colours[arm] for arm in arms]}
            ),
        ),
        scale_x_continuous(limits=(low, high), expand=(0, 0)),
        scale_y_continuous(limits=(under, over), expand=(0, 0)),
        labs(x="Growth rate (ln volume per day)", y="Body weight net of the tumour, change in %"),
        caption(
            f"Growth of days {first['growth_from_day']:g} to {first['growth_until_day']:g}, weight "
            f"of days {first['weight_from_day']:g} to {first['weight_until_day']:g}, which all "
            f"arms share; lines: {interval_name(design)} of each arm alone. Upper left is best: "
            "tumours shrink, and weight is kept.",
        ),
    )


def _nothing_happened(low: float, high: float, under: float, over: float) -> list[object]:
    """The lines of no growth and of no change in weight."""
    lines = pd.DataFrame(
        {"x": [low, 0.0], "xend": [high, 0.0], "y": [0.0, under], "yend": [0.0, over]}
    )
    line = aes("x", "y", xend="xend", yend="yend")
    return [geom_segments(line, lines, size=0.4, colour=MIDDLE, inherit_aes=False)]
