"""The means of arms estimated together: a mixed model, or the mean of the mice's own lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.errors import FitError
from xenotrack.model.cages import jackknife_covariance
from xenotrack.model.censored import CensoredFit, Completed, fit_censored
from xenotrack.model.lines import fit_mouse_lines, mean_line
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.piece import Piece, design_matrices, lift_of
from xenotrack.model.reml import MixedFit, fit_reml
from xenotrack.model.shapes.curve import Curve
from xenotrack.model.shapes.line import Line, Ray
from xenotrack.model.shapes.shape import Shape
from xenotrack.model.smallsample import REFERENCES
from xenotrack.study.design import Design

BENT = 2.0  # an arm that moves by so many residual SD may have mice of their own pace


Pieces = tuple[tuple[Piece, ...], tuple[Doubt, ...]]
Fitted = tuple[MixedFit, CensoredFit | None]  # the second where readings are below the limit


def fit_pieces(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], design: Design, pooled: bool
) -> Pieces:
    """The means of the arms ``codes`` of these ``shapes``: one REML fit an arm, or one for all.

    Arms whose readings do not identify a mixed model get mouse lines, with a doubt.
    """
    groups = [codes] if pooled else [np.array([code]) for code in codes]
    pieces: list[Piece] = []
    doubts: list[Doubt] = []
    for group in groups:
        own = rows if len(groups) == 1 else rows.of_arms(np.arange(rows.n_arms) == group[0])
        try:
            if not pooled and own.placed().mice_with(3)[group[0]] < 3:
                raise FitError("fewer than three mice with three readings")
            pieces.append(mixed_piece(own, group, [shapes[code] for code in group], design))
        except FitError as error:
            placed = _at_limit(own, group, shapes, design)
            if placed is not None:
                pieces.append(placed)
                doubts.append(_placed_doubt(tuple(design.arm_names[code] for code in group), error))
                continue
            pieces.extend(lines_piece(own, int(code)) for code in group)
            arms = tuple(design.arm_names[code] for code in group)
            doubts.append(_lines_doubt(arms, error))
    if rows.cage is not None:
        pieces = [caged_piece(piece) for piece in pieces]
    return tuple(pieces), tuple(doubts)


def _at_limit(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], design: Design
) -> Piece | None:
    """Arms whose readings below the limit have no top of a likelihood, with these at the limit."""
    if not rows.n_below or rows.placed().mice_with(3)[codes].min() < 3:
        return None
    try:
        return mixed_piece(rows.placed(), codes, [shapes[code] for code in codes], design)
    except FitError:
        return None


def caged_piece(piece: Piece) -> Piece:
    """The same means with the cage as the unit: the jackknife's covariance over cages."""
    _, left = piece.without_each_unit
    df = float(len(left) - 1)
    return replace(
        piece,
        covariance=jackknife_covariance(left),
        degrees_of_freedom=lambda weights: np.full(len(weights), df),
        joint_test=None,
    )


def fit_arms(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], baseline: str = "arm"
) -> MixedFit:
    """One mixed model of the readings of these arms, and of no others; all of them measured."""
    X, Z = design_matrices(rows, codes, shapes, lift_of(shapes, baseline))
    return fit_reml(rows.y, X, Z, np.unique(rows.mouse, return_inverse=True)[1])


def _fit_any(
    rows: LogVolumes,
    codes: Codes,
    shapes: Sequence[Shape],
    baseline: str = "arm",
    start: Floats | None = None,
) -> Fitted:
    """The same where readings may be below the limit."""
    if not rows.n_below or rows.below is None:
        return fit_arms(rows, codes, shapes, baseline), None
    X, Z = design_matrices(rows, codes, shapes, lift_of(shapes, baseline))
    group = np.unique(rows.mouse, return_inverse=True)[1]
    unseen = fit_censored(rows.y, X, Z, group, rows.below, start)
    return unseen.mixed, unseen


def mixed_piece(rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], design: Design) -> Piece:
    """Arms by one mixed model; an arm alone with mice of their own pace where that is likelier."""
    rules = design.rules.growth
    fitted = _fit_any(rows, codes, shapes, rules.baseline)
    if len(codes) == 1 and isinstance(shapes[0], Curve) and shapes[0].pace is None:
        fitted, shapes = _likelier_pace(rows, codes, shapes[0], fitted)
    return piece_of(rows, codes, shapes, design, *fitted)


