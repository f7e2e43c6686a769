"""Arms that were estimated together: their coefficients, and what each mouse does to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import block_diag

from xenotrack.arrays import Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.censored import CensoredFit
from xenotrack.model.identified import solved_where_regular
from xenotrack.model.joint_reml import JointFit
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.patterns import Linear
from xenotrack.model.reml import Component, MixedFit
from xenotrack.model.residual import whitened
from xenotrack.model.shapes.shape import Shape
from xenotrack.model.smallsample import JointTest


@dataclass(frozen=True, eq=False)
class Piece:
    """The means of one or several arms that were estimated together.

    ``values`` (c,) are the coefficients of the arms' ``shapes``, one arm after the other, as
    estimated from ``rows``; pieces are independent of one another. ``lift`` (c, p) makes them of
    the coefficients of the model, which may be tied. ``unseen`` is the fit where readings are below
    the limit; in ``rows`` they are then completed at their means.
    """

    rows: LogVolumes
    arms: tuple[int, ...]
    shapes: tuple[Shape, ...]
    lift: Floats
    values: Floats
    covariance: Floats
    degrees_of_freedom: Callable[[Floats], Floats]
    mixed: MixedFit | JointFit | None
    joint_test: Callable[[Floats], JointTest] | None = None
    unseen: CensoredFit | None = None

    @property
    def paced(self) -> bool:
        """Whether its mice go the way of their arm, each at its own pace."""
        return self.shapes[0].own_pace

    @property
    def given(self) -> Floats:
        """What of ``values`` is not estimated, (c,)."""
        return given_of(self.shapes)

    def component(self, code: int) -> Component:
        """The variances of one of its arms, in a mixed model."""
        if self.mixed is None:
            raise FitError("Lines of mice have no variance components.")
        components = self.mixed.components
        return components[0 if len(components) == 1 else self.arms.index(code)]

    def block(self, code: int) -> slice:
        """Where the coefficients of one of its arms stand."""
        place = self.arms.index(code)
        start = sum(shape.size for shape in self.shapes[:place])
        return slice(start, start + self.shapes[place].size)

    @cached_property
    def without_each_mouse(self) -> tuple[Codes, Floats]:
        """Its mice (m,), and its arms' coefficients without each of them, (m, c).

        The variances are kept, and with them how much each other mouse counts.
        """
        return self._without(np.arange(len(self.rows.mice)))

    @cached_property
    def without_each_unit(self) -> tuple[Codes, Floats]:
        """The same without each cage where cages are the unit; a mouse of each stands for it."""
        cage = self.rows.cage
        return self.without_each_mouse if cage is None else self._without(cage)

    def _without(self, unit: Codes) -> tuple[Codes, Floats]:
        """The coefficients without the mice of each unit, which are given by mouse."""
        if self.mixed is None:
            lines = fit_mouse_lines(self.rows)
            mice = np.flatnonzero(~np.isnan(lines.slope) & (self.rows.readings_by_mouse() > 0))
            both = np.column_stack([lines.intercept, lines.slope])[mice][:, -len(self.values) :]
            first, (n, total) = _sums(unit[mice], np.ones(len(mice)), both)
            with np.errstate(invalid="ignore", divide="ignore"):  # without its only unit: nan
                return mice[first], (both.sum(axis=0) - total) / (len(mice) - n)[:, None]
        if self.unseen is not None:
            mice = np.unique(self.rows.mouse)
            _, first, place = np.unique(unit[mice], return_index=True, return_inverse=True)
            return mice[first], self.unseen.without(place) @ self.lift.T + self.given
        mice = np.unique(self.rows.mouse)
        known, seen = normal_equations(self)
        first, (lost, unseen) = _sums(unit[mice], known, seen)
        left, right = known.sum(axis=0) - lost, seen.sum(axis=0) - unseen
        return mice[first], solved_where_regular(left, right) @ self.lift.T + self.given


def linear_model(
    rows: LogVolumes, codes: Sequence[int] | Codes, shapes: Sequence[Shape], lift: Floats
) -> Linear:
    """The fixed weights of each arm side by side, the random ones of all.

    ``y`` is ln volume less what the shapes give without being estimated. All three are whitened
    where readings do not scatter alike.
    """
    given = given_of(shapes)
    X = np.hstack(
        [
            np.where((rows.arm == code)[:, None], shape.fixed(rows.day), 0.0)
            for code, shape in zip(codes, shapes, strict=True)
        ]
    )
    y = rows.y - X @ given if given.any() else rows.y
    of_blocks = block_columns(rows)
    of_arms = lift[:, : lift.shape[1] - of_blocks.shape[1]]
    if of_arms.shape[0] != of_arms.shape[1]:
        X = X @ of_arms
    return Linear(*whitened(rows, y, np.hstack([X, of_blocks]), shapes[0].random(rows.day)))


def given_of(shapes: Sequence[Shape]) -> Floats:
    """What of the arms' coefficients is not estimated, one arm after the other."""
    return np.concatenate([shape.given for shape in shapes])


