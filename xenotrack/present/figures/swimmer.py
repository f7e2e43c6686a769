"""How long each mouse was on study, when it progressed and why it left: a bar a mouse."""

from __future__ import annotations

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import day_breaks, plain_number
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import (
    LINE,
    SMALL,
    assemble,
    begin,
    caption,
    legend_rows,
    paper,
    say,
    stretched,
)
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.theme import FATE_SYMBOLS, arm_colours
from xenotrack.present.words import FATES, mice_text
from xenotrack.study.design import Design

TALLEST = 8.0  # inches of all bars
BAR = 0.085  # inches of a mouse
BEFORE, AFTER = 0.65, 0.22  # of its colour that a bar has until and after progression
LOWEST_BAR = 0.04
MARK = 1.6  # the size of a mark on bars that are at least so far apart:
APART = 0.06  # inches
FRAME = 1.3  # inches of axis, legend and caption
GAP = 2.0  # mice between arms
NAME_WIDTH = 23
NAMES = 1.2  # inches that they take
# Marks beside those of the fates, filled: nothing else that happens to a mouse is.
PROGRESSED, CULLED = "progressed", "culled"
FILLED = {
    PROGRESSED: ("o", "progressed"),
    CULLED: ("^", "tumour size, before any other progression"),
}


def draw(results: Results) -> ggplot:
    study = results.study
    mice = study.mice[["mouse", "arm", "left_day", "fate"]]
    events = results.progression.mice[["mouse", "day", "event"]]
    return swimmer(study.design, mice.merge(events, on="mouse", how="left"))


def swimmer(design: Design, mice: pd.DataFrame) -> ggplot:
    """Time on study by mouse, longest first in each arm.

    ``mice`` has a row a mouse: ``mouse arm left_day day event fate``, ``day`` being that of
    progression where ``event``.
    """
    drawn = mice.dropna(subset=["left_day"])
    if drawn.empty:
        return say("No mouse was followed.")
    if float(drawn["left_day"].max()) <= 0:
        return say("No mouse was seen after day 0, so no time on study can be drawn.")
    names = arm_labels(design, NAME_WIDTH)
    labels = {
        arm: f"{names[arm]}\n{mice_text(int((drawn['arm'] == arm).sum()))}"
        for arm in design.arm_names
    }
    rows, middles, bars_high = _places(design, drawn, labels)
    usual = min(TALLEST, BAR * bars_high)
    # Bars can be thinner, but not where an arm has more words than bars.
    is_full = bars_high > len(rows) + GAP * len(middles) + 1
    lowest = usual if is_full else _lowest_bar(rows, labels) * bars_high
    inches = stretched(usual, FRAME, min(lowest, usual))
    last = float(rows["left_day"].max())
    return assemble(
        begin(rows, aes("left_day", "y")),
        *paper(
            FRAME + inches,
            FRAME + inches,
            axis_ticks_major_y=element_blank(),
            axis_title_y=element_blank(),
            axis_text_y=element_text(size=SMALL, colour="black", linespacing=1.2, ma="right"),
        ),
        *_bars(rows, 72 * 0.6 * inches / bars_high / 2.2),
        *_marks(rows, MARK * min(1.0, inches / bars_high / APART)),
        scale_colour_manual(values=arm_colours(design), guide=None),
        scale_x_continuous(
            limits=(min(0.0, float(rows["left_day"].min())), 1.03 * last),
            breaks=day_breaks(0, last),
            labels=lambda values: [plain_number(value) for value in values],
            expand=(0, 0),
        ),
        scale_y_continuous(
            limits=(0, bars_high),
            breaks=list(middles.values()),
            labels=[labels[arm] for arm in middles],
            expand=(0, 0),
        ),
        labs(x="Days since treatment start"),
        caption(
            "A bar a mouse, to its last day on study, paler from progression on.",
            about_names(design, names),
        ),
    )


def _lowest_bar(rows: pd.DataFrame, labels: dict[str, str]) -> float:
    """Inches of a mouse at which the bars of each arm are still as high as its label."""
    mice = rows.groupby("arm")["mouse"].size() + GAP
    return max(LOWEST_BAR, *(_label_inches(labels[str(arm)]) / n for arm, n in mice.items()))


