"""The mean of each arm over the days: all in one panel, of many arms a panel each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs

from xenotrack.arrays import Floats
from xenotrack.present.figures.artists import (
    geom_bands,
    geom_boxes,
    geom_points,
    geom_polylines,
    geom_segments,
)
from xenotrack.present.figures.line_ends import end_layers, end_names
from xenotrack.present.figures.number_table import NumberTable, table_days
from xenotrack.present.figures.panels import MOST_TOGETHER, Panels
from xenotrack.present.figures.style import (
    CUT,
    FEWEST,
    SHADE,
    SINCE,
    THICK,
    about_few,
    about_ghosts,
    arm_scales,
    assemble,
    begin,
    caption,
    paper,
)
from xenotrack.present.labels import about_names, arm_labels, shortest
from xenotrack.present.theme import CONTROL_COLOUR
from xenotrack.present.words import mice_text
from xenotrack.study.design import Design
from xenotrack.study.study import Study

MOST_BANDS = 4
BESIDE = 0.006  # of the days: from a bar to the next at its visit
STOPS = "A curve stops where fewer than half of the arm's mice are still followed."
VOLUME = "Tumour volume (mm³)"


@dataclass(frozen=True)
class MeanCurves:
    """What is drawn of a study's means.

    ``means`` has ``arm day n y low high below`` (whether a mouse of it is below the limit),
    ``mice`` the courses of the mice of small arms, ``mouse arm day y``; ``low`` and ``high`` bound
    the heights, ``ticks`` are their (position, label). ``alive`` has ``arm day n_mice``;
    ``window`` are the days of the growth fit.
    """

    study: Study
    means: pd.DataFrame
    mice: pd.DataFrame
    alive: pd.DataFrame
    low: float
    high: float
    ticks: Mapping[float, str]
    sentences: Sequence[str]
    window: tuple[float, float] | None = None

    @property
    def design(self) -> Design:
        return self.study.design

    @property
    def first(self) -> float:
        return float(self.means["day"].min())

    @property
    def last(self) -> float:
        return float(self.means["day"].max())

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """The means with limits, cut at the edges."""
        known = self.means.dropna(subset=["low", "high"])
        low, high = (known[name].clip(self.low, self.high) for name in ("low", "high"))
        return known.assign(low=low, high=high)

    def figure(self) -> ggplot:
        if len(self.design.arms) > MOST_TOGETHER:
            return _a_panel_each(self)
        return _together(self)

    def about(self, labels: Mapping[str, str], *more: str) -> object:
        return caption(
            *self.sentences,
            *more,
            self._about_window(),
            about_few(self.mice),
            self._about_cut(),
            about_names(self.design, labels),
        )

    def _about_window(self) -> str:
        if self.window is None:
            return ""
        first, last = self.window
        return f"Shaded: days {first:g} to {last:g}, from which growth rates are estimated."

    def _about_cut(self) -> str:
        """That the whole interval is longer than what is seen of it, where that is so."""
        cut = (self.means["low"] < self.low) | (self.means["high"] > self.high)
        return CUT if cut.any() else ""


def log_height(volume: Floats) -> Floats:
    """The height (log₁₀) of volumes on a log axis; a limit too small for a number has none."""
    return np.log10(np.where(volume > 0, volume, np.nan))


def limited(study: Study, means: pd.DataFrame) -> pd.DataFrame:
    """The means with limits where these will be drawn, and if a mouse is ``below`` the limit.

    No limits where fewer than ``FEWEST`` mice are left, and of many arms in one panel limits at
    some visits only, at one at least. ``bar_day`` sets the bars of a visit side by side.
    """
    arms = study.design.arm_names
    known = means["low"].notna() & means["high"].notna() & (means["n"] >= FEWEST)
    if MOST_BANDS < len(arms) <= MOST_TOGETHER:
        by_arm = known.groupby(means["arm"], sort=False)
        apart = by_arm.transform("sum").clip(1, len(arms) // 2)
        turn = means["arm"].map({arm: position for position, arm in enumerate(arms)})
        known &= (by_arm.cumsum() - 1) % apart == turn % apart
    shown = means.assign(low=means["low"].where(known), high=means["high"].where(known))
    bars = shown[known].groupby("day")["arm"]
    beside = bars.cumcount() - (bars.transform("size") - 1) / 2
    span = float(means["day"].max() - means["day"].min()) or 1.0
    readings = study.readings
    below = readings.loc[readings["below_limit"], ["arm", "day"]].drop_duplicates()
    is_below = pd.MultiIndex.from_frame(means[["arm", "day"]]).isin(pd.MultiIndex.from_frame(below))
    return shown.assign(bar_day=means["day"] + BESIDE * span * beside, below=is_below)


def few_mice(study: Study, courses: pd.DataFrame) -> pd.DataFrame:
    """The courses of the mice of arms so small that a mean hides them."""
    mice = study.mice.groupby("arm")["mouse"].nunique()
    return courses[courses["arm"].isin(mice.index[mice < FEWEST])]


def growth_days(means: pd.DataFrame) -> list[float]:
    """The days of the axis, at which the mice still on study are counted."""
    if not len(means):
        return [0.0]
    return table_days(float(means["day"].min()), float(means["day"].max()), most=9)


def about_bars(design: Design) -> str:
    """Why a bar does not stand at each point."""
    if not MOST_BANDS < len(design.arm_names) <= MOST_TOGETHER:
        return ""
    return "Each arm has its bars at some visits only, side by side with those of other arms."


def _together(curves: MeanCurves) -> ggplot:
    """All arms in one panel, above the table of their mice."""
    labels, at_ends = (
        arm_labels(curves.design, NumberTable.name_width()),
        end_names(curves.design),
    )
    table = NumberTable(
        arms=curves.design.arm_names,
        names=labels,
        ends=at_ends,
        counts=curves.alive,
        days=sorted(curves.alive["day"].unique()),
        first_day=curves.first,
        last_day=curves.last,
        low=curves.low,
        high=curves.high,
        ticks=curves.ticks,
        title=curves.design.words(VOLUME),
        heading="Mice on study",
    )
    ends = curves.means.drop_duplicates("arm", keep="last")
    return assemble(
        begin(curves.means, aes("day", "y", colour="arm")),
        *paper(table.height, table.height, **table.theme()),
        *_shaded(curves),
        *table.layers(),
        *_intervals(curves),
        *_mice(curves.mice),
        geom_polylines(aes(group="arm", linetype="arm", arm="arm"), size=THICK),
        *arm_symbols(curves.means),
        *end_layers(
            ends,
            at_ends,
            (curves.first, curves.last),
            (curves.low, curves.high),
            (table.days_in_inch, table.inch),
        ),
        *arm_scales(curves.design),
        curves.about(shortest(labels, at_ends)),
    )


def _shaded(curves: MeanCurves) -> list[object]:
    """The days of the growth fit, where they are not all days."""
    if curves.window is None:
        return []
    first, last = curves.window
    box = pd.DataFrame({"xmin": [first], "xmax": [last], "ymin": curves.low, "ymax": curves.high})
    corners = aes(xmin="xmin", xmax="xmax", ymin="ymin", ymax="ymax")
    return [geom_boxes(corners, box, fill=SHADE, inherit_aes=False)]


def _intervals(curves: MeanCurves) -> list[object]:
    """Bands for a few arms, for many the bars that ``limited`` has chosen."""
    rows = curves.intervals
    if not len(rows):
        return []
    if len(curves.design.arm_names) <= MOST_BANDS:
        return [geom_bands(aes(ymin="low", ymax="high", fill="arm", arm="arm"), rows, alpha=0.15)]
    ends = aes(x="bar_day", xend="bar_day", y="low", yend="high", arm="arm")
    return [geom_segments(ends, rows, size=0.35, alpha=0.7)]


def arm_symbols(means: pd.DataFrame) -> list[object]:
    """Each arm's symbol at its visits, open where a mouse is below the limit."""
    symbol = aes(shape="arm", arm="arm")
    full, below = means[~means["below"]], means[means["below"]]
    layers: list[object] = [geom_points(symbol, full, size=1.1)] if len(full) else []
    if len(below):
        layers.append(geom_points(symbol, below, size=1.1, fill="white"))
    return layers


