"""What few mice and few events leave open of an arm's curve: products of beta variables.

Where Kaplan–Meier multiplies by 1 − 1/n at each event among n mice, a product of Beta(n, 1)
variables says what the true curve may be; whether or not the next mouse's event is counted as if
it came at once, it is below or above it (Fay, Brittain & Proschan 2013, Biostatistics 14:723).
Without censoring the limits are Clopper and Pearson's, and an arm without events keeps a spread.
Since −ln Beta(n, 1) is an exponential variable over n, a curve is drawn as ``exp(−Σ E / n)``: a
Nelson–Aalen estimate whose steps are drawn too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from xenotrack.arrays import Floats
from xenotrack.model.survival import SurvivalCurve

SAME_DAY = 1e-9


class Limits(NamedTuple):
    low: float
    high: float


class Step(NamedTuple):
    """From ``start`` to ``end`` a curve stays; ``events`` have been, ``n_at_risk`` remain."""

    start: float
    end: float
    events: int
    n_at_risk: int


def steps(curve: SurvivalCurve, until: float) -> Iterator[Step]:
    """The stretches between the days on which a mouse left, from day 0 to ``until``."""
    events = np.concatenate([[0], np.cumsum(curve.n_events)])
    remain = np.concatenate([curve.n_at_risk, [0]])
    days = np.clip(np.concatenate([[0.0], curve.days, [until]]), 0.0, until)
    for row, (start, end) in enumerate(pairwise(days)):
        if end > start:
            yield Step(float(start), float(end), int(events[row]), int(remain[row]))


def at_risk_by_event(curve: SurvivalCurve) -> Floats:
    """Mice at risk at each event, of tied ones n, n − 1, …"""
    tied = curve.n_events
    row = np.repeat(np.arange(tied.size), tied)
    place = np.arange(row.size) - np.repeat(np.cumsum(tied) - tied, tied)
    return np.asarray(curve.n_at_risk[row] - place, dtype=float)


def draw_restricted_means(
    curve: SurvivalCurve, until: float, draws: int, random: np.random.Generator
) -> Floats:
    """Areas (draws,) from day 0 to ``until`` under curves drawn from the beta products.

    Half of the draws take the upper curve and half the lower one, which is the next event ahead
    (the *mid* version). A curve that has reached 0 stays there.
    """
    at_risk = at_risk_by_event(curve)
    ahead = _exponentials(draws, random)
    early = random.permutation(draws) % 2 == 0
    hazard, area, passed = np.zeros(draws), np.zeros(draws), 0
    for step in steps(curve, until):
        for n in at_risk[passed : step.events]:
            hazard = hazard + ahead / n
            ahead = _exponentials(draws, random)
        passed = step.events
        if not step.n_at_risk and curve.reaches_zero:
            break
        lower = hazard + ahead / step.n_at_risk if step.n_at_risk else np.inf
        area += (step.end - step.start) * np.exp(-np.where(early, lower, hazard))
    return area


def _exponentials(draws: int, random: np.random.Generator) -> Floats:
    """One exponential variable from each of ``draws`` equally likely slices, shuffled."""
    return -np.log((random.permutation(draws) + 0.5) / draws)


def share_limits(curve: SurvivalCurve, day: float, level: float) -> Limits:
    """Limits of the share free of progression on ``day``, that know who was still at risk.

    The lower limit is of the lower beta product and the upper of the upper one, each taken as the
    beta variable of its mean and variance (as R's bpcp does); exact without censoring.
    """
    if not curve.n_mice:
        return Limits(0.0, 1.0)
    passed = int(np.sum(curve.days <= day + SAME_DAY))
    n_events = int(curve.n_events[:passed].sum())
    if passed and abs(curve.days[passed - 1] - day) <= SAME_DAY:
        # A mouse last read on the day itself was free of progression then.
        remain = int(curve.n_at_risk[passed - 1] - curve.n_events[passed - 1])
    else:
        remain = int(curve.n_at_risk[passed]) if passed < curve.days.size else 0
    at_risk, tail = at_risk_by_event(curve)[:n_events], (1 - level) / 2
    high = _beta_quantile(at_risk, 1 - tail)
    low = _beta_quantile(np.append(at_risk, remain), tail) if remain else 0.0
    return Limits(low, high)


def _beta_quantile(at_risk: Floats, probability: float) -> float:
    """A quantile of ``Π Beta(n, 1)`` by the beta variable with the same mean and variance."""
    if not at_risk.size:
        return 1.0
    mean = float(np.prod(at_risk / (at_risk + 1)))
    square = float(np.prod(at_risk / (at_risk + 2)))
    size = (mean - square) / (square - mean**2)
    return float(betaincinv(size * mean, size * (1 - mean), probability))


def progressed_limits(curve: SurvivalCurve, day: float, level: float) -> Limits:
    """Limits of the share that has progressed by ``day``.

    They know who was still at risk: after 7 of 10 mice have left, 0 progressed of 3 followed is
    no bound for 10. Without mice lost they are Clopper and Pearson's.
    """
    free = share_limits(curve, day, level)
    return Limits(1 - free.high, 1 - free.low)
