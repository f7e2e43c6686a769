"""Body weight of each mouse relative to its own baseline."""

from __future__ import annotations

import pandas as pd

from xenotrack.response.courses import MARGIN
from xenotrack.study.study import Study


def has_lost(change_percent: pd.Series, loss: float) -> pd.Series:
    """Where so many percent of body weight or more were lost, rounding allowed for."""
    return change_percent <= -loss * (1 - MARGIN)


def weight_changes(study: Study) -> pd.DataFrame:
    """Percent change of body weight at every weighing from the baseline on.

    ``mouse arm day change_percent``, sorted by arm, mouse and day; the baseline weight is the last
    one in the window up to day 0, else the first one within as many days of the study's first
    weight. Weights include the tumour. A mouse without such a baseline is left out.
    """
    rows = study.measurements
    columns = ["mouse", "arm", "day", "body_weight_g"]
    weights = rows.loc[rows["body_weight_g"].notna(), columns].drop_duplicates(["mouse", "day"])
    changes = weights.merge(_baseline_weights(study, weights), on="mouse")
    changes = changes[changes["day"] >= changes["baseline_day"]]
    percent = 100 * (changes["body_weight_g"] / changes["baseline_g"] - 1)
    changes = changes.assign(change_percent=percent)
    return changes[["mouse", "arm", "day", "change_percent"]].reset_index(drop=True)


def _baseline_weights(study: Study, weights: pd.DataFrame) -> pd.DataFrame:
    window = study.design.rules.study.baseline_window_days
    ordered = weights.sort_values("day", kind="stable")
    day = ordered["day"]
    before = ordered[(day >= -window) & (day <= 0)].drop_duplicates("mouse", keep="last")
    after = ordered[(day > 0) & (day <= day.min() + window)].drop_duplicates("mouse")
    baseline = pd.concat([before, after]).drop_duplicates("mouse")
    return baseline.rename(columns={"day": "baseline_day", "body_weight_g": "baseline_g"})[
        ["mouse", "baseline_day", "baseline_g"]
    ]
