"""Hazards of progression by arm: Cox with Firth's penalty, finite even without an event.

Efron's ties; p by penalised likelihood ratio, intervals by profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from xenotrack.arrays import Bools, Codes, Counts, Floats
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
STILL = 1e-12  # of a log hazard: a step of which no more is left is rounding
HIDDEN = 1e-6  # a gain that no step of its direction shows any more: far out, where all is flat
LONGEST_STEP = 4.0  # of any log hazard at once
STRAIGHT_STEPS = 20
CLOSE = 1e-12  # a step of a millionth of an SE: the error it leaves is of that squared
NEAR = 1e-6  # of a log hazard: the error that such a step leaves is of that squared
# A log hazard ratio of 1 to 5e8: the likelihood is flat beyond it, and no mice could show it.
FARTHEST = 20.0


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
        """The likelihood along ``w'b``, weights (k,) that sum to 0; None where not estimable."""
        return self.profiles(np.asarray(weights, float)[None])[0]

    def profiles(self, weights: Floats) -> list[HazardProfile | None]:
        """The likelihood along each ``w'b``, weights (m, k) of rows that sum to 0, found together.

        Not estimable: none of the arms weighed has an event, or one was never at risk at an event.
        """
        if (np.abs(weights.sum(axis=1)) > 1e-9).any() or not weights.any(axis=1).all():
            raise ValueError("weights of a hazard contrast sum to 0 and are not all 0")
        known, used = np.isfinite(self.log_hazards), weights != 0
        estimable = known[None] | ~used
        possible = estimable.all(axis=1) & (used & (self.n_events > 0)).any(axis=1)
        found: list[HazardProfile | None] = [None] * len(weights)
        if possible.any():
            own = weights[possible][:, known][:, 1:]
            beta = self.log_hazards[known][1:]
            roots = _roots_at_zero(self.rows, beta, self._top, own)
            for place, w, root in zip(np.flatnonzero(possible), own, roots, strict=True):
                statistic = float(np.sign(w @ beta) * root)
                found[place] = HazardProfile(self.rows, w, beta, self._top, statistic)
        return found

    @cached_property
    def _top(self) -> PenalisedLikelihood:
        """The likelihood at its maximum."""
        known = np.isfinite(self.log_hazards)
        return penalised_likelihood(self.rows, self.log_hazards[known][1:])


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
    size = int(known.sum()) - 1
    maximum, tops = _maximise(rows, np.zeros((1, size)), np.eye(size)[None])
    beta, top = maximum[0], tops.at(0)
    log_hazards[known] = np.concatenate([[0.0], beta])
    bordered = np.zeros((beta.size + 1,) * 2)
    bordered[1:, 1:] = np.linalg.inv(top.information)
    covariance[np.ix_(known, known)] = bordered
    height = float(top.unpenalised), float(top.penalised)
    return FirthFit(log_hazards, covariance, n_events, *height, rows)


def _maximise(rows: TiedEvents, start: Floats, free: Floats) -> tuple[Floats, PenalisedLikelihood]:
    """Newton's ascents with halved steps from each start (n, p), along the columns of its ``free``
    (n, p, q) only."""
    beta, found = start.copy(), penalised_likelihood(rows, start)
    going, last_gain = np.arange(len(start)), np.full(len(start), np.inf)
    for _ in range(200):
        here = found.at(going)
        step, gain = _newton_steps(here, free[going])
        stalled = (gain <= ROUNDING) & (gain > last_gain[going] / 4)
        last_gain[going] = gain
        rising = (gain > CONVERGED) & ~stalled
        going, step, gain = going[rising], step[rising], gain[rising]
        if not going.size:
            return beta, found
        longest = np.abs(step).max(axis=-1, keepdims=True)
        step = step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))
        moved = _climb(rows, beta, found, going, step)
        going = going[moved | (gain > HIDDEN)]
    raise FitError(
        "The hazards of the arms have no maximum that can be found.\n"
        "After 200 steps the penalised likelihood still rises. Look at the arms' days with "
        "`xenotrack progression --curve`."
    )


def _newton_steps(here: PenalisedLikelihood, free: Floats) -> tuple[Floats, Floats]:
    """The steps to the maxima of the local parabolas within ``free``, and twice their gains."""
    across = np.swapaxes(free, -1, -2)
    slope = across @ here.score[..., None]
    curvature = across @ here.curvature @ free
    # Where it is not concave, the information always points uphill.
    uphill = ~_are_positive(curvature)[:, None, None]
    curvature = np.where(uphill, across @ here.information @ free, curvature)
    step = np.linalg.solve(curvature, slope)
    return (free @ step)[..., 0], (slope * step).sum(axis=(-2, -1))


