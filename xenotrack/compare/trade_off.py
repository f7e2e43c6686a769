"""What each arm does to tumours against what it costs in weight: one point an arm."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.model.estimates import ArmEstimates, t_table
from xenotrack.study.design import Design

TRADE_OFF = (
    *("arm", "growth_from_day", "growth_until_day", "growth_rate", "growth_low", "growth_high"),
    *("weight_from_day", "weight_until_day", "net_weight", "net_weight_low", "net_weight_high"),
    "n_toxicity_exits",
)


def trade_off(
    growth: ArmEstimates, weight: ArmEstimates, exits: pd.Series, design: Design
) -> pd.DataFrame:
    """Growth rate and change of net weight of each arm, each over days that all arms share.

    With each arm's own limits, and the mice that left for toxicity (``exits``, by arm).
    """
    columns: dict[str, object] = {"arm": list(design.arm_names)}
    for name, short, days, estimates in (
        ("growth_rate", "growth", "growth", growth),
        ("net_weight", "net_weight", "weight", weight),
    ):
        columns |= _columns(name, short, days, estimates, design.rules.compare.level)
    exits = exits.reindex(list(design.arm_names)).astype("Int64").array
    return pd.DataFrame({**columns, "n_toxicity_exits": exits})[list(TRADE_OFF)]


def _columns(
    name: str, short: str, days: str, estimates: ArmEstimates, level: float
) -> dict[str, object]:
    spread = np.sqrt(np.diag(estimates.covariance))
    df = estimates.degrees_of_freedom(np.eye(len(estimates.arms)))
    table = t_table(estimates.values, spread, df, level)
    first, last = estimates.days(estimates.arms)
    return {
        f"{days}_from_day": first,
        f"{days}_until_day": last,
        name: table["estimate"],
        f"{short}_low": table["conf_low"],
        f"{short}_high": table["conf_high"],
    }
