"""What the growth model leaves of each reading, over the days, a panel an arm."""

from __future__ import annotations

import pandas as pd
from plotnine import aes, ggplot, labs, scale_colour_manual

from xenotrack.present.axes import plain_number
from xenotrack.present.figures.artists import geom_points
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.style import assemble, begin, caption, model_days, say
from xenotrack.present.labels import about_names
from xenotrack.present.theme import arm_colours
from xenotrack.study.design import Design

CAP = 5.0  # standard deviations: what lies further out stands at the edge
LINES = (-2.0, 0.0, 2.0)
BREAKS = (-4.0, -2.0, 0.0, 2.0, 4.0)


def draw(results: Results) -> ggplot:
    return residuals(results.study.design, results.residuals)


def residuals(design: Design, table: pd.DataFrame) -> ggplot:
    """Residuals of every reading; ``table`` has ``mouse arm day residual``."""
    drawn = table.dropna(subset=["residual"])
    if not len(drawn):
        return say("Growth was not fitted, or all readings lie on their lines: nothing is left.")
    far = drawn["residual"].abs() > CAP
    drawn = drawn.assign(height=drawn["residual"].clip(-CAP, CAP))
    arms = [arm for arm in design.arm_names if (drawn["arm"] == arm).any()]
    panels = Panels(
        design=design,
        arms=arms,
        notes={arm: _note(drawn[drawn["arm"] == arm]) for arm in arms},
        low=-CAP - 0.4,
        high=CAP + 0.4,
        first=float(drawn["day"].min()),
        last=float(drawn["day"].max()),
        ticks={at: plain_number(at) for at in BREAKS},
        lines=LINES,
    )
    whose = {"arm": "arm", "mouse": "mouse"}
    layers = [
        geom_points(aes(**whose), panels.placed(rows, y="height"), shape=shape, size=0.9, stroke=0)
        for rows, shape in ((drawn[~far], "o"), (drawn[far], "D"))
        if len(rows)
    ]
    return assemble(
        begin(panels.placed(drawn, y="height"), aes("x", "y", colour="arm")),
        *panels.paper(0.7),
        *panels.layers(),
        *layers,
        scale_colour_manual(values=arm_colours(design), guide=None),
        labs(x=model_days(design), y="Residual (standard deviations)"),
        caption(
            "What each mouse's own fitted line leaves of its readings, in standard deviations of "
            "a reading. One in twenty lies outside ±2. An arch: growth bent unlike the fit.",
            f"Diamonds lie beyond ±{CAP:g}." if far.any() else "",
            about_names(design, panels.names),
        ),
    )


def _note(residuals: pd.DataFrame) -> str:
    outside = int((residuals["residual"].abs() > 2).sum())
    return f"{outside} of {len(residuals)} beyond ±2"
