"""Which arms may grow slowest: those that no other arm was shown to beat.

All pairs are compared and adjusted together, so that an arm which truly grows slowest is left out
with at most the declared chance, whichever arm happens to look best.

Source: Gupta (1965) Technometrics 7:225, by way of Hsu (1996) Multiple Comparisons, ch. 4.
"""

from __future__ import annotations

import pandas as pd

from xenotrack.compare.verdicts import BETTER, WORSE

BEST_ARMS = ("arm", "estimate", "beaten_by", "p_adjusted", "among_best")


def best_arms(rates: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Each arm whose rate is known, the lowest first, with the lowest of those that beat it.

    ``rates`` has each arm's rate (``arm estimate``), per day and over its own days, ``pairs`` the
    contrasts of all pairs (``arm against p_adjusted shows``), each over the days that both share.
    """
    known = rates.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    losses = _losses(pairs)
    place = pd.Series(range(len(known)), index=known["arm"])
    lowest = losses.iloc[losses["beaten_by"].map(place).argsort(kind="stable")]
    found = known[["arm", "estimate"]].merge(lowest.drop_duplicates("arm"), on="arm", how="left")
    found["among_best"] = found["beaten_by"].isna()
    return found[list(BEST_ARMS)].reset_index(drop=True)


def _losses(pairs: pd.DataFrame) -> pd.DataFrame:
    """Each arm beaten, by which, and how surely."""
    won, lost = (pairs[pairs["shows"] == shows] for shows in (BETTER, WORSE))
    names = {"against": "arm", "arm": "beaten_by"}
    columns = ["arm", "beaten_by", "p_adjusted"]
    swapped = won[["arm", "against", "p_adjusted"]].rename(columns=names)
    same = lost.rename(columns={"against": "beaten_by"})
    return pd.concat([swapped[columns], same[columns]], ignore_index=True)
