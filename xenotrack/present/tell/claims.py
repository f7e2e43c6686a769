"""Claims as sentences: each says what its claim shows, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from xenotrack.compare.blocking import BLOCKED, CONTROL_HELD, HELD, REGREW, ArmBlocking
from xenotrack.compare.claims import Claim
from xenotrack.compare.families import BEST_PART
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.shares import Share, exact_limits
from xenotrack.compare.synergy_verdicts import (
    ANTAGONISM,
    BEYOND_PAIRS,
    LESS_THAN_PAIRS,
    SYNERGY,
    UNDECIDED,
)
from xenotrack.compare.verdicts import BETTER, WITHHELD, WORSE
from xenotrack.doubts import p_words
from xenotrack.present.numbers import (
    confidence,
    days_range,
    decimals,
    effect,
    fixed,
    number,
    per_day,
    share,
)
from xenotrack.present.story import Sentence
from xenotrack.present.tell.doubts import in_short
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.leaving import who_left

# The references that are told; the best part is told with the claims of each outcome.
REFERENCES = {
    "bliss": "its single drugs predict",
    "bliss_doublet": "{parts} together predict",
    "interaction": "its smaller combinations predict",
}


def contrast_sentence(claim: Claim, facts: Facts) -> Sentence:
    """What a contrast of one outcome shows."""
    return Sentence(
        contrast_text(claim, facts),
        evidence=contrast_evidence(claim, facts),
        claims=(facts.place_of(claim),),
    )


def contrast_text(claim: Claim, facts: Facts) -> str:
    """The words of a contrast; a claim over the best part is one over each part."""
    outcome = OUTCOMES[claim.outcome]
    other = "each of its parts" if claim.against == BEST_PART else claim.against
    if claim.shows == BETTER:
        return shrank(claim, facts) or f"{claim.arm} {outcome.gained} {other}"
    if claim.shows == WORSE:
        return f"{claim.arm} {outcome.lost} {other}"
    if claim.shows == WITHHELD:
        reason = in_short(claim.withheld, facts.results.doubts, claim.arms)
        return f"{claim.arm} is not claimed to {outcome.gain} {other}, since {reason}"
    if claim.against == BEST_PART:
        return f"{claim.arm} was not shown to {outcome.gain} {other}"
    return f"{claim.arm} was not shown to differ from {other} in {outcome.title.lower()}"


def versus(arm: str, against: str) -> str:
    """A contrast by its arms.

    >>> versus("A+B", "A"), versus("A+B", "best part")
    ('A+B vs A', 'A+B vs its best part')
    """
    return f"{arm} vs {'its best part' if against == BEST_PART else against}"


def shrank(claim: Claim, facts: Facts) -> str:
    """An arm that shrank while the other grew, over the very days of the contrast; else "".

    Slower growth is a poor word for it.
    """
    if claim.outcome != "growth_rate" or claim.against == BEST_PART:
        return ""
    arm, other = facts.rate_of(claim.arm), facts.rate_of(claim.against)
    if arm is None or other is None or arm.verdict != "shrinking" or other.verdict != "growing":
        return ""
    days = (claim.from_day, claim.until_day)
    if days != (arm.from_day, arm.until_day) or days != (other.from_day, other.until_day):
        return ""
    return f"{arm.arm} shrank by {per_day(-arm.rate)}; {other.arm} grew by {per_day(other.rate)}"


def contrast_evidence(claim: Claim, facts: Facts) -> str:
    """The days, the estimate with its interval, and the p-value of a contrast."""
    outcome = OUTCOMES[claim.outcome]
    shown = effect(outcome.display, claim.estimate, claim.low, claim.high, facts.level)
    if outcome.display == "percent_per_day":
        shown = f"difference {shown}"
    parts = [days_range(claim.from_day, claim.until_day)]
    if claim.best_part:
        parts.append(f"against {claim.best_part}, which looks best, {shown}")
    else:
        parts.append(shown)
    p = p_words(claim.p_adjusted)
    if claim.p_part != claim.best_part:
        p += f", against {claim.p_part}"
    if claim.primary:
        p += ", not adjusted"
    return "; ".join(part for part in [*parts, p] if part)


def synergy_sentence(claim: Claim, facts: Facts) -> Sentence:
    """Whether a combination is more than a reference predicts."""
    predicted = REFERENCES[claim.outcome].format(parts=claim.against)
    reason = in_short(claim.withheld, facts.results.doubts, claim.arms) if claim.withheld else ""
    text = {
        SYNERGY: f"{claim.arm} did more than {predicted}",
        BEYOND_PAIRS: f"{claim.arm} did more than {predicted}",
        ANTAGONISM: f"{claim.arm} did less than {predicted}",
        LESS_THAN_PAIRS: f"{claim.arm} did less than {predicted}",
        UNDECIDED: f"{claim.arm} was not shown to do more or less than {predicted}",
        WITHHELD: f"{claim.arm} is not claimed to do more or less than {predicted}, since {reason}",
    }[claim.shows]
    shown = effect("percent_per_day", claim.estimate, claim.low, claim.high, facts.level)
    parts = [days_range(claim.from_day, claim.until_day), f"excess {shown}"]
    parts += [p_words(claim.p_adjusted), _since(claim, facts)]
    evidence = "; ".join(part for part in parts if part)
    return Sentence(text, evidence=evidence, claims=(facts.place_of(claim),))


def _since(claim: Claim, facts: Facts) -> str:
    """From which visit on the excess of volume was beyond 0, by the band over all visits."""
    rows = facts.tables["synergy"]
    own = (rows["combination"] == claim.arm) & (rows["reference"] == claim.outcome)
    days = rows.loc[own & rows["beyond_from"].notna(), "beyond_from"]
    if not len(days) or claim.shows in (UNDECIDED, WITHHELD):
        return ""
    return f"in volume at every visit from day {number(float(days.iloc[0]))} on"


def arm_sentence(claim: Claim, facts: Facts) -> Sentence:
    """Whether an arm blocked progression, held growth on average, or came back."""
    blocking = facts.blocking_of(claim.arm)
    arm, day = blocking.arm, f"day {number(blocking.day)}"
    lowest = f"day {number(blocking.lowest_day)}"
    text = {
        BLOCKED: f"{arm} blocked progression: by {day} {_none_of(blocking)} had progressed",
        HELD: f"{arm} held growth on average, and {_some_of(blocking)} by {day}",
        REGREW: f"{arm} held tumours to {lowest}, and they came back",
        WITHHELD: _withheld(blocking, facts),
    }[claim.shows]
    left = who_left(facts, blocking.arm)
    rise = [f"then {per_day(blocking.rise)}"] if claim.shows == REGREW else []
    parts = [
        *rise,
        *_share(blocking, facts.level),
        _rate(blocking, facts.level),
        *_unmeasurable(blocking, facts.level),
        *([left] if left else []),
    ]
    return Sentence(text, evidence="; ".join(parts), claims=(facts.place_of(claim),))


def _withheld(blocking: ArmBlocking, facts: Facts) -> str:
    """Why an arm whose tumours did not grow is not said to have blocked them."""
    claim = f"{blocking.arm} is not claimed to block progression"
    if blocking.withheld == CONTROL_HELD:
        if blocking.arm == facts.control:
            return f"{blocking.arm} did not grow, so that no arm is said to have blocked growth"
        return f"{claim}: nor did {facts.control or 'an untreated arm'} grow"
    followed = f"{blocking.n_followed} of {blocking.n_mice} were still followed"
    toxic = " and did not leave for toxicity" if blocking.n_toxic else ""
    return f"{claim}: no mouse progressed, but only {followed} on day {number(blocking.day)}{toxic}"


def _none_of(blocking: ArmBlocking) -> str:
    if blocking.n_at_risk == blocking.n_mice:
        return f"none of its {blocking.n_mice} mice"
    return f"none of the {blocking.n_at_risk} mice still followed (of {blocking.n_mice})"


def _some_of(blocking: ArmBlocking) -> str:
    """Which of its mice did not stay held, by the declared rule or from their smallest volume."""
    counts = {
        "progressed": blocking.n_progressed,
        "regrew from the smallest volume": blocking.n_regrew,
    }
    counted = [f"{n} {words}" for words, n in counts.items() if n]
    return f"of its {blocking.n_mice} mice {' and '.join(counted)}"


def _share(blocking: ArmBlocking, level: float) -> Iterator[str]:
    """The limits of the share that progresses."""
    if isfinite(blocking.share_high):
        yield f"share that progresses {share(blocking.share_low, blocking.share_high, level)}"


def _unmeasurable(blocking: ArmBlocking, level: float) -> Iterator[str]:
    """The mice that had no tumour to measure in the end, with exact limits of their share."""
    gone, n = blocking.n_unmeasurable, blocking.n_mice
    if gone:
        limits = exact_limits(Share(gone / n, n, n), level)
        yield f"{gone} of {n} with nothing to measure at the end, {share(*limits, level)}"


def _rate(blocking: ArmBlocking, level: float) -> str:
    """The growth rate of the arm on average, with its days; never a law of its mice."""
    rate, low, high = (
        100 * each for each in (blocking.rate, blocking.rate_low, blocking.rate_high)
    )
    places = decimals([rate, low, high], 100.0)
    ends = confidence(low, high, level, lambda end: fixed(end, places))
    days = days_range(blocking.from_day, blocking.until_day)
    return f"mean growth {fixed(rate, places)} % a day on {days}, {ends}"
