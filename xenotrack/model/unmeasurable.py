"""Mice whose tumours could be measured no more: how many, and what their changes say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from xenotrack.arrays import Bools, Floats
from xenotrack.model.log_volume import LogVolumes

LEEWAY = np.log(2)


def unmeasurable_at_end(rows: LogVolumes) -> NDArray[np.intp] | None:
    """The mice (k,) of each arm whose last reading is below the limit."""
    gone = _are_gone(rows)
    return None if gone is None else np.bincount(rows.mouse_arm[gone], minlength=rows.n_arms)


def vanishing_p(rows: LogVolumes) -> Floats | None:
    """p (k,) that the mice of an arm were on average no smaller when last read than when first.

    One-sided t of the changes of ln volume, n − 1. A reading below the limit stands at twice it, so
    that no tumour that hovered about the limit shrank: the others did at least so much, which a
    curve whose end nobody could measure tells less surely. NaN for an arm most of whose mice were
    still measurable; nothing where cages are the unit.
    """
    gone = _are_gone(rows)
    if gone is None or rows.cage is not None or rows.through_origin:
        return None
    read = np.flatnonzero(rows.readings_by_mouse() > 0)
    first = np.searchsorted(rows.mouse, read)
    last = np.searchsorted(rows.mouse, read, side="right") - 1
    change, arm = rows.y[last] - rows.y[first], rows.mouse_arm[read]
    change += np.where(gone, LEEWAY, 0.0)[read]
    n = np.bincount(arm, minlength=rows.n_arms)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(arm, change, minlength=rows.n_arms) / n
        square = np.bincount(arm, (change - mean[arm]) ** 2, minlength=rows.n_arms)
        p = stdtr(n - 1.0, mean / np.sqrt(square / (n - 1.0) / n))
    most = 2 * np.bincount(arm[gone[read]], minlength=rows.n_arms) > n
    return np.where(most & (n > 2), p, np.nan)


def _are_gone(rows: LogVolumes) -> Bools | None:
    """Which mice (m,) were last read with nothing to measure, those included that never had."""
    if rows.read_until is None or rows.measurable_until is None:
        return None
    read = rows.readings_by_mouse() > 0
    if rows.n_waiting is not None:
        read |= rows.n_waiting > 0
    return np.asarray((rows.measurable_until < rows.read_until) & read, dtype=bool)
