"""What an error of the calipers does to ln volume: the slopes of the volume formula."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.study.study import Study
from xenotrack.study.volume import FORMULAS

DIAMETERS = ("length_mm", "width_mm", "height_mm")


def caliper_errors(study: Study) -> Floats:
    """The SD of ln V per millimetre of error in each diameter, at a tumour of 1 mm³, by mouse (m,).

    Of a mouse's own shape, in the median of its readings; without diameters of those of the study,
    and else of a ball. A tumour of V mm³ has V^(−⅓) of it: all formulas are of third degree.
    """
    rows = study.measurements
    formula = study.design.rules.volume.formula
    each = shape_error(rows[list(DIAMETERS)].to_numpy(dtype=float), formula)
    usual = np.nanmedian(each) if np.isfinite(each).any() else shape_error(np.ones((1, 3)), formula)
    by_mouse = rows.assign(_error=each).groupby("mouse")["_error"].median()
    own = study.mice["mouse"].map(by_mouse).to_numpy(dtype=float)
    return np.where(np.isfinite(own), own, usual)


def shape_error(diameters: Floats, formula: str) -> Floats:
    """``V^⅓ √Σ (∂ ln V / ∂d)²`` of diameters (n, 3) in mm; NaN where one that counts is missing.

    >>> round(float(shape_error(np.array([[10.0, 8, np.nan]]), "half_lw2")[0]), 4)
    1.8417
    """
    volume = FORMULAS[formula].volume
    sizes = np.where(diameters > 0, diameters, np.nan)
    step = 1e-4
    square = np.zeros(len(sizes))
    for place in range(3 if FORMULAS[formula].needs_height else 2):
        up, down = sizes.copy(), sizes.copy()
        up[:, place] *= 1 + step
        down[:, place] *= 1 - step
        slope = np.log(volume(*up.T) / volume(*down.T)) / (2 * step * sizes[:, place])
        square += slope**2
    return np.asarray(np.sqrt(square) * np.cbrt(volume(*sizes.T)))
