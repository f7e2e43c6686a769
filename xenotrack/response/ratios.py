"""Ratios of two means of a handful of mice, with limits that say when there are none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from xenotrack.arrays import Floats
from xenotrack.response.welch import welch_df

FIELLER = "Fieller"
LOG_DELTA = "log-delta, t with Welch df"
UNBOUNDED = "unbounded"


class Ratio(NamedTuple):
    """A ratio with its limits; ``method`` says how they were made, ``why`` why there is none."""

    estimate: float
    conf_low: float
    conf_high: float
    method: str
    why: str = ""

    def mapped(self, intercept: float, slope: float) -> Ratio:
        """``intercept + slope · ratio`` with its limits in order.

        >>> Ratio(0.25, 0.125, 0.5, "").mapped(100, -100)[:3]
        (75.0, 50.0, 87.5)
        """
        ends = (self.conf_low, self.conf_high) if slope > 0 else (self.conf_high, self.conf_low)
        low, high = (intercept + slope * end for end in ends)
        return Ratio(intercept + slope * self.estimate, low, high, self.method, self.why)


class Mean(NamedTuple):
    """A mean of ``n`` mice, the variance of that mean, and its degrees of freedom."""

    value: float
    variance: float
    df: float


def unknown(reason: str) -> Ratio:
    """A ratio that cannot be given, and why."""
    return Ratio(np.nan, np.nan, np.nan, f"not estimable: {reason}", reason)


def mean_of(values: Floats) -> Mean:
    """The mean of some mice; its variance is NaN for one mouse.

    >>> mean_of(np.array([1.0, 2, 3, 6]))
    Mean(value=3.0, variance=1.1666666666666667, df=3)
    """
    n = len(values)
    if n == 0:
        return Mean(np.nan, np.nan, 0)
    variance = float(np.var(values, ddof=1)) / n if n > 1 else np.nan
    return Mean(float(np.mean(values)), variance, n - 1)


def difference_df(first: Mean, second: Mean) -> float:
    """Degrees of freedom of the difference of two means; NaN where neither varies."""
    df = np.array([first.df, second.df], dtype=float)
    return float(welch_df(np.array([[first.variance, second.variance]]), df)[0])


def fieller_limits(
    top: float, bottom: float, variances: tuple[float, float, float], df: float, level: float
) -> tuple[float, float]:
    """The ratios ρ that ``(top − ρ · bottom)`` does not reject: Fieller's interval.

    ``variances`` are of top, of bottom, and their covariance (Fieller 1954, JRSS B 16:175). NaN
    where the bottom itself may be 0: the set is then no interval.
    """
    t = stdtrit(df, (1 + level) / 2)
    of_top, of_bottom, both = variances
    a = bottom**2 - t**2 * of_bottom
    b = top * bottom - t**2 * both
    c = top**2 - t**2 * of_top
    if not a > 0 or not b**2 - a * c >= 0:
        return np.nan, np.nan
    half = np.sqrt(b**2 - a * c)
    return float((b - half) / a), float((b + half) / a)


def fieller_ratio(top: Mean, bottom: Mean, level: float) -> Ratio:
    """The ratio of two independent means by Fieller with Welch's df.

    The df are those of ``top − ρ · bottom`` at the estimated ρ (Hasler, Vonk & Hothorn 2008,
    Stat Med 27:490).
    """
    ratio = top.value / bottom.value
    scaled = Mean(0.0, ratio**2 * bottom.variance, bottom.df)
    df = difference_df(top, scaled) if top.df > 0 and bottom.df > 0 else np.nan
    variances = (top.variance, bottom.variance, 0.0)
    return _named(ratio, *fieller_limits(top.value, bottom.value, variances, df, level), df)


_LARGEST_LOG = 700.0


def paired_ratio(top: Floats, bottom: Floats, level: float) -> Ratio:
    """The ratio of two means over the same mice by Fieller with n − 1 df."""
    ratio = float(np.mean(top) / np.mean(bottom))
    n = len(top)
    if n < 2:
        return _named(ratio, np.nan, np.nan, np.nan)
    spread = np.cov(top, bottom) / n
    variances = (float(spread[0, 0]), float(spread[1, 1]), float(spread[0, 1]))
    limits = fieller_limits(float(np.mean(top)), float(np.mean(bottom)), variances, n - 1, level)
    return _named(ratio, *limits, n - 1)


def log_ratio(top: Mean, bottom: Mean, level: float) -> Ratio:
    """The ratio of two positive means by the delta method on its logarithm.

    ``V(ln mean) = V / mean²``, with t and Welch's df.
    """
    ratio = top.value / bottom.value
    logs = [Mean(0.0, mean.variance / mean.value**2, mean.df) for mean in (top, bottom)]
    df = difference_df(*logs) if top.df > 0 and bottom.df > 0 else np.nan
    reach = stdtrit(df, (1 + level) / 2) * np.sqrt(logs[0].variance + logs[1].variance)
    method = LOG_DELTA if np.isfinite(reach) else f"{LOG_DELTA}; {_without_spread(df)}"
    low, high = ratio * bounded_exp(np.array([-reach, reach]))
    return Ratio(ratio, float(low), float(high), method)


def bounded_exp(logarithm: Floats | float) -> Floats:
    """``exp``, NaN where it is beyond all numbers: no limit.

    >>> bounded_exp(np.array([0.0, 1e4])).tolist()
    [1.0, nan]
    """
    logarithm = np.asarray(logarithm, dtype=float)
    return np.exp(np.where(logarithm < _LARGEST_LOG, logarithm, np.nan))


def _named(ratio: float, low: float, high: float, df: float) -> Ratio:
    if np.isfinite(low):
        return Ratio(ratio, low, high, f"{FIELLER}, df {df:.3g}")
    reason = UNBOUNDED if np.isfinite(df) else _without_spread(df)
    return Ratio(ratio, np.nan, np.nan, f"{FIELLER}; {reason}")


def _without_spread(df: float) -> str:
    return "no interval: one mouse, or mice that do not differ"
