"""What each component contributes: outcomes beside rates, hazards and days, as comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource
from xenotrack.compare.proportions import proportion_source
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates, welch_satterthwaite
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
        method=f"{rates.method}; change from day 0 to day {day:g}",
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


def weight_nadirs_by_arm(nadirs: pd.DataFrame, design: Design) -> ArmEstimates:
    """The mean lowest weight of each arm's mice, in percent of change from baseline.

    ``nadirs`` has ``arm weight_nadir_percent``, a row a mouse; those not weighed are left out, and
    an arm of fewer than two has no estimate.
    """
    grouped = nadirs.dropna(subset=["weight_nadir_percent"]).groupby("arm")["weight_nadir_percent"]
    arms = list(design.arm_names)
    n = grouped.size().reindex(arms, fill_value=0).to_numpy(dtype=float)
    mean, variance = (
        np.where(n > 1, each.reindex(arms).to_numpy(dtype=float), np.nan)
        for each in (grouped.mean(), grouped.var())
    )
    spread = variance / np.maximum(n, 1.0)
    return ArmEstimates(
        outcome="weight_nadir",
        arms=design.arm_names,
        values=mean,
        covariance=np.diag(spread),
        degrees_of_freedom=welch_satterthwaite(spread, n - 1),
        independent=True,
        method="mean lowest body weight of the mice weighed, Welch",
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
