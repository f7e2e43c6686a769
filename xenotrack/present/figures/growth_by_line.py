"""Growth in each line: a panel a line, every mouse, and each arm's mean while all are there."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_text,
    facet_wrap,
    ggplot,
    guide_legend,
    guides,
    labs,
    scale_colour_manual,
    scale_y_log10,
)

from xenotrack.compare.across import Pool
from xenotrack.present.axes import plain_number
from xenotrack.present.figures.owned import geom_owned_lines
from xenotrack.present.figures.style import (
    SINCE,
    SMALL,
    WIDE,
    assemble,
    caption,
    figure_width,
    legend_rows,
    paper,
    say,
)
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.theme import arm_colours

MOST = 24  # lines that have room for a panel each
SIDE_BY_SIDE, NARROW_SIDE_BY_SIDE = 4, 2
NAME, NARROW_NAME = 40, 16  # characters
ROW = 1.5  # inches of a row of panels
FRAME = 0.9
LEGEND = 0.16


def draw(pool: Pool) -> ggplot:
    frames = [line.readings.assign(line=line.name) for line in pool.lines[:MOST]]
    rows = pd.concat(frames, ignore_index=True)
    rows = rows[rows["volume_mm3"] > 0]
    if rows.empty:
        return say("No line has a reading.")
    order = [line.name for line in pool.lines]
    rows = rows.assign(
        line=pd.Categorical(rows["line"], order),
        arm=pd.Categorical(rows["arm"], list(pool.arms)),
        owner=rows["line"].astype(str) + "\n" + rows["mouse"].astype(str),
    )
    wide = figure_width() >= WIDE
    names = arm_labels(pool.design, NAME if wide else NARROW_NAME)
    legend = [names[arm] for arm in pool.arms]
    columns = min(SIDE_BY_SIDE if wide else NARROW_SIDE_BY_SIDE, len(frames))
    rows_of_legend = legend_rows(*legend)
    left = len(pool.lines) - len(frames)
    return assemble(
        ggplot(rows, aes("day", "volume_mm3", colour="arm")),
        *paper(
            FRAME + LEGEND * (rows_of_legend - 1) + ROW * ceil(len(frames) / columns),
            strip_text=element_text(size=SMALL),
            legend_position="bottom",
        ),
        geom_owned_lines(aes(group="owner", arm="arm"), size=0.25, alpha=0.45),
        geom_owned_lines(aes(arm="arm"), data=_means(rows), size=1.0),
        facet_wrap("line", ncol=columns),
        scale_y_log10(labels=lambda values: [plain_number(value) for value in values]),
        scale_colour_manual(values=arm_colours(pool.design), labels=legend, name=""),
        guides(colour=guide_legend(nrow=rows_of_legend)),
        labs(x=SINCE, y="Tumour volume (mm³)", colour=""),
        caption(
            "Thin: mice; thick: geometric mean of an arm, while all of its mice are read.",
            f"{left} more lines are not drawn." if left else "",
            about_names(pool.design, names),
        ),
    )


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """The geometric mean of each arm and line on days with all of its mice."""
    by = ["line", "arm"]
    mice = rows.groupby(by, observed=True)["mouse"].nunique().rename("n_mice").reset_index()
    means = (
        rows.assign(ln=np.log(rows["volume_mm3"]))
        .groupby([*by, "day"], observed=True)["ln"]
        .agg(["mean", "size"])
        .reset_index()
        .merge(mice, on=by)
    )
    whole = means[means["size"] == means["n_mice"]]
    return whole.assign(volume_mm3=np.exp(whole["mean"]))
