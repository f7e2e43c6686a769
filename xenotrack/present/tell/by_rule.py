"""How long arms took by the further rules of progression that the study names."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import pandas as pd

from xenotrack.present.numbers import number
from xenotrack.present.story import Sentence
from xenotrack.study.progression_rules import DECLARED


def by_further_rules(table: pd.DataFrame) -> Iterator[Sentence]:
    """A sentence a rule of the table ``progression_by_rule``, which describes and claims nothing.

    >>> row = ("late", "4 × baseline", "A", 2, 9, 31.44)
    >>> names = ["rule_name", "definition", "arm", "n_events", "n_mice", "median_days"]
    >>> next(by_further_rules(pd.DataFrame([row], columns=names))).whole
    'By the rule late: A 2 of 9, median 31.4 days (progressed at 4 × baseline; described alone).'
    """
    for name, own in table[table["rule_name"] != DECLARED].groupby("rule_name", sort=False):
        arms = "; ".join(_arm(row) for _, row in own.iterrows())
        definition = own["definition"].iloc[0]
        yield Sentence(arms, f"By the rule {name}", f"progressed at {definition}; described alone")


def _arm(row: pd.Series) -> str:
    """How many mice of an arm progressed, and when half had."""
    counted = f"{row['arm']} {row['n_events']} of {row['n_mice']}"
    median = row["median_days"]
    return f"{counted}, median {number(median)} days" if isfinite(median) else counted
