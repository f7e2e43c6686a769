"""The growth rate of each arm with its interval: a forest."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from plotnine import (
    aes,
    ggplot,
    labs,
)

from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.forest import (
    BOTTOM,
    LEAST_RATES,
    about_numbers,
    forest_axes,
    forest_paper,
    forest_scales,
    forest_words,
    name_width,
)
from xenotrack.present.figures.needs import Results, growth_of
from xenotrack.present.figures.style import (
    MIDDLE,
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    say,
)
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.words import doubling_text, rate_text
from xenotrack.study.design import Design

END = 2.12  # where the words end, in shares of the rates' own axis
DOUBLING = ["doubling_time_days", "doubling_time_low", "doubling_time_high"]


def draw(results: Results) -> ggplot:
    fit = growth_of(results)
    if fit is None:
        return say("No growth rate could be estimated.")
    return rates(results.study.design, fit.to_frame())


OPEN = "An interval without an end: no tumour could be measured any more, and it shrank no slower."


def rates(design: Design, table: pd.DataFrame) -> ggplot:
    """Each arm's rate per day, its interval, and both in words; ``table`` is a growth frame."""
    drawn = table.dropna(subset=["estimate"])
    if not len(drawn):
        return say("No growth rate could be estimated.")
    rows = table.assign(y=range(len(table), 0, -1))
    low, high = _reach(drawn, design.rules.growth.blocked_below)
    whole = rows.dropna(subset=["conf_high"]).fillna({"conf_low": low})  # open: to the edge
    known = rows.dropna(subset=["estimate"])
    names = arm_labels(design, name_width())
    shown = [names[arm] for arm in rows["arm"]]
    return assemble(
        begin(known, aes("estimate", "y", colour="arm")),
        *forest_paper(len(rows), shown, title_at=0.2),
        forest_axes(len(rows) + 0.6, low, high),
        _line_of_blocked_growth(design, len(rows) + 0.6),
        geom_segments(aes("conf_low", xend="conf_high", yend="y", arm="arm"), whole, size=0.9),
        geom_points(aes(shape="arm", arm="arm"), size=2.3),
        *_words(rows, low, high),
        *arm_scales(design),
        *forest_scales(rows["y"].tolist(), shown, low, high, END),
        labs(x="Growth rate (% a day)"),
        caption(
            f"Rates with their {interval_name(design)}. Solid line: no growth; dotted line: "
            f"{100 * design.rules.growth.blocked_below:g} % a day, below which growth counts as "
            "blocked.",
            about_numbers("growth", "–: no doubling; >: no upper limit."),
            OPEN if (rows["conf_low"].isna() & rows["conf_high"].notna()).any() else "",
            about_names(design, names),
        ),
    )


def _reach(drawn: pd.DataFrame, blocked_below: float) -> tuple[float, float]:
    """The rates' own axis: all intervals, zero, and the line of blocked growth."""
    ends = drawn[["estimate", "conf_low", "conf_high"]].to_numpy(float)
    return reach([0.0, blocked_below, *ends.flat], least=LEAST_RATES)


def _line_of_blocked_growth(design: Design, top: float) -> object:
    at = design.rules.growth.blocked_below
    return geom_segments(
        aes("x", "y", xend="x", yend="yend"),
        pd.DataFrame({"x": [at], "y": [BOTTOM], "yend": [top]}),
        size=0.4,
        linetype="dotted",
        colour=MIDDLE,
        inherit_aes=False,
    )


def _words(rows: pd.DataFrame, low: float, high: float) -> list[object]:
    """The mice of each arm, its rate and its doubling time, with their intervals."""
    rate = _texts(rows, rate_text, ["estimate", "conf_low", "conf_high"])
    columns = {
        "n": (1.04, [str(n) for n in rows["n_mice"]]),
        "Rate, % a day": (1.12, rate),
        "Doubling time, days": (1.68, _texts(rows, doubling_text, DOUBLING)),
    }
    return forest_words(rows["y"].tolist(), columns, low, high)


def _texts(rows: pd.DataFrame, write: Callable[..., str], columns: list[str]) -> list[str]:
    return [
        write(*values) for values in zip(*(rows[name].tolist() for name in columns), strict=True)
    ]
