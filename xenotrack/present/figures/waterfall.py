"""The best response of every mouse, arms side by side."""

from __future__ import annotations

import re

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    ggplot,
    guide_legend,
    labs,
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
from xenotrack.present.theme import RESPONSES, arm_colours, wrap_name
from xenotrack.present.words import drawable, mice_text
from xenotrack.study.design import Design

BREAKS = (-100.0, -50.0, 0.0, 50.0, 100.0, 150.0)
# mRECIST: below −95 complete, below −50 partial, below +35 stable.
THRESHOLDS = (-95.0, -50.0, 35.0)
SYMBOLS_AT = -112.0
BESIDE = 0.9  # inches beside the panel
CHARACTER = 0.062  # inches, at the size of the labels
VALUE = 0.06  # inches of a value that is written upwards
BAR = 0.4  # half the width of a bar
LEFT = -0.9
UPRIGHT = 9  # characters: names in less room are written upwards
WORD_ENDS = re.compile(r"(?<=[+ ])")  # where a name can break
LONGEST = 26  # characters of a line that is written upwards
CROWD = 100  # bars: from here on the symbols shrink with the bars


def draw(results: Results) -> ggplot:
    return waterfall(results.study.design, results.response)


def waterfall(design: Design, response: pd.DataFrame) -> ggplot:
    """Best percent change of each mouse with its mRECIST category; ``response`` a row a mouse."""
    bars = waterfall_bars(response, design.arm_names)
    if not bars["height"].notna().any():
        return say("No mouse had a reading from which a best response could be taken.")
    measured = bars.dropna(subset=["height"]).assign(
        left=lambda drawn: drawn["place"] - BAR, right=lambda drawn: drawn["place"] + BAR
    )
    right = bars["place"].max() + 0.9
    top = max(measured["height"].max(), 40.0) + (26 if bars["capped"].any() else 14)
    middles = arm_middles(bars, design.arm_names)
    return assemble(
        begin(bars, aes("place")),
        *paper(
            3.9 + _label_height(middles, right),
            2.4 + _label_height(middles, right),
            axis_ticks_major_x=element_blank(),
            axis_title_x=element_blank(),
            axis_text_x=_label_text(middles, right),
        ),
        *_lines(right),
        geom_boxes(
            aes(xmin="left", xmax="right", ymax="height", fill="arm", arm="arm", mouse="mouse"),
            measured,
            ymin=0,
            inherit_aes=False,
        ),
        *_capped(response, bars, right),
        *_categories(bars),
        scale_fill_manual(values=arm_colours(design), guide=None),
        *_axes(bars, middles, right, top),
        labs(y="Best change from baseline"),
        caption(
            f"Best response: lowest volume from day {design.rules.response.min_day:g} on. Dashed "
            "lines: limits of mRECIST (−95, −50, +35 %); its category also needs the average "
            "response.",
            _about_cap(bars, right),
        ),
    )


def _axes(bars: pd.DataFrame, middles: dict[str, float], right: float, top: float) -> list[object]:
    labels = _labels(bars, middles, right)
    return [
        scale_x_continuous(
            limits=(LEFT, right), breaks=list(middles.values()), labels=labels, expand=(0, 0)
        ),
        scale_y_continuous(
            limits=(SYMBOLS_AT - 8, top),
            breaks=[at for at in BREAKS if at < top],
            labels=lambda values: [signed_percent(value) for value in values],
            expand=(0, 0),
        ),
    ]


def _upright(middles: dict[str, float], right: float) -> bool:
    """Whether the names are written upwards: where they would be broken inside a word."""
    words = (word for arm in middles for word in WORD_ENDS.split(drawable(arm)))
    longest = min(max(len(word.strip()) for word in words), LONGEST)
    return _label_width(middles, right) < max(longest, UPRIGHT)


