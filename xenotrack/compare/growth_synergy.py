"""Synergy of a study: its growth fit, its days, its readings below the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from xenotrack.compare.components import doubt_day
from xenotrack.compare.dose_grid import estimate_dose_grids
from xenotrack.compare.factorial import estimate_factorials
from xenotrack.compare.joint_tests import joint_test_of
from xenotrack.compare.synergy import Synergy, estimate_synergy
from xenotrack.compare.synergy_verdicts import agreed_verdicts
from xenotrack.doubts import merge_doubts
from xenotrack.errors import FitError
from xenotrack.glossary import TABLES
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.study.study import Study


def growth_synergy(study: Study, fit: GrowthFit, days: Sequence[float] | None = None) -> Synergy:
    """Excess of every combination, on growth rates and on volumes at ``days``.

    By default at the last day fitted. A claim that does not hold wherever readings below the
    limit are placed becomes undecided.
    """
    last_day = float(fit.facts()["last_day"].iloc[0])
    days = [last_day] if days is None else list(days)
    shares = study.readings.groupby("arm", sort=False)["below_limit"].mean()
    below = {str(arm): float(share) for arm, share in shares.items()}

    def synergy_of(fit: GrowthFit) -> Synergy:
        return estimate_synergy(
            fit.slopes(), study.design, fit.level, max(days), days=days, below_limit=below
        )

    found = synergy_of(fit)
    if not found.asked:
        return found
    late = doubt_day(study.design, fit.last_day, max(days))
    found = replace(found, doubts=merge_doubts(found.doubts, late))
    if not any(below.values()):
        return found
    others = [synergy_of(other) for other in other_placements(study)]
    about = [(e.combination, e.reference) for e in found.asked]
    verdicts, doubts = agreed_verdicts(found.verdicts, [o.verdicts for o in others], about)
    return replace(found, verdicts=verdicts, doubts=merge_doubts(found.doubts, doubts))


def other_placements(study: Study) -> list[GrowthFit]:
    """The growth fits with readings below the limit at the limit, and at half of it."""
    fits = []
    for treatment in ("limit", "half"):
        try:
            fits.append(fit_log_volumes(take_log_volumes(study, treatment), study.design))
        except FitError:
            continue
    return fits


def visit_days(study: Study, fit: GrowthFit) -> list[float]:
    """The days after the start on which mice were measured, within the days fitted."""
    facts = fit.facts().iloc[0]
    days = study.readings["day"]
    inside = (days > 0) & (days >= facts["first_day"]) & (days <= facts["last_day"])
    return sorted(float(day) for day in days[inside].unique())


def factorial_frame(fit: GrowthFit) -> pd.DataFrame:
    """The table ``factorial``: every full factorial among the arms, with its joint tests."""
    found = estimate_factorials(fit.slopes(), fit.design, fit.level, joint_test_of(fit))
    return stacked([each.to_frame() for each in found], "factorial")


def dose_grid_frame(fit: GrowthFit) -> pd.DataFrame:
    """The table ``dose_grid``: every grid of two drugs, with its joint test."""
    found = estimate_dose_grids(fit.slopes(), fit.design, fit.level, joint_test_of(fit))
    return stacked([each.to_frame() for each in found], "dose_grid")


def stacked(frames: list[pd.DataFrame], table: str) -> pd.DataFrame:
    """Frames one below the other; only the header where there are none."""
    records = [record for frame in frames for record in frame.to_dict("records")]
    return pd.DataFrame(records, columns=list(TABLES[table]))
