"""The mean ± SEM that most papers show, beside the number of mice it is the mean of."""

from __future__ import annotations

import pandas as pd
from plotnine import ggplot

from xenotrack.present.axes import plain_number, rate_breaks, reach
from xenotrack.present.figures.mean_curves import (
    STOPS,
    MeanCurves,
    about_bars,
    few_mice,
    growth_days,
    limited,
)
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import OPEN, say
from xenotrack.response.courses_by_arm import arithmetic_means, mice_on_study
from xenotrack.study.study import Study


def draw(results: Results) -> ggplot:
    means = arithmetic_means(results.study)
    return growth_mean(results.study, means, mice_on_study(results.study, growth_days(means)))


def growth_mean(study: Study, means: pd.DataFrame, alive: pd.DataFrame) -> ggplot:
    """Arithmetic mean volume of each arm ± its standard error, and the mice still on study.

    ``means`` is that of ``arithmetic_means``; ``alive`` has ``arm day n_mice`` at the axis's days.
    """
    if not len(means):
        return say("No tumour volume was measured.")
    drawn = limited(
        study,
        means.assign(y=means["estimate"], low=means["conf_low"], high=means["conf_high"]),
    )
    measured = study.of_takers(study.measured)
    mice = few_mice(study, measured.assign(y=measured["volume_mm3"]))
    _, top = reach([0.0, *drawn[["y", "high"]].to_numpy(float).flat, *mice["y"]], least=1.0)
    return MeanCurves(
        study=study,
        means=drawn,
        mice=mice,
        alive=alive,
        low=-0.02 * top,
        high=top,
        ticks={value: plain_number(value) for value in rate_breaks(0.0, top)},
        sentences=(
            "Mean ± standard error of the mice still followed, linear scale. As the largest "
            "tumours leave, the mean of those that stay falls: it is no measure of the effect.",
            STOPS,
            about_bars(study.design),
            _about_limit(study),
        ),
    ).figure()


def _about_limit(study: Study) -> str:
    """That a tumour which cannot be measured has a volume all the same, or none."""
    below = int(study.measured["below_limit"].sum())
    if not below:
        return ""
    return f"{below} readings below the limit count as written, a tumour gone as 0 mm³ ({OPEN})."
