"""Several lines as one answer: every table of a pool, its claims and its doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xenotrack.compare.blocked_lines import blocked_lines, response_of_lines
from xenotrack.compare.claims import Claim
from xenotrack.compare.line_contrasts import RATE, LineContrasts
from xenotrack.compare.line_doubts import doubts_about_lines
from xenotrack.compare.lines import (
    POOLED,
    Line,
    arms_over,
    contrasts_of,
    control_over,
    is_panel,
    line_frame,
)
from xenotrack.compare.panel_hazards import panel_hazards
from xenotrack.compare.pooled import EACH, Pooled
from xenotrack.compare.pooled_claims import pool, pool_frame
from xenotrack.doubts import Doubt
from xenotrack.study.design import Arm, Design

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.study.rules import Rules


@dataclass(frozen=True, eq=False)
class Pool:
    """Lines side by side, by the rules in force; ``rules`` has their groups under ``lines``."""

    name: str
    lines: tuple[Line, ...]
    rules: Rules
    outcomes: Sequence[str] = POOLED

    @property
    def level(self) -> float:
        return self.rules.compare.level

    @property
    def arms(self) -> tuple[str, ...]:
        return arms_over(self.lines)

    @property
    def control(self) -> str | None:
        return control_over(self.lines)

    @cached_property
    def is_panel(self) -> bool:
        """Whether lines have one or two mice an arm."""
        return is_panel([n for line in self.lines for n in line.counts.values()])

    @property
    def factors(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        return self.rules.lines

    @cached_property
    def contrasts(self) -> list[LineContrasts]:
        """What is pooled."""
        return contrasts_of(self.lines, self.outcomes, self.rules)

    @cached_property
    def rows(self) -> list[Pooled]:
        """The pooled contrasts; of a panel also the hazards, stratified by line."""
        return pool(self.contrasts, self.factors, self.level, tuple(self._hazards()))

    def _hazards(self) -> Iterator[Pooled]:
        if self.is_panel and "log_hazard" in self.outcomes:
            responses = {line.name: line.response for line in self.lines}
            yield from panel_hazards(responses, self.arms, self.control, self.factors, self.level)

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        return tuple(doubts_about_lines(self.lines, self.contrasts, self.factors))

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the pool by name."""
        return {
            "pool": pool_frame(self.rows),
            "pool_lines": line_frame(self.contrasts, self.lines, self.level),
            "pool_response": response_of_lines(self.lines),
            "pool_blocked": blocked_lines(self.lines, self.factors, self.level),
        }

    @cached_property
    def design(self) -> Design:
        """The arms of all lines, as figures and colours know them."""
        drugs: dict[str, Arm] = {}
        for line in self.lines:
            for arm in line.design_arms:
                drugs.setdefault(arm.name, arm)
        study = replace_control(self.rules, self.control)
        return Design(self.name, tuple(drugs.values()), study)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What may be said over lines: means, differences of groups, each group, lines blocked."""
        doubts = tuple(doubt.rule for doubt in self.doubts)
        return tuple(replace(claim, doubts=doubts) for claim in (*self._pooled(), *self._blocked()))

    def _pooled(self) -> Iterator[Claim]:
        for row in self.rows:
            if row.is_claim and row.shows:
                yield Claim(
                    kind="pooled",
                    outcome=row.outcome,
                    family=f"{row.scope}: {row.factor}" if row.factor else row.scope,
                    arm=row.arm,
                    against=row.against,
                    arms=tuple(name for name in (row.arm, row.against) if name),
                    shows=row.shows,
                    primary=row.primary,
                    from_day=row.from_day,
                    until_day=row.until_day,
                    estimate=row.estimate,
                    low=row.claim_low,
                    high=row.claim_high,
                    p_value=row.p_value,
                    p_adjusted=row.p_adjusted,
                    adjustment=row.adjustment,
                    n=row.n_lines,
                )

    def _blocked(self) -> Iterator[Claim]:
        """In how many lines each arm blocked progression, with the limits of the share of lines."""
        rows = self.tables["pool_blocked"]
        for row in rows[rows["factor"].isna()].to_dict("records"):
            each = [one for one in self.rows if one.outcome == RATE and one.scope == EACH]
            own = [one.shows for one in each if one.arm == row["arm"]]
            whole = row["n"] == row["n_lines"] and all(shows == "blocked" for shows in own)
            yield Claim(
                kind="lines",
                outcome="progression",
                family="lines",
                arm=row["arm"],
                against="",
                arms=(row["arm"],),
                shows="blocked" if whole else "in some lines" if row["n"] else "not shown",
                estimate=row["proportion"],
                low=row["conf_low"],
                high=row["conf_high"],
                n=int(row["n"]),
                n_mice=int(row["n_lines"]),
            )


def replace_control(rules: Rules, control: str | None) -> Rules:
    """The rules with the control of most lines."""
    import msgspec

    study = msgspec.structs.replace(rules.study, control=control)
    compare = msgspec.structs.replace(rules.compare, primary=None)
    return msgspec.structs.replace(rules, study=study, compare=compare)
