"""Tests and intervals for a mixed model fitted to few mice.

Three references for any weighted sum of coefficients, single or joint: Kenward–Roger (1997,
Biometrics 53:983; expected information, adjusted covariance), Satterthwaite (observed
information, as Fai & Cornelius 1996 for joint tests), and the normal one that large samples allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtrc, fdtrc

from xenotrack.arrays import Floats
from xenotrack.errors import FitError
from xenotrack.model.information import (
    Information,
    JointInformation,
    information_of,
    spanning_units,
)
from xenotrack.model.joint_reml import JointFit
from xenotrack.model.reml import MixedFit


@dataclass(frozen=True)
class JointTest:
    """An F test that several weighted sums are all zero (df of the denominator may be infinite)."""

    statistic: float
    df_numerator: int
    df_denominator: float

    @property
    def p_value(self) -> float:
        if np.isinf(self.df_denominator):
            return float(chdtrc(self.df_numerator, self.statistic * self.df_numerator))
        return float(fdtrc(self.df_numerator, self.df_denominator, self.statistic))


class _Reference:
    """A reference distribution for weighted sums of a fit's coefficients."""

    def __init__(self, fit: MixedFit | JointFit) -> None:
        self.fit = fit

    @cached_property
    def information(self) -> Information | JointInformation:
        return information_of(self.fit)

    def inner(self, weights: Floats) -> Floats:
        """Weights (m, p) of the user's coefficients in the orthonormal basis."""
        return np.atleast_2d(weights) @ self.fit.to_user

    def variance_slopes(self, inner: Floats) -> Floats:
        """l'CS_aCl, the gradient of each variance in γ: (m, k+1)."""
        lC = inner @ self.information.C
        return ((lC @ self.information.S) * lC).sum(axis=2).T

    def variances(self, inner: Floats) -> Floats:
        return ((inner @ self.information.C) * inner).sum(axis=1)

    @property
    def parameter_covariance(self) -> Floats:
        """The covariance of the variance parameters γ, (k+1, k+1)."""
        raise NotImplementedError

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        """Twice the squared variance over the variance of that variance, for weights (m, p).

        For one weighted sum Kenward & Roger's scaling is 1 and their df are these as well, with
        the expected information in place of the observed.
        """
        inner = self.inner(weights)
        slopes = self.variance_slopes(inner)
        spread = np.einsum("ma,ab,mb->m", slopes, self.parameter_covariance, slopes)
        with np.errstate(divide="ignore"):
            return 2 * self.variances(inner) ** 2 / spread


class Normal(_Reference):
    """The limit of many mice: infinite degrees of freedom."""

    name = "normal"

    @property
    def covariance(self) -> Floats:
        return self.fit.covariance

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        return np.full(len(np.atleast_2d(weights)), np.inf)

    def joint_test(self, weights: Floats) -> JointTest:
        estimate = weights @ self.fit.coefficients
        spread = weights @ self.fit.covariance @ weights.T
        statistic = estimate @ np.linalg.solve(spread, estimate) / len(weights)
        return JointTest(float(statistic), len(weights), np.inf)


class Satterthwaite(_Reference):
    """Degrees of freedom matched to the variance's own variance, from the observed information."""

    name = "satterthwaite"

    @property
    def covariance(self) -> Floats:
        return self.fit.covariance

    @cached_property
    def parameter_covariance(self) -> Floats:
        """The covariance of the variance parameters γ, (k+1, k+1).

        At a singular fit only the manifold of Ψ's rank moves: a direction at zero has no variance.
        """
        fit, information = self.fit, self.information
        if isinstance(fit, JointFit) or isinstance(information, JointInformation):
            raise FitError("Satterthwaite's degrees of freedom are of one covariance for all arms.")
        gradient, hessian = information.observed(fit.shift)
        J = _tangent(fit)
        inside = J.T @ hessian @ J
        if J.shape[1] == len(J) - 1 and len(J) == 4:
            # Rank 1, D = λλ': the constraint bends, and the gradient feels it.
            inside[0, 0] += 2 * gradient[0]
            inside[0, 1] += gradient[1]
            inside[1, 0] += gradient[1]
            inside[1, 1] += 2 * gradient[2]
        scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(inside)), 1e-300))
        values, vectors = np.linalg.eigh(inside * np.outer(scale, scale))
        kept = values > 1e-10
        root = (J * scale) @ vectors[:, kept] * np.sqrt(2 / values[kept])
        return root @ root.T

    def joint_test(self, weights: Floats) -> JointTest:
        inner = self.inner(weights)
        values, vectors = np.linalg.eigh(inner @ self.information.C @ inner.T)
        kept = values > 1e-8 * values.max()
        rows = vectors[:, kept].T
        estimate = rows @ (np.atleast_2d(weights) @ self.fit.coefficients)
        df = self.degrees_of_freedom(rows @ np.atleast_2d(weights))
        statistic = float(np.mean(estimate**2 / values[kept]))
        return JointTest(statistic, int(kept.sum()), _pooled_df(df))


