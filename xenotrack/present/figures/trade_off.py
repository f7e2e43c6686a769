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
MANY, CROWDED_NAME = 12, 5  # points of a narrow figure, and characters of their names beyond
STEPS = 60  # half lines that a name may stand away from its point
FAR = 2.0  # lines from a point to its name from which a thin line joins them
# What it costs a name to stand on a word or a point, on a line, and half a line further away.
ON_WORD, ON_LINE, AWAY = 100.0, 1.0, 0.2
HALF_WORD = 0.045  # inches from the middle of a name to where no letter is
Place = tuple[float, ...]  # inches from the left end of the panel, and from below
Segment = tuple[Place, Place]


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
    names = called_on_a_line(design, _name_width(len(rows)))
    beside = GAP + max(text_inches(names[arm], SMALL) for arm in rows["arm"])
    across = (high - low) / (figure_width() - BESIDE - beside)
    first = rows.iloc[0]
    lines = 0.6 if len(rows) <= MANY else 0.3  # so that names are read on so many
    return assemble(
        begin(rows, aes(GROWTH[0], WEIGHT[0], colour="arm")),
        *paper(FRAME + panel, FRAME + LOWEST),
        _nothing_happened(low, high + beside * across, under, over),
        geom_segments(
            aes(GROWTH[1], WEIGHT[0], xend=GROWTH[2], yend=WEIGHT[0], arm="arm"),
            rows.dropna(subset=list(GROWTH)),
            size=0.6,
            alpha=lines,
        ),
        geom_segments(
            aes(GROWTH[0], WEIGHT[1], xend=GROWTH[0], yend=WEIGHT[2], arm="arm"),
            rows.dropna(subset=list(WEIGHT)),
            size=0.6,
            alpha=lines,
        ),
        geom_points(aes(shape="arm", arm="arm"), size=2.6),
        *_named(rows, names, (low, under), (across, (over - under) / panel), panel),
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


def _name_width(points: int) -> int:
    """Characters of a name in full."""
    if figure_width() >= WIDE:
        return WIDE_NAME
    return NARROW_NAME if points <= MANY else CROWDED_NAME


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
) -> list[object]:
    """The name of each arm beside its point, none on another, joined to it where it is far.

    ``corner`` is where both axes begin, ``inch`` how much of each is in an inch.
    """
    label = [names[arm] for arm in rows["arm"]]
    points, lines = _inches(rows, corner, inch)
    wide = [text_inches(text, SMALL) for text in label]
    places = places_beside(points, wide, panel, lines)
    words = rows.assign(
        x=[corner[0] + left * inch[0] for left, _ in places],
        at=[corner[1] + middle * inch[1] for _, middle in places],
        label=label,
    )
    return [
        *_leaders(words, points, places, wide, corner[0], inch[0]),
        geom_words(
            aes("x", "at", label="label", colour="arm"),
            words,
            ha="left",
            va="center_baseline",
            size=SMALL,
            inherit_aes=False,
        ),
    ]


def _leaders(
    words: pd.DataFrame,
    points: Sequence[Place],
    places: Sequence[Place],
    wide: Sequence[float],
    begin: float,
    inch: float,
) -> list[object]:
    """A thin line from each point to the near end of its name, where that is far."""
    each = list(zip(points, places, wide, strict=True))
    ends = [left if left > x else left + width for (x, _), (left, _), width in each]
    far = [abs(middle - y) > FAR * LINE for (_, y), (_, middle), _ in each]
    if not any(far):
        return []
    line = aes(GROWTH[0], WEIGHT[0], xend="end", yend="at", colour="arm", arm="arm")
    joined = words.assign(end=[begin + end * inch for end in ends])[far]
    return [geom_segments(line, joined, size=0.25, inherit_aes=False)]


def _inches(
    rows: pd.DataFrame, corner: tuple[float, float], inch: tuple[float, float]
) -> tuple[list[Place], list[Segment]]:
    """Each point, and every line that a name could stand on: both intervals and both zeros."""

    def place(across: float, up: float) -> Place:
        return (across - corner[0]) / inch[0], (up - corner[1]) / inch[1]

    far = 100.0  # inches: beyond every panel
    (right, above) = place(0.0, 0.0)
    lines: list[Segment] = [((0.0, above), (far, above)), ((right, 0.0), (right, far))]
    points = []
    for x, low, high, y, under, over in rows[[*GROWTH, *WEIGHT]].itertuples(index=False):
        points.append(place(x, y))
        lines += [(place(low, y), place(high, y)), (place(x, under), place(x, over))]
    return points, lines


def places_beside(
    points: Sequence[Place], wide: Sequence[float], high: float, lines: Sequence[Segment] = ()
) -> list[Place]:
    """Left end and middle, in inches, of a word beside each point, so wide, none on another.

    That place is taken at which it meets no word that stands and no point, or the fewest, where
    it is near and stands on few of the ``lines``, which lie along the axes.

    >>> places_beside([(1.0, 1.0), (1.0, 1.0)], [0.5, 0.5], 2.0)[0]
    (1.08, 1.092)
    """
    dots = [(x - DOT, x + DOT, y) for x, y in points]
    words: list[tuple[float, float, float]] = []
    for place, width in zip(points, wide, strict=True):
        near = [at for at in _around(place, width) if LINE / 2 <= at[1] <= high - LINE / 2]
        cost = [
            ON_WORD * sum(_meets(at, width, other) for other in (*words, *dots))
            + ON_LINE * sum(_crosses(at, width, line) for line in lines)
            + AWAY * round(2 * abs(at[1] - place[1]) / LINE, 3)
            for at in near
        ]
        left, middle = near[cost.index(min(cost))]
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


def _crosses(at: Place, width: float, line: Segment) -> bool:
    """Whether a word stands on a line; one without an end is none.

    >>> _crosses((1.0, 1.0), 0.5, ((1.2, 0.0), (1.2, 3.0)))
    True
    >>> _crosses((1.0, 1.0), 0.5, ((0.0, 1.1), (3.0, 1.1)))
    False
    """
    (left, middle), ((x, y), (xend, yend)) = at, line
    return left < xend and x < left + width and y < middle + HALF_WORD and middle - HALF_WORD < yend


def _nothing_happened(low: float, high: float, under: float, over: float) -> object:
    """The lines of no growth and of no change in weight."""
    lines = pd.DataFrame(
        {"x": [low, 0.0], "xend": [high, 0.0], "y": [0.0, under], "yend": [0.0, over]}
    )
    line = aes("x", "y", xend="xend", yend="yend")
    return geom_segments(line, lines, size=0.4, colour=MIDDLE, inherit_aes=False)
