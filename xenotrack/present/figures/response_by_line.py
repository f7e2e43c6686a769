"""Response by line and arm: a heatmap of classes, with the mice that responded."""

from __future__ import annotations

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    geom_text,
    ggplot,
    labs,
    scale_colour_identity,
    scale_fill_manual,
    scale_x_discrete,
    scale_y_discrete,
)

from xenotrack.compare.across import Pool
from xenotrack.present.figures.owned import geom_owned_tiles
from xenotrack.present.figures.style import (
    SMALL,
    WIDE,
    assemble,
    caption,
    figure_width,
    paper,
    say,
)
from xenotrack.present.labels import about_names, arm_labels, short_names
from xenotrack.present.theme import RESPONSES

ROW, NARROW_ROW = 0.22, 0.3  # inches
MOST = 5  # arms of which a narrow figure has room for changes
FRAME = 1.5  # inches of the axis, the legend and the caption
CHANGE = ", and the median best change of volume"
OVER = "objective", "disease control"
DARK = ("CR", "PD", "NE")


def draw(pool: Pool) -> ggplot:
    table = pool.tables["pool_response"]
    rows = table[(table["n_mice"] > 0) & table["mrecist"].notna()]
    if rows.empty:
        return say("No response could be judged in any line.")
    wide = figure_width() >= WIDE
    between = "  " if wide else "\n" if len(pool.arms) <= MOST else None
    lines, arms = [line.name for line in pool.lines], list(pool.arms)
    cells = rows.assign(
        line=pd.Categorical(rows["line"], lines[::-1]),
        owner=rows["arm"],
        arm=pd.Categorical(rows["arm"], arms),
        words=[_words(row, between) for row in rows.itertuples()],
        ink=["white" if one in DARK else "black" for one in rows["mrecist"]],
    )
    few = len(arms) < 5 and wide
    short = arm_labels(pool.design, 16) if few else short_names(pool.design)
    total = "{}\nOR {}, DC {}" if wide else "{}\nOR {}\nDC {}"
    looks = {name: RESPONSES[name][1] for name in RESPONSES}
    titles = {name: RESPONSES[name][2] for name in RESPONSES}
    shown = [name for name in RESPONSES if name in set(cells["mrecist"])]
    return assemble(
        ggplot(cells, aes("arm", "line")),
        *paper(
            FRAME + (ROW if wide else NARROW_ROW) * (len(lines) + 2),
            axis_line=element_blank(),
            axis_ticks=element_blank(),
            axis_text_x=element_text(size=SMALL),
        ),
        geom_owned_tiles(aes(fill="mrecist", arm="owner"), colour="white", size=0.8),
        geom_text(aes(label="words", colour="ink"), size=SMALL - 1 if wide else SMALL),
        scale_colour_identity(guide=None),
        scale_fill_manual(
            values=looks, breaks=shown, labels=[titles[name] for name in shown], name="mRECIST"
        ),
        scale_x_discrete(
            labels=[total.format(short[arm], *_counts(table, arm)) for arm in arms], expand=(0, 0.5)
        ),
        scale_y_discrete(expand=(0, 0.5)),
        labs(x="", y=""),
        caption(
            "Colour: class of the mouse in the middle. In the cells: mice with an objective "
            f"response (CR or PR) of all{'' if between is None else CHANGE}. Below the arms: "
            "mice with objective response (OR), and with disease control (DC), over all lines.",
            about_names(pool.design, short),
        ),
    )


def _words(row: object, between: str | None) -> str:
    mice = f"{row.n_objective}/{row.n_mice}"  # type: ignore[attr-defined]
    best = row.best_response_percent  # type: ignore[attr-defined]
    if between is None or pd.isna(best):
        return mice
    return f"{mice}{between}{best:+.0f} %".replace("-", "−")


def _counts(table: pd.DataFrame, arm: str) -> tuple[str, str]:
    """Mice with objective response, and with disease control, of all over all lines."""
    own = table[table["arm"] == arm]
    objective, control, n = (
        int(own[each].sum()) for each in ("n_objective", "n_disease_control", "n_mice")
    )
    return f"{objective}/{n}", f"{control}/{n}"
