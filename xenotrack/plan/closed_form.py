"""Power without simulation: straight lines, all mice read on all days, no mouse lost.

Each mouse's rate then has the variance of rates between mice and that of a least-squares slope;
arms are compared by Welch's t, which Kenward–Roger is in such data, and its power is an integral.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from scipy.special import ndtr, roots_genlaguerre, stdtrit

from xenotrack.arrays import Floats
from xenotrack.plan.questions import Question
from xenotrack.plan.truth import ArmTruth, Scenario
from xenotrack.response.welch import welch_df


def exact_for(scenario: Scenario, question: Question, shape: str) -> bool:
    """Whether the closed form is of this study: lines, one contrast, no cages, blocks or turns."""
    plain = all(arm.is_steady and arm.exits is None for arm in scenario.arms)
    shared = scenario.mice_per_cage or scenario.blocks or scenario.lines
    return shape == "line" and plain and not shared and len(question.weights) == 1


def slope_variance(scenario: Scenario, arm: ArmTruth) -> float:
    """The variance of one mouse's least-squares rate: rates between mice, and what calipers add."""
    day = np.asarray(scenario.visit_days, dtype=float)
    centred = day - day.mean()
    noise = reading_variance(scenario, arm, day)
    return float(arm.rate_sd**2 + (centred**2 * noise).sum() / (centred**2).sum() ** 2)


def reading_variance(scenario: Scenario, arm: ArmTruth, day: Floats) -> Floats:
    """The variance of ln V of one reading by day: (σ_L / L)² + 4 (σ_W / W)², rounding included."""
    volume = scenario.baseline_mm3 * np.exp(arm.rate * day)
    width = np.cbrt(2 * volume / scenario.aspect)
    rounding = scenario.resolution_mm**2 / 12
    of_width = scenario.caliper_sd_width_mm
    of_width = scenario.caliper_sd_mm if of_width is None else of_width
    length_part = (scenario.caliper_sd_mm**2 + rounding) / (scenario.aspect * width) ** 2
    return np.asarray(length_part + 4 * (of_width**2 + rounding) / width**2)


def closed_power(scenario: Scenario, question: Question, level: float) -> float:
    """The power of a claim that Σ w · rate is below its null, as one number."""
    weights, counts = question.weights[0], np.array(scenario.counts)
    each = np.array([slope_variance(scenario, arm) for arm in scenario.arms])
    share = weights**2 * each / counts
    effect = question.truth(scenario) - question.null
    return welch_power(effect, share[weights != 0], counts[weights != 0] - 1, level)


def welch_power(effect: float, variances: Floats, df: Floats, level: float) -> float:
    """Power of a two-sided Welch test to find an effect below 0; variances of independent parts.

    The mean is normal and independent of the estimated variances, each σ² · χ² / df, and over
    these the power is averaged (Gauss-Laguerre). Satterthwaite's degrees of freedom vary with
    them: the noncentral t at their expectation would promise too much of few mice.

    >>> round(welch_power(-0.02, np.array([2e-5, 2e-5]), np.array([7.0, 7.0]), 0.95), 3)
    0.83
    """
    each = [_estimates(*one, NODES.get(len(df), 8)) for one in zip(variances, df, strict=True)]
    values = np.meshgrid(*(value for value, _ in each), indexing="ij")
    weights = reduce(np.multiply.outer, (weight for _, weight in each))
    total = sum(values)
    parts = np.stack(values, axis=-1)
    freedom = welch_df(parts.reshape(-1, len(df)), df).reshape(parts.shape[:-1])
    limit = stdtrit(freedom, (1 - level) / 2) * np.sqrt(total)
    return float((weights * ndtr((limit - effect) / np.sqrt(variances.sum()))).sum())


# Of the quadrature, by the number of arms.
NODES = {1: 60, 2: 40, 3: 20, 4: 12}


def _estimates(variance: float, df: float, nodes: int) -> tuple[Floats, Floats]:
    """The values that an estimated variance may take, and their probabilities."""
    at, weight = roots_genlaguerre(nodes, df / 2 - 1)
    return variance * 2 * at / df, weight / weight.sum()
