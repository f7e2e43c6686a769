"""How the tumours of each arm grew: geometric mean volumes by visit day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from plotnine import aes, ggplot

from xenotrack.present.axes import log_breaks, plain_number
from xenotrack.present.figures.artists import geom_bands, geom_points, geom_polylines, geom_segments
from xenotrack.present.figures.number_table import NumberTable, table_days
from xenotrack.present.figures.style import (
    THICK,
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    paper,
    say,
)
from xenotrack.study.study import Study

MOST_BANDS = 4
STOPS = "A curve stops where fewer than half of the arm's mice are still followed."


def growth(study: Study, means: pd.DataFrame, alive: pd.DataFrame) -> ggplot:
    """Mean volume of each arm with its interval, and the mice still on study under it.

    ``means`` is that of ``mean_volumes``; ``alive`` has ``arm day n_mice`` at the axis's days.
    """
    if not len(means):
        return say("No tumour volume was measured.")
    drawn = means.assign(
        y=np.log10(means["estimate"].to_numpy(float)),
        low=np.log10(means["conf_low"].to_numpy(float)),
        high=np.log10(means["conf_high"].to_numpy(float)),
    )
    return mean_curves(
        study,
        drawn,
        alive,
        _heights(drawn),
        f"Geometric mean with its {interval_name(study.design)}, log scale.",
        STOPS,
        about_bars(study),
        _about_limit(study),
    )


class Heights(NamedTuple):
    """Where the axis of a curve begins and ends, and its ticks: (position, label)."""

    low: float
    high: float
    ticks: Mapping[float, str]


def mean_curves(
    study: Study, drawn: pd.DataFrame, alive: pd.DataFrame, heights: Heights, *sentences: str
) -> ggplot:
    """The mean ``y`` of each arm with ``low`` and ``high``, above the table of its mice."""
    table = NumberTable(
        arms=study.design.arm_names,
        counts=alive,
        days=sorted(alive["day"].unique()),
        first_day=float(drawn["day"].min()),
        last_day=float(drawn["day"].max()),
        **heights._asdict(),
        title="Tumour volume (mm³)",
        heading="Mice on study",
    )
    line = aes(group="arm", linetype="arm", arm="arm")
    return assemble(
        begin(drawn, aes("day", "y", colour="arm")),
        *paper(table.height + 0.5, **table.theme()),
        *table.layers(),
        _intervals(study, drawn.dropna(subset=["low", "high"]), table),
        geom_polylines(line, size=THICK),
        geom_points(aes(shape="arm", arm="arm"), size=1.1),
        *arm_scales(study.design),
        caption(*sentences),
    )


def _intervals(study: Study, drawn: pd.DataFrame, table: NumberTable) -> object:
    """Bands for a few arms; for many a bar at every few visits, each arm's at visits of its own."""
    inside = drawn.assign(
        low=drawn["low"].clip(table.low, table.high), high=drawn["high"].clip(table.low, table.high)
    )
    arms = study.design.arm_names
    if len(arms) <= MOST_BANDS:
        return geom_bands(aes(ymin="low", ymax="high", fill="arm", arm="arm"), inside, alpha=0.15)
    apart = len(arms) // 2
    visit = inside.groupby("arm").cumcount()
    turn = inside["arm"].map({arm: position for position, arm in enumerate(arms)})
    some = inside[visit % apart == turn % apart]
    ends = aes(x="day", xend="day", y="low", yend="high", arm="arm")
    return geom_segments(ends, some, size=0.35, alpha=0.7)


def _heights(drawn: pd.DataFrame) -> Heights:
    low, high = _reach(drawn)
    edge = 0.02 * (high - low)  # a label at the very edge would be cut
    values = log_breaks(10 ** (low + edge), 10 ** (high - edge))
    return Heights(low, high, {float(np.log10(value)): plain_number(value) for value in values})


def _reach(drawn: pd.DataFrame) -> tuple[float, float]:
    """The axis: all means, and their intervals as far as these leave room for the means.

    Two mice have an interval of several powers of ten.
    """
    low, high = drawn["y"].min(), drawn["y"].max()
    beyond = max(0.25 * (high - low), 0.3)
    ends = drawn[["low", "high"]].clip(low - beyond, high + beyond)
    low, high = min(low, ends["low"].min()), max(high, ends["high"].max())
    room = max(0.03 * (high - low), 0.05)
    return low - room, high + room


def growth_days(means: pd.DataFrame) -> list[float]:
    """The days of the axis, at which the mice still on study are counted."""
    if not len(means):
        return [0.0]
    return table_days(float(means["day"].min()), float(means["day"].max()), most=9)


def about_bars(study: Study) -> str:
    """Why a bar does not stand at each point."""
    arms = len(study.design.arm_names)
    if arms <= MOST_BANDS:
        return ""
    return f"Each arm has its bar at one visit in {arms // 2}, so that bars stand apart."


def _about_limit(study: Study) -> str:
    below = int(study.readings["below_limit"].sum())
    if not below:
        return ""
    return f"{below} readings below the limit count as {study.limit_mm3:g} mm³."
