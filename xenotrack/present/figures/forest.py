"""What forests share: the axis of the estimates, names on its left, words on its right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from plotnine import aes, element_blank, element_text, scale_x_continuous, scale_y_continuous

from xenotrack.present.axes import plain_number, rate_breaks
from xenotrack.present.figures.artists import geom_segments, geom_words
from xenotrack.present.figures.style import LINE, MILLIMETRES, SMALL, figure_width, paper

ROW = 0.21  # inches
BETWEEN = 0.045  # inches between the words of two rows
FRAME = 1.0  # inches of the axis and the caption
BOTTOM = 0.4
WORDS = 167.5  # millimetres from which words stand beside the intervals
NAME = 24  # characters of a row's name
NARROW_NAME = 16
LEAST_RATES = 0.01  # per day: the shortest axis of rates


def has_words() -> bool:
    """Whether the figure has room for its numbers in words."""
    return figure_width() * MILLIMETRES >= WORDS


def name_width() -> int:
    """The characters of a row's name on one line."""
    return NAME if has_words() else NARROW_NAME


def about_numbers(table: str, words: str = "") -> str:
    """What to know of the ``words`` beside the intervals, or where these numbers are instead."""
    return words if has_words() else f"Numbers: table {table}."


def forest_paper(rows: float, names: Sequence[str], title_at: float) -> list[object]:
    """The paper of so many rows, each as high as the longest of the ``names`` in them.

    The title of the estimates' own axis is centred at a share.
    """
    above = 1.0 if has_words() else 0.3  # the headings
    words = LINE * (1 + max(name.count("\n") for name in names)) + BETWEEN
    return paper(
        FRAME + max(ROW, words) * (rows + above),
        FRAME + words * (rows + above),
        axis_line=element_blank(),
        axis_ticks_major_y=element_blank(),
        axis_title_x=element_text(ha=title_at if has_words() else 0.5),
        axis_title_y=element_blank(),
    )


def forest_scales(
    heights: Sequence[float],
    names: Sequence[str],
    low: float,
    high: float,
    end: float,
    times: float = 100,
) -> list[object]:
    """The axes: rates from ``low`` to ``high``, room for words up to ``end`` times as far.

    Rates are per day, their labels percent a day: so many ``times`` what they are.
    """
    return [
        scale_x_continuous(
            limits=(low, low + (end if has_words() else 1.0) * (high - low)),
            breaks=rate_breaks(low, high, most=6 if has_words() else 5),
            labels=lambda values: [plain_number(times * value) for value in values],
            expand=(0, 0),
        ),
        scale_y_continuous(
            limits=(BOTTOM, max(heights) + (1.5 if has_words() else 0.8)),
            breaks=list(heights),
            labels=list(names),
            expand=(0, 0),
        ),
    ]


def forest_axes(top: float, low: float, high: float) -> object:
    """The axis of the rates, and the line at none."""
    lines = pd.DataFrame({"x": [low, 0.0], "xend": [high, 0.0], "y": BOTTOM, "yend": [BOTTOM, top]})
    line = aes("x", "y", xend="xend", yend="yend")
    return geom_segments(line, lines, size=0.5, inherit_aes=False)


def forest_words(
    heights: Sequence[float],
    columns: Mapping[str, tuple[float, Sequence[str]]],
    low: float,
    high: float,
    top: float | None = None,
) -> list[object]:
    """Columns of words, where there is room; each heading stands above the first row, or ``top``.

    A column is its heading, its place as a share of the estimates' own axis, and a word a row.
    """
    if not has_words():
        return []
    at = {name: low + share * (high - low) for name, (share, _) in columns.items()}
    above = (max(heights) if top is None else top) + 1
    heading = pd.DataFrame({"x": list(at.values()), "label": list(columns), "y": above})
    frames = [
        pd.DataFrame({"x": at[name], "y": heights, "label": words})
        for name, (_, words) in columns.items()
    ]
    words = geom_words(
        aes("x", "y", label="label"),
        pd.concat([heading, *frames], ignore_index=True),
        ha="left",
        size=SMALL,
        inherit_aes=False,
    )
    return [words]
