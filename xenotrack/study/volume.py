"""Tumour volume from diameters; the formulas in use, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xenotrack.arrays import Floats


@dataclass(frozen=True)
class Formula:
    """One volume formula: how papers write it, and whether it needs the tumour's height."""

    written: str
    needs_height: bool
    volume: Callable[[Floats, Floats, Floats], Floats]


# Constants cancel in growth rates and fold changes but not in absolute thresholds, so a study
# declares one formula and every output names it. Tomayko & Reynolds 1989, Cancer Chemother
# Pharmacol 24:148 compare nineteen of them against tumour weight.
FORMULAS: dict[str, Formula] = {
    "half_lw2": Formula("½ · L · W²", False, lambda L, W, H: 0.5 * L * W**2),
    "pi6_lw2": Formula("π/6 · L · W²", False, lambda L, W, H: np.pi / 6 * L * W**2),
    "k052_lw2": Formula("0.52 · L · W²", False, lambda L, W, H: 0.52 * L * W**2),
    "pi6_lwh": Formula("π/6 · L · W · H", True, lambda L, W, H: np.pi / 6 * L * W * H),
    "half_lwh": Formula("½ · L · W · H", True, lambda L, W, H: 0.5 * L * W * H),
    "pi6_lw_mean": Formula(
        "π/6 · L · W · (L + W)/2", False, lambda L, W, H: np.pi / 6 * L * W * (L + W) / 2
    ),
    "k045_lwh": Formula("0.45 · L · W · H", True, lambda L, W, H: 0.45 * L * W * H),
    "lwh": Formula("L · W · H", True, lambda L, W, H: L * W * H),
}


def tumor_volume(
    length_mm: ArrayLike,
    width_mm: ArrayLike,
    height_mm: ArrayLike | None = None,
    formula: str = "half_lw2",
) -> NDArray[np.float64]:
    """Volume in mm³ from length, width and (where the formula asks) height in mm.

    NaN where a diameter that the formula needs is missing.

    >>> float(tumor_volume(10, 8))
    320.0
    >>> round(float(tumor_volume(10, 8, formula="pi6_lw2")), 1)
    335.1
    """
    length = np.asarray(length_mm, dtype=float)
    width = np.asarray(width_mm, dtype=float)
    height = np.full_like(length, np.nan) if height_mm is None else np.asarray(height_mm, float)
    return FORMULAS[formula].volume(length, width, height)
