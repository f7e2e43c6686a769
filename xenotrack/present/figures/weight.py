"""Body weight of every mouse, as a change from its baseline."""

from __future__ import annotations

import pandas as pd
from plotnine import (
    aes,
    geom_hline,
    geom_path,
    geom_point,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import day_breaks, plain_number, signed_percent
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.polylines import geom_polylines
from xenotrack.present.figures.style import MIDDLE, caption, paper, say
from xenotrack.present.theme import FATES, arm_colours
from xenotrack.present.words import mice_text
from xenotrack.study.design import Design

ALARMS = (-15.0, -20.0)  # percent: the usual humane endpoints
BREAKS = (-40.0, -30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0)


def weight(
    design: Design, changes: pd.DataFrame, last: pd.DataFrame, means: pd.DataFrame
) -> ggplot:
    """Percent change of every mouse, those that left for toxicity marked, and each arm's mean.

    ``changes`` has ``mouse arm day change_percent``, ``last`` the last of each mouse with its
    ``fate``, ``means`` is that of ``mean_weight_changes``.
    """
    if not len(changes):
        return say("No body weight was measured.")
    present = set(changes["arm"])
    mice = changes.groupby("arm")["mouse"].nunique()
    arms = [arm for arm in design.arm_names if arm in present]
    low = min(changes["change_percent"].min(), min(ALARMS)) - 2
    high = max(changes["change_percent"].max(), 5) + 2
    panels = Panels(arms, {arm: mice_text(mice[arm]) for arm in arms}, low, high)
    first, final = changes["day"].min(), changes["day"].max()
    return (
        ggplot(panels.placed(changes), aes("day", "change_percent"))
        + paper(panels.height + 0.85)
        + geom_hline(yintercept=0, colour=MIDDLE, size=0.3)
        + geom_hline(yintercept=list(ALARMS), colour=MIDDLE, size=0.3, linetype="dashed")
        + geom_polylines(aes(group="mouse", colour="arm"), size=0.35, alpha=0.55)
        + geom_path(aes(y="estimate", colour="arm"), panels.placed(means), size=1.1)
        + _toxicity(panels, last)
        + scale_colour_manual(values=arm_colours(design), guide=None)
        + scale_x_continuous(
            breaks=day_breaks(first, final, most=6),
            labels=lambda days: [plain_number(day) for day in days],
        )
        + scale_y_continuous(
            limits=(low, panels.top),
            breaks=[at for at in BREAKS if low <= at <= high],
            labels=lambda values: [signed_percent(value) for value in values],
            expand=(0, 0),
        )
        + panels.layers(first)
        + labs(x="Days since treatment start", y="Body weight, change from baseline")
        + caption(
            "Thin lines: mice, tumour included. Thick line: mean, as long as half of the arm's "
            "mice are followed. Dashed lines: losses of 15 % and 20 %."
        )
    )


def _toxicity(panels: Panels, last: pd.DataFrame) -> list[object]:
    left = last[last["fate"] == "toxicity"]
    if not len(left):
        return []
    symbol, words = FATES["toxicity"]
    return [
        geom_point(aes(colour="arm", shape="fate"), panels.placed(left), size=1.6, stroke=0.4),
        scale_shape_manual(
            name="Fate",
            values={"toxicity": symbol},
            labels=[words],
            guide=guide_legend(override_aes={"colour": "black"}),
        ),
    ]
