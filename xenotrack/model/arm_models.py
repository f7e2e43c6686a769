"""The mixed model of some arms: what the likelihood asks of their readings, and its top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.model.censored import CensoredFit, fit_censored
from xenotrack.model.joint_reml import JointFit, fit_joint
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.patterns import Patterns, summarise, summarise_parts
from xenotrack.model.piece import block_columns, lift_of, linear_model
from xenotrack.model.reml import MixedFit, fit_patterns
from xenotrack.model.residual import half_log_det
from xenotrack.model.shapes.shape import Shape

Fitted = tuple[MixedFit, CensoredFit | None]  # the second where readings are below the limit


def fit_arms(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], baseline: str = "arm"
) -> MixedFit:
    """One mixed model of the readings of these arms, and of no others; all of them measured."""
    return _of_readings(fit_patterns(model_of(rows, codes, shapes, baseline)), rows)


def model_of(
    rows: LogVolumes, codes: Sequence[int] | Codes, shapes: Sequence[Shape], baseline: str = "arm"
) -> Patterns:
    """What the likelihood of that model asks of the readings."""
    model = linear_model(rows, codes, shapes, model_lift(rows, shapes, baseline))
    return summarise(*model, np.cumsum(np.r_[False, rows.mouse[1:] != rows.mouse[:-1]]))


def fit_jointly(rows: LogVolumes, codes: Codes, shapes: Sequence[Shape]) -> JointFit:
    """The same with a covariance of each arm: what they share is their blocks."""
    model = linear_model(rows, codes, shapes, model_lift(rows, shapes, "arm"))
    arm = np.searchsorted(codes, rows.arm)
    return fit_joint(summarise_parts(*model, rows.mouse, arm))


def model_lift(rows: LogVolumes, shapes: Sequence[Shape], baseline: str) -> Floats:
    """The arms' coefficients from those of a model of these readings, blocks included."""
    return lift_of(shapes, baseline, block_columns(rows).shape[1])


def fit_any(
    rows: LogVolumes,
    codes: Codes,
    shapes: Sequence[Shape],
    baseline: str = "arm",
    start: Floats | None = None,
) -> Fitted:
    """The same where readings may be below the limit, or rounded."""
    if rows.is_exact:
        return fit_arms(rows, codes, shapes, baseline), None
    model = linear_model(rows, codes, shapes, model_lift(rows, shapes, baseline))
    group = np.unique(rows.mouse, return_inverse=True)[1]
    unseen = fit_censored(*model, group, rows.unsure, start, rows.ends)
    return _of_readings(unseen.mixed, rows), unseen


def _of_readings(fit: MixedFit, rows: LogVolumes) -> MixedFit:
    """With the likelihood of the readings themselves, where the fit is of whitened ones."""
    missing = half_log_det(rows)
    return replace(fit, log_likelihood=fit.log_likelihood - missing) if missing else fit
