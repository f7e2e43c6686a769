"""Body weight and treatment-related loss, beside the efficacy that they paid for."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from xenotrack.response.weight import days_below, has_lost, weight_changes
from xenotrack.study.study import Study

LOSSES_PERCENT = (15, 20)
MARKS_PERCENT = (10, 15, 20)


def weight_nadirs(study: Study) -> pd.DataFrame:
    """Each mouse's lowest body weight after its baseline, as percent change from it.

    ``mouse weight_nadir_percent``, in the order of ``Study.mice``. A mouse that only gained has a
    positive nadir; one without a weight at baseline and a later one has none.
    """
    return _nadirs(study, weight_changes(study))


def _nadirs(study: Study, changes: pd.DataFrame) -> pd.DataFrame:
    ordered = changes.sort_values("day", kind="stable")
    after_baseline = ordered[ordered.duplicated("mouse")]
    lowest = after_baseline.groupby("mouse")["change_percent"].min()
    nadir = lowest.rename("weight_nadir_percent").reset_index()
    return study.mice[["mouse"]].merge(nadir, on="mouse", how="left")


def tolerability(study: Study) -> pd.DataFrame:
    """Body weight and toxicity by arm, arms in display order.

    ``arm n_mice n_weighed weight_nadir_percent_mean n_loss_15 n_loss_20 n_toxicity_exits
    weight_nadir_low weight_nadir_high days_below_10 days_below_15 days_below_20``: losses of at
    least 15 % and 20 % at some time among the weighed, mice that left for toxicity, Student's
    interval of the mean nadir, and the mean days at such a loss. Losses are missing where no mouse
    was weighed, exits where no mouse of the study has a fate.
    """
    changes = weight_changes(study)
    nadirs = _nadirs(study, changes)
    below = {f"days_below_{mark}": days_below(changes, mark) for mark in MARKS_PERCENT}
    mice = study.mice[["arm", "fate"]].assign(
        nadir=nadirs["weight_nadir_percent"].to_numpy(dtype=float),
        **{name: study.mice["mouse"].map(days) for name, days in below.items()},
    )
    losses = {f"n_loss_{loss}": has_lost(mice["nadir"], loss) for loss in LOSSES_PERCENT}
    by_arm = mice.assign(**losses, left=mice["fate"] == "toxicity").groupby("arm", sort=False)
    table = by_arm.agg(
        n_mice=("fate", "size"),
        n_weighed=("nadir", "count"),
        weight_nadir_percent_mean=("nadir", "mean"),
        **{name: (name, "sum") for name in losses},
        n_toxicity_exits=("left", "sum"),
        **{name: (name, "mean") for name in below},
    ).reset_index()
    arms = pd.DataFrame({"arm": list(study.design.arm_names)}).merge(table, on="arm", how="left")
    counts = [name for name in arms.columns if name.startswith("n_")]
    arms = arms.assign(**{name: arms[name].fillna(0).astype(np.int64) for name in counts})
    losing = list(losses)
    arms[losing] = arms[losing].astype("Int64").mask(arms["n_weighed"] == 0)
    if not study.mice["fate"].fillna("").ne("").any():
        arms["n_toxicity_exits"] = pd.array([pd.NA] * len(arms), dtype="Int64")
    spread = by_arm["nadir"].std().reindex(arms["arm"]).to_numpy()
    n, mean = arms["n_weighed"].to_numpy(), arms["weight_nadir_percent_mean"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        tail = stdtrit(n - 1.0, 0.5 + study.design.rules.compare.level / 2)
        reach = np.where(n > 1, tail * spread / np.sqrt(n), np.nan)
    limits = arms.assign(weight_nadir_low=mean - reach, weight_nadir_high=mean + reach)
    return limits[[*limits.columns.difference(list(below), sort=False), *below]]
