"""What the estimated variances of a mixed model say of one another and of its coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.criterion import residual_products, shrinkage
from xenotrack.model.joint_reml import JointFit
from xenotrack.model.patterns import Patterns
from xenotrack.model.reml import MixedFit


class PartInformation:
    """What the variance parameters γ = (random covariance, σ²) say of one another and of β.

    V = Σ γ_a V_a; every array is in the basis of orthonormal X. ``S[a]`` = X'V⁻¹V_aV⁻¹X,
    ``Q[a, b]`` = X'V⁻¹V_aV⁻¹V_bV⁻¹X, ``known`` = X'V⁻¹X.
    """

    def __init__(self, data: Patterns, factor: Floats, sigma2: float) -> None:
        self.data, self.sigma2 = data, sigma2
        q, p = data.q, data.p
        self.N, K, _ = shrinkage(data.A, factor)
        self.units = spanning_units(q)
        self.N2 = 2 * self.N - self.N @ data.A @ self.N
        self.N3 = self.N2 + self.N - self.N2 @ data.A @ self.N
        self.K, self.K2 = K / sigma2, (np.eye(q) - data.A @ self.N2) / sigma2**2
        self.W, self.W2 = self.K @ data.A, self.K2 @ data.A
        F, F2 = self.K @ data.B, self.K2 @ data.B
        self.weight = data.weight[:, None, None]
        self.UF = self.units[:, None] @ F  # (k, G, q, p)
        columns = self.UF.reshape(len(self.units), -1, p)
        weighted_F = (self.weight * F).reshape(-1, p)

        def information(power: int, inner: Floats) -> Floats:  # X'V⁻ᵖᵒʷᵉʳX
            moved = (inner @ data.B).reshape(-1, p)
            return (data.gram - data.weighted_zx @ moved) / sigma2**power

        self.known = information(1, self.N)
        self.S = np.concatenate([weighted_F.T @ columns, information(2, self.N2)[None]])

        k = len(self.units)
        Q = np.empty((k + 1, k + 1, p, p))
        carried = (self.weight * self.W @ self.UF).reshape(k, -1, p)
        Q[:k, :k] = np.swapaxes(columns, 1, 2)[:, None] @ carried
        last = (self.weight * F2).reshape(-1, p).T @ columns
        Q[k, :k], Q[:k, k] = last, np.swapaxes(last, 1, 2)
        Q[k, k] = information(3, self.N3)
        self.Q = Q
        self.traces = self._traces()

    def _traces(self) -> Floats:
        """tr(V⁻¹V_aV⁻¹V_b), (k+1, k+1)."""
        k, data, sigma2 = len(self.units), self.data, self.sigma2
        WU = self.W @ self.units[:, None]
        T = np.empty((k + 1, k + 1))
        T[:k, :k] = np.einsum("agij,bgji->ab", data.weight[:, None, None] * WU, WU)
        T[:k, k] = T[k, :k] = np.einsum("aij,ij->a", self.units, (self.weight * self.W2).sum(0))
        lost = np.einsum("g,gij,gji->", data.weight, data.A, self.N2)
        T[k, k] = (data.n - lost) / sigma2**2
        return T


class Information(PartInformation):
    """The same of all readings of a model, with ``C`` = (X'V⁻¹X)⁻¹."""

    def __init__(self, data: Patterns, factor: Floats, sigma2: float) -> None:
        super().__init__(data, factor, sigma2)
        self.C = _covariance(self.known)

    @cached_property
    def carried(self) -> Floats:
        """S C, (k+1, p, p)."""
        return self.S @ self.C

    @cached_property
    def expected(self) -> Floats:
        """The expected Hessian of the REML deviance in γ, (k+1, k+1)."""
        return (
            self.traces
            - 2 * np.einsum("ij,abji->ab", self.C, self.Q)
            + np.einsum("aij,bji->ab", self.carried, self.carried)
        )

    def observed(self, shift: Floats) -> tuple[Floats, Floats]:
        """The observed gradient (k+1,) and Hessian (k+1, k+1) of the REML deviance in γ, at a
        shift (p,) of the coefficients."""
        data, sigma2 = self.data, self.sigma2
        k, p, units = len(self.units), data.p, self.units
        rest = residual_products(data, shift[None])[0]
        K_t = np.swapaxes(self.K, 1, 2)
        u = (self.K @ (data.c - data.weight[:, None] * (data.B @ shift))[:, :, None])[:, :, 0]
        uu, u2u = self.K @ rest @ K_t, (self.K2 @ rest @ K_t).sum(axis=0)
        rr = data.yy - 2 * data.xy @ shift + shift @ data.gram @ shift
        moved = self.N2 @ (data.c - data.weight[:, None] * (data.B @ shift))[:, :, None]
        # X'V⁻¹V_aPy for each parameter a.
        Xa = np.einsum("agqp,gq->ap", self.UF, u)
        X_last = (data.xy - data.gram @ shift - data.B.reshape(-1, p).T @ moved.ravel()) / sigma2**2
        Xa = np.concatenate([Xa, X_last[None]])
        Y = np.empty((k + 1, k + 1))
        Y[:k, :k] = np.einsum("aij,gjk,bkl,gli->ab", units, self.W, units, uu, optimize=True)
        Y[:k, k] = Y[k, :k] = np.einsum("aij,ij->a", units, u2u.T)
        Y[k, k] = (rr - np.vdot(self.N3, rest)) / sigma2**3
        Y -= Xa @ self.C @ Xa.T
        quadratic = np.append(
            np.einsum("aij,ij->a", units, uu.sum(axis=0)),
            (rr - np.vdot(self.N2, rest)) / sigma2**2,
        )
        spread = np.append(
            np.einsum("aij,ij->a", units, (self.weight * self.W).sum(axis=0)),
            (data.n - np.einsum("g,gij,gji->", data.weight, data.A, self.N)) / sigma2,
        )
        gradient = spread - np.einsum("aii->a", self.carried) - quadratic
        return gradient, 2 * Y - self.expected


class JointInformation:
    """The same of arms that share coefficients, each with variances of its own.

    Parameters of different arms touch none of each other's readings: their ``Q`` and traces are 0.
    """

    def __init__(self, parts: Sequence[PartInformation]) -> None:
        self.C = _covariance(np.sum([part.known for part in parts], axis=0))
        self.S = np.concatenate([part.S for part in parts])
        sizes = [len(part.S) for part in parts]
        n, p = sum(sizes), len(self.C)
        self.Q, traces = np.zeros((n, n, p, p)), np.zeros((n, n))
        for part, end, size in zip(parts, np.cumsum(sizes), sizes, strict=True):
            own = slice(end - size, end)
            self.Q[own, own], traces[own, own] = part.Q, part.traces
        self.carried = self.S @ self.C
        self.expected: Floats = (
            traces
            - 2 * np.einsum("ij,abji->ab", self.C, self.Q)
            + np.einsum("aij,bji->ab", self.carried, self.carried)
        )


def information_of(fit: MixedFit | JointFit) -> Information | JointInformation:
    """What the variances of a fit say."""
    if isinstance(fit, MixedFit):
        return Information(fit.patterns, fit.factor, fit.residual_variance)
    return JointInformation(
        [PartInformation(*part) for part in zip(fit.parts, fit.factors, fit.sigma2, strict=True)]
    )


def _covariance(known: Floats) -> Floats:
    C = np.linalg.inv(known)
    return np.asarray((C + C.T) / 2)


def spanning_units(q: int) -> Floats:
    """The symmetric matrices that span a random covariance of size q, in the order 11, 21, 22."""
    if q == 1:
        return np.ones((1, 1, 1))
    return np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]])
