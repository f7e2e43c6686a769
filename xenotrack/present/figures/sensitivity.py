"""Days gained under every definition of progression: a specification curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs

from xenotrack.doubts import p_number
from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.forest import (
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
    interval_name,
    say,
)
from xenotrack.present.labels import about_names, short_names
from xenotrack.present.numbers import decimals, fixed
from xenotrack.present.theme import wrap_name
from xenotrack.study.design import Design

END = 2.5  # where the words end, in shares of the days' own axis
LEAST_DAYS = 4.0
ABOVE, BETWEEN = 0.75, 1.25  # rows below a heading, and above it
LIMITS = ["claim_low", "claim_high"]
HEADINGS = {
    "progression": "Progression",
    "composite": "Or toxicity",
    "nadir": "From the nadir",
    "regrowth": "From the nadir",
}


def draw(results: Results) -> ggplot:
    return sensitivity(results.study.design, results.sensitivity)


def sensitivity(design: Design, table: pd.DataFrame) -> ggplot:
    """A row a definition, by size in each block: one claim, the primary one where there is one."""
    if table.empty:
        return say(
            "No arm is the control, so no days gained are compared."
            if design.control is None
            else "Days gained could not be estimated under any definition."
        )
    contrasts = table["contrast"].unique()
    label = contrasts[0] if design.primary is not None else contrasts[-1]
    own = table[(table["contrast"] == label) & table["estimate"].notna()]
    if own.empty:
        return say("Days gained could not be estimated under any definition.")
    rows = _rows(own)
    drawn = rows[rows["arm"].notna()]
    low, high = reach([0.0, *drawn[["estimate", *LIMITS]].to_numpy(float).flat], least=LEAST_DAYS)
    labels, heights = rows["label"].tolist(), rows["y"].tolist()
    names = short_names(design)
    arm, against = drawn["arm"].iloc[0], drawn["against"].iloc[0]
    other = _other_arm(design, against)
    versus = names[other] if other else "each of its parts"
    return assemble(
        begin(drawn, aes("estimate", "y", colour="arm")),
        *forest_paper(max(heights), labels, title_at=0.05),
        forest_axes(max(heights) + 0.6, low, high),
        geom_segments(
            aes(LIMITS[0], xend=LIMITS[1], yend="y", arm="arm"), drawn.dropna(subset=LIMITS)
        ),
        geom_points(aes(arm="arm"), drawn[drawn["holds"]], size=2.0),
        geom_points(aes(arm="arm"), drawn[~drawn["holds"]], size=2.0, fill="white"),
        *_words(drawn, max(heights), low, high),
        *arm_scales(design),
        *forest_scales(heights, labels, low, high, END, times=1),
        labs(x=f"Days gained, {names[arm]} vs {versus}"),
        caption(
            f"One row a definition, with its {interval_name(design)}, wider where it is adjusted. "
            "Full circles: shown, with the sign that the declared definition gives.",
            ""
            if has_words()
            else "Below each: the day of progression, and what a cull for size counts as.",
            open_circles(own, 1 - design.rules.compare.level),
            _not_estimable(table, label),
            about_numbers("sensitivity"),
            about_names(design, {name: names[name] for name in (arm, other) if name}),
        ),
    )


def _other_arm(design: Design, against: str) -> str:
    """The arm that the claim is against; "" for a combination against each of its parts.

    An arm may be called as that claim is: without a primary contrast, combinations come last.
    """
    over_parts = design.primary is None and any(True for _ in design.combinations())
    return against if against in design.arm_names and not over_parts else ""


def open_circles(own: pd.DataFrame, alpha: float) -> str:
    """What an open circle says where p alone would show a difference."""
    open_ = own[~own["holds"].astype(bool) & (own["p_adjusted"] < alpha)]
    return (
        f"Open circles with p below {alpha:.2g}: the claim is withheld, or of the other sign."
        if len(open_)
        else ""
    )


def _not_estimable(table: pd.DataFrame, label: str) -> str:
    lost = int(table.loc[table["contrast"] == label, "estimate"].isna().sum())
    return f"Not estimable under {lost} more." if lost else ""


def _rows(own: pd.DataFrame) -> pd.DataFrame:
    """The headings, whose arm is empty, and the rows below them, from top to bottom."""
    heading = own["estimand"].map(HEADINGS)
    blocks, steps = [], []
    for title in dict.fromkeys(HEADINGS.values()):
        block = own[heading == title].sort_values("estimate", ascending=False, kind="stable")
        if len(block):
            blocks += [block.head(1).assign(arm=None, label=title), _labelled(block)]
            steps += [BETWEEN, ABOVE, *[1.0] * (len(block) - 1)]
    steps[0] = 0.0
    down = np.cumsum(steps)
    return pd.concat(blocks, ignore_index=True).assign(y=down[-1] + 1 - down)


def _labelled(block: pd.DataFrame) -> pd.DataFrame:
    """The rows with their names, which hold all choices where these have no columns beside."""
    events = [_event(*row) for row in block[["estimand", "rule", "value", "confirm"]].to_numpy()]
    if has_words():
        return block.assign(label=[wrap_name(event, name_width()) for event in events])
    choices = block[["interpolate", "size_cull", "declared"]].to_numpy()
    labels = [
        f"{event}{' (declared)' if declared else ''}\n{_DAY[day]}, cull {_CULL[cull]}"
        for event, (day, cull, declared) in zip(events, choices, strict=True)
    ]
    return block.assign(label=labels)


def _event(estimand: str, rule: str, value: float, confirm: bool) -> str:
    if estimand == "regrowth":
        return "regrowth"
    event = {"fold": f"{value:g} × baseline", "nadir": f"{value:g} × nadir"}
    return event.get(rule, f"{value:g} mm³") + (", twice" if confirm else "")


def _words(rows: pd.DataFrame, top: float, low: float, high: float) -> list[object]:
    """Each estimate with its interval and p, and the choices that the row stands for."""
    if not has_words():
        return []
    values = rows[["estimate", *LIMITS]].to_numpy(float)
    columns = {
        "Days gained": (1.04, [_interval(*each) for each in values]),
        "p, adjusted": (1.45, ["–" if np.isnan(p) else p_number(p) for p in rows["p_adjusted"]]),
        "Day": (1.75, [_DAY[day] for day in rows["interpolate"]]),
        "Size limit": (2.05, [_CULL[cull] for cull in rows["size_cull"]]),
        "Declared": (2.3, ["yes" if declared else "" for declared in rows["declared"]]),
    }
    return forest_words(rows["y"].tolist(), columns, low, high, top)


_DAY = {"linear": "between", "log": "between (log)", "none": "of the visit"}
_CULL = {"event": "event", "censor": "censored"}


def _interval(estimate: float, low: float, high: float) -> str:
    places = decimals([estimate, low, high], 10.0)
    return f"{fixed(estimate, places)} ({fixed(low, places)} to {fixed(high, places)})"
