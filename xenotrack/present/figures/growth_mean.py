"""The mean ± SEM that most papers show, beside the number of mice it is the mean of."""

from __future__ import annotations

import pandas as pd
from plotnine import aes, ggplot

from xenotrack.present.axes import plain_number, rate_breaks
from xenotrack.present.figures.artists import geom_points, geom_polylines
from xenotrack.present.figures.growth import intervals
from xenotrack.present.figures.number_table import NumberTable
from xenotrack.present.figures.style import THICK, arm_scales, assemble, caption, paper, say
from xenotrack.study.study import Study


def growth_mean(study: Study, means: pd.DataFrame, alive: pd.DataFrame) -> ggplot:
    """Arithmetic mean volume of each arm ± its standard error, and the mice under it.

    ``means`` is that of ``arithmetic_means``; ``alive`` has ``arm day n_mice`` at the axis's days.
    """
    if not len(means):
        return say("No tumour volume was measured.")
    drawn = means.assign(y=means["estimate"], low=means["conf_low"], high=means["conf_high"])
    table = _table(study, drawn, alive)
    line = aes(group="arm", linetype="arm", arm="arm")
    return assemble(
        ggplot(drawn, aes("day", "y", colour="arm")),
        *paper(table.height + 0.5, **table.theme()),
        *table.layers(),
        intervals(study, drawn.dropna(subset=["low", "high"]), table),
        geom_polylines(line, size=THICK),
        geom_points(aes(shape="arm", arm="arm"), size=1.1),
        *arm_scales(study.design),
        caption(
            "Mean ± standard error of the mice still followed, linear scale. As the largest "
            "tumours leave, the mean of those that stay falls: it is no measure of the effect. A "
            "curve stops where fewer than half of the arm's mice are still followed.",
        ),
    )


def _table(study: Study, drawn: pd.DataFrame, alive: pd.DataFrame) -> NumberTable:
    top = 1.04 * float(max(drawn["y"].max(), drawn["high"].max()))
    return NumberTable(
        arms=study.design.arm_names,
        counts=alive,
        days=sorted(alive["day"].unique()),
        first_day=float(drawn["day"].min()),
        last_day=float(drawn["day"].max()),
        low=-0.02 * top,
        high=top,
        ticks={value: plain_number(value) for value in rate_breaks(0.0, top)},
        title="Tumour volume (mm³)",
        heading="Mice on study",
    )
