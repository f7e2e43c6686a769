"""How much readings differ in their scatter, as the likelihood of an arm has it.

One parameter at most: the power of the diameter that the standard deviation of a reading goes by,
or the correlation of two readings a day apart. Its top is looked for along the profile of the
restricted likelihood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.model.arm_models import fit_any, model_lift, model_of
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.piece import linear_model
from xenotrack.model.reml import MixedFit, fit_each, inside
from xenotrack.model.residual import half_log_det
from xenotrack.model.shapes.shape import Shape

Form = Callable[[float], LogVolumes]  # the readings, as they scatter with a parameter
CLOSE = 1e-6  # of a power or a correlation: rates move by far less
POWERS = np.linspace(-3.0, 3.0, 9)
# Of two readings one usual step apart; without any, and so close to 1 that it is a course.
CORRELATIONS = np.array([0.0, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.99])


def with_residuals(
    rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], residual: str
) -> LogVolumes:
    """The readings of arms that are fitted together, with how they scatter.

    Errors as those of the fit.
    """
    if residual == "constant":
        return rows
    if residual == "car1":
        step = _usual_step(rows)
        return _highest(
            lambda r: replace(rows, day_correlation=r ** (1 / step) if r > 0 else None),
            CORRELATIONS, codes, shapes,
        )  # fmt: skip
    size = diameters(rows, codes, shapes)
    if residual == "caliper":
        shape = 1.0 if rows.caliper is None else rows.caliper[rows.mouse]
        return replace(rows, relative_sd=shape / size)
    relative = size / np.exp(np.mean(np.log(size)))
    return _highest(
        lambda power: replace(rows, relative_sd=relative**power, size_power=power),
        POWERS, codes, shapes,
    )  # fmt: skip


def diameters(rows: LogVolumes, codes: Codes, shapes: Sequence[Shape]) -> Floats:
    """The cube root of the volume on each mouse's own course, (n,), readings scattering alike.

    Not that of the readings: one that is too small by its error would count as a bad one. No
    smaller than the smallest that was measured.
    """
    fit, _ = fit_any(rows, codes, shapes)
    course = own_course(rows, codes, shapes, fit)
    measured = rows.y if rows.below is None else rows.y[~rows.below]
    return np.exp(np.maximum(course, measured.min()) / 3)


def own_course(rows: LogVolumes, codes: Codes, shapes: Sequence[Shape], fit: MixedFit) -> Floats:
    """ln volume of each reading on the course of its mouse, as predicted (n,)."""
    rows = rows.unweighted
    lift = model_lift(rows, shapes, "arm")
    y, X, Z = linear_model(rows, codes, shapes, lift)
    mean = X @ fit.coefficients
    mouse = np.unique(rows.mouse, return_inverse=True)[1]
    A = np.zeros((mouse[-1] + 1, Z.shape[1], Z.shape[1]))
    c = np.zeros(A.shape[:2])
    np.add.at(A, mouse, Z[:, :, None] * Z[:, None, :])
    np.add.at(c, mouse, Z * (y - mean)[:, None])
    psi = fit.random_covariance
    own = np.linalg.solve(fit.residual_variance * np.eye(len(psi)) + psi @ A, (c @ psi)[..., None])
    return np.asarray(rows.y - y + mean + (Z * own[mouse, :, 0]).sum(axis=1))


def _usual_step(rows: LogVolumes) -> float:
    """The median number of days from a mouse's reading to its next."""
    step = np.diff(rows.day)[rows.mouse[1:] == rows.mouse[:-1]]
    return float(np.median(step))


def _highest(form: Form, grid: Floats, codes: Codes, shapes: Sequence[Shape]) -> LogVolumes:
    """The form of the highest likelihood of measured readings."""
    # Only these residuals come here, and the import takes a fifth of a start.
    from scipy.optimize import minimize_scalar

    forms = [form(at) for at in grid.tolist()]
    fits = fit_each([model_of(own.measured, codes, shapes) for own in forms])
    heights = [_deviance(*each) for each in zip(fits, forms, strict=True)]
    best = int(np.argmin(heights))
    near = [inside(fits[best].factor @ fits[best].factor.T)]

    def deviance(at: float) -> float:
        own = form(float(at))
        return _deviance(fit_each([model_of(own.measured, codes, shapes)], near)[0], own)

    ends = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(deviance, bounds=ends, method="bounded", options={"xatol": CLOSE})
    return form(float(found.x)) if found.fun < heights[best] else forms[best]


def _deviance(fit: MixedFit, own: LogVolumes) -> float:
    return half_log_det(own.measured) - fit.log_likelihood
