"""How far mice differ: the variance components of a growth fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.piece import Piece
from xenotrack.model.reml import Component

COMPONENTS = (
    *("arms", "residual_sd", "residual_power", "day_correlation", "intercept_sd", "slope_sd"),
    *("correlation", "rank", "log_likelihood"),
)


def variance_components(fit: GrowthFit) -> pd.DataFrame:
    """A row an arm, or the arms of one covariance: standard deviations per reading (ln volume),
    between mice at day 0, and between mice per day (over the arm's follow-up).

    Of readings that do not scatter alike, ``residual_sd`` is that of one at the geometric mean of
    the diameters (``power``) or the error of a diameter in mm (``caliper``).
    """
    rows = [
        {
            "arms": ", ".join(fit.design.arm_names[code] for code in arms),
            **_deviations(own, *_directions(fit, piece)),
            "residual_power": _or_nan(piece.rows.size_power),
            "day_correlation": _or_nan(piece.rows.day_correlation),
            "log_likelihood": piece.mixed.log_likelihood,
        }
        for piece in fit.pieces
        if piece.mixed is not None
        for arms, own in _of_arms(piece)
    ]
    return pd.DataFrame(rows, columns=list(COMPONENTS))


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _of_arms(piece: Piece) -> Iterator[tuple[tuple[int, ...], Component]]:
    """The arms of each covariance."""
    found = () if piece.mixed is None else piece.mixed.components
    groups = [piece.arms] if len(found) == 1 else [(code,) for code in piece.arms]
    yield from zip(groups, found, strict=True)


def _deviations(own: Component, start: Floats, rate: Floats) -> dict[str, float]:
    spread = own.random_covariance
    intercept = start @ spread @ start if start.any() else np.nan
    slope = rate @ spread @ rate
    product = np.sqrt(intercept * slope)
    return {
        "residual_sd": np.sqrt(own.residual_variance),
        "intercept_sd": np.sqrt(intercept),
        "slope_sd": np.sqrt(slope),
        "correlation": start @ spread @ rate / product if product > 0 else np.nan,
        "rank": own.rank,
    }


def _directions(fit: GrowthFit, piece: Piece) -> tuple[Floats, Floats]:
    """Where a mouse of a piece stands on day 0, and its rate, in its random directions."""
    code, shape = piece.arms[0], piece.shapes[0]
    until = fit.follow_up.until_day[code]
    at = shape.random(np.array([0.0, until if until > 0 else 1.0]))
    return at[0], (at[1] - at[0]) / (until if until > 0 else 1.0)
