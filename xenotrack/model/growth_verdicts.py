"""What an arm's growth over its own follow-up amounts to, in one word."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from xenotrack.arrays import Bools
from xenotrack.model.estimates import holm_p, t_table
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.late import late_growth

REGREW, SHRINKING, BLOCKED = "regrew", "shrinking", "blocked"
ROUNDING = 1e-12  # per day
GROWING, UNDECIDED = "growing", "undecided"


def judge_growth(fit: GrowthFit) -> tuple[str, ...]:
    """A verdict for each arm; "" without an interval.

    ``shrinking`` or ``blocked`` by the average rate, one-sided at α/2 and by Holm over the arms,
    since all of them are read. Of curves: ``regrew`` where the rate after an interior lowest point
    is above 0, by Holm as well, and neither of the others where the arm surely grows late. An arm
    most of whose mice ended with nothing to measure shrank also where their changes show it.
    """
    rates = fit.rates()
    std_error = np.sqrt(np.diag(rates.covariance))
    df = np.where(fit.tested, rates.degrees_of_freedom(np.eye(len(fit.tested))), np.nan)
    # Readings that are all one number have a rate of rounding, and are neither way of 0.
    values = np.where(np.abs(rates.values) < ROUNDING, 0.0, rates.values)
    low = t_table(values, std_error, df, fit.level)["conf_low"]
    alpha, below = (1 - fit.level) / 2, fit.design.rules.growth.blocked_below
    came_back, quiet = _late(fit, alpha, below)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink_p = stdtr(df, values / std_error)
        if fit.vanishing_p is not None:
            shrink_p = np.fmin(shrink_p, fit.vanishing_p)
        shrinks = (holm_p(shrink_p) < alpha) & quiet
        holds = (holm_p(stdtr(df, (values - below) / std_error)) < alpha) & quiet
        grows = low > 0
    return tuple(
        "" if np.isnan(low[code]) else _word(came_back[code], shrinks[code], holds[code], grow)
        for code, grow in enumerate(grows)
    )


def _late(fit: GrowthFit, alpha: float, below: float) -> tuple[Bools, Bools]:
    """Which arms came back, and which do not surely grow late; a line cannot tell."""
    if fit.design.rules.growth.shape == "line":
        return np.zeros(len(fit.tested), dtype=bool), np.ones(len(fit.tested), dtype=bool)
    late = fit.late or late_growth(fit)
    with np.errstate(invalid="ignore"):
        return holm_p(late.regrowth_p) < alpha, ~(late.late_low > below)


def _word(came_back: bool, shrinks: bool, holds: bool, grows: bool) -> str:
    if came_back:
        return REGREW
    if shrinks:
        return SHRINKING
    if holds:
        return BLOCKED
    return GROWING if grows else UNDECIDED
