"""Do hazard ratios change with time? The score test of Grambsch and Therneau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.firth import fit_firth
from xenotrack.model.partial_likelihood import efron_rows
from xenotrack.model.risk_sets import RiskSets, count_risk_sets


@dataclass(frozen=True)
class ProportionalHazards:
    """A test that hazard ratios stay the same; NaN where no event could tell."""

    chi_square: float
    df: int
    p_value: float


NOT_TESTABLE = ProportionalHazards(np.nan, 0, np.nan)


def proportional_hazards(
    days: Floats, events: Bools, arm: Codes, n_arms: int
) -> ProportionalHazards:
    """Whether log hazards by arm move with 1 − S(t−), the share of all mice that has progressed.

    Grambsch & Therneau 1994, Biometrika 81:515, as a score test (R's cox.zph, ``transform =
    "km"``), of the ordinary Cox model with Efron's ties; taken at Firth's estimate, where it is the
    efficient score, so that an arm without an event can be asked, too.
    """
    log_hazards = fit_firth(days, events, arm, n_arms).log_hazards
    if not np.isfinite(log_hazards).all():
        return NOT_TESTABLE
    return score_test(count_risk_sets(days, events, arm, n_arms), log_hazards)


def score_test(sets: RiskSets, log_hazards: Floats) -> ProportionalHazards:
    """The test at some log hazards; at the maximum of the likelihood it is R's."""
    rows = efron_rows(sets)
    tied = sets.events.sum(axis=1)
    weight = np.exp(rows.log_weights + log_hazards)
    chance = weight / weight.sum(axis=1, keepdims=True)
    day = np.repeat(np.arange(tied.size), tied)
    clock = _progressed_before(sets)
    clock = clock - clock[day].mean() if day.size else clock
    g = clock[day]
    slope = sets.events.sum(axis=0) - chance.sum(axis=0)
    moving = clock @ sets.events - g @ chance
    information = [_information(chance, power) for power in (g**0, g, g**2)]
    plain, cross, squared = (each[1:, 1:] for each in information)
    if not day.size or np.linalg.matrix_rank(plain) < plain.shape[0]:
        return NOT_TESTABLE
    through = cross @ np.linalg.inv(plain)
    score = moving[1:] - through @ slope[1:]
    variance = squared - through @ cross.T
    if np.linalg.matrix_rank(variance) < variance.shape[0]:
        return NOT_TESTABLE
    chi_square = float(score @ np.linalg.solve(variance, score))
    return ProportionalHazards(chi_square, score.size, float(chdtrc(score.size, chi_square)))


def _progressed_before(sets: RiskSets) -> Floats:
    """1 − S just before each day, of all mice together."""
    n, d = sets.at_risk.sum(axis=1), sets.events.sum(axis=1)
    after = np.cumprod(1 - d / n)
    return np.asarray(1 - np.concatenate([[1.0], after[:-1]]), dtype=float)


def _information(chance: Floats, power: Floats) -> Floats:
    """``Σ power · (diag(p) − pp')``."""
    weighted = chance * power[:, None]
    return np.diag(weighted.sum(axis=0)) - weighted.T @ chance
