"""Variances clustered by mouse, for models of which a part is only a working one.

CR2 (Bell & McCaffrey 2002, Surv Methodol 28:169; Pustejovsky & Tipton 2018, J Bus Econ Stat
36:672) with the mixed model as the working one: unbiased where it is true, and asking only that
mice be independent where it is not. Its degrees of freedom are Satterthwaite's, under that model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Codes, Floats
from xenotrack.model.joint_reml import JointFit
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.patterns import Linear
from xenotrack.model.reml import Component, MixedFit
from xenotrack.model.residual import relative_covariance


@dataclass(frozen=True, eq=False)
class Alike:
    """Mice of one design: their readings (m, n) by row, X (n, p), V (n, n) and its inverse."""

    readings: NDArray[np.intp]
    X: Floats
    V: Floats
    inverse: Floats

    def corrected(self, covariance: Floats) -> Floats:
        """X'V⁻¹A transposed, (n, p): what makes of residuals scores of the right variance."""
        values, vectors = np.linalg.eigh(self.V)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        # The residuals' covariance is V − XCX'.
        middle = root @ (self.V - self.X @ covariance @ self.X.T) @ root
        values, vectors = np.linalg.eigh(middle)
        kept = values > 1e-10 * values[-1]
        inner = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
        return np.asarray(root @ inner @ root @ self.inverse @ self.X)


def alike(
    rows: LogVolumes, X: Floats, Z: Floats, place: Codes, variances: Sequence[Component]
) -> Iterator[Alike]:
    """The mice of a fit, those of one design together; readings are sorted by mouse.

    ``place`` (n,) is that of each reading's variances.
    """
    mouse = rows.mouse
    starts = np.flatnonzero(np.r_[True, mouse[1:] != mouse[:-1]])
    scatter = () if rows.relative_sd is None else (rows.relative_sd,)
    designs = np.column_stack([X, Z, place, rows.day, *scatter])
    groups: dict[bytes, list[NDArray[np.intp]]] = {}
    for at in np.split(np.arange(len(mouse)), starts[1:]):
        groups.setdefault(designs[at].tobytes(), []).append(at)
    for same in groups.values():
        own = same[0]
        of_arm = variances[place[own[0]]]
        V = Z[own] @ of_arm.random_covariance @ Z[own].T
        V += of_arm.residual_variance * relative_covariance(rows, own)
        yield Alike(np.array(same), X[own], V, np.asarray(np.linalg.inv(V), dtype=np.float64))


class ClusteredByMouse:
    """The CR2 covariance of a fit's coefficients, with degrees of freedom for weighted sums."""

    name = "cr2"
    joint_test = None

    def __init__(self, fit: MixedFit | JointFit, rows: LogVolumes, model: Linear) -> None:
        y, X, Z = model
        variances = fit.components
        place = np.zeros(len(y), dtype=np.intp)
        if len(variances) > 1:
            place = np.unique(rows.arm, return_inverse=True)[1]
        self.groups = list(alike(rows, X, Z, place, variances))
        self.residuals = y - X @ fit.coefficients
        known = sum(len(g.readings) * g.X.T @ g.inverse @ g.X for g in self.groups)
        self.model: Floats = np.asarray(np.linalg.inv(known), dtype=np.float64)

    @cached_property
    def corrected(self) -> list[Floats]:
        return [group.corrected(self.model) for group in self.groups]

    @cached_property
    def covariance(self) -> Floats:
        spread = np.zeros_like(self.model)
        for group, corrected in zip(self.groups, self.corrected, strict=True):
            scores = self.residuals[group.readings] @ corrected
            spread += scores.T @ scores
        found: Floats = self.model @ spread @ self.model
        return (found + found.T) / 2

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        """``tr(G)² / Σ G²``, G the covariance under the model of the mice's scores, (m,)."""
        return np.array([self._df(self.model @ row) for row in np.atleast_2d(weights)])

    def _df(self, direction: Floats) -> float:
        trace = square = 0.0
        fitted = np.zeros_like(self.model)
        for group, corrected in zip(self.groups, self.corrected, strict=True):
            n, g = len(group.readings), corrected @ direction
            u = group.X.T @ g
            alone, lost = float(g @ group.V @ g), float(u @ self.model @ u)
            trace += n * (alone - lost)
            square += n * (alone**2 - 2 * alone * lost)
            fitted += n * np.outer(u, u)
        moved = fitted @ self.model
        square += float(np.sum(moved * moved.T))
        return float(trace**2 / square) if square > 0 else np.inf
