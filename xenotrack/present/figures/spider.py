"""The change of every mouse from its own baseline, a panel an arm."""

from __future__ import annotations

import pandas as pd
from plotnine import aes, ggplot, labs, scale_colour_manual

from xenotrack.present.axes import signed_percent
from xenotrack.present.figures.artists import geom_points, geom_polylines
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.style import assemble, begin, caption, say
from xenotrack.present.theme import arm_colours
from xenotrack.present.words import mice_text
from xenotrack.response.relative import relative_readings
from xenotrack.study.design import Design

CAP = 300.0  # percent: what grows further is a line to the top
BREAKS = (-100.0, 0.0, 100.0, 200.0, 300.0)
LINES = (-30.0, 0.0, 100.0)


def draw(results: Results) -> ggplot:
    return spider(results.study.design, relative_readings(results.study))


def spider(design: Design, readings: pd.DataFrame) -> ggplot:
    """Percent change of each mouse; ``readings`` has ``mouse arm day change_percent``.

    A line ends where it first leaves the panel at the top, with a mark.
    """
    if not len(readings):
        return say("No mouse has a baseline to which its volumes could be compared.")
    if not readings.duplicated("mouse").any():
        return say("Every mouse was measured on one day only, so no change can be drawn.")
    drawn = _cut(readings)
    arms = [arm for arm in design.arm_names if (drawn["arm"] == arm).any()]
    panels = Panels(
        design=design,
        arms=arms,
        notes={arm: _note(drawn[drawn["arm"] == arm]) for arm in arms},
        low=-108.0,
        high=CAP + 12,
        first=float(drawn["day"].min()),
        last=float(drawn["day"].max()),
        ticks={at: signed_percent(at) for at in BREAKS},
        lines=LINES,
    )
    over = panels.placed(drawn[drawn["over"]], y="height")
    return assemble(
        begin(panels.placed(drawn, y="height"), aes("x", "y", colour="arm")),
        *panels.paper(0.75),
        *panels.layers(),
        geom_polylines(aes(group="mouse", arm="arm", mouse="mouse"), size=0.5, alpha=0.7),
        *(
            [geom_points(aes(arm="arm", mouse="mouse"), over, shape="^", size=1.0)]
            if len(over)
            else []
        ),
        scale_colour_manual(values=arm_colours(design), guide=None),
        labs(x="Days since treatment start", y="Change from baseline"),
        caption(
            "A line a mouse, relative to its own baseline. Grey lines: −30 %, no change, twice the "
            f"baseline. A triangle: beyond {signed_percent(CAP)}, not drawn further."
        ),
    )


def _cut(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings up to the first beyond the cap; its line is cut where it crosses the cap."""
    ordered = readings.sort_values(["mouse", "day"], kind="stable")
    day, change = ordered["day"].astype(float), ordered["change_percent"].astype(float)
    over = change > CAP
    gone = over.groupby(ordered["mouse"], sort=False).cumsum().to_numpy()
    kept = (gone == 0) | (over.to_numpy() & (gone == 1))
    before = ordered.assign(day=day, change=change).groupby("mouse", sort=False)
    day_before, change_before = before["day"].shift(), before["change"].shift()
    share = (CAP - change_before) / (change - change_before)
    crossed = day_before + share * (day - day_before)
    return ordered.assign(
        over=over,
        height=change.clip(upper=CAP),
        day=day.where(~over | crossed.isna(), crossed),
    )[kept]


def _note(own: pd.DataFrame) -> str:
    """The number of mice, and of those that left the panel at the top."""
    beyond = int(own["over"].sum())
    note = mice_text(own["mouse"].nunique())
    return f"{note}, {beyond} beyond" if beyond else note
