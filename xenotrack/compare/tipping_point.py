"""How much worse mice that left would have to have fared for a claim on growth to end.

The growth model is right about those that left if their leaving depends on volumes that were read.
Of mice that left for toxicity or for an unknown reason nobody knows: their tumours are taken to
have grown by δ per day more after they left than the model says, and δ is raised until the claim
ends. The arm's rate over the window then is rate + δ · Σ(until − leaving) / (n · (until − from)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xenotrack.compare.verdicts import BETTER, WORSE
from xenotrack.study.study import FATES, Study

TIPPING_POINT = (
    *("contrast", "arm", "against", "better_arm", "other_arm", "from_day", "until_day"),
    *("n_mice", "n_left"),
    *("share_missing", "estimate", "tipping_delta", "gap", "holds"),
)
# Those of other fates left for reasons that volumes, or chance, explain.
EXPLAINED = frozenset(FATES) - {"toxicity", "unknown"}


def tipping_points(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Each claim on growth of whose better arm mice left unexplained, one row a claim.

    ``rows`` are those of growth rates in the table ``compare``. ``gap`` is by how much the better
    arm grew slower: with δ = gap those that left grew as the other arm from then on (jump to
    reference), and ``holds`` says that the claim outlasts this.
    """
    shown = rows[rows["shows"].isin((BETTER, WORSE))].to_dict("records")
    points = [point for row in shown if (point := _tipping_point(study, row))]
    return pd.DataFrame(points, columns=list(TIPPING_POINT))


def _tipping_point(study: Study, row: Mapping[str, Any]) -> dict[str, object] | None:
    other = row["best_part"] if pd.notna(row["best_part"]) else row["against"]
    better = row["arm"] if row["shows"] == BETTER else other
    first, last = float(row["from_day"]), float(row["until_day"])
    if not last > first:
        return None
    mice = study.mice[(study.mice["arm"] == better) & (study.mice["n_readings"] > 0)]
    left = mice[~mice["fate"].isin(EXPLAINED) & (mice["last_day"] < last)]
    if not len(left):
        return None
    share = float((last - left["last_day"].clip(lower=first)).sum()) / (len(mice) * (last - first))
    # The limit of the claim that is nearest to no difference.
    near = -row["claim_high"] if row["shows"] == BETTER else row["claim_low"]
    delta, gap = float(near) / share, abs(float(row["estimate"]))
    return {
        **{name: row[name] for name in ("contrast", "arm", "against", "from_day", "until_day")},
        "better_arm": better,
        "other_arm": other if better == row["arm"] else row["arm"],
        "n_mice": len(mice),
        "n_left": len(left),
        "share_missing": share,
        "estimate": row["estimate"],
        "tipping_delta": delta,
        "gap": gap,
        "holds": delta > gap,
    }
