"""Body weight of each mouse relative to its own baseline, with its tumour and net of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.response.courses import MARGIN
from xenotrack.response.interpolation import volumes_between
from xenotrack.study.study import Study

G_PER_MM3 = 1e-3  # a tumour is as dense as water


def has_lost(change_percent: pd.Series, loss: float) -> pd.Series:
    """Where so many percent of body weight or more were lost, rounding allowed for."""
    return change_percent <= -loss * (1 - MARGIN)


def weight_changes(study: Study) -> pd.DataFrame:
    """Percent change of body weight at every weighing from the baseline on.

    ``mouse arm day change_percent``, sorted by arm, mouse and day; the baseline weight is the last
    one in the window up to day 0, else the first one within as many days of the study's first
    weight. Weights include the tumour. A mouse without such a baseline is left out.
    """
    return _changes(study, _weights(study))


def net_weight_changes(study: Study) -> pd.DataFrame:
    """The same of body weight without the tumour, at 1 mg a mm³, and of its net baseline.

    A weighing between two readings of the tumour takes the ln volume between them; one before the
    first reading or after the last has no net weight.
    """
    weights = _weights(study)
    if not study.design.readout.in_mm:  # light has no mass
        return _changes(study, weights[:0])
    weights["body_weight_g"] -= G_PER_MM3 * _volumes_at(study, weights)
    return _changes(study, weights[weights["body_weight_g"].notna()])


def _weights(study: Study) -> pd.DataFrame:
    rows = study.measurements
    columns = ["mouse", "arm", "day", "body_weight_g"]
    return rows.loc[rows["body_weight_g"].notna(), columns].drop_duplicates(["mouse", "day"])


def _volumes_at(study: Study, weights: pd.DataFrame) -> Floats:
    """All that a mouse's tumours measure on the days on which it was weighed, in mm³."""
    names, masses = pd.Index(study.mice["mouse"]), study.masses
    owner, day = names.get_indexer(masses["mouse"]), masses["day"].to_numpy(dtype=float)
    mouse, when = names.get_indexer(weights["mouse"]), weights["day"].to_numpy(dtype=float)
    return volumes_between(owner, day, masses["volume_mm3"].to_numpy(dtype=float), mouse, when)[0]


def _changes(study: Study, weights: pd.DataFrame) -> pd.DataFrame:
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


def days_below(changes: pd.DataFrame, loss: float) -> pd.Series:
    """Each mouse's days at a loss of so many percent or more, by straight lines between weighings.

    By mouse name, for mice weighed at the baseline and later.

    >>> changes = pd.DataFrame({"mouse": "m", "day": [0.0, 10, 20], "change_percent": [0, -20, 0]})
    >>> round(days_below(changes, 10)["m"].item(), 6)
    10.0
    """
    ordered = changes.sort_values(["mouse", "day"], kind="stable")
    mouse, day = ordered["mouse"].to_numpy(), ordered["day"].to_numpy(dtype=float)
    # How far below the mark; rounding must not make a loss of exactly 10 % none.
    depth = -loss * (1 - MARGIN) - ordered["change_percent"].to_numpy(dtype=float)
    same = mouse[1:] == mouse[:-1]
    first, last, length = depth[:-1][same], depth[1:][same], np.diff(day)[same]
    deep, shallow = np.maximum(first, last), np.minimum(first, last)
    crossed = (deep > 0) & (shallow < 0)
    share = np.where(crossed, deep / np.where(crossed, deep - shallow, 1.0), shallow >= 0)
    return pd.Series(share * length).groupby(mouse[1:][same]).sum()
