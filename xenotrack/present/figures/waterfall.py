"""The best response of every mouse, arms side by side, in the colours of the response classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_fill_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import signed_percent
from xenotrack.present.bars import CAP_PERCENT, arm_middles, narrowest_block, waterfall_bars
from xenotrack.present.figures.artists import geom_boxes, geom_points, geom_segments, geom_words
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    MIDDLE,
    SMALL,
    assemble,
    begin,
    caption,
    figure_width,
    legend_rows,
    paper,
    say,
)
from xenotrack.present.labels import about_names, arm_labels, called_on_a_line
from xenotrack.present.theme import RESPONSES, arm_colours
from xenotrack.present.words import mice_text
from xenotrack.study.design import Design

BREAKS = (-100.0, -50.0, 0.0, 50.0, 100.0, 150.0)
# mRECIST: below −95 complete, below −50 partial, below +35 stable.
THRESHOLDS = (-95.0, -50.0, 35.0)
STEP = 25.0  # percent to which the axis is rounded
GONE = -100.0
SYMBOLS, STRIP, EDGE = 0.05, 0.10, 0.125  # of the axis below its lowest bar
BESIDE = 0.9  # inches beside the panel
CHARACTER = 0.062  # inches, at the size of the labels
VALUE = 0.08  # inches of a value that is written upwards
BAR = 0.4  # half the width of a bar
LEFT = -0.9
WORD_ENDS = re.compile(r"(?<=[+ ])")  # where a name can break
LONGEST = 26  # characters of a line that is written upwards
CROWD = 100  # bars: from here on the symbols shrink with the bars


def draw(results: Results) -> ggplot:
    study, response = results.study, results.response
    below = study.readings[study.readings["below_limit"]]
    best = response[["mouse", "best_response_day"]].rename(columns={"best_response_day": "day"})
    lowest = best.merge(below[["mouse", "day"]], on=["mouse", "day"])
    at_limit = 100 * study.limit_mm3 / response["baseline_mm3"].astype(float) - 100
    seen = at_limit.where(response["mouse"].isin(lowest["mouse"]))
    return waterfall(study.design, response.assign(at_limit_percent=seen))


def waterfall(design: Design, response: pd.DataFrame) -> ggplot:
    """Best percent change of each mouse with its mRECIST category; ``response`` a row a mouse.

    ``at_limit_percent`` is the change that could still be measured, of mice whose best reading is
    below the limit; NaN for the others.
    """
    bars = waterfall_bars(response, design.arm_names)
    if not bars["height"].notna().any():
        return say("No mouse had a reading from which a best response could be taken.")
    return _Waterfall(design, _with_open_ends(bars, response)).figure()


def _with_open_ends(bars: pd.DataFrame, response: pd.DataFrame) -> pd.DataFrame:
    """The bars from ``left`` to ``right``, full to ``full``, and open from there to ``end``."""
    limit = bars["mouse"].map(response.set_index("mouse")["at_limit_percent"]).astype(float)
    value = bars["mouse"].map(response.set_index("mouse")["best_response_percent"])
    is_open = limit.notna() & bars["height"].notna()
    return bars.assign(
        left=bars["place"] - BAR,
        right=bars["place"] + BAR,
        full=bars["height"].where(~is_open, limit.clip(GONE, CAP_PERCENT)),
        end=bars["height"].where(~is_open, GONE),
        value=value,
    )


@dataclass(frozen=True)
class _Waterfall:
    design: Design
    bars: pd.DataFrame

    @cached_property
    def measured(self) -> pd.DataFrame:
        return self.bars.dropna(subset=["height"])

    @cached_property
    def opened(self) -> pd.DataFrame:
        return self.measured[self.measured["end"] < self.measured["full"]]

    @cached_property
    def low(self) -> float:
        """The lowest percent of the axis: no lower than bars reach."""
        ends = self.measured[["full", "end"]].to_numpy(float)
        return float(np.floor(min(ends.min(), -STEP) / STEP) * STEP)

    @cached_property
    def top(self) -> float:
        """The highest, with room for the values of bars that are cut."""
        highest = float(self.measured[["full", "end"]].to_numpy(float).max())
        if self.bars["capped"].any():
            return highest + 26
        return max(highest, 0.0) + max(14.0, STEP - highest)

    def below(self, share: float) -> float:
        """A height below the bars, by a share of their axis."""
        return self.low - share * (self.top - self.low)

    @cached_property
    def right(self) -> float:
        return float(self.bars["place"].max()) + 0.9

    @cached_property
    def middles(self) -> dict[str, float]:
        return arm_middles(self.bars, self.design.arm_names)

    def figure(self) -> ggplot:
        words = self.label_inches
        return assemble(
            begin(self.bars, aes("place")),
            *paper(
                3.7 + words,
                2.4 + words,
                axis_ticks_major_x=element_blank(),
                axis_title_x=element_blank(),
                axis_text_x=element_text(
                    size=SMALL,
                    angle=90 if self.upright else 0,
                    va="top",
                    linespacing=1.2,
                    colour="black",
                ),
            ),
            *self.lines(),
            *self.boxes(),
            *self.values(),
            *self.symbols(),
            self.strips(),
            scale_colour_manual(values=arm_colours(self.design), guide=None),
            *self.scales(),
            labs(y="Best change from baseline"),
            caption(
                f"Best response: lowest volume from day {self.design.rules.response.min_day:g} on. "
                "Dashed lines: limits of mRECIST; its category also needs the average response.",
                "Open: below the limit, so that the tumour shrank at least as far as the bar is "
                "full."
                if len(self.opened)
                else "",
                self.about_cap,
                about_names(self.design, {arm: self.names[arm] for arm in self.middles}),
            ),
        )

    def boxes(self) -> list[object]:
        """The bars in the colour of their class; what is below the limit is only outlined."""
        corners = {"xmin": "left", "xmax": "right", "arm": "arm", "mouse": "mouse"}
        layers: list[object] = [
            geom_boxes(
                aes(**corners, ymax="full", fill="mrecist"),
                self.measured,
                ymin=0,
                show_legend=False,
            )
        ]
        for category, rows in self.opened.groupby("mrecist", sort=False):
            colour = RESPONSES[str(category)][1]
            ends = aes(**corners, ymin="end", ymax="full")
            layers.append(geom_boxes(ends, rows, fill="white", colour=colour, size=0.35))
        return layers

    def symbols(self) -> list[object]:
        """A row of symbols under the bars, with the legend of the classes."""
        classes = set(self.bars["mrecist"])
        shown = [category for category in RESPONSES if category in classes]
        words = [RESPONSES[category][2] for category in shown]
        colours = {category: RESPONSES[category][1] for category in RESPONSES}
        size = 1.6 * min(1.0, CROWD / len(self.bars))
        rows = self.bars.assign(y=self.below(SYMBOLS))
        symbol = aes("place", "y", shape="mrecist", fill="mrecist", arm="arm", mouse="mouse")
        rows_of_legend = legend_rows("mRECIST", *words)
        looks = {"breaks": shown, "labels": words, "name": "mRECIST"}
        return [
            geom_points(symbol, rows, size=size, stroke=0, colour="none"),
            scale_shape_manual(
                values={name: RESPONSES[name][0] for name in RESPONSES},
                guide=guide_legend(nrow=rows_of_legend, override_aes={"size": 2.6}),
                **looks,
            ),
            scale_fill_manual(values=colours, guide=guide_legend(nrow=rows_of_legend), **looks),
        ]

    def strips(self) -> object:
        """A line in the colour of each arm below its mice."""
        places = self.bars.groupby("arm", sort=False)["place"].agg(["min", "max"]).reset_index()
        ends = places.assign(x=places["min"] - BAR, xend=places["max"] + BAR, y=self.below(STRIP))
        line = aes("x", "y", xend="xend", yend="y", colour="arm", arm="arm")
        return geom_segments(line, ends, size=1.4, inherit_aes=False)

    def lines(self) -> list[object]:
        """The limits of mRECIST as far as the axis goes, and no change."""
        shown = [at for at in THRESHOLDS if self.low <= at < self.top]
        line = aes(y="y", yend="y")
        ends = {"x": LEFT, "xend": self.right, "inherit_aes": False}
        dashed = {"colour": MIDDLE, "linetype": "dashed", "size": 0.3}
        limits = [geom_segments(line, pd.DataFrame({"y": shown}), **dashed, **ends)]
        none = geom_segments(line, pd.DataFrame({"y": [0.0]}), size=0.4, **ends)
        return [*(limits if shown else []), none]

    def values(self) -> list[object]:
        """The value of a bar that is longer than drawn, written upwards on it."""
        cut = self.bars[self.bars["capped"]]
        if not len(cut) or not self.bars_have_room:
            return []
        words = cut.assign(label=[f"{value:+.0f}" for value in cut["value"]])
        upwards = {"size": SMALL, "angle": 90, "va": "bottom"}
        return [geom_words(aes(y="height", label="label"), words, **upwards)]

    @property
    def about_cap(self) -> str:
        if not self.bars["capped"].any():
            return ""
        on_top = ", with their value on top" if self.bars_have_room else ""
        return f"Bars are cut at {signed_percent(CAP_PERCENT)}{on_top}."

    @property
    def bars_have_room(self) -> bool:
        """Whether cut bars are so far from one another that their values do not meet."""
        apart = np.diff(self.bars.loc[self.bars["capped"], "place"]).min(initial=np.inf)
        return bool(apart * (figure_width() - BESIDE) / (self.right - LEFT) >= VALUE)

    def scales(self) -> list[object]:
        return [
            scale_x_continuous(
                limits=(LEFT, self.right),
                breaks=list(self.middles.values()),
                labels=self.labels(),
                expand=(0, 0),
            ),
            scale_y_continuous(
                limits=(self.below(EDGE), self.top),
                breaks=[at for at in BREAKS if self.low <= at < self.top],
                labels=lambda values: [signed_percent(value) for value in values],
                expand=(0, 0),
            ),
        ]

    @cached_property
    def width(self) -> int:
        """The characters that fit under the narrowest arm."""
        share = min(narrowest_block(list(self.middles.values())) / (self.right - LEFT), 1.0)
        return int(share * (figure_width() - BESIDE) / CHARACTER)

    @cached_property
    def upright(self) -> bool:
        """Whether names are written upwards: where they would be broken inside a word."""
        called = called_on_a_line(self.design, self.width)
        words = (word for arm in self.middles for word in WORD_ENDS.split(called[arm]))
        longest = max(len(word.strip()) for word in words)
        return self.width < min(longest, LONGEST)

    @cached_property
    def names(self) -> dict[str, str]:
        return arm_labels(self.design, LONGEST if self.upright else self.width)

    def labels(self) -> list[str]:
        """The arms' names with their numbers of mice, on one line where written upwards."""
        mice = self.bars.groupby("arm").size()
        between = ", " if self.upright else "\n"
        return [f"{self.names[arm]}{between}{mice_text(mice[arm])}" for arm in self.middles]

    @property
    def label_inches(self) -> float:
        """Inches that the names need beyond two lines."""
        names = [self.names[arm] for arm in self.middles]
        if self.upright:
            longest = max(len(line) for name in names for line in name.split("\n"))
            return min(longest + 8, LONGEST) * CHARACTER
        return 0.13 * max(name.count("\n") for name in names)
