"""The lattice of components: every arm, and what each drug adds to the arm without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    ggplot,
    scale_colour_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.compare.lattice import one_drug_more
from xenotrack.present.figures.artists import geom_labels, geom_points, geom_segments, geom_words
from xenotrack.present.figures.style import (
    MIDDLE,
    SMALL,
    assemble,
    begin,
    caption,
    figure_width,
    interval_name,
    paper,
    say,
)
from xenotrack.present.theme import arm_colours, wrap_name
from xenotrack.present.words import mice_text, rate_text
from xenotrack.study.design import Design

LEVEL = 1.75  # inches from one number of drugs to the next
LINE = 0.125  # inches of a line of a node's words
CHARACTER = 0.066
MOST_WORDS = 6  # lines between two levels that can each have their words


def lattice(design: Design, rates: pd.DataFrame, contrasts: pd.DataFrame) -> ggplot:
    """Arms by their number of drugs, joined where one drug more is the difference.

    ``rates`` is a growth frame; ``contrasts`` the rows of ``compare`` on ``growth_rate``.
    """
    nodes = _nodes(design, rates)
    edges = _edges(design, nodes, contrasts)
    if edges.empty:
        return say("No two arms differ by one drug, so nothing is added to anything.")
    used = set(edges["arm"]) | set(edges["part"])
    nodes = nodes[nodes["arm"].isin(used)]
    top, depth = nodes["y"].max(), nodes["depth"].max()
    return assemble(
        begin(nodes, aes("x", "y")),
        *paper(
            0.6 + LEVEL * (top - nodes["y"].min() + depth),
            axis_line=element_blank(),
            axis_ticks=element_blank(),
            axis_text=element_blank(),
            axis_title=element_blank(),
        ),
        *_lines(edges),
        geom_points(aes(colour="arm", arm="arm"), size=3.4),
        geom_words(aes(y="under", label="label"), nodes, va="top", size=SMALL, lineheight=1.15),
        scale_colour_manual(values=arm_colours(design), guide=None),
        scale_x_continuous(limits=(0, _width()), expand=(0, 0)),
        scale_y_continuous(limits=(nodes["y"].min() - depth, top + 0.15 / LEVEL), expand=(0, 0)),
        caption(
            "Each arm with its growth rate per day; on each line what the drug added on the way "
            f"up does to the rate of the arm below, with its {interval_name(design)}, this one "
            "alone. Full lines: the interval does not hold 0. Dotted lines: it does."
        ),
    )


def _width() -> float:
    """Inches from one side to the other, which are the units of x."""
    return figure_width() - 0.2


def _nodes(design: Design, rates: pd.DataFrame) -> pd.DataFrame:
    """The place and words of every arm that has a rate, one drug more a level higher."""
    known = rates.dropna(subset=["estimate"]).set_index("arm")
    sized = {arm.name: len(arm.drugs) for arm in design.arms if arm.name in known.index}
    rows = []
    for level in sorted(set(sized.values())):
        names = [name for name, size in sized.items() if size == level]
        room = _width() / len(names)
        for place, name in enumerate(names):
            row = known.loc[name]
            words = rate_text(row["estimate"], row["conf_low"], row["conf_high"])
            title = wrap_name(name, max(int(0.94 * room / CHARACTER), 10))
            label = f"{title}\n{words}\n{mice_text(row['n_mice'])}"
            rows.append((name, (place + 0.5) * room, float(level), label))
    nodes = pd.DataFrame(rows, columns=["arm", "x", "y", "label"])
    depth = (0.14 + LINE * (1 + nodes["label"].str.count("\n"))) / LEVEL
    return nodes.assign(under=nodes["y"] - 0.1 / LEVEL, depth=depth)


def _edges(design: Design, nodes: pd.DataFrame, contrasts: pd.DataFrame) -> pd.DataFrame:
    """From an arm to each arm with one drug less, with the difference of their rates."""
    place = nodes.set_index("arm")
    told = contrasts.drop_duplicates("contrast").set_index("contrast")
    rows = []
    for arm, part, drug in one_drug_more(design):
        name = f"{arm} - {part}"
        if name not in told.index or not {arm, part} <= set(place.index):
            continue
        found, upper, lower = told.loc[name], place.loc[arm], place.loc[part]
        numbers = [found[key] for key in ("estimate", "conf_low", "conf_high")]
        apart = np.isfinite(numbers).all() and (numbers[1] > 0 or numbers[2] < 0)
        label = f"+ {drug}\n{_signed(*numbers)}"
        below = (lower["x"], lower["y"] + 0.06)
        above = (upper["x"], upper["y"] - upper["depth"])
        rows.append((arm, part, *below, *above, label, apart, upper["y"]))
    columns = ["arm", "part", "x", "y", "xend", "yend", "label", "apart", "level"]
    edges = pd.DataFrame(rows, columns=columns)
    if edges.empty:
        return edges
    turn = _turns(edges)
    return edges.assign(
        at_x=edges["x"] + turn * (edges["xend"] - edges["x"]),
        at_y=edges["y"] + turn * (edges["yend"] - edges["y"]),
    )


def _turns(edges: pd.DataFrame) -> pd.Series:
    """Where along its line each label stands, as a share from below; NaN where there is no room.

    Upright lines have theirs at a height of their own, and so have lines that lean either way and
    cross in the middle; the lines of a fan stand apart at its wide end.
    """
    lean = np.sign((edges["xend"] - edges["x"]).round(6))
    turn = lean.map({0.0: 0.5, 1.0: 0.26, -1.0: 0.74}).astype(float)
    for _, level in edges.groupby("level"):
        upright = lean[level.index] == 0
        if level["part"].nunique() == 1:
            turn[level.index] = np.where(upright, 0.35, 0.7)
        elif level["arm"].nunique() == 1:
            turn[level.index] = np.where(upright, 0.65, 0.3)
        if len(level) > MOST_WORDS:
            turn[level.index] = np.nan
    return turn


def _signed(estimate: float, low: float, high: float) -> str:
    """A difference per day with its sign.

    >>> _signed(-0.0109, -0.0225, 0.0007)
    '−0.011 (−0.022 to 0.001)'
    """
    if not np.isfinite(estimate):
        return "not estimable"
    sign = "+" if estimate > 0 else ""
    return sign + rate_text(estimate, low, high)


def _lines(edges: pd.DataFrame) -> list[object]:
    """The lines between arms, and what stands on each."""
    ends = aes("x", "y", xend="xend", yend="yend", arm="arm")
    layers: list[object] = [
        geom_segments(ends, rows, colour=MIDDLE, linetype=line, size=0.45)
        for rows, line in (
            (edges[edges["apart"]], "solid"),
            (edges[~edges["apart"]], "dotted"),
        )
        if len(rows)
    ]
    words = aes("at_x", "at_y", label="label")
    told = edges.dropna(subset=["at_y"])
    return [*layers, geom_labels(words, told, size=SMALL - 1, lineheight=1.1)]
