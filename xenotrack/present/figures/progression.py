"""The share of each arm's mice that has not progressed, by day."""

from __future__ import annotations

import pandas as pd
from plotnine import aes, ggplot

from xenotrack.present.axes import plain_number
from xenotrack.present.figures.artists import geom_bands, geom_points, geom_polylines, geom_segments
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.number_table import AXIS_AT, NumberTable, table_days
from xenotrack.present.figures.style import (
    MIDDLE,
    THICK,
    about_looks,
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    paper,
    say,
)
from xenotrack.present.labels import arm_labels
from xenotrack.present.steps import at_risk, band_corners, curve_corners
from xenotrack.present.words import days_text, drawable
from xenotrack.study.design import Design

MOST_BANDS = 2
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
EVENTS = {
    "fold": "{value:g} × baseline",
    "nadir": "{value:g} × nadir",
    "absolute": "{value:g} mm³",
}


def draw(results: Results) -> ggplot:
    fit = results.progression
    return progression(results.study.design, fit.curve_frame(), fit.to_frame())


def progression(design: Design, curve: pd.DataFrame, table: pd.DataFrame) -> ggplot:
    """Kaplan–Meier curves with the mice at risk and the medians under them.

    ``curve`` has a row an arm and day (``n_at_risk n_censored estimate conf_low conf_high``),
    ``table`` a row an arm (``n_mice n_events median_days conf_low conf_high``).
    """
    if not len(curve):
        return say("No mouse could be judged for progression.")
    corners = curve_corners(curve)
    layout = _table(design, curve, table)
    censored = curve[curve["n_censored"] > 0]
    left, right = layout.left(AXIS_AT), layout.right
    return assemble(
        begin(corners, aes("day", "estimate", colour="arm")),
        *paper(layout.height, layout.height, **layout.theme()),
        *layout.layers(),
        geom_segments(
            aes("x", "y", xend="xend", yend="yend"),
            pd.DataFrame({"x": [left], "xend": [right], "y": [0.5], "yend": [0.5]}),
            colour=MIDDLE,
            linetype="dotted",
            inherit_aes=False,
        ),
        *_bands(design, curve),
        geom_polylines(aes(group="arm", linetype="arm", arm="arm"), size=THICK),
        geom_points(aes(shape="arm", arm="arm"), _events(curve), size=1.3),
        geom_points(aes(arm="arm"), censored, shape="|", size=2.2, stroke=0.6),
        *arm_scales(design),
        caption(
            f"Kaplan–Meier; progression at {_event(design)}. Ticks: mice censored.",
            f"Medians with their {interval_name(design)}; –: not reached."
            if layout.has_column
            else "",
            _without_progression(table),
            about_looks(design),
        ),
    )


def _events(curve: pd.DataFrame) -> pd.DataFrame:
    """Where a curve falls: each arm's symbol, which tells the curves apart without colour too."""
    before = curve.groupby("arm", sort=False)["estimate"].shift(fill_value=1.0)
    return curve[curve["estimate"] < before]


def _event(design: Design) -> str:
    rules = design.rules.progression
    culled = " or leaving for tumour size" if rules.size_cull == "event" else ""
    return EVENTS[rules.rule].format(value=rules.threshold) + culled


def _without_progression(table: pd.DataFrame) -> str:
    """Which arms lie on one another along the top, since nobody can see it."""
    arms = table.loc[(table["n_events"] == 0) & (table["n_mice"] > 0), "arm"].tolist()
    return f"No mouse progressed under {', '.join(map(drawable, arms))}." if len(arms) > 1 else ""


def _bands(design: Design, curve: pd.DataFrame) -> list[object]:
    """Bands for one or two arms; more would hide one another."""
    if len(design.arm_names) > MOST_BANDS or curve["conf_low"].isna().all():
        return []
    limits = aes(y="low", ymin="low", ymax="high", fill="arm", arm="arm")
    return [geom_bands(limits, band_corners(curve), alpha=0.1)]


def _table(design: Design, curve: pd.DataFrame, table: pd.DataFrame) -> NumberTable:
    last = float(curve["day"].max())
    days = table_days(0, last, most=7)
    columns = ["arm", "median_days", "conf_low", "conf_high"]
    medians = {
        arm: days_text(median, low, high, "not reached")
        for arm, median, low, high in table[columns].to_numpy(dtype=object).tolist()
    }
    return NumberTable(
        arms=design.arm_names,
        names=arm_labels(design, NumberTable.name_width()),
        ends={},
        counts=at_risk(curve, design.arm_names, days),
        days=days,
        first_day=0.0,
        last_day=last,
        low=-0.03,
        high=1.03,
        ticks={share: plain_number(100 * share) for share in SHARES},
        title="Not progressed (% of mice)",
        heading="Mice at risk",
        inches=2.6,
        column_heading="Median, days",
        column=medians,
    )
