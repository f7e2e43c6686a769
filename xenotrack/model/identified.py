"""Whether readings of which only limits are known say enough for a mixed model."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.errors import FitError
from xenotrack.model.censored_likelihood import Readings

HIDDEN = 0.2  # of the room that rounding leaves: the SD of readings below which it hides them


def require_identified(X: Floats, below: Bools) -> None:
    """Measured readings must fix every coefficient: else it may fall without end."""
    measured = X[~below] / np.sqrt(np.maximum(np.sum(X * X, axis=0), 1e-300))
    if len(measured) < X.shape[1] or np.linalg.svd(measured, compute_uv=False)[-1] < 1e-7:
        raise FitError("the readings above the limit do not identify the mean")


def require_scatter(data: Readings, parameters: Floats) -> None:
    """Readings that scatter far less than their rounding hides say nothing of how much."""
    if data.width is None:
        return
    known = data.width[data.real & np.isfinite(data.width)]
    if known.size and np.exp(parameters[-1]) < HIDDEN * np.median(known):
        raise FitError("readings scatter less than their rounding hides")


def solved_where_regular(left: Floats, right: Floats) -> Floats:
    """Solutions of linear systems (m, p, p), (m, p); NaN where a system is singular.

    A mouse alone may hold the only readings near a knot.
    """
    solution = np.full(right.shape, np.nan)
    # Reciprocal condition of each system, its diagonal scaled to 1.
    size = np.einsum("mii->mi", left)
    scale = np.where(size > 0, 1 / np.sqrt(np.where(size > 0, size, 1)), 0.0)
    scaled = left * scale[:, :, None] * scale[:, None, :]
    regular = np.linalg.eigvalsh(scaled)[:, 0] > 1e-12
    solved = np.linalg.solve(scaled[regular], (right * scale)[regular][..., None])[..., 0]
    solution[regular] = solved * scale[regular]
    return solution
