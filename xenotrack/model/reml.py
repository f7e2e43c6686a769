"""Restricted maximum likelihood of the linear mixed model with one grouping factor.

``y_i = X_i β + Z_i b_i + e_i`` with ``b_i ~ N(0, σ²Ψ)`` and ``e_i ~ N(0, σ²I)``, Ψ of size q ≤ 2.
Ours, because general optimisers stop short of the optimum at the boundary, which in this field is
where most fits are, and say nothing: here every solution is certified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.criterion import LOWER, Profile, inverse, profile
from xenotrack.model.patterns import Patterns, summarise
from xenotrack.model.stack import Stack
from xenotrack.model.stencil import Stencil, look_ahead, look_around

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
    """Fit by REML from the patterns."""
    return fit_each([data])[0]


def fit_each(models: Sequence[Patterns], near: Sequence[Floats] | None = None) -> list[MixedFit]:
    """Fit several models by REML; by one search where they have the same random effects.

    With few mice that miss visits the likelihood may have two tops (7 in 1 000 simulated arms of 2
    to 6 mice), so the search then starts from tilted covariances as well. ``near`` are
    the Λ where the first search may start.
    """
    best: list[MixedFit | None] = [None] * len(models)
    for places, starts in _searches(models, near):
        found = _climb([models[place] for place in places], np.array(starts))
        for place, fit in zip(places, found, strict=True):
            known = best[place]
            if known is None or fit.log_likelihood > known.log_likelihood + 1e-7:
                best[place] = fit
    return [fit for fit in best if fit is not None]


def _searches(
    models: Sequence[Patterns], near: Sequence[Floats] | None
) -> Iterator[tuple[list[int], list[Floats]]]:
    """The models of each search with their starts: all, then those that need several starts."""
    for q in sorted({data.q for data in models}):
        same = [place for place, data in enumerate(models) if data.q == q]
        few = [p for p in same if q == 2 and models[p].weight.sum() <= FEW_GROUPS]
        yield same, [start_of(models[p]) if near is None else near[p] for p in same]
        for tilt in (-1.9, 1.9) if few else ():
            yield few, [np.array([[2.0, 0.0], [tilt, 0.3]])] * len(few)


def _climb(models: Sequence[Patterns], factors: Floats) -> list[MixedFit]:
    """The optimum of each model that is reached from one start, Λ (L, q, q).

    Newton in θ without bounds (the sign of a column of Λ does not matter). Any θ on the boundary
    is stationary in θ, so every solution is held against the gradient in Ψ: where that has a
    negative eigenvalue, Ψ must grow in its direction and the search goes on from there.
    """
    stack = Stack.of(models)
    spent = np.zeros(len(models), dtype=int)
    left = np.arange(len(models))
    factors = factors.copy()
    for _ in range(12):
        factors[left], iterations = _search(stack.at(left), factors[left])
        factors[left] = _snap(stack.at(left), factors[left])
        spent[left] += iterations
        at = profile(stack, factors[:, None])
        values, vectors = np.linalg.eigh(at.slope[:, 0])
        left, grown = np.flatnonzero(values[:, 0] < -1e-4), []
        for place in left.tolist():
            along, deviance = vectors[place, :, 0], float(at.deviance[place, 0])
            grown.append(_grow(models[place], factors[place], along, deviance))
        left = left[[factor is not None for factor in grown]]
        if not len(left):
            break
        factors[left] = [factor for factor in grown if factor is not None]
    return [
        _finish(data, factors[place], at.row(place, data.p), float(values[place, 0]), spent[place])
        for place, data in enumerate(models)
    ]


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
    return inside(np.tensordot(known, spread, 1) / (known @ data.weight[usable]))


def inside(psi: Floats) -> Floats:
    """Λ of a Ψ that is nowhere quite singular: on the boundary a search would stay."""
    values, vectors = np.linalg.eigh(psi)
    floor = 0.02 * max(values[-1], 1e-3)
    return np.linalg.cholesky((vectors * np.maximum(values, floor)) @ vectors.T)


def _search(data: Stack, factors: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Newton's method in the axes of Z, then, where it creeps, in those of Ψ.

    With little variance along the first axis, θ goes round a bent valley: factors that differ by
    a rotation are then nearly alike. Largest axis first, they are not.
    """
    found, spent, done = _newton(data, factors)
    for place in np.flatnonzero(~done):
        own = data.at(np.array([place]))
        for _ in range(5):
            psi = found[place] @ found[place].T
            axes = np.linalg.eigh(psi)[1][:, ::-1]
            start = factor_of(axes.T @ psi @ axes)[None]
            (turned,), (iterations,), (ended,) = _newton(own.turned(axes), start)
            found[place] = factor_of(axes @ turned @ turned.T @ axes.T)
            spent[place] += iterations
            if ended:
                break
        else:
            raise FitError("The mixed model did not converge; please report the study.")
    return found, spent


