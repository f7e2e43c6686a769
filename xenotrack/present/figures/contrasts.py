"""How much slower each arm grows than control, and combinations than their best part: a forest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    ggplot,
    labs,
)

from xenotrack.compare.families import BEST_PART
from xenotrack.doubts import p_words
from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.forest import (
    BOTTOM,
    LEAST_RATES,
    about_numbers,
    forest_paper,
    forest_scales,
    forest_words,
    has_words,
    row_name,
)
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    say,
)
from xenotrack.present.words import rate_text
from xenotrack.study.design import Design

NAME_WIDTH = 27  # characters
NARROW_WIDTH = 22
SHORT = 12  # characters of a control's name that each row can have
END = 2.06  # where the words end, in shares of the differences' own axis
LIMITS = ["claim_low", "claim_high"]


def draw(results: Results) -> ggplot:
    if results.study.design.control is None:
        return say("No arm is the control, so nothing is compared.")
    return contrasts(results.study.design, results.contrasts)


def contrasts(design: Design, table: pd.DataFrame) -> ggplot:
    """Differences of growth rates with the intervals that hold for all of a family.

    ``table`` has the rows of ``compare`` on ``growth_rate``: the primary contrast, the family
    ``control``, and of ``parts`` the claims against the best part.
    """
    rows = _rows(design, table)
    if rows.empty:
        return say("No growth rates could be compared.")
    low, high = _reach(rows)
    names = [row_name(name, NAME_WIDTH, NARROW_WIDTH) for name in rows["label"]]
    return assemble(
        begin(rows, aes("estimate", "y", colour="arm")),
        *forest_paper(rows["y"].max(), names, title_at=0.12),
        *_reference_lines(rows, low, high),
        geom_segments(aes(LIMITS[0], xend=LIMITS[1], yend="y", arm="arm"), _whole(rows), size=0.9),
        geom_points(aes(shape="arm", arm="arm"), size=2.3),
        *_words(rows, low, high),
        *arm_scales(design),
        *forest_scales(rows["y"].tolist(), names, low, high, END),
        labs(x="Difference of growth rates (per day)"),
        caption(
            f"Left of the line the first arm grows slower. Each {interval_name(design)} is at the "
            "level that the adjustment over its block leaves; the primary contrast is not "
            "adjusted. Best part: the difference from the part that looks best"
            + (", p of the one least surely beaten." if has_words() else "."),
            about_numbers("compare"),
        ),
    )


def _rows(design: Design, table: pd.DataFrame) -> pd.DataFrame:
    """The rows drawn, top to bottom, with a gap between the blocks.

    The primary contrast comes first where it is neither with control nor a claim.
    """
    claims = (table["family"] == "parts") & (table["against"] == BEST_PART)
    usual = (table["family"] == "control") | claims
    first = ~usual & table["primary"].astype(bool)
    block = np.select([first, claims], [0, 2], 1)
    drawn = table.assign(block=block)[usual | first].dropna(subset=["estimate"])
    drawn = drawn.sort_values("block", kind="stable")
    others = [_other(design, name) for name in drawn["against"]]
    place = np.arange(len(drawn)) + 0.7 * np.unique(drawn["block"], return_inverse=True)[1]
    return drawn.assign(
        label=[f"{arm} against {other}" for arm, other in zip(drawn["arm"], others, strict=True)],
        y=place.max(initial=0) + 1 - place,
    )


def _other(design: Design, against: str) -> str:
    """What an arm is held against, in words that each row can have."""
    if against == BEST_PART:
        return "its best part"
    return "control" if against == design.control and len(against) > SHORT else against


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset=LIMITS)


def _reach(rows: pd.DataFrame) -> tuple[float, float]:
    """The differences' own axis: all intervals and zero."""
    return reach([0.0, *rows[["estimate", *LIMITS]].to_numpy(float).flat], least=LEAST_RATES)


def _reference_lines(rows: pd.DataFrame, low: float, high: float) -> list[object]:
    """The axis, and no difference."""
    top = rows["y"].max() + 0.6
    lines = pd.DataFrame({"x": [low, 0.0], "xend": [high, 0.0], "y": BOTTOM, "yend": [BOTTOM, top]})
    line = aes("x", "y", xend="xend", yend="yend")
    return [geom_segments(line, lines, size=0.5, inherit_aes=False)]


def _words(rows: pd.DataFrame, low: float, high: float) -> list[object]:
    """Each difference with its interval, and its p."""
    values = zip(rows["estimate"], rows[LIMITS[0]], rows[LIMITS[1]], strict=True)
    p_values = [
        "–" if np.isnan(p) else p_words(p).removeprefix("p ").removeprefix("= ")
        for p in rows["p_adjusted"]
    ]
    columns = {
        "Difference per day": (1.04, [rate_text(*each) for each in values]),
        "p, together": (1.75, p_values),
    }
    return forest_words(rows["y"].tolist(), columns, low, high)
