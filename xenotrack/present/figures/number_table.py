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
    element_blank,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import day_breaks, plain_number
from xenotrack.present.figures.artists import geom_points, geom_segments, geom_words
from xenotrack.present.figures.line_ends import ends_width
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.style import LIGHT, LINE, SMALL, WIDE, figure_width, stretched

GAP = 0.04  # inches between rows
CAPTION = 0.5  # inches below the table
LOWEST = 1.2  # inches of a curve
AXIS = 0.36  # from the axis to the table's heading
NAME_WIDTH = 23  # characters
NARROW_NAME_WIDTH = 14
NARROW_DAYS = 4  # at which a narrow figure counts mice
HIGHEST = 0.6  # of the figure's width
EDGES = 0.15  # inches that the panel leaves free on its sides
# Inches left of the first day: a row's sample of line and symbol, the axis, its numbers and title.
KEY = (0.575, 0.225)
AXIS_AT = 0.1
TICK_AT = 0.14
TITLE_AT = 0.575
TICK = 0.045  # inches
BEYOND = 0.1  # inches that the axis goes on to the right
COLUMN_AT = 0.15  # inches left of a column
FEWEST_INCHES = 2.2  # of the days, beside a second column


def table_days(first: float, last: float, most: int) -> list[float]:
    """The days at which mice are counted, as many as the width of the figure has room for."""
    return day_breaks(first, last, most=most if figure_width() >= WIDE else NARROW_DAYS)


