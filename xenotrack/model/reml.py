"""Restricted maximum likelihood of the linear mixed model with one grouping factor.

``y_i = X_i β + Z_i b_i + e_i`` with ``b_i ~ N(0, σ²Ψ)`` and ``e_i ~ N(0, σ²I)``, Ψ of size q ≤ 2.
Ours, because general optimisers stop short of the optimum at the boundary, which in this field is
where most fits are, and say nothing: here every solution is certified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.criterion import LOWER, Profile, inverse, profile
from xenotrack.model.patterns import Patterns, summarise

CONVERGED = 1e-13  # predicted gain in deviance below which there is nothing left to gain
NEAR = 1e-7  # predicted gain below which the deviance's rounding may hide what is gained
STEPS = 12  # of Newton's method in one set of axes; nine fits in ten need fewer than ten
FEW_GROUPS = 6  # up to which a search has several starts
SINGULAR = 1e-6  # a direction of Ψ this small against the largest is tried at zero


@dataclass(frozen=True)
class Component:
    """The variances of one arm, or of all, in the user's units; ``rank`` that of Ψ."""

    random_covariance: Floats
    residual_variance: float
    rank: int

    @classmethod
    def of(cls, data: Patterns, factor: Floats, sigma2: float) -> Component:
        """From Λ and σ² in the scale of the patterns."""
        psi = factor @ factor.T
        scale = np.outer(data.z_scale, data.z_scale)
        return cls(sigma2 * psi / scale, sigma2, rank_of(psi))

    @property
    def singular(self) -> bool:
        return self.rank < len(self.random_covariance)


@dataclass(frozen=True)
class MixedFit:
    """A fitted mixed model, in the user's units.

    ``random_covariance`` is σ²Ψ; ``rank`` that of Ψ (below q = singular fit); ``certificate`` the
    smallest eigenvalue of the deviance's gradient in Ψ, which at an optimum on the boundary of
    the positive semidefinite matrices must not be negative.
    """

    coefficients: Floats
    covariance: Floats
    residual_variance: float
    random_covariance: Floats
    log_likelihood: float
    rank: int
    certificate: float
    iterations: int
    factor: Floats
    shift: Floats
    patterns: Patterns

    @property
    def to_user(self) -> Floats:
        return self.patterns.to_user

    @property
    def singular(self) -> bool:
        return self.rank < self.patterns.q

    @property
    def components(self) -> tuple[Component, ...]:
        """Its variances, which all arms share."""
        return (Component.of(self.patterns, self.factor, self.residual_variance),)


def fit_reml(y: Floats, X: Floats, Z: Floats, group: Codes) -> MixedFit:
    """Fit by REML; arguments and errors as ``summarise``."""
    return fit_patterns(summarise(y, X, Z, group))


def fit_patterns(data: Patterns) -> MixedFit:
    """Fit by REML from the patterns.

    With few mice that miss visits the likelihood may have two tops (7 in 1 000 simulated arms of 2
    to 6 mice), so the search then starts from tilted covariances as well.
    """
    starts = [start_of(data)]
    if data.q == 2 and data.weight.sum() <= FEW_GROUPS:
        starts += [np.array([[2.0, 0.0], [tilt, 0.3]]) for tilt in (-1.9, 1.9)]
    best = _climb(data, starts[0])
    for start in starts[1:]:
        other = _climb(data, start)
        if other.log_likelihood > best.log_likelihood + 1e-7:
            best = other
    return best


def _climb(data: Patterns, factor: Floats) -> MixedFit:
    """The optimum that is reached from one start.

    Newton in θ without bounds (the sign of a column of Λ does not matter). Any θ on the boundary
    is stationary in θ, so every solution is held against the gradient in Ψ: where that has a
    negative eigenvalue, Ψ must grow in its direction and the search goes on from there.
    """
    spent = 0
    for _ in range(12):
        factor, iterations = _search(data, factor)
        factor = _snap(data, factor)
        spent += iterations
        at = profile(data, factor[None])
        values, vectors = np.linalg.eigh(at.slope[0])
        if values[0] >= -1e-4:
            break
        grown = _grow(data, factor, vectors[:, 0], at.deviance[0])
        if grown is None:
            break
        factor = grown
    return _finish(data, factor, at, float(values[0]), spent)


