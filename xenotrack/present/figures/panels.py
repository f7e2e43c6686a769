"""A panel an arm, side by side in the axes of one plot.

Facets would be axes of their own, which cost half a second for eight arms; here each arm's days
and heights are shifted to its place instead. The title of an arm stands in its panel, above the
curves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    coord_cartesian,
    element_blank,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import day_breaks, plain_number
from xenotrack.present.figures.artists import geom_ghosts, geom_segments, geom_words
from xenotrack.present.figures.measure import fill_lines, text_inches
from xenotrack.present.figures.style import (
    GHOST,
    LIGHT,
    LINE,
    MIDDLE,
    SMALL,
    figure_width,
    paper,
    stretched,
)
from xenotrack.present.labels import arm_labels
from xenotrack.study.design import Design

CURVE_HEIGHT = {1: 2.8, 2: 2.3, 3: 1.7, 4: 1.5, 5: 1.25}  # inches, by panels side by side
ALONE = 2.1  # a single row of panels can be higher
TALLEST = 1.15  # times as high as wide
NARROWEST = 1.15  # inches of a panel
MARGINS = 0.75  # inches left of the panels
CHARACTER = 0.064  # inches, at the size of the titles
BETWEEN = 0.09  # of a panel's width
UNDER = 0.14  # inches from a panel to the title below it
LOWEST = 0.6  # inches of the curves of a panel
BELOW = 0.8  # inches below the panels: the axis' name, a legend, a caption
ABOVE = 0.05  # inches from a panel to its title
DAYS = 0.2  # inches for the labels of the days
TICK = 0.04
MOST_TOGETHER = 8  # arms whose curves can be told apart in one panel


@dataclass(frozen=True)
class Panels:
    """The panels of some arms.

    Each title has the arm's name, and below it its note; ``low`` and ``high`` bound the curves,
    ``first`` and ``last`` their days; ``ticks`` are (position, label) of the heights, ``lines``
    heights that are drawn through every panel, and ``limits`` those that matter, dashed.
    """

    design: Design
    arms: Sequence[str]
    notes: Mapping[str, str]
    low: float
    high: float
    first: float
    last: float
    ticks: Mapping[float, str]
    lines: Sequence[float] = ()
    limits: Sequence[float] = ()

    @property
    def columns(self) -> int:
        """At most five side by side, and as even as can be; fewer where the figure is narrow."""
        n = len(self.arms)
        wanted = n if n <= 3 else 3 if n in (5, 6, 9) else 4 if n <= 12 else 5
        fitting = max(int((figure_width() - MARGINS) / NARROWEST), 1)
        return min(wanted, fitting)

    @property
    def rows(self) -> int:
        return ceil(len(self.arms) / self.columns)

    @cached_property
    def titles(self) -> dict[str, str]:
        return {
            arm: f"{self.names[arm]}\n{fill_lines(self.notes[arm], self._fits)}"
            for arm in self.arms
        }

    @cached_property
    def names(self) -> dict[str, str]:
        """What the arms are called."""
        return arm_labels(self.design, self._width)

    def _fits(self, line: str) -> bool:
        """Whether words fit above one panel."""
        return text_inches(line, SMALL) <= self._wide

    @property
    def _wide(self) -> float:
        """Inches of a panel."""
        return (figure_width() - MARGINS) / self.columns / (1 + BETWEEN)

    @property
    def _width(self) -> int:
        """The characters of a line of a title."""
        return int(self._wide / CHARACTER)

    @cached_property
    def inch(self) -> float:
        """Units of height in an inch."""
        inches = min(CURVE_HEIGHT[self.columns], TALLEST * self._wide)
        usual = inches if self.rows > 1 else max(inches, ALONE)
        rest = self.rows * (self._title + UNDER) - UNDER + DAYS + BELOW
        curves = stretched(self.rows * usual, rest, self.rows * LOWEST)
        return (self.high - self.low) / (curves / self.rows)

    @property
    def _title(self) -> float:
        """Inches of the longest title."""
        return (1 + max(title.count("\n") for title in self.titles.values())) * LINE + ABOVE

    @property
    def top(self) -> float:
        """The top of the first panel, with room for the longest title."""
        return self.high + self._title * self.inch

    @property
    def bottom(self) -> float:
        """The bottom of the last panel, with room for the labels of its days."""
        return self.low - (self.rows - 1) * self._down - DAYS * self.inch

    @property
    def height(self) -> float:
        """Inches of all panels together."""
        return (self.top - self.bottom) / self.inch

    @property
    def _across(self) -> float:
        return self._span * (1 + BETWEEN)

    @property
    def _down(self) -> float:
        return self.top - self.low + UNDER * self.inch

    @property
    def _span(self) -> float:
        return (self.last - self.first) * 1.03 or 1.0

    def _shift(self, position: int) -> tuple[float, float]:
        row, column = divmod(position, self.columns)
        return column * self._across, -row * self._down

    @cached_property
    def shifts(self) -> list[tuple[float, float]]:
        """How far each panel is from the first: days and heights."""
        return [self._shift(position) for position in range(len(self.arms))]

    def placed(self, frame: pd.DataFrame, **heights: str) -> pd.DataFrame:
        """A frame with ``x`` from its day, and each of ``heights`` from the column it names.

        Rows of arms without a panel are left out.
        """
        panel = pd.Index(self.arms).get_indexer(frame["arm"])
        frame, panel = frame[panel >= 0], panel[panel >= 0]
        right, down = np.array(self.shifts)[panel].T
        moved = {name: frame[column].astype(float) + down for name, column in heights.items()}
        return frame.assign(x=frame["day"].astype(float) + right, **moved)

    def ghosts(self, courses: pd.DataFrame, y: str, group: str, control: str) -> list[object]:
        """The courses of all arms in grey, behind each panel; the control's in a colour."""
        if len(self.arms) < 2:
            return []
        line = aes("day", y, group=group)
        of_control = courses[courses["arm"] == self.design.control]
        looks = {"inherit_aes": False}
        layers: list[object] = [geom_ghosts(self.shifts, line, courses, colour=GHOST, **looks)]
        if len(of_control):
            layers.append(geom_ghosts(self.shifts, line, of_control, colour=control, **looks))
        return layers

    def layers(self) -> list[object]:
        """Axes, lines, titles and scales of all panels."""
        left = self.first - 0.01 * self._span
        right = (self.columns - 1) * self._across + self.first + self._span
        line = aes("x", "y", xend="xend", yend="yend")
        dashed = {"colour": MIDDLE, "linetype": "dashed"}
        through = [(self.lines, {"colour": LIGHT}), (self.limits, dashed)]
        return [
            *(
                geom_segments(line, self._through(heights), size=0.3, inherit_aes=False, **looks)
                for heights, looks in through
                if len(heights)
            ),
            geom_segments(line, self._axes(), size=0.4, inherit_aes=False),
            geom_words(
                aes("x", "y", label="label", ha="ha", va="va"),
                self._texts(),
                size=SMALL,
                inherit_aes=False,
            ),
            scale_x_continuous(expand=(0, 0), breaks=[]),
            scale_y_continuous(
                expand=(0, 0),
                breaks=[at - row * self._down for row in range(self.rows) for at in self.ticks],
                labels=list(self.ticks.values()) * self.rows,
            ),
            coord_cartesian(xlim=(left, right), ylim=(self.bottom, self.top)),
        ]

    @property
    def _left(self) -> float:
        return self.first - 0.008 * self._span

    def _axes(self) -> pd.DataFrame:
        """The axes of all panels with the ticks of their days."""
        axes = []
        for x, y in self.shifts:
            left, right, floor = x + self._left, x + self.first + self._span, y + self.low
            axes += [(left, floor, right, floor), (left, floor, left, y + self.high)]
            axes += [
                (x + day, floor, x + day, floor - TICK * self.inch) for day in self._day_breaks
            ]
        return pd.DataFrame(axes, columns=["x", "y", "xend", "yend"])

    def _through(self, heights: Sequence[float]) -> pd.DataFrame:
        """Lines through all panels at some heights."""
        lines = [
            (x + self._left, y + at, x + self.first + self._span, y + at)
            for x, y in self.shifts
            for at in heights
        ]
        return pd.DataFrame(lines, columns=["x", "y", "xend", "yend"], dtype=float)

    @property
    def _day_breaks(self) -> list[float]:
        return day_breaks(self.first, self.last, most=5)

    def _texts(self) -> pd.DataFrame:
        """The titles, and the labels of the days under the lowest panel of each column."""
        rows = []
        for position, arm in enumerate(self.arms):
            x, y = self._shift(position)
            above = y + self.high + ABOVE * self.inch
            rows.append((x + self.first, above, self.titles[arm], "left", "bottom"))
            if position + self.columns >= len(self.arms):
                under = y + self.low - 0.06 * self.inch
                rows += [
                    (x + day, under, plain_number(day), "center", "top") for day in self._day_breaks
                ]
        return pd.DataFrame(rows, columns=["x", "y", "label", "ha", "va"])

    def paper(self, below: float) -> list[object]:
        """Paper with so many inches below the panels; of the axes it has the heights' labels."""
        names = ("axis_line", "axis_ticks_major_x", "axis_text_x")
        blank = {name: element_blank() for name in names}
        return paper(self.height + below, self.height + BELOW, **blank)
