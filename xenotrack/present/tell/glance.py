"""What is seen before it is read: up to four tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

import msgspec
import pandas as pd

from xenotrack.compare.claims import Claim
from xenotrack.compare.families import BEST_PART
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.synergy_verdicts import (
    ANTAGONISM,
    BEYOND_PAIRS,
    LESS_THAN_PAIRS,
    SYNERGY,
    UNDECIDED,
)
from xenotrack.compare.verdicts import BETTER, NOT_SHOWN, WITHHELD, WORSE
from xenotrack.doubts import p_words
from xenotrack.present.labels import short_names
from xenotrack.present.numbers import days_range, effect
from xenotrack.present.story import Tile
from xenotrack.present.tell.arm_rows import weight
from xenotrack.present.tell.doubts import DOUBTS, in_short
from xenotrack.present.tell.facts import Facts

GOOD, BAD, OPEN = "good", "bad", "open"
SUPPORTING = "unadjusted"
KINDS = {"rmst_days": "Progression", "composite_days": "Progression or toxicity"}
NOT_TESTED = "not tested"
SAYS = {NOT_SHOWN: "Not shown to differ", WITHHELD: "No claim is made"}
EXCESS = {
    SYNERGY: ("More than its drugs predict", GOOD),
    BEYOND_PAIRS: ("More than its drugs predict", GOOD),
    ANTAGONISM: ("Less than its drugs predict", BAD),
    LESS_THAN_PAIRS: ("Less than its drugs predict", BAD),
    UNDECIDED: ("More or less than predicted: not shown", OPEN),
    WITHHELD: ("No claim is made", OPEN),
}
# The same behind the numbers of another claim.
BESIDE = {
    **{shows: f"{says[0].lower()}{says[1:]}" for shows, (says, _) in EXCESS.items()},
    UNDECIDED: "synergy not shown",
    WITHHELD: "no claim of synergy",
}


def tiles(facts: Facts) -> Iterator[Tile]:
    """The effect, the time, more than the parts, and the price, as far as the study has them."""
    main = main_claim(facts)
    if main is None:
        return
    yield contrast_tile(main, facts)
    if main.outcome != facts.times[1]:
        yield from time_tile(main, facts)
    yield from parts_tile(main, facts)
    yield from price_tile(main, facts)


def main_claim(facts: Facts) -> Claim | None:
    """The primary contrast, else the one with control that slowed growth most."""
    if facts.primary is not None:
        return facts.primary
    claims = [claim for claim in facts.claims_of("growth_rate") if claim.against == facts.control]
    return min(claims, key=lambda claim: claim.estimate, default=None)


def contrast_tile(claim: Claim, facts: Facts) -> Tile:
    """What a contrast shows."""
    outcome = OUTCOMES[claim.outcome]
    words = {
        BETTER: (outcome.gained.removesuffix(" than").capitalize(), GOOD),
        WORSE: (outcome.lost.removesuffix(" than").capitalize(), BAD),
    }
    says, mark = words.get(claim.shows, (SAYS.get(claim.shows, ""), OPEN))
    kind = "Primary" if claim.primary else KINDS.get(claim.outcome, outcome.title)
    return Tile(
        f"{kind}: {pair(claim.arm, claim.against, facts)}",
        says,
        with_days(
            claim,
            in_points(effect(outcome.display, claim.estimate, claim.low, claim.high, facts.level)),
            p_words(claim.p_adjusted),
        ),
        mark,
        outcome.question,
        caveats_of([claim], facts),
        (facts.place_of(claim),),
    )


def with_days(of: Claim | pd.Series, *numbers: str) -> str:
    """The numbers of a contrast with the days that it speaks of, as far as it names any."""
    days = days_range(of.from_day, of.until_day)
    return ", ".join([*numbers, *filter(None, [days])])


def in_points(numbers: str) -> str:
    """
    >>> in_points("−12 percentage points, 95 % CI −17 to −7")
    '−12 % points, 95 % CI −17 to −7'
    """
    return numbers.replace("percentage points", "% points")


def pair(arm: str, against: str, facts: Facts) -> str:
    """A contrast by the short names of its arms."""
    short = short_names(facts.design)
    return f"{short[arm]} vs {short.get(against, against)}"


def caveats_of(claims: Sequence[Claim], facts: Facts) -> tuple[str, ...]:
    """The doubts that touch some claims, in few words."""
    rules = dict.fromkeys(rule for claim in claims for rule in claim.doubts if DOUBTS[rule].short)
    touching = [
        in_short(
            rule,
            facts.results.doubts,
            {arm for claim in claims if rule in claim.doubts for arm in claim.arms},
            short_names(facts.design),
        )
        for rule in rules
    ]
    contrasts = {(claim.arm, claim.against) for claim in claims if claim.kind == "contrast"}
    turned = [
        f"turns without mouse {doubt.mice[0]}"
        for doubt in facts.results.doubts
        if doubt.mice and doubt.arms in contrasts
    ]
    return (*turned, *touching)


def time_tile(main: Claim, facts: Facts) -> Iterator[Tile]:
    """Days without progression of the same contrast: its claim, else the estimate by itself."""
    days = facts.times[1]
    claims = facts.claims_of(days)
    same = [claim for claim in claims if (claim.arm, claim.against) == (main.arm, main.against)]
    if same:
        yield contrast_tile(same[0], facts)
        return
    row = facts.compared(days, main.arm, main.against)
    if row is not None and isfinite(row["conf_low"]):
        yield Tile(
            f"{KINDS[days]}: {pair(main.arm, main.against, facts)}",
            days_more(row["estimate"], row["conf_low"], row["conf_high"]),
            with_days(
                row,
                effect("days", row["estimate"], row["conf_low"], row["conf_high"], facts.level),
                f"{SUPPORTING} {p_words(row['p_value'])}",
            ),
            OPEN,
            "how-long",
        )


def days_more(value: float, low: float, high: float) -> str:
    """
    >>> days_more(27.4, 12.0, 43.0), days_more(-3.0, -9.0, 2.0)
    ('27 days more', '3 days fewer: not shown')
    """
    days_ = f"{abs(value):.0f} days {'more' if value >= 0 else 'fewer'}"
    return days_ if low > 0 or high < 0 else f"{days_}: not shown"


def parts_tile(main: Claim, facts: Facts) -> Iterator[Tile]:
    """Whether the combination in question beats its best part, and is more than its drugs predict.

    Where the main contrast is that with the best part, what its drugs predict stands alone.
    """
    combinations = [name for name, _ in facts.design.combinations()]
    arm = main.arm if main.arm in combinations else None
    best = best_part_claim(facts, arm)
    predicted = [claim for claim in facts.claims_of("bliss") if claim.arm == arm]
    if best is None or (main.arm, main.against) == (best.arm, best.best_part):
        yield from (excess_tile(claim, facts) for claim in predicted)
    else:
        yield best_part_tile(best, predicted, facts)


def best_part_claim(facts: Facts, arm: str | None) -> Claim | None:
    """The claim of a combination and its best part; that of most drugs where none is named."""
    drugs = {each.name: len(each.drugs) for each in facts.design.arms}
    claims = [claim for claim in facts.claims_of("growth_rate") if claim.against == BEST_PART]
    asked = [claim for claim in claims if arm in (None, claim.arm)]
    return max(asked, key=lambda claim: drugs[claim.arm], default=None)


def excess_tile(claim: Claim, facts: Facts) -> Tile:
    """Whether a combination is more than its drugs predict."""
    says, mark = EXCESS[claim.shows]
    numbers = effect("percent_per_day", claim.estimate, claim.low, claim.high, facts.level)
    return Tile(
        f"Combination: {short_names(facts.design)[claim.arm]}",
        says,
        f"Bliss excess {with_days(claim, numbers, p_words(claim.p_adjusted))}; below 0 is synergy",
        mark,
        "parts",
        caveats_of([claim], facts),
        (facts.place_of(claim),),
    )


def best_part_tile(best: Claim, predicted: Sequence[Claim], facts: Facts) -> Tile:
    """Whether a combination beats its best part, and by words what its drugs predict."""
    tile = contrast_tile(best, facts)
    beside = [f"{BESIDE[claim.shows]}, {p_words(claim.p_adjusted)}" for claim in predicted]
    return msgspec.structs.replace(
        tile,
        about=f"Best part: {pair(best.arm, best.best_part or BEST_PART, facts)}",
        numbers="; ".join([tile.numbers, *beside]),
        question="parts",
        caveats=caveats_of([best, *predicted], facts),
        claims=(*tile.claims, *map(facts.place_of, predicted)),
    )


def price_tile(main: Claim, facts: Facts) -> Iterator[Tile]:
    """Body weight against control, with the mice that lost much or left."""
    lost = facts.arm_row("tolerability", main.arm)
    losses = losses_of(lost) if lost is not None else ""
    claim = price_claim(main, facts)
    if claim is not None:
        tile = contrast_tile(claim, facts)
        most = most_lost(claim, facts)
        yield msgspec.structs.replace(
            tile,
            about=f"Price: {pair(claim.arm, claim.against, facts)}",
            numbers="; ".join(part for part in (tile.numbers, losses) if part),
            question="price",
            caveats=(*tile.caveats, most) if most else tile.caveats,
        )
    elif weight(facts, main.arm):
        yield untested_price(main, losses, facts)


def price_claim(main: Claim, facts: Facts) -> Claim | None:
    """What is claimed of the weight of the arm in question."""
    for claim in facts.claims:
        asked = claim.kind == "contrast" and OUTCOMES[claim.outcome].question == "price"
        if asked and (claim.arm, claim.against) == (main.arm, facts.control):
            return claim
    return None


def untested_price(main: Claim, losses: str, facts: Facts) -> Tile:
    """The lowest weight itself, where no change of it was compared."""
    control = facts.control
    beside = f"{control} {weight(facts, control)}" if control and weight(facts, control) else ""
    return Tile(
        f"Price: {short_names(facts.design)[main.arm]}",
        f"Lowest weight {weight(facts, main.arm)}",
        "; ".join(part for part in (beside, losses, NOT_TESTED) if part),
        OPEN,
        "price",
    )


def most_lost(claim: Claim, facts: Facts) -> str:
    """The arm that paid most, where that is another: ``A+R+F: −16 %, 7 of 10 lost 15 %``.

    Nothing where none of its mice lost much or left.
    """
    rows = facts.tables["tolerability"].dropna(subset=["weight_nadir_percent_mean"])
    lowest = rows.loc[rows["weight_nadir_percent_mean"].idxmin(), "arm"]
    if weight(facts, lowest) == weight(facts, claim.arm):
        return ""
    row = rows.set_index("arm", drop=False).loc[lowest]
    if not row["n_loss_15"] and not row["n_toxicity_exits"]:
        return ""
    losses = losses_of(row)
    paid = ", ".join(filter(None, [weight(facts, lowest), losses]))
    return f"{short_names(facts.design)[lowest]}: lowest weight {paid}"


def losses_of(row: pd.Series) -> str:
    """``6 of 10 lost 15 %, 1 left for toxicity``."""
    parts = []
    if pd.notna(row["n_loss_15"]):
        parts.append(f"{int(row['n_loss_15'])} of {int(row['n_weighed'])} lost 15 %")
    if pd.notna(row["n_toxicity_exits"]) and row["n_toxicity_exits"]:
        parts.append(f"{int(row['n_toxicity_exits'])} left for toxicity")
    return ", ".join(parts)
