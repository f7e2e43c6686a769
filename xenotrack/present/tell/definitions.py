"""In how many definitions of progression a claim of days gained is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import pandas as pd

from xenotrack.compare.sensitivity import NO_ESTIMATE
from xenotrack.present.numbers import effect
from xenotrack.present.story import Sentence
from xenotrack.present.tell.claims import versus
from xenotrack.present.tell.facts import Facts


@dataclass(frozen=True)
class Holding:
    """A claim under the definitions of what the declared one is a time to, and under all others."""

    arm: str
    against: str
    declared: pd.Series
    n: int
    n_definitions: int
    n_other: int
    n_other_definitions: int

    @property
    def words(self) -> str:
        """``in 11 of 12 definitions``."""
        return f"in {self.n} of {self.n_definitions} definitions"

    @property
    def words_of_others(self) -> str:
        return f"in {self.n_other} of {self.n_other_definitions}"


def holdings(table: pd.DataFrame) -> Iterator[Holding]:
    """Each claim of the table ``sensitivity``."""
    for _, own in table.groupby("contrast", sort=False):
        same, other = own[own["same_estimand"]], own[~own["same_estimand"]]
        first = own[own["declared"]].iloc[0]
        counts = (int(same["holds"].sum()), len(same), int(other["holds"].sum()), len(other))
        yield Holding(str(first["arm"]), str(first["against"]), first, *counts)


def in_definitions(facts: Facts, arm: str, against: str) -> str:
    """In how many definitions a contrast is shown; "" where nobody asked."""
    found = holdings(facts.tables["sensitivity"])
    return next(
        (one.words for one in found if (one.arm, one.against) == (arm, against)),
        "",
    )


def under_definitions(facts: Facts) -> Iterator[Sentence]:
    """Each claim of days gained under other definitions of progression."""
    table, control = facts.tables["sensitivity"], facts.control
    if facts.results.with_sensitivity and table.empty and control is not None:
        yield Sentence(NO_ESTIMATE.rstrip("."))
    composite = facts.design.rules.compare.estimand == "composite"
    event = "with progression alone or the nadir" if composite else "with toxicity or the nadir"
    for one in holdings(table):
        row = one.declared
        pair = versus(one.arm, one.against)
        others = f"{event} in the event, {one.words_of_others}"
        if not isfinite(row["estimate"]):
            yield Sentence(
                f"days gained cannot be estimated as declared, and are shown {one.words}", pair
            )
            continue
        shown = effect("days", row["estimate"], row["claim_low"], row["claim_high"], facts.level)
        yield Sentence(
            f"days gained are shown {one.words}; {others}", pair, f"{shown}, as declared"
        )
