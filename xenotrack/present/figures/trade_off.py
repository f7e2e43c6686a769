"""What each arm does to tumours against what it costs in body weight: a point an arm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pandas as pd
from plotnine import aes, ggplot, labs, scale_x_continuous, scale_y_continuous

from xenotrack.present.axes import plain_number, rate_breaks, reach
from xenotrack.present.figures.artists import geom_points, geom_segments, geom_words
from xenotrack.present.figures.line_ends import LINE, NARROW_NAME, WIDE_NAME
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    MIDDLE,
    SMALL,
    WIDE,
    arm_scales,
    assemble,
    begin,
    caption,
    figure_width,
    interval_name,
    paper,
    say,
    stretched,
)
from xenotrack.present.labels import about_names, called_on_a_line
from xenotrack.present.numbers import days_range, join
from xenotrack.study.design import Design

GROWTH = ("growth_rate", "growth_low", "growth_high")
WEIGHT = ("net_weight", "net_weight_low", "net_weight_high")
PANEL, FRAME, LOWEST = 3.0, 0.9, 1.2  # inches: the panel, what is around it, and the least panel
BESIDE = 0.7  # inches left of the panel
GAP = 0.08  # inches from a point to its name
DOT = 0.05  # inches of half a point
STEPS = 60  # half lines that a name may stand away from its point
Place = tuple[float, ...]  # inches from the left end of the panel, and from below


def draw(results: Results) -> ggplot:
    return trade_off(results.study.design, results.trade_off)


def trade_off(design: Design, table: pd.DataFrame) -> ggplot:
    """Growth from left to right, net weight from below: the best corner is the upper left one."""
    rows = table.dropna(subset=[GROWTH[0], WEIGHT[0]])
    if not len(rows):
        return say("No arm has both a growth rate and a body weight net of the tumour.")
    low, high = reach([0.0, *rows[list(GROWTH)].to_numpy(float).flat], least=0.02)
    under, over = reach([0.0, *rows[list(WEIGHT)].to_numpy(float).flat], least=4.0)
    panel = stretched(PANEL, FRAME, LOWEST)
    names = called_on_a_line(design, WIDE_NAME if figure_width() >= WIDE else NARROW_NAME)
    beside = GAP + max(text_inches(names[arm], SMALL) for arm in rows["arm"])
    across = (high - low) / (figure_width() - BESIDE - beside)
    first = rows.iloc[0]
    return assemble(
        begin(rows, aes(GROWTH[0], WEIGHT[0], colour="arm")),
        *paper(FRAME + panel, FRAME + LOWEST),
        _nothing_happened(low, high, under, over),
        geom_segments(
            aes(GROWTH[1], WEIGHT[0], xend=GROWTH[2], yend=WEIGHT[0], arm="arm"),
            rows.dropna(subset=list(GROWTH)),
            size=0.6,
            alpha=0.6,
        ),
        geom_segments(
            aes(GROWTH[0], WEIGHT[1], xend=GROWTH[0], yend=WEIGHT[2], arm="arm"),
            rows.dropna(subset=list(WEIGHT)),
            size=0.6,
            alpha=0.6,
        ),
        geom_points(aes(shape="arm", arm="arm"), size=2.6),
        _named(rows, names, (low, under), (across, (over - under) / panel), panel),
        *arm_scales(design),
        scale_x_continuous(
            limits=(low, high + beside * across),
            breaks=rate_breaks(low, high),
            labels=lambda values: [plain_number(100 * value) for value in values],
            expand=(0, 0),
        ),
        scale_y_continuous(
            limits=(under, over),
            breaks=rate_breaks(under, over),
            labels=lambda values: [plain_number(value) for value in values],
            expand=(0, 0),
        ),
        labs(x="Growth rate (% a day)", y="Body weight net of the tumour, change in %"),
        caption(
            f"Growth of {_days(first, 'growth')}, weight of {_days(first, 'weight')}, which these "
            f"arms share; lines: {interval_name(design)} of each arm alone. Upper left is best: "
            "tumours shrink, and weight is kept.",
            _left_out(design, rows),
            about_names(design, {arm: names[arm] for arm in rows["arm"]}),
        ),
    )


def _days(row: pd.Series, what: str) -> str:
    return days_range(row[f"{what}_from_day"], row[f"{what}_until_day"])


def _left_out(design: Design, rows: pd.DataFrame) -> str:
    """Which arms have no point."""
    lost = [arm for arm in design.arm_names if arm not in set(rows["arm"])]
    return f"Without a growth rate or a body weight: {join(lost)}." if lost else ""


def _named(
    rows: pd.DataFrame,
    names: dict[str, str],
    corner: tuple[float, float],
    inch: tuple[float, float],
    panel: float,
) -> object:
    """The name of each arm beside its point, none on another.

    ``corner`` is where both axes begin, ``inch`` how much of each is in an inch.
    """
    label = [names[arm] for arm in rows["arm"]]
    points = [
        tuple((value - begin) / one for value, begin, one in zip(point, corner, inch, strict=True))
        for point in rows[[GROWTH[0], WEIGHT[0]]].itertuples(index=False)
    ]
    wide = [text_inches(text, SMALL) for text in label]
    places = places_beside(points, wide, panel)
    words = rows.assign(
        x=[corner[0] + left * inch[0] for left, _ in places],
        at=[corner[1] + middle * inch[1] for _, middle in places],
        label=label,
    )
    return geom_words(
        aes("x", "at", label="label", colour="arm"),
        words,
        ha="left",
        va="center_baseline",
        size=SMALL,
        inherit_aes=False,
    )


def places_beside(points: Sequence[Place], wide: Sequence[float], high: float) -> list[Place]:
    """Left end and middle, in inches, of a word beside each point, so wide, none on another.

    The nearest place is taken at which it meets no word that stands, and no point; where there is
    none, that at which it meets the fewest.

    >>> places_beside([(1.0, 1.0), (1.0, 1.0)], [0.5, 0.5], 2.0)[0]
    (1.08, 1.092)
    """
    dots = [(x - DOT, x + DOT, y) for x, y in points]
    words: list[tuple[float, float, float]] = []
    for place, width in zip(points, wide, strict=True):
        near = [at for at in _around(place, width) if LINE / 2 <= at[1] <= high - LINE / 2]
        free = [sum(_meets(at, width, other) for other in (*words, *dots)) for at in near]
        left, middle = near[free.index(min(free))]
        words.append((left, left + width, middle))
    return [(left, middle) for left, _, middle in words]


def _around(point: Place, width: float) -> Iterator[Place]:
    """Where a word may stand: right or left of a point, above its lines or below them."""
    x, y = point
    for step, up, right in product(range(STEPS), (1, -1), (True, False)):
        left = x + GAP if right else x - GAP - width
        if left >= 0:
            yield round(left, 6), round(y + up * LINE * (0.8 + step / 2), 6)


def _meets(at: Place, width: float, other: tuple[float, float, float]) -> bool:
    (left, middle), (first, last, height) = at, other
    return left < last and first < left + width and abs(middle - height) < LINE


def _nothing_happened(low: float, high: float, under: float, over: float) -> object:
    """The lines of no growth and of no change in weight."""
    lines = pd.DataFrame(
        {"x": [low, 0.0], "xend": [high, 0.0], "y": [0.0, under], "yend": [0.0, over]}
    )
    line = aes("x", "y", xend="xend", yend="yend")
    return geom_segments(line, lines, size=0.4, colour=MIDDLE, inherit_aes=False)
