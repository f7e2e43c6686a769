"""The coefficients of all arms, as the pieces of a growth fit hold them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Floats
from xenotrack.model.piece import Piece
from xenotrack.model.shapes.shape import Shape
from xenotrack.response.welch import welch_df


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The coefficients of ``n_arms`` arms, one arm after the other.

    ``pieces`` are independent of one another; those ``listed`` have no standard error. A fit over
    other days has mostly the same pieces, and asks for nothing that depends on days.
    """

    pieces: tuple[Piece, ...]
    listed: tuple[Piece, ...]
    n_arms: int

    @cached_property
    def tested(self) -> Bools:
        """Which arms have a standard error, (k,)."""
        codes = [code for piece in self.pieces for code in piece.arms]
        tested: Bools = np.isin(np.arange(self.n_arms), codes)
        return tested

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of every arm."""
        of = {
            code: shape
            for piece in (*self.pieces, *self.listed)
            for code, shape in zip(piece.arms, piece.shapes, strict=True)
        }
        return tuple(of[code] for code in range(self.n_arms))

    @cached_property
    def blocks(self) -> tuple[NDArray[np.intp], ...]:
        """Where the coefficients of each arm stand among those of all."""
        sizes = [shape.size for shape in self.shapes]
        return tuple(np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1]))

    def places(self, piece: Piece) -> NDArray[np.intp]:
        """Where those of a piece stand."""
        return np.concatenate([self.blocks[code] for code in piece.arms])

    @cached_property
    def _placed(self) -> tuple[tuple[Piece, NDArray[np.intp]], ...]:
        return tuple((piece, self.places(piece)) for piece in self.pieces)

    @cached_property
    def values(self) -> Floats:
        """All of them; NaN where an arm has none."""
        values = np.full(sum(shape.size for shape in self.shapes), np.nan)
        for piece in (*self.pieces, *self.listed):
            values[self.places(piece)] = piece.values
        return values

    @cached_property
    def covariance(self) -> Floats:
        """The covariance of all; NaN for arms that are only listed."""
        covariance = np.zeros((len(self.values), len(self.values)))
        for piece in self.pieces:
            own = self.places(piece)
            covariance[np.ix_(own, own)] = piece.covariance
        for piece in self.listed:
            own = self.places(piece)
            covariance[own], covariance[:, own] = np.nan, np.nan
        return covariance

    @cached_property
    def filled(self) -> tuple[Bools, Floats, Floats]:
        """Which arms have values, (k,), and values and covariance with 0 for the others."""
        known = np.array([np.isfinite(self.values[block]).all() for block in self.blocks])
        return known, np.nan_to_num(self.values), np.nan_to_num(self.covariance)

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        """Degrees of freedom of weighted sums (m, c) of ``values``.

        Within a piece by its own reference; across pieces by ``welch_df``.
        """
        variance = np.zeros((len(weights), len(self.pieces)))
        df = np.full_like(variance, np.inf)
        touched: Bools = np.any(weights, axis=0)
        for column, (piece, places) in enumerate(self._placed):
            if not touched[places].any():
                continue
            of_piece = weights[:, places]
            used = of_piece.any(axis=1)
            own = of_piece[used]
            variance[used, column] = ((own @ piece.covariance) * own).sum(axis=1)
            df[used, column] = piece.degrees_of_freedom(own)
        pooled = welch_df(variance, df)
        # One piece alone: its own df, without the detour that loses 0/0 at a zero variance.
        single = (variance > 0).sum(axis=1) == 1
        alone = df[np.arange(len(weights)), variance.argmax(axis=1)] if len(self.pieces) else pooled
        return np.where(single, alone, pooled)
