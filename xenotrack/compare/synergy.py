"""Is a combination more than its parts: on growth rates, on ln volume, on relative volume."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.additivity import (
    ChangeAt,
    ChangeOver,
    additivity_excess,
    not_testable_later,
)
from xenotrack.compare.components import ln_volume_change
from xenotrack.compare.contrasts import RawContrasts, finite
from xenotrack.compare.excess import (
    Excess,
    best_part_excess,
    join_excess,
    linear_excess,
)
from xenotrack.compare.expectations import (
    REFERENCES,
    Expectation,
    arms_of,
    expectations,
    has_arms,
    impossible,
)
from xenotrack.compare.synergy_course import Course
from xenotrack.compare.synergy_verdicts import read_excess, spare_antagonism
from xenotrack.doubts import Doubt
from xenotrack.model.daily import Daily, one_day, side_by_side
from xenotrack.model.estimates import ArmEstimates
from xenotrack.study.design import Design

if TYPE_CHECKING:
    import pandas as pd

SCALES = ("rate", "ln_volume", "relative_volume")


@dataclass(frozen=True, eq=False, kw_only=True)
class Synergy(RawContrasts):
    """Excess of each combination over what a reference expects of it; negative is synergy.

    A row a combination, reference, scale and day; ``day`` is NaN where none was asked. The band
    holds for all visits of the shared days together, and from ``beyond_from`` on lies beyond 0.
    ``withheld`` is the rule of the doubt for which a verdict became undecided, "" where none did.
    """

    asked: tuple[Expectation, ...]
    scale: tuple[str, ...]
    day: Floats
    p_adjusted: Floats
    simultaneous_low: Floats
    simultaneous_high: Floats
    claim_low: Floats
    claim_high: Floats
    index: Floats
    p_plug_in: Floats
    method: tuple[str, ...]
    verdicts: tuple[str | None, ...]
    withheld: tuple[str, ...]
    band_low: Floats
    band_high: Floats
    beyond_from: Floats
    doubts: tuple[Doubt, ...] = ()

    def with_courses(self, found: Sequence[Course | None]) -> Synergy:
        """The same with the band over visits of each row of changes of ln volume."""
        band = np.full((3, len(self.asked)), np.nan)
        for row, (course, scale) in enumerate(zip(found, self.scale, strict=True)):
            if course is not None and scale == "ln_volume":
                band[:, row] = *course.at(float(self.day[row])), course.beyond
        return replace(self, band_low=band[0], band_high=band[1], beyond_from=band[2])

    def agreed(self, verdicts: Sequence[str | None], rules: Sequence[str]) -> Synergy:
        """The same with other verdicts; those that changed are withheld by a rule of each row."""
        rows = zip(self.verdicts, verdicts, self.withheld, rules, strict=True)
        withheld = tuple(rule if new != old else known for old, new, known, rule in rows)
        return replace(self, verdicts=tuple(verdicts), withheld=withheld)

    def only(self, references: Sequence[str] = (), scales: Sequence[str] = ()) -> Synergy:
        """The rows of some references and scales, as they were adjusted; none named: of all."""
        rows = [
            row
            for row, (expectation, scale) in enumerate(zip(self.asked, self.scale, strict=True))
            if (not references or expectation.reference in references)
            and (not scales or scale in scales)
        ]
        chosen: dict[str, Any] = {}
        for field in fields(self):
            values = getattr(self, field.name)
            if field.name != "doubts":
                by_row = isinstance(values, tuple)
                chosen[field.name] = tuple(values[r] for r in rows) if by_row else values[rows]
        return replace(self, **chosen)

    def to_frame(self) -> pd.DataFrame:
        """A row a combination and reference, as the table ``synergy`` has it."""
        import pandas as pd

        def words(values: Sequence[str | None]) -> pd.Series:
            return pd.Series(values, dtype=object)

        numbers = {name: finite(values) for name, values in self.columns().items()}
        return pd.DataFrame(
            {
                "combination": words([e.combination for e in self.asked]),
                "reference": words([e.reference for e in self.asked]),
                "expectation": words([e.text for e in self.asked]),
                "scale": words(self.scale),
                "day": self.day,
                **numbers,
                "p_adjusted": self.p_adjusted,
                "adjustment": words(["holm"] * len(self.asked)),
                "combination_index": self.index[:, 0],
                "index_low": self.index[:, 1],
                "index_high": self.index[:, 2],
                "verdict": words(self.verdicts),
                "simultaneous_low": finite(self.simultaneous_low),
                "simultaneous_high": finite(self.simultaneous_high),
                "claim_low": finite(self.claim_low),
                "claim_high": finite(self.claim_high),
                "band_low": self.band_low,
                "band_high": self.band_high,
                "beyond_from": self.beyond_from,
                "p_plug_in": self.p_plug_in,
                "method": words(self.method),
            }
        )


@dataclass(frozen=True, eq=False)
class Growth:
    """What a growth model says of the arms of a claim, over the days that these share.

    ``change`` is that of ln volume since day 0, at several days. ``window`` gives the first and
    the last of the shared days; the index of a rate is of both.
    """

    own: ArmEstimates
    rates: Callable[[Sequence[str]], ArmEstimates]
    change: ChangeOver
    window: Callable[[Sequence[str]], tuple[float, float]]


def estimate_synergy(
    rates: ArmEstimates,
    design: Design,
    level: float = 0.95,
    day: float | None = None,
    *,
    days: Sequence[float] | None = None,
    change_at: ChangeAt | None = None,
    below_limit: Mapping[str, float] | None = None,
) -> Synergy:
    """Excess of every combination where an arm's estimates are the same in every claim.

    As ``synergy_of``, with the index of rates at ``day``; changes of ln volume are by default those
    of straight lines of these rates.
    """
    changes = change_at or (lambda when: ln_volume_change(rates, when))
    index_day = np.nan if day is None else day
    growth = Growth(
        own=rates,
        rates=lambda arms: rates,
        change=lambda arms, at: side_by_side([changes(day) for day in at]),
        window=lambda arms: (0.0, index_day),
    )
    when = [d for d in ([day] if days is None else days) if d is not None]
    return synergy_of(growth, design, level, when, below_limit)


def synergy_of(
    growth: Growth,
    design: Design,
    level: float,
    days: Sequence[float],
    below_limit: Mapping[str, float] | None = None,
) -> Synergy:
    """Excess of every combination over Bliss, its best part, additivity and the interaction.

    On growth rates, with the index at the end of the shared days; and on the change of ln volume
    since day 0 at each of ``days``. p-values are adjusted by Holm across the combinations of one
    reference, scale and day. ``below_limit`` is the share of each arm's readings below the limit.
    What cannot be computed is said among the doubts.
    """
    possible = expectations(design)
    excess = excess_of(growth, design, level, days, below_limit)
    when = [day for day in days if day > 0]
    additive = [
        e for e in possible if e.reference == "additivity" and has_arms(design, growth.own, e)
    ]
    later = not_testable_later(growth.change, design, additive, max(when), level) if when else ()
    doubts = (*impossible(possible, design, growth.own), *later, *excess.doubts)
    return replace(excess, doubts=doubts)


def excess_of(
    growth: Growth,
    design: Design,
    level: float,
    days: Sequence[float],
    below_limit: Mapping[str, float] | None = None,
) -> Synergy:
    """The rows of ``synergy_of``, and the doubts about their verdicts only."""
    asked = [e for e in expectations(design) if has_arms(design, growth.own, e)]
    when = [day for day in days if day > 0]
    blocks = [
        *rate_blocks(growth, design, asked, level),
        *(change_blocks(growth, design, asked, level, when) if when else ()),
    ]
    excess = joined(blocks, level)
    combinations = [e.combination for e in excess.asked]
    verdicts, spared = spare_antagonism(excess.verdicts, combinations, below_limit or {})
    excess = excess.agreed(verdicts, ["antagonism-below-limit"] * len(verdicts))
    return replace(excess, doubts=tuple(spared))


class Block(NamedTuple):
    """Rows of one reference and scale; those of a day are adjusted together."""

    asked: list[Expectation]
    scale: str
    day: Floats
    excess: Excess


def rate_blocks(
    growth: Growth, design: Design, asked: Sequence[Expectation], level: float
) -> Iterator[Block]:
    """Every reference on growth rates; without a day, no index."""

    def rates(arms: Sequence[str]) -> Daily:
        return one_day(growth.rates(arms))

    for reference, rows in by_reference(asked):
        if reference != "additivity":
            estimate = ESTIMATORS.get(reference, linear_excess)
            first, last = np.array([growth.window(arms_of(design, e)) for e in rows]).T
            excess = estimate(rates, design, rows, level, last - first)
            yield Block(rows, "rate", last, excess)


def change_blocks(
    growth: Growth,
    design: Design,
    asked: Sequence[Expectation],
    level: float,
    days: Sequence[float],
) -> Iterator[Block]:
    """Every reference on the change of ln volume at some days, additivity on relative volume."""

    @cache
    def change(arms: Sequence[str]) -> Daily:
        return growth.change(arms, days)

    for reference, rows in by_reference(asked):
        shown = np.repeat(np.array(days, dtype=float), len(rows))
        estimate = ESTIMATORS.get(reference, linear_excess)
        scale = "relative_volume" if reference == "additivity" else "ln_volume"
        excess = estimate(change, design, rows, level, np.ones(len(shown)))
        yield Block(rows * len(days), scale, shown, excess)


ESTIMATORS = {
    "hsa": best_part_excess,
    "hsa_doublet": best_part_excess,
    "additivity": additivity_excess,
}


def by_reference(asked: Sequence[Expectation]) -> Iterator[tuple[str, list[Expectation]]]:
    """The expectations of each reference."""
    for reference in dict.fromkeys(e.reference for e in asked):
        yield reference, [e for e in asked if e.reference == reference]


def joined(blocks: Sequence[Block], level: float) -> Synergy:
    """All rows, each read in words; by scale, then reference, then day."""
    references = list(REFERENCES)
    blocks = sorted(
        blocks, key=lambda b: (SCALES.index(b.scale), references.index(b.asked[0].reference))
    )
    excess = join_excess([block.excess for block in blocks])
    asked = tuple(e for block in blocks for e in block.asked)
    return Synergy(
        **excess.raw.columns(),
        asked=asked,
        scale=tuple(block.scale for block in blocks for _ in block.asked),
        day=np.concatenate([np.empty(0), *(block.day for block in blocks)]),
        p_adjusted=excess.p_adjusted,
        simultaneous_low=excess.simultaneous_low,
        simultaneous_high=excess.simultaneous_high,
        claim_low=excess.claim_low,
        claim_high=excess.claim_high,
        index=np.exp(np.clip(excess.index, -700, 700)),
        p_plug_in=excess.p_plug_in,
        method=excess.methods,
        verdicts=tuple(read_excess(asked, excess, level)),
        withheld=("",) * len(asked),
        **dict.fromkeys(("band_low", "band_high", "beyond_from"), np.full(len(asked), np.nan)),
        doubts=(),
    )
