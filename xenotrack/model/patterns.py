"""Everything that the likelihood of a mixed model asks of the data.

A group's A = Z'Z, B = Z'X and c = Z'y are enough, and groups measured alike share A and B: a fit
costs as much as there are different designs, not readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Codes, Floats
from xenotrack.errors import FitError


class Linear(NamedTuple):
    """A linear mixed model of readings: y (n,), X (n, p) and Z (n, q)."""

    y: Floats
    X: Floats
    Z: Floats


@dataclass(frozen=True)
class Part:
    """What some of the groups of a model have of X'X (p, p) and of X'y (p,)."""

    gram: Floats
    xy: Floats


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
    part: Part | None = None

    @cached_property
    def gram(self) -> Floats:
        """X'X: that of orthonormal columns, but for some of the groups."""
        return np.eye(self.p) if self.part is None else self.part.gram

    @cached_property
    def xy(self) -> Floats:
        """X'y: none, since y is a residual, but for some of the groups."""
        return np.zeros(self.p) if self.part is None else self.part.xy

    @property
    def q(self) -> int:
        return self.A.shape[-1]

    @property
    def p(self) -> int:
        return self.B.shape[-1]

    @property
    def df(self) -> int:
        """Readings less coefficients."""
        return self.n - self.p

    @cached_property
    def weighted_zx(self) -> Floats:
        """B times its weight, transposed: (p, G·q)."""
        return np.ascontiguousarray((self.weight[:, None, None] * self.B).reshape(-1, self.p).T)

    @cached_property
    def log_det_basis(self) -> float:
        return float(np.linalg.slogdet(self.to_user)[1])

    def turned(self, axes: Floats) -> Patterns:
        """The same data with Z in other orthogonal axes, Z @ axes."""
        return replace(
            self,
            A=axes.T @ self.A @ axes,
            B=axes.T @ self.B,
            c=self.c @ axes,
            cc=axes.T @ self.cc @ axes,
        )


def join_patterns(parts: Sequence[Patterns]) -> Patterns:
    """The patterns of one model with the groups of several that share no column of X.

    Its coefficients are those of the first, then those of the second, and so on.
    """
    n = sum(part.n for part in parts)
    z_scale = np.sqrt(sum(part.n * part.z_scale**2 for part in parts) / n)
    ratios = [part.z_scale / z_scale for part in parts]
    squares = [np.outer(ratio, ratio) for ratio in ratios]
    p = sum(part.p for part in parts)
    B, to_user, place = [], np.zeros((p, p)), 0
    for part, ratio in zip(parts, ratios, strict=True):
        own = slice(place, place + part.p)
        block = np.zeros((len(part.B), part.q, p))
        block[:, :, own] = part.B * ratio[:, None]
        B.append(block)
        to_user[own, own] = part.to_user
        place += part.p
    return Patterns(
        weight=np.concatenate([part.weight for part in parts]),
        A=np.concatenate([part.A * s for part, s in zip(parts, squares, strict=True)]),
        B=np.concatenate(B),
        c=np.concatenate([part.c * ratio for part, ratio in zip(parts, ratios, strict=True)]),
        cc=np.concatenate([part.cc * s for part, s in zip(parts, squares, strict=True)]),
        yy=sum(part.yy for part in parts),
        n=n,
        z_scale=z_scale,
        to_user=to_user,
        ols=np.concatenate([part.ols for part in parts]),
    )


def summarise(y: Floats, X: Floats, Z: Floats, group: Codes) -> Patterns:
    """The patterns of readings ``y`` (n,), ``X`` (n, p), ``Z`` (n, q) and group codes 0…m−1 (n,).

    Raises ``FitError`` where X has no full rank, or where the groups leave no residual degree of
    freedom or no residual variation to estimate σ² from.
    """
    order = np.argsort(group, kind="stable")
    basis = Basis.of(y[order], X[order], Z[order])
    return basis.patterns(slice(None), group[order])


def summarise_parts(
    y: Floats, X: Floats, Z: Floats, group: Codes, part: Codes
) -> tuple[Patterns, ...]:
    """The same for the groups of each part 0…k−1 (n,), which share X and nothing else."""
    order = np.lexsort((group, part))
    group, part = group[order], part[order]
    basis = Basis.of(y[order], X[order], Z[order])
    each = [part == code for code in range(part[-1] + 1)]
    return tuple(replace(basis.patterns(own, group[own]), part=basis.part(own)) for own in each)


def patterns_without_each(y: Floats, X: Floats, Z: Floats, group: Codes) -> list[Patterns | None]:
    """The patterns without each group in turn, of readings sorted by group; coefficients as of all.

    None where X without the group has hardly full rank.
    """
    basis = Basis.of(y, X, Z)
    start = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    own = group_sums(basis.residual, basis.Q, basis.Z, start)
    whole = patterns_of(basis, basis.residual, basis.Q, basis.Z, group)
    pattern = same_designs(own.A, own.B)[1]
    ends = np.append(start[1:], len(y))
    left: list[Patterns | None] = []
    for m, (first, last) in enumerate(zip(start, ends, strict=True)):
        Q, residual = basis.Q[first:last], basis.residual[first:last]
        gram = np.eye(whole.p) - Q.T @ Q
        weight, c, cc = whole.weight.copy(), whole.c.copy(), whole.cc.copy()
        weight[pattern[m]] -= 1
        c[pattern[m]] -= own.c[m]
        cc[pattern[m]] -= np.outer(own.c[m], own.c[m])
        found = replace(
            whole,
            weight=weight,
            c=c,
            cc=cc,
            yy=whole.yy - float(residual @ residual),
            n=whole.n - len(residual),
            part=Part(gram, -(Q.T @ residual)),
        )
        left.append(found if np.linalg.eigvalsh(gram)[0] > 1e-8 else None)
    return left


