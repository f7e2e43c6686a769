"""Restricted maximum likelihood of the linear mixed model with one grouping factor.

``y_i = X_i β + Z_i b_i + e_i`` with ``b_i ~ N(0, σ²Ψ)`` and ``e_i ~ N(0, σ²I)``, Ψ of size q ≤ 2.

Ours, because the likelihood needs no more than per-group sums: a fit costs as much as there are
different designs, not readings, and a boundary is found and certified instead of guessed at.
Writing Ψ = ΛΛ' and A_i = Z_i'Z_i,

    (I + Z_i Ψ Z_i')⁻¹ = I − Z_i N_i Z_i',    N_i = Λ (I + Λ'A_iΛ)⁻¹ Λ',

so that A_i, Z_i'X_i and Z_i'y_i are all that is asked of a group (Bates et al. 2015, J Stat Softw
67(1), for the profiled criterion; Λ's lower triangle is called θ there and here).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xenotrack.errors import FitError

Floats = NDArray[np.float64]

CONVERGED = 1e-13  # predicted gain in deviance below which a Newton step is the last one
LOWER = {q: np.tril_indices(q) for q in (1, 2)}
SINGULAR = 1e-6  # a direction of Ψ this small against the largest is tried at zero


@dataclass(frozen=True)
class Patterns:
    """Everything the likelihood asks of the data.

    Groups of the same A and B (mice of one arm measured on the same days) are one pattern.
    ``weight`` (G,) counts its groups; ``A`` (G, q, q) = Z'Z; ``B`` (G, q, p) = Z'X; ``c`` (G, q)
    and ``cc`` (G, q, q) sum Z'y and its outer product over them. X is orthonormal here, X =
    ``X_user @ to_user``; the columns of Z are divided by ``z_scale``; y is the residual from
    ordinary least squares (coefficients ``ols``), which keeps the cross products free of
    cancellation.
    """

    weight: Floats
    A: Floats
    B: Floats
    c: Floats
    cc: Floats
    yy: float
    n: int
    z_scale: Floats
    to_user: Floats
    ols: Floats

    @property
    def q(self) -> int:
        return self.A.shape[-1]

    @property
    def p(self) -> int:
        return self.B.shape[-1]

    @cached_property
    def weighted_zx(self) -> Floats:
        """B times its weight, transposed: (p, G·q)."""
        return np.ascontiguousarray((self.weight[:, None, None] * self.B).reshape(-1, self.p).T)

    @cached_property
    def log_det_basis(self) -> float:
        return float(np.linalg.slogdet(self.to_user)[1])


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
    def singular(self) -> bool:
        return self.rank < self.patterns.q


def summarise(y: Floats, X: Floats, Z: Floats, group: NDArray[np.intp]) -> Patterns:
    """The patterns of readings ``y`` (n,), ``X`` (n, p), ``Z`` (n, q) and group codes 0…m−1 (n,).

    Raises ``FitError`` where X has no full rank, or where the groups leave no residual degree of
    freedom or no residual variation to estimate σ² from.
    """
    order = np.argsort(group, kind="stable")
    y, X, Z, group = y[order], X[order], Z[order], group[order]
    start = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    size = np.diff(np.r_[start, len(y)])

    Q, to_user = _orthonormal(X)
    ols = Q.T @ y
    residual = y - Q @ ols
    correction = Q.T @ residual
    residual -= Q @ correction
    z_scale = np.sqrt(np.mean(Z * Z, axis=0))
    Z = Z / z_scale

    A = np.add.reduceat(Z[:, :, None] * Z[:, None, :], start)
    B = np.stack([np.add.reduceat(column[:, None] * Q, start) for column in Z.T], axis=1)
    c = np.add.reduceat(Z * residual[:, None], start)
    yy = float(residual @ residual)
    _require_residual_variation(A, c, yy, size, Z.shape[1])
    first, pattern = _same_designs(A, B)
    pooled_c = _sum_by(pattern, len(first), c)
    pooled_cc = _sum_by(pattern, len(first), c[:, :, None] * c[:, None, :])
    weight = np.bincount(pattern, minlength=len(first)).astype(float)
    return Patterns(
        weight, A[first], B[first], pooled_c, pooled_cc, yy, len(y), z_scale, to_user,
        ols + correction,
    )  # fmt: skip


def _orthonormal(X: Floats) -> tuple[Floats, Floats]:
    """X's orthonormal basis Q and the matrix T with Q = X T."""
    scale = np.sqrt(np.sum(X * X, axis=0))
    if not scale.all():
        raise FitError("A column of the design is zero throughout.")
    Q, T = X / scale, np.diag(1 / scale)
    gram = Q.T @ Q
    if np.linalg.eigvalsh(gram)[0] < 1e-10:
        raise FitError("The design has no full rank: an arm was measured on too few days.")
    # Two passes of Cholesky-QR are orthonormal to machine precision and need no n × p workspace
    # beyond Q itself, which matters with a million readings.
    for _ in range(2):
        step = np.linalg.inv(np.linalg.cholesky(Q.T @ Q)).T
        Q, T = Q @ step, T @ step
    return Q, T


