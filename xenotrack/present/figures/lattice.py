"""The lattice of components: every arm, and what each drug adds; doses of two drugs as a grid."""

from __future__ import annotations

from itertools import combinations
from math import ceil

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

from xenotrack.compare.lattice import one_drug_more, why_no_step
from xenotrack.present.figures.artists import geom_labels, geom_points, geom_segments, geom_words
from xenotrack.present.figures.dose_cells import dose_cells, doses_of
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.needs import Results, growth_of
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
from xenotrack.present.labels import about_names, arm_labels, drug_labels
from xenotrack.present.theme import arm_colours
from xenotrack.present.words import mice_text, rate_text
from xenotrack.study.design import Design

LEVEL = 1.75  # inches from one number of drugs to the next
SHORTEST = 0.55  # of a level: lines between arms
LINE = 0.125  # inches of a line of a node's words
CHARACTER = 0.066
APART = 0.07  # inches between the words of two nodes
LONGEST_DRUG = 18  # characters of a drug's name on a line
LEAST_TITLE = 10  # characters of a line of an arm's name
ON_LINE = SMALL - 1  # points of what stands on a line between arms
LINE_ON_LINE = 0.1  # inches of a line of it
MOST_CROSSING = 6  # lines between two levels that lean both ways and can have words
WIDE_END = 0.7  # of a fan's lines: where its words stand apart
# How a line of the lattice is drawn: its type, and what the caption says of it.
CLEAR, UNCLEAR, UNKNOWN = "clear", "unclear", "unknown"
LINES = {
    CLEAR: ("solid", "Full lines: the interval of the difference does not hold 0."),
    UNCLEAR: ("dotted", "Dotted lines: it does."),
    UNKNOWN: ((0, (9, 6)), "Dashed lines: not estimable."),
}


def draw(results: Results) -> ggplot:
    fit = growth_of(results)
    if fit is None:
        return say("No growth rate could be estimated.")
    design, grid = results.study.design, results.dose_grid
    doses = doses_of(design, grid)
    if doses is not None:
        return dose_cells(design, fit.to_frame(), grid, doses)
    return lattice(design, fit.to_frame(), results.contrasts)


def lattice(design: Design, rates: pd.DataFrame, contrasts: pd.DataFrame) -> ggplot:
    """Arms by their number of drugs, joined where one drug more is the difference.

    ``rates`` is a growth frame; ``contrasts`` the rows of ``compare`` on ``growth_rate``.
    """
    nodes = _nodes(design, rates)
    edges = _edges(design, nodes, contrasts)
    if edges.empty:
        return say(why_no_step(design))
    used = set(edges["arm"]) | set(edges["part"])
    nodes = nodes[nodes["arm"].isin(used)]
    top, bottom = nodes["y"].max(), (nodes["y"] - nodes["depth"]).min()
    words = geom_labels if nodes["staggered"].any() else geom_words
    return assemble(
        begin(nodes, aes("x", "y")),
        *paper(
            0.6 + LEVEL * (top - bottom),
            axis_line=element_blank(),
            axis_ticks=element_blank(),
            axis_text=element_blank(),
            axis_text_y=element_blank(),
            axis_title=element_blank(),
        ),
        *_lines(edges),
        words(aes(y="under", label="label"), nodes, va="top", size=SMALL, lineheight=1.3),
        geom_points(aes(colour="arm", arm="arm"), size=3.4),
        scale_colour_manual(values=arm_colours(design), guide=None),
        scale_x_continuous(limits=(0, _width()), expand=(0, 0)),
        scale_y_continuous(limits=(bottom, top + 0.15 / LEVEL), expand=(0, 0)),
        caption(
            _about_words(design, edges),
            *_about_lines(edges),
            about_names(
                design,
                dict(zip(nodes["arm"], nodes["called"], strict=True)),
                drug_labels(design, LONGEST_DRUG) if edges["at_y"].notna().any() else None,
            ),
        ),
    )


