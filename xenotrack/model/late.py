"""What an arm does late: its rate over the last third of its days, and whether it came back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from xenotrack.arrays import Floats
from xenotrack.model.clustered import Jackknifed, clustered, jackknife
from xenotrack.model.estimates import ArmEstimates, t_table
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.shapes.shape import Shape

METHOD = "clustered by mouse (jackknife)"
GRID = 201  # days at which a lowest point is looked for
# That an arm was held is shown at twice the level of the others: an arm that was not and grew ever
# faster is then said to have come back in 2.5 % of studies, as noise must give it a lowest point
# too (docs/calibration.md), and one that did come back, of 5 mice, in 8 of 10 for 6.
HELD_COUNTS = 0.5


def late_rates(fit: GrowthFit) -> ArmEstimates:
    """The average growth rate over the last third of each arm's days, clustered by mouse."""
    days = fit.follow_up

    def statistic(code: int, shape: Shape, coefficients: Floats) -> Floats:
        from_day, until_day = float(days.from_day[code]), float(days.until_day[code])
        if not until_day > from_day:
            return np.full(len(coefficients), np.nan)
        return coefficients @ shape.rate(until_day - (until_day - from_day) / 3, until_day)

    rates = clustered(fit, "late_rate", statistic, f"{fit.method}; {METHOD}")
    return replace(rates, first_day=days.until_day - (days.until_day - days.from_day) / 3)


@dataclass(frozen=True, eq=False)
class Regrowth:
    """Each arm's lowest point, and its rate from there to the end of follow-up, (k,).

    ``rate`` and ``low`` (a one-sided limit at ``(1 − level)/2``) are NaN where an arm has no
    lowest point between its ends. ``p_value`` is the largest of three, each one-sided, since all
    three must be shown: that it grows after that point, that it was held before, and that its last
    third is faster than its first.
    """

    day: Floats
    rate: Floats
    low: Floats
    p_value: Floats


def regrowth(fit: GrowthFit) -> Regrowth:
    """The rise after the lowest point, with each mouse left out and the point looked for anew.

    The smallest of noisy heights lies too low, and the rise from it is too high: the jackknife
    takes its bias away as it gives its variance. Noise alone gives a steadily growing arm a lowest
    point in one of six studies, and its rise is then surely there: that it grew slower before is
    for the other two tests to show.
    """
    rises = jackknife(fit, lambda code, shape, c: _rises(fit, code, shape, c))
    rise, std_error = rises.value - rises.bias, np.sqrt(rises.variance)
    day = np.array([_lowest_day(fit, code) for code in range(len(fit.shapes))])
    left = fit.follow_up.until_day - day
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = ~np.isnan(day) & (std_error > 0)
        p_value = np.where(inside, _p_above_zero(rises), np.nan)
        low = (rise - stdtrit(rises.n_mice - 1, (1 + fit.level) / 2) * std_error) / left
        rate = rise / left
    held = jackknife(fit, lambda code, shape, c: _held_below(fit, code, shape, c))
    faster = jackknife(fit, lambda code, shape, c: _faster_late(fit, code, shape, c))
    shown = [p_value, HELD_COUNTS * _p_above_zero(held), _p_above_zero(faster)]
    return Regrowth(
        day, np.where(inside, rate, np.nan), np.where(inside, low, np.nan), np.maximum.reduce(shown)
    )


def _p_above_zero(jackknifed: Jackknifed) -> Floats:
    """One-sided, that each is not above 0, without its bias."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (jackknifed.value - jackknifed.bias) / np.sqrt(jackknifed.variance)
    return np.asarray(stdtr(jackknifed.n_mice - 1, -ratio))


def _grid(fit: GrowthFit, code: int) -> Floats:
    days = fit.follow_up
    return np.linspace(days.from_day[code], days.until_day[code], GRID)


def _rises(fit: GrowthFit, code: int, shape: Shape, coefficients: Floats) -> Floats:
    """From the lowest height to the last, for each set of coefficients; 0 where it is the last."""
    heights = coefficients @ shape.fixed(_grid(fit, code)).T
    return np.asarray(heights[:, -1] - heights.min(axis=1))


def _held_below(fit: GrowthFit, code: int, shape: Shape, coefficients: Floats) -> Floats:
    """How far an arm came to lie below growth at the rate that counts as blocked."""
    grid = _grid(fit, code)
    heights = coefficients @ shape.fixed(grid).T
    line = heights[:, [0]] + fit.design.rules.growth.blocked_below * (grid - grid[0])
    return np.asarray((line - heights).max(axis=1))


def _faster_late(fit: GrowthFit, code: int, shape: Shape, coefficients: Floats) -> Floats:
    """The average rate over the last third of follow-up above that over the first, per day."""
    first, last = float(fit.follow_up.from_day[code]), float(fit.follow_up.until_day[code])
    if not last > first:
        return np.full(len(coefficients), np.nan)
    third = (last - first) / 3
    return np.asarray(
        coefficients @ (shape.rate(last - third, last) - shape.rate(first, first + third))
    )


def _lowest_day(fit: GrowthFit, code: int) -> float:
    """The day of the lowest point between the ends of follow-up; NaN without one."""
    grid = _grid(fit, code)
    if not fit.tested[code] or not grid[-1] > grid[0]:
        return np.nan
    heights = fit.shapes[code].fixed(grid) @ fit.values[fit.blocks[code]]
    place = int(np.argmin(heights))
    return float(grid[place]) if 0 < place < GRID - 1 else np.nan


@dataclass(frozen=True, eq=False)
class LateGrowth:
    """What the curves do late, (k,): the rate over the last third, and after the lowest point."""

    late_rate: Floats
    late_low: Floats
    late_high: Floats
    lowest_day: Floats
    regrowth_rate: Floats
    regrowth_low: Floats
    regrowth_p: Floats


def late_growth(fit: GrowthFit) -> LateGrowth:
    """Late rates with their intervals, and what comes after a lowest point."""
    late, back = late_rates(fit), regrowth(fit)
    df = late.degrees_of_freedom(np.eye(len(late.values)))
    table = t_table(late.values, np.sqrt(np.diag(late.covariance)), df, fit.level)
    return LateGrowth(
        late_rate=late.values,
        late_low=table["conf_low"],
        late_high=table["conf_high"],
        lowest_day=back.day,
        regrowth_rate=back.rate,
        regrowth_low=back.low,
        regrowth_p=back.p_value,
    )