def start_of(data: Patterns) -> Floats:
    """Ψ from the spread of the patterns' least-squares lines, never quite singular."""
    q = data.q
    full = data.A[:, 0, 0] * data.A[:, -1, -1] > (1 + 1e-9) * data.A[:, 0, -1] ** 2
    usable = full if q == 2 else data.A[:, 0, 0] > 0
    if not usable.any():
        return np.eye(q)
    inverses, cc = inverse(data.A[usable])[0], data.cc[usable]
    explained = np.vdot(inverses, cc)
    left = max(data.n - q * data.weight.sum(), 1.0)
    noise = max((data.yy - explained) / left, 1e-12 * data.yy / data.n)
    # A mouse seen two or three times has a wild line: it counts by how well it is known.
    known = 1 / np.trace(inverses, axis1=1, axis2=2)
    spread = inverses @ cc @ inverses / noise - data.weight[usable, None, None] * inverses
    psi = np.tensordot(known, spread, 1) / (known @ data.weight[usable])
    values, vectors = np.linalg.eigh(psi)
    floor = 0.02 * max(values[-1], 1e-3)
    return np.linalg.cholesky((vectors * np.maximum(values, floor)) @ vectors.T)


def _search(data: Patterns, factor: Floats) -> tuple[Floats, int]:
    """Newton's method in the axes of Z, then, where it creeps, in those of Ψ.

    With little variance along the first axis, θ goes round a bent valley: factors that differ by
    a rotation are then nearly alike. Largest axis first, they are not.
    """
    factor_found, spent, done = _newton(data, factor)
    for _ in range(5):
        if done:
            return factor_found, spent
        psi = factor_found @ factor_found.T
        axes = np.linalg.eigh(psi)[1][:, ::-1]
        turned, iterations, done = _newton(data.turned(axes), factor_of(axes.T @ psi @ axes))
        factor_found, spent = factor_of(axes @ turned @ turned.T @ axes.T), spent + iterations
    raise FitError("The mixed model did not converge; please report the study.")


def _newton(data: Patterns, factor: Floats) -> tuple[Floats, int, bool]:
    """Newton's method in θ with a central-difference Hessian of the analytic gradient.

    Near the optimum the gradient is known better than the deviance: there a step needs no lower
    deviance, and the last one no look at all, since convergence is quadratic.
    """
    theta, before = factor[LOWER[data.q]], np.inf
    here = _stencil(data, theta)
    for iteration in range(1, STEPS + 1):
        deviance, slope, curvature = here
        values, vectors = np.linalg.eigh(curvature)
        # |eigenvalue|: downhill also where the criterion is a saddle or flat.
        size = np.maximum(np.abs(values), 1e-8 * max(np.abs(values).max(), 1e-8))
        step = -vectors @ ((vectors.T @ slope) / size)
        gain = -float(slope @ step)
        near = gain < NEAR and values[0] > 0
        if gain < CONVERGED or (near and gain > before / 4):
            return _as_factor(theta, data.q), iteration, True
        if near and values[0] > 1e-3 * values[-1]:
            return _as_factor(theta + step, data.q), iteration, True
        before = gain
        step *= min(1.0, 2 * (1 + np.abs(theta).max()) / np.abs(step).max())
        for _ in range(30):
            there = _stencil(data, theta + step)
            if near or there[0] <= deviance + 1e-11 * abs(deviance):
                break
            step /= 3
        else:
            return _as_factor(theta, data.q), iteration, True
        theta, here = theta + step, there
    return _as_factor(theta, data.q), STEPS, False


