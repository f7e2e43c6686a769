"""The questions of a report in the order in which people ask them, each with its answer."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

import pandas as pd

from xenotrack.compare.claims import Claim
from xenotrack.compare.families import BEST_PART
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.verdicts import NOT_SHOWN
from xenotrack.doubts import p_words
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.numbers import effect, join
from xenotrack.present.story import Answer, Sentence
from xenotrack.present.tell.by_rule import by_further_rules
from xenotrack.present.tell.caveats import claims_in
from xenotrack.present.tell.claims import (
    REFERENCES,
    arm_sentence,
    contrast_evidence,
    contrast_sentence,
    contrast_text,
    synergy_sentence,
)
from xenotrack.present.tell.declared import as_declared
from xenotrack.present.tell.definitions import in_definitions, under_definitions
from xenotrack.present.tell.doubts import SURE
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.leaving import left_by_arm, nobody_followed, rests_on_fates
from xenotrack.present.tell.one_out import one_mouse, one_out
from xenotrack.present.tell.tipping import left_unexplained

ADJUSTMENTS = {"holm": "p by Holm", "dunnett": "p by Dunnett", "tukey": "p by Tukey"}


def answers(facts: Facts) -> Iterator[Answer]:
    """Each question that the study can be asked."""
    for key, question, tables, tell in QUESTIONS:
        if key == "parts" and not list(facts.design.combinations()):
            continue
        figures = () if key == "price" and not facts.weighed else figure_names(key)
        told = tuple(tell(facts))
        sentences = (*told, *other_outcomes(facts, key, claims_in(told)))
        yield Answer(key, question, sentences, figures, tables, facts.doubts(key))


def other_outcomes(facts: Facts, question: str, told: Container[int]) -> Iterator[Sentence]:
    """What the question's other outcomes show against control; the rest stands in the table."""
    for place, claim in enumerate(facts.claims):
        if claim.kind != "contrast" or OUTCOMES[claim.outcome].question != question:
            continue
        if claim.against == facts.control and claim.shows != NOT_SHOWN and place not in told:
            yield contrast_sentence(claim, facts)


def slowed(facts: Facts) -> Iterator[Sentence]:
    """Growth against control."""
    if not facts.results.has_growth:
        yield Sentence("Growth could not be fitted, so no rate is compared")
        return
    if facts.control is None:
        yield Sentence(
            "No arm is the control, so nothing is compared; the table has the rate of each arm"
        )
        return
    claims = [claim for claim in facts.claims_of("growth_rate") if claim.against == facts.control]
    if not claims:
        yield Sentence("No arm can be compared with the control")
        return
    yield from how_to_read(facts, [claim for claim in claims if not claim.primary], "arm")
    if all(claim.shows == NOT_SHOWN for claim in claims):
        yield Sentence(
            f"No arm was shown to grow slower than {facts.control}",
            claims=tuple(facts.place_of(claim) for claim in claims),
        )
    for claim in claims:
        yield contrast_sentence(claim, facts)


def how_to_read(facts: Facts, claims: list[Claim], noun: str) -> Iterator[Sentence]:
    """How the p-values of several claims were adjusted, and what their intervals are."""
    if len(claims) < 2:
        return
    adjustment = claims[0].adjustment
    if adjustment == "none":
        yield Sentence(f"Each {noun} by itself: p and CI are not adjusted")
        return
    yield Sentence(
        f"{ADJUSTMENTS[adjustment]} over {len(claims)} {noun}s; each {100 * facts.level:g} % CI is "
        "at the adjusted level"
    )


def blocked(facts: Facts) -> Iterator[Sentence]:
    """Whether arms held growth, and what progressed of them."""
    if not facts.results.has_growth:
        yield Sentence("Growth could not be fitted, so no arm can be said to have blocked it")
        return
    claims = [claim for claim in facts.claims if claim.kind == "arm"]
    if not claims:
        yield Sentence("No arm was shown to hold growth")
    for claim in claims:
        yield arm_sentence(claim, facts)


def how_long(facts: Facts) -> Iterator[Sentence]:
    """Days gained and hazards against control, and who left."""
    days = facts.claims_of(facts.times[1], "control")
    if days:
        yield from how_to_read(facts, days, "arm")
    hazards = {claim.arm: claim for claim in facts.claims_of(facts.times[0], "control")}
    for claim in days:
        yield with_hazard(claim, hazards.pop(claim.arm, None), facts)
    for claim in hazards.values():
        yield contrast_sentence(claim, facts)
    yield from by_further_rules(facts.tables["progression_by_rule"])
    yield from nobody_followed(facts)
    yield from left_by_arm(facts)
    yield from rests_on_fates(facts)


def with_hazard(days: Claim, hazard: Claim | None, facts: Facts) -> Sentence:
    """Days gained, with the hazard ratio of the same contrast as its evidence."""
    evidence, places = contrast_evidence(days, facts), [facts.place_of(days)]
    if definitions := in_definitions(facts, days.arm, days.against):
        evidence += f"; shown {definitions}"
    if hazard is not None:
        outcome = OUTCOMES[hazard.outcome]
        shown = effect(outcome.display, hazard.estimate, hazard.low, hazard.high, facts.level)
        evidence += f"; {shown}; {p_words(hazard.p_adjusted)}"
        places.append(facts.place_of(hazard))
    return Sentence(contrast_text(days, facts), evidence=evidence, claims=tuple(places))