def _label_inches(label: str) -> float:
    return LINE * 1.2 * (1 + label.count("\n"))


def _places(
    design: Design, mice: pd.DataFrame, labels: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, float], float]:
    """The rows with their height, first arm on top, the middle of each arm, and the top.

    An arm of few mice has as much room as its label needs.
    """
    arms = [arm for arm in design.arm_names if (mice["arm"] == arm).any()]
    bar = min(BAR, TALLEST / (len(mice) + GAP * len(arms)))
    frames, middles, below = [], {}, 1.0
    for arm in reversed(arms):
        of_arm = mice[mice["arm"] == arm].sort_values("left_day", kind="stable")
        label = _label_inches(labels[arm]) / bar
        room = max(label - GAP - len(of_arm), 0.0) / 2
        height = below + room + pd.RangeIndex(len(of_arm)).to_numpy(dtype=float)
        frames.append(of_arm.assign(y=height))
        middles[arm] = float(height.mean())
        below += len(of_arm) + 2 * room + GAP
    rows = pd.concat(frames, ignore_index=True)
    return rows, dict(reversed(middles.items())), below - GAP


def _bars(rows: pd.DataFrame, width: float) -> list[object]:
    """A bar a mouse, paler from its progression on."""
    start = rows["left_day"].clip(upper=0.0)
    turn = rows["day"].where(rows["event"].eq(True)).fillna(rows["left_day"])
    turn = turn.clip(start, rows["left_day"])
    whose = {"colour": "arm", "arm": "arm", "mouse": "mouse"}
    looks = {"size": width, "inherit_aes": False}
    before, after = rows.assign(x=start, xend=turn), rows.assign(x=turn, xend=rows["left_day"])
    after = after[after["xend"] > after["x"]]
    bar = aes("x", "y", xend="xend", yend="y", **whose)
    layers: list[object] = [geom_segments(bar, before, alpha=BEFORE, **looks)]
    return [*layers, geom_segments(bar, after, alpha=AFTER, **looks)] if len(after) else layers


def _marks(rows: pd.DataFrame, size: float) -> list[object]:
    """Where a mouse progressed, and its fate at the end of its bar.

    A mouse that left for its tumour's size before it progressed otherwise has one mark for both.
    """
    crossed = rows["event"].eq(True) & rows["day"].notna()
    culled = crossed & (rows["fate"] == "tumor_size") & (rows["day"] >= rows["left_day"])
    progressed = rows[crossed & ~culled]
    left = rows[rows["fate"].isin(list(FATE_SYMBOLS))]
    marks = pd.concat(
        [
            progressed.assign(x=progressed["day"], mark=PROGRESSED),
            left.assign(x=left["left_day"], mark=left["fate"].mask(culled, CULLED)),
        ],
        ignore_index=True,
    )[["x", "y", "mark", "arm", "mouse"]]
    drawn = set(marks["mark"])
    kinds = {**FILLED, **{fate: (symbol, FATES[fate]) for fate, symbol in FATE_SYMBOLS.items()}}
    shown = [name for name in kinds if name in drawn]
    if not shown:
        return []
    words = [kinds[name][1] for name in shown]
    looks = {name: _look(name) for name in shown}
    layers: list[object] = [
        geom_points(
            aes("x", "y", shape="mark", arm="arm", mouse="mouse"),
            marks[marks["mark"].map(looks) == look],
            fill=look[0],
            colour=look[1],
            size=size,
            stroke=0.45,
            inherit_aes=False,
        )
        for look in sorted(set(looks.values()))
    ]
    legend = guide_legend(
        nrow=legend_rows(*words, beside=NAMES),
        override_aes={
            "fill": [looks[name][0] for name in shown],
            "color": [looks[name][1] for name in shown],
        },
    )
    values = {name: kinds[name][0] for name in shown}
    return [
        *layers,
        scale_shape_manual(name=" ", values=values, breaks=shown, labels=words, guide=legend),
    ]


def _look(mark: str) -> tuple[str, str]:
    """How a mark is filled and lined; the arms of a cross are too narrow to be seen as white."""
    if mark in FILLED:
        return "black", "white"
    return ("black" if FATE_SYMBOLS[mark] == "X" else "white"), "black"