def _stencil(data: Patterns, theta: Floats) -> tuple[float, Floats, Floats]:
    """Deviance, gradient and Hessian in θ at one point, from one stacked evaluation."""
    k = len(theta)
    reach = 1e-5 * np.maximum(1.0, np.abs(theta))
    points = np.repeat(theta[None], 2 * k + 1, axis=0)
    ahead = np.arange(1, k + 1)
    points[ahead, ahead - 1] += reach
    points[ahead + k, ahead - 1] -= reach
    factors = np.zeros((len(points), data.q, data.q))
    rows, columns = LOWER[data.q]
    factors[:, rows, columns] = points
    if len(data.weight) * data.p < 20_000:
        at = profile(data, factors)
        deviance, slopes = at.deviance[0], at.theta_slope(factors)
    else:  # many patterns: one at a time keeps the workspace small
        each = [profile(data, factor[None]) for factor in factors]
        deviance = each[0].deviance[0]
        slopes = np.concatenate(
            [at.theta_slope(f[None]) for at, f in zip(each, factors, strict=True)]
        )
    hessian = (slopes[1 : k + 1] - slopes[k + 1 :]) / (2 * reach[:, None])
    return float(deviance), slopes[0], (hessian + hessian.T) / 2


def _as_factor(theta: Floats, q: int) -> Floats:
    """Λ with a diagonal that is not negative."""
    factor = np.zeros((q, q))
    factor[LOWER[q]] = theta
    return factor * np.where(np.diag(factor) < 0, -1.0, 1.0)


def factor_of(psi: Floats) -> Floats:
    """A lower-triangular Λ with ΛΛ' = Ψ, for Ψ positive semidefinite of size 1 or 2."""
    factor = np.zeros_like(psi)
    factor[0, 0] = np.sqrt(max(psi[0, 0], 0.0))
    if len(psi) == 2:
        factor[1, 0] = psi[1, 0] / factor[0, 0] if factor[0, 0] > 0 else 0.0
        factor[1, 1] = np.sqrt(max(psi[1, 1] - factor[1, 0] ** 2, 0.0))
    return factor


def _snap(data: Patterns, factor: Floats) -> Floats:
    """Λ at a lower rank where that costs no likelihood, so that the rank is a fact."""
    values, vectors = np.linalg.eigh(factor @ factor.T)
    small = values < SINGULAR * max(1.0, values[-1])
    if not small.any():
        return factor
    snapped = factor_of((vectors * np.where(small, 0.0, values)) @ vectors.T)
    before, after = profile(data, np.stack([factor, snapped])).deviance
    return snapped if after <= before + 1e-8 else factor


def _grow(data: Patterns, factor: Floats, along: Floats, deviance: float) -> Floats | None:
    """Ψ a little larger along a direction in which the deviance falls."""
    return grown_factor(
        factor, along, deviance, lambda other: float(profile(data, other[None]).deviance[0])
    )


def grown_factor(
    factor: Floats, along: Floats, deviance: float, deviance_of: Callable[[Floats], float]
) -> Floats | None:
    """Λ of a Ψ that is so much larger along a direction that the deviance falls."""
    psi = factor @ factor.T
    for size in 1e-2 * max(1.0, np.trace(psi)) * 10.0 ** -np.arange(9):
        candidate = factor_of(psi + size * np.outer(along, along))
        if deviance_of(candidate) < deviance:
            return candidate
    return None


def rank_of(psi: Floats) -> int:
    """The rank of Ψ, positive semidefinite."""
    values = np.linalg.eigvalsh(psi)
    return int(np.sum(values > 1e-7 * max(1.0, values[-1]))) if values[-1] > 1e-9 else 0


def _finish(
    data: Patterns, factor: Floats, at: Profile, certificate: float, iterations: int
) -> MixedFit:
    sigma2 = float(at.sigma2[0])
    own = Component.of(data, factor, sigma2)
    return MixedFit(
        coefficients=data.to_user @ (data.ols + at.shift[0]),
        covariance=sigma2 * data.to_user @ at.C[0] @ data.to_user.T,
        residual_variance=sigma2,
        random_covariance=own.random_covariance,
        log_likelihood=-0.5 * float(at.deviance[0]),
        rank=own.rank,
        certificate=certificate,
        iterations=iterations,
        factor=factor,
        shift=at.shift[0],
        patterns=data,
    )
