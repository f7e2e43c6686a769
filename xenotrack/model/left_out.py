"""Arms without each of their mice, fitted anew: all of these fits by one search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xenotrack.errors import FitError
from xenotrack.model.patterns import Patterns, patterns_without_each
from xenotrack.model.piece import Piece, linear_model
from xenotrack.model.pieces import piece_of
from xenotrack.model.reml import MixedFit, fit_each, inside
from xenotrack.study.design import Design


def without_each_mouse(pieces: Sequence[Piece], design: Design) -> list[dict[int, Piece]]:
    """Pieces of one measured arm without each of their mice (codes), variances fitted anew.

    Shapes stay, own pace included. Mice without which an arm needs another model are not among
    them, and none of arms that are fitted together, by cages, or with readings below the limit.
    """
    models = [
        (place, mouse, data, inside(piece.mixed.factor @ piece.mixed.factor.T))
        for place, piece in enumerate(pieces)
        if isinstance(piece.mixed, MixedFit)
        for mouse, data in _patterns(piece)
    ]
    try:
        fits = fit_each([data for *_, data, _ in models], [near for *_, near in models])
    except FitError:
        return [{} for _ in pieces]
    left: list[dict[int, Piece]] = [{} for _ in pieces]
    for (place, mouse, data, _), fit in zip(models, fits, strict=True):
        piece = pieces[place]
        if fit.residual_variance * data.n > 1e-9 * data.yy:
            rows = piece.rows.without(mouse)
            left[place][mouse] = piece_of(rows, piece.arms, piece.shapes, design, fit)
    return left


def _patterns(piece: Piece) -> list[tuple[int, Patterns]]:
    """The mice without which the model of an arm may stay, with the patterns of the others."""
    rows = piece.rows
    if len(piece.arms) > 1 or piece.unseen is not None or rows.cage is not None:
        return []
    y, X, Z = linear_model(rows, piece.arms, piece.shapes, piece.lift)
    mice, group = np.unique(rows.mouse, return_inverse=True)
    firm = np.bincount(group) >= 3
    each = zip(mice, patterns_without_each(y, X, Z, group), firm, strict=True)
    return [
        (int(mouse), data)
        for mouse, data, is_firm in each
        if data is not None and firm.sum() - is_firm >= 3
    ]
