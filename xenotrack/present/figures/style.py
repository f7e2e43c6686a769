"""The look that all figures share: paper, type, colours of the arms."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import replace
from functools import cache
from math import ceil
from typing import Any, NamedTuple

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_line,
    element_text,
    facet_null,
    ggplot,
    labs,
    scale_colour_manual,
    scale_fill_manual,
    scale_linetype_manual,
    scale_shape_manual,
    theme,
    theme_classic,
    theme_void,
    xlim,
    ylim,
)
from plotnine.facets.layout import Layout

from xenotrack.errors import InputError
from xenotrack.present.figures.artists import geom_sentence
from xenotrack.present.figures.measure import fill_lines, text_inches
from xenotrack.present.theme import arm_colours, arm_linetypes, arm_shapes
from xenotrack.study.design import Design
from xenotrack.study.study import Study

FIGURE_WIDTH = 7.2  # inches: two columns of a journal
WIDE = 5.0  # inches from which a figure has long names and a column of words
FONT = 8  # points
SMALL = 7
CAPTION_SIZE = 6.5
BESIDE_CAPTION = 0.2  # inches
LINE = 0.125  # inches of a line of small words
LOWER = 0.9  # of its height: a figure whose words do not move apart
MILLIMETRES = 25.4
FEWEST = 4  # mice: of fewer a figure shows each, and no interval, which would say little
LIGHT = "#d9d9d9"
GHOST = "#e2e2e2"  # of other arms, behind the one that is looked at
GHOST_OF_CONTROL = "#a6a6a6"
SHADE = "#f2f2f2"
MIDDLE = "#767676"
LEGEND_KEY = 0.32  # inches of a legend's symbol with its margins
LEGEND_CHARACTER = 0.062
THICK = 0.8
OPEN = "open symbols: one or more of them"
SINCE = "Days since treatment start"
CUT = "Intervals are cut at the edge."


LOOKS = {
    "axis_line": element_line(size=0.5, colour="black", lineend="butt"),
    "axis_ticks_major": element_line(size=0.5, colour="black"),
    "axis_ticks_minor": element_blank(),
    "axis_text": element_text(size=SMALL, colour="black"),
    "axis_text_y": element_text(size=SMALL, colour="black", ma="right"),
    "axis_title": element_text(size=FONT),
    "plot_background": element_blank(),  # the paper is white, and painted once
    "panel_background": element_blank(),
    "strip_background": element_blank(),
    "strip_text": element_blank(),
    "legend_position": "bottom",
    "legend_title": element_text(size=SMALL),
    "legend_text": element_text(size=SMALL),
    "legend_key": element_blank(),
    "legend_background": element_blank(),
    "legend_box_spacing": 0.01,
    "legend_margin": 0,
    "panel_spacing": 0.015,
    "plot_caption": element_text(size=CAPTION_SIZE, ha="left", colour="#404040"),
    "plot_caption_position": "plot",
}
UNSEEN = (
    *("line", "panel_grid_major", "panel_grid_minor"),
    *("axis_ticks", "axis_ticks_length", "axis_ticks_length_minor"),
)


class Canvas(NamedTuple):
    """What a figure may take, in inches, no height = as high as it needs; and if words below."""

    width: float = FIGURE_WIDTH
    height: float | None = None
    caption: bool = True


USUAL = Canvas()
_canvas: ContextVar[Canvas] = ContextVar("_canvas", default=USUAL)


@contextmanager
def on(canvas: Canvas) -> Iterator[None]:
    """Figures that are made inside the block are drawn on this canvas."""
    token = _canvas.set(canvas)
    try:
        yield
    finally:
        _canvas.reset(token)


def figure_width() -> float:
    """Inches that the figure which is being made may take from side to side."""
    return _canvas.get().width


def paper(height: float, least: float | None = None, **changes: object) -> list[object]:
    """The theme of a figure of this height in inches, which can be drawn as low as ``least``."""
    size = _figure_size(height, LOWER * height if least is None else least)
    return [deepcopy(_shared_looks()), theme(figure_size=size, dpi=150, **changes)]


@cache
def _shared_looks() -> theme:
    """What all figures share of their theme, which takes as long to make as to draw a layer.

    Its looks of lines in general would be put on small ticks and lines of a grid, one by one, only
    to be put away again: no figure has any.
    """
    shared = theme_classic(base_size=FONT) + theme(**LOOKS)
    for unseen in UNSEEN:
        del shared.themeables[unseen]
    return shared


def _figure_size(height: float, least: float) -> tuple[float, float]:
    canvas = _canvas.get()
    if canvas.height is not None and canvas.height < least - 1e-6:
        raise InputError(
            f"The words of the figure would meet at a height of {MILLIMETRES * canvas.height:.0f} "
            f"mm. Draw it at least {ceil(MILLIMETRES * least)} mm high (--height)."
        )
    return canvas.width, canvas.height or height


def stretched(usual: float, rest: float, least: float) -> float:
    """Inches of what can be drawn higher or lower, where the rest of the figure cannot.

    At the least height the figure is refused by its ``paper``.
    """
    height = _canvas.get().height
    return usual if height is None else max(height - rest, least)


class _AsPlaced(Layout):
    """Positions that stand where the data say.

    plotnine looks twice through every position of every layer for such as lie beyond the axes,
    which here end where the data do: a ninth of what a figure takes.
    """

    def map_position(self, layers: object) -> None:
        """All axes are continuous: nothing to do."""

    def reset_position_scales(self) -> None:
        """No layer moves after its axes are known."""

    def train_position(self, layers: Any, scales: Any) -> None:
        if not hasattr(self, "panel_scales_x"):
            super().train_position(layers, scales)


class _OnePanel(facet_null):
    """The one panel of a figure, without the small ticks that no figure shows.

    matplotlib makes and dresses each of them: a tenth of what a figure takes.
    """

    def train_position_scales(self, layout: Any, layers: Any) -> facet_null:
        """Show the axes all rows; plotnine picks those of each panel first."""
        for scales in (layout.panel_scales_x, layout.panel_scales_y):
            for layer in layers:
                scales.train_df(layer.data)
        return self

    def set_limits_breaks_and_labels(self, panel_params: Any, ax: Any) -> None:
        x, y = (replace(axis, minor_breaks=[]) for axis in (panel_params.x, panel_params.y))
        super().set_limits_breaks_and_labels(replace(panel_params, x=x, y=y), ax)


def begin(data: pd.DataFrame, mapping: aes) -> ggplot:
    """A figure without layers, whose axes are continuous and hold all that will be drawn."""
    figure = ggplot(data, mapping)
    figure.layout, figure.facet = _AsPlaced(), _OnePanel()
    return figure


def assemble(figure: ggplot, *parts: object) -> ggplot:
    """A figure that was just begun with all its parts: each ``+`` would copy it whole."""
    figure += list(parts)
    return figure


def caption(*sentences: str) -> labs:
    """What a reader must know to read the figure, below it where the canvas has captions."""
    if not _canvas.get().caption:
        return labs()
    text = " ".join(sentence for sentence in sentences if sentence)
    room = figure_width() - BESIDE_CAPTION

    def fits(line: str) -> bool:
        return text_inches(line, CAPTION_SIZE) <= room

    # A line must not break between a number and its percent sign.
    return labs(caption=fill_lines(text.replace(" %", "\N{NO-BREAK SPACE}%"), fits))


def arm_scales(design: Design) -> list[object]:
    """Colour, fill, symbol and line of the arms, without a legend."""
    colours = arm_colours(design)
    return [
        scale_colour_manual(values=colours, guide=None),
        scale_fill_manual(values=colours, guide=None),
        scale_shape_manual(values=arm_shapes(design), guide=None),
        scale_linetype_manual(values=arm_linetypes(design), guide=None),
    ]


def legend_rows(*words: str, beside: float = 0.0) -> int:
    """In how many rows a legend of these words, its title among them, fits under the panel.

    ``beside``: inches that stand left of the panel, below which the legend is centred.
    """
    inches = sum(LEGEND_KEY + LEGEND_CHARACTER * len(word) for word in words)
    return ceil(inches / (figure_width() - beside))


def model_days(design: Design) -> str:
    """What the days of the growth model are counted from."""
    since = "baseline" if design.rules.growth.baseline == "ratio" else "treatment start"
    return f"Days since {since}"


def about_few(mice: pd.DataFrame) -> str:
    """That some arms have no intervals, where these mice stand for them."""
    if not len(mice):
        return ""
    return f"Arms of fewer than {FEWEST} mice have no interval: thin lines are their mice."


def about_ghosts(design: Design, control: str = "the control black") -> str:
    """What stands in grey behind each arm, and how the control is told from the others."""
    return f"Grey: the other arms{f', {control}' if design.control is not None else ''}."


def about_limit(study: Study) -> str:
    """What a reading counts as that was too small to be measured."""
    below = int(study.readings["below_limit"].sum())
    if not below:
        return ""
    return f"{below} readings below the limit count as {study.limit_mm3:.3g} mm³ ({OPEN})."


def interval_name(design: Design) -> str:
    """What the intervals of a study are called."""
    return f"{100 * design.rules.compare.level:g} % interval"


def say(sentence: str) -> ggplot:
    """A figure in words, where there is nothing to draw."""
    text = textwrap.fill(sentence, int(70 * figure_width() / FIGURE_WIDTH))
    return (
        begin(pd.DataFrame({"x": [0.0], "y": [0.0]}), aes("x", "y"))
        + geom_sentence(label=text, size=FONT + 1)
        + xlim(-1, 1)
        + ylim(-1, 1)
        + theme_void()
        + theme(figure_size=_figure_size(1.5, 0.6), dpi=150)
    )
