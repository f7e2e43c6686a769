"""The questions of a report in the order in which people ask them, each with its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from xenotrack.doubts import p_words
from xenotrack.present.sentences import (
    blocked_sentence,
    family_interval,
    interval,
    join,
    left_words,
    number,
    parts_sentences,
    slowed_sentences,
    synergy_sentences,
)
from xenotrack.present.story import Answer
from xenotrack.present.summary import ADJUSTMENTS
from xenotrack.present.tell.facts import Facts

# Which doubts stand beside which question. Those of a fit as a whole stand under "how sure".
DOUBTS = {
    "slowed": (
        "growth-not-fitted",
        "arm-not-tested",
        "curved-growth",
        "arms-cut-at-different-days",
        "below-limit-verdict",
        "contrast-not-estimable",
    ),
    "blocked": (
        "below-limit-share",
        "response-not-evaluable",
        "no-relative-endpoints",
        "contrast-not-estimable",
    ),
    "how-long": (
        "arm-without-events",
        "toxicity-before-progression",
        "withdrawals-differ",
        "unconfirmed-crossing",
        "unknown-fate",
        "not-evaluable",
        "rmst-beyond-follow-up",
        "no-follow-up",
        "late-baseline",
        "contrast-not-estimable",
        "cox-fit",
    ),
    "parts": (
        "part-missing",
        "part-not-estimable",
        "antagonism-below-limit",
        "below-limit-synergy",
        "independent-action-leaves-no-room",
        "no-independent-action",
        "additivity-not-testable",
    ),
}
OUTCOMES = {
    "slowed": ("growth_rate",),
    "how-long": ("rmst_days", "log_hazard"),
    "blocked": ("response_rate",),
    "parts": ("growth_rate", "rmst_days", "log_hazard"),
}


def answers(facts: Facts) -> Iterator[Answer]:
    """Each question that the study can be asked."""
    yield slowed(facts)
    yield blocked(facts)
    yield how_long(facts)
    if list(facts.design.combinations()):
        yield parts(facts)
    yield price(facts)
    told = {text for question in DOUBTS for text in _doubts(facts, question)}
    yield sure(facts, tuple(d.text for d in facts.results.doubts if d.text not in told))


def _doubts(facts: Facts, question: str) -> tuple[str, ...]:
    return facts.doubts(DOUBTS[question], OUTCOMES.get(question, ()))


def slowed(facts: Facts) -> Answer:
    return Answer(
        "slowed",
        "Did it slow growth?",
        tuple(_slowed(facts)),
        (
            *("growth_by_arm", "growth", "rates", "contrasts", "spider"),
            *("growth_by_arm_linear", "growth_mean"),
        ),
        ("growth", "compare"),
        _doubts(facts, "slowed"),
    )


def _slowed(facts: Facts) -> Iterator[str]:
    if not facts.results.has_growth:
        yield "Growth could not be fitted, so no rate is compared."
        return
    if facts.control is None:
        yield (
            "No arm is the control, so nothing is compared; the rate of each arm stands in the "
            "table."
        )
        return
    if facts.slowing.empty:
        yield "No arm can be compared with the control."
        return
    yield (
        f"On {facts.days_fitted}, in percent of the growth rate of {facts.control}; above 100 % "
        f"the tumours shrank ({ADJUSTMENTS[facts.design.rules.compare.adjust]}"
        f"{_alone(facts, facts.slowing)})."
    )
    yield from slowed_sentences(facts.slowing, facts.control, facts.level)


def _alone(facts: Facts, rows: pd.DataFrame) -> str:
    """That one of these contrasts is the primary one, and was not adjusted for the others."""
    named = facts.design.rules.compare.primary
    if named is None or facts.design.rules.compare.adjust == "none":
        return ""
    found = rows["contrast"].eq(named).any()
    return f"; the primary contrast, {named}, stands alone" if found else ""


def blocked(facts: Facts) -> Answer:
    return Answer(
        "blocked",
        "Did it block growth?",
        tuple(_blocked(facts)),
        ("waterfall",),
        ("blocked", "response_by_arm", "compare"),
        _doubts(facts, "blocked"),
    )


def _blocked(facts: Facts) -> Iterator[str]:
    if not facts.results.has_growth:
        yield "Growth could not be fitted, so no arm can be said to have blocked it."
        return
    said = [sentence for arm in facts.design.arm_names if (sentence := blocked_of(facts, arm))]
    yield from said or ["No arm was shown to hold growth."]


def blocked_of(facts: Facts, arm: str) -> str | None:
    """Whether an arm blocked progression; None where it was not shown to hold growth."""
    growth, progressed = facts.arm_row("growth", arm), facts.progressed(arm)
    if growth is None or progressed is None:
        return None
    days = (facts.days_fitted, f"day {number(facts.last_day)}")
    return blocked_sentence(growth, progressed, days, left_before(facts, arm), facts.level)


def left_before(facts: Facts, arm: str) -> str:
    """Who left an arm before the end without progression."""
    return left_words(facts.tables["progression_mice"], arm, facts.last_day)


def how_long(facts: Facts) -> Answer:
    return Answer(
        "how-long",
        "How long until tumours progressed?",
        tuple(_how_long(facts)),
        ("progression", "swimmer"),
        ("progression", "logrank", "compare"),
        _doubts(facts, "how-long"),
    )


def _how_long(facts: Facts) -> Iterator[str]:
    yield from _primary_hazard(facts)
    medians = facts.tables["progression"]
    for _, row in medians[medians["n_mice"] > 0].iterrows():
        yield median_sentence(row, facts.level)
    gained = facts.contrasts("rmst_days", "control")
    if facts.control is not None:
        for _, row in gained.iterrows():
            yield from gained_sentence(row, facts)


def _primary_hazard(facts: Facts) -> Iterator[str]:
    """The primary contrast as a ratio of hazards, which arms without events bear."""
    row = facts.primary("log_hazard")
    if row is None or not np.isfinite(row["p_value"]):
        return
    ratio, low, high = np.exp([row["estimate"], row["conf_low"], row["conf_high"]])
    named = str(facts.design.rules.compare.primary).replace(" - ", " against ")
    yield (
        f"Primary contrast, {named}: hazard of progression {number(ratio, 2)} times as high "
        f"({interval(low, high, facts.level)}, {p_words(row['p_value'])}, this one alone)."
    )


def median_sentence(row: pd.Series, level: float) -> str:
    """How many of an arm's mice progressed, and the Kaplan–Meier median."""
    events = f"{row['n_events']:.0f} of {row['n_mice']:.0f} progressed"
    ends = [number(end) if np.isfinite(end) else "not reached" for end in _limits(row)]
    limits = f" ({100 * level:g} % {ends[0]} to {ends[1]})" if set(ends) != {"not reached"} else ""
    if not np.isfinite(row["median_days"]):
        return f"{row['arm']}: {events}; the median is not reached{limits}."
    return f"{row['arm']}: {events}; the median is {number(row['median_days'])} days{limits}."


