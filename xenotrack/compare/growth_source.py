"""What a growth fit gives a comparison: each contrast over the days that all its arms share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import (
    ContrastSource,
    Level,
    RawContrasts,
    estimate_contrasts,
    source_of,
)
from xenotrack.errors import FitError
from xenotrack.model.blocks import PairedBlocks
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.late import late_rates

Ask = Callable[[GrowthFit], ArmEstimates]


def rates_of(fit: GrowthFit) -> ArmEstimates:
    """The average growth rate of each arm."""
    return fit.rates()


def growth_source(fit: GrowthFit, ask: Ask = rates_of, joint: bool = True) -> ContrastSource:
    """Contrasts of what is asked of a fit, each of the fit over the days that its arms share.

    ``joint`` distributions take the arms' spread over the days that all of them share.
    """
    estimates = ask(fit)
    if fit.narrow is None:
        return source_of(estimates)

    def over(arms: Sequence[str]) -> ArmEstimates:
        return ask(fit.over(arms))

    def contrast_of(weights: Floats, level: Level) -> RawContrasts:
        found = RawContrasts(*np.full((7, len(weights)), np.nan))
        used, levels = weights != 0, np.broadcast_to(level, len(weights))
        for arms in np.unique(used, axis=0):
            rows = (used == arms).all(axis=1)
            names = [name for name, is_known in zip(estimates.arms, arms, strict=True) if is_known]
            some = estimate_contrasts(over(names), weights[rows], levels[rows])
            for name, values in some.columns().items():
                getattr(found, name)[rows] = values
        return found

    known = np.isfinite(np.diag(estimates.covariance))
    names = [name for name, is_known in zip(estimates.arms, known, strict=True) if is_known]
    spread = over(names).covariance if joint and names else None
    whole = spread is not None and bool(np.isfinite(np.diag(spread)[known]).all())
    return ContrastSource(
        outcome=estimates.outcome,
        arms=estimates.arms,
        contrast_of=contrast_of,
        method=estimates.method,
        covariance=spread if whole else None,
        independent=estimates.independent,
        days=lambda arms: over(arms).days(arms),
        why_withheld=lambda arms: over(arms).why_withheld(arms),
        narrowed=lambda arms: source_of(over(arms)),
    )


def mean_change_source(fit: GrowthFit) -> ContrastSource:
    """Contrasts of the area under the ln curve above where it began, per day of the shared days."""
    if fit.narrow is None:
        raise FitError(
            "The mean change of a straight line says what its rate says: it needs curves. Choose "
            "--shape curve."
        )
    return growth_source(fit, lambda each: each.mean_changes())


def late_source(fit: GrowthFit) -> ContrastSource:
    """Contrasts of the average rates over the last third of the shared days."""
    if fit.narrow is None:
        raise FitError(
            "A straight line grows late as it grows early: the late rate needs curves. "
            "Choose --shape curve."
        )
    if isinstance(fit.narrow, PairedBlocks):
        raise FitError(
            "With one mouse a block and arm each mouse has one rate, and no late one. Ask for "
            "growth_rate."
        )
    return growth_source(fit, late_rates)
