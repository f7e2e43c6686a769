"""Doses of two drugs as a grid: each arm in the cell of its doses, with its rate and its excess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    ggplot,
    labs,
    scale_colour_manual,
    scale_fill_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.arrays import Floats
from xenotrack.compare.dose_grid import dose_or_name
from xenotrack.doubts import p_number
from xenotrack.present.axes import plain_number
from xenotrack.present.figures.artists import geom_boxes, geom_points, geom_words
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.style import (
    SMALL,
    assemble,
    begin,
    caption,
    figure_width,
    interval_name,
    paper,
)
from xenotrack.present.numbers import join
from xenotrack.present.theme import arm_colours
from xenotrack.present.words import rate_text
from xenotrack.study.design import Arm, Design

LIMITS = ("estimate", "conf_low", "conf_high")
LEFT, FRAME = 0.75, 0.85  # inches beside the cells, and below and above them
LINE, AROUND = 0.125, 0.2  # inches of a line of a cell's words, and around them
INSIDE = 0.1  # inches beside the words of a cell
PALEST, DARKEST = 0.12, 0.5  # of a cell's colour on white: black words can be read on all
GROWS, SHRINKS = (200, 90, 20), (40, 110, 180)
GIVEN = "given"  # a dose that no name says
Level = tuple[float, str]  # a dose and what its axis calls it


class Place(NamedTuple):
    """An arm and its cell, counted from the left and from below."""

    arm: str
    x: int
    y: int


class Doses(NamedTuple):
    """Two drugs, the doses at which each was given, and where each arm lies."""

    drugs: tuple[str, str]
    units: tuple[str, str]
    levels: tuple[tuple[Level, ...], tuple[Level, ...]]
    places: tuple[Place, ...]


def doses_of(design: Design, grid: pd.DataFrame) -> Doses | None:
    """The grid that holds the most arms of a study, where that is more than half of them.

    ``grid`` is the table ``dose_grid``. A dose of none is that of the arms without the drug.
    """
    pairs = grid.dropna(subset=["combination"])[["drug_a", "drug_b"]].drop_duplicates()
    found = [_doses(design, (one, other)) for one, other in pairs.itertuples(index=False)]
    largest = max(found, key=lambda doses: len(doses.places), default=None)
    if largest is None or 2 * len(largest.places) <= len(design.arms):
        return None
    return largest


def _doses(design: Design, drugs: tuple[str, str]) -> Doses:
    cells = {arm.name: cell for arm in design.arms if (cell := _cell(arm, drugs, design))}
    levels = tuple(
        tuple(sorted({cell[side] for cell in cells.values()}, key=lambda level: level[0]))
        for side in (0, 1)
    )
    units = tuple(_unit(design, drug) for drug in drugs)
    places = tuple(
        Place(arm, levels[0].index(one), levels[1].index(other))
        for arm, (one, other) in cells.items()
    )
    return Doses(drugs, units, levels, places)  # type: ignore[arg-type]


def _cell(arm: Arm, drugs: tuple[str, str], design: Design) -> tuple[Level, Level] | None:
    """The doses of both drugs in an arm; none where it holds another drug, or is no control."""
    given = {dose.drug: dose for dose in map(dose_or_name, arm.drugs)}
    if set(given) - set(drugs) or (not given and arm.name != design.control):
        return None
    one, other = (
        _level(given[drug].amount) if drug in given else (0.0, plain_number(0)) for drug in drugs
    )
    return one, other


def _level(amount: float) -> Level:
    return (amount, plain_number(amount)) if np.isfinite(amount) else (np.inf, GIVEN)


def _unit(design: Design, drug: str) -> str:
    doses = (dose_or_name(each) for arm in design.arms for each in arm.drugs)
    return next((dose.unit for dose in doses if dose.drug == drug and dose.unit), "")


def dose_cells(design: Design, rates: pd.DataFrame, grid: pd.DataFrame, doses: Doses) -> ggplot:
    """A cell an arm; ``rates`` is a growth frame, ``grid`` the table ``dose_grid``."""
    columns, rows = (len(levels) for levels in doses.levels)
    cells, with_limits = _cells(doses, rates, grid, (figure_width() - LEFT) / columns - INSIDE)
    tall = AROUND + LINE * (1 + max(words.count("\n") for words in cells["label"]))
    fills = dict(zip(cells["arm"], cells["fill"], strict=True))
    return assemble(
        begin(cells, aes("x", "y")),
        *paper(
            FRAME + tall * rows,
            axis_line=element_blank(),
            axis_ticks=element_blank(),
        ),
        geom_boxes(
            aes(xmin="left", xmax="right", ymin="low", ymax="high", fill="arm", arm="arm"), cells
        ),
        geom_points(aes("dot_x", "dot_y", colour="arm", arm="arm"), cells, size=1.8),
        geom_words(aes(label="label"), cells, size=SMALL, lineheight=1.3),
        scale_fill_manual(values=fills, guide=None),
        scale_colour_manual(values=arm_colours(design), guide=None),
        *_axes(doses),
        caption(
            "Each arm with its growth rate in % a day; blue shrinks, orange grows, darker is "
            "faster. Second: its excess over Bliss, negative is synergy.",
            f"In brackets: {interval_name(design)}, each alone."
            if with_limits
            else "Intervals: tables growth and dose_grid.",
            _about_all(grid, doses),
            _left_out(design, cells),
        ),
    )


def _axes(doses: Doses) -> list[object]:
    """A step a dose, whatever lies between two."""
    scales = (scale_x_continuous, scale_y_continuous)
    titles = [
        f"{drug} ({unit})" if unit else drug
        for drug, unit in zip(doses.drugs, doses.units, strict=True)
    ]
    return [
        *(
            scale(
                limits=(-0.5, len(levels) - 0.5),
                breaks=list(range(len(levels))),
                labels=[name for _, name in levels],
                expand=(0, 0),
            )
            for scale, levels in zip(scales, doses.levels, strict=True)
        ),
        labs(x=titles[0], y=titles[1]),
    ]


def _cells(
    doses: Doses, rates: pd.DataFrame, grid: pd.DataFrame, room: float
) -> tuple[pd.DataFrame, bool]:
    """The cells of arms with a rate; in so many inches their words, and whether with intervals."""
    known = rates.dropna(subset=["estimate"]).set_index("arm")
    cells = pd.DataFrame([place for place in doses.places if place.arm in known.index])
    numbers = known.loc[cells["arm"], list(LIMITS)].to_numpy(float)
    excess = grid.set_index("combination").reindex(cells["arm"])[list(LIMITS)].to_numpy(float)
    labels, with_limits = _words(numbers, excess, room)
    largest = np.abs(numbers[:, 0]).max() or 1.0
    return cells.assign(
        label=labels,
        fill=[_shade(rate / largest) for rate in numbers[:, 0]],
        left=cells["x"] - 0.48,
        right=cells["x"] + 0.48,
        low=cells["y"] - 0.47,
        high=cells["y"] + 0.47,
        dot_x=cells["x"] - 0.42,
        dot_y=cells["y"] + 0.36,
    ), with_limits


def _words(rates: Floats, excess: Floats, room: float) -> tuple[list[str], bool]:
    """What stands in each cell, with intervals where they have room."""
    for with_limits, split in ((True, False), (True, True), (False, False)):
        labels = [
            "\n".join(_lines(rate, over, with_limits, split))
            for rate, over in zip(rates, excess, strict=True)
        ]
        if max(text_inches(label, SMALL) for label in labels) <= room:
            break
    return labels, with_limits


def _lines(
    rate: Sequence[float], over: Sequence[float], with_limits: bool, split: bool
) -> Iterator[str]:
    for before, numbers in (("", rate), ("excess ", over)):
        if np.isfinite(numbers[0]):
            estimate, low, high = numbers
            known = rate_text(estimate, low, high) if with_limits else rate_text(estimate)
            words = before + known
            yield words.replace(" (", "\n(") if split else words


def _shade(share: float) -> str:
    """The colour of a cell: how far a rate is from zero, as a share of the farthest.

    >>> _shade(0.0) == _shade(-0.0), _shade(1.0), _shade(-1.0)
    (True, '#e3ac89', '#93b6d9')
    """
    strength = PALEST + (DARKEST - PALEST) * abs(share)
    hue = SHRINKS if share < 0 else GROWS
    return "#" + "".join(f"{int(255 + strength * (each - 255)):02x}" for each in hue)


def _about_all(grid: pd.DataFrame, doses: Doses) -> str:
    """The test of all excesses of the grid together."""
    own = grid[(grid["drug_a"] == doses.drugs[0]) & (grid["drug_b"] == doses.drugs[1])]
    joint = own[own["df_numerator"].notna() & own["p_value"].notna()]
    if joint.empty:
        return ""
    test = joint.iloc[0]
    return f"All excesses together: p = {p_number(test['p_value'])}.".replace("= <", "<")


def _left_out(design: Design, cells: pd.DataFrame) -> str:
    lost = [arm for arm in design.arm_names if arm not in set(cells["arm"])]
    return f"Not in the grid, or without a rate: {join(lost)}." if lost else ""