def _mice(mice: pd.DataFrame) -> list[object]:
    if not len(mice):
        return []
    return [geom_polylines(aes(group="mouse", arm="arm", mouse="mouse"), mice, size=0.3, alpha=0.6)]


def _a_panel_each(curves: MeanCurves) -> ggplot:
    """Each arm in a panel of its own, with the other arms in grey and the control in black."""
    design = curves.design
    panels = Panels(
        design=design,
        arms=[arm for arm in design.arm_names if (curves.means["arm"] == arm).any()],
        notes=_counts(curves),
        low=curves.low,
        high=curves.high,
        first=curves.first,
        last=curves.last,
        ticks=curves.ticks,
    )
    placed = panels.placed(curves.means, y="y")
    rows = panels.placed(curves.intervals, y="y", bottom="low", top="high")
    band = aes(ymin="bottom", ymax="top", fill="arm", arm="arm")
    return assemble(
        begin(placed, aes("x", "y", colour="arm")),
        *panels.paper(0.6),
        *panels.layers(),
        *panels.ghosts(curves.means, y="y", group="arm", control=CONTROL_COLOUR),
        geom_bands(band, rows, alpha=0.2),
        *_mice(panels.placed(curves.mice, y="y")),
        geom_polylines(aes(group="arm", arm="arm"), size=THICK),
        *_open_circles(placed[placed["below"]]),
        *arm_scales(design),
        labs(x=SINCE, y=VOLUME),
        curves.about(panels.names, about_ghosts(design)),
    )


def _open_circles(below: pd.DataFrame) -> list[object]:
    if not len(below):
        return []
    return [geom_points(aes(arm="arm"), below, shape="o", fill="white", size=0.8, stroke=0.4)]


def _counts(curves: MeanCurves) -> dict[str, str]:
    """The mice of each arm, and how many of them are left at the end of its curve."""
    n = curves.means.groupby("arm", sort=False)["n"].agg(["max", "last"])
    return {
        str(arm): mice_text(most) + (f", {last} at the end" if last < most else "")
        for arm, most, last in n.itertuples()
    }
