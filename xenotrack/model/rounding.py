"""What rounded diameters leave open of ln volume: how far below and above a reading it may lie."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.errors import StudyError
from xenotrack.study.study import Study
from xenotrack.study.volume import FORMULAS

DIAMETERS = ("length_mm", "width_mm", "height_mm")


def rounding_ends(study: Study, kept: Bools, below: Bools | None) -> Floats | None:
    """How far below and above ln volume each kept reading may lie, (n, 2); None without rounding.

    Of a reading below the limit (``below``, of those kept) nothing but the limit is known.
    """
    step = study.design.rules.volume.rounding_mm
    if step is None:
        return None
    rows = study.measurements
    diameters = rows[list(DIAMETERS)].to_numpy(dtype=float)
    factors = rounding_factors(diameters, study.design.rules.volume.formula, step)
    if (factors == 1).all():
        raise StudyError(
            "`rounding_mm` says how diameters were rounded, and the sheet has volumes alone. "
            "Leave it out, or name the columns of length and width under [columns]."
        )
    volume = rows["volume_mm3"].to_numpy(dtype=float)
    read, low, high = (
        study.burdens_of(volume * factor)["volume_mm3"].to_numpy(dtype=float)[kept]
        for factor in (np.ones(len(volume)), *factors.T)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.log(np.column_stack([low, high]) / read[:, None])
    if below is not None:
        ends[below] = -np.inf, 0.0
    return ends


def rounding_factors(diameters: Floats, formula: str, step: float) -> Floats:
    """The least and the largest volume, of that written, that rounded diameters (n, 3) leave open.

    1 where a diameter that counts is missing. Diameters are rounded each for itself: together they
    move ln volume by the root of the sum of squares of what each does, and seldom all one way.

    >>> rounding_factors(np.array([[10.0, 8, np.nan]]), "half_lw2", 1.0).round(3).tolist()
    [[0.87, 1.14]]
    """
    ends = [_moved(diameters, formula, side * step / 2) for side in (-1, 1)]
    factors = np.exp(np.column_stack([-ends[0], ends[1]]))
    known = np.isfinite(factors).all(axis=1, keepdims=True)
    return np.where(known, factors, 1.0)


def _moved(diameters: Floats, formula: str, by: float) -> Floats:
    """How much ln volume moves with its diameters, each by so many millimetres (n,)."""
    volume, square = FORMULAS[formula].volume, np.zeros(len(diameters))
    with np.errstate(divide="ignore", invalid="ignore"):
        for place in range(3 if FORMULAS[formula].needs_height else 2):
            other = diameters + by * (np.arange(3) == place)
            square += np.log(volume(*np.maximum(other, 0.0).T) / volume(*diameters.T)) ** 2
    return np.asarray(np.sqrt(square))