@dataclass(frozen=True)
class NumberTable:
    """The layout of a curve with its table.

    ``names`` are those of the rows, ``ends`` what stands at the ends of the curves; ``counts`` has
    ``arm day n_mice``; ``low`` and ``high`` bound the curve, whose share of the figure is
    ``inches`` high; ``ticks`` are its own (position, label) and ``title`` what they measure;
    ``columns`` may add words for each arm to the right, under headings: as many as leave
    ``FEWEST_INCHES`` to the days. Where several
    curves stand one above another, each as high as the others, ``parts`` are where each begins
    and ends and what it measures, from the lowest.
    """

    arms: tuple[str, ...]
    names: Mapping[str, str]
    ends: Mapping[str, str]
    counts: pd.DataFrame
    days: Sequence[float]
    first_day: float
    last_day: float
    low: float
    high: float
    ticks: Mapping[float, str]
    title: str
    heading: str
    inches: float = 3.0
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: Sequence[tuple[float, float, str]] = ()

    @property
    def curves(self) -> Sequence[tuple[float, float, str]]:
        """Where each curve begins and ends, and what it measures."""
        return self.parts or ((self.low, self.high, self.title),)

    @cached_property
    def curve(self) -> float:
        """Inches of the curves: what a lower or higher figure has less or more of.

        A narrow one is lower, and by itself never higher than wide.
        """
        usual = len(self.curves) * min(self.inches, HIGHEST * figure_width())
        return stretched(usual, self._table + CAPTION, len(self.curves) * LOWEST)

    @property
    def height(self) -> float:
        """Inches of the figure."""
        return self.curve + self._table + CAPTION

    @cached_property
    def _table(self) -> float:
        """Inches from the curve's axis to the last row."""
        rows = (LINE * (1 + name.count("\n")) + GAP for name in self.names.values())
        return AXIS + LINE + LINE / 2 + GAP + sum(rows)

    @property
    def inch(self) -> float:
        """Units of the y axis in an inch."""
        return (self.high - self.low) / self.curve

    @property
    def span(self) -> float:
        return self.last_day - self.first_day or 1.0

    @staticmethod
    def name_width() -> int:
        """The characters of a row's name on one line."""
        return NAME_WIDTH if figure_width() >= WIDE else NARROW_NAME_WIDTH

    @property
    def is_wide(self) -> bool:
        return figure_width() >= WIDE

    @cached_property
    def shown(self) -> Mapping[str, float]:
        """The columns that have room, each with its inches right of the last day."""
        at, places = 0.0, dict[str, float]()
        for heading in self.columns if self.is_wide else ():
            width = COLUMN_AT + self._width(heading)
            if places and at + width > figure_width() - self._names - FEWEST_INCHES:
                break
            places[heading] = at + COLUMN_AT
            at += width
        return places

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
        return self.low - self.inch * self._table

    @cached_property
    def days_in_inch(self) -> float:
        """How many days an inch holds: what names, axis and column leave of the width."""
        return self.span / max(figure_width() - self._names - self._beside, 1.0)

    @cached_property
    def _names(self) -> float:
        """Inches of what stands left of the first day."""
        names = max(text_inches(name, SMALL) for name in (self.heading, *self.names.values()))
        return names + KEY[0] + EDGES

    @property
    def _beside(self) -> float:
        """Inches of what stands right of the last day: names at the curves' ends, or columns."""
        ends = [at + self._width(heading) for heading, at in self.shown.items()]
        return max(BEYOND + ends_width(self.ends), *ends[-1:], 0.0)

    def _width(self, heading: str) -> float:
        """Inches of the words of a column."""
        return max(text_inches(word, SMALL) for word in (heading, *self.columns[heading].values()))

    def left(self, inches: float) -> float:
        """A place left of the first day, in days."""
        return self.first_day - inches * self.days_in_inch

    @property
    def right(self) -> float:
        """Where the axis ends, in days."""
        return self.last_day + BEYOND * self.days_in_inch

    def layers(self) -> list[object]:
        """Axis, grid, table and scales; the curve's own layers come after them."""
        line = aes("x", "y", xend="xend", yend="yend")
        rows = pd.DataFrame({"arm": list(self.rows), "y": list(self.rows.values())})
        rows = rows.assign(x=self.left(KEY[0]), xend=self.left(KEY[1]), yend=rows["y"])
        key = aes("x", "y", xend="xend", yend="yend", colour="arm", linetype="arm")
        middle = rows.assign(x=(rows["x"] + rows["xend"]) / 2)
        symbol = aes("x", "y", colour="arm", shape="arm")
        return [
            geom_segments(line, self._grid(), colour=LIGHT, size=0.25, inherit_aes=False),
            geom_segments(line, self._axes(), size=0.5, inherit_aes=False),
            geom_segments(key, rows, size=0.8, inherit_aes=False),
            geom_points(symbol, middle, size=1.6, inherit_aes=False),
            geom_words(
                aes("x", "y", label="label", ha="ha", angle="angle"),
                self._words(),
                size=SMALL,
                inherit_aes=False,
            ),
            geom_words(
                aes("day", "y", label="label", colour="arm"),
                self._counted(),
                size=SMALL,
                inherit_aes=False,
            ),
            *self._scales(),
        ]

    def _grid(self) -> pd.DataFrame:
        heights = [height for height in self.ticks if height > self.low]
        return pd.DataFrame({"y": heights, "yend": heights}, dtype=float).assign(
            x=self.left(AXIS_AT), xend=self.right
        )

    def _axes(self) -> pd.DataFrame:
        left, right = self.left(AXIS_AT), self.right
        under = self.low - TICK * self.inch
        lines = [(left, low, right, low) for low, _, _ in self.curves]
        lines += [(left, low, left, high) for low, high, _ in self.curves]
        lines += [(day, self.low, day, under) for day in self.days]
        return pd.DataFrame(lines, columns=["x", "y", "xend", "yend"])

    def _counted(self) -> pd.DataFrame:
        """The number of mice of each arm and day."""
        rows = self.counts[self.counts["arm"].isin(list(self.rows))]
        return rows.assign(y=rows["arm"].map(self.rows), label=rows["n_mice"].astype(str))

    def _words(self) -> pd.DataFrame:
        """Every word and number: place, alignment and direction."""
        below = {part: self.low - part * self.inch for part in (0.12, 0.28)}
        middle = (self.first_day + self.last_day) / 2
        words: list[tuple[float, float, str, str, int]] = [
            (self.left(TITLE_AT), (low + high) / 2, title, "center", 90)
            for low, high, title in self.curves
        ]
        words += [(middle, below[0.28], "Days since treatment start", "center", 0)]
        words += [(day, below[0.12], plain_number(day), "center", 0) for day in self.days]
        words += [
            (self.left(TICK_AT), height, label, "right", 0) for height, label in self.ticks.items()
        ]
        for heading, inches in self.shown.items():
            at, column = self.last_day + inches * self.days_in_inch, self.columns[heading]
            words += [(at, self.heading_at, heading, "left", 0)]
            words += [(at, self.rows[arm], word, "left", 0) for arm, word in column.items()]
        return pd.DataFrame(words, columns=["x", "y", "label", "ha", "angle"])

    def _scales(self) -> list[object]:
        right = self.last_day + self._beside * self.days_in_inch
        return [
            scale_x_continuous(limits=(self.left(KEY[0] + 0.05), right), breaks=[], expand=(0, 0)),
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
