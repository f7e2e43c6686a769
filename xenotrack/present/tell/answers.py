"""The questions of a report in the order in which people ask them, each with its answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.compare.slowing import alone
from xenotrack.doubts import p_words
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.sentences import (
    blocked_sentence,
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
from xenotrack.present.tell.one_out import one_mouse, one_out
from xenotrack.present.tell.time import days_without_progression, stands_alone

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
    "price": ("loss-before-leaving", "contrast-not-estimable"),
}
OUTCOMES = {
    "slowed": ("growth_rate",),
    "how-long": ("rmst_days", "log_hazard"),
    "blocked": ("response_rate",),
    "parts": ("growth_rate", "rmst_days", "log_hazard"),
    "price": ("weight_nadir",),
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
    yield sure(facts, tuple(d.told for d in facts.results.doubts if d.told not in told))


def _doubts(facts: Facts, question: str) -> tuple[str, ...]:
    return facts.doubts(DOUBTS[question], OUTCOMES.get(question, ()))


def slowed(facts: Facts) -> Answer:
    return Answer(
        "slowed",
        "Did it slow growth?",
        tuple(_slowed(facts)),
        figure_names("slowed"),
        ("growth", "compare", "group_indices"),
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
        f"{stands_alone(facts, facts.slowing)})."
    )
    yield from slowed_sentences(facts.slowing, facts.control, facts.level)


def blocked(facts: Facts) -> Answer:
    return Answer(
        "blocked",
        "Did it block growth?",
        tuple(_blocked(facts)),
        figure_names("blocked"),
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
        tuple(days_without_progression(facts)),
        figure_names("how-long"),
        ("progression", "logrank", "compare"),
        _doubts(facts, "how-long"),
    )


def parts(facts: Facts) -> Answer:
    return Answer(
        "parts",
        "Is the combination more than its parts?",
        tuple(_parts(facts)),
        figure_names("parts"),
        ("compare", "synergy", "independent_action"),
        _doubts(facts, "parts"),
    )


def _parts(facts: Facts) -> Iterator[str]:
    if facts.control is None:
        yield "No arm is the control, so combinations are not compared with their parts."
        return
    rows, days = (facts.contrasts(name, "parts") for name in ("growth_rate", "rmst_days"))
    yield from parts_sentences(rows, days, facts.design, facts.level)
    rates = facts.tables["synergy"]
    rates = rates[rates["scale"] == "rate"] if len(rates) else rates
    if len(rates):
        yield from synergy_sentences(rates, facts.level)
        yield from _beside_zero(rates)


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
        figure_names("price") if said else (),
        ("tolerability", "compare"),
        _doubts(facts, "price"),
    )


def price_of(facts: Facts, arm: str) -> str | None:
    """What an arm cost in body weight and in mice; None where no weight was recorded."""
    row = facts.arm_row("tolerability", arm)
    if row is None or not row["n_weighed"] or not np.isfinite(row["weight_nadir_percent_mean"]):
        return None
    weighed = int(row["n_weighed"])
    lowest = f"lowest weight on average {number(row['weight_nadir_percent_mean'], 2)} %"
    if np.isfinite(row["weight_nadir_low"]):
        ends = [number(row[end], 2) for end in ("weight_nadir_low", "weight_nadir_high")]
        lowest += f" ({100 * facts.level:g} % {ends[0]} to {ends[1]})"
    rows = facts.contrasts("weight_nadir", "control")
    for _, found in rows[rows["contrast"] == f"{arm} - {facts.control}"].iterrows():
        lowest += f", {points_lower(found, str(facts.control), facts.level)}"
    lost = f"{int(row['n_loss_15'])} of {weighed} lost at least 15 %"
    return f"{arm}: {lowest}; {lost}{toxicity_exits(row, ', and ')}."


def points_lower(row: pd.Series, other: str, level: float) -> str:
    """A difference of lowest weights in words: ``3.5 points below vehicle (95 % 1.2 to 5.9)``."""
    if not np.isfinite(row["p_adjusted"]):
        return f"not to be compared with {other}"
    side = "below" if row["estimate"] < 0 else "above"
    own = alone(row, level)
    low, high = (
        (row["conf_low"], row["conf_high"])
        if own
        else (row["simultaneous_low"], row["simultaneous_high"])
    )
    ends = sorted(np.sign(row["estimate"]) * np.array([low, high]))
    words = f"{100 * level:g} % {number(ends[0], 2)} to {number(ends[1], 2)}"
    return (
        f"{number(abs(row['estimate']), 2)} points {side} {other} "
        f"({words}{' for this arm alone' if own else ''}, {p_words(row['p_adjusted'])})"
    )


def toxicity_exits(row: pd.Series, before: str) -> str:
    """How many left for toxicity, of a row of ``tolerability``; "" for none, or not known."""
    exits = row["n_toxicity_exits"]
    return "" if pd.isna(exits) or not exits else f"{before}{exits} left for toxicity"


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
    said += [*one_mouse(facts), *one_out(facts)]
    tables = ("leave_one_out", "influence")
    return Answer("sure", "How sure is it?", tuple(said), figure_names("sure"), tables, doubts)


def _not_fitted(facts: Facts) -> str:
    unused = facts.readings_not_fitted
    return f" {unused}" if unused else ""
