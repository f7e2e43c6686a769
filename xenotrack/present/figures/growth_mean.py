"""The mean ± SEM that most papers show, beside the number of mice it is the mean of."""

from __future__ import annotations

import pandas as pd
from plotnine import ggplot

from xenotrack.present.axes import plain_number, rate_breaks, reach
from xenotrack.present.figures.growth import (
    STOPS,
    Heights,
    about_bars,
    about_limit,
    growth_days,
    mean_curves,
    with_bars,
)
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import say
from xenotrack.response.courses_by_arm import arithmetic_means, mice_on_study
from xenotrack.study.study import Study


def draw(results: Results) -> ggplot:
    means = arithmetic_means(results.study)
    return growth_mean(results.study, means, mice_on_study(results.study, growth_days(means)))


def growth_mean(study: Study, means: pd.DataFrame, alive: pd.DataFrame) -> ggplot:
    """Arithmetic mean volume of each arm ± its standard error, and the mice under it.

    ``means`` is that of ``arithmetic_means``; ``alive`` has ``arm day n_mice`` at the axis's days.
    """
    if not len(means):
        return say("No tumour volume was measured.")
    drawn = with_bars(
        study,
        means.assign(y=means["estimate"], low=means["conf_low"], high=means["conf_high"]),
    )
    _, top = reach([0.0, *drawn[["y", "high"]].to_numpy(float).flat], least=1.0)
    ticks = {value: plain_number(value) for value in rate_breaks(0.0, top)}
    return mean_curves(
        study,
        drawn,
        alive,
        Heights(-0.02 * top, top, ticks),
        "Mean ± standard error of the mice still followed, linear scale. As the largest tumours "
        "leave, the mean of those that stay falls: it is no measure of the effect.",
        STOPS,
        about_bars(study),
        about_limit(study),
    )
