"""The table of numbers under a curve's axis: aligned with its days, and the legend of its arms.

Everything stands in one panel and in the curve's own units: the curve above ``low``, below it the
axis, and below that a row an arm. The names of the arms are tick labels of the y axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd
from plotnine import (
    aes,
    annotate,
    element_blank,
    geom_point,
    geom_segment,
    geom_text,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import plain_number
from xenotrack.present.figures.style import FONT, LIGHT, SMALL
from xenotrack.present.theme import wrap_name

LINE = 0.125  # inches: a line of text in the table
GAP = 0.04  # between rows
AXIS = 0.36  # from the axis to the table's heading
NAME_WIDTH = 23  # characters
KEY = (-0.115, -0.045)  # where a row's sample of line and symbol lies, in shares of the days
AXIS_AT = -0.02
TICK_AT = -0.028
TITLE_AT = -0.115
COLUMN_WIDTH = 0.29  # the room of a column of words to the right, in shares of the days


@dataclass(frozen=True)
class NumberTable:
    """The layout of a curve with its table.

    ``counts`` has ``arm day n_mice``; ``low`` and ``high`` bound the curve, whose share of the
    figure is ``inches`` high; ``ticks`` are its own (position, label) and ``title`` what they
    measure; ``symbols`` tells whether the curve
    has them; ``column`` may add words for each arm to the right, under ``column_heading``.
    """

    arms: tuple[str, ...]
    counts: pd.DataFrame
    days: Sequence[float]
    last_day: float
    low: float
    high: float
    ticks: Mapping[float, str]
    title: str
    heading: str
    inches: float = 3.0
    symbols: bool = True
    column_heading: str = ""
    column: Mapping[str, str] = field(default_factory=dict)

    @property
    def height(self) -> float:
        """Inches of curve and table together."""
        return self.inches + (self.low - self.bottom) / self.inch

    @property
    def inch(self) -> float:
        """Units of the y axis in an inch."""
        return (self.high - self.low) / self.inches

    @property
    def first_day(self) -> float:
        return min(self.days)

    @property
    def span(self) -> float:
        return max(self.last_day, *self.days) - self.first_day

    @cached_property
    def names(self) -> dict[str, str]:
        return {arm: wrap_name(arm, NAME_WIDTH) for arm in self.arms}

    @cached_property
    def rows(self) -> dict[str, float]:
        """The height of each arm's row on the y axis."""
        at = self.heading_at - self.inch * (LINE / 2 + GAP)
        rows = {}
        for arm, name in self.names.items():
            half = self.inch * LINE * (1 + name.count("\n")) / 2
            rows[arm] = at - half
            at -= 2 * half + self.inch * GAP
        return rows

    @property
    def heading_at(self) -> float:
        return self.low - self.inch * (AXIS + LINE)

    @property
    def bottom(self) -> float:
        last = self.arms[-1]
        return self.rows[last] - self.inch * (LINE * (1 + self.names[last].count("\n")) / 2 + GAP)

    def share(self, part: float) -> float:
        """A day by its share of the axis."""
        return self.first_day + part * self.span

    def layers(self) -> list[object]:
        """Axis, grid, table and scales; the curve's own layers come after them."""
        return [*self._axis(), *self._table(), *self._scales()]

    def _axis(self) -> list[object]:
        left, right = self.share(AXIS_AT), self.share(1.02)
        ticks = pd.DataFrame({"y": list(self.ticks), "label": list(self.ticks.values())})
        grid = ticks[ticks["y"] > self.low]
        middle = (self.low + self.high) / 2
        return [
            geom_segment(aes(y="y", yend="y"), grid, x=left, xend=right, colour=LIGHT, size=0.25),
            annotate("segment", x=left, xend=right, y=self.low, yend=self.low, size=0.5),
            annotate("segment", x=left, xend=left, y=self.low, yend=self.high, size=0.5),
            geom_text(
                aes(y="y", label="label"), ticks, x=self.share(TICK_AT), ha="right", size=SMALL
            ),
            annotate(
                "text", x=self.share(TITLE_AT), y=middle, label=self.title, angle=90, size=FONT
            ),
            *self._days(),
        ]

    def _days(self) -> list[object]:
        labels = [plain_number(day) for day in self.days]
        days = pd.DataFrame({"day": list(self.days), "label": labels})
        below = {part: self.low - part * self.inch for part in (0.045, 0.12, 0.28)}
        return [
            geom_segment(aes(x="day", xend="day"), days, y=self.low, yend=below[0.045], size=0.5),
            geom_text(aes("day", label="label"), days, y=below[0.12], size=SMALL),
            annotate(
                "text",
                x=self.share(0.5),
                y=below[0.28],
                label="Days since treatment start",
                size=FONT,
            ),
        ]

    def _table(self) -> list[object]:
        rows = pd.DataFrame({"arm": list(self.rows), "y": list(self.rows.values())})
        numbers = self.counts.assign(
            y=self.counts["arm"].map(self.rows).astype(float),
            label=self.counts["n_mice"].astype(str),
        )
        start, end = (self.share(part) for part in KEY)
        layers = [
            geom_segment(
                aes(y="y", yend="y", colour="arm", linetype="arm"),
                rows,
                x=start,
                xend=end,
                size=0.8,
            ),
            geom_text(aes("day", "y", label="label"), numbers, size=SMALL),
        ]
        if self.symbols:
            looks = aes(y="y", colour="arm", shape="arm")
            layers.append(geom_point(looks, rows, x=(start + end) / 2, size=1.6))
        if self.column:
            words = rows.assign(label=rows["arm"].map(self.column))
            words = pd.concat(
                [
                    pd.DataFrame({"y": [self.heading_at], "label": [self.column_heading]}),
                    words[["y", "label"]],
                ]
            )
            at = self.share(1.05)
            layers.append(geom_text(aes(y="y", label="label"), words, x=at, ha="left", size=SMALL))
        return layers

    def _scales(self) -> list[object]:
        right = 1.05 + COLUMN_WIDTH if self.column else 1.02
        return [
            scale_x_continuous(
                limits=(self.share(KEY[0] - 0.02), self.share(right)), breaks=[], expand=(0, 0)
            ),
            scale_y_continuous(
                limits=(self.bottom, self.high),
                breaks=[self.heading_at, *self.rows.values()],
                labels=[self.heading, *self.names.values()],
                expand=(0, 0),
            ),
        ]

    def theme(self) -> dict[str, object]:
        """What replaces the ordinary axes: nothing but the arms' names."""
        blank = ("axis_line", "axis_ticks", "axis_title_x", "axis_title_y")
        return {name: element_blank() for name in blank}
