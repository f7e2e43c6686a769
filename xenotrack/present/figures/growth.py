"""How the tumours of each arm grew: geometric mean volumes by visit day."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import ggplot

from xenotrack.present.axes import log_breaks, plain_number
from xenotrack.present.figures.mean_curves import (
    STOPS,
    MeanCurves,
    about_bars,
    few_mice,
    growth_days,
    limited,
    log_height,
)
from xenotrack.present.figures.needs import Results, growth_of
from xenotrack.present.figures.style import about_limit, interval_name, say
from xenotrack.response.courses_by_arm import mean_volumes, mice_on_study
from xenotrack.study.study import Study


def draw(results: Results) -> ggplot:
    study, fit = results.study, growth_of(results)
    means = mean_volumes(study)
    alive = mice_on_study(study, growth_days(means))
    return growth(study, means, alive, fit.curves() if fit is not None else None)


def growth(
    study: Study, means: pd.DataFrame, alive: pd.DataFrame, fitted: pd.DataFrame | None = None
) -> ggplot:
    """Mean volume of each arm with its interval, and the mice still on study.

    ``means`` is that of ``mean_volumes``; ``alive`` has ``arm day n_mice`` at the axis's days,
    ``fitted`` the ``day`` of the growth fit's curves.
    """
    if not len(means):
        return say("No tumour volume was measured.")
    on_log = {
        name: log_height(means[column].to_numpy(float))
        for name, column in (("y", "estimate"), ("low", "conf_low"), ("high", "conf_high"))
    }
    drawn = limited(study, means.assign(**on_log))
    readings = study.of_takers(study.readings)
    readings = readings[readings["volume_mm3"] > 0]
    mice = few_mice(study, readings.assign(y=np.log10(readings["volume_mm3"])))
    low, high = _reach(drawn, mice)
    edge = 0.02 * (high - low)  # a label at the very edge would be cut
    values = log_breaks(10 ** (low + edge), 10 ** (high - edge))
    return MeanCurves(
        study=study,
        means=drawn,
        mice=mice,
        alive=alive,
        low=low,
        high=high,
        ticks={float(np.log10(value)): plain_number(value) for value in values},
        sentences=(
            f"Geometric mean with its {interval_name(study.design)}, log scale.",
            STOPS,
            about_bars(study.design),
            about_limit(study),
        ),
        window=_window(means, fitted),
    ).figure()


def _reach(drawn: pd.DataFrame, mice: pd.DataFrame) -> tuple[float, float]:
    """The axis: all curves, and their intervals as far as these leave room for the curves."""
    heights = pd.concat([drawn["y"], mice["y"]])
    low, high = heights.min(), heights.max()
    beyond = max(0.25 * (high - low), 0.3)
    ends = drawn[["low", "high"]].clip(low - beyond, high + beyond)
    low, high = min(low, ends["low"].min()), max(high, ends["high"].max())
    room = max(0.03 * (high - low), 0.05)
    return low - room, high + room


def _window(means: pd.DataFrame, fitted: pd.DataFrame | None) -> tuple[float, float] | None:
    """The days that growth is fitted on, where curves go on beyond them."""
    if fitted is None or not len(fitted):
        return None
    first, last = float(fitted["day"].min()), float(fitted["day"].max())
    inside = first <= means["day"].min() and means["day"].max() <= last
    return None if inside else (first, last)
