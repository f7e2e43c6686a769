"""Every figure by name: what it needs of a study's results is asked for here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from xenotrack.errors import InputError
from xenotrack.present.figures.contrasts import contrasts
from xenotrack.present.figures.growth import growth, growth_days
from xenotrack.present.figures.growth_by_arm import growth_by_arm
from xenotrack.present.figures.growth_mean import growth_mean
from xenotrack.present.figures.index_by_day import index_by_day
from xenotrack.present.figures.influence import influence
from xenotrack.present.figures.lattice import lattice
from xenotrack.present.figures.progression import progression
from xenotrack.present.figures.rates import rates
from xenotrack.present.figures.residuals import residuals
from xenotrack.present.figures.spider import spider
from xenotrack.present.figures.style import MILLIMETRES, USUAL, Canvas, on, say
from xenotrack.present.figures.swimmer import swimmer
from xenotrack.present.figures.waterfall import waterfall
from xenotrack.present.figures.weight import weight
from xenotrack.response.courses_by_arm import (
    arithmetic_means,
    last_readings,
    mean_volumes,
    mean_weight_changes,
    mice_on_study,
    readings_on_model_scale,
)
from xenotrack.response.relative import relative_readings
from xenotrack.response.weight import weight_changes

if TYPE_CHECKING:
    from plotnine import ggplot

    from xenotrack.study.study import Study


class GrowthLines(Protocol):
    """A growth fit: a row an arm, and the fitted lines."""

    def to_frame(self) -> pd.DataFrame: ...

    def curves(self) -> pd.DataFrame: ...


class ProgressionCurves(Protocol):
    """A progression fit: a row an arm, the Kaplan–Meier curves, and a row a mouse."""

    @property
    def mice(self) -> pd.DataFrame: ...

    def to_frame(self) -> pd.DataFrame: ...

    def curve_frame(self) -> pd.DataFrame: ...


class Results(Protocol):
    """What the figures need to know of a study."""

    @property
    def study(self) -> Study: ...

    @property
    def has_growth(self) -> bool: ...

    @property
    def growth(self) -> GrowthLines | None: ...

    @property
    def contrasts(self) -> pd.DataFrame: ...

    @property
    def synergy_by_day(self) -> pd.DataFrame: ...

    @property
    def residuals(self) -> pd.DataFrame: ...

    @property
    def influence(self) -> pd.DataFrame: ...

    @property
    def response(self) -> pd.DataFrame: ...

    @property
    def progression(self) -> ProgressionCurves: ...


# Millimetres below which the words of a figure would meet.
NARROW = 84
NARROWEST = {"lattice": 152}
LARGEST = 1000  # millimetres: a poster


def draw(kind: str, results: Results, canvas: Canvas = USUAL) -> ggplot:
    """One figure of a study; where a result is missing, the figure says so in words.

    Raises ``InputError`` where the size asked for is too small for its words, or beyond all paper.
    """
    narrowest = NARROWEST.get(kind, NARROW)
    width, height = MILLIMETRES * canvas.width, MILLIMETRES * (canvas.height or 0)
    if width < narrowest - 1e-6:
        raise InputError(
            f"The words of {kind} would meet at a width of {width:.0f} mm. "
            f"Draw it at least {narrowest} mm wide (--width)."
        )
    if max(width, height) > LARGEST + 1e-6:
        raise InputError(
            f"A figure of {max(width, height):.0f} mm is larger than any paper. "
            f"Draw it at most {LARGEST} mm wide and high (--width, --height)."
        )
    with on(canvas):
        return FIGURES[kind](results)


def draw_growth(results: Results) -> ggplot:
    means = mean_volumes(results.study)
    return growth(results.study, means, mice_on_study(results.study, growth_days(means)))


def draw_growth_mean(results: Results) -> ggplot:
    means = arithmetic_means(results.study)
    return growth_mean(results.study, means, mice_on_study(results.study, growth_days(means)))


def draw_growth_by_arm_linear(results: Results) -> ggplot:
    return draw_growth_by_arm(results, log=False)


def draw_growth_by_arm(results: Results, log: bool = True) -> ggplot:
    study = results.study
    readings = readings_on_model_scale(study)
    curves = pd.DataFrame(columns=["arm", "day", "estimate", "conf_low", "conf_high"])
    table = pd.DataFrame(columns=["arm", "estimate", "conf_low", "conf_high"])
    fit = _growth_of(results)
    if fit is not None:
        curves, table = fit.curves(), fit.to_frame()
    return growth_by_arm(study.design, readings, last_readings(study, readings), curves, table, log)


def draw_waterfall(results: Results) -> ggplot:
    return waterfall(results.study.design, results.response)


def draw_progression(results: Results) -> ggplot:
    fit = results.progression
    return progression(results.study.design, fit.curve_frame(), fit.to_frame())


def draw_rates(results: Results) -> ggplot:
    fit = _growth_of(results)
    if fit is None:
        return say("No growth rate could be estimated.")
    return rates(results.study.design, fit.to_frame())


def draw_contrasts(results: Results) -> ggplot:
    if results.study.design.control is None:
        return say("No arm is the control, so nothing is compared.")
    return contrasts(results.study.design, results.contrasts)


def draw_lattice(results: Results) -> ggplot:
    fit = _growth_of(results)
    if fit is None:
        return say("No growth rate could be estimated.")
    return lattice(results.study.design, fit.to_frame(), results.contrasts)


def draw_index_by_day(results: Results) -> ggplot:
    return index_by_day(results.study.design, results.synergy_by_day)


def draw_residuals(results: Results) -> ggplot:
    return residuals(results.study.design, results.residuals)


def draw_influence(results: Results) -> ggplot:
    fit = _growth_of(results)
    if fit is None:
        return say("No growth rate could be estimated.")
    return influence(results.study.design, results.influence, fit.to_frame())


def draw_swimmer(results: Results) -> ggplot:
    study = results.study
    mice = study.mice[["mouse", "arm", "left_day", "fate"]]
    events = results.progression.mice[["mouse", "day", "event"]]
    return swimmer(study.design, mice.merge(events, on="mouse", how="left"))


def draw_spider(results: Results) -> ggplot:
    return spider(results.study.design, relative_readings(results.study))


def draw_weight(results: Results) -> ggplot:
    study = results.study
    changes = weight_changes(study)
    return weight(study.design, changes, last_readings(study, changes), mean_weight_changes(study))


def _growth_of(results: Results) -> GrowthLines | None:
    """The growth fit, where there is one: asking for it where there is none is an error."""
    return results.growth if results.has_growth else None


FIGURES: dict[str, Callable[[Results], ggplot]] = {
    "growth": draw_growth,
    "growth_mean": draw_growth_mean,
    "growth_by_arm": draw_growth_by_arm,
    "growth_by_arm_linear": draw_growth_by_arm_linear,
    "waterfall": draw_waterfall,
    "progression": draw_progression,
    "rates": draw_rates,
    "weight": draw_weight,
    "contrasts": draw_contrasts,
    "lattice": draw_lattice,
    "index_by_day": draw_index_by_day,
    "swimmer": draw_swimmer,
    "spider": draw_spider,
    "residuals": draw_residuals,
    "influence": draw_influence,
}
