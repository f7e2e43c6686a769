"""Change of net body weight: a curve an arm, each fitted by REML, and its average over some days.

A mouse's changes from its baseline share the error of that baseline weighing, which is its random
intercept. Weighings after the baseline only: there the change is 0 by definition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.errors import FitError
from xenotrack.model.estimates import ArmEstimates, welch_satterthwaite
from xenotrack.model.follow_up import FollowUp, half_and_three
from xenotrack.model.lines import MouseLines, fit_mouse_lines, mean_line
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.patterns import Patterns, summarise
from xenotrack.model.reml import MixedFit, fit_each
from xenotrack.model.shapes.line import Line
from xenotrack.model.shapes.registry import curve_of
from xenotrack.model.shapes.shape import Shape
from xenotrack.model.smallsample import KenwardRoger
from xenotrack.response.weight import net_weight_changes
from xenotrack.study.study import Study


@dataclass(frozen=True)
class WeightCurve:
    """One arm's mean change of net weight in percent, by day."""

    shape: Shape
    values: Floats
    covariance: Floats
    degrees_of_freedom: Callable[[Floats], Floats]
    mixed: bool


@dataclass(frozen=True)
class WeightFit:
    """The curves of the arms, None where fewer than two mice were weighed net of their tumour.

    ``follow_up`` has the days of each arm: from the first weighing after the baseline of half of
    its mice to the last at which half of them, and three, are still weighed.
    """

    arms: tuple[str, ...]
    curves: tuple[WeightCurve | None, ...]
    follow_up: FollowUp

    @property
    def fitted(self) -> tuple[str, ...]:
        """The arms that have a curve."""
        return tuple(name for name, curve in zip(self.arms, self.curves, strict=True) if curve)

    def days(self, arms: Sequence[str]) -> tuple[float, float]:
        """The days that these arms share, those without a curve aside; NaN where there are none."""
        codes = [self.arms.index(name) for name in arms if name in self.fitted]
        low, high = self.follow_up.shared(codes) if codes else (np.nan, np.nan)
        return (low, high) if low <= high else (np.nan, np.nan)

    def average(self, arms: Sequence[str]) -> ArmEstimates:
        """Each arm's average change over the days that these arms share, in percent."""
        low, high = self.days(arms)
        values, variance, df = np.full((3, len(self.arms)), np.nan)
        for code, curve in enumerate(self.curves):
            if curve is not None and np.isfinite(low):
                weights = _mean_weights(curve.shape, low, high)
                values[code] = weights @ curve.values
                variance[code] = weights @ curve.covariance @ weights
                df[code] = curve.degrees_of_freedom(weights[None])[0]
        mixed = all(curve.mixed for curve in self.curves if curve is not None)
        return ArmEstimates(
            outcome="net_weight",
            arms=self.arms,
            values=values,
            covariance=np.diag(variance),
            degrees_of_freedom=welch_satterthwaite(variance, df),
            independent=True,
            method="mean change of body weight net of the tumour, "
            + ("mixed curve by arm, Kenward–Roger" if mixed else "mouse lines where needed, Welch"),
            first_day=np.full(len(self.arms), low),
            last_day=np.full(len(self.arms), high),
        )


def _mean_weights(shape: Shape, low: float, high: float) -> Floats:
    return shape.area(low, high) / (high - low) if high > low else shape.height(low)


def fit_net_weight(study: Study) -> WeightFit:
    """The net weight of every arm of a study."""
    rows = _weighings(study)
    follow_up = half_and_three(rows)
    weighed = np.bincount(rows.mouse_arm[rows.readings_by_mouse() > 0], minlength=rows.n_arms)
    own = {
        int(code): rows.of_arms(np.arange(rows.n_arms) == code)
        for code in np.flatnonzero(weighed > 1)
    }
    shapes = {code: curve_of(of_arm, code, follow_up) for code, of_arm in own.items()}
    models = {}
    for code, shape in shapes.items():
        with suppress(FitError):
            models[code] = _model(own[code], code, shape)
    fits = dict(zip(models, _fit_side_by_side(list(models.values())), strict=True))
    curves = (
        _mixed(shapes[code], fit)
        if (fit := fits.get(code)) is not None
        else (_mean_of_lines(own[code], code) if code in own else None)
        for code in range(rows.n_arms)
    )
    return WeightFit(study.design.arm_names, tuple(curves), follow_up)


def _weighings(study: Study) -> LogVolumes:
    """The net changes after each mouse's baseline weighing, as rows of a mixed model."""
    mice = study.mice
    changes = net_weight_changes(study)
    changes = changes[changes.duplicated("mouse")]
    arms = pd.Index(study.design.arm_names)
    mouse = pd.Index(mice["mouse"]).get_indexer(changes["mouse"])
    return LogVolumes(
        arm=arms.get_indexer(changes["arm"]),
        mouse=mouse,
        day=changes["day"].to_numpy(dtype=float),
        y=changes["change_percent"].to_numpy(dtype=float),
        mice=mice["mouse"].to_numpy(dtype=object),
        mouse_arm=arms.get_indexer(mice["arm"]),
        n_arms=len(arms),
        through_origin=False,
    )


def _model(rows: LogVolumes, code: int, shape: Shape) -> Patterns:
    """What the likelihood of an arm's mixed model asks of its weighings."""
    if rows.mice_with(3)[code] < 3:
        raise FitError("fewer than three mice with three weighings")
    mouse = np.unique(rows.mouse, return_inverse=True)[1]
    return summarise(rows.y, shape.fixed(rows.day), shape.random(rows.day), mouse)


def _fit_side_by_side(models: Sequence[Patterns]) -> list[MixedFit | None]:
    """The fits of several arms by one search; each alone where one of them does not end."""
    try:
        return list(fit_each(models))
    except FitError:
        return [_fit_alone(model) for model in models]


def _fit_alone(model: Patterns) -> MixedFit | None:
    try:
        return fit_each([model])[0]
    except FitError:
        return None


def _mixed(shape: Shape, fit: MixedFit) -> WeightCurve:
    reference = KenwardRoger(fit)
    return WeightCurve(
        shape, fit.coefficients, reference.covariance, reference.degrees_of_freedom, True
    )


def _mean_of_lines(rows: LogVolumes, code: int) -> WeightCurve:
    """The mean of the mice's own lines; of a mouse weighed once a level line."""
    lines, n = fit_mouse_lines(rows), np.maximum(rows.readings_by_mouse(), 1)
    level = np.where(
        rows.readings_by_mouse() > 0, np.bincount(rows.mouse, rows.y, len(rows.mice)) / n, np.nan
    )
    once = np.isnan(lines.slope)
    slope = np.where(once & ~np.isnan(level), 0.0, lines.slope)
    both = MouseLines(np.where(once, level, lines.intercept), slope)
    values, covariance, df = mean_line(both, rows.mouse_arm == code)
    return WeightCurve(Line(), values, covariance, lambda weights: np.full(len(weights), df), False)
