"""The share of each arm's mice that has not progressed, by day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs

from xenotrack.compare.verdicts import WITHHELD
from xenotrack.doubts import p_number
from xenotrack.present.axes import plain_number
from xenotrack.present.figures.artists import geom_bands, geom_points, geom_polylines, geom_segments
from xenotrack.present.figures.line_ends import end_layers, end_names
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.number_table import AXIS_AT, NumberTable, table_days
from xenotrack.present.figures.panels import MOST_TOGETHER, Panels
from xenotrack.present.figures.style import (
    FEWEST,
    MIDDLE,
    SINCE,
    THICK,
    about_ghosts,
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    paper,
    say,
)
from xenotrack.present.labels import about_names, arm_labels, shortest
from xenotrack.present.numbers import decimals, fixed
from xenotrack.present.steps import at_risk, band_corners, curve_corners, set_apart
from xenotrack.present.theme import CONTROL_COLOUR
from xenotrack.present.words import days_text, mice_text
from xenotrack.study.design import Design

MOST_BANDS = 2
LOW, HIGH = -0.03, 1.03
TICKS = {share: plain_number(100 * share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)}
TITLE = "Not progressed (% of mice)"
APART = "Curves that coincide are set apart by half a percent."
MEDIAN, GAINED = "Median, days", "Days gained, p"
EVENTS = {
    "fold": "{value:g} × baseline",
    "percent": "{value:g} % above baseline",
    "nadir": "{value:g} × nadir",
    "absolute": "{value:g} mm³",
}


def draw(results: Results) -> ggplot:
    fit = results.progression
    design = results.study.design
    gained = gained_words(results.days_gained, design.control)
    return progression(design, fit.curve_frame(), fit.to_frame(), gained)


def progression(
    design: Design,
    curve: pd.DataFrame,
    table: pd.DataFrame,
    gained: Mapping[str, str] | None = None,
) -> ggplot:
    """Kaplan–Meier curves with the mice at risk, the medians and the days gained.

    ``curve`` has a row an arm and day (``n_at_risk n_censored estimate conf_low conf_high``),
    ``table`` a row an arm (``n_mice n_events median_days conf_low conf_high``), ``gained`` the
    words of the arms that are compared with the control.
    """
    if not len(curve):
        return say("No mouse could be judged for progression.")
    if len(design.arms) > MOST_TOGETHER:
        return _a_panel_each(design, curve, table)
    columns = {MEDIAN: medians(table, curve), **({GAINED: gained} if gained else {})}
    return _together(design, curve, table, columns)


def _together(
    design: Design,
    curve: pd.DataFrame,
    table: pd.DataFrame,
    columns: Mapping[str, Mapping[str, str]],
) -> ggplot:
    names, ends = arm_labels(design, NumberTable.name_width()), end_names(design)
    layout = _table(design, curve, columns, names, ends)
    corners = curve_corners(curve)
    apart = set_apart(corners)
    corners, events, censored = (
        rows.assign(height=rows["estimate"] + rows["arm"].map(apart).astype(float))
        for rows in (corners, falls(curve), curve[curve["n_censored"] > 0])
    )
    last = corners.drop_duplicates("arm", keep="last").assign(y=lambda rows: rows["height"])
    return assemble(
        begin(corners, aes("day", "height", colour="arm")),
        *paper(layout.height, layout.height, **layout.theme()),
        *layout.layers(),
        _half(layout.left(AXIS_AT), layout.right),
        *_bands(design, curve, table),
        geom_polylines(aes(group="arm", linetype="arm", arm="arm"), size=THICK),
        geom_points(aes(shape="arm", arm="arm"), events, size=1.3),
        geom_points(aes(arm="arm"), censored, shape="|", size=2.2, stroke=0.6),
        *end_layers(
            last,
            ends,
            (0.0, layout.last_day),
            (LOW, HIGH),
            (layout.days_in_inch, layout.inch),
        ),
        *arm_scales(design),
        caption(
            f"Kaplan–Meier; progression at {event_words(design)}. Ticks: mice censored.",
            f"Medians with their {interval_name(design)}; –: not reached."
            if MEDIAN in layout.shown
            else "",
            "Days gained against the control over the days that both are followed, with CI "
            "and p after adjustment."
            if GAINED in layout.shown
            else "",
            APART if any(apart.values()) else "",
            about_names(design, shortest(names, ends)),
        ),
    )


def _half(left: float, right: float) -> object:
    """The line at which half of the mice have progressed."""
    return geom_segments(
        aes("x", "y", xend="xend", yend="yend"),
        pd.DataFrame({"x": [left], "xend": [right], "y": [0.5], "yend": [0.5]}),
        colour=MIDDLE,
        linetype="dotted",
        inherit_aes=False,
    )


def falls(curve: pd.DataFrame) -> pd.DataFrame:
    """Where a curve falls: each arm's symbol, which tells the curves apart without colour too."""
    before = curve.groupby("arm", sort=False)["estimate"].shift(fill_value=1.0)
    return curve[curve["estimate"] < before]


def event_words(design: Design) -> str:
    rules = design.rules.progression
    culled = " or leaving for tumour size" if rules.size_cull == "event" else ""
    return EVENTS[rules.rule].format(value=rules.threshold) + culled


