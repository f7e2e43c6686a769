"""The difference from control in each line, and over lines: a forest with diamonds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    has_words,
    name_width,
)
from xenotrack.present.figures.style import arm_scales, assemble, begin, caption, say
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.theme import arm_colours, wrap_name
from xenotrack.present.words import rate_places, rate_text

END = 1.6  # where the words end, in shares of the differences' own axis
HIGH = 0.32  # of a row: a diamond
BETWEEN = 1.4  # rows from an arm's last to the heading of the next
LIMITS = ("conf_low", "conf_high")
MOST_LINES = 16  # with a row each


def draw(pool: Pool) -> ggplot:
    rows = rows_of(pool)
    if rows.empty:
        return say("No growth rates could be compared over lines.")
    drawn = rows.dropna(subset=["estimate"])
    ends = drawn[["estimate", *LIMITS, "predict_low", "predict_high"]].to_numpy(float)
    low, high = reach([0.0, *ends[np.isfinite(ends)]], least=LEAST_RATES)
    lines = drawn[drawn["kind"].isin(["line", "strip"])]
    told = rows[rows["label"] != ""]
    names, heights = told["label"].tolist(), told["y"].tolist()
    return assemble(
        begin(lines, aes("estimate", "y", colour="arm")),
        *forest_paper(max(heights), names, title_at=0.25),
        forest_axes(max(heights) + 0.6, low, high),
        *_intervals(drawn, lines),
        geom_points(aes(arm="arm"), shape="s", size=1.8, alpha=0.6 if _is_strip(pool) else 1.0),
        *_diamonds(pool, drawn),
        *forest_words(heights, {"Difference, % a day": (1.04, texts_of(told))}, low, high),
        *arm_scales(pool.design),
        *forest_scales(heights, names, low, high, END),
        labs(
            x=f"Difference {'of growth rates ' if has_words() else ''}from {pool.control} (% a day)"
        ),
        caption(
            f"{_squares(pool.is_panel, _is_strip(pool))}; diamonds: their means. Left of the line "
            "the arm grows slower. The thin line through a mean of all lines is where the next "
            "line lies.",
            about_numbers("pool"),
            about_names(pool.design, arm_labels(pool.design, name_width())),
        ),
    )


def rows_of(pool: Pool) -> pd.DataFrame:
    """A heading, the lines and their means of each arm, from the top down, at heights ``y``."""
    rows = pd.DataFrame([row for arm in pool.arms for row in _rows_of_arm(pool, arm)])
    if rows.empty:
        return rows
    return rows.assign(y=rows["step"][::-1].cumsum()[::-1] - rows["step"] + 1.0)


def _is_strip(pool: Pool) -> bool:
    """Whether the lines of a mean share a row: so many of their own would fill pages."""
    return len(pool.lines) > MOST_LINES


def _squares(panel: bool, strip: bool) -> str:
    """What the squares are; lines of one or two mice an arm know no error of their own.

    >>> _squares(panel=True, strip=False), _squares(panel=False, strip=False)
    ('Squares: lines', 'Squares: lines, each with its own interval')
    >>> _squares(panel=True, strip=True)
    'Squares: lines, by name in the table pool_lines'
    """
    if strip:
        return "Squares: lines, by name in the table pool_lines"
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
        yield from _line_rows(own, within, _is_strip(pool))
        yield _mean_row(row, f"{_factor(pool)} {row.group}")
        left = [line for line in left if line not in within]
    yield from _line_rows(own, left, _is_strip(pool))
    for row in means:
        if row.scope == ALL:
            yield _mean_row(row, f"all {row.n_lines} lines")


def _factor(pool: Pool) -> str:
    """The factor by which lines are sorted: the first."""
    return next(iter(pool.factors), "")


def _line_rows(own: pd.DataFrame, lines: Sequence[str], strip: bool) -> Iterator[dict[str, object]]:
    """A row a line, or one row of all of them."""
    for place, line in enumerate(lines):
        row = own[own["line"] == line].iloc[0]
        head = {
            "kind": "line",
            "label": wrap_name(line, name_width()),
            "arm": row["arm"],
            "step": 1.0,
        }
        if strip:
            head |= {"kind": "strip", "label": "" if place else _lines_in_words(len(lines))}
            head |= {"step": 0.0 if place else 1.0}
        yield {**head, **{name: float(row[name]) for name in ("estimate", *LIMITS)}}


def _lines_in_words(count: int) -> str:
    return f"{count} line{'s' if count > 1 else ''}"


def _mean_row(row: Pooled, label: str) -> dict[str, object]:
    numbers = {name: getattr(row, name) for name in ("estimate", *LIMITS)}
    if row.scope == ALL:
        numbers |= {"predict_low": row.predict_low, "predict_high": row.predict_high}
    label = wrap_name(label, name_width())
    return {"kind": "mean", "label": label, "arm": row.arm, "step": 1.0, **numbers}


def _intervals(drawn: pd.DataFrame, lines: pd.DataFrame) -> list[object]:
    whole = lines[lines["kind"] == "line"].dropna(subset=list(LIMITS))
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


def texts_of(rows: pd.DataFrame) -> list[str]:
    """The numbers of each row but a strip, all with the same decimals."""
    numbers = rows[["estimate", *LIMITS]].to_numpy(float)
    known = (rows["kind"] != "strip").to_numpy() & np.isfinite(numbers[:, 0])
    finest = max((rate_places(*each) for each in numbers[known]), default=1)
    return [
        rate_text(each[0], each[1], each[2], finest) if tell else ""
        for each, tell in zip(numbers, known, strict=True)
    ]