def _limits(row: pd.Series) -> tuple[float, float]:
    return row["conf_low"], row["conf_high"]


def gained_sentence(row: pd.Series, facts: Facts) -> Iterator[str]:
    """Days without progression that an arm has more than control."""
    arm = str(row["contrast"]).removesuffix(f" - {facts.control}")
    if not np.isfinite(row["p_adjusted"]):
        return
    found = (
        f"{number(row['estimate'])} days ({family_interval(row, facts.level)}, "
        f"{p_words(row['p_adjusted'])}{_alone(facts, row.to_frame().T)}"
        f"{too_narrow(facts, (arm, str(facts.control)))})"
    )
    until = f"up to day {number(facts.tables['progression']['rmst_until'].max())}"
    if row["p_adjusted"] >= 1 - facts.level:
        yield f"{arm}: no gain in days over {facts.control} could be shown {until}: {found}."
    else:
        how = "gained" if row["estimate"] > 0 else "lost"
        yield f"{arm} {how} days without progression over {facts.control} {until}: {found}."


def too_narrow(facts: Facts, arms: Iterable[str]) -> str:
    """What the doubt says of an interval that rests on the spread of the other arm alone."""
    held = [arm for arm in arms if arm in facts.without_events]
    return f"; no mouse of {join(held)} progressed, so the interval is too narrow" if held else ""


def parts(facts: Facts) -> Answer:
    return Answer(
        "parts",
        "Is the combination more than its parts?",
        tuple(_parts(facts)),
        ("lattice", "index_by_day"),
        ("compare", "synergy", "independent_action"),
        _doubts(facts, "parts"),
    )


def _parts(facts: Facts) -> Iterator[str]:
    if facts.control is None:
        yield "No arm is the control, so combinations are not compared with their parts."
        return
    rows = facts.contrasts("growth_rate", "parts")
    yield from parts_sentences(rows, facts.design, facts.level)
    rates = facts.tables["synergy"]
    rates = rates[rates["scale"] == "rate"] if len(rates) else rates
    if len(rates):
        yield from synergy_sentences(_told(rates), facts.level)
        yield from _beside_zero(rates)


def _told(rates: pd.DataFrame) -> pd.DataFrame:
    """The rows that are said; the splits of a triple into pair and third stand in the appendix."""
    return rates[rates["reference"] != "bliss_doublet"]