def _pooled_df(df: Floats) -> float:
    """One denominator for the mean of independent squared t variables of these df."""
    if len(df) == 1 or np.ptp(df) < 1e-8:
        return float(df.mean())
    mean = np.sum(df[df > 2] / (df[df > 2] - 2))
    return float(2 * mean / (mean - len(df))) if mean > len(df) else 2.0


def _tangent(fit: MixedFit) -> Floats:
    """The directions in which γ can move at the rank of the fit, (k+1, free)."""
    q, k = fit.patterns.q, len(spanning_units(fit.patterns.q))
    if fit.rank == q:
        return np.eye(k + 1)
    if fit.rank == 0:
        return np.eye(k + 1)[:, -1:]
    # The parameters of Information are in units of the scaled Z.
    values, vectors = np.linalg.eigh(fit.residual_variance * fit.factor @ fit.factor.T)
    first, second = np.sqrt(values[1]) * vectors[:, 1]
    return np.array([[2 * first, 0, 0], [second, first, 0], [0, 2 * second, 0], [0, 0, 1.0]])


class KenwardRoger(_Reference):
    """Covariance adjusted for the estimated variances, and degrees of freedom to match."""

    name = "kenward-roger"

    @cached_property
    def parameter_covariance(self) -> Floats:
        """Twice the inverse expected Hessian of γ, (k+1, k+1)."""
        expected = self.information.expected
        scale = 1 / np.sqrt(np.diag(expected))
        values, vectors = np.linalg.eigh(expected * np.outer(scale, scale))
        kept = values > 1e-12 * values[-1]
        root = scale[:, None] * vectors[:, kept] * np.sqrt(2 / values[kept])
        return root @ root.T

    @cached_property
    def inner_covariance(self) -> Floats:
        info, W = self.information, self.parameter_covariance
        U = np.einsum("ab,abij->ij", W, info.Q)
        U -= (info.carried @ np.tensordot(W, info.S, 1)).sum(axis=0)
        adjusted = info.C + 2 * info.C @ U @ info.C
        return (adjusted + adjusted.T) / 2

    @cached_property
    def covariance(self) -> Floats:
        to_user = self.fit.to_user
        return to_user @ self.inner_covariance @ to_user.T

    def joint_test(self, weights: Floats) -> JointTest:
        """Kenward & Roger's scaled F, with the constants that make it exact for Hotelling's T²."""
        info, W = self.information, self.parameter_covariance
        inner = self.inner(weights)
        rows = np.linalg.matrix_rank(inner)
        theta = inner.T @ np.linalg.solve(inner @ info.C @ inner.T, inner)
        turned = theta @ info.C @ info.carried
        first = np.einsum("aii->a", turned)
        A1 = first @ W @ first
        A2 = np.einsum("ab,aij,bji->", W, turned, turned)
        B = (A1 + 6 * A2) / (2 * rows)
        if A2 <= 0:  # no variance parameter matters to these sums
            return JointTest(_wald(self, inner, weights), int(rows), np.inf)
        g = ((rows + 1) * A1 - (rows + 4) * A2) / ((rows + 2) * A2)
        bottom = 3 * rows + 2 * (1 - g)
        c1, c2, c3 = g / bottom, (rows - g) / bottom, (rows + 2 - g) / bottom
        v0 = max(1 + c1 * B, 0.0)
        shrunk = 1 - A2 / rows
        rho = (shrunk / (1 - c2 * B)) ** 2 * v0 / (1 - c3 * B) / rows
        excess = rows * rho - 1
        df = 4 + (rows + 2) / excess if excess > 0 else np.inf
        scale = 1.0 if abs(df - 2) < 1e-2 or np.isinf(df) else df * shrunk / (df - 2)
        return JointTest(scale * _wald(self, inner, weights), int(rows), float(df))


def _wald(reference: KenwardRoger, inner: Floats, weights: Floats) -> float:
    """The mean squared estimate in units of its adjusted covariance."""
    estimate = np.atleast_2d(weights) @ reference.fit.coefficients
    spread = inner @ reference.inner_covariance @ inner.T
    return float(estimate @ np.linalg.solve(spread, estimate) / len(estimate))


REFERENCES: dict[str, type[KenwardRoger] | type[Satterthwaite] | type[Normal]] = {
    reference.name: reference for reference in (KenwardRoger, Satterthwaite, Normal)
}
