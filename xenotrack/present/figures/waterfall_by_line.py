"""Best response of each line, a waterfall an arm, in the colours of the response classes."""

from __future__ import annotations

from math import ceil

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    facet_wrap,
    geom_hline,
    ggplot,
    labs,
    scale_fill_manual,
    scale_x_discrete,
    scale_y_continuous,
)

from xenotrack.compare.across import Pool
from xenotrack.present.axes import signed_percent
from xenotrack.present.bars import CAP_PERCENT
from xenotrack.present.figures.owned import geom_owned_columns
from xenotrack.present.figures.style import (
    MIDDLE,
    SMALL,
    WIDE,
    assemble,
    caption,
    figure_width,
    paper,
    say,
)
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.theme import RESPONSES

THRESHOLDS = (-50.0, 35.0)  # mRECIST: partial response, progression
SIDE_BY_SIDE, NARROW_SIDE_BY_SIDE = 3, 2
NAME, NARROW_NAME = 30, 16  # characters
NAMED = 12  # lines that have room for their names below the bars
ROW = 1.9  # inches of a row of panels
FRAME = 1.1


def draw(pool: Pool) -> ggplot:
    bars = bars_of(pool)
    if bars.empty:
        return say("No line had a reading from which a best response could be taken.")
    wide = figure_width() >= WIDE
    names = arm_labels(pool.design, NAME if wide else NARROW_NAME)
    arms = list(dict.fromkeys(bars["arm"]))
    bars = bars.assign(
        panel=pd.Categorical(bars["arm"].map(names), [names[arm] for arm in arms]),
        bar=pd.Categorical(bars["bar"], bars["bar"]),
    )
    shown = [name for name in RESPONSES if name in set(bars["mrecist"])]
    columns = min(SIDE_BY_SIDE if wide else NARROW_SIDE_BY_SIDE, len(arms))
    text = element_text(size=SMALL - 1 if wide else SMALL, rotation=90)
    return assemble(
        ggplot(bars, aes("bar", "height", fill="mrecist")),
        *paper(
            FRAME + ROW * ceil(len(arms) / columns),
            axis_text_x=text if bars["line"].nunique() <= NAMED else element_blank(),
            axis_ticks_major_x=element_blank(),
            strip_text=element_text(size=SMALL),
            legend_position="bottom",
        ),
        geom_owned_columns(aes(arm="arm"), width=0.8),
        geom_hline(yintercept=list(THRESHOLDS), linetype="dotted", colour=MIDDLE, size=0.4),
        facet_wrap("panel", ncol=columns, scales="free_x"),
        scale_fill_manual(
            values={name: RESPONSES[name][1] for name in RESPONSES},
            breaks=shown,
            labels=[RESPONSES[name][2] for name in shown],
        ),
        scale_x_discrete(labels=lambda ends: [end.partition("\n")[0] for end in ends]),
        scale_y_continuous(labels=lambda values: [signed_percent(value) for value in values]),
        labs(x="", y="Best change of volume", fill="mRECIST"),
        caption(
            "A bar a line: the median of its mice's best changes, in the colour of the class of "
            f"the mouse in the middle; cut at +{CAP_PERCENT:g} %. Dotted: −50 and +35 %.",
            about_names(pool.design, names),
        ),
    )


def bars_of(pool: Pool) -> pd.DataFrame:
    """``line arm mrecist height bar``, a row a line and arm, from the largest change down."""
    rows = pool.tables["pool_response"]
    rows = rows[rows["best_response_percent"].notna() & rows["mrecist"].notna()]
    rows = rows.assign(
        place=rows["arm"].map({arm: place for place, arm in enumerate(pool.arms)}),
        height=rows["best_response_percent"].astype(float).clip(upper=CAP_PERCENT),
        bar=rows["line"] + "\n" + rows["arm"],
    )
    return rows.sort_values(["place", "height", "line"], ascending=[True, False, True])
