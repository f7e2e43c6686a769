"""Hazards of progression by arm: Cox with Firth's penalty, finite even without an event.

Efron's ties; p by penalised likelihood ratio, intervals by profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.errors import FitError
from xenotrack.model.partial_likelihood import (
    PenalisedLikelihood,
    TiedEvents,
    efron_rows,
    penalised_likelihood,
)
from xenotrack.model.risk_sets import count_risk_sets

# Twice the gain in likelihood that the next step promises: hazards are right to its root, in SE.
CONVERGED = 1e-20
ROUNDING = 1e-10  # below this, steps that no longer shrink are rounding
HIDDEN = 1e-8  # a gain that no step of its direction shows any more: far out, where all is flat
LONGEST_STEP = 4.0  # of any log hazard at once
STRAIGHT_STEPS = 20
CLOSE = 1e-12  # a step of a millionth of an SE: the error it leaves is of that squared
NEAR = 1e-6  # of a log hazard: the error that such a step leaves is of that squared
FARTHEST = 1e3  # a log hazard ratio beyond which a limit is called unbounded


@dataclass(frozen=True)
class HazardContrast:
    """A weighted sum of log hazards; all NaN where the arms' events say nothing about it.

    ``statistic`` is the signed root of the penalised likelihood ratio, standard normal when the
    sum is 0; ``std_error``, from the information, is informative only; a NaN limit is unbounded.
    """

    estimate: float
    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float

    @property
    def chi_square(self) -> float:
        """Penalised likelihood ratio on one degree of freedom."""
        return self.statistic**2


NOT_ESTIMABLE = HazardContrast(*[np.nan] * 6)


@dataclass(frozen=True)
class FirthFit:
    """Log hazards of all arms in one Firth-penalised Cox model.

    ``log_hazards`` (k,) are against the first arm at risk at an event, with ``covariance`` (k, k)
    from the information; NaN for arms never at risk when a mouse progressed. ``n_events`` (k,).
    """

    log_hazards: Floats
    covariance: Floats
    n_events: Counts
    log_likelihood: float
    penalised_log_likelihood: float
    rows: TiedEvents

    def contrast(self, weights: Floats, level: float = 0.95) -> HazardContrast:
        """The contrast with ``weights`` (k,) that sum to 0, and its profile interval."""
        profile = self.profile(weights)
        return NOT_ESTIMABLE if profile is None else profile.contrast(level)

    def profile(self, weights: Floats) -> HazardProfile | None:
        """The likelihood along ``w'b``, weights (k,) that sum to 0; None where not estimable.

        Not estimable: none of the arms weighed has an event, or one was never at risk at an event.
        """
        weights = np.asarray(weights, float)
        if abs(weights.sum()) > 1e-9 or not weights.any():
            raise ValueError("weights of a hazard contrast sum to 0 and are not all 0")
        known = np.isfinite(self.log_hazards)
        used = weights != 0
        if not known[used].all() or not self.n_events[used].any():
            return None
        beta = self.log_hazards[known][1:]
        top = penalised_likelihood(self.rows, beta)
        return HazardProfile(self.rows, weights[known][1:], beta, top)


def fit_firth(days: Floats, events: Bools, arm: Counts, n_arms: int) -> FirthFit:
    """Fit one hazard an arm by ``ℓ(b) + ½ ln|I(b)|`` (Firth 1993; Heinze & Schemper 2001).

    Assumes proportional hazards. Arms can be compared when they were at risk at the first event;
    without two such arms every hazard is NaN.
    """
    sets = count_risk_sets(days, events, arm, n_arms)
    rows, n_events = efron_rows(sets), sets.events.sum(axis=0)
    known = np.zeros(n_arms, bool)
    if rows.log_weights.size:
        # Nobody enters late: whoever is at risk at any event is so at the first, with all others.
        known = np.isfinite(rows.log_weights[0])
    rows = TiedEvents(rows.log_weights[:, known], rows.events[known])
    log_hazards, covariance = np.full(n_arms, np.nan), np.full((n_arms, n_arms), np.nan)
    if known.sum() < 2:
        return FirthFit(log_hazards, covariance, n_events, np.nan, np.nan, rows)
    beta, top = _maximise(rows, np.zeros(int(known.sum()) - 1), np.eye(int(known.sum()) - 1))
    log_hazards[known] = np.concatenate([[0.0], beta])
    bordered = np.zeros((beta.size + 1,) * 2)
    bordered[1:, 1:] = np.linalg.inv(top.information)
    covariance[np.ix_(known, known)] = bordered
    return FirthFit(log_hazards, covariance, n_events, top.unpenalised, top.penalised, rows)


def _maximise(rows: TiedEvents, start: Floats, free: Floats) -> tuple[Floats, PenalisedLikelihood]:
    """Newton's ascent with halved steps, along the columns of ``free`` only."""
    beta, here = start, penalised_likelihood(rows, start)
    last_gain = np.inf
    for _ in range(200):
        step, gain = _newton_step(here, free)
        stalled = gain <= ROUNDING and gain > last_gain / 4
        if gain <= CONVERGED or stalled:
            return beta, here
        last_gain = gain
        step = step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))
        before, (beta, here) = here, _climb(rows, beta, here, step)
        if here is before and gain <= HIDDEN:
            return beta, here
    raise FitError(
        "The hazards of the arms have no maximum that can be found.\n"
        "After 200 steps the penalised likelihood still rises. Look at the arms' days with "
        "`xenotrack progression --curve`."
    )


