"""Which arm is best by growth, and which others may be."""

from __future__ import annotations

import pandas as pd

from xenotrack.present.labels import short_names
from xenotrack.present.numbers import fixed, join
from xenotrack.present.story import Sentence
from xenotrack.present.tell.facts import Facts

NAMED = 4  # arms beside the first, of which more are counted


def best(facts: Facts) -> Sentence | None:
    """The arm that grew slowest of those that none beats; None where only two could be ranked."""
    rows = facts.tables["best_arms"]
    ranked = rows[rows["among_best"]].to_dict("records")
    if len(rows) < 3 or not ranked:
        return None
    short = short_names(facts.design)
    first, *others = ranked
    if first["arm"] == facts.control:
        return Sentence(f"No arm is shown to beat {short[first['arm']]}", "Best by growth")
    rate = f"{fixed(100 * first['estimate'], 1)} % a day"
    names = [short[row["arm"]] for row in others]
    if len(names) > NAMED:
        names = [f"{len(names)} other arms"]
    also = f"{join(names)} may be as good" if names else _alone(rows, first["arm"])
    return Sentence(f"{short[first['arm']]}, {rate}; {also}", "Best by growth")


def _alone(rows: pd.DataFrame, best: str) -> str:
    """What is known of the only arm that none beats; another one may have beaten the rest."""
    beaten_by = rows.loc[rows["arm"] != best, "beaten_by"]
    if (beaten_by == best).all():
        return "shown to beat every other arm"
    return "every other arm was shown to be worse than one"
