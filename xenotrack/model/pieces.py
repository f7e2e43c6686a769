"""The means of arms estimated together: a mixed model, or the mean of the mice's own lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.errors import FitError
from xenotrack.model.arm_models import Fitted, fit_any, fit_jointly, model_lift, model_of
from xenotrack.model.blocks import linked, one_mouse_a_cell
from xenotrack.model.cages import jackknife_covariance
from xenotrack.model.censored import CensoredFit, Completed
from xenotrack.model.joint_reml import JointFit
from xenotrack.model.lines import fit_mouse_lines, mean_line
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.patterns import Patterns
from xenotrack.model.piece import Piece, given_of, linear_model
from xenotrack.model.remembered import remembered
from xenotrack.model.reml import MixedFit, fit_each
from xenotrack.model.residual_search import with_residuals
from xenotrack.model.robust import ClusteredByMouse
from xenotrack.model.shapes.curve import Curve
from xenotrack.model.shapes.line import Line, Ray
from xenotrack.model.shapes.shape import Shape
from xenotrack.model.smallsample import REFERENCES, KenwardRoger, Normal, Satterthwaite
from xenotrack.study.design import Design

BENT = 2.0  # an arm that moves by so many residual SD may have mice of their own pace


Reference = KenwardRoger | Satterthwaite | Normal | ClusteredByMouse
Pieces = tuple[tuple[Piece, ...], tuple[Doubt, ...]]


def fit_pieces(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], design: Design, pooled: bool
) -> Pieces:
    """The means of the arms ``codes`` of these ``shapes``: one REML fit an arm, or one for all.

    Arms whose readings do not identify a mixed model get mouse lines, with a doubt.
    """
    if one_mouse_a_cell(rows):
        # A block's level would be its mouse's: arms alone, and contrasts within blocks (blocks.py).
        rows, pooled = replace(rows, block=None), False
    groups, thin = together(rows, codes, pooled)
    one_search = not pooled and rows.block is None and design.rules.growth.residual == "constant"
    alone = fit_alone(rows, groups, shapes) if one_search else {}
    pieces = [lines_piece(rows, int(code)) for code in thin]
    doubts = [
        _lines_doubt((design.arm_names[code],), "fewer than three mice with three readings")
        for code in thin
    ]
    for group in groups:
        own = rows.of_arms(np.isin(np.arange(rows.n_arms), group))
        try:
            if group[0] in alone:
                fit, shape = alone[group[0]]
                pieces.append(piece_of(own, group, (shape,), design, fit))
                continue
            pieces.append(mixed_piece(own, group, [shapes[code] for code in group], design))
        except FitError as error:
            arms, reason = tuple(design.arm_names[code] for code in group), str(error)
            placed = _at_limit(own, group, shapes, design)
            if placed is not None:
                pieces.append(placed)
                doubts.append(_placed_doubt(arms, reason, own))
                continue
            pieces.extend(lines_piece(own, int(code)) for code in group)
            doubts.append(_lines_doubt(arms, reason))
    if rows.cage is not None:
        pieces = [caged_piece(piece) for piece in pieces]
    return tuple(sorted(pieces, key=lambda piece: piece.arms)), tuple(doubts)


def together(rows: LogVolumes, codes: Codes, pooled: bool) -> tuple[list[Codes], Codes]:
    """The arms that are fitted together, and those too thin for a model of their own.

    All where one covariance is fitted to all; those that blocks link; else each arm alone.
    """
    if pooled and rows.block is None:
        return [codes], codes[:0]
    thin = codes[rows.placed().mice_with(3)[codes] < 3] if not pooled else codes[:0]
    firm = codes[~np.isin(codes, thin)]
    if rows.block is not None:
        return linked(rows, firm), thin
    return [np.array([code]) for code in firm], thin


def fit_alone(
    rows: LogVolumes, groups: Sequence[Codes], shapes: Sequence[Shape]
) -> dict[int, tuple[MixedFit, Shape]]:
    """Measured arms each by a model of its own, by one search; of own pace where likelier.

    Arms that have readings below the limit, or whose readings do not identify a model, are left
    out, and all of them where a search does not end.
    """
    seen = [int(code) for (code,) in groups if rows.of_arms(_only(rows, code)).is_exact]
    try:
        fits = _fit_side_by_side(rows, {code: shapes[code] for code in seen})
        bent = {code: _bent(shape, fit) for code, (fit, shape) in fits.items()}
        paced = {code: curve for code, curve in bent.items() if curve is not None}
        others = _fit_side_by_side(rows, paced)
    except FitError:
        return {}
    likelier = {
        code: other
        for code, other in others.items()
        if other[0].log_likelihood > fits[code][0].log_likelihood
    }
    return {**fits, **likelier}


def _only(rows: LogVolumes, code: int) -> Bools:
    return np.asarray(np.arange(rows.n_arms) == code)


def _fit_side_by_side(
    rows: LogVolumes, shapes: Mapping[int, Shape]
) -> dict[int, tuple[MixedFit, Shape]]:
    models: dict[int, Patterns] = {}
    for code, shape in shapes.items():
        own = rows.of_arms(_only(rows, code))
        with suppress(FitError):
            models[code] = model_of(own, (code,), (shape,))
    fits = fit_each(list(models.values()))
    return {code: (fit, shapes[code]) for code, fit in zip(models, fits, strict=True)}


def _at_limit(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], design: Design
) -> Piece | None:
    """Arms whose readings below the limit have no top of a likelihood, with these at the limit."""
    if rows.is_exact or rows.placed().mice_with(3)[codes].min() < 3:
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


def mixed_piece(rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], design: Design) -> Piece:
    """Arms by one mixed model; an arm alone with mice of their own pace where that is likelier."""
    rules = design.rules.growth
    if rules.variances == "by_arm" and len(codes) > 1:
        rows = rows.placed()  # the joint likelihood knows no reading below the limit
        return piece_of(rows, codes, shapes, design, fit_jointly(rows, codes, shapes))
    as_read, rows = rows, with_residuals(rows, codes, shapes, rules.residual)
    fitted = fit_any(rows, codes, shapes, rules.baseline)
    alone = len(codes) == 1 and rows.block is None
    if alone and isinstance(shapes[0], Curve) and shapes[0].pace is None:
        fitted, likelier = _likelier_pace(rows, codes, shapes[0], fitted)
        if rules.residual != "constant" and likelier[0].own_pace:
            return mixed_piece(as_read, codes, likelier, design)
        shapes = likelier
    return piece_of(rows, codes, shapes, design, *fitted)


def piece_of(
    rows: LogVolumes,
    codes: Sequence[int] | Codes,
    shapes: Sequence[Shape],
    design: Design,
    fit: MixedFit | JointFit,
    unseen: CensoredFit | None = None,
) -> Piece:
    """Arms as a fitted model has them; readings below the limit are completed at their means."""
    rules = design.rules.growth
    lift = model_lift(rows, shapes, rules.baseline)
    if unseen is not None:
        given = rows.y - linear_model(rows.unweighted, codes, shapes, lift).y
        sd = 1.0 if rows.relative_sd is None else rows.relative_sd
        rows = replace(rows, y=unseen.y * sd + given)
    own = _reference(rows, codes, shapes, lift, fit, rules.df)
    reference = own if unseen is None else Completed(own, unseen)
    joint = reference.joint_test if own.joint_test is not None else None
    return Piece(
        rows=rows,
        arms=tuple(int(code) for code in codes),
        shapes=tuple(shapes),
        lift=lift,
        values=lift @ fit.coefficients + given_of(shapes),
        covariance=lift @ reference.covariance @ lift.T,
        degrees_of_freedom=remembered(lambda weights: reference.degrees_of_freedom(weights @ lift)),
        mixed=fit,
        joint_test=None if joint is None else lambda weights: joint(weights @ lift),
        unseen=unseen,
    )


def _reference(
    rows: LogVolumes,
    codes: Sequence[int] | Codes,
    shapes: Sequence[Shape],
    lift: Floats,
    fit: MixedFit | JointFit,
    name: str,
) -> Reference:
    """How sure the coefficients are: by the declared method, clustered by mouse where it is own
    pace.

    Own pace is a working model: a mouse that bends earlier than its arm is no multiple of it, and
    the model's own variance of such a mouse is too short.
    """
    if name == ClusteredByMouse.name or (shapes[0].own_pace and name != "normal"):
        return ClusteredByMouse(fit, rows, linear_model(rows.unweighted, codes, shapes, lift))
    return REFERENCES[name](fit)


def fitted_again(piece: Piece, rows: LogVolumes, design: Design) -> Piece:
    """The piece of arms by other ``rows`` of theirs, of the same shapes; errors as ``fit_arms``."""
    codes = np.array(piece.arms)
    if len(codes) == 1 and rows.placed().mice_with(3)[codes[0]] < 3:
        raise FitError("fewer than three mice with three readings")
    if len(codes) > 1 and design.rules.growth.variances == "by_arm":
        return mixed_piece(rows, codes, piece.shapes, design)
    start = None if piece.unseen is None else piece.unseen.parameters
    rows = with_residuals(rows, codes, piece.shapes, design.rules.growth.residual)
    fitted = fit_any(rows, codes, piece.shapes, design.rules.growth.baseline, start)
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
    _, X, Z = linear_model(rows, piece.arms, piece.shapes, piece.lift)
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
    paced = _bent(curve, fit)
    if paced is None:
        return fitted, (curve,)
    try:
        other = fit_any(rows, codes, (paced,))
    except FitError:
        return fitted, (curve,)
    likelier = other[0].log_likelihood > fit.log_likelihood
    return (other, (paced,)) if likelier else (fitted, (curve,))


def _bent(shape: Shape, fit: MixedFit) -> Curve | None:
    """The curve with mice of their own pace; none for another shape or an arm that hardly moves."""
    if not isinstance(shape, Curve) or shape.pace is not None:
        return None
    moved = np.ptp(fit.coefficients)
    bent = moved > BENT * np.sqrt(fit.residual_variance)
    return shape.paced(fit.coefficients) if bent else None


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


def _placed_doubt(arms: tuple[str, ...], reason: str, rows: LogVolumes) -> Doubt:
    if not rows.n_below:
        return Doubt(
            "rounding-not-fitted",
            arms,
            "growth",
            f"What rounding left open could not be estimated for {', '.join(arms)} "
            f"({reason.rstrip('.')}): its diameters count as they were written.",
        )
    return Doubt(
        "at-the-limit",
        arms,
        "growth",
        f"What lies below the limit could not be estimated for {', '.join(arms)} "
        f"({reason.rstrip('.')}): the first reading of each run below it stands at the limit, "
        "and the rates may be lower.",
    )


def _lines_doubt(arms: tuple[str, ...], reason: str) -> Doubt:
    return Doubt(
        "mouse-lines",
        arms,
        "growth",
        f"The readings of {', '.join(arms)} do not identify a mixed model "
        f"({reason.rstrip('.')}): a line was fitted to each mouse, and arms are compared by "
        "Welch's test.",
    )
