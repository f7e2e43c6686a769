"""Synergy of a study: its growth fit, its days, its readings below the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from xenotrack.compare.components import doubt_day
from xenotrack.compare.dose_grid import estimate_dose_grids
from xenotrack.compare.expectations import arms_of
from xenotrack.compare.factorial import estimate_factorials
from xenotrack.compare.joint_tests import joint_test_of
from xenotrack.compare.synergy import Growth, Synergy, excess_of, synergy_of
from xenotrack.compare.synergy_course import Course, courses
from xenotrack.compare.synergy_verdicts import UNDECIDED, agreed_verdicts
from xenotrack.doubts import merge_doubts
from xenotrack.glossary import TABLES
from xenotrack.model.daily import Daily
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.log_volume import before_take
from xenotrack.study.study import Study


def growth_synergy(study: Study, fit: GrowthFit, days: Sequence[float] | None = None) -> Synergy:
    """Excess of every combination, on growth rates and on volumes at ``days``.

    By default at the last day of which the fit speaks. A claim that does not hold wherever readings
    below the limit are placed becomes undecided.
    """
    days = [last_shared_day(fit)] if days is None else list(days)
    shares = study.readings[~before_take(study)].groupby("arm", sort=False)["below_limit"].mean()
    below = {str(arm): float(share) for arm, share in shares.items()}

    excess = synergy_of(growth_over(fit, max(days)), study.design, fit.level, days, below)
    if not excess.asked:
        return excess
    excess = excess.with_courses(_courses_of(study, fit, excess))
    late = doubt_day(study.design, fit.follow_up.until_day, max(days), fit.narrow is not None)
    excess = replace(excess, doubts=merge_doubts(excess.doubts, late))
    others = [
        excess_of(growth_over(other, max(days)), study.design, fit.level, days, below).verdicts
        for other in fit.placements
    ]
    about = [(e.combination, e.reference) for e in excess.asked]
    verdicts, doubts = agreed_verdicts(excess.verdicts, others, about)
    excess = excess.agreed(verdicts, ["below-limit-synergy"] * len(verdicts))
    reasons = [_why_withheld(fit, arms_of(study.design, asked)) for asked in excess.asked]
    spoken = [
        UNDECIDED if verdict and reason else verdict
        for verdict, reason in zip(verdicts, reasons, strict=True)
    ]
    return replace(excess.agreed(spoken, reasons), doubts=merge_doubts(excess.doubts, doubts))


def _why_withheld(fit: GrowthFit, arms: Sequence[str]) -> str:
    """The rule for which nothing is claimed of some arms, over the days that they share."""
    return fit.over(arms).why_withheld(arms)


def _courses_of(study: Study, fit: GrowthFit, found: Synergy) -> list[Course | None]:
    """The course over all visits of what each row asks."""
    each = {(asked.combination, asked.reference): asked for asked in found.asked}
    visits = visit_days(study, fit)
    known = dict(zip(each, courses(fit, list(each.values()), visits), strict=True))
    return [known[asked.combination, asked.reference] for asked in found.asked]


def last_shared_day(fit: GrowthFit) -> float:
    """The last day that all fitted arms share; of straight lines the last day fitted."""
    if fit.narrow is None:
        return float(np.nanmax(fit.last_day))
    followed = np.isfinite(fit.follow_up.until_day)
    known = fit.tested if fit.tested.any() else followed  # of one cage an arm none is tested
    return fit.follow_up.shared(np.flatnonzero(known).tolist())[1]


def growth_over(fit: GrowthFit, day: float) -> Growth:
    """The fit as synergy sees it; the index of straight lines stands for ``day``."""

    @cache
    def rates(arms: tuple[str, ...]) -> ArmEstimates:
        return fit.over(arms).rates()

    def changes(arms: Sequence[str], days: Sequence[float]) -> Daily:
        return fit.over(arms).changes_by_day(arms, days)

    def window(arms: Sequence[str]) -> tuple[float, float]:
        return (0.0, day) if fit.narrow is None else rates(tuple(arms)).days(arms)

    return Growth(
        own=fit.rates(),
        rates=lambda arms: rates(tuple(arms) if fit.narrow is not None else ()),
        change=changes,
        window=window,
    )


def visit_days(study: Study, fit: GrowthFit) -> list[float]:
    """The days after the start on which mice were measured, within the days fitted."""
    facts = fit.facts().iloc[0]
    days = study.readings["day"]
    inside = (days > 0) & (days >= facts["first_day"]) & (days <= facts["last_day"])
    return sorted(float(day) for day in days[inside].unique())


def over_all(fit: GrowthFit) -> GrowthFit:
    """The fit over the days that all fitted arms share."""
    return fit.over([fit.design.arm_names[code] for code in np.flatnonzero(fit.tested)])


def factorial_frame(fit: GrowthFit) -> pd.DataFrame:
    """The table ``factorial``: every full factorial among the arms, with its joint tests."""
    shared = over_all(fit)
    factorials = estimate_factorials(shared.rates(), fit.design, fit.level, joint_test_of(shared))
    return stacked([each.to_frame() for each in factorials], "factorial")


def dose_grid_frame(fit: GrowthFit) -> pd.DataFrame:
    """The table ``dose_grid``: every grid of two drugs, with its joint test."""
    shared = over_all(fit)
    grids = estimate_dose_grids(shared.rates(), fit.design, fit.level, joint_test_of(shared))
    return stacked([each.to_frame() for each in grids], "dose_grid")


def stacked(frames: list[pd.DataFrame], table: str) -> pd.DataFrame:
    """Frames one below the other; only the header where there are none."""
    records = [record for frame in frames for record in frame.to_dict("records")]
    return pd.DataFrame(records, columns=list(TABLES[table]))
