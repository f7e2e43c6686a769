"""What the sentences of a report are made from: a study's results and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.compare.blocking import ArmBlocking
from xenotrack.compare.claims import Claim
from xenotrack.compare.outcomes import times_of
from xenotrack.present.results import Results
from xenotrack.present.tell.doubts import question_of, told_together
from xenotrack.study.design import Design


@dataclass(frozen=True)
class Facts:
    """A study with the tables that ``run`` writes, by name."""

    results: Results
    tables: Mapping[str, pd.DataFrame]

    @property
    def design(self) -> Design:
        return self.results.study.design

    @property
    def level(self) -> float:
        return self.design.rules.compare.level

    @property
    def times(self) -> tuple[str, str]:
        """The hazards and the days that are claimed."""
        return times_of(self.design.rules.compare.estimand)

    @property
    def control(self) -> str | None:
        return self.design.control

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Everything that may be said, in the order of the table ``claims``."""
        return self.results.claims

    def place_of(self, claim: Claim) -> int:
        """Where a claim stands in that table."""
        return self.claims.index(claim)

    def claims_of(self, outcome: str, family: str = "") -> list[Claim]:
        """The claims of one outcome, of one family where it is named."""
        return [
            claim
            for claim in self.claims
            if claim.outcome == outcome and family in ("", claim.family)
        ]

    @cached_property
    def primary(self) -> Claim | None:
        """The claim that was declared beforehand; None without one, or where it has no test."""
        return next((claim for claim in self.claims if claim.primary), None)

    @cached_property
    def _blocking(self) -> dict[str, ArmBlocking]:
        return {blocking.arm: blocking for blocking in self.results.blocking}

    def rate_of(self, arm: str) -> ArmBlocking | None:
        """An arm's growth rate, over its own days, with its verdict; None without growth."""
        return self._blocking.get(arm)

    def blocking_of(self, arm: str) -> ArmBlocking:
        """What growth and progression of an arm say together."""
        return self._blocking[arm]

    @cached_property
    def days_fitted(self) -> str:
        """The days of the growth fit in words; empty without one."""
        if not self.results.has_growth:
            return ""
        row = self.results.growth.facts().iloc[0]
        return f"days {row['first_day']:g} to {row['last_day']:g}"

    @cached_property
    def last_day(self) -> float:
        return float(self.results.study.readings["day"].max())

    @property
    def weighed(self) -> bool:
        """Whether the body weight of any mouse is known."""
        return bool((self.tables["tolerability"]["n_weighed"] > 0).any())

    @cached_property
    def readings_not_fitted(self) -> str:
        """How many readings the growth fit did not use and why; empty where it used all."""
        if not self.results.has_growth:
            return ""
        used = int(self.results.growth.n_measurements.sum())
        day = self.results.study.readings["day"]
        rules = self.design.rules.growth
        first = -np.inf if rules.from_day is None else rules.from_day
        last = np.inf if rules.until_day is None else rules.until_day
        outside = int(((day < first) | (day > last)).sum())
        late = int(self.results.growth.n_after.sum())
        others = len(day) - used - outside - late
        why = []
        if outside:
            why.append(f"{outside} lie outside the days that the study declares for growth")
        if late:
            why.append(
                f"{late} {'lies' if late == 1 else 'lie'} after the follow-up of an arm, when more "
                "than half of its mice, or all but two, were gone"
            )
        if others > 0:
            why.append(
                f"{others} {'lies' if others == 1 else 'lie'} before the baseline, or below the "
                "limit of measurement, or belong to mice that could not be fitted"
            )
        if not why:
            return ""
        return (
            f"{used} of {len(day)} readings entered the growth fit; {' and '.join(why)}. All enter "
            "all else."
        )

    def arm_row(self, table: str, arm: str) -> pd.Series | None:
        """An arm's row of a table; None where it has none."""
        rows = self.tables[table]
        places = np.flatnonzero(rows["arm"].to_numpy() == arm)
        return rows.iloc[places[0]] if places.size else None

    def compared(self, outcome: str, arm: str, against: str) -> pd.Series | None:
        """A row of the table ``compare``, claim or not; None where there is none."""
        rows = self.tables["compare"]
        rows = rows[
            (rows["outcome"] == outcome) & (rows["arm"] == arm) & (rows["against"] == against)
        ]
        return rows.iloc[0] if len(rows) else None

    def doubts(self, question: str) -> tuple[str, ...]:
        """The doubts that stand beside a question."""
        doubts = self.results.doubts
        return told_together(doubt for doubt in doubts if question_of(doubt) == question)
