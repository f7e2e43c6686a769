"""The answer in three sentences: the effect, whether tumours were held, and the price."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.compare.families import BEST_PART, Pair, primary_pair
from xenotrack.compare.slowing import with_slowing
from xenotrack.doubts import p_words
from xenotrack.present.sentences import (
    against_control,
    best_of,
    claim_words,
    days_more,
    family_interval,
    interval,
    join,
    left_early,
    number,
    percent,
    percents,
    share,
)
from xenotrack.present.tell.answers import (
    blocked_of,
    left_before,
    points_lower,
    price_of,
    toxicity_exits,
)
from xenotrack.present.tell.caveats import caveats
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.time import days_claim
from xenotrack.study.primary import Primary


def headline(facts: Facts) -> tuple[str, ...]:
    said = [effect(facts), over_parts(facts), held(facts), cost(facts)]
    said.append(caveats(facts, _told(facts)))
    return tuple(sentence for sentence in said if sentence)


def key_figure(facts: Facts) -> str:
    """The curves of volume; those of progression where no growth could be fitted."""
    return "growth" if facts.results.has_growth else "progression"


def effect(facts: Facts) -> str:
    """The primary contrast, else the arm that slowed growth most."""
    named = facts.design.primary
    tested = any(facts.primary(outcome) is not None for outcome in ("growth_rate", "rmst_days"))
    if named is not None and tested:
        return " ".join(_primary(facts, named))
    if not facts.results.has_growth:
        return "Growth could not be fitted; what follows rests on time to progression."
    if facts.control is None or facts.slowing.empty:
        return "Nothing was compared: no arm is the control."
    return _most(facts)


def _primary(facts: Facts, named: Primary) -> Iterator[str]:
    """Growth and days without progression of the primary contrast, each read alone."""
    yield f"Primary contrast, {named.arm} against {named.against}:"
    clauses = []
    growth, days = facts.primary("growth_rate"), facts.primary("rmst_days")
    if growth is not None and np.isfinite(growth["p_value"]):
        clauses.append(_growth(growth, facts))
    if days is not None and np.isfinite(days["p_value"]):
        until = f"up to day {number(facts.tables['progression']['rmst_until'].max())}"
        clauses.append(_gain(days, facts, until))
    yield ("; ".join(clauses) or "it could not be tested") + "."


def _growth(row: pd.Series, facts: Facts) -> str:
    numbers = (
        f"{number(row['estimate'])} per day, "
        f"{interval(row['conf_low'], row['conf_high'], facts.level)}, {p_words(row['p_value'])}"
    )
    if row["p_value"] >= 1 - facts.level:
        return f"no difference in growth could be shown on {facts.days_fitted} ({numbers})"
    how = "slower" if row["estimate"] < 0 else "faster"
    by = _by_percent(row, facts) if row["estimate"] < 0 else ""
    return f"growth was {how}{by} on {facts.days_fitted} ({numbers})"


def _by_percent(row: pd.Series, facts: Facts) -> str:
    """By how many percent growth was slower, where it was compared with control."""
    pair = primary_pair(facts.design)
    if pair is None or pair.other != facts.control:
        return ""
    own = pd.DataFrame([row])
    slowed = with_slowing(own, facts.results.growth).iloc[0]
    numbers = [slowed["slower_percent"], slowed["slower_low"], slowed["slower_high"]]
    if not np.isfinite(numbers).all():
        return ""
    shrinks = "; above 100 % it shrinks" if numbers[2] > 100 else ""
    return f" by {percent(numbers[0])} ({percents(numbers[1], numbers[2], facts.level)}{shrinks})"


def _gain(row: pd.Series, facts: Facts, until: str) -> str:
    ends = interval(row["conf_low"], row["conf_high"], facts.level)
    numbers = f"{ends}, {p_words(row['p_value'])}"
    pair = primary_pair(facts.design)
    claim = days_claim(facts, row, (pair.arm, pair.other) if pair else ())
    beside = claim.surer + claim.by_hazards
    if not claim.shown:
        return (
            f"no gain in days without progression could be shown {until} "
            f"({days_more(row['estimate'])}, {numbers}{beside})"
        )
    how = "longer" if row["estimate"] > 0 else "shorter"
    return (
        f"mice stayed without progression {number(abs(row['estimate']))} days {how} {until} "
        f"({numbers}{beside})"
    )


def _most(facts: Facts) -> str:
    """How many arms slowed growth, and the one that did most."""
    known = facts.slowing[facts.slowing["p_adjusted"].notna()]
    slower = known[(known["p_adjusted"] < 1 - facts.level) & (known["estimate"] < 0)]
    if slower.empty:
        return f"No arm was shown to grow slower than {facts.control} on {facts.days_fitted}."
    best = slower.loc[slower["estimate"].idxmin()]
    told = against_control(best, str(facts.control), facts.level)
    if len(known) == 1:
        return f"On {facts.days_fitted}, {told}"
    count = "All" if len(slower) == len(known) else f"{len(slower)} of"
    return (
        f"{count} {len(known)} arms grew slower than {facts.control} on {facts.days_fitted}; "
        f"most of all: {told}"
    )


def held(facts: Facts) -> str:
    """Which arms blocked progression, and which held growth without blocking it."""
    if not facts.results.has_growth:
        return ""
    said_of = {arm: blocked_of(facts, arm) for arm in facts.design.arm_names}
    blocked = [arm for arm, text in said_of.items() if text and "blocked progression" in text]
    held_only = [arm for arm, text in said_of.items() if text and arm not in blocked]
    if not blocked and not held_only:
        return "No arm was shown to hold growth."
    said = []
    if blocked:
        several = len(blocked) > 1
        left = "; ".join(
            f"in {arm} {text}" if several else text
            for arm in blocked
            if (text := left_before(facts, arm))
        )
        said.append(
            f"{join(blocked)} blocked progression: tumours grew little or not on "
            f"{facts.days_fitted}, and {_none(facts, blocked)} progressed by day "
            f"{number(facts.last_day)}" + (f", though {left}" if left else "")
        )
    if held_only:
        told = join(_progressed(facts, arm) for arm in held_only)
        said.append(f"growth was held on average, while some progressed, by {told}")
    text = "; ".join(said)
    return f"{text[0].upper() if not blocked else text[0]}{text[1:]}."


def _progressed(facts: Facts, arm: str) -> str:
    row = facts.progressed(arm)
    if row is None:
        return arm
    mice = facts.tables["progression_mice"]
    left = len(left_early(mice[mice["arm"] == arm], facts.last_day))
    gone = f"; {left} left before they did" if left else ""
    return f"{arm} ({int(row['n'])} of {int(row['n_mice'])}{gone})"


def _none(facts: Facts, arms: list[str]) -> str:
    """``none of 10 mice (95 % 0 to 31 %)``; where arms are of different size, in their order."""
    rows = [row for arm in arms if (row := facts.progressed(arm)) is not None]
    counts = [int(row["n_mice"]) for row in rows]
    shares = [f"({share(row, facts.level)})" for row in rows]
    if len(counts) > 1 and len(set(counts)) == 1:
        return f"none of the {counts[0]} mice of each {shares[0]}"
    return f"none of {join(f'{n} mice {own}' for n, own in zip(counts, shares, strict=True))}"


def over_parts(facts: Facts) -> str:
    """The largest combinations against the best of their parts: growth, and time."""
    told = primary_pair(facts.design)
    most = [name for name in _largest(facts) if told != Pair(name, BEST_PART)]
    return " ".join(text for name in most if (text := _over_parts(facts, name)))


def _largest(facts: Facts) -> list[str]:
    """The combinations of the most drugs."""
    drugs = {name: len(facts.design.drugs_of(name)) for name, _ in facts.design.combinations()}
    return [name for name, count in drugs.items() if count == max(drugs.values())]


def _over_parts(facts: Facts, name: str) -> str:
    """One combination: growth and days against its best part, and more than the sum or not."""
    clauses, best = [], {}
    for outcome, words, better, tell in (
        ("growth_rate", "growth", -1, _slower_growth),
        ("rmst_days", "days without progression", 1, _more_days),
    ):
        rows = facts.contrasts(outcome, "parts")
        rows = rows[(rows["contrast"] == f"{name} - {BEST_PART}") & rows["p_adjusted"].notna()]
        for _, row in rows.iterrows():
            clauses.append(tell(facts, row, better))
            best[words] = best_of(row)[0]
    if not clauses:
        return ""
    named = set(best.values())
    told = named.pop() if len(named) == 1 else join(f"{arm} on {on}" for on, arm in best.items())
    clauses += _beyond_the_sum(facts, name)
    return f"{name} against the best of its parts ({told}): {'; '.join(clauses)}."


def _slower_growth(facts: Facts, row: pd.Series, better: int) -> str:
    shown = row["p_adjusted"] < 1 - facts.level and row["estimate"] * better > 0
    return (
        f"slower growth {'was' if shown else 'could not be'} shown ({number(row['estimate'])} per "
        f"day, {family_interval(row, facts.level)}, {claim_words(row)})"
    )


def _more_days(facts: Facts, row: pd.Series, better: int) -> str:
    """Days without progression; where they are surer than they are, hazards decide."""
    name = str(row["contrast"]).removesuffix(f" - {BEST_PART}")
    claim = days_claim(facts, row, (name, *best_of(row)))
    shown = claim.shown and row["estimate"] * better > 0
    return (
        f"more days without progression {'were' if shown else 'could not be'} shown "
        f"({days_more(row['estimate'])}, {family_interval(row, facts.level)}, {claim_words(row)}"
        f"{claim.surer}{claim.by_hazards})"
    )


def _beyond_the_sum(facts: Facts, name: str) -> Iterator[str]:
    """Whether a combination is more than its drugs give one by one, on growth rates."""
    rows = facts.tables["synergy"]
    if rows.empty:
        return
    rows = rows[(rows["scale"] == "rate") & (rows["reference"] == "bliss")]
    for _, row in rows[(rows["combination"] == name) & rows["verdict"].notna()].iterrows():
        ends = interval(row["simultaneous_low"], row["simultaneous_high"], facts.level)
        found = f"{number(row['estimate'])} per day, {ends}, {p_words(row['p_adjusted'])}"
        if row["verdict"] == "additive or undecided":
            yield f"synergy on growth could not be shown ({found})"
        else:
            yield f"{row['verdict']} on growth was shown ({found})"


def cost(facts: Facts) -> str:
    """The price of the arm in question, and the arms in which mice lost most."""
    said = [text.removesuffix(".") for arm in _asked_about(facts) if (text := price_of(facts, arm))]
    weights = facts.tables["tolerability"]
    lost = weights[weights["n_loss_15"].fillna(0) > 0]
    others = [_lost(row) for _, row in lost.iterrows() if row["arm"] not in _asked_about(facts)]
    if not said:
        return ""
    price = f"The price in body weight: {'; '.join(said)}{_against_other(facts)}."
    if others:
        price += f" Elsewhere 15 % or more was lost in {join(others)}."
    if weights["n_toxicity_exits"].isna().all():
        price += " No mouse has a fate, so that nobody knows who left for toxicity."
    return price


def _against_other(facts: Facts) -> str:
    """The lowest weight against the other arm of the primary contrast, where it is no control."""
    pair, row = primary_pair(facts.design), facts.primary("weight_nadir")
    if pair is None or row is None or pair.other == facts.control or pd.isna(row["p_value"]):
        return ""
    return f"; {points_lower(row, pair.other, facts.level)}"


def _lost(row: pd.Series) -> str:
    left = toxicity_exits(row, "; ")
    return f"{row['arm']} ({int(row['n_loss_15'])} of {int(row['n_weighed'])}{left})"


def _told(facts: Facts) -> set[str]:
    """The contrasts of which the sentences above speak."""
    largest = {f"{name} - {BEST_PART}" for name in _largest(facts)}
    primary = facts.design.primary
    if primary is not None:
        return {*largest, primary.label}
    return {*largest, *(f"{arm} - {facts.control}" for arm in _asked_about(facts))}


def _asked_about(facts: Facts) -> list[str]:
    """The arm of the primary contrast, else the one that grew least."""
    pair = primary_pair(facts.design)
    if pair is not None:
        return [pair.arm]
    rows = facts.tables["growth"].dropna(subset=["estimate"])
    rows = rows[rows["arm"] != facts.control]
    return [str(rows.loc[rows["estimate"].idxmin(), "arm"])] if len(rows) else []