def _newton(data: Stack, factors: Floats) -> tuple[Floats, NDArray[np.intp], Bools]:
    """Newton's method in θ with a central-difference Hessian of the analytic gradient.

    Near the optimum the gradient is known better than the deviance: there a step needs no lower
    deviance, and the last one no look at all, since convergence is quadratic. Gives Λ of each
    model, the steps it took, and whether it is done; models that are leave the search.
    """
    rows, columns = LOWER[data.q]
    theta = factors[:, rows, columns].copy()
    spent, done = np.full(len(theta), STEPS), np.zeros(len(theta), dtype=bool)
    places, before = np.arange(len(theta)), np.full(len(theta), np.inf)
    here = look_around(data, theta)
    for iteration in range(1, STEPS + 1):
        values, vectors = np.linalg.eigh(here.curvature)
        # |eigenvalue|: downhill also where the criterion is a saddle or flat.
        largest = np.abs(values).max(axis=1, keepdims=True)
        size = np.maximum(np.abs(values), 1e-8 * np.maximum(largest, 1e-8))
        along = np.swapaxes(vectors, 1, 2) @ here.slope[..., None]
        step = -(vectors @ (along / size[..., None]))[..., 0]
        gain = -(here.slope * step).sum(axis=1)
        near = (gain < NEAR) & (values[:, 0] > 0)
        ends = (gain < CONVERGED) | (near & (gain > before / 4))
        last = ~ends & near & (values[:, 0] > 1e-3 * values[:, -1])
        theta[places[last]] += step[last]
        on = ~(ends | last)
        done[places[~on]], spent[places[~on]] = True, iteration
        if not on.any():
            break
        if not on.all():
            data, here, places = data.at(on), here.at(on), places[on]
            step, near, gain = step[on], near[on], gain[on]
        before = gain
        whole = 2 * (1 + np.abs(theta[places]).max(axis=1)) / np.abs(step).max(axis=1)
        step *= np.minimum(1.0, whole)[:, None]
        here, lost = _downhill(data, theta[places], step, here, near)
        theta[places] += np.where(lost[:, None], 0.0, step)
        done[places[lost]], spent[places[lost]] = True, iteration
        if lost.all():
            break
        if lost.any():
            data, here, places, before = (
                data.at(~lost),
                here.at(~lost),
                places[~lost],
                before[~lost],
            )
    found = np.zeros_like(factors)
    found[:, rows, columns] = theta
    return _with_sign(found), spent, done


def _downhill(
    data: Stack, theta: Floats, step: Floats, here: Stencil, near: Bools
) -> tuple[Stencil, Bools]:
    """The look from where each step leads, shortened in place until the deviance is no higher.

    The second: which steps found no such place.
    """
    there = look_ahead(data, theta, step, here)
    high = here.deviance + 1e-11 * np.abs(here.deviance)
    for _ in range(29):
        lost = ~near & ~(there.deviance <= high)
        if not lost.any():
            break
        step[lost] /= 3
        again = look_around(data.at(lost), theta[lost] + step[lost])
        for mine, other in zip(there, again, strict=True):
            mine[lost] = other
    return there, ~near & ~(there.deviance <= high)


def _with_sign(factors: Floats) -> Floats:
    """Λ with a diagonal that is not negative."""
    diagonal = np.einsum("...ii->...i", factors)
    return factors * np.where(diagonal < 0, -1.0, 1.0)[..., None, :]


def factor_of(psi: Floats) -> Floats:
    """A lower-triangular Λ with ΛΛ' = Ψ, for Ψ positive semidefinite of size 1 or 2."""
    factor = np.zeros_like(psi)
    factor[0, 0] = np.sqrt(max(psi[0, 0], 0.0))
    if len(psi) == 2:
        factor[1, 0] = psi[1, 0] / factor[0, 0] if factor[0, 0] > 0 else 0.0
        factor[1, 1] = np.sqrt(max(psi[1, 1] - factor[1, 0] ** 2, 0.0))
    return factor


def _snap(data: Stack, factors: Floats) -> Floats:
    """Λ at a lower rank where that costs no likelihood, so that the rank is a fact."""
    values, vectors = np.linalg.eigh(factors @ np.swapaxes(factors, 1, 2))
    small = values < SINGULAR * np.maximum(1.0, values[:, -1:])
    if not small.any():
        return factors
    snapped = factors.copy()
    for place in np.flatnonzero(small.any(axis=1)):
        kept = np.where(small[place], 0.0, values[place])
        snapped[place] = factor_of((vectors[place] * kept) @ vectors[place].T)
    before, after = profile(data, np.stack([factors, snapped], axis=1)).deviance.T
    return np.where((after <= before + 1e-8)[:, None, None], snapped, factors)


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
