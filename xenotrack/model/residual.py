"""How readings scatter about a mouse's own course: all alike, by their size, or near in time.

    e ~ N(0, σ²R),    R = S C S,

S the relative standard deviation of each reading, C the correlation of a mouse's readings,
``ρ^|t − s|`` of days t and s. With R = LL' the model of L⁻¹y, L⁻¹X and L⁻¹Z has residuals of one
variance, so that the rest of the engine need not know (Pinheiro & Bates 2000, Mixed-Effects Models
in S and S-PLUS, 5.1).
"""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.log_volume import LogVolumes


def whitened(rows: LogVolumes, *values: Floats) -> tuple[Floats, ...]:
    """L⁻¹ of values of each reading, (n,) or (n, c); as they are where all readings are alike."""
    if rows.relative_sd is not None:
        values = tuple((value.T / rows.relative_sd).T for value in values)
    if not rows.day_correlation:
        return values
    later, shared, own = _steps(rows)
    return tuple(_less_the_last(value, later, shared, own) for value in values)


def _less_the_last(value: Floats, later: Codes, shared: Floats, own: Floats) -> Floats:
    found = value.copy()
    found[later] = ((value[later].T - shared * value[later - 1].T) / own).T
    return found


def _steps(rows: LogVolumes) -> tuple[Codes, Floats, Floats]:
    """Readings after another one of their mouse, their correlation with it and the SD left."""
    later = np.flatnonzero(rows.mouse[1:] == rows.mouse[:-1]) + 1
    step = rows.day[later] - rows.day[later - 1]
    if len(step) and step.min() <= 0:
        raise FitError("a mouse was read twice on a day, and readings may be correlated in time")
    shared = np.asarray(rows.day_correlation or 0.0) ** step
    return later, shared, np.sqrt(1 - shared**2)


def half_log_det(rows: LogVolumes) -> float:
    """½ log|R|, of the readings that are measured: what the likelihood has beyond that of L⁻¹y."""
    total = 0.0
    if rows.relative_sd is not None:
        measured = slice(None) if rows.below is None else ~rows.below
        total += float(np.log(rows.relative_sd[measured]).sum())
    if rows.day_correlation:
        total += float(np.log(_steps(rows)[2]).sum())
    return total


def relative_covariance(rows: LogVolumes, at: Codes) -> Floats:
    """R of readings (…, n) of one mouse, or of several of as many, (…, n, n)."""
    sd = np.ones(at.shape) if rows.relative_sd is None else rows.relative_sd[at]
    both = sd[..., :, None] * sd[..., None, :]
    if not rows.day_correlation:
        return both * np.eye(at.shape[-1])
    day = rows.day[at]
    apart = np.abs(day[..., :, None] - day[..., None, :])
    return np.asarray(both * rows.day_correlation**apart)
