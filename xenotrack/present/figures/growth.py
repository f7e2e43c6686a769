"""How the tumours of each arm grew: geometric mean volumes by visit day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from plotnine import aes, ggplot

from xenotrack.present.axes import log_breaks, plain_number
from xenotrack.present.figures.artists import geom_bands, geom_points, geom_polylines, geom_segments
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.number_table import NumberTable, table_days
from xenotrack.present.figures.style import (
    CUT,
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
from xenotrack.response.courses_by_arm import mean_volumes, mice_on_study
from xenotrack.study.study import Study

MOST_BANDS = 4
BESIDE = 0.006  # of the days: from a bar to the next at its visit
STOPS = "A curve stops where fewer than half of the arm's mice are still followed."


def draw(results: Results) -> ggplot:
    means = mean_volumes(results.study)
    return growth(results.study, means, mice_on_study(results.study, growth_days(means)))


def growth(study: Study, means: pd.DataFrame, alive: pd.DataFrame) -> ggplot:
    """Mean volume of each arm with its interval, and the mice still on study under it.

    ``means`` is that of ``mean_volumes``; ``alive`` has ``arm day n_mice`` at the axis's days.
    """
    if not len(means):
        return say("No tumour volume was measured.")
    drawn = with_bars(
        study,
        means.assign(
            y=np.log10(means["estimate"].to_numpy(float)),
            low=np.log10(means["conf_low"].to_numpy(float)),
            high=np.log10(means["conf_high"].to_numpy(float)),
        ),
    )
    return mean_curves(
        study,
        drawn,
        alive,
        _heights(drawn),
        f"Geometric mean with its {interval_name(study.design)}, log scale.",
        STOPS,
        about_bars(study),
        about_limit(study),
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
        *paper(table.height, table.height, **table.theme()),
        *table.layers(),
        _intervals(study, drawn.dropna(subset=["low", "high"]), table),
        geom_polylines(line, size=THICK),
        geom_points(aes(shape="arm", arm="arm"), size=1.1),
        *arm_scales(study.design),
        caption(*sentences, _about_cut(drawn, heights), about_looks(study.design)),
    )


def with_bars(study: Study, drawn: pd.DataFrame) -> pd.DataFrame:
    """The means with intervals where these will be drawn: of many arms at some visits only.

    Each arm has at least one. ``bar_day`` sets the bars of a visit side by side.
    """
    arms = study.design.arm_names
    known = drawn["low"].notna() & drawn["high"].notna()
    if len(arms) > MOST_BANDS:
        own = known.groupby(drawn["arm"], sort=False)
        apart = own.transform("sum").clip(1, len(arms) // 2)
        turn = drawn["arm"].map({arm: position for position, arm in enumerate(arms)})
        known &= (own.cumsum() - 1) % apart == turn % apart
    shown = drawn.assign(low=drawn["low"].where(known), high=drawn["high"].where(known))
    bars = shown[known].groupby("day")["arm"]
    beside = bars.cumcount() - (bars.transform("size") - 1) / 2
    span = float(drawn["day"].max() - drawn["day"].min()) or 1.0
    return shown.assign(bar_day=drawn["day"] + BESIDE * span * beside)


def _intervals(study: Study, drawn: pd.DataFrame, table: NumberTable) -> object:
    """Bands for a few arms, for many the bars that ``with_bars`` has chosen."""
    inside = drawn.assign(
        low=drawn["low"].clip(table.low, table.high), high=drawn["high"].clip(table.low, table.high)
    )
    if len(study.design.arm_names) <= MOST_BANDS:
        return geom_bands(aes(ymin="low", ymax="high", fill="arm", arm="arm"), inside, alpha=0.15)
    ends = aes(x="bar_day", xend="bar_day", y="low", yend="high", arm="arm")
    return geom_segments(ends, inside, size=0.35, alpha=0.7)


def _about_cut(drawn: pd.DataFrame, heights: Heights) -> str:
    """That the whole interval is longer than what is seen of it, where that is so."""
    cut = (drawn["low"] < heights.low) | (drawn["high"] > heights.high)
    return CUT if cut.any() else ""


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
    if len(study.design.arm_names) <= MOST_BANDS:
        return ""
    return "Each arm has its bars at some visits only, side by side with those of other arms."


def about_limit(study: Study) -> str:
    """What a reading counts as that was too small to be measured."""
    below = int(study.readings["below_limit"].sum())
    if not below:
        return ""
    return f"{below} readings below the limit count as {study.limit_mm3:g} mm³."
