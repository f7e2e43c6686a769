"""The answer in a few sentences: the effect, whether tumours were held, the price, the doubts."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from xenotrack.compare.blocking import BLOCKED, HELD, REGREW
from xenotrack.compare.claims import Claim
from xenotrack.compare.families import BEST_PART
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.synergy_verdicts import UNDECIDED
from xenotrack.compare.verdicts import BETTER, NOT_SHOWN, WITHHELD
from xenotrack.present.numbers import days_range, effect, join, number, share
from xenotrack.present.story import Sentence
from xenotrack.present.tell.answers import is_price, losses
from xenotrack.present.tell.caveats import caveats, claims_in
from xenotrack.present.tell.claims import (
    arm_sentence,
    contrast_sentence,
    synergy_sentence,
)
from xenotrack.present.tell.declared import as_declared
from xenotrack.present.tell.definitions import in_definitions
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.leaving import nobody_followed

FEW = 3  # combinations of which each has its sentence


def headline(facts: Facts) -> tuple[Sentence, ...]:
    """The declared claim first; what else was measured of it supports it, and claims nothing."""
    stated = (
        *as_declared(facts),
        *effect_of(facts),
        *over_parts(facts),
        *held(facts),
        *price(facts),
    )
    return (*stated, *caveats(facts, claims_in(stated)))


def key_figure(facts: Facts) -> str:
    """The curves of volume; those of progression where no growth could be fitted."""
    return "growth" if facts.results.has_growth else "progression"


def effect_of(facts: Facts) -> Iterator[Sentence]:
    """The primary contrast, else the arm that slowed growth most."""
    if facts.primary is not None:
        yield about(contrast_sentence(facts.primary, facts), "Primary contrast")
        yield from support(facts, facts.primary)
        return
    if not facts.results.has_growth:
        yield Sentence("Growth could not be fitted; what follows rests on time to progression")
        yield from nobody_followed(facts)
        return
    claims = [claim for claim in facts.claims_of("growth_rate") if claim.against == facts.control]
    if not claims:
        if facts.control is None:
            yield Sentence("Nothing was compared: no arm is the control")
        else:
            yield Sentence(f"No growth rate can be compared with that of {facts.control}")
        return
    yield from most(facts, claims)


def about(sentence: Sentence, what: str) -> Sentence:
    """The same sentence under a name."""
    return Sentence(sentence.text, what, sentence.evidence, sentence.claims)


def support(facts: Facts, primary: Claim) -> Iterator[Sentence]:
    """The same contrast in the other outcomes: estimates, each by itself, and no claim."""
    if primary.against == BEST_PART:
        return
    parts = []
    for outcome in OUTCOMES.values():
        row = facts.compared(outcome.name, primary.arm, primary.against)
        if outcome.name != primary.outcome and row is not None and isfinite(row["conf_low"]):
            numbers = effect(
                outcome.display, row["estimate"], row["conf_low"], row["conf_high"], facts.level
            )
            title = "" if outcome.display == "hazard_ratio" else f"{outcome.title.lower()} "
            days = days_range(row["from_day"], row["until_day"])
            shown = in_definitions(facts, primary.arm, primary.against)
            beside = f", shown {shown}" if shown and outcome.name == facts.times[1] else ""
            parts.append(f"{title}{numbers}" + (f" ({days})" if days else "") + beside)
    if parts:
        yield Sentence("; ".join(parts), "In support, each by itself")


def most(facts: Facts, claims: list[Claim]) -> Iterator[Sentence]:
    """How many arms slowed growth, and the one that did most."""
    slower = [claim for claim in claims if claim.shows == BETTER]
    if not slower:
        yield Sentence(
            f"No arm was shown to grow slower than {facts.control}",
            claims=tuple(facts.place_of(claim) for claim in claims),
        )
        return
    best = min(slower, key=lambda claim: claim.estimate)
    if len(claims) > 1:
        yield Sentence(
            f"{len(slower)} of {len(claims)} arms grew slower than {facts.control}",
            claims=tuple(facts.place_of(claim) for claim in slower),
        )
    yield about(contrast_sentence(best, facts), "Most of all" if len(claims) > 1 else "")


def over_parts(facts: Facts) -> Iterator[Sentence]:
    """The largest combinations against the best of their parts, and beside what these predict.

    Of many those that show nothing are counted.
    """
    drugs = {name: len(facts.design.drugs_of(name)) for name, _ in facts.design.combinations()}
    largest = [name for name, count in drugs.items() if count == max(drugs.values())]
    asked = [claim for claim in facts.claims if claim.arm in largest and not claim.primary]
    beside = [
        claim for claim in asked if claim.outcome == "growth_rate" and claim.against == BEST_PART
    ]
    predicted = [claim for claim in asked if (claim.kind, claim.outcome) == ("synergy", "bliss")]
    silent = [claim for claim in beside if claim.shows == NOT_SHOWN]
    silent_excess = [claim for claim in predicted if claim.shows == UNDECIDED]
    counted = [
        *_counted(facts, silent, len(beside), "grow slower than each of {} parts"),
        *_counted(
            facts, silent_excess, len(predicted), "do more or less than {} single drugs predict"
        ),
    ]
    told = {place for sentence in counted for place in sentence.claims}
    for claim in (claim for claim in asked if claim in beside or claim in predicted):
        if facts.place_of(claim) not in told:
            sentence = synergy_sentence if claim.kind == "synergy" else contrast_sentence
            yield sentence(claim, facts)
    yield from counted


def _counted(facts: Facts, silent: list[Claim], total: int, gain: str) -> Iterator[Sentence]:
    """How many of some combinations were not shown to do something, where many were not."""
    if len(silent) > FEW:
        some = f"{len(silent)} of {total} combinations were not shown to {gain.format('their')}"
        none = f"None of {total} combinations was shown to {gain.format('its')}"
        text = none if len(silent) == total else some
        yield Sentence(text, claims=tuple(facts.place_of(claim) for claim in silent))


def held(facts: Facts) -> Iterator[Sentence]:
    """Which arms blocked progression, which held growth without, and which came back."""
    if not facts.results.has_growth:
        return
    claims = [claim for claim in facts.claims if claim.kind == "arm"]
    blocked = [claim for claim in claims if claim.shows == BLOCKED]
    if len(blocked) == 1:
        yield arm_sentence(blocked[0], facts)
    elif blocked:
        yield _several(facts, blocked)
    for shows, words in ((HELD, "Held growth on average"), (REGREW, "Held at first and came back")):
        alike = [claim for claim in claims if claim.shows == shows]
        if alike:
            arms = join(f"{claim.arm} ({count_held(facts, claim)})" for claim in alike)
            yield Sentence(arms, words, claims=tuple(facts.place_of(claim) for claim in alike))
    for claim in claims:
        if claim.shows == WITHHELD:
            yield arm_sentence(claim, facts)
    if not claims:
        yield Sentence("No arm was shown to hold growth")


def count_held(facts: Facts, claim: Claim) -> str:
    """``3 of 10 progressed``; of mice that regrew where none did."""
    blocking = facts.blocking_of(claim.arm)
    if blocking.n_regrew and not blocking.n_progressed:
        return f"{blocking.n_regrew} of {blocking.n_mice} regrew"
    return f"{blocking.n_progressed} of {blocking.n_mice} progressed"


def _several(facts: Facts, claims: list[Claim]) -> Sentence:
    """Several arms that blocked progression, each with its bound."""
    bounds = []
    for claim in claims:
        blocking = facts.blocking_of(claim.arm)
        bounds.append(
            f"{blocking.arm} 0 of {blocking.n_at_risk} by day {number(blocking.day)}, "
            f"{share(blocking.share_low, blocking.share_high, facts.level)}"
        )
    return Sentence(
        f"{join(claim.arm for claim in claims)} blocked progression",
        evidence="; ".join(bounds),
        claims=tuple(facts.place_of(claim) for claim in claims),
    )


def price(facts: Facts) -> Iterator[Sentence]:
    """What the arm in question cost, and the arms that lost most."""
    if not facts.weighed:
        return
    asked = _asked_about(facts)
    for claim in facts.claims:
        if is_price(claim) and claim.arm == asked and claim.against == facts.control:
            yield contrast_sentence(claim, facts)
    yield losses(facts.tables["tolerability"])


def _asked_about(facts: Facts) -> str:
    """The arm of the primary contrast, else the one that grew least."""
    if facts.primary is not None:
        return facts.primary.arm
    rows = facts.tables["growth"].dropna(subset=["estimate"])
    rows = rows[rows["arm"] != facts.control]
    return str(rows.loc[rows["estimate"].idxmin(), "arm"]) if len(rows) else ""
