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
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from xenotrack.arrays import Floats
from xenotrack.model.survival import MedianDay, SurvivalCurve, median_day

SAME_DAY = 1e-9
# Mice of an arm below which the log-log limits of its median cover 86 to 92 %, not 95 %.
FEW_FOR_A_MEDIAN = 5
ORDERS = 32  # of the draws of one event, from which each event takes its own at random


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
    """Areas (draws,) from day 0 to ``until`` under curves drawn from the beta products."""
    area = np.zeros(draws)
    for step, share in drawn_shares(curve, draws, random):
        if step.start >= until:
            break
        area += (min(step.end, until) - step.start) * share
    return area


class DrawnCurve:
    """Curves drawn from the beta products of one arm, kept for areas up to any day."""

    def __init__(self, curve: SurvivalCurve, draws: int, random: np.random.Generator) -> None:
        drawn = list(drawn_shares(curve, draws, random))
        self._ends = np.array([[step.start, step.end] for step, _ in drawn]).reshape(-1, 2)
        self._shares = np.array([share for _, share in drawn]).reshape(-1, draws)

    def areas(self, until: float) -> Floats:
        """Areas (draws,) from day 0 to ``until``."""
        lengths = np.diff(np.minimum(self._ends, until), axis=1)[:, 0]
        begun = int(np.count_nonzero(lengths > 0))  # steps follow one another
        return np.asarray(lengths[:begun] @ self._shares[:begun], dtype=float)


def drawn_shares(
    curve: SurvivalCurve, draws: int, random: np.random.Generator
) -> Iterator[tuple[Step, Floats]]:
    """The height (draws,) of drawn curves on each step, as long as a mouse is followed.

    Half of the draws take the upper curve and half the lower one, which is the next event ahead
    (the *mid* version). A curve that has reached 0 stays there; after a censored last mouse the
    lower one is 0, and the upper one stays.
    """
    at_risk = at_risk_by_event(curve)
    early = _exponentials(draws, random) > np.log(2)
    ahead = _exponentials(draws, random)
    hazard, passed = np.zeros(draws), 0
    for step in steps(curve, curve.last_day) if curve.n_mice else ():
        for n in at_risk[passed : step.events]:
            hazard = hazard + ahead / n
            ahead = _exponentials(draws, random)
        passed = step.events
        yield step, np.exp(-(hazard + early * (ahead / step.n_at_risk)))
    if curve.n_mice and not curve.reaches_zero:
        yield Step(curve.last_day, np.inf, passed, 0), np.where(early, 0.0, np.exp(-hazard))


def _exponentials(draws: int, random: np.random.Generator) -> Floats:
    """An exponential variable from each of ``draws`` equally likely slices, in a random order."""
    orders = _shuffled_slices(draws)
    row, first = random.integers((len(orders), draws))
    return np.concatenate([orders[row, first:], orders[row, :first]])


@lru_cache(maxsize=4)
def _shuffled_slices(draws: int) -> Floats:
    """Orders (ORDERS, draws) of the slices: to begin one elsewhere is faster than a new one."""
    slices = -np.log((np.arange(draws) + 0.5) / draws)
    return np.random.default_rng(0).permuted(np.tile(slices, (ORDERS, 1)), axis=1)


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


def median_with_limits(curve: SurvivalCurve) -> MedianDay:
    """The median day, its limits by the curve's, or by beta products for fewer than five mice.

    Of so few even the first and the last day do not bound the median with 95 %: the limits are
    mostly NaN.
    """
    median = median_day(curve)
    if curve.n_mice >= FEW_FOR_A_MEDIAN:
        return median
    limits = [share_limits(curve, float(day), curve.level) for day in (0.0, *curve.days)]
    low, high = (
        next((day for day, half in zip((0.0, *curve.days), below, strict=True) if half), np.nan)
        for below in ([each.low <= 0.5 for each in limits], [each.high <= 0.5 for each in limits])
    )
    # A limit on day 0 bounds nothing.
    return MedianDay(median.estimate, float(low) if low > 0 else np.nan, float(high))


def progressed_limits(curve: SurvivalCurve, day: float, level: float) -> Limits:
    """Limits of the share that has progressed by ``day``.

    They know who was still at risk: after 7 of 10 mice have left, 0 progressed of 3 followed is
    no bound for 10. Without mice lost they are Clopper and Pearson's.
    """
    free = share_limits(curve, day, level)
    return Limits(1 - free.high, 1 - free.low)