def block_columns(rows: LogVolumes) -> Floats:
    """A level and a rate of each block but the last, which is minus the sum of the others.

    The arms' coefficients are then those of the average over blocks of equal weight.
    """
    if rows.block is None:
        return np.empty((len(rows.y), 0))
    known, place = np.unique(rows.block[rows.mouse], return_inverse=True)
    level = np.vstack([np.eye(len(known) - 1), -np.ones(len(known) - 1)])[place]
    rate = level * rows.day[:, None]
    return rate if rows.through_origin else np.hstack([level, rate])


def lift_of(shapes: Sequence[Shape], baseline: str, n_blocked: int = 0) -> Floats:
    """(c, p): the arms' coefficients, one arm after the other, from those of the model.

    The last ``n_blocked`` coefficients of the model are of blocks.
    """
    if n_blocked:
        of_arms = lift_of(shapes, baseline)
        return np.hstack([of_arms, np.zeros((len(of_arms), n_blocked))])
    if baseline != "common":
        lifts = [shape.lift for shape in shapes]
        return lifts[0] if len(lifts) == 1 else np.asarray(block_diag(*lifts))
    # One intercept, then a slope an arm.
    a = len(shapes)
    lift = np.zeros((2 * a, 1 + a))
    lift[::2, 0] = 1
    lift[np.arange(1, 2 * a, 2), np.arange(1, a + 1)] = 1
    return lift


def each_mouse(piece: Piece) -> Iterator[tuple[Codes, Floats, Floats, Floats, Floats]]:
    """Of each mouse: where its readings are, its rows of y, X and Z, and the inverse of its V."""
    own = piece.rows
    y, X, Z = linear_model(own, piece.arms, piece.shapes, piece.lift)
    starts = np.flatnonzero(np.r_[True, own.mouse[1:] != own.mouse[:-1]])
    for at in np.split(np.arange(len(own.y)), starts[1:]):
        own_variances = piece.component(int(own.arm[at[0]]))
        V = Z[at] @ own_variances.random_covariance @ Z[at].T
        V[np.diag_indices_from(V)] += own_variances.residual_variance
        yield at, y[at], X[at], Z[at], np.asarray(np.linalg.inv(V), dtype=np.float64)


def normal_equations(piece: Piece) -> tuple[Floats, Floats]:
    """What each mouse adds to XᵀV⁻¹X (m, p, p) and to XᵀV⁻¹y (m, p).

    V⁻¹ = (I − Z (σ²I + ΨZᵀZ)⁻¹ΨZᵀ) / σ² asks for sums over the readings of a mouse alone, so that
    a hundred thousand mice with days of their own are no loop.
    """
    own = piece.rows
    y, X, Z = linear_model(own, piece.arms, piece.shapes, piece.lift)
    starts = np.flatnonzero(np.r_[True, own.mouse[1:] != own.mouse[:-1]])

    def by_mouse(left: Floats, right: Floats) -> Floats:
        return np.asarray(np.add.reduceat(left[:, :, None] * right[:, None, :], starts))

    codes, of_arm = np.unique(own.arm[starts], return_inverse=True)
    components = [piece.component(int(code)) for code in codes]
    psi = np.array([one.random_covariance for one in components])[of_arm]
    sigma2 = np.array([one.residual_variance for one in components])[of_arm][:, None, None]
    shrunk = np.linalg.solve(sigma2 * np.eye(Z.shape[1]) + psi @ by_mouse(Z, Z), psi)
    crossed = by_mouse(X, Z) @ shrunk
    known = (by_mouse(X, X) - crossed @ by_mouse(Z, X)) / sigma2
    seen = (by_mouse(X, y[:, None]) - crossed @ by_mouse(Z, y[:, None])) / sigma2
    return known, seen[..., 0]


def _sums(unit: Codes, *values: Floats) -> tuple[Codes, list[Floats]]:
    """Where each unit stands first, and the sums of some values over each."""
    _, first, place = np.unique(unit, return_index=True, return_inverse=True)
    totals = []
    for each in values:
        total = np.zeros((len(first), *each.shape[1:]))
        np.add.at(total, place, each)
        totals.append(total)
    return first, totals