@dataclass(frozen=True)
class Basis:
    """Readings with orthonormal X, y as the residual from least squares, Z scaled."""

    residual: Floats
    Q: Floats
    Z: Floats
    z_scale: Floats
    to_user: Floats
    ols: Floats

    @classmethod
    def of(cls, y: Floats, X: Floats, Z: Floats) -> Basis:
        """Of readings in any order."""
        Q, to_user = orthonormal(X)
        ols = Q.T @ y
        residual = y - Q @ ols
        correction = Q.T @ residual
        residual -= Q @ correction
        z_scale = np.sqrt(np.mean(Z * Z, axis=0))
        return cls(residual, Q, Z / z_scale, z_scale, to_user, ols + correction)

    def part(self, own: NDArray[np.bool_]) -> Part:
        """What some readings have of the cross products of all."""
        Q = self.Q[own]
        return Part(Q.T @ Q, Q.T @ self.residual[own])

    def patterns(self, own: slice | NDArray[np.bool_], group: Codes) -> Patterns:
        """The patterns of some readings, sorted by their group (n,)."""
        return patterns_of(self, self.residual[own], self.Q[own], self.Z[own], group)


def patterns_of(basis: Basis, residual: Floats, Q: Floats, Z: Floats, group: Codes) -> Patterns:
    """Sums over groups of alike designs."""
    start = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    size = np.diff(np.r_[start, len(residual)])
    A, B, c = group_sums(residual, Q, Z, start)
    yy = float(residual @ residual)
    require_residual_variation(A, c, yy, size, Z.shape[1])
    first, pattern = same_designs(A, B)
    pooled_c = sum_by(pattern, len(first), c)
    pooled_cc = sum_by(pattern, len(first), c[:, :, None] * c[:, None, :])
    weight = np.bincount(pattern, minlength=len(first)).astype(float)
    return Patterns(
        weight, A[first], B[first], pooled_c, pooled_cc, yy, len(residual), basis.z_scale,
        basis.to_user, basis.ols,
    )  # fmt: skip


class GroupSums(NamedTuple):
    """Z'Z (m, q, q), Z'X (m, q, p) and Z'y (m, q) of each group."""

    A: Floats
    B: Floats
    c: Floats


def group_sums(residual: Floats, Q: Floats, Z: Floats, start: Codes) -> GroupSums:
    """The sums of groups whose readings begin at ``start`` (m,)."""
    return GroupSums(
        np.add.reduceat(Z[:, :, None] * Z[:, None, :], start),
        np.stack([np.add.reduceat(column[:, None] * Q, start) for column in Z.T], axis=1),
        np.add.reduceat(Z * residual[:, None], start),
    )


def orthonormal(X: Floats) -> tuple[Floats, Floats]:
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


def require_residual_variation(A: Floats, c: Floats, yy: float, size: Floats, q: int) -> None:
    if len(size) < 2:
        raise FitError("A single mouse says nothing about the spread between mice.")
    if not np.any(size > q):
        raise FitError("No mouse has readings enough to tell its own noise from its own line.")
    if yy - _explained(A, c) <= 1e-12 * yy:
        raise FitError("The readings have no variation about the mice's own lines.")


def _explained(A: Floats, c: Floats) -> float:
    """Σ c'A⁺c: the variation that the groups' own lines explain.

    In closed form for q ≤ 2, since pinv on every group costs a tenth of a small fit; a group of
    one day has A of rank 1, where A⁺ = A / tr(A)².
    """
    first, last = A[:, 0, 0], A[:, -1, -1]
    trace = np.trace(A, axis1=1, axis2=2)
    along = np.einsum("mi,mij,mj->m", c, A, c) / np.where(trace > 0, trace, 1.0) ** 2
    if A.shape[-1] == 1:
        return float(along.sum())
    determinant = first * last - A[:, 0, 1] ** 2
    full = determinant > 1e-12 * first * last
    across = last * c[:, 0] ** 2 - 2 * A[:, 0, 1] * c[:, 0] * c[:, 1] + first * c[:, 1] ** 2
    return float(np.where(full, across / np.where(full, determinant, 1.0), along).sum())


def same_designs(A: Floats, B: Floats) -> tuple[Codes, Codes]:
    """The first group of each distinct (A, B), and each group's pattern."""
    m = len(A)
    # Ten digits: sums of the same days in another order differ in the last bits.
    key = np.ascontiguousarray(
        np.round(np.concatenate([A.reshape(m, -1), B.reshape(m, -1)], axis=1), 10) + 0.0
    )
    rows = key.view([("", key.dtype)] * key.shape[1]).ravel()
    _, first, pattern = np.unique(rows, return_index=True, return_inverse=True)
    return first, pattern.ravel()


def sum_by(pattern: Codes, n_patterns: int, values: Floats) -> Floats:
    flat = values.reshape(len(values), -1)
    sums = [np.bincount(pattern, column, n_patterns) for column in flat.T]
    return np.stack(sums, axis=1).astype(float).reshape(n_patterns, *values.shape[1:])