def _labels(bars: pd.DataFrame, middles: dict[str, float], right: float) -> list[str]:
    """The arms' names with their numbers of mice, on one line where they are written upwards."""
    mice = bars.groupby("arm").size()
    if _upright(middles, right):
        return [f"{wrap_name(arm, LONGEST)}, {mice_text(mice[arm])}" for arm in middles]
    width = _label_width(middles, right)
    return [f"{wrap_name(arm, width)}\n{mice_text(mice[arm])}" for arm in middles]


def _label_text(middles: dict[str, float], right: float) -> element_text:
    angle = 90 if _upright(middles, right) else 0
    return element_text(size=SMALL, angle=angle, va="top", linespacing=1.2, colour="black")


def _label_width(middles: dict[str, float], right: float) -> int:
    """The characters that fit under the narrowest arm."""
    share = min(narrowest_block(list(middles.values())) / (right - LEFT), 1.0)
    return int(share * (figure_width() - BESIDE) / CHARACTER)


def _label_height(middles: dict[str, float], right: float) -> float:
    """Inches that the names need beyond two lines."""
    if _upright(middles, right):
        return min(max(len(arm) for arm in middles) + 8, LONGEST) * CHARACTER
    width = _label_width(middles, right)
    return 0.13 * max(wrap_name(arm, width).count("\n") for arm in middles)


def _about_cap(bars: pd.DataFrame, right: float) -> str:
    if not bars["capped"].any():
        return ""
    on_top = ", with their value on top" if _bars_have_room(right) else ""
    return f"Bars are cut at {signed_percent(CAP_PERCENT)}{on_top}."


def _bars_have_room(right: float) -> bool:
    """Whether bars are so wide that the values on two neighbours do not meet."""
    return (figure_width() - BESIDE) / (right - LEFT) >= VALUE


def _lines(right: float) -> list[object]:
    """The limits of mRECIST, and no change."""
    limits = pd.DataFrame({"y": THRESHOLDS})
    line = aes(y="y", yend="y")
    ends = {"x": LEFT, "xend": right, "inherit_aes": False}
    return [
        geom_segments(line, limits, colour=MIDDLE, linetype="dashed", size=0.3, **ends),
        geom_segments(line, pd.DataFrame({"y": [0.0]}), size=0.4, **ends),
    ]


def _capped(response: pd.DataFrame, bars: pd.DataFrame, right: float) -> list[object]:
    """The value of a bar that is longer than drawn, written upwards on it."""
    cut = bars[bars["capped"]].merge(response[["mouse", "best_response_percent"]], on="mouse")
    if not len(cut) or not _bars_have_room(right):
        return []
    words = cut.assign(label=[f"{value:+.0f}" for value in cut["best_response_percent"]])
    return [
        geom_words(aes(y="height", label="label"), words, size=5, angle=90, va="bottom"),
    ]


def _categories(bars: pd.DataFrame) -> list[object]:
    """A row of symbols under the bars, with its legend."""
    found = set(bars["mrecist"])
    shown = [category for category in RESPONSES if category in found]
    fills = {category: "black" if RESPONSES[category][1] else "white" for category in shown}
    rows = bars.assign(y=SYMBOLS_AT)
    layers: list[object] = [
        geom_points(
            aes("place", "y", shape="mrecist", arm="arm", mouse="mouse"),
            rows[rows["mrecist"].map(fills) == fill],
            fill=fill,
            size=1.4 * min(1.0, CROWD / len(bars)),
            stroke=0.35,
        )
        for fill in sorted(set(fills.values()))
    ]
    words = [RESPONSES[category][2] for category in shown]
    return [
        *layers,
        scale_shape_manual(
            name="mRECIST",
            values={category: RESPONSES[category][0] for category in shown},
            breaks=shown,
            labels=words,
            guide=guide_legend(
                nrow=legend_rows("mRECIST", *words),
                override_aes={"fill": [fills[category] for category in shown]},
            ),
        ),
    ]