def piece_of(
    rows: LogVolumes,
    codes: Sequence[int] | Codes,
    shapes: Sequence[Shape],
    design: Design,
    fit: MixedFit,
    unseen: CensoredFit | None = None,
) -> Piece:
    """Arms as a fitted model has them; readings below the limit are completed at their means."""
    rules = design.rules.growth
    own = REFERENCES[rules.df](fit)
    reference = own if unseen is None else Completed(own, unseen)
    lift = lift_of(shapes, rules.baseline)
    return Piece(
        rows=rows if unseen is None else replace(rows, y=unseen.y),
        arms=tuple(int(code) for code in codes),
        shapes=tuple(shapes),
        lift=lift,
        values=lift @ fit.coefficients,
        covariance=lift @ reference.covariance @ lift.T,
        degrees_of_freedom=lambda weights: reference.degrees_of_freedom(weights @ lift),
        mixed=fit,
        joint_test=lambda weights: reference.joint_test(weights @ lift),
        unseen=unseen,
    )


def fitted_again(piece: Piece, rows: LogVolumes, design: Design) -> Piece:
    """The piece of arms by other ``rows`` of theirs, of the same shapes; errors as ``fit_arms``."""
    codes = np.array(piece.arms)
    if len(codes) == 1 and rows.placed().mice_with(3)[codes[0]] < 3:
        raise FitError("fewer than three mice with three readings")
    start = None if piece.unseen is None else piece.unseen.parameters
    fitted = _fit_any(rows, codes, piece.shapes, design.rules.growth.baseline, start)
    found = piece_of(rows, codes, piece.shapes, design, *fitted)
    return found if rows.cage is None else caged_piece(found)


def step_without(piece: Piece, mouse: int, design: Design) -> Piece | None:
    """A piece with readings below the limit without one mouse: a step from the fit of all mice.

    Variances, and what readings below the limit are completed to, stay as they are. None where
    nothing is below the limit, or too few readings are left.
    """
    codes, rows = np.unique(piece.rows.mouse), piece.rows.without(mouse)
    if piece.unseen is None or mouse not in codes or len(codes) < 3:
        return None
    X, Z = design_matrices(rows, piece.arms, piece.shapes, piece.lift)
    try:
        unseen = piece.unseen.without_mouse(int(np.searchsorted(codes, mouse)), X, Z)
    except FitError:
        return None
    found = piece_of(rows, piece.arms, piece.shapes, design, unseen.mixed, unseen)
    return found if rows.cage is None else caged_piece(found)


def _likelier_pace(
    rows: LogVolumes, codes: Codes, curve: Curve, fitted: Fitted
) -> tuple[Fitted, Sequence[Shape]]:
    """The fit with mice of one slope, or of their own pace, by REML on the same mean.

    An arm that hardly moves has no direction of its own to follow.
    """
    fit = fitted[0]
    moved = np.ptp(fit.coefficients)
    if moved <= BENT * np.sqrt(fit.residual_variance):
        return fitted, (curve,)
    paced = curve.paced(fit.coefficients)
    try:
        other = _fit_any(rows, codes, (paced,))
    except FitError:
        return fitted, (curve,)
    likelier = other[0].log_likelihood > fit.log_likelihood
    return (other, (paced,)) if likelier else (fitted, (curve,))


def lines_piece(rows: LogVolumes, code: int) -> Piece:
    """An arm as the mean of its mice's own lines; NaN where fewer than two have one."""
    rows = rows.placed()
    lines = fit_mouse_lines(rows)
    values, covariance, df = mean_line(lines, rows.mouse_arm == code)
    shape = Ray() if rows.through_origin else Line()
    return Piece(
        rows=rows.of_arms(np.arange(rows.n_arms) == code),
        arms=(code,),
        shapes=(shape,),
        lift=np.eye(shape.size),
        values=values[-shape.size :],
        covariance=covariance[-shape.size :, -shape.size :],
        degrees_of_freedom=lambda weights: np.full(len(weights), df),
        mixed=None,
    )


def _placed_doubt(arms: tuple[str, ...], error: FitError) -> Doubt:
    return Doubt(
        "at-the-limit",
        arms,
        "growth",
        f"What lies below the limit could not be estimated for {', '.join(arms)} "
        f"({str(error).rstrip('.')}): the first reading of each run below it stands at the limit, "
        "and the rates may be lower.",
    )


def _lines_doubt(arms: tuple[str, ...], error: FitError) -> Doubt:
    return Doubt(
        "mouse-lines",
        arms,
        "growth",
        f"The readings of {', '.join(arms)} do not identify a mixed model "
        f"({str(error).rstrip('.')}): a line was fitted to each mouse, and arms are compared by "
        "Welch's test.",
    )