def _require_residual_variation(A: Floats, c: Floats, yy: float, size: Floats, q: int) -> None:
    if len(size) < 2:
        raise FitError("A single mouse says nothing about the spread between mice.")
    if not np.any(size > q):
        raise FitError("No mouse has readings enough to tell its own noise from its own line.")
    explained = np.einsum("mi,mij,mj->m", c, np.linalg.pinv(A, hermitian=True), c)
    if yy - explained.sum() <= 1e-12 * yy:
        raise FitError("The readings have no variation about the mice's own lines.")


def _same_designs(A: Floats, B: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first group of each distinct (A, B), and each group's pattern."""
    m = len(A)
    # Ten digits: sums of the same days in another order differ in the last bits.
    key = np.ascontiguousarray(
        np.round(np.concatenate([A.reshape(m, -1), B.reshape(m, -1)], axis=1), 10) + 0.0
    )
    rows = key.view([("", key.dtype)] * key.shape[1]).ravel()
    _, first, pattern = np.unique(rows, return_index=True, return_inverse=True)
    return first, pattern.ravel()


def _sum_by(pattern: NDArray[np.intp], n_patterns: int, values: Floats) -> Floats:
    flat = values.reshape(len(values), -1)
    sums = [np.bincount(pattern, column, n_patterns) for column in flat.T]
    return np.stack(sums, axis=1).reshape(n_patterns, *values.shape[1:])


# ------------------------------------------------------------------------------- the criterion


@dataclass(frozen=True)
class Profile:
    """The profiled REML deviance at a stack of T factors Λ, and its gradient in Ψ.

    ``deviance`` (T,), ``slope`` (T, q, q), ``shift`` (T, p) = β − ordinary least squares,
    ``sigma2`` (T,), ``C`` (T, p, p) = (X'V⁻¹X)⁻¹ with V in units of σ²; X orthonormal.
    """

    deviance: Floats
    slope: Floats
    shift: Floats
    sigma2: Floats
    C: Floats

    def theta_slope(self, factor: Floats) -> Floats:
        """The gradient in θ, (T, q(q+1)/2), by the chain rule through Ψ = ΛΛ'."""
        rows, columns = LOWER[factor.shape[-1]]
        return 2 * (self.slope @ factor)[:, rows, columns]


def profile(data: Patterns, factor: Floats) -> Profile:
    """The REML deviance −2 log L, maximised over β and σ², at factors Λ (T, q, q)."""
    N, K, log_det = shrinkage(data.A, factor[:, None])
    NB = N @ data.B
    T, p = len(factor), data.p
    NB = NB.reshape(T, -1, p)
    XVX = np.eye(p) - data.weighted_zx @ NB
    XVy = -(data.c.ravel() @ NB)
    C = np.linalg.inv(XVX)
    shift = (C @ XVy[:, :, None])[:, :, 0]
    quadratic = data.yy - N.reshape(T, -1) @ data.cc.ravel() - (XVy * shift).sum(axis=1)
    df = data.n - p
    sigma2 = np.maximum(quadratic, 1e-300) / df
    deviance = (
        log_det @ data.weight
        + df * (1 + np.log(2 * np.pi * sigma2))
        + np.linalg.slogdet(XVX)[1]
        - 2 * data.log_det_basis
    )
    # d deviance / dΨ = Σ Z'V⁻¹Z − Σ uu'/σ² − Σ FCF', with u = Z'V⁻¹(y − Xβ), F = Z'V⁻¹X = KB.
    rest = residual_products(data, shift)
    F = K @ data.B
    FC = F @ C[:, None]
    weight = data.weight[:, None, None]
    slope = (
        weight * (K @ data.A - FC @ np.swapaxes(F, -1, -2))
        - K @ rest @ np.swapaxes(K, -1, -2) / sigma2[:, None, None, None]
    ).sum(axis=1)
    return Profile(deviance, (slope + np.swapaxes(slope, 1, 2)) / 2, shift, sigma2, C)


def shrinkage(A: Floats, factor: Floats) -> tuple[Floats, Floats, Floats]:
    """N = Λ(I + Λ'AΛ)⁻¹Λ', K = I − AN (so that Z'V⁻¹ = KZ'/σ²) and log|I + Λ'AΛ|."""
    q = A.shape[-1]
    M = np.swapaxes(factor, -1, -2) @ A @ factor + np.eye(q)
    if q == 1:
        inverse, determinant = 1 / M, M[..., 0, 0]
    else:  # closed form: numpy's stacked inverse costs ten times as much for 2 × 2
        determinant = M[..., 0, 0] * M[..., 1, 1] - M[..., 0, 1] ** 2
        inverse = np.empty_like(M)
        inverse[..., 0, 0], inverse[..., 1, 1] = M[..., 1, 1], M[..., 0, 0]
        inverse[..., 0, 1] = inverse[..., 1, 0] = -M[..., 0, 1]
        inverse /= determinant[..., None, None]
    N = factor @ inverse @ np.swapaxes(factor, -1, -2)
    return N, np.eye(q) - A @ N, np.log(determinant)


def residual_products(data: Patterns, shift: Floats) -> Floats:
    """Σ (Z'r)(Z'r)' over the groups of each pattern, r = y − Xβ, at shifts (T, p): (T, G, q, q)."""
    fitted = (shift @ data.B.reshape(-1, data.p).T).reshape(len(shift), -1, data.q)
    cross = data.c[:, :, None] * fitted[:, :, None, :]
    square = fitted[:, :, :, None] * fitted[:, :, None, :]
    return data.cc - cross - np.swapaxes(cross, 2, 3) + data.weight[:, None, None] * square


# ------------------------------------------------------------------------------- the optimum


def fit_reml(y: Floats, X: Floats, Z: Floats, group: NDArray[np.intp]) -> MixedFit:
    """Fit by REML; arguments and errors as ``summarise``."""
    return fit_patterns(summarise(y, X, Z, group))


def fit_patterns(data: Patterns) -> MixedFit:
    """Fit by REML from the patterns.

    Newton in θ without bounds (the sign of a column of Λ does not matter). Any θ on the boundary
    is stationary in θ, so every solution is held against the gradient in Ψ: where that has a
    negative eigenvalue, Ψ must grow in its direction and the search goes on from there.
    """
    factor, spent = _start(data), 0
    for _ in range(12):
        factor, iterations = _newton(data, factor)
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


def _start(data: Patterns) -> Floats:
    """Ψ from the spread of the patterns' least-squares lines, never quite singular."""
    q = data.q
    full = data.A[:, 0, 0] * data.A[:, -1, -1] > (1 + 1e-9) * data.A[:, 0, -1] ** 2
    usable = full if q == 2 else data.A[:, 0, 0] > 0
    if not usable.any():
        return np.eye(q)
    inverse = np.linalg.inv(data.A[usable])
    weight = data.weight[usable]
    lines = (inverse @ data.cc[usable] @ inverse).sum(axis=0) / weight.sum()
    explained = np.einsum("gij,gij->", inverse, data.cc[usable])
    left = max(data.n - q * data.weight.sum(), 1.0)
    noise = max((data.yy - explained) / left, 1e-12 * data.yy / data.n)
    psi = lines / noise - np.tensordot(weight, inverse, 1) / weight.sum()
    values, vectors = np.linalg.eigh(psi)
    floor = 0.02 * max(values[-1], 1e-3)
    return np.linalg.cholesky((vectors * np.maximum(values, floor)) @ vectors.T)


def _newton(data: Patterns, factor: Floats, limit: int = 60) -> tuple[Floats, int]:
    """Newton's method in θ with a central-difference Hessian of the analytic gradient."""
    theta = factor[LOWER[data.q]]
    here = _stencil(data, theta)
    for iteration in range(1, limit + 1):
        deviance, slope, curvature = here
        values, vectors = np.linalg.eigh(curvature)
        # |eigenvalue|: downhill also where the criterion is a saddle or flat.
        size = np.maximum(np.abs(values), 1e-8 * max(np.abs(values).max(), 1e-8))
        step = -vectors @ ((vectors.T @ slope) / size)
        gain = -float(slope @ step)
        if gain < CONVERGED:
            return _as_factor(theta, data.q), iteration
        step *= min(1.0, 2 * (1 + np.abs(theta).max()) / np.abs(step).max())
        for _ in range(30):
            there = _stencil(data, theta + step)
            if there[0] <= deviance + 1e-11 * abs(deviance):
                break
            step /= 3
        else:
            return _as_factor(theta, data.q), iteration
        theta, here = theta + step, there
    raise FitError("The mixed model did not converge; please report the study.")


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


def _factor_of(psi: Floats) -> Floats:
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
    snapped = _factor_of((vectors * np.where(small, 0.0, values)) @ vectors.T)
    before, after = profile(data, np.stack([factor, snapped])).deviance
    return snapped if after <= before + 1e-8 else factor


def _grow(data: Patterns, factor: Floats, along: Floats, deviance: float) -> Floats | None:
    """Ψ a little larger along a direction in which the deviance falls."""
    psi = factor @ factor.T
    for size in 1e-2 * max(1.0, np.trace(psi)) * 10.0 ** -np.arange(9):
        candidate = _factor_of(psi + size * np.outer(along, along))
        if profile(data, candidate[None]).deviance[0] < deviance:
            return candidate
    return None


def _finish(
    data: Patterns, factor: Floats, at: Profile, certificate: float, iterations: int
) -> MixedFit:
    psi = factor @ factor.T
    values = np.linalg.eigvalsh(psi)
    rank = int(np.sum(values > 1e-7 * max(1.0, values[-1]))) if values[-1] > 1e-9 else 0
    sigma2 = float(at.sigma2[0])
    return MixedFit(
        coefficients=data.to_user @ (data.ols + at.shift[0]),
        covariance=sigma2 * data.to_user @ at.C[0] @ data.to_user.T,
        residual_variance=sigma2,
        random_covariance=sigma2 * psi / np.outer(data.z_scale, data.z_scale),
        log_likelihood=-0.5 * float(at.deviance[0]),
        rank=rank,
        certificate=certificate,
        iterations=iterations,
        factor=factor,
        shift=at.shift[0],
        patterns=data,
    )
