"""The REML criterion of the linear mixed model, profiled over β and σ², with its gradient.

Writing Ψ = ΛΛ' and A_i = Z_i'Z_i,

    (I + Z_i Ψ Z_i')⁻¹ = I − Z_i N_i Z_i',    N_i = Λ (I + Λ'A_iΛ)⁻¹ Λ',

so that per-group sums are all it needs (Bates et al. 2015, J Stat Softw 67(1), for the criterion;
Λ's lower triangle is called θ there and here).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.patterns import Patterns
from xenotrack.model.stack import Stack

LOWER = {q: np.tril_indices(q) for q in (1, 2)}


@dataclass(frozen=True)
class Profile:
    """The profiled REML deviance at a stack of T factors Λ, and its gradient in Ψ.

    ``deviance`` (T,), ``slope`` (T, q, q), ``shift`` (T, p) = β − ordinary least squares,
    ``sigma2`` (T,), ``C`` (T, p, p) = (X'V⁻¹X)⁻¹ with V in units of σ²; X orthonormal. Of several
    models side by side T is (L, T).
    """

    deviance: Floats
    slope: Floats
    shift: Floats
    sigma2: Floats
    C: Floats

    def theta_slope(self, factor: Floats) -> Floats:
        """The gradient in θ, (T, q(q+1)/2), by the chain rule through Ψ = ΛΛ'."""
        rows, columns = LOWER[factor.shape[-1]]
        return 2 * (self.slope @ factor)[..., rows, columns]

    def row(self, place: int, p: int) -> Profile:
        """That of one of several models, which has ``p`` coefficients."""
        shift, C = self.shift[place, :, :p], self.C[place, :, :p, :p]
        return Profile(self.deviance[place], self.slope[place], shift, self.sigma2[place], C)


def profile(data: Patterns | Stack, factor: Floats) -> Profile:
    """The REML deviance −2 log L, maximised over β and σ², at factors Λ (T, q, q).

    Of several models side by side at (L, T, q, q).
    """
    N, K, log_det = shrinkage(data.A, factor[..., None, :, :])
    lead = factor.shape[:-2]
    NB = (N @ data.B).reshape(*lead, -1, data.p)
    XVX = data.gram - data.weighted_zx @ NB
    XVy = data.xy - (_flat(data.c, 2) @ NB)[..., 0, :]
    C, log_det_XVX = inverse(XVX)
    shift = (C @ XVy[..., None])[..., 0]
    explained = (_flat(N, 3) @ np.swapaxes(_flat(data.cc, 3), -1, -2))[..., 0, 0]
    quadratic = data.yy - explained - (XVy * shift).sum(axis=-1)
    sigma2: Floats = np.maximum(quadratic, 1e-300) / data.df
    deviance = (
        (log_det * data.weight).sum(axis=-1)
        + data.df * (1 + np.log(2 * np.pi * sigma2))
        + log_det_XVX
        - 2 * data.log_det_basis
    )
    # d deviance / dΨ = Σ Z'V⁻¹Z − Σ uu'/σ² − Σ FCF', with u = Z'V⁻¹(y − Xβ), F = Z'V⁻¹X = KB:
    # both are K … K', so that only sums of q × q are taken of each pattern.
    weight = data.weight[..., None, None]
    BC = (_flat_rows(data.B) @ C).reshape(*lead, *data.B.shape[-3:])
    inner = weight * (BC @ np.swapaxes(data.B, -1, -2))
    inner += residual_products(data, shift) / sigma2[..., None, None, None]
    slope = (weight * (K @ data.A) - K @ inner @ np.swapaxes(K, -1, -2)).sum(axis=-3)
    slope = (slope + np.swapaxes(slope, -1, -2)) / 2
    return Profile(deviance, slope, shift, sigma2, np.asarray(C, dtype=float))


def _flat(values: Floats, axes: int) -> Floats:
    """The last axes as one row, (…, 1, n)."""
    return values.reshape(*values.shape[: values.ndim - axes], 1, -1)


def _flat_rows(values: Floats) -> Floats:
    """Matrices (…, g, q, p) as one of many rows, (…, g·q, p)."""
    return values.reshape(*values.shape[:-3], -1, values.shape[-1])


def shrinkage(A: Floats, factor: Floats) -> tuple[Floats, Floats, Floats]:
    """N = Λ(I + Λ'AΛ)⁻¹Λ', K = I − AN (so that Z'V⁻¹ = KZ'/σ²) and log|I + Λ'AΛ|."""
    identity = np.eye(A.shape[-1])
    turned = np.swapaxes(factor, -1, -2)
    M_inverse, log_det = inverse(turned @ A @ factor + identity)
    N = factor @ M_inverse @ turned
    return N, identity - A @ N, log_det


def inverse(M: Floats) -> tuple[Floats, Floats]:
    """The inverses of symmetric positive definite matrices (…, n, n), and log|M| (…,)."""
    n = M.shape[-1]
    if n == 1:
        return 1 / M, np.log(M[..., 0, 0])
    if n > 2:
        return np.asarray(np.linalg.inv(M), float), np.linalg.slogdet(M)[1]
    # Closed form: numpy's stacked inverse costs ten times as much for 2 × 2.
    determinant = M[..., 0, 0] * M[..., 1, 1] - M[..., 0, 1] * M[..., 1, 0]
    result = np.empty_like(M)
    result[..., 0, 0], result[..., 1, 1] = M[..., 1, 1], M[..., 0, 0]
    result[..., 0, 1], result[..., 1, 0] = -M[..., 0, 1], -M[..., 1, 0]
    result /= determinant[..., None, None]
    return result, np.log(determinant)


def residual_products(data: Patterns | Stack, shift: Floats) -> Floats:
    """Σ (Z'r)(Z'r)' over the groups of each pattern, r = y − Xβ, at shifts (T, p): (T, G, q, q)."""
    fitted = (data.B @ shift[..., None, :, None])[..., 0]
    cross = data.c[..., :, None] * fitted[..., None, :]
    square = fitted[..., :, None] * fitted[..., None, :]
    weight = data.weight[..., None, None]
    return data.cc - cross - np.swapaxes(cross, -1, -2) + weight * square
