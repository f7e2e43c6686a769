"""By how many percent arms grow slower than control, with the limits of the claims made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtr

from xenotrack.compare.rate_indices import growth_rate_inhibition
from xenotrack.model.growth_fit import GrowthFit

SLOWING = ["slower_percent", "slower_low", "slower_high"]


def alone(row: pd.Series, level: float) -> bool:
    """Whether a claim stands by its own interval only.

    Holm's p may be below 1 − ``level`` where Bonferroni's interval, which is wider, holds 0.
    """
    holds_zero = row["simultaneous_low"] <= 0 <= row["simultaneous_high"]
    return bool(row["p_adjusted"] < 1 - level and holds_zero)


def with_slowing(rows: pd.DataFrame, growth: GrowthFit) -> pd.DataFrame:
    """Contrasts of growth rates with control, and each as ``100 · (1 − k_T/k_C)``.

    ``rows`` are contrasts with control. The limits are Fieller's at the level at which the
    simultaneous limits of the contrast stand, so that a sentence may name either, or at the level
    of one contrast where the claim stands ``alone``; above 100 the arm shrinks. NaN where the
    control does not grow or a contrast was not tested.
    """
    rates, control = growth.slopes(), growth.design.require_control()
    found = []
    for _, row in rows.iterrows():
        arm = str(row["contrast"]).removesuffix(f" - {control}")
        level = growth.level if alone(row, growth.level) else simultaneous_level(row)
        if np.isfinite(level) and 0 < level < 1:
            ratio = growth_rate_inhibition(rates, arm, control, level)
            found.append((ratio.estimate, ratio.conf_low, ratio.conf_high))
        else:
            found.append((np.nan,) * 3)
    return rows.assign(**dict(zip(SLOWING, np.array(found).reshape(-1, 3).T, strict=True)))


def simultaneous_level(row: pd.Series) -> float:
    """The level of one contrast alone at which its interval is the simultaneous one.

    >>> row = {"estimate": 0.0, "std_error": 1.0, "df": 10.0, "simultaneous_high": 2.228}
    >>> round(simultaneous_level(pd.Series(row)), 3)
    0.95
    """
    if not row["std_error"] > 0:
        return np.nan
    reach = (row["simultaneous_high"] - row["estimate"]) / row["std_error"]
    df = row["df"] if np.isfinite(row["df"]) else 1e10
    return float(2 * stdtr(df, reach) - 1)
