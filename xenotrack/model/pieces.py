"""The lines of arms estimated together: a mixed model, or the mean of the mice's own lines."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.errors import FitError
from xenotrack.model.growth_fit import Piece, Variances
from xenotrack.model.lines import fit_mouse_lines, mean_line
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.reml import MixedFit, fit_reml
from xenotrack.model.smallsample import REFERENCES
from xenotrack.study.design import Design

Pieces = tuple[tuple[Piece, ...], tuple[Doubt, ...]]


def fit_pieces(rows: LogVolumes, codes: Codes, design: Design, variances: Variances) -> Pieces:
    """The lines of the arms ``codes``: one REML fit an arm, or one for all.

    Arms whose readings do not identify a mixed model get mouse lines, with a doubt.
    """
    groups = [codes] if variances == "pooled" else [np.array([code]) for code in codes]
    pieces: list[Piece] = []
    doubts: list[Doubt] = []
    for group in groups:
        own = rows if len(groups) == 1 else rows.of_arms(np.arange(rows.n_arms) == group[0])
        try:
            pieces.append(_mixed_piece(own, group, design))
        except FitError as error:
            pieces.extend(_lines_piece(own, int(code)) for code in group)
            arms = tuple(design.arm_names[code] for code in group)
            doubts.append(_lines_doubt(arms, error))
    return tuple(pieces), tuple(doubts)


def design_matrices(rows: LogVolumes, codes: Codes, baseline: str) -> tuple[Floats, Floats]:
    """X (n, p) and Z (n, q): intercepts then slopes of the arms, and of the mice."""
    own = (rows.arm[:, None] == codes).astype(float)
    day = rows.day[:, None]
    if rows.through_origin:
        return own * day, day
    ones = np.ones_like(day)
    intercepts = ones if baseline == "common" else own
    return np.hstack([intercepts, own * day]), np.hstack([ones, day])


def lift_of(codes: Codes, rows: LogVolumes, baseline: str) -> Floats:
    """(2a, p): the arms' intercepts and slopes from the model's coefficients."""
    a = len(codes)
    if rows.through_origin:
        return np.vstack([np.zeros((a, a)), np.eye(a)])
    if baseline == "common":
        top = np.hstack([np.ones((a, 1)), np.zeros((a, a))])
        return np.vstack([top, np.hstack([np.zeros((a, 1)), np.eye(a)])])
    return np.eye(2 * a)


def fit_arms(rows: LogVolumes, codes: Codes, baseline: str) -> MixedFit:
    """One mixed model of the readings of these arms, and of no others."""
    X, Z = design_matrices(rows, codes, baseline)
    return fit_reml(rows.y, X, Z, np.unique(rows.mouse, return_inverse=True)[1])


def _mixed_piece(rows: LogVolumes, codes: Codes, design: Design) -> Piece:
    rules = design.rules.growth
    fit = fit_arms(rows, codes, rules.baseline)
    reference = REFERENCES[rules.df](fit)
    lift = lift_of(codes, rows, rules.baseline)
    return Piece(
        arms=tuple(int(code) for code in codes),
        values=lift @ fit.coefficients,
        covariance=lift @ reference.covariance @ lift.T,
        degrees_of_freedom=lambda weights: reference.degrees_of_freedom(weights @ lift),
        mixed=fit,
        joint_test=lambda weights: reference.joint_test(weights @ lift),
    )


def _lines_piece(rows: LogVolumes, code: int) -> Piece:
    lines = fit_mouse_lines(rows)
    values, covariance, df = mean_line(lines, rows.mouse_arm == code)
    return Piece(
        arms=(code,),
        values=values,
        covariance=covariance,
        degrees_of_freedom=lambda weights: np.full(len(weights), df),
        mixed=None,
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
