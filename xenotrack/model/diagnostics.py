"""How a growth model fits: what it leaves of each reading, and what each mouse does to its arm.

With ``V_i = σ²(I + Z_i Ψ Z_i')`` of mouse i and the variances as estimated:

- residual: ``y_i − X_i β − Z_i b_i`` over σ, with ``b_i = σ²Ψ Z_i' V_i⁻¹ (y_i − X_i β)``
  (conditional, as ``residuals(fit, scaled = TRUE)`` of lme4);
- influence: β without mouse i, ``(Σ_{j≠i} X_j' V_j⁻¹ X_j)⁻¹ Σ_{j≠i} X_j' V_j⁻¹ y_j``, the
  variances kept (Cook's case deletion by cluster: Christensen, Pearson & Johnson 1992,
  Technometrics 34:38).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.piece import Piece, each_mouse, linear_model

RESIDUALS = ("mouse", "arm", "day", "fitted", "residual")
ROUNDING = 1e-12  # in ln volume: what lies below is no spread but the arithmetic's
INFLUENCE = ("mouse", "arm", "estimate", "change", "change_in_errors")


def residuals(fit: GrowthFit) -> pd.DataFrame:
    """What is left of each reading: ``mouse arm day fitted residual``.

    ``fitted`` is the mouse's own curve in ln mm³ (or ln V/V₀), ``residual`` in standard deviations
    of a reading, NaN where the arm's lines leave nothing, and of a reading below the limit.
    """
    frames = []
    for piece in fit.pieces:
        own = piece.rows
        fitted, scale = _own_courses(piece)
        left = (own.y - fitted) / scale
        frames.append(
            pd.DataFrame(
                {
                    "mouse": own.mice[own.mouse],
                    "arm": np.array(fit.design.arm_names, dtype=object)[own.arm],
                    "day": own.day,
                    "fitted": fitted,
                    "residual": left if own.below is None else np.where(own.below, np.nan, left),
                }
            )
        )
    return _stacked(frames, RESIDUALS)


def influence(fit: GrowthFit) -> pd.DataFrame:
    """What each mouse does to the rate of its arm: ``mouse arm estimate change change_in_errors``.

    ``estimate`` is the arm's rate (per day) without the mouse, ``change`` what leaving it out
    does to the rate, also in standard errors of the rate (NaN where that has none but rounding).
    """
    rates, weights = fit.rates(), fit.weights_of(fit.rate_asked)
    frames = []
    for piece in fit.pieces:
        mice, left = piece.without_each_mouse
        arm = piece.rows.mouse_arm[mice]
        without = np.einsum("mc,mc->m", left, weights[arm][:, fit.places(piece)])
        change = without - rates.values[arm]
        std_error = np.sqrt(np.diag(rates.covariance)[arm])
        errors = change / np.where(std_error > ROUNDING, std_error, np.nan)
        frames.append(
            pd.DataFrame(
                {
                    "mouse": piece.rows.mice[mice],
                    "arm": np.array(fit.design.arm_names, dtype=object)[arm],
                    "estimate": without,
                    "change": change,
                    "change_in_errors": errors,
                }
            )
        )
    return _stacked(frames, INFLUENCE)


def _stacked(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)


def _own_courses(piece: Piece) -> tuple[Floats, Floats]:
    """Each reading on its mouse's course, and the SD of readings around it, (n,)."""
    own = piece.rows
    if piece.mixed is None:
        # Lines stand in where no mouse has readings enough to differ from its line, or none does.
        lines = fit_mouse_lines(own)
        return lines.intercept[own.mouse] + lines.slope[own.mouse] * own.day, np.full(
            len(own.y), np.nan
        )
    fitted, scale = np.empty((2, len(own.y)))
    as_read = linear_model(own.unweighted, piece.arms, piece.shapes, piece.lift)
    mean = own.y - as_read.y + as_read.X @ piece.mixed.coefficients
    sd = np.ones(len(own.y)) if own.relative_sd is None else own.relative_sd
    for at, y, X, Z, inverse in each_mouse(piece):
        variances = piece.component(int(own.arm[at[0]]))
        left = y - X @ piece.mixed.coefficients
        around = variances.random_covariance @ Z.T @ inverse @ left
        fitted[at] = mean[at] + as_read.Z[at] @ around
        scale[at] = np.sqrt(variances.residual_variance) * sd[at]
    return fitted, scale
