"""The share of each arm's mice that has not progressed, by day, and the median day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.model.risk_sets import count_risk_sets

# R's survival compares probabilities to this tolerance: 5/6 · 4/5 · 3/4 may be .5000000000000001,
# and an exact comparison would then give the median one visit late.
TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True)
class SurvivalCurve:
    """The Kaplan–Meier curve of one arm, a row for each distinct day of its mice.

    ``std_error`` is Greenwood's and the interval is on the scale of ln(−ln S); the interval is
    NaN where S is 1 or 0 and the standard error where S is 0, since both are undefined there.
    """

    days: Floats
    n_at_risk: Counts
    n_events: Counts
    n_censored: Counts
    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    level: float

    @property
    def n_mice(self) -> int:
        return int(self.n_at_risk[0]) if self.days.size else 0

    @property
    def last_day(self) -> float:
        """The day on which the last mouse left, NaN without mice."""
        return float(self.days[-1]) if self.days.size else np.nan

    @property
    def reaches_zero(self) -> bool:
        """Whether every mouse still followed on the last day progressed."""
        return bool(self.days.size and self.n_events[-1] == self.n_at_risk[-1])

    def to_frame(self) -> pd.DataFrame:
        """One row a day."""
        return pd.DataFrame(
            {
                "day": self.days,
                "n_at_risk": self.n_at_risk,
                "n_events": self.n_events,
                "n_censored": self.n_censored,
                "estimate": self.estimate,
                "std_error": self.std_error,
                "conf_low": self.conf_low,
                "conf_high": self.conf_high,
            }
        )


@dataclass(frozen=True)
class MedianDay:
    """The day by which half the mice have progressed; NaN = not reached."""

    estimate: float
    conf_low: float
    conf_high: float


def estimate_curve(days: Floats, events: Bools, level: float = 0.95) -> SurvivalCurve:
    """The product-limit estimate ``S(t) = Π (1 − d/n)`` of one arm.

    Variance ``S² Σ d/(n(n−d))`` (Greenwood), limits ``S^exp(±z·SE(ln S)/ln S)``
    (Kaplan & Meier 1958, JASA 53:457; Kalbfleisch & Prentice 1980).

    >>> estimate_curve(np.array([1.0, 2]), np.array([True, True])).estimate.tolist()
    [0.5, 0.0]
    """
    sets = count_risk_sets(days, events, np.zeros(len(days), int), 1)
    n, d = sets.at_risk[:, 0], sets.events[:, 0]
    # The product is exactly 0 when the last mouse progresses, but only nearly 1/2 half-way.
    estimate = np.cumprod((n - d) / n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_error = np.sqrt(np.cumsum(d / (n * (n - d))))
        std_error = estimate * log_error
        log_survival = np.log(np.where((estimate > 0) & (estimate < 1), estimate, np.nan))
        reach = ndtri((1 + level) / 2) * log_error / log_survival
        low = np.exp(log_survival * np.exp(-reach))
        high = np.exp(log_survival * np.exp(reach))
    return SurvivalCurve(
        sets.days, n, d, sets.censored[:, 0], estimate, std_error, low, high, level
    )


def estimate_curves(
    days: Floats, events: Bools, arm: Counts, n_arms: int, level: float = 0.95
) -> tuple[SurvivalCurve, ...]:
    """The curve of every arm in order; an arm without mice has a curve without rows."""
    return tuple(
        estimate_curve(days[arm == code], events[arm == code], level) for code in range(n_arms)
    )


def median_day(curve: SurvivalCurve) -> MedianDay:
    """The median of a curve, and the days on which its two limits cross ½.

    Where a curve rests on ½, the midpoint of that interval: up to the next event, or to the
    arm's last day when none follows (Brookmeyer & Crowley 1982, Biometrics 38:29).

    >>> curve = estimate_curve(np.array([4.0, 6, 9, 9]), np.array([True, True, True, False]))
    >>> median_day(curve).estimate
    7.5
    """
    return MedianDay(
        _day_at_half(curve.days, curve.estimate),
        _day_at_half(curve.days, curve.conf_low),
        _day_at_half(curve.days, curve.conf_high),
    )


def _day_at_half(days: Floats, curve: Floats) -> float:
    reached = np.flatnonzero(curve <= 0.5 + TOLERANCE)
    if not reached.size:
        return np.nan
    first = reached[0]
    passed = np.flatnonzero(curve <= 0.5 - TOLERANCE)
    if passed.size:
        return float(days[first] + days[passed[0]]) / 2
    # A limit that is undefined at the end (S = 0) has no known end of its rest at ½.
    return np.nan if np.isnan(curve[-1]) else float(days[first] + days[-1]) / 2
