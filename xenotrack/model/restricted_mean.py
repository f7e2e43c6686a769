"""Days without progression, on average, up to one day for all arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xenotrack.model.survival import SurvivalCurve

FEWEST_AT_RISK = 3  # of each arm: beyond, one mouse draws the curve


@dataclass(frozen=True)
class RestrictedMean:
    """The mean of min(day of progression, ``until``) in one arm; ``variance`` for many mice."""

    estimate: float
    variance: float
    until: float
    n_mice: int

    @property
    def std_error(self) -> float:
        return float(np.sqrt(self.variance))


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


def known_mean(curve: SurvivalCurve, until: float) -> RestrictedMean:
    """The restricted mean; NaN where the curve is not known that far."""
    if curve.n_mice and (until <= curve.last_day or curve.reaches_zero):
        return restricted_mean(curve, until)
    return RestrictedMean(np.nan, np.nan, until, curve.n_mice)


def last_known_day(curves: Sequence[SurvivalCurve]) -> float:
    """The last day up to which every arm's curve is known; NaN without mice.

    The smallest last day over arms whose last mouse is censored; an arm whose curve has reached 0
    does not limit it. When all have, the study's last event.
    """
    followed = [curve for curve in curves if curve.n_mice]
    limiting = [curve.last_day for curve in followed if not curve.reaches_zero]
    if limiting:
        return min(limiting)
    return max((curve.last_day for curve in followed), default=np.nan)


def last_comparable_day(curves: Sequence[SurvivalCurve]) -> float:
    """The last day on which every arm has three mice at risk, or its curve at 0; NaN without mice.

    An arm that started with fewer than three has all of them at risk.
    """
    followed = [curve for curve in curves if curve.n_mice]
    # A curve is known up to the first of its days, and from the second on if it has reached 0.
    ends = [(_last_day_of_three(curve), curve.last_day, curve.reaches_zero) for curve in followed]
    return max(
        (
            day
            for day in (end for own in ends for end in own[:2])
            if all(day <= three or (zero and day >= last) for three, last, zero in ends)
        ),
        default=np.nan,
    )


def _last_day_of_three(curve: SurvivalCurve) -> float:
    enough = curve.n_at_risk >= min(FEWEST_AT_RISK, curve.n_mice)
    return float(curve.days[np.flatnonzero(enough)[-1]])
