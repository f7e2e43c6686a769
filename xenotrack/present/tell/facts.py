"""What the sentences of a report are made from: a study's results and its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.slowing import with_slowing
from xenotrack.present.results import Results
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
    def control(self) -> str | None:
        return self.design.control

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

    @cached_property
    def without_events(self) -> frozenset[str]:
        """The arms of which no mouse progressed, as far as a doubt says so."""
        return frozenset(
            arm
            for doubt in self.results.doubts
            if doubt.rule == "arm-without-events"
            for arm in doubt.arms
        )

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
        others = len(day) - used - outside
        why = []
        if outside:
            why.append(f"{outside} lie outside the days that the study declares for growth")
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

    def progressed(self, arm: str) -> pd.Series | None:
        """The share of an arm's mice that progressed, with its exact interval."""
        rows = self.tables["blocked"]
        found = rows[(rows["arm"] == arm) & (rows["category"] == "progressed")]
        return found.iloc[0] if len(found) else None

    def contrasts(self, outcome: str, family: str) -> pd.DataFrame:
        rows = self.tables["compare"]
        return rows[(rows["outcome"] == outcome) & (rows["family"] == family)]

    @cached_property
    def slowing(self) -> pd.DataFrame:
        """Growth rates against control, with their percents."""
        rows = self.contrasts("growth_rate", "control")
        return with_slowing(rows, self.results.growth) if len(rows) else rows

    def arm_row(self, table: str, arm: str) -> pd.Series | None:
        """An arm's row of a table; None where it has none."""
        rows = self.tables[table]
        found = rows[rows["arm"] == arm]
        return found.iloc[0] if len(found) else None

    def primary(self, outcome: str) -> pd.Series | None:
        """The contrast named beforehand, of one outcome."""
        rows = self.tables["compare"]
        named = self.design.primary
        label = named.label if named is not None else None
        found = rows[(rows["outcome"] == outcome) & (rows["contrast"] == label)]
        return found.iloc[0] if len(found) else None

    def doubts(self, rules: Iterable[str], outcomes: Iterable[str] = ()) -> tuple[str, ...]:
        """The doubts with these names; those that name an outcome only where it is one of these."""
        wanted, outcomes = set(rules), set(outcomes)
        return tuple(
            doubt.told
            for doubt in self.results.doubts
            if doubt.rule in wanted
            and (doubt.outcome not in OUTCOMES or not outcomes or doubt.outcome in outcomes)
        )
