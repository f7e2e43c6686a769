"""Days without progression, on average, up to one day for all arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xenotrack.model.survival import SurvivalCurve


@dataclass(frozen=True)
class RestrictedMean:
    """The mean of min(day of progression, ``until``) in one arm, in days.

    ``variance`` is the estimator's large-sample one; ``contrast_variance`` is n/(n−1) times it and
    ``df`` is n−1, which is what a difference between arms of a handful of mice needs.
    """

    estimate: float
    variance: float
    until: float
    n_mice: int

    @property
    def std_error(self) -> float:
        return float(np.sqrt(self.variance))

    @property
    def contrast_variance(self) -> float:
        """NaN for a single mouse, whose own spread is unknown."""
        return self.variance * self.n_mice / (self.n_mice - 1) if self.n_mice > 1 else np.nan

    @property
    def df(self) -> float:
        return float(self.n_mice - 1) if self.n_mice > 1 else np.nan


def restricted_mean(curve: SurvivalCurve, until: float) -> RestrictedMean:
    """The area under a survival curve from day 0 to ``until``.

    Variance ``Σ [∫_t^τ S]² d/(n(n−d))`` over the event days t ≤ τ (Irwin 1949; Klein &
    Moeschberger 2003, section 4.5). Beyond its last day a curve that has reached 0 stays there;
    any other is unknown, and a ``ValueError``.
    """
    if curve.n_mice == 0:
        return RestrictedMean(np.nan, np.nan, until, 0)
    if until > curve.last_day and not curve.reaches_zero:
        raise ValueError(f"the curve is unknown after day {curve.last_day:g}, before {until:g}")
    steps = np.clip(np.concatenate([[0.0], curve.days, [until]]), 0.0, until)
    areas = np.diff(steps) * np.concatenate([[1.0], curve.estimate])
    beyond = areas[:0:-1].cumsum()[::-1]  # area between each day and `until`
    n, d = curve.n_at_risk, curve.n_events
    # Where all mice at risk progress (d = n) no area is left: the term is 0, not 0 · ∞.
    weight = d / (n * np.maximum(n - d, 1))
    variance = float(np.sum(beyond**2 * weight))
    return RestrictedMean(float(areas.sum()), variance, float(until), curve.n_mice)


def last_comparable_day(curves: Sequence[SurvivalCurve]) -> float:
    """The last day up to which every arm's curve is known.

    The smallest last day over arms whose last mouse is censored; an arm whose curve has reached 0
    does not limit it. When all have, the study's last event. NaN without mice.
    """
    followed = [curve for curve in curves if curve.n_mice]
    limiting = [curve.last_day for curve in followed if not curve.reaches_zero]
    if limiting:
        return min(limiting)
    return max((curve.last_day for curve in followed), default=np.nan)
