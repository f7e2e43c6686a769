"""Group indices that rest on the growth model: inhibition of the rate, and T/C by rates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.compare.families import Pair, pair_weights
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.response.inhibition import GroupIndex
from xenotrack.response.ratios import UNBOUNDED, Ratio, bounded_exp, fieller_limits, unknown

GRI = "100·(1 − k_T/k_C)"
RATE_RATIO = "100·exp((k_T − k_C)·day)"


def rate_indices(growth: GrowthFit, day: float) -> Iterator[GroupIndex]:
    """Growth rate inhibition, and the T/C that two fitted means have reached on a day.

    GRI is of the days that both arms share and has no day of its own. The T/C of rates is that of
    Hather 2014 (Cancer Inform 13(S4):65), whose 10^(μ·t) of log10 slopes is the same number.
    """
    design = growth.design
    control = design.require_control()
    n_mice = dict(zip(design.arm_names, map(int, growth.n_mice), strict=True))
    level = growth.level
    for arm in (name for name in design.arm_names if name != control):
        counts = (n_mice[arm], n_mice[control])
        rates = growth.over([arm, control]).rates()
        ratio = growth_rate_inhibition(rates, arm, control, level)
        yield GroupIndex("GRI", GRI, arm, control, np.nan, *counts, ratio)
    for arm in (name for name in design.arm_names if name != control):
        counts = (n_mice[arm], n_mice[control])
        changes = growth.over([arm, control]).changes(day)
        ratio = volume_ratio(changes, arm, control, level, growth.method)
        yield GroupIndex("T/C_rate", RATE_RATIO, arm, control, day, *counts, ratio)


def growth_rate_inhibition(rates: ArmEstimates, arm: str, control: str, level: float) -> Ratio:
    """``100 · (1 − k_T/k_C)`` by Fieller, with the model's df of ``k_T − ρ·k_C`` at the ρ found."""
    i, j = rates.arms.index(arm), rates.arms.index(control)
    treated, untreated = float(rates.values[i]), float(rates.values[j])
    if not (np.isfinite(treated) and untreated > 0):
        return unknown("a rate is unknown, or the control does not grow")
    ratio = treated / untreated
    weights = np.zeros((1, len(rates.arms)))
    weights[0, [i, j]] = 1, -ratio
    spread = rates.covariance[np.ix_([i, j], [i, j])]
    known = bool(np.isfinite(spread).all())
    df = float(rates.degrees_of_freedom(weights)[0]) if known else np.nan
    variances = (float(spread[0, 0]), float(spread[1, 1]), float(spread[0, 1]))
    low, high = fieller_limits(treated, untreated, variances, df, level)
    method = f"{rates.method}; Fieller"
    if not np.isfinite(low):
        method += f"; {UNBOUNDED}" if known else "; no interval: an arm was not tested"
    return Ratio(ratio, low, high, method).mapped(100, -100)


def volume_ratio(changes: ArmEstimates, arm: str, control: str, level: float, method: str) -> Ratio:
    """``100 · exp`` of the difference in the change of ln volume, its limits those of it."""
    weights = pair_weights([Pair(arm, control)], changes.arms)
    contrast = estimate_contrasts(changes, weights, level)
    if not np.isfinite(contrast.estimate[0]):
        return unknown("a rate or the day is unknown")
    logs = np.array([contrast.estimate[0], contrast.conf_low[0], contrast.conf_high[0]])
    ratio, low, high = (100 * bounded_exp(logs)).tolist()
    return Ratio(ratio, low, high, f"{method}; exp of the contrast")
