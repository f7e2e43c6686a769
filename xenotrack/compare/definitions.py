"""The definitions of progression under which a claim is looked at again: one fixed list.

Whether a combination delays progression may rest on what counts as progression. The list is fixed
beforehand, so that nobody picks the definitions that agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import msgspec

from xenotrack.study.design import Design
from xenotrack.study.progression_rules import USUAL_VALUE, ProgressionRules

Estimand = Literal["progression", "composite", "nadir"]
DAYS = ("linear", "none")  # between the visits, or on that of the visit
CULLS = ("event", "censor")
DAY_WORDS = {"linear": "", "none": "on the visit day", "log": "interpolated on the log scale"}


@dataclass(frozen=True)
class Definition:
    """One definition of the event.

    ``estimand`` is what it is a time to: progression from the baseline (or to a volume),
    progression or leaving for toxicity, progression from the nadir. ``regrowth`` is the one from
    the nadir that calipers cannot feign; ``declared`` is the study's own definition.
    """

    rules: ProgressionRules
    estimand: Estimand
    regrowth: bool = False
    declared: bool = False

    @property
    def words(self) -> str:
        """The definition as a row of a table names it."""
        rules = self.rules
        event = {
            "fold": f"{rules.threshold:g} × baseline",
            "percent": f"{rules.threshold:g} % above baseline",
            "nadir": f"{rules.threshold:g} × nadir{above(rules)}",
            "absolute": f"{rules.threshold:g} mm³",
        }[rules.rule]
        toxicity = " or toxicity" if self.estimand == "composite" else ""
        parts = [
            "regrowth from the nadir" if self.regrowth else event + toxicity,
            "confirmed" if rules.confirm and not self.regrowth else "",
            DAY_WORDS[rules.interpolate],
            "size limit censored" if rules.size_cull == "censor" else "",
        ]
        return ", ".join(part for part in parts if part)


def above(rules: ProgressionRules) -> str:
    """The rise that a nadir rule asks for, in words; "" without one."""
    return f" and {rules.rise:g} mm³ above it" if rules.rise else ""


def definitions(
    declared: ProgressionRules, estimand: Estimand = "progression"
) -> tuple[Definition, ...]:
    """The declared definition, then those of the list that differ from it.

    Twelve of progression: 2 × baseline, that confirmed, and 4 × baseline (of a declared volume: it,
    it confirmed, half of it), each interpolated or on the visit day, with leaving for size as an
    event or censored. Six with toxicity as an event, and six from the nadir.
    """
    if declared.fold is not None:  # a percent is a fold in other words
        declared = _with(declared, rule="fold", value=declared.fold)
    declared = _with(declared, value=declared.threshold)
    first = Definition(declared, estimand_of(declared, estimand), declared=True)
    others = [one for one in _listed(declared) if replace(one, declared=True) != first]
    return (first, *others)


def with_rules(design: Design, rules: ProgressionRules) -> Design:
    """The design with other rules of progression."""
    return replace(design, rules=msgspec.structs.replace(design.rules, progression=rules))


def estimand_of(rules: ProgressionRules, named: Estimand = "progression") -> Estimand:
    """What a declared rule is a time to, where an estimand was named beforehand."""
    return "nadir" if rules.rule == "nadir" and named == "progression" else named


def _listed(declared: ProgressionRules) -> Iterator[Definition]:
    events = tuple(_events(declared))
    for event, cull, day in product(events, CULLS, DAYS):
        yield Definition(_with(event, size_cull=cull, interpolate=day), "progression")
    for event, day in product(events, DAYS):
        yield Definition(_with(event, interpolate=day), "composite")
    nadir = _plain(declared, rule="nadir", value=USUAL_VALUE["nadir"], confirm=True)
    for cull, day in product(CULLS, DAYS):
        yield Definition(_with(nadir, size_cull=cull, interpolate=day), "nadir")
    for day in DAYS:
        yield Definition(_with(nadir, interpolate=day), "nadir", regrowth=True)


def _events(declared: ProgressionRules) -> Iterator[ProgressionRules]:
    """The three events, without a choice of day or of what leaving for size means."""
    usual = _plain(declared, rule="fold", value=USUAL_VALUE["fold"])
    other = 2 * USUAL_VALUE["fold"]
    if declared.rule == "absolute":
        usual, other = _plain(declared, rule="absolute"), declared.threshold / 2
    yield from (usual, _with(usual, confirm=True), _with(usual, value=other))


def _plain(declared: ProgressionRules, **choices: object) -> ProgressionRules:
    """The declared rules without their choices."""
    plain = {"rise": 0.0, "confirm": False, "interpolate": "linear", "size_cull": "event"}
    return _with(declared, **plain | choices)


def _with(rules: ProgressionRules, **choices: object) -> ProgressionRules:
    return msgspec.structs.replace(rules, **choices)
