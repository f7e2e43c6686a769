"""How a growth model fits: what it leaves of each reading, and what each mouse does to its arm.

With ``V_i = σ²(I + Z_i Ψ Z_i')`` of mouse i and the variances as estimated:

- residual: ``y_i − X_i β − Z_i b_i`` over σ, with ``b_i = σ²Ψ Z_i' V_i⁻¹ (y_i − X_i β)``
  (conditional, as ``residuals(fit, scaled = TRUE)`` of lme4);
- influence: β without mouse i, ``(Σ_{j≠i} X_j' V_j⁻¹ X_j)⁻¹ Σ_{j≠i} X_j' V_j⁻¹ y_j``, the
  variances kept (Cook's case deletion by cluster: Christensen, Pearson & Johnson 1992,
  Technometrics 34:38).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.model.growth_fit import GrowthFit, Piece
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.pieces import design_matrices, lift_of
from xenotrack.model.reml import MixedFit

RESIDUALS = ("mouse", "arm", "day", "fitted", "residual")
ROUNDING = 1e-12  # in ln volume: what lies below is no spread but the arithmetic's
INFLUENCE = ("mouse", "arm", "estimate", "change", "change_in_errors")


def residuals(fit: GrowthFit, rows: LogVolumes) -> pd.DataFrame:
    """What is left of each reading: ``mouse arm day fitted residual``.

    ``fitted`` is the mouse's own line in ln mm³ (or ln V/V₀), ``residual`` in standard deviations
    of a reading, NaN where the arm's lines leave nothing; ``rows`` are those that were fitted.
    """
    frames = []
    for piece in fit.pieces:
        own = _rows_of(piece, rows)
        fitted, scale = _own_lines(piece, own, fit.design.rules.growth.baseline)
        frames.append(
            pd.DataFrame(
                {
                    "mouse": rows.mice[own.mouse],
                    "arm": np.array(fit.design.arm_names, dtype=object)[own.arm],
                    "day": own.day,
                    "fitted": fitted,
                    "residual": (own.y - fitted) / scale,
                }
            )
        )
    return _stacked(frames, RESIDUALS)


def influence(fit: GrowthFit, rows: LogVolumes) -> pd.DataFrame:
    """What each mouse does to the rate of its arm: ``mouse arm estimate change change_in_errors``.

    ``estimate`` is the arm's rate (per day) without the mouse, ``change`` what leaving it out
    does to the rate, also in standard errors of the rate (NaN where that has none but rounding).
    """
    k = len(fit.tested)
    frames = []
    for piece in fit.pieces:
        own = _rows_of(piece, rows)
        mice, without = _rates_without(piece, own, fit.design.rules.growth.baseline)
        arm = rows.mouse_arm[mice]
        change = without - fit.values[k + arm]
        std_error = np.sqrt(np.diag(fit.covariance)[k + arm])
        errors = change / np.where(std_error > ROUNDING, std_error, np.nan)
        frames.append(
            pd.DataFrame(
                {
                    "mouse": rows.mice[mice],
                    "arm": np.array(fit.design.arm_names, dtype=object)[arm],
                    "estimate": without,
                    "change": change,
                    "change_in_errors": errors,
                }
            )
        )
    return _stacked(frames, INFLUENCE)


def _rows_of(piece: Piece, rows: LogVolumes) -> LogVolumes:
    return rows.of_arms(np.isin(np.arange(rows.n_arms), piece.arms))


def _stacked(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)


def _own_lines(piece: Piece, own: LogVolumes, baseline: str) -> tuple[Floats, float]:
    """Each reading on its mouse's line, (n,), and the standard deviation of readings around it."""
    if piece.mixed is None:
        # Lines stand in where no mouse has readings enough to differ from its line, or none does.
        lines = fit_mouse_lines(own)
        return lines.intercept[own.mouse] + lines.slope[own.mouse] * own.day, np.nan
    fitted = np.empty_like(own.y)
    for at, X, Z, inverse in _mice(piece.mixed, piece, own, baseline):
        left = own.y[at] - X @ piece.mixed.coefficients
        around = piece.mixed.random_covariance @ Z.T @ inverse @ left
        fitted[at] = X @ piece.mixed.coefficients + Z @ around
    return fitted, float(np.sqrt(piece.mixed.residual_variance))


def _rates_without(piece: Piece, own: LogVolumes, baseline: str) -> tuple[NDArray[np.intp], Floats]:
    """The mice of a piece, and the rate of each one's arm when it is left out."""
    if piece.mixed is None:
        slope = fit_mouse_lines(own).slope
        mice = np.flatnonzero(~np.isnan(slope) & (own.readings_by_mouse() > 0))
        return mice, (slope[mice].sum() - slope[mice]) / (len(mice) - 1)
    mice = np.unique(own.mouse)
    codes = np.array(piece.arms)
    to_slopes = lift_of(codes, own, baseline)[len(codes) :]
    known, seen = [], []
    for at, X, _, inverse in _mice(piece.mixed, piece, own, baseline):
        known.append(X.T @ inverse @ X)
        seen.append(X.T @ inverse @ own.y[at])
    # Every arm that was fitted has two mice with lines, so one is left whichever goes.
    left, right = np.sum(known, axis=0) - known, np.sum(seen, axis=0) - seen
    slopes = np.linalg.solve(left, right[..., None])[..., 0] @ to_slopes.T
    place = np.searchsorted(codes, own.mouse_arm[mice])
    return mice, slopes[np.arange(len(mice)), place]


def _mice(
    mixed: MixedFit, piece: Piece, own: LogVolumes, baseline: str
) -> Iterator[tuple[NDArray[np.intp], Floats, Floats, Floats]]:
    """Of each mouse: where its readings are, its rows of X and Z, and the inverse of its V."""
    X, Z = design_matrices(own, np.array(piece.arms), baseline)
    starts = np.flatnonzero(np.r_[True, own.mouse[1:] != own.mouse[:-1]])
    for at in np.split(np.arange(len(own.y)), starts[1:]):
        V = Z[at] @ mixed.random_covariance @ Z[at].T
        V[np.diag_indices_from(V)] += mixed.residual_variance
        yield at, X[at], Z[at], np.asarray(np.linalg.inv(V), dtype=np.float64)
