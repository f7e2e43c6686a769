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
from xenotrack.present.theme import FATES, arm_colours, wrap_name
from xenotrack.present.words import mice_text
from xenotrack.study.design import Design

TALLEST = 8.0  # inches of all bars
BAR = 0.085  # inches of a mouse
PALE = 0.6  # bars on which black marks are seen, even where the arm is black
LOWEST_BAR = 0.06
FRAME = 1.3  # inches of axis, legend and caption
GAP = 2.0  # mice between arms
NAME_WIDTH = 23
NAMES = 1.2  # inches that they take
PROGRESSED = "progressed"


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
    labels = {
        arm: f"{wrap_name(arm, NAME_WIDTH)}\n{mice_text(int((drawn['arm'] == arm).sum()))}"
        for arm in design.arm_names
    }
    rows, middles, bars_high = _places(design, drawn, labels)
    usual = min(TALLEST, BAR * bars_high)
    # Bars can be thinner, but not where an arm has more words than bars.
    lowest = usual if bars_high > len(rows) + GAP * len(middles) + 1 else LOWEST_BAR * bars_high
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
        geom_segments(
            aes("start", "y", xend="left_day", yend="y", colour="arm", arm="arm", mouse="mouse"),
            rows.assign(start=rows["left_day"].clip(upper=0.0)),
            alpha=PALE,
            size=72 * 0.6 * inches / bars_high / 2.2,
            inherit_aes=False,
        ),
        *_marks(rows),
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
        caption("A bar a mouse, to its last day on study."),
    )


def _legend(shown: list[str]) -> list[str]:
    return [FATES[name][1] if name in FATES else name for name in shown]


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
        own = mice[mice["arm"] == arm].sort_values("left_day", kind="stable")
        label = LINE * 1.2 * (1 + labels[arm].count("\n")) / bar
        room = max(label - GAP - len(own), 0.0) / 2
        height = below + room + pd.RangeIndex(len(own)).to_numpy(dtype=float)
        frames.append(own.assign(y=height))
        middles[arm] = float(height.mean())
        below += len(own) + 2 * room + GAP
    rows = pd.concat(frames, ignore_index=True)
    return rows, dict(reversed(middles.items())), below - GAP


def _marks(rows: pd.DataFrame) -> list[object]:
    """Where a mouse progressed, and its fate at the end of its bar."""
    crossed = rows[rows["event"].astype(bool) & rows["day"].notna()]
    progressed = crossed.assign(x=crossed["day"], mark=PROGRESSED)
    left = rows[rows["fate"].isin(list(FATES))]
    left = left.assign(x=left["left_day"], mark=left["fate"])
    marks = pd.concat([progressed, left], ignore_index=True)[["x", "y", "mark", "arm", "mouse"]]
    found = set(marks["mark"])
    shown = [name for name in (PROGRESSED, *FATES) if name in found]
    if not shown:
        return []
    # The arms of a cross are too narrow to be seen as white.
    fills = {name: "black" if FATES.get(name, ">")[0] == "X" else "white" for name in shown}
    layers: list[object] = [
        geom_points(
            aes("x", "y", shape="mark", arm="arm", mouse="mouse"),
            marks[marks["mark"].map(fills) == fill],
            fill=fill,
            size=1.6,
            stroke=0.45,
            inherit_aes=False,
        )
        for fill in sorted(set(fills.values()))
    ]
    return [
        *layers,
        scale_shape_manual(
            name=" ",
            values={name: FATES[name][0] if name in FATES else ">" for name in shown},
            breaks=shown,
            labels=_legend(shown),
            guide=guide_legend(
                nrow=legend_rows(*_legend(shown), beside=NAMES),
                override_aes={"fill": list(fills.values())},
            ),
        ),
    ]