def _bands(design: Design, curve: pd.DataFrame, table: pd.DataFrame) -> list[object]:
    """Bands for one or two arms, since more would hide one another, and not for few mice."""
    banded = _of_many(curve, table)
    if len(design.arm_names) > MOST_BANDS or not len(banded):
        return []
    limits = aes(y="low", ymin="low", ymax="high", fill="arm", arm="arm")
    return [geom_bands(limits, band_corners(banded), alpha=0.1)]


def _of_many(curve: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The curves that have an interval and mice enough for it to say anything."""
    many = table.loc[table["n_mice"] >= FEWEST, "arm"]
    known = curve.loc[curve["conf_low"].notna(), "arm"]
    return curve[curve["arm"].isin(many) & curve["arm"].isin(known)]


def _table(
    design: Design,
    curve: pd.DataFrame,
    columns: Mapping[str, Mapping[str, str]],
    names: Mapping[str, str],
    ends: Mapping[str, str],
) -> NumberTable:
    last = float(curve["day"].max())
    days = table_days(0, last, most=7)
    return NumberTable(
        arms=design.arm_names,
        names=names,
        ends=ends,
        counts=at_risk(curve, design.arm_names, days),
        days=days,
        first_day=0.0,
        last_day=last,
        low=LOW,
        high=HIGH,
        ticks=TICKS,
        title=TITLE,
        heading="Mice at risk",
        inches=2.6,
        columns=columns,
    )


def unreached(curve: pd.DataFrame, arm: str) -> str:
    """What is said of an arm without a median: a curve that ends on day 0 reaches nothing."""
    followed = (curve["arm"] == arm) & (curve["day"] > 0)
    return "not reached" if followed.any() else "not followed"


def medians(table: pd.DataFrame, curve: pd.DataFrame) -> dict[str, str]:
    """The median of each arm with its interval."""
    columns = ["arm", "median_days", "conf_low", "conf_high"]
    return {
        arm: days_text(median, low, high, unreached(curve, arm))
        for arm, median, low, high in table[columns].to_numpy(dtype=object).tolist()
    }


def gained_words(rows: pd.DataFrame, control: str | None) -> dict[str, str]:
    """The days gained against the control by each arm, with interval and p after adjustment.

    ``rows`` are those of the table ``compare``. A claim that is withheld has neither.
    """
    against = rows[(rows["against"] == control) & rows["family"].isin(("control", "primary"))]
    columns = ["arm", "estimate", "claim_low", "claim_high", "p_adjusted", "shows"]
    return {
        arm: gained_text(estimate, low, high, p_value, shows)
        for arm, estimate, low, high, p_value, shows in against[columns].itertuples(index=False)
    }


def gained_text(estimate: float, low: float, high: float, p_value: float, shows: str) -> str:
    """Days with their interval and p.

    >>> gained_text(25.08, 7.9, 42.4, 0.0007, "better")
    '25 (8 to 42), 0.0007'
    >>> gained_text(5.2, 0.4, 9.9, 0.03, "withheld")
    '5.2, no claim'
    """
    if np.isnan(estimate):
        return "–"
    places = decimals([estimate, low, high], 10.0)
    days = fixed(estimate, places)
    if shows == WITHHELD:
        return f"{days}, no claim"
    ends = [fixed(end, places) if np.isfinite(end) else "–" for end in (low, high)]
    return f"{days} ({ends[0]} to {ends[1]}), {p_number(p_value)}"


def _a_panel_each(design: Design, curve: pd.DataFrame, table: pd.DataFrame) -> ggplot:
    """Each arm in a panel of its own, with the other arms in grey and the control in black."""
    corners = curve_corners(curve)
    medians = {
        arm: unreached(curve, arm) if np.isnan(median) else f"{median:.1f} days"
        for arm, median in zip(table["arm"], table["median_days"], strict=True)
    }
    n_mice = dict(zip(table["arm"], table["n_mice"], strict=True))
    panels = Panels(
        design=design,
        arms=[arm for arm in design.arm_names if (corners["arm"] == arm).any()],
        notes={arm: f"{mice_text(n_mice[arm])}, {medians[arm]}" for arm in n_mice},
        low=LOW,
        high=HIGH,
        first=0.0,
        last=float(curve["day"].max()),
        ticks=TICKS,
        lines=(0.5,),
    )
    band = band_corners(_of_many(curve, table))
    censored = panels.placed(curve[curve["n_censored"] > 0], y="estimate")
    limits = aes(ymin="bottom", ymax="top", fill="arm", arm="arm")
    return assemble(
        begin(panels.placed(corners, y="estimate"), aes("x", "y", colour="arm")),
        *panels.paper(0.6),
        *panels.layers(),
        *panels.ghosts(corners, y="estimate", group="arm", control=CONTROL_COLOUR),
        geom_bands(limits, panels.placed(band, y="low", bottom="low", top="high"), alpha=0.2),
        geom_polylines(aes(group="arm", arm="arm"), size=THICK),
        geom_points(aes(arm="arm"), censored, shape="|", size=1.8, stroke=0.5),
        *arm_scales(design),
        labs(x=SINCE, y=TITLE),
        caption(
            f"Kaplan–Meier; progression at {event_words(design)}. Ticks: mice censored.",
            f"Titles: median days. Bands: their {interval_name(design)}.",
            about_ghosts(design),
            about_names(design, panels.names),
        ),
    )
