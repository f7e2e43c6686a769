"""How much slower each arm grows than control, and combinations than their best part: a forest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    geom_point,
    geom_segment,
    ggplot,
    labs,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.doubts import p_words
from xenotrack.present.axes import plain_number, rate_breaks
from xenotrack.present.figures.artists import geom_words
from xenotrack.present.figures.style import (
    SMALL,
    arm_scales,
    assemble,
    caption,
    interval_name,
    paper,
    say,
)
from xenotrack.present.theme import wrap_name
from xenotrack.present.words import rate_text
from xenotrack.study.design import Design

ROW = 0.31  # inches
BOTTOM = 0.4
NAME_WIDTH = 27  # characters
# Where the columns of words begin, in shares of the differences' own axis.
COLUMNS = {"difference": 1.04, "p": 1.75}
END = 2.06
BEST_PART = " - best part"
LIMITS = ["simultaneous_low", "simultaneous_high"]


def contrasts(design: Design, table: pd.DataFrame) -> ggplot:
    """Differences of growth rates with the intervals that hold for all of a family.

    ``table`` has the rows of ``compare`` on ``growth_rate``: the family ``control``, and of
    ``parts`` the claims against the best part.
    """
    rows = _rows(design, table)
    if rows.empty:
        return say("No growth rates could be compared.")
    low, high = _reach(rows)
    return assemble(
        ggplot(rows, aes("estimate", "y", colour="arm")),
        *paper(
            1.0 + ROW * (rows["y"].max() + 1),
            axis_line=element_blank(),
            axis_ticks_major_y=element_blank(),
            axis_title_x=element_text(ha=0.12),
            axis_title_y=element_blank(),
        ),
        *_reference_lines(rows, low, high),
        geom_segment(aes(LIMITS[0], xend=LIMITS[1], yend="y"), _whole(rows), size=0.9),
        geom_point(aes(shape="arm"), size=2.3),
        geom_words(
            aes("x", "y", label="label"),
            _words(rows, low, high),
            ha="left",
            size=SMALL,
            inherit_aes=False,
        ),
        *arm_scales(design),
        scale_x_continuous(
            limits=(low, low + END * (high - low)),
            breaks=rate_breaks(low, high),
            labels=lambda values: [plain_number(value) for value in values],
            expand=(0, 0),
        ),
        scale_y_continuous(
            limits=(BOTTOM, rows["y"].max() + 1.5),
            breaks=rows["y"].tolist(),
            labels=[wrap_name(name, NAME_WIDTH) for name in rows["label"]],
            expand=(0, 0),
        ),
        labs(x="Difference of growth rates (per day)"),
        caption(
            f"Left of the line the first arm grows slower. Each {interval_name(design)} holds for "
            "all arms of its block together, and may hold 0 where Holm's p is small. Best part: "
            "the one least surely beaten."
        ),
    )


def _rows(design: Design, table: pd.DataFrame) -> pd.DataFrame:
    """The rows drawn, top to bottom, with a gap between the blocks."""
    claims = (table["family"] == "parts") & table["contrast"].str.endswith(BEST_PART)
    drawn = table[(table["family"] == "control") | claims].dropna(subset=["estimate"])
    ends = {name: f" - {name}" for name in (design.control, "best part") if name}
    arms = [
        next((text.removesuffix(end) for end in ends.values() if text.endswith(end)), text)
        for text in drawn["contrast"]
    ]
    labels = [
        f"{arm} against {'its best part' if text.endswith(BEST_PART) else design.control}"
        for arm, text in zip(arms, drawn["contrast"], strict=True)
    ]
    block = drawn["family"].ne("control").to_numpy()
    place = np.arange(len(drawn)) + 0.7 * block
    return drawn.assign(arm=arms, label=labels, y=place.max(initial=0) + 1 - place)


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset=LIMITS)


def _reach(rows: pd.DataFrame) -> tuple[float, float]:
    """The differences' own axis: all intervals and zero."""
    ends = rows[["estimate", *LIMITS]]
    low, high = min(ends.min().min(), 0.0), max(ends.max().max(), 0.0)
    room = 0.04 * (high - low) or 0.01
    return low - room, high + room


def _reference_lines(rows: pd.DataFrame, low: float, high: float) -> list[object]:
    """The axis, and no difference."""
    top = rows["y"].max() + 0.6
    lines = pd.DataFrame({"x": [low, 0.0], "xend": [high, 0.0], "y": BOTTOM, "yend": [BOTTOM, top]})
    line = aes("x", "y", xend="xend", yend="yend")
    return [geom_segment(line, lines, size=0.5, inherit_aes=False)]


def _words(rows: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """Every word of the columns with its place; the heading stands above the first row."""
    at = {name: low + share * (high - low) for name, share in COLUMNS.items()}
    heading = pd.DataFrame(
        {"x": list(at.values()), "label": ["Difference per day", "p, together"]}
    ).assign(y=rows["y"].max() + 1)
    values = zip(rows["estimate"], rows[LIMITS[0]], rows[LIMITS[1]], strict=True)
    columns = {
        "difference": [rate_text(*each) for each in values],
        "p": [
            "–" if np.isnan(p) else p_words(p).removeprefix("p ").removeprefix("= ")
            for p in rows["p_adjusted"]
        ],
    }
    frames = [
        pd.DataFrame({"x": at[name], "y": rows["y"], "label": labels})
        for name, labels in columns.items()
    ]
    return pd.concat([heading, *frames], ignore_index=True)