def _newton_step(here: PenalisedLikelihood, free: Floats) -> tuple[Floats, float]:
    """The step to the maximum of the local parabola within ``free``, and twice its gain."""
    slope = free.T @ here.score
    curvature = free.T @ here.curvature @ free
    if not _is_positive(curvature):
        # Not concave here: the information always points uphill.
        curvature = free.T @ here.information @ free
    step = np.linalg.solve(curvature, slope)
    return free @ step, float(slope @ step)


def _is_close(step: Floats, beta: Floats, here: PenalisedLikelihood) -> bool:
    """Whether a step is small in standard errors and, where hazards lie so far apart that the
    likelihood hardly bends, of itself."""
    small = np.abs(step).max() <= NEAR * (1 + np.abs(beta).max())
    return bool(small and step @ here.curvature @ step <= CLOSE)


def _is_positive(matrix: Floats) -> bool:
    """Whether a symmetric matrix is positive definite: whether it has a Cholesky factor."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.isfinite(matrix).all())


def _climb(
    rows: TiedEvents, beta: Floats, here: PenalisedLikelihood, step: Floats
) -> tuple[Floats, PenalisedLikelihood]:
    """The first of the step and its halves that does not descend, beyond rounding."""
    noise = 1e-14 * (1 + abs(here.penalised))
    for _ in range(40):
        there = penalised_likelihood(rows, beta + step)
        if there.penalised >= here.penalised - noise:
            return beta + step, there
        step = step / 2
    return beta, here


@dataclass(frozen=True)
class HazardProfile:
    """The penalised likelihood along one contrast, maximised over everything else.

    That is the profile of ``w'b`` with b against the first arm: its maximum is the estimate.
    """

    rows: TiedEvents
    weights: Floats
    beta: Floats
    top: PenalisedLikelihood

    @cached_property
    def estimate(self) -> float:
        return float(self.weights @ self.beta)

    @cached_property
    def std_error(self) -> float:
        return float(np.sqrt(self.weights @ np.linalg.solve(self.top.information, self.weights)))

    @cached_property
    def statistic(self) -> float:
        """The signed root of the penalised likelihood ratio of ``w'b = 0``."""
        return float(np.sign(self.estimate)) * self.distance(0.0)[0]

    @property
    def p_value(self) -> float:
        return float(2 * ndtr(-abs(self.statistic)))

    def contrast(self, level: float) -> HazardContrast:
        """Likelihood-ratio test and profile interval."""
        limits = self.limits(float(ndtri((1 + level) / 2)))
        return HazardContrast(self.estimate, self.std_error, self.statistic, self.p_value, *limits)

    def limits(self, root: float) -> tuple[float, float]:
        """The two values at which the root of the likelihood ratio is ``root``, NaN unbounded."""
        return self.limit(-1, root), self.limit(1, root)

    @cached_property
    def others(self) -> Floats:
        """Directions (columns) in which the contrast does not change; none for two arms."""
        return np.linalg.qr(self.weights[:, None], mode="complete")[0][:, 1:]

    def distance(self, value: float) -> tuple[float, float]:
        """Root of the likelihood ratio between the maximum and ``w'b = value``; its slope.

        The slope of the profile is the multiplier of the constraint, the score along w.
        """
        along = np.linalg.solve(self.top.curvature, self.weights)
        shift = value - self.estimate
        start = self.beta + shift * along / (self.weights @ along)
        _, here = _maximise(self.rows, start, self.others)
        root = np.sqrt(max(2 * (self.top.penalised - here.penalised), 0.0))
        multiplier = float(self.weights @ here.score) / float(self.weights @ self.weights)
        return float(root), abs(multiplier) / root if root > 0 else np.nan

    def limit(self, side: int, root: float) -> float:
        """The value on one ``side`` of the estimate that lies ``root`` away, NaN if unbounded."""
        straight = self._straight_to(side, root)
        return self._searched_for(side, root) if straight is None else straight

    def _straight_to(self, side: int, root: float) -> float | None:
        """The limit by Newton's steps in all hazards at once; none where they lead nowhere.

        Each step goes to where the local parabola's profile has fallen far enough (Venzon &
        Moolgavkar 1988, Applied Statistics 37:87): a quarter of the search's evaluations.
        """
        target = self.top.penalised - root**2 / 2
        beta, here, step, back = self.beta, self.top, np.zeros(self.beta.size), False
        for _ in range(STRAIGHT_STEPS):
            found = self._local_step(here, target, side)
            if found is None:
                # Too far: half of the way back, and half of the rest, the target may be seen again.
                step, back = step / 2 if back else -step / 2, True
                if not step.any():
                    return None
            else:
                back = False
                step = found * min(1.0, LONGEST_STEP / max(float(np.abs(found).max()), 1e-300))
            beta = beta + step
            if found is not None and _is_close(step, beta, here):
                value = float(self.weights @ beta)
                return value if side * (value - self.estimate) > 0 else None
            here = penalised_likelihood(self.rows, beta)
        return None

    def _local_step(self, here: PenalisedLikelihood, target: float, side: int) -> Floats | None:
        """The step to where the local parabola's profile meets the target; None where it has no
        peak, or one below the target."""
        if not np.isfinite(here.penalised) or not _is_positive(here.curvature):
            return None
        both = np.column_stack([here.score, self.weights])
        upward, along = np.linalg.solve(here.curvature, both).T
        height = 2 * (here.penalised - target) + here.score @ upward
        if height <= 0:
            return None
        reach: Floats = side * np.sqrt(height / (self.weights @ along)) * along
        return upward + reach

    def _searched_for(self, side: int, root: float) -> float:
        """The limit between brackets on the profile itself, NaN if unbounded."""
        inner, outer = 0.0, np.inf
        away = root * self.std_error
        for _ in range(100):
            distance, slope = self.distance(self.estimate + side * away)
            if abs(distance - root) < 1e-9:
                return float(self.estimate + side * away)
            inner, outer = (away, outer) if distance < root else (inner, away)
            if inner > FARTHEST:
                break
            away = _next_try(away + (root - distance) / slope, inner, outer)
        return np.nan


def _next_try(newton: float, inner: float, outer: float) -> float:
    """Newton's proposal where it stays inside the bracket, else the middle or twice as far.

    >>> _next_try(5.0, 1.0, np.inf), _next_try(np.nan, 1.0, 2.0)
    (3.0, 1.5)
    """
    if inner < newton < outer:
        return min(newton, 3 * inner) if inner > 0 and np.isinf(outer) else newton
    return 2 * inner if np.isinf(outer) else (inner + outer) / 2
