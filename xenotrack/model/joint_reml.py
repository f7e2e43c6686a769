"""REML of arms that share coefficients (those of their blocks), each with variances of its own.

``y = Xβ + Z b + e`` with ``b ~ N(0, σ²Ψ)`` and ``e ~ N(0, σ²I)``, Ψ and σ² by arm. Nothing
is profiled out but β. As in ``reml.py`` every optimum is certified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.errors import FitError
from xenotrack.model.criterion import LOWER, residual_products, shrinkage
from xenotrack.model.patterns import Patterns
from xenotrack.model.reml import CONVERGED, Component, factor_of, grown_factor, start_of

STEPS = 30  # of Newton's method after the search
FLAT = 1e-4  # a slope in Ψ below which the deviance does not fall with it


@dataclass(frozen=True)
class JointFit:
    """A fitted joint model, in the user's units; ``parts`` are its arms."""

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    parts: tuple[Patterns, ...]
    factors: tuple[Floats, ...]
    sigma2: tuple[float, ...]
    certificate: float

    @property
    def to_user(self) -> Floats:
        return self.parts[0].to_user

    @property
    def components(self) -> tuple[Component, ...]:
        """The variances of each arm."""
        each = zip(self.parts, self.factors, self.sigma2, strict=True)
        return tuple(Component.of(data, factor, sigma2) for data, factor, sigma2 in each)

    @property
    def singular(self) -> bool:
        return any(component.singular for component in self.components)


class _At(NamedTuple):
    """The deviance at one point, its slopes in θ, Ψ and ln σ², and the coefficients there."""

    deviance: float
    slope: Floats
    in_psi: list[Floats]
    shift: Floats
    C: Floats


def fit_joint(parts: Sequence[Patterns]) -> JointFit:
    """Fit by REML the parts of ``summarise_parts``.

    Raises ``FitError`` where the search does not end.
    """
    theta = np.concatenate([_start(part) for part in parts])
    for _ in range(12):
        theta = _search(parts, theta)
        at = _look(parts, theta)
        lowest = [np.linalg.eigh(slope) for slope in at.in_psi]
        certificate = min(float(values[0]) for values, _ in lowest)
        if certificate >= -FLAT:
            break
        grown = _grow(parts, theta, at, [vectors[:, 0] for _, vectors in lowest])
        if grown is None:
            break
        theta = grown
    return _finish(parts, theta, at, certificate)


def _start(part: Patterns) -> Floats:
    """θ of an arm: the lower triangle of Λ, and ln σ² about the mice's own lines."""
    factor = start_of(part)
    explained = max(part.n - part.q * part.weight.sum(), 1.0)
    noise = np.vdot(_pseudo_inverse(part.A), part.cc)
    sigma2 = max((part.yy - noise) / explained, 1e-12 * part.yy / part.n)
    return np.append(factor[LOWER[part.q]], np.log(sigma2))


def _pseudo_inverse(A: Floats) -> Floats:
    return np.asarray(np.linalg.pinv(A, hermitian=True))


def _split(parts: Sequence[Patterns], theta: Floats) -> list[tuple[Floats, float]]:
    """Λ and σ² of each arm."""
    found, place = [], 0
    for part in parts:
        rows, columns = LOWER[part.q]
        factor = np.zeros((part.q, part.q))
        factor[rows, columns] = theta[place : place + len(rows)]
        found.append((factor, float(np.exp(theta[place + len(rows)]))))
        place += len(rows) + 1
    return found


