"""What each component contributes: outcomes beside rates, hazards and days, as comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.by_mouse import caged_doubt
from xenotrack.compare.contrasts import (
    ContrastSource,
    Level,
    RawContrasts,
    estimate_contrasts,
    join_raw,
    source_of,
)
from xenotrack.compare.proportions import proportion_source
from xenotrack.doubts import Doubt
from xenotrack.model.daily import change_method
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.net_weight import WeightFit
from xenotrack.study.design import Design

if TYPE_CHECKING:
    import pandas as pd

RESPONSE_METHOD = (
    "objective response (CR or PR) of all mice, NE included; exact score test and interval"
)


def ln_volume_change(rates: ArmEstimates, day: float) -> ArmEstimates:
    """The change of ln volume from day 0 to a day, ``day · rate``, with the df of the rates."""
    return replace(
        rates,
        outcome="ln_volume",
        values=day * rates.values,
        covariance=day**2 * rates.covariance,
        method=change_method(rates.method, day),
    )


def doubt_day(
    design: Design, last_day: Floats, day: float, curved: bool = False
) -> Iterator[Doubt]:
    """Arms of which a day after their ``last_day`` (k,) is asked.

    A line is followed past it; a curve says nothing there.
    """
    beyond = [
        (name, f"{name} (day {last:g})")
        for name, last in zip(design.arm_names, last_day, strict=True)
        if last < day
    ]
    if beyond and curved:
        yield Doubt(
            "day-beyond-follow-up",
            tuple(name for name, _ in beyond),
            "ln_volume",
            f"Day {day:g} lies beyond the follow-up of {', '.join(words for _, words in beyond)}: "
            "nothing is said of volumes there.",
        )
    elif beyond:
        yield Doubt(
            "volume-extrapolated",
            tuple(name for name, _ in beyond),
            "ln_volume",
            f"Day {day:g} lies beyond the last day fitted of "
            f"{', '.join(words for _, words in beyond)}: the change of "
            "ln volume follows the line of that arm to where nobody measured.",
        )


def unless_caged(
    source: ArmEstimates | ContrastSource, design: Design
) -> tuple[ArmEstimates | ContrastSource, tuple[Doubt, ...]]:
    """The source of an outcome that is compared by mouse: where cages are the unit, no claim."""
    if design.rules.study.experimental_unit == "mouse":
        return source, ()
    withheld = replace(source, why_withheld=lambda arms: "cage-is-the-unit")
    return withheld, (caged_doubt([source.outcome]),)


def net_weight_source(fit: WeightFit) -> ContrastSource:
    """Differences of the average change of net weight, each over the days that its arms share."""

    def contrast_of(weights: Floats, level: Level) -> RawContrasts:
        rows = []
        for row, own in zip(weights, np.broadcast_to(level, len(weights)), strict=True):
            arms = [name for name, weight in zip(fit.arms, row, strict=True) if weight]
            rows.append(estimate_contrasts(fit.average(arms), row[None], own))
        return join_raw(rows)

    whole = fit.average(fit.arms)
    return replace(
        source_of(whole),
        contrast_of=contrast_of,
        days=fit.days,
        narrowed=lambda arms: source_of(fit.average(arms)),
    )


def response_source(mice: pd.DataFrame, design: Design) -> ContrastSource:
    """The share of each arm's mice with an objective response (mRECIST CR or PR).

    ``mice`` has a row a mouse; those that are not evaluable stay in the denominator.
    """
    responded = mice["mrecist"].isin(["CR", "PR"])
    by_arm = [responded[(mice["arm"] == arm).to_numpy()] for arm in design.arm_names]
    x = np.array([int(own.sum()) for own in by_arm])
    n = np.array([len(own) for own in by_arm])
    return proportion_source("response_rate", design.arm_names, x, n, RESPONSE_METHOD)