def parts(facts: Facts) -> Iterator[Sentence]:
    """What combining adds: against the parts, and beside what they predict."""
    if facts.control is None:
        yield Sentence("No arm is the control, so combinations are not compared with their parts")
        return
    claims = [
        claim
        for claim in facts.claims
        if claim.kind == "contrast"
        and claim.against == BEST_PART
        and claim.outcome in ("growth_rate", facts.times[1])
    ]
    primary = facts.primary
    if primary is not None and primary.against not in (facts.control, BEST_PART):
        yield contrast_sentence(primary, facts)
    if claims:
        yield from how_to_read(
            facts, [claim for claim in claims if claim.outcome == claims[0].outcome], "combination"
        )
    for claim in claims:
        yield contrast_sentence(claim, facts)
    synergies = [claim for claim in facts.claims if claim.kind == "synergy"]
    asked = [claim for claim in synergies if claim.outcome in REFERENCES]
    if asked:
        yield Sentence("Beside what the parts predict: an excess below 0 is synergy")
    supporting = [claim for claim in asked if claim.outcome != CLAIMED_REFERENCE]
    for claim in asked:
        if claim not in supporting:
            yield synergy_sentence(claim, facts)
    if supporting:
        # References are not adjusted for one another: who reads three has three chances to err.
        yield Sentence("Supporting, each reference read by itself")
    for claim in supporting:
        yield synergy_sentence(claim, facts)


CLAIMED_REFERENCE = "bliss"


def price(facts: Facts) -> Iterator[Sentence]:
    """What arms cost in body weight and in mice."""
    rows = facts.tables["tolerability"]
    if not facts.weighed:
        yield Sentence("No body weights were recorded")
        return
    compared = [
        claim for claim in facts.claims if is_price(claim) and claim.against == facts.control
    ]
    if compared:
        yield from how_to_read(facts, compared, "arm")
    for claim in compared:
        yield contrast_sentence(claim, facts)
    yield from unweighed(rows)
    yield losses(rows)
    if rows["n_toxicity_exits"].isna().all():
        yield Sentence("No mouse has a fate, so nobody knows which mice left for toxicity")


def is_price(claim: Claim) -> bool:
    """Whether a claim is of what a treatment costs."""
    return claim.kind == "contrast" and OUTCOMES[claim.outcome].question == "price"


def unweighed(rows: pd.DataFrame) -> Iterator[Sentence]:
    """The arms of which no mouse was weighed, so that nothing can be said of their weight."""
    arms = rows.loc[(rows["n_mice"] > 0) & (rows["n_weighed"] == 0), "arm"]
    if len(arms):
        yield Sentence(f"No body weights were recorded of {join(arms)}")


def losses(rows: pd.DataFrame) -> Sentence:
    """Mice that lost much weight or left for toxicity, by arm."""
    texts = [text for _, row in rows.iterrows() if (text := loss(row))]
    if not texts:
        return Sentence("No mouse was seen to lose 15 % of its body weight")
    return Sentence("; ".join(texts), "Lost 15 % of body weight or more, or left for toxicity")


def loss(row: pd.Series) -> str:
    """What one arm lost: ``A 3 of 10, 1 left for toxicity``; "" where it lost nothing."""
    lost, exits = row["n_loss_15"], row["n_toxicity_exits"]
    counted = []
    if pd.notna(lost) and lost > 0:
        counted.append(f"{int(lost)} of {int(row['n_weighed'])}")
    if pd.notna(exits) and exits > 0:
        counted.append(f"{int(exits)} left for toxicity")
    return f"{row['arm']} {', '.join(counted)}" if counted else ""


def sure(facts: Facts) -> Iterator[Sentence]:
    """What the numbers rest on."""
    yield from as_declared(facts)
    if facts.results.has_growth:
        fit = facts.results.growth.facts().iloc[0]
        yield Sentence(
            f"Growth rests on {fit['n_measurements']} readings of {fit['n_mice']} mice, on "
            f"{facts.days_fitted}: {fit['method']}"
        )
        if facts.readings_not_fitted:
            yield Sentence(facts.readings_not_fitted.removesuffix("."))
    count = len(facts.results.doubts)
    if not count:
        yield Sentence("No result carries a doubt")
    else:
        noun = "doubt" if count == 1 else "doubts"
        yield Sentence(
            f"These results carry {count} {noun}: each stands beside the question that it "
            "touches, the others here"
        )
    yield from one_mouse(facts)
    yield from one_out(facts)
    yield from left_unexplained(facts)
    yield from under_definitions(facts)


Teller = Callable[[Facts], Iterator[Sentence]]
QUESTIONS: tuple[tuple[str, str, tuple[str, ...], Teller], ...] = (
    ("slowed", "Did it slow growth?", ("growth", "best_arms", "compare", "group_indices"), slowed),
    ("blocked", "Did it block growth?", ("blocked", "response_by_arm", "compare"), blocked),
    (
        "how-long",
        "How long until tumours progressed?",
        ("progression", "progression_by_rule", "logrank", "compare"),
        how_long,
    ),
    (
        "parts",
        "Is the combination more than its parts?",
        ("compare", "synergy", "independent_action"),
        parts,
    ),
    ("price", "At what price?", ("tolerability", "trade_off", "compare"), price),
    (SURE, "How sure is it?", ("leave_one_out", "tipping_point", "influence", "sensitivity"), sure),
)
