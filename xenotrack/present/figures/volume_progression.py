"""Volumes above, progression below, on the same days: what the mean of survivors does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs

from xenotrack.present.axes import log_breaks, plain_number, reach
from xenotrack.present.figures.artists import geom_points, geom_polylines
from xenotrack.present.figures.line_ends import end_layers, end_names
from xenotrack.present.figures.mean_curves import STOPS, VOLUME, arm_symbols, limited
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.number_table import NumberTable, table_days
from xenotrack.present.figures.panels import MOST_TOGETHER, Panels
from xenotrack.present.figures.progression import (
    APART,
    HIGH,
    LOW,
    MEDIAN,
    TITLE,
    event_words,
    falls,
    medians,
)
from xenotrack.present.figures.style import (
    SINCE,
    THICK,
    about_ghosts,
    about_limit,
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    paper,
    say,
)
from xenotrack.present.labels import about_names, arm_labels, shortest
from xenotrack.present.steps import at_risk, curve_corners, set_apart
from xenotrack.present.theme import CONTROL_COLOUR
from xenotrack.present.words import mice_text
from xenotrack.response.courses_by_arm import mean_volumes
from xenotrack.study.study import Study

SHARES = {share: plain_number(100 * share) for share in (0.0, 0.5, 1.0)}
GAP = 0.14  # between the curves, where those of progression are 1 high
INCHES = 2.1  # of each


def draw(results: Results) -> ggplot:
    fit = results.progression
    means = mean_volumes(results.study)
    curve = fit.curve_frame()
    if not len(means) or not len(curve):
        return say("No tumour volume was measured, or no mouse could be judged for progression.")
    both = VolumeAndProgression(results.study, means, curve, fit.to_frame())
    return both.a_panel_each() if len(both.arms) > MOST_TOGETHER else both.together()


@dataclass(frozen=True)
class VolumeAndProgression:
    """``means`` are those of ``mean_volumes``, ``curve`` and ``table`` those of progression.

    The height of everything is in shares of mice; volumes, in logarithms, stand above.
    """

    study: Study
    means: pd.DataFrame
    curve: pd.DataFrame
    table: pd.DataFrame

    @property
    def arms(self) -> Sequence[str]:
        return self.study.design.arm_names

    @cached_property
    def _logs(self) -> tuple[float, float]:
        return reach(np.log10(self.means["estimate"].to_numpy(float)), least=0.3)

    @property
    def floor(self) -> float:
        """Where the volumes begin."""
        return HIGH + GAP

    @property
    def top(self) -> float:
        return self.floor + HIGH - LOW

    def _height(self, volume: pd.Series | float) -> pd.Series | float:
        low, high = self._logs
        return self.floor + (np.log10(volume) - low) / (high - low) * (self.top - self.floor)

    @cached_property
    def volumes(self) -> pd.DataFrame:
        limits = {"low": np.nan, "high": np.nan}  # intervals are those of the figure growth
        drawn = limited(self.study, self.means.assign(**limits))
        return drawn.assign(y=self._height(drawn["estimate"]))

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The corners of the curves of progression, those that coincide a little apart."""
        return self._on_curve(self._corners)

    @cached_property
    def _corners(self) -> pd.DataFrame:
        return curve_corners(self.curve)

    @cached_property
    def _apart(self) -> dict[str, float]:
        """By how much the curve of progression of each arm is drawn lower."""
        return set_apart(self._corners)

    def _on_curve(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(y=rows["estimate"] + rows["arm"].map(self._apart).astype(float))

    def _censored(self) -> list[object]:
        rows = self.curve[self.curve["n_censored"] > 0]
        looks = {"shape": "|", "size": 2.2, "stroke": 0.6}
        return [geom_points(aes(arm="arm"), self._on_curve(rows), **looks)] if len(rows) else []

    @property
    def days(self) -> tuple[float, float]:
        days = [0.0, *self.means["day"], *self.curve["day"]]
        return min(days), max(days)

    def ticks(self, most: int) -> dict[float, str]:
        low, high = self._logs
        values = log_breaks(10**low, 10**high, most=most)
        return {**SHARES, **{float(self._height(value)): plain_number(value) for value in values}}

    def together(self) -> ggplot:
        """All arms in one figure, above the table of the mice at risk."""
        design, ends = self.study.design, end_names(self.study.design)
        table = self._table(ends)
        line = aes(group="arm", linetype="arm", arm="arm")
        per_inch = (table.days_in_inch, table.inch)
        return assemble(
            begin(self.volumes, aes("day", "y", colour="arm")),
            *paper(table.height, table.height, **table.theme()),
            *table.layers(),
            geom_polylines(line, size=THICK),
            geom_polylines(line, self.steps, size=THICK),
            *arm_symbols(self.volumes),
            geom_points(aes(shape="arm", arm="arm"), self._on_curve(falls(self.curve)), size=1.3),
            *self._censored(),
            *end_layers(_last(self.volumes), ends, self.days, (self.floor, self.top), per_inch),
            *end_layers(_last(self.steps), ends, self.days, (LOW, HIGH), per_inch),
            *arm_scales(design),
            self._caption(
                "Ticks: mice censored.",
                APART if any(self._apart.values()) else "",
                f"Medians with their {interval_name(design)}." if table.shown else "",
                about_names(design, shortest(table.names, ends)),
            ),
        )

    def _table(self, ends: dict[str, str]) -> NumberTable:
        first, last = self.days
        days = table_days(first, last, most=7)
        return NumberTable(
            arms=tuple(self.arms),
            names=arm_labels(self.study.design, NumberTable.name_width()),
            ends=ends,
            counts=at_risk(self.curve, self.arms, days),
            days=days,
            first_day=first,
            last_day=last,
            low=LOW,
            high=self.top,
            ticks=self.ticks(most=5),
            title="",
            heading="Mice at risk",
            inches=INCHES,
            columns={MEDIAN: medians(self.table, self.curve)},
            parts=((LOW, HIGH, TITLE), (self.floor, self.top, self.study.design.words(VOLUME))),
        )

    def _caption(self, *more: str) -> labs:
        return caption(
            "Above: geometric mean, log scale.",
            STOPS,
            f"Below: Kaplan–Meier; progression at {event_words(self.study.design)}.",
            about_limit(self.study),
            *more,
        )

    def a_panel_each(self) -> ggplot:
        """Each arm in a panel of its own, with the other arms in grey and the control in black."""
        design = self.study.design
        panels = self._panels()
        courses = pd.concat([self.volumes.assign(part="volume"), self.steps.assign(part="share")])
        courses = courses.assign(line=courses["arm"].astype(str) + courses["part"])
        own = panels.placed(courses, y="y")
        return assemble(
            begin(own, aes("x", "y", colour="arm")),
            *panels.paper(0.6),
            *panels.layers(),
            *panels.ghosts(courses, y="y", group="line", control=CONTROL_COLOUR),
            geom_polylines(aes(group="line", arm="arm"), size=THICK),
            *arm_scales(design),
            labs(x=SINCE, y=f"{TITLE}, and above it {VOLUME[:1].lower()}{VOLUME[1:]}"),
            self._caption(about_ghosts(design), about_names(design, panels.names)),
        )

    def _panels(self) -> Panels:
        first, last = self.days
        n_mice = dict(zip(self.table["arm"], self.table["n_mice"], strict=True))
        return Panels(
            design=self.study.design,
            arms=[arm for arm in self.arms if (self.volumes["arm"] == arm).any()],
            notes={arm: mice_text(n) for arm, n in n_mice.items()},
            low=LOW,
            high=self.top,
            first=first,
            last=last,
            ticks=self.ticks(most=3),
            lines=((HIGH + self.floor) / 2,),
        )


def _last(courses: pd.DataFrame) -> pd.DataFrame:
    return courses.drop_duplicates("arm", keep="last")
