"""How much slower each arm grows than control, and combinations than their best part: a forest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs

from xenotrack.doubts import p_number
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
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    arm_scales,
    assemble,
    begin,
    caption,
    say,
)
from xenotrack.present.labels import about_names, arm_labels, short_names
from xenotrack.present.words import rate_text
from xenotrack.study.design import Design

END = 2.06  # where the words end, in shares of the differences' own axis
LIMITS = ["claim_low", "claim_high"]
ABOVE = 0.75  # of a row: from a block's heading to its first row
BETWEEN = 1.25  # rows from a block's last to the heading of the next


def draw(results: Results) -> ggplot:
    if results.study.design.control is None:
        return say("No arm is the control, so nothing is compared.")
    return contrasts(results.study.design, results.contrasts)


def contrasts(design: Design, table: pd.DataFrame) -> ggplot:
    """Differences of growth rates, a block for each arm that others are compared with.

    ``table`` has the rows of ``compare`` on ``growth_rate``: the primary contrast, the family
    ``control``, and of ``parts`` the claims against the best part.
    """
    rows = _rows(design, table)
    drawn = rows[rows["arm"].notna()]
    if drawn.empty:
        return say("No growth rates could be compared.")
    ends = drawn[["estimate", *LIMITS]].to_numpy(float)
    low, high = reach([0.0, *ends.flat], least=LEAST_RATES)
    labels, heights = rows["label"].tolist(), rows["y"].tolist()
    whole = drawn.dropna(subset=LIMITS)
    return assemble(
        begin(drawn, aes("estimate", "y", colour="arm")),
        *forest_paper(max(heights), labels, title_at=0.12),
        forest_axes(max(heights) + 0.6, low, high),
        geom_segments(aes(LIMITS[0], xend=LIMITS[1], yend="y", arm="arm"), whole, size=0.9),
        geom_points(aes(shape="arm", arm="arm"), size=2.3),
        *_words(drawn, max(heights), low, high),
        *arm_scales(design),
        *forest_scales(heights, labels, low, high, END),
        labs(x="Difference of growth rates (% a day)"),
        caption(
            "Left of the line the arm grows slower. Intervals are at the level that adjustment "
            "leaves to each, so that they hold 0 exactly where its p says so."
            + (
                " vs: the part that looks best; p of the one least surely beaten."
                if drawn["best_part"].notna().any()
                else ""
            ),
            about_numbers("compare"),
            about_names(design, _called(design, drawn)),
        ),
    )


def _rows(design: Design, table: pd.DataFrame) -> pd.DataFrame:
    """The headings, whose arm is empty, and the rows below them, from top to bottom."""
    blocks = [block for block in _blocks(design, table) if len(block) > 1]
    if not blocks:
        return pd.DataFrame(columns=[*table.columns, "label", "y"])
    steps = np.concatenate([[BETWEEN, ABOVE, *[1.0] * (len(block) - 2)] for block in blocks])
    steps[0] = 0.0
    down = np.cumsum(steps)
    return pd.concat(blocks, ignore_index=True).assign(y=down[-1] + 1 - down)


def _blocks(design: Design, table: pd.DataFrame) -> list[pd.DataFrame]:
    """What is compared with what; the primary contrast first where it is no other's row."""
    known = table.dropna(subset=["estimate"])
    claims = (known["family"] == "parts") & known["best_part"].notna()
    control = known["family"] == "control"
    primary = known[known["primary"].eq(True) & ~control & ~claims].drop_duplicates("contrast")
    named = [("Primary: against", part) for part in primary["against"]]
    return [
        *(_block(design, primary, *each) for each in named),
        _block(design, known[control], "Against", design.control),
        _block(design, known[claims], "Against the best part"),
    ]


def _block(
    design: Design, rows: pd.DataFrame, heading: str, against: str | None = None
) -> pd.DataFrame:
    """A heading with the name of an arm, and its rows, each with its ``label``."""
    width = name_width()
    names, short = arm_labels(design, width), short_names(design)
    if against is not None:
        heading = f"{heading} {arm_labels(design, width, before=len(heading) + 1)[against]}"
    labels = [
        f"{short[arm]} vs {short[part]}" if isinstance(part, str) else names[arm]
        for arm, part in zip(rows["arm"], rows["best_part"], strict=True)
    ]
    return pd.concat([rows.head(1).assign(arm=None, label=heading), rows.assign(label=labels)])


def _called(design: Design, rows: pd.DataFrame) -> dict[str, str]:
    """What the arms of the figure are called where this is shortest."""
    names, short = arm_labels(design, name_width()), short_names(design)
    paired = rows[rows["best_part"].notna()]
    return names | {arm: short[arm] for arm in (*paired["arm"], *paired["best_part"])}


def _words(rows: pd.DataFrame, top: float, low: float, high: float) -> list[object]:
    """Each difference with its interval, its p, and what it shows."""
    if not has_words():
        return []
    values = zip(rows["estimate"], rows[LIMITS[0]], rows[LIMITS[1]], strict=True)
    p_values = ["–" if np.isnan(p) else p_number(p) for p in rows["p_adjusted"]]
    shows = [verdict if isinstance(verdict, str) else "" for verdict in rows["shows"]]
    columns = {
        "Difference, % a day": (1.04, [rate_text(*each) for each in values]),
        "p, adjusted": (1.5, p_values),
        "Shown": (1.78, shows),
    }
    return forest_words(rows["y"].tolist(), columns, low, high, top)