def _beside_zero(rates: pd.DataFrame) -> Iterator[str]:
    """Why a verdict can stand beside an interval that holds 0."""
    rates = rates[rates["reference"].isin(["bliss", "interaction"])]
    decided = rates["verdict"].isin(["synergy", "antagonism"])
    holds = (rates["simultaneous_low"] < 0) & (rates["simultaneous_high"] > 0)
    names = rates.loc[decided & holds, "combination"].tolist()
    if names:
        yield (
            f"The verdict on {join(dict.fromkeys(names))} follows Holm's p; the interval beside "
            "it holds for all combinations at once (Bonferroni), is wider than that test, and so "
            "may include 0."
        )


def price(facts: Facts) -> Answer:
    said = [
        sentence for arm in facts.design.arm_names if (sentence := price_of(facts, arm)) is not None
    ]
    return Answer(
        "price",
        "At what price?",
        tuple(said) or ("No body weights were recorded.",),
        ("weight",),
        ("tolerability",),
    )


def price_of(facts: Facts, arm: str) -> str | None:
    """What an arm cost in body weight and in mice; None where no weight was recorded."""
    row = facts.arm_row("tolerability", arm)
    if row is None or not row["n_weighed"] or not np.isfinite(row["weight_nadir_percent_mean"]):
        return None
    weighed, exits = int(row["n_weighed"]), int(row["n_toxicity_exits"])
    lowest = f"lowest weight on average {number(row['weight_nadir_percent_mean'], 2)} %"
    if np.isfinite(row["weight_nadir_low"]):
        ends = [number(row[end], 2) for end in ("weight_nadir_low", "weight_nadir_high")]
        lowest += f" ({100 * facts.level:g} % {ends[0]} to {ends[1]})"
    lost = f"{int(row['n_loss_15'])} of {weighed} lost at least 15 %"
    left = f", and {exits} left for toxicity" if exits else ""
    return f"{arm}: {lowest}; {lost}{left}."


def sure(facts: Facts, doubts: tuple[str, ...]) -> Answer:
    said = []
    if facts.results.has_growth:
        fit = facts.results.growth.facts().iloc[0]
        said.append(
            f"Growth rests on {fit['n_measurements']} readings of {fit['n_mice']} mice, on "
            f"{facts.days_fitted}: {fit['method']}.{_not_fitted(facts)}"
        )
    count = len(facts.results.doubts)
    said.append(
        "No result carries a doubt."
        if not count
        else f"{count} {'doubt is' if count == 1 else 'doubts are'} carried by these results: "
        "each stands beside the question that it touches, the others here."
    )
    said += [*_one_mouse(facts), *_one_out(facts)]
    figures, tables = ("residuals", "influence"), ("leave_one_out", "influence")
    return Answer("sure", "How sure is it?", tuple(said), figures, tables, doubts)


def _not_fitted(facts: Facts) -> str:
    unused = facts.readings_not_fitted
    return f" {unused}" if unused else ""


def _one_mouse(facts: Facts) -> Iterator[str]:
    """Whether one mouse carries the rate of its arm."""
    known = facts.tables["influence"].dropna(subset=["change_in_errors"])
    if known.empty:
        return
    rates = facts.tables["growth"].set_index("arm")
    low, high = (known["arm"].map(rates[end]) for end in ("conf_low", "conf_high"))
    beyond = known[(known["estimate"] < low) | (known["estimate"] > high)]
    most = known.loc[known["change_in_errors"].abs().idxmax()]
    largest = (
        f"most of all moves {most['mouse']} the rate of {most['arm']}, by "
        f"{number(most['change_in_errors'], 2)} standard errors"
    )
    if beyond.empty:
        yield f"Without any one mouse, the rate of its arm stays within its interval; {largest}."
        return
    places = zip(beyond["mouse"], beyond["arm"], strict=True)
    told = join(f"{mouse} in {arm}" for mouse, arm in places)
    yield f"Without {told} the rate of the arm leaves its interval: look up what was read."


def _one_out(facts: Facts) -> Iterator[str]:
    """How many claims on growth stand whichever mouse is left out."""
    found = facts.tables["leave_one_out"]
    if found.empty:
        return
    firm = int((found["n_changes"] == 0).sum())
    turned = found.loc[found["n_changes"] > 0, "contrast"]
    claims = "The one claim" if len(found) == 1 else f"Of {len(found)} claims"
    if turned.empty:
        stand = "stands" if len(found) == 1 else "all stand"
        yield f"{claims} on growth {stand} whichever mouse is left out."
    elif len(found) == 1:
        yield f"{claims} on growth turns without one mouse: see the doubts."
    else:
        yield (
            f"{claims} on growth {firm} stand{'s' * (firm == 1)} whichever mouse is left out; the "
            f"verdict on {join(turned)} turns without one mouse."
        )
