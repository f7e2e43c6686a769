"""What an arm's growth over its own follow-up amounts to, in one word."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from xenotrack.model.estimates import holm_p, t_table
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.late import late_growth

REGREW, SHRINKING, BLOCKED = "regrew", "shrinking", "blocked"
GROWING, UNDECIDED = "growing", "undecided"


def judge_growth(fit: GrowthFit) -> tuple[str, ...]:
    """A verdict for each arm; "" without an interval.

    Of curves: ``regrew`` where the rate after an interior lowest point is above 0, ``shrinking`` or
    ``blocked`` by the average rate, unless the arm surely grows late; one-sided at α/2, by Holm
    over the arms. A straight line has only its interval.
    """
    if fit.design.rules.growth.shape == "line":
        return tuple(_by_interval(fit))
    return tuple(_by_curve(fit))


def _by_interval(fit: GrowthFit) -> list[str]:
    growth, blocked_below = fit.to_frame(), fit.design.rules.growth.blocked_below
    return [
        _word(high < 0, high < blocked_below, low > 0) if not np.isnan(low) else ""
        for low, high in zip(growth["conf_low"], growth["conf_high"], strict=True)
    ]


def _by_curve(fit: GrowthFit) -> list[str]:
    rates, late = fit.rates(), fit.late or late_growth(fit)
    std_error = np.sqrt(np.diag(rates.covariance))
    df = np.where(fit.tested, rates.degrees_of_freedom(np.eye(len(fit.tested))), np.nan)
    low = t_table(rates.values, std_error, df, fit.level)["conf_low"]
    alpha, below = (1 - fit.level) / 2, fit.design.rules.growth.blocked_below
    with np.errstate(divide="ignore", invalid="ignore"):
        shrinks = holm_p(stdtr(df, rates.values / std_error)) < alpha
        holds = holm_p(stdtr(df, (rates.values - below) / std_error)) < alpha
        came_back = holm_p(late.regrowth_p) < alpha
        quiet = ~(late.late_low > below)
    words = []
    for code, least in enumerate(low):
        if np.isnan(least):
            words.append("")
        elif came_back[code]:
            words.append(REGREW)
        else:
            still = bool(quiet[code])
            words.append(_word(shrinks[code] and still, holds[code] and still, bool(least > 0)))
    return words


def _word(shrinks: bool, holds: bool, grows: bool) -> str:
    if shrinks:
        return SHRINKING
    if holds:
        return BLOCKED
    return GROWING if grows else UNDECIDED
