"""Log hazard ratios as a source of contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, RawContrasts, source_of
from xenotrack.model.firth import HazardContrast
from xenotrack.model.progression import ProgressionFit

METHOD = "Cox, Firth-penalised, Efron ties; penalised likelihood ratio, profile interval"


def hazard_source(progression: ProgressionFit) -> ContrastSource:
    """Contrasts of log hazards by the declared Cox model.

    Firth: profile intervals and likelihood-ratio tests, no df; ``statistic`` is the signed root of
    the penalised likelihood ratio. Efron: Wald; raises ``FitError`` where an arm has no event.
    """
    if progression.design.rules.compare.hazards == "efron":
        return source_of(progression.efron_hazards())

    @cache  # families ask for the same contrasts again, and a profile costs milliseconds
    def profiled(weights: tuple[float, ...], level: float) -> HazardContrast:
        return progression.hazards.contrast(np.array(weights), level)

    def contrast_of(weights: Floats, level: float) -> RawContrasts:
        found = [profiled(tuple(row.tolist()), level) for row in weights]
        columns = {
            name: np.array([getattr(contrast, name) for contrast in found], dtype=float)
            for name in ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
        }
        return RawContrasts(df=np.full(len(weights), np.nan), **columns)

    return ContrastSource(
        outcome="log_hazard",
        arms=progression.design.arm_names,
        contrast_of=contrast_of,
        method=METHOD,
        # The arms share one likelihood, whose profile intervals no joint normal law describes:
        # without a covariance, families fall back on Holm and Bonferroni.
        covariance=None,
        days=lambda arms: followed_days(progression, arms),
    )


def followed_days(progression: ProgressionFit, arms: Sequence[str]) -> tuple[float, float]:
    """Day 0, and the last day on which a mouse of any of these arms was followed."""
    names = progression.design.arm_names
    last = [progression.curves[names.index(arm)].last_day for arm in arms if arm in names]
    return 0.0, float(np.nanmax(last, initial=0.0))