def _about_words(design: Design, edges: pd.DataFrame) -> str:
    """What stands on the lines, and where the numbers are for which there is no room."""
    placed = edges["at_y"].notna()
    adds = (
        "what the drug added on the way up does to the rate of the arm below, with its "
        f"{interval_name(design)}, this one alone"
    )
    if placed.all():
        return f"Each arm with its growth rate in % a day; on each line {adds}."
    if placed.any():
        rest = "Lines without words: these numbers stand in the table compare."
        return f"Each arm with its growth rate in % a day; on the lines {adds}. {rest}"
    return (
        "Each arm with its growth rate in % a day. What the drug added on the way up does to the "
        f"rate of the arm below stands, with its {interval_name(design)}, in the table compare."
    )


def _about_lines(edges: pd.DataFrame) -> list[str]:
    """What the lines look like; the first two explain each other."""
    unknown = (edges["look"] == UNKNOWN).any()
    return [words for look, (_, words) in LINES.items() if look != UNKNOWN or unknown]


def _width() -> float:
    """Inches from one side to the other, which are the units of x."""
    return figure_width() - 0.2


def _nodes(design: Design, rates: pd.DataFrame) -> pd.DataFrame:
    """The place and words of every arm that has a rate, one drug more a level higher."""
    known = rates.dropna(subset=["estimate"]).set_index("arm")
    sized = {arm.name: len(arm.drugs) for arm in design.arms if arm.name in known.index}
    frames: list[pd.DataFrame] = []
    top = 0.0
    for level in sorted(set(sized.values())):
        names = [name for name, size in sized.items() if size == level]
        frame = _level(design, known.loc[names]).assign(level=level)
        # Room for the lines under the words, however long the names are.
        lowest = top + max(1.0, frame["depth"].max() + SHORTEST) if frames else 0.0
        frames.append(frame.assign(y=lowest + frame["up"]))
        top = lowest + frame["up"].max()
    columns = ["arm", "x", "y", "called", "label", "level", "depth", "staggered"]
    nodes = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return nodes.assign(under=nodes["y"] - 0.1 / LEVEL)


def _level(design: Design, known: pd.DataFrame) -> pd.DataFrame:
    """The arms of a level side by side, or where their words would meet, in several rows."""
    n, width = len(known), _width()
    characters = max(int(0.94 * width / n / CHARACTER), LEAST_TITLE)
    names = arm_labels(design, characters)
    called = [names[arm] for arm in known.index]
    labels = _node_labels(known, called, split=False)
    if max(text_inches(label, SMALL) for label in labels) + APART > width / n:
        labels = _node_labels(known, called, split=True)
    wide = max(text_inches(label, SMALL) for label in labels) + APART
    depth = (0.14 + LINE * (1 + max(label.count("\n") for label in labels))) / LEVEL
    place = np.arange(n, dtype=float)
    first, step, rows = width / n / 2, width / n, 1
    if wide > step and n > 1:
        first, step = wide / 2, (width - wide) / (n - 1)
        rows = ceil(wide / step)
    return pd.DataFrame(
        {
            "arm": list(known.index),
            "x": first + place * step,
            "up": (rows - 1 - place % rows) * depth,
            "called": called,
            "label": labels,
            "depth": depth,
            "staggered": rows > 1,
        }
    )


def _node_labels(known: pd.DataFrame, called: list[str], split: bool) -> list[str]:
    """An arm's name, its rate with the interval, which may have its own line, and its mice."""
    labels = []
    columns = known[["estimate", "conf_low", "conf_high", "n_mice"]]
    for name, (*numbers, n) in zip(called, columns.itertuples(index=False), strict=True):
        rate = rate_text(*numbers)
        rate = rate.replace(" (", "\n(") if split else rate
        labels.append(f"{name}\n{rate}\n{mice_text(n)}")
    return labels