def _look(parts: Sequence[Patterns], theta: Floats) -> _At:
    """The REML deviance −2 log L, maximised over β, and its slopes."""
    each = _split(parts, theta)
    p = parts[0].p
    known, seen, deviance, moved = np.zeros((p, p)), np.zeros(p), 0.0, []
    for part, (factor, sigma2) in zip(parts, each, strict=True):
        N, K, log_det = shrinkage(part.A, factor)
        NB = (N @ part.B).reshape(-1, p)
        H = (part.gram - part.weighted_zx @ NB) / sigma2
        known += H
        seen += (part.xy - part.c.ravel() @ NB) / sigma2
        deviance += part.n * np.log(2 * np.pi * sigma2) + float(log_det @ part.weight)
        moved.append((N, K, H))
    C: Floats = np.asarray(np.linalg.inv(known), dtype=np.float64)
    shift = C @ seen
    deviance += np.linalg.slogdet(known)[1] - p * np.log(2 * np.pi) - 2 * parts[0].log_det_basis
    slopes, in_psi = [], []
    for part, (factor, sigma2), (N, K, H) in zip(parts, each, moved, strict=True):
        rest = residual_products(part, shift[None])[0]
        square = part.yy - 2 * part.xy @ shift + shift @ part.gram @ shift
        left = float(square - np.vdot(N, rest)) / sigma2
        deviance += left
        F = K @ part.B
        grown = part.weight[:, None, None] * (K @ part.A - F @ (C / sigma2) @ np.swapaxes(F, 1, 2))
        slope = (grown - K @ rest @ np.swapaxes(K, 1, 2) / sigma2).sum(axis=0)
        slope = (slope + slope.T) / 2
        in_psi.append(slope)
        slopes += [2 * (slope @ factor)[LOWER[part.q]]]
        slopes += [np.array([part.n - np.sum(C * H) - left])]
    return _At(float(deviance), np.concatenate(slopes), in_psi, shift, C)


def _search(parts: Sequence[Patterns], theta: Floats) -> Floats:
    """A quasi-Newton search, then Newton's method to the last digit."""
    # Only blocks come here, and the import takes a fifth of a start.
    from scipy.optimize import minimize

    def look(theta: Floats) -> tuple[float, Floats]:
        at = _look(parts, theta)
        return at.deviance, at.slope

    found = minimize(look, theta, jac=True, method="BFGS", options={"gtol": 1e-4})
    return _newton(parts, np.asarray(found.x, dtype=np.float64))


def _newton(parts: Sequence[Patterns], theta: Floats) -> Floats:
    here = _look(parts, theta)
    for _ in range(STEPS):
        values, vectors = np.linalg.eigh(_curvature(parts, theta))
        size = np.maximum(np.abs(values), 1e-8 * max(np.abs(values).max(), 1e-8))
        step = -vectors @ ((vectors.T @ here.slope) / size)
        if -float(here.slope @ step) < CONVERGED:
            return theta
        step *= min(1.0, 2 * (1 + np.abs(theta).max()) / np.abs(step).max())
        for _ in range(30):
            there = _look(parts, theta + step)
            if there.deviance <= here.deviance + 1e-11 * abs(here.deviance):
                break
            step /= 3
        else:
            return theta
        small = -float(here.slope @ step) < 1e-10
        theta, here = theta + step, there
        if small:
            return theta
    raise FitError("The joint model of the blocks did not converge; please report the study.")


def _curvature(parts: Sequence[Patterns], theta: Floats) -> Floats:
    """The Hessian in θ by central differences of the slope."""
    reach = 1e-5 * np.maximum(1.0, np.abs(theta))
    steps = np.diag(reach)
    rows = [
        (_look(parts, theta + step).slope - _look(parts, theta - step).slope) / (2 * size)
        for step, size in zip(steps, reach, strict=True)
    ]
    found = np.array(rows)
    return (found + found.T) / 2


def _grow(
    parts: Sequence[Patterns], theta: Floats, at: _At, along: Sequence[Floats]
) -> Floats | None:
    """Ψ of the arm that gains most, a little larger along a direction in which deviance falls."""
    gains = [float(v @ slope @ v) for slope, v in zip(at.in_psi, along, strict=True)]
    worst = int(np.argmin(gains))
    place = sum(len(LOWER[part.q][0]) + 1 for part in parts[:worst])
    own = slice(place, place + len(LOWER[parts[worst].q][0]))

    def deviance(factor: Floats) -> float:
        candidate = theta.copy()
        candidate[own] = factor[LOWER[parts[worst].q]]
        return _look(parts, candidate).deviance

    grown = grown_factor(_split(parts, theta)[worst][0], along[worst], at.deviance, deviance)
    if grown is None:
        return None
    found = theta.copy()
    found[own] = grown[LOWER[parts[worst].q]]
    return found


def _finish(parts: Sequence[Patterns], theta: Floats, at: _At, certificate: float) -> JointFit:
    each = _split(parts, theta)
    data = parts[0]
    return JointFit(
        coefficients=data.to_user @ (data.ols + at.shift),
        covariance=data.to_user @ at.C @ data.to_user.T,
        log_likelihood=-0.5 * at.deviance,
        parts=tuple(parts),
        factors=tuple(factor_of(factor @ factor.T) for factor, _ in each),
        sigma2=tuple(sigma2 for _, sigma2 in each),
        certificate=certificate,
    )
