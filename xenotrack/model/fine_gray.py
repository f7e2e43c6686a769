"""How an arm changes the incidence of one cause where others compete: Fine and Gray's model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from xenotrack.arrays import Bools, Floats
from xenotrack.model.risk_sets import count_risk_sets

MOST_STEPS = 50
CONVERGED = 1e-12
LEAST = 1e-4  # information: with less one arm's events all come after the other's


@dataclass(frozen=True)
class SubdistributionRatio:
    """A log subdistribution hazard ratio of two arms; NaN where the events do not bound it."""

    estimate: float
    std_error: float

    @property
    def p_value(self) -> float:
        return float(2 * ndtr(-abs(self.estimate / self.std_error)))

    def limits(self, level: float) -> tuple[float, float]:
        reach = float(ndtri((1 + level) / 2)) * self.std_error
        return self.estimate - reach, self.estimate + reach


NOT_ESTIMABLE = SubdistributionRatio(np.nan, np.nan)


def fine_gray(days: Floats, cause: Bools, competing: Bools, second: Bools) -> SubdistributionRatio:
    """The log ratio of the ``second`` arm to the first, as R's cmprsk has it (``crr``).

    Mice that left for another cause stay at risk, in the share in which they would not have been
    censored (Fine & Gray 1999, JASA 94:496); Wald, with their robust variance. Not estimable
    where one of the arms has no event of the cause, or has them all after the other's.
    """
    if not (cause & second).any() or not (cause & ~second).any():
        return NOT_ESTIMABLE
    times = np.unique(days[cause])
    weights = _weights(days, cause, competing, times)
    events = (cause[:, None] & (days[:, None] == times)).astype(float)
    x = second.astype(float)
    beta = 0.0
    for _ in range(MOST_STEPS):
        share = _share(weights, x, beta)
        total = events.sum(axis=0)
        score = float(x @ events.sum(axis=1) - share @ total)
        information = float(total @ (share * (1 - share)))
        if information < LEAST:
            return NOT_ESTIMABLE
        step = np.clip(score / information, -2.0, 2.0)
        beta += float(step)
        if abs(step) < CONVERGED:
            break
    influence = _influence(days, cause | competing, weights, events, x, beta)
    share = _share(weights, x, beta)
    information = float(events.sum(axis=0) @ (share * (1 - share)))
    return SubdistributionRatio(beta, float(np.sqrt(influence @ influence)) / information)


def _weights(days: Floats, cause: Bools, competing: Bools, times: Floats) -> Floats:
    """How much each mouse counts as at risk (n, m): 1 until it leaves, then, if it left for another
    cause, its chance not to have been censored since."""
    uncensored = _uncensored_before(days, ~(cause | competing))
    with np.errstate(divide="ignore", invalid="ignore"):
        later = uncensored(times) / uncensored(days)[:, None]
    still = days[:, None] >= times
    return np.where(still, 1.0, np.where(competing[:, None], np.nan_to_num(later), 0.0))


def _uncensored_before(days: Floats, censored: Bools) -> Callable[[Floats], Floats]:
    """Kaplan–Meier of censoring, just before a day."""
    sets = count_risk_sets(days, censored, np.zeros(len(days), int), 1)
    after = np.cumprod(1 - sets.events[:, 0] / sets.at_risk[:, 0])

    def before(day: Floats) -> Floats:
        return np.asarray(np.append(1.0, after)[np.searchsorted(sets.days, day, side="left")])

    return before


def _share(weights: Floats, x: Floats, beta: float) -> Floats:
    """Of the risk at each time, the part of the second arm."""
    risk = weights * np.exp(beta * x)[:, None]
    return np.asarray((x @ risk) / risk.sum(axis=0), dtype=float)


def _influence(
    days: Floats, left: Bools, weights: Floats, events: Floats, x: Floats, beta: float
) -> Floats:
    """Each mouse's part of the score, that of having estimated the censoring included."""
    risk = weights * np.exp(beta * x)[:, None]
    hazard = events.sum(axis=0) / risk.sum(axis=0)
    away = x[:, None] - _share(weights, x, beta)
    terms = away * (events - risk * hazard)
    times = np.unique(days[events.any(axis=1)])
    censored_days = np.unique(days[~left])
    if not censored_days.size:
        return terms.sum(axis=1)
    # What a censoring on a day moves: the weights, after it, of mice that had left before it.
    gone = days[:, None] < censored_days
    q = -np.array([terms[gone[:, k]][:, times >= day].sum() for k, day in enumerate(censored_days)])
    at_risk = (days[:, None] >= censored_days).astype(float)
    own = (~left)[:, None] & (days[:, None] == censored_days)
    censoring = own.sum(axis=0) / at_risk.sum(axis=0)
    martingale = own - at_risk * censoring
    return terms.sum(axis=1) + martingale @ (q / at_risk.sum(axis=0))