def _climb(
    rows: TiedEvents, beta: Floats, found: PenalisedLikelihood, places: Codes, step: Floats
) -> Bools:
    """Move each of some places by the first of its step and the halves of it that does not descend,
    beyond rounding; whether it could be moved by more than rounding."""
    moved = np.zeros(len(places), dtype=bool)
    tiny = STILL * (1 + np.abs(beta[places]).max(axis=-1))
    for _ in range(40):
        waiting = np.flatnonzero(~moved)
        own = places[waiting]
        there = penalised_likelihood(rows, beta[own] + step[waiting])
        height = found.penalised[own]
        # Not a number: so far out that nothing is known, as at minus infinity.
        rises = there.penalised >= height - 1e-14 * (1 + np.abs(height))
        beta[own[rises]] += step[waiting[rises]]
        found.put(own[rises], there.at(rises))
        moved[waiting[rises]] = True
        if moved.all():
            break
        step = np.where(moved[:, None], step, step / 2)
    return np.asarray(moved & (np.abs(step).max(axis=-1) > tiny), dtype=bool)


def _roots_at_zero(
    rows: TiedEvents, beta: Floats, top: PenalisedLikelihood, weights: Floats
) -> Floats:
    """The root of the likelihood ratio of each ``w'b = 0``, weights (m, p)."""
    along = np.linalg.solve(top.curvature, weights.T).T
    shift = -(weights @ beta) / (weights * along).sum(axis=1)
    free = np.linalg.qr(weights[:, :, None], mode="complete")[0][:, :, 1:]
    _, here = _maximise(rows, beta + shift[:, None] * along, free)
    return np.sqrt(np.maximum(2 * (top.penalised - here.penalised), 0.0))


def _is_close(step: Floats, beta: Floats, curvature: Floats) -> Bools:
    """Whether steps (n, p) are small in standard errors and, where hazards lie so far apart that
    the likelihood hardly bends, of themselves."""
    small = np.abs(step).max(axis=-1) <= NEAR * (1 + np.abs(beta).max(axis=-1))
    gain = np.einsum("ni,nij,nj->n", step, curvature, step)
    return np.asarray(small & (gain <= CLOSE))