def _edges(design: Design, nodes: pd.DataFrame, contrasts: pd.DataFrame) -> pd.DataFrame:
    """From an arm to each arm with one drug less, with the difference of their rates."""
    place = nodes.set_index("arm")
    between = contrasts[contrasts["best_part"].isna()].drop_duplicates(["arm", "against"])
    told = between.set_index(["arm", "against"])
    drugs = drug_labels(design, LONGEST_DRUG)
    rows = []
    for arm, part, drug in one_drug_more(design):
        if (arm, part) not in told.index or not {arm, part} <= set(place.index):
            continue
        found, upper, lower = told.loc[(arm, part)], place.loc[arm], place.loc[part]
        numbers = [found[key] for key in ("estimate", "conf_low", "conf_high")]
        below = (lower["x"], lower["y"] + 0.06)
        above = (upper["x"], upper["y"] - upper["depth"])
        crowded = upper["staggered"] or lower["staggered"]
        label = f"+ {drugs[drug]}\n{_signed(*numbers)}"
        rows.append((arm, part, *below, *above, label, _look(*numbers), upper["level"], crowded))
    columns = ["arm", "part", "x", "y", "xend", "yend", "label", "look", "level", "crowded"]
    edges = pd.DataFrame(rows, columns=columns)
    if edges.empty:
        return edges
    return pd.concat([_with_words(level) for _, level in edges.groupby("level")])


def _look(estimate: float, low: float, high: float) -> str:
    if not np.isfinite([estimate, low, high]).all():
        return UNKNOWN
    return CLEAR if low > 0 or high < 0 else UNCLEAR


def _with_words(level: pd.DataFrame) -> pd.DataFrame:
    """Where the words of each line between two levels stand; NaN where they would meet."""
    split = level["label"].str.replace(" (", "\n(", regex=False)
    for wide_end in (WIDE_END, WIDE_END + 0.08):
        for words in (level["label"], split):
            turn = _turns(level, wide_end)
            placed = level.assign(
                words=words,
                at_x=level["x"] + turn * (level["xend"] - level["x"]),
                at_y=level["y"] + turn * (level["yend"] - level["y"]),
            )
            if not _words_meet(placed):
                return placed
    return placed.assign(at_x=np.nan, at_y=np.nan)


def _turns(level: pd.DataFrame, wide_end: float) -> pd.Series:
    """Where along its line each label stands, as a share from below.

    Upright lines have theirs at a height of their own, and so have lines that lean either way and
    cross in the middle; the lines of a fan stand apart at its wide end.
    """
    lean = np.sign((level["xend"] - level["x"]).round(6))
    if level["part"].nunique() == 1:
        return lean.map({0.0: 0.35, 1.0: wide_end, -1.0: wide_end})
    if level["arm"].nunique() == 1:
        return lean.map({0.0: 0.65, 1.0: 1 - wide_end, -1.0: 1 - wide_end})
    return lean.map({0.0: 0.5, 1.0: 0.26, -1.0: 0.74})


def _words_meet(level: pd.DataFrame) -> bool:
    """Whether the words of two lines would lie on one another, or on those of an arm."""
    fan = min(level["part"].nunique(), level["arm"].nunique()) == 1
    if level["crowded"].any() or (not fan and len(level) > MOST_CROSSING):
        return True
    boxes = [
        (x, LEVEL * y, text_inches(words, ON_LINE) / 2, LINE_ON_LINE * (1 + words.count("\n")) / 2)
        for x, y, words in level[["at_x", "at_y", "words"]].itertuples(index=False)
    ]
    return any(
        abs(box[0] - other[0]) < box[2] + other[2] and abs(box[1] - other[1]) < box[3] + other[3]
        for box, other in combinations(boxes, 2)
    )


def _signed(estimate: float, low: float, high: float) -> str:
    """A difference in percent a day with its sign.

    >>> _signed(-0.0109, -0.0226, 0.0007)
    '−1.1 (−2.3 to 0.1)'
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
        for look, (line, _) in LINES.items()
        if len(rows := edges[edges["look"] == look])
    ]
    words = aes("at_x", "at_y", label="words")
    placed = edges.dropna(subset=["at_y"])
    return [*layers, geom_labels(words, placed, size=ON_LINE, lineheight=1.3)]
