"""What forests share: the axis of the estimates, names on its left, words on its right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from plotnine import aes, element_blank, element_text, scale_x_continuous, scale_y_continuous

from xenotrack.present.axes import plain_number, rate_breaks
from xenotrack.present.figures.artists import geom_words
from xenotrack.present.figures.style import LINE, SMALL, paper

ROW = 0.31  # inches
BETWEEN = 0.05  # inches between the words of two rows
FRAME = 1.0  # inches of the axis and the caption
BOTTOM = 0.4


def forest_paper(rows: float, names: Sequence[str], title_at: float) -> list[object]:
    """The paper of so many rows, each as high as the longest of the ``names`` in them.

    The title of the estimates' own axis is centred at a share.
    """
    words = LINE * (1 + max(name.count("\n") for name in names)) + BETWEEN
    return paper(
        FRAME + max(ROW, words) * (rows + 1),
        FRAME + words * (rows + 1),
        axis_line=element_blank(),
        axis_ticks_major_y=element_blank(),
        axis_title_x=element_text(ha=title_at),
        axis_title_y=element_blank(),
    )


def forest_scales(
    heights: Sequence[float], names: Sequence[str], low: float, high: float, end: float
) -> list[object]:
    """The axes: estimates from ``low`` to ``high``, room for words up to ``end`` times as far."""
    return [
        scale_x_continuous(
            limits=(low, low + end * (high - low)),
            breaks=rate_breaks(low, high),
            labels=lambda values: [plain_number(value) for value in values],
            expand=(0, 0),
        ),
        scale_y_continuous(
            limits=(BOTTOM, max(heights) + 1.5),
            breaks=list(heights),
            labels=list(names),
            expand=(0, 0),
        ),
    ]


def forest_words(
    heights: Sequence[float],
    columns: Mapping[str, tuple[float, Sequence[str]]],
    low: float,
    high: float,
) -> object:
    """Columns of words; each heading stands above the first row.

    A column is its heading, its place as a share of the estimates' own axis, and a word a row.
    """
    at = {name: low + share * (high - low) for name, (share, _) in columns.items()}
    heading = pd.DataFrame({"x": list(at.values()), "label": list(columns), "y": max(heights) + 1})
    frames = [
        pd.DataFrame({"x": at[name], "y": heights, "label": words})
        for name, (_, words) in columns.items()
    ]
    return geom_words(
        aes("x", "y", label="label"),
        pd.concat([heading, *frames], ignore_index=True),
        ha="left",
        size=SMALL,
        inherit_aes=False,
    )