def _is_positive(matrix: Floats) -> bool:
    """Whether a symmetric matrix is positive definite: whether it has a Cholesky factor."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.isfinite(matrix).all())


@dataclass(frozen=True)
class HazardProfile:
    """The penalised likelihood along one contrast, maximised over everything else.

    That is the profile of ``w'b`` with b against the first arm: its maximum is the estimate.
    ``statistic`` is the signed root of the penalised likelihood ratio of ``w'b = 0``.
    """

    rows: TiedEvents
    weights: Floats
    beta: Floats
    top: PenalisedLikelihood
    statistic: float

    @cached_property
    def estimate(self) -> float:
        return float(self.weights @ self.beta)

    @cached_property
    def std_error(self) -> float:
        return float(np.sqrt(self.weights @ np.linalg.solve(self.top.information, self.weights)))

    @property
    def p_value(self) -> float:
        return float(2 * ndtr(-abs(self.statistic)))

    def contrast(self, level: float) -> HazardContrast:
        """Likelihood-ratio test and profile interval."""
        limits = self.limits(float(ndtri((1 + level) / 2)))
        return HazardContrast(self.estimate, self.std_error, self.statistic, self.p_value, *limits)

    def limits(self, root: float) -> tuple[float, float]:
        """The two values at which the root of the likelihood ratio is ``root``, NaN unbounded."""
        low, high = profile_limits([self, self], np.array([root, root]), np.array([-1.0, 1.0]))
        return float(low), float(high)

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
        here = _maximise(self.rows, start[None], self.others[None])[1].at(0)
        root = float(np.sqrt(max(2 * float(self.top.penalised - here.penalised), 0.0)))
        multiplier = float(self.weights @ here.score) / float(self.weights @ self.weights)
        return root, abs(multiplier) / root if root > 0 else np.nan

    def searched_for(self, side: float, root: float) -> float:
        """The limit between brackets on the profile itself, NaN if unbounded."""
        inner, outer = 0.0, np.inf
        # Farther out the likelihood is all rounding, and a limit none.
        farthest = FARTHEST - side * self.estimate
        away = min(root * self.std_error, farthest)
        for _ in range(100 if farthest > 0 else 0):
            distance, slope = self.distance(self.estimate + side * away)
            if abs(distance - root) < 1e-9:
                return float(self.estimate + side * away)
            inner, outer = (away, outer) if distance < root else (inner, away)
            if inner >= farthest:
                break
            away = min(_next_try(away + (root - distance) / slope, inner, outer), farthest)
        return np.nan


def profile_limits(profiles: Sequence[HazardProfile], roots: Floats, sides: Floats) -> Floats:
    """Of each profile of one fit the value ``root`` away on its side, −1 or 1; NaN where unbounded.

    All by Newton's steps in all hazards at once, together; those that these do not reach are
    looked for on the profile itself.
    """
    if not profiles:
        return np.empty(0)
    limits = _straight_limits(profiles, sides, roots)
    for i in np.flatnonzero(np.isnan(limits)).tolist():
        limits[i] = profiles[i].searched_for(float(sides[i]), float(roots[i]))
    return np.where(np.abs(limits) > FARTHEST, np.nan, limits)


def _straight_limits(profiles: Sequence[HazardProfile], sides: Floats, roots: Floats) -> Floats:
    """The limit of each profile on its side by Newton's steps; NaN where they lead nowhere.

    Each step goes to where the local parabola's profile has fallen far enough (Venzon &
    Moolgavkar 1988, Applied Statistics 37:87): a quarter of the search's evaluations.
    """
    first = profiles[0]
    weights = np.array([profile.weights for profile in profiles])
    limits, going = np.full(len(profiles), np.nan), np.arange(len(profiles))
    beta = np.tile(first.beta, (len(profiles), 1))
    step, back = np.zeros_like(beta), np.zeros(len(profiles), dtype=bool)
    here = first.top.repeated(len(profiles))
    for _ in range(STRAIGHT_STEPS):
        aim = _Aim(weights[going], sides[going], first.top.penalised - roots[going] ** 2 / 2)
        found = _local_steps(here, aim)
        seen = np.asarray(np.isfinite(found).all(axis=-1), dtype=bool)
        # Too far: half of the way back, and half of the rest, the target may be seen again.
        rest = np.where(back[:, None], step / 2, -step / 2)
        longest = np.maximum(np.abs(found).max(axis=-1, keepdims=True), 1e-300)
        step = np.where(seen[:, None], found * np.minimum(1.0, LONGEST_STEP / longest), rest)
        back, beta = ~seen, beta + step
        close = seen & _is_close(step, beta, here.curvature)
        limits[going[close]] = np.einsum("ni,ni->n", aim.weights[close], beta[close])
        kept = ~close & step.any(axis=-1)
        going, beta, step, back = going[kept], beta[kept], step[kept], back[kept]
        if not going.size:
            break
        here = penalised_likelihood(first.rows, beta)
    estimates = weights @ first.beta
    return np.where(sides * (limits - estimates) > 0, limits, np.nan)


class _Aim(NamedTuple):
    """The contrasts (n, p) to be moved to one side until the likelihood has fallen to targets."""

    weights: Floats
    sides: Floats
    targets: Floats


def _local_steps(here: PenalisedLikelihood, aim: _Aim) -> Floats:
    """The steps (n, p) to where the local parabola's profile meets its target; NaN where it has no
    peak, or one below the target."""
    steps = np.full(aim.weights.shape, np.nan)
    peaked = np.isfinite(here.penalised) & _are_positive(here.curvature)
    if not peaked.any():
        return steps
    own, weights = here.at(peaked), aim.weights[peaked]
    both = np.linalg.solve(own.curvature, np.stack([own.score, weights], axis=-1))
    upward, along = both[..., 0], both[..., 1]
    height = 2 * (own.penalised - aim.targets[peaked])
    height = height + np.einsum("ni,ni->n", own.score, upward)
    share = np.einsum("ni,ni->n", weights, along)
    # A peak below the target, or so flat that rounding has turned it over, is none.
    met = (height > 0) & (share > 0)
    reach = np.sqrt(np.divide(height, share, where=met, out=np.full(share.shape, np.nan)))
    steps[peaked] = upward + (aim.sides[peaked] * reach)[:, None] * along
    return steps


def _are_positive(matrices: Floats) -> Bools:
    """Which of several symmetric matrices are positive definite."""
    try:
        np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        return np.array([_is_positive(matrix) for matrix in matrices], dtype=bool)
    return np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))


def _next_try(newton: float, inner: float, outer: float) -> float:
    """Newton's proposal where it stays inside the bracket, else the middle or twice as far.

    >>> _next_try(5.0, 1.0, np.inf), _next_try(np.nan, 1.0, 2.0)
    (3.0, 1.5)
    """
    if inner < newton < outer:
        return min(newton, 3 * inner) if inner > 0 and np.isinf(outer) else newton
    return 2 * inner if np.isinf(outer) else (inner + outer) / 2
