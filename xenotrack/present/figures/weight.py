"""Body weight of every mouse, as a change from its baseline."""

from __future__ import annotations

import pandas as pd
from plotnine import (
    aes,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_shape_manual,
)

from xenotrack.present.axes import rate_breaks, signed_percent
from xenotrack.present.figures.artists import geom_points, geom_polylines
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.style import (
    GHOST_OF_CONTROL,
    SINCE,
    about_ghosts,
    assemble,
    begin,
    caption,
    say,
)
from xenotrack.present.labels import about_names
from xenotrack.present.theme import FATE_SYMBOLS, arm_colours
from xenotrack.present.words import FATES, mice_text
from xenotrack.response.courses_by_arm import last_readings, mean_weight_changes
from xenotrack.response.weight import weight_changes
from xenotrack.study.design import Design

LOSSES = (-15.0, -20.0)  # percent: the usual humane endpoints


def draw(results: Results) -> ggplot:
    study = results.study
    changes = weight_changes(study)
    return weight(study.design, changes, last_readings(study, changes), mean_weight_changes(study))


def weight(
    design: Design, changes: pd.DataFrame, last: pd.DataFrame, means: pd.DataFrame
) -> ggplot:
    """Percent change of every mouse, those that left for toxicity marked, and each arm's mean.

    ``changes`` has ``mouse arm day change_percent``, ``last`` the last of each mouse with its
    ``fate``, ``means`` is that of ``mean_weight_changes``.
    """
    if not len(changes):
        return say("No body weight was measured.")
    if not changes.duplicated("mouse").any():
        return say("Every mouse was weighed on one day only, so no change can be drawn.")
    panels = _panels(design, changes)
    return assemble(
        begin(panels.placed(changes, y="change_percent"), aes("x", "y", colour="arm")),
        *panels.paper(0.7),
        *panels.layers(),
        *panels.ghosts(changes, y="change_percent", group="mouse", control=GHOST_OF_CONTROL),
        geom_polylines(aes(group="mouse", arm="arm", mouse="mouse"), size=0.35, alpha=0.7),
        geom_polylines(aes(group="arm", arm="arm"), panels.placed(means, y="estimate"), size=1.1),
        *_toxicity(panels, last),
        scale_colour_manual(values=arm_colours(design), guide=None),
        labs(x=SINCE, y="Body weight, change from baseline"),
        caption(
            "Thin lines: mice, tumour included. Thick line: mean, as long as half of the arm's "
            "mice are followed. Dashed: losses of 15 % and 20 %.",
            about_ghosts(design, "the control darker") if len(panels.arms) > 1 else "",
            about_names(design, panels.names),
        ),
    )


def _panels(design: Design, changes: pd.DataFrame) -> Panels:
    mice = changes.groupby("arm")["mouse"].nunique()
    arms = [arm for arm in design.arm_names if arm in mice.index]
    lowest = changes.groupby(["arm", "mouse"])["change_percent"].min()
    losing = (lowest <= max(LOSSES)).groupby("arm").sum()
    lost = {str(arm): f", {n} lost {-max(LOSSES):g} %" for arm, n in losing.items() if n}
    low = min(changes["change_percent"].min(), min(LOSSES)) - 2
    high = max(changes["change_percent"].max(), 5.0) + 2
    return Panels(
        design=design,
        arms=arms,
        notes={arm: mice_text(mice[arm]) + lost.get(arm, "") for arm in arms},
        low=low,
        high=high,
        first=float(changes["day"].min()),
        last=float(changes["day"].max()),
        ticks={at: signed_percent(at) for at in _ticks(low, high)},
        lines=(0.0,),
        limits=LOSSES,
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round changes, and the losses that are limits in place of those beside them."""
    apart = 0.08 * (high - low)
    round_ones = [
        at for at in rate_breaks(low, high) if all(abs(at - loss) >= apart for loss in LOSSES)
    ]
    return sorted([*round_ones, *LOSSES])


def _toxicity(panels: Panels, last: pd.DataFrame) -> list[object]:
    left = last[last["fate"] == "toxicity"]
    if not len(left):
        return []
    symbol, words = FATE_SYMBOLS["toxicity"], FATES["toxicity"]
    return [
        geom_points(
            aes(shape="fate", arm="arm", mouse="mouse"),
            panels.placed(left, y="change_percent"),
            size=1.6,
            stroke=0.4,
        ),
        scale_shape_manual(
            name="Fate",
            values={"toxicity": symbol},
            labels=[words],
            guide=guide_legend(override_aes={"colour": "black"}),
        ),
    ]
