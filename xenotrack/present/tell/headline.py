"""The answer in three sentences: the effect, whether tumours were held, and the price."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.compare.families import primary_pair
from xenotrack.compare.slowing import with_slowing
from xenotrack.doubts import p_words
from xenotrack.present.sentences import against_control, interval, join, number, percent, percents
from xenotrack.present.tell.answers import blocked_of, price_of
from xenotrack.present.tell.facts import Facts


def headline(facts: Facts) -> tuple[str, ...]:
    return tuple(sentence for sentence in (effect(facts), held(facts), cost(facts)) if sentence)


def key_figure(facts: Facts) -> str:
    """Curves where the question named beforehand is one of arms alone, else the forest of rates."""
    return "growth" if facts.results.has_growth else "progression"


def effect(facts: Facts) -> str:
    """The contrast named beforehand, else the arm that slowed growth most."""
    if facts.primary("growth_rate") is not None or facts.primary("rmst_days") is not None:
        return " ".join(_primary(facts))
    if not facts.results.has_growth:
        return "Growth could not be fitted; what follows rests on time to progression."
    if facts.control is None or facts.slowing.empty:
        return "Nothing was compared: no arm is the control."
    return _most(facts)


def _primary(facts: Facts) -> Iterator[str]:
    """Growth and days without progression of the contrast named beforehand, each read alone."""
    named = str(facts.design.rules.compare.primary)
    yield f"Named beforehand, {named.replace(' - ', ' against ')}:"
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
    if row["p_value"] >= 1 - facts.level:
        return (
            f"no gain in days without progression could be shown {until} "
            f"({number(row['estimate'])} days, {numbers})"
        )
    how = "longer" if row["estimate"] > 0 else "shorter"
    narrow = _without_events(facts)
    return (
        f"mice stayed without progression {number(abs(row['estimate']))} days {how} {until} "
        f"({numbers}{narrow})"
    )


def _without_events(facts: Facts) -> str:
    """What the doubt says of an interval that rests on the spread of the other arm alone."""
    doubted = {
        arm
        for doubt in facts.results.doubts
        if doubt.rule == "arm-without-events"
        for arm in doubt.about.split(", ")
    }
    pair = primary_pair(facts.design)
    arms = [arm for arm in (pair.arm, pair.other) if arm in doubted] if pair else []
    return f"; no mouse of {join(arms)} progressed, so the interval is too narrow" if arms else ""


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
    told = {arm: blocked_of(facts, arm) for arm in facts.design.arm_names}
    blocked = [arm for arm, text in told.items() if text and "blocked progression" in text]
    held_only = [arm for arm, text in told.items() if text and arm not in blocked]
    if not blocked and not held_only:
        return "No arm was shown to hold growth."
    said = []
    if blocked:
        said.append(
            f"{join(blocked)} blocked progression: tumours grew little or not, and "
            f"{_none(facts, blocked)} progressed by day {number(facts.last_day)}"
        )
    if held_only:
        said.append(f"{join(held_only)} held growth on average, while some mice progressed")
    return "; ".join(said) + "."


def _none(facts: Facts, arms: list[str]) -> str:
    """``none of 10 mice``; where arms are of different size, in their order."""
    rows = facts.tables["progression"].set_index("arm")
    counts = [str(int(rows.loc[arm, "n_mice"])) for arm in arms]
    if len(counts) > 1 and len(set(counts)) == 1:
        return f"none of {counts[0]} mice each"
    return f"none of {join(counts)} mice"


def cost(facts: Facts) -> str:
    """The price of the arm in question, and the arms in which mice lost most."""
    said = [text.removesuffix(".") for arm in _asked_about(facts) if (text := price_of(facts, arm))]
    weights = facts.tables["tolerability"]
    lost = weights[weights["n_loss_15"] > 0]
    others = [
        f"{row['arm']} ({int(row['n_loss_15'])} of {int(row['n_weighed'])})"
        for _, row in lost.iterrows()
        if row["arm"] not in _asked_about(facts)
    ]
    if not said:
        return ""
    price = f"The price in body weight: {'; '.join(said)}."
    return f"{price} Mice of {join(others)} lost 15 % or more as well." if others else price


def _asked_about(facts: Facts) -> list[str]:
    """The arm of the contrast named beforehand, else the one that grew least."""
    pair = primary_pair(facts.design)
    if pair is not None:
        return [pair.arm]
    rows = facts.tables["growth"].dropna(subset=["estimate"])
    rows = rows[rows["arm"] != facts.control]
    return [str(rows.loc[rows["estimate"].idxmin(), "arm"])] if len(rows) else []
