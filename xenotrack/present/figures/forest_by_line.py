"""The difference from control in each line, and over lines: a forest with diamonds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from plotnine import aes, geom_polygon, ggplot, labs

from xenotrack.compare.across import Pool
from xenotrack.compare.pooled import ALL, GROUP, Pooled
from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.forest import (
    LEAST_RATES,
    about_numbers,
    forest_axes,
    forest_paper,
    forest_scales,
    forest_words,
    name_width,
)
from xenotrack.present.figures.style import arm_scales, assemble, begin, caption, say
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.theme import arm_colours, wrap_name
from xenotrack.present.words import rate_text

END = 1.6  # where the words end, in shares of the differences' own axis
HIGH = 0.32  # of a row: a diamond
BETWEEN = 1.4  # rows from an arm's last to the heading of the next
LIMITS = ("conf_low", "conf_high")


def draw(pool: Pool) -> ggplot:
    rows = pd.DataFrame([row for arm in pool.arms for row in _rows_of_arm(pool, arm)])
    if rows.empty:
        return say("No growth rates could be compared over lines.")
    rows = rows.assign(y=rows["step"][::-1].cumsum()[::-1] - rows["step"] + 1.0)
    drawn = rows.dropna(subset=["estimate"])
    ends = drawn[["estimate", *LIMITS, "predict_low", "predict_high"]].to_numpy(float)
    low, high = reach([0.0, *ends[np.isfinite(ends)]], least=LEAST_RATES)
    lines = drawn[drawn["kind"] == "line"]
    names, heights = rows["label"].tolist(), rows["y"].tolist()
    return assemble(
        begin(lines, aes("estimate", "y", colour="arm")),
        *forest_paper(max(heights), names, title_at=0.25),
        forest_axes(max(heights) + 0.6, low, high),
        *_intervals(drawn, lines),
        geom_points(aes(arm="arm"), shape="s", size=1.8),
        *_diamonds(pool, drawn),
        *forest_words(heights, {"Difference, % a day": (1.04, _texts(rows))}, low, high),
        *arm_scales(pool.design),
        *forest_scales(heights, names, low, high, END),
        labs(x=f"Difference of growth rates from {pool.control} (% a day)"),
        caption(
            f"{_squares(pool.is_panel)}; diamonds: their means. Left of the line "
            "the arm grows slower. The thin line through a mean of all lines is where the next "
            "line lies.",
            about_numbers("pool"),
            about_names(pool.design, arm_labels(pool.design, name_width())),
        ),
    )


def _squares(panel: bool) -> str:
    """What the squares are; lines of one or two mice an arm know no error of their own.

    >>> _squares(panel=True), _squares(panel=False)
    ('Squares: lines', 'Squares: lines, each with its own interval')
    """
    return "Squares: lines" if panel else "Squares: lines, each with its own interval"


def _rows_of_arm(pool: Pool, arm: str) -> Iterator[dict[str, object]]:
    """A heading, the lines by group with the mean of each, and the mean of all."""
    frame = pool.tables["pool_lines"]
    own = frame[(frame["outcome"] == "growth_rate") & (frame["arm"] == arm)]
    own = own[own["against"] == pool.control]
    means = [row for row in pool.rows if row.outcome == "growth_rate" and row.arm == arm]
    if own.empty:
        return
    name = arm_labels(pool.design, name_width())[arm]
    yield {"kind": "heading", "label": name, "arm": arm, "step": BETWEEN}
    groups = [row for row in means if row.scope == GROUP and row.factor == _factor(pool)]
    left = list(own["line"])
    for row in groups:
        within = [line for line in pool.factors[row.factor][row.groups[0]] if line in left]
        yield from (_line_row(own, line) for line in within)
        yield _mean_row(row, f"{_factor(pool)} {row.group}")
        left = [line for line in left if line not in within]
    yield from (_line_row(own, line) for line in left)
    for row in means:
        if row.scope == ALL:
            yield _mean_row(row, f"all {row.n_lines} lines")


def _factor(pool: Pool) -> str:
    """The factor by which lines are sorted: the first."""
    return next(iter(pool.factors), "")


def _line_row(own: pd.DataFrame, line: str) -> dict[str, object]:
    row = own[own["line"] == line].iloc[0]
    numbers = {name: float(row[name]) for name in ("estimate", *LIMITS)}
    label = wrap_name(line, name_width())
    return {"kind": "line", "label": label, "arm": row["arm"], "step": 1.0, **numbers}


def _mean_row(row: Pooled, label: str) -> dict[str, object]:
    numbers = {name: getattr(row, name) for name in ("estimate", *LIMITS)}
    if row.scope == ALL:
        numbers |= {"predict_low": row.predict_low, "predict_high": row.predict_high}
    label = wrap_name(label, name_width())
    return {"kind": "mean", "label": label, "arm": row.arm, "step": 1.0, **numbers}


def _intervals(drawn: pd.DataFrame, lines: pd.DataFrame) -> list[object]:
    whole = lines.dropna(subset=list(LIMITS))
    own = aes("conf_low", xend="conf_high", yend="y", arm="arm")
    found: list[object] = [geom_segments(own, whole, size=0.7)]
    if "predict_low" in drawn and len(next_line := drawn.dropna(subset=["predict_low"])):
        ends = aes("predict_low", "y", xend="predict_high", yend="y", colour="arm", arm="arm")
        found.append(geom_segments(ends, next_line, size=0.4, inherit_aes=False))
    return found


def _diamonds(pool: Pool, drawn: pd.DataFrame) -> list[object]:
    """A diamond as wide as the interval of each mean."""
    colours = arm_colours(pool.design)
    corners = []
    means = drawn[drawn["kind"] == "mean"].dropna(subset=list(LIMITS))
    for number, row in enumerate(means.itertuples()):
        x = [row.conf_low, row.estimate, row.conf_high, row.estimate]
        y = [row.y, row.y + HIGH, row.y, row.y - HIGH]
        corners.append(pd.DataFrame({"x": x, "y": y, "number": number, "arm": row.arm}))
    return [
        geom_polygon(
            aes("x", "y", group="number"),
            part,
            fill=colours[part["arm"].iloc[0]],
            inherit_aes=False,
        )
        for part in corners
    ]


def _texts(rows: pd.DataFrame) -> list[str]:
    values = zip(rows["estimate"], rows[LIMITS[0]], rows[LIMITS[1]], strict=True)
    return ["" if np.isnan(each[0]) else rate_text(*each) for each in values]
