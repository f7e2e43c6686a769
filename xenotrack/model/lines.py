"""A least-squares line for each mouse, and arms as the mean of their mice's lines.

The last rung of the ladder where a mixed model cannot be identified; compared by Welch's t
(Hather et al. 2014, Cancer Inform 13 S4:65, for rates by mouse). In complete balanced data it
equals Kenward–Roger on the mixed model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.model.log_volume import LogVolumes


@dataclass(frozen=True)
class MouseLines:
    """Intercept and slope (per day) of ln volume by mouse, (m,); NaN without two days."""

    intercept: Floats
    slope: Floats


def fit_mouse_lines(rows: LogVolumes) -> MouseLines:
    """Least squares for each mouse; through the origin where the model is a ratio."""

    def total(values: Floats) -> Floats:
        return np.bincount(rows.mouse, values, minlength=len(rows.mice)).astype(float)

    n = total(np.ones_like(rows.day))
    with np.errstate(divide="ignore", invalid="ignore"):
        if rows.through_origin:
            slope = total(rows.day * rows.y) / total(rows.day**2)
            return MouseLines(np.where(np.isnan(slope), np.nan, 0.0), slope)
        day, y = total(rows.day) / n, total(rows.y) / n
        centred = rows.day - day[rows.mouse]
        square = total(centred**2)
        slope = total(centred * rows.y) / np.where(square > 0, square, np.nan)
    return MouseLines(y - slope * day, slope)


def mean_line(lines: MouseLines, of_arm: NDArray[np.bool_]) -> tuple[Floats, Floats, float]:
    """An arm's mean (intercept, slope) over its mice, its covariance, and its df n − 1."""
    both = np.column_stack([lines.intercept, lines.slope])[of_arm & ~np.isnan(lines.slope)]
    n = len(both)
    mean = both.mean(axis=0) if n else np.full(2, np.nan)
    covariance = np.cov(both.T) / n if n > 1 else np.full((2, 2), np.nan)
    return mean, covariance, float(n - 1)
