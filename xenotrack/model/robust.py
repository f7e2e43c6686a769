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
class SameCount:
    """The mice of a fit that have n readings each: their ``readings`` (m, n) by row.

    ``design`` (m,) is the place of each mouse among the g designs, which have X (g, n, p), V
    (g, n, n) and its inverse.
    """

    readings: NDArray[np.intp]
    design: Codes
    X: Floats
    V: Floats
    inverse: Floats

    @cached_property
    def mice(self) -> Floats:
        """How many mice have each design, (g,)."""
        return np.bincount(self.design, minlength=len(self.X)).astype(float)

    @cached_property
    def known(self) -> Floats:
        """What these mice add to X'V⁻¹X, (p, p)."""
        each = np.swapaxes(self.X, 1, 2) @ self.inverse @ self.X
        return np.tensordot(self.mice, each, 1)

    def corrected(self, covariance: Floats) -> Floats:
        """X'V⁻¹A transposed, (g, n, p): what makes of residuals scores of the right variance."""
        root = powered(self.V, 0.5, 0.0)
        # The residuals' covariance is V − XCX'.
        middle = root @ (self.V - self.X @ covariance @ np.swapaxes(self.X, 1, 2)) @ root
        return root @ powered(middle, -0.5, 1e-10) @ root @ self.inverse @ self.X


def powered(matrices: Floats, power: float, least: float) -> Floats:
    """Powers of symmetric matrices (g, n, n) in the directions of which they have more than a share
    ``least`` of the most."""
    values, vectors = np.linalg.eigh(matrices)
    kept = values > least * values[:, -1:]
    scale = np.where(kept, np.where(kept, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * scale[:, None, :]) @ np.swapaxes(vectors, 1, 2))


def distinct_rows(rows: Floats) -> tuple[Codes, Codes]:
    """The first of each distinct row in rising order, and the place of every row among these.

    ``numpy.unique`` compares rows field by field, which takes ten times as long.

    >>> [places.tolist() for places in distinct_rows(np.array([[2.0, 1], [1, 3], [2, 1]]))]
    [[1, 0], [1, 0, 1]]
    """
    seen: dict[bytes, int] = {}
    met = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows])
    first = np.unique(met, return_index=True)[1]
    order = np.lexsort(rows[first].T[::-1])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[met]


def by_count(
    rows: LogVolumes, X: Floats, Z: Floats, place: Codes, variances: Sequence[Component]
) -> Iterator[SameCount]:
    """The mice of a fit, those of as many readings together; readings are sorted by mouse.

    ``place`` (n,) is that of each reading's variances.
    """
    mouse = rows.mouse
    starts = np.flatnonzero(np.r_[True, mouse[1:] != mouse[:-1]])
    counts = np.diff(np.r_[starts, len(mouse)])
    scatter = () if rows.relative_sd is None else (rows.relative_sd,)
    designs = np.column_stack([X, Z, place, rows.day, *scatter])
    psi = np.array([own.random_covariance for own in variances])
    noise = np.array([own.residual_variance for own in variances])
    for n in np.unique(counts):
        readings = starts[counts == n, None] + np.arange(n)
        first, design = distinct_rows(designs[readings].reshape(len(readings), -1))
        own = readings[first]
        arm = place[own[:, 0]]
        V = Z[own] @ psi[arm] @ np.swapaxes(Z[own], 1, 2)
        V += noise[arm, None, None] * relative_covariance(rows, own)
        yield SameCount(readings, design, X[own], V, np.asarray(np.linalg.inv(V), float))


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
        self.groups = list(by_count(rows, X, Z, place, variances))
        self.residuals = y - X @ fit.coefficients
        known = sum(group.known for group in self.groups)
        self.model: Floats = np.asarray(np.linalg.inv(known), dtype=np.float64)

    @cached_property
    def corrected(self) -> list[Floats]:
        return [group.corrected(self.model) for group in self.groups]

    @cached_property
    def covariance(self) -> Floats:
        spread = np.zeros_like(self.model)
        for group, corrected in zip(self.groups, self.corrected, strict=True):
            residuals = self.residuals[group.readings]
            scores = (residuals[:, None, :] @ corrected[group.design])[:, 0]
            spread += scores.T @ scores
        found: Floats = self.model @ spread @ self.model
        return (found + found.T) / 2

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        """``tr(G)² / Σ G²``, G the covariance under the model of the mice's scores, (m,)."""
        directions = self.model @ np.atleast_2d(weights).T
        trace, square = np.zeros((2, directions.shape[1]))
        fitted = np.zeros((directions.shape[1], *self.model.shape))
        for group, corrected in zip(self.groups, self.corrected, strict=True):
            g = corrected @ directions
            u = np.swapaxes(group.X, 1, 2) @ g
            alone = (g * (group.V @ g)).sum(axis=1)
            lost = (u * (self.model @ u)).sum(axis=1)
            trace += group.mice @ (alone - lost)
            square += group.mice @ (alone**2 - 2 * alone * lost)
            by_weight = np.moveaxis(u, 2, 0)
            fitted += np.swapaxes(by_weight * group.mice[:, None], 1, 2) @ by_weight
        moved = fitted @ self.model
        square += (moved * np.swapaxes(moved, 1, 2)).sum(axis=(1, 2))
        known = square > 0
        return np.where(known, trace**2 / np.where(known, square, 1.0), np.inf)
