"""Progression between two visits: Turnbull's estimate, a band that holds, and a test of two arms.

A mouse progresses in (last visit without, first visit with]. Dated on the visit day, an arm that is
read more rarely progresses later, whatever its tumours do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.model.beta_product import Limits, share_limits
from xenotrack.model.permutation import DRAWS, Permutation, permute_two_arms
from xenotrack.model.survival import SurvivalCurve, estimate_curve

GAP = 1e-10  # of the likelihood's slope in any direction, relative to its height at the maximum
MOST_STEPS = 10_000
AFTER = 1e-6  # days by which what is possible after a visit comes after it
NO_MASS = 1e-9


@dataclass(frozen=True, eq=False)
class TurnbullCurve:
    """Where mice of one arm progressed: ``mass`` (m,) in each interval ``(low, high]``, in order.

    Nothing says when within an interval. ``free`` is the share without progression after each,
    ``limits`` those of it; ``high`` is infinite where mice had not progressed when last read.
    """

    low: Floats
    high: Floats
    mass: Floats
    free: Floats
    limits: tuple[Limits, ...]


def turnbull_curve(low: Floats, high: Floats, level: float = 0.95) -> TurnbullCurve:
    """The nonparametric maximum likelihood of mice that progressed in ``(low, high]``.

    ``high`` is infinite, or NaN, for mice that had not (Turnbull 1976, JRSS B 38:290). The band
    needs no assumption about where in its interval a mouse progressed: its lower limit lets each do
    so at once, its upper limit at the visit, each by beta products.
    """
    low, high = _intervals(low, high)
    inner_low, inner_high, mass = _likeliest(low, high)
    kept = mass > NO_MASS
    inner_low, inner_high, mass = inner_low[kept], inner_high[kept], mass[kept]
    free = np.where(np.isinf(inner_high), mass, 1 - np.cumsum(mass))
    free = np.where(free > NO_MASS, free, 0.0)
    early, late = _bounding_curves(low, high)
    days = np.where(np.isinf(inner_high), inner_low, inner_high)
    limits = [
        Limits(share_limits(early, day, level).low, share_limits(late, day, level).high)
        for day in days.tolist()
    ]
    return TurnbullCurve(inner_low, inner_high, mass, free, tuple(limits))


def interval_scores(low: Floats, high: Floats) -> Floats:
    """Each mouse's log-rank score (n,): how much earlier than all mice together it progressed.

    ``(S(l) ln S(l) − S(h) ln S(h)) / (S(l) − S(h))`` of the pooled Turnbull estimate S, the score
    of proportional hazards (Finkelstein 1986, Biometrics 42:845; Fay 1999, Stat Med 18:273).
    """
    low, high = _intervals(low, high)
    _, inner_high, mass = _likeliest(low, high)

    def free_at(day: Floats) -> Floats:
        passed = np.concatenate([[0.0], np.cumsum(mass)])
        return np.maximum(1 - passed[np.searchsorted(inner_high, day, side="right")], 0.0)

    before, after = free_at(low), free_at(high)
    lost = np.maximum(before - after, np.finfo(float).tiny)
    return np.asarray((_times_log(before) - _times_log(after)) / lost, dtype=float)


def interval_test(low: Floats, high: Floats, second: Bools, draws: int = DRAWS) -> Permutation:
    """The permutation test of the scores of two arms; its p is NaN without any event."""
    if not np.isfinite(high).any():
        return Permutation(np.nan, np.nan, 0, False)
    return permute_two_arms(interval_scores(low, high), second, draws)


def _intervals(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Intervals that hold a day, open ones with an infinite end."""
    high = np.where(np.isnan(high), np.inf, high)
    return np.minimum(low, np.nextafter(high, -np.inf)), high


def _likeliest(low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """The innermost intervals, in which alone the likelihood sees mass, and their mass."""
    ends = np.unique(np.concatenate([low, high]))
    start, end = ends[:-1], ends[1:]
    # Innermost: begins where a mouse was last without, ends where one was first with.
    inner = np.isin(start, low) & np.isin(end, high)
    start, end = start[inner], end[inner]
    mice, counts = np.unique(np.column_stack([low, high]), axis=0, return_counts=True)
    holds = (mice[:, :1] <= start) & (end <= mice[:, 1:])
    return start, end, _climb(holds.astype(float), counts / counts.sum())


def _climb(holds: Floats, weight: Floats) -> Floats:
    """Masses that maximise ``Σ weight · ln(holds @ mass)``: EM with squared steps.

    (Varadhan & Roland 2008, Scand J Stat 35:335.) At the maximum no interval's slope is above 1.
    """

    def slope(mass: Floats) -> Floats:
        return np.asarray((weight / (holds @ mass)) @ holds, dtype=float)

    def height(mass: Floats) -> float:
        return float(weight @ np.log(holds @ mass))

    mass = np.full(holds.shape[1], 1 / holds.shape[1])
    for _ in range(MOST_STEPS):
        here = slope(mass)
        if here.max() <= 1 + GAP:
            break
        first = mass * here
        second = first * slope(first)
        step, bend = first - mass, second - 2 * first + mass
        if not bend.any():
            break
        long = np.sqrt((step @ step) / (bend @ bend))
        # No mass may vanish at once: it would not come back.
        tried = np.maximum(mass + 2 * long * step + long**2 * bend, 1e-3 * second)
        tried /= tried.sum()
        mass = tried if height(tried) > height(second) else second
    return mass


def _bounding_curves(low: Floats, high: Floats) -> tuple[SurvivalCurve, SurvivalCurve]:
    """Curves of mice that progressed right after the visit without, and on the one with."""
    event = np.isfinite(high)
    early = estimate_curve(np.where(event, low + AFTER, low), event)
    return early, estimate_curve(np.where(event, high, low), event)


def _times_log(share: Floats) -> Floats:
    return np.asarray(share * np.log(np.where(share > 0, share, 1.0)), dtype=float)
