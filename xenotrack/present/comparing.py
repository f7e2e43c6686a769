"""The contrasts of a study's results: which outcomes are compared, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xenotrack.compare.outcomes import OUTCOMES, usual_outcomes
from xenotrack.doubts import merge_doubts

if TYPE_CHECKING:
    from xenotrack.compare.contrasts import Contrasts
    from xenotrack.compare.outcomes import Outcome
    from xenotrack.doubts import Doubt
    from xenotrack.present.results import Results

Asked = tuple[str, tuple[str, ...], float | None]
"""An outcome, the families of its contrasts, and the day."""


def compared_outcomes(
    results: Results,
    known: dict[Asked, Contrasts],
    outcomes: tuple[str, ...],
    families: tuple[str, ...],
    day: float | None,
) -> tuple[Contrasts, ...]:
    """The contrasts of each outcome asked for; ``known`` are those computed before."""
    from xenotrack.present.sources import SOURCES

    design = results.study.design
    named = () if design.primary is None else (design.primary.outcome,)
    asked = outcomes or (*usual_outcomes(design.rules.compare.estimand), *named)
    contrasts = []
    for outcome in (one for one in OUTCOMES.values() if one.name in asked):
        # All pairs are of every outcome; the others are those in which it is read.
        read_in = families if outcomes else (*outcome.families, "all")
        wanted = tuple(name for name in families if name in read_in)
        if wanted and (outcomes or SOURCES[outcome.name].has(results)):
            contrasts.append(_once(results, known, outcome, wanted, day))
    return tuple(contrasts)


def _once(
    results: Results,
    known: dict[Asked, Contrasts],
    outcome: Outcome,
    families: tuple[str, ...],
    day: float | None,
) -> Contrasts:
    asked = (outcome.name, families, day)
    if asked not in known:
        known[asked] = _compared(results, outcome, families, day)
    return known[asked]


def _compared(
    results: Results, outcome: Outcome, families: tuple[str, ...], day: float | None
) -> Contrasts:
    """The contrasts of one outcome, with the doubts of what they rest on."""
    from xenotrack.compare.comparisons import compare_arms
    from xenotrack.compare.components import unless_caged
    from xenotrack.compare.uneven_blocks import unless_uneven
    from xenotrack.present.sources import SOURCES

    compared, doubts = SOURCES[outcome.name].of(results, day)
    unit: tuple[Doubt, ...] = ()
    if outcome.source != "growth":
        compared, uneven = unless_uneven(compared, results.study.mice)
        compared, caged = unless_caged(compared, results.study.design)
        unit = (*uneven, *caged)
    found = compare_arms(compared, results.study.design, families)
    return replace(found, doubts=merge_doubts(doubts, unit, found.doubts))
