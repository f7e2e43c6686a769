"""The growth rate of each arm with its interval: a forest."""

from __future__ import annotations

from collections.abc import Callable

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

from xenotrack.present.axes import plain_number, rate_breaks
from xenotrack.present.figures.artists import geom_words
from xenotrack.present.figures.style import (
    MIDDLE,
    SMALL,
    arm_scales,
    assemble,
    caption,
    interval_name,
    paper,
    say,
)
from xenotrack.present.theme import wrap_name
from xenotrack.present.words import days_text, rate_text
from xenotrack.study.design import Design

ROW = 0.31  # inches
BOTTOM = 0.4
# Where the columns of words begin, in shares of the rates' own axis.
COLUMNS = {"n": 1.04, "rate": 1.12, "doubling": 1.68}
END = 2.12
DOUBLING = ["doubling_time_days", "doubling_time_low", "doubling_time_high"]


def rates(design: Design, table: pd.DataFrame) -> ggplot:
    """Each arm's rate per day, its interval, and both in words; ``table`` is a growth frame."""
    drawn = table.dropna(subset=["estimate"])
    if not len(drawn):
        return say("No growth rate could be estimated.")
    rows = table.assign(y=range(len(table), 0, -1))
    low, high = _reach(drawn, design.rules.growth.blocked_below)
    whole = rows.dropna(subset=["conf_low", "conf_high"])
    known = rows.dropna(subset=["estimate"])
    return assemble(
        ggplot(known, aes("estimate", "y", colour="arm")),
        *paper(
            1.0 + ROW * (len(rows) + 1),
            axis_line=element_blank(),
            axis_ticks_major_y=element_blank(),
            axis_title_x=element_text(ha=0.2),
            axis_title_y=element_blank(),
        ),
        *_reference_lines(design, len(rows), low, high),
        geom_segment(aes("conf_low", xend="conf_high", yend="y"), whole, size=0.9),
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
            limits=(BOTTOM, len(rows) + 1.5),
            breaks=rows["y"].tolist(),
            labels=[wrap_name(arm, 23) for arm in rows["arm"]],
            expand=(0, 0),
        ),
        labs(x="Growth rate (ln volume per day)"),
        caption(
            f"Rates with their {interval_name(design)}. Solid line: no growth; dotted line: "
            f"{design.rules.growth.blocked_below:g} per day, below which growth counts as blocked."
            " –: no doubling, or a limit without end."
        ),
    )


def _reach(drawn: pd.DataFrame, blocked_below: float) -> tuple[float, float]:
    """The rates' own axis: all intervals, zero, and the line of blocked growth."""
    ends = drawn[["estimate", "conf_low", "conf_high"]]
    low, high = min(ends.min().min(), 0.0), max(ends.max().max(), blocked_below, 0.0)
    room = 0.04 * (high - low)
    return low - room, high + room


def _reference_lines(design: Design, n_rows: int, low: float, high: float) -> list[object]:
    """The axis of the rates, no growth, and blocked growth."""
    top, blocked = n_rows + 0.6, design.rules.growth.blocked_below
    solid = pd.DataFrame({"x": [low, 0.0], "xend": [high, 0.0], "y": BOTTOM, "yend": [BOTTOM, top]})
    dotted = pd.DataFrame({"x": [blocked], "xend": [blocked], "y": [BOTTOM], "yend": [top]})
    line = aes("x", "y", xend="xend", yend="yend")
    return [
        geom_segment(line, solid, size=0.5, inherit_aes=False),
        geom_segment(line, dotted, size=0.4, linetype="dotted", colour=MIDDLE, inherit_aes=False),
    ]


def _words(rows: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """Every word of the columns with its place; the heading stands above the first row."""
    at = {name: low + share * (high - low) for name, share in COLUMNS.items()}
    heading = pd.DataFrame(
        {"x": list(at.values()), "label": ["n", "Rate per day", "Doubling time, days"]}
    ).assign(y=len(rows) + 1)
    columns = {
        "n": [str(n) for n in rows["n_mice"]],
        "rate": _texts(rows, rate_text, ["estimate", "conf_low", "conf_high"]),
        "doubling": _texts(rows, _doubling, DOUBLING),
    }
    frames = [
        pd.DataFrame({"x": at[name], "y": rows["y"], "label": labels})
        for name, labels in columns.items()
    ]
    return pd.concat([heading, *frames], ignore_index=True)


def _texts(rows: pd.DataFrame, write: Callable[..., str], columns: list[str]) -> list[str]:
    return [
        write(*values) for values in zip(*(rows[name].tolist() for name in columns), strict=True)
    ]


def _doubling(estimate: float, low: float, high: float) -> str:
    return days_text(estimate, low, high, "–")
