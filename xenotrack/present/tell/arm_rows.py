"""What is seen of each arm before anything is read: one row, and what its words mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, isnan

import pandas as pd

from xenotrack.compare.blocking import BLOCKED, HELD, REGREW
from xenotrack.doubts import p_number
from xenotrack.present.labels import short_names
from xenotrack.present.numbers import fixed, number
from xenotrack.present.story import ArmRow
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.leaving import not_followed
from xenotrack.present.words import doubling_text
from xenotrack.response.courses_by_arm import mean_volumes

# What an arm did, in a word with a shape: colour alone tells nothing to some readers.
VERDICTS = {
    "shrinking": ("▼", "shrank"),
    "growing": ("▲", "grew"),
    "undecided": ("?", "open"),
    BLOCKED: ("■", "blocked"),
    HELD: ("■", "held"),
    REGREW: ("↻", "came back"),
}
MEANINGS = {
    "blocked": "growth was held, and no mouse progressed",
    "held": "growth was held on average, and no more is claimed",
    "came back": "growth was held, and resumed",
    "open": "none of these is shown",
}
ADJUSTMENTS = {"holm": "Holm", "dunnett": "Dunnett", "tukey": "Tukey"}


def arm_rows(facts: Facts) -> Iterator[ArmRow]:
    """One row an arm: growth, time, response, weight and verdict."""
    short = short_names(facts.design)
    growth = {claim.arm: claim for claim in facts.claims_of("growth_rate", "control")}
    courses = courses_of(facts)
    for arm in facts.design.arm_names:
        rate, time = facts.arm_row("growth", arm), facts.arm_row("progression", arm)
        claim = growth.get(arm)
        assert time is not None  # every arm has its row of the curve
        shape, verdict = VERDICTS.get(verdict_of(facts, arm), ("", ""))
        yield ArmRow(
            arm=arm,
            short=short[arm],
            mice=int(time["n_mice"]) if rate is None else int(rate["n_mice"]),
            rate=finite_or_none(rate, "estimate"),
            rate_low=finite_or_none(rate, "conf_low"),
            rate_high=finite_or_none(rate, "conf_high"),
            doubling=doubling(rate),
            p_value=p_number(claim.p_adjusted) if claim else "",
            progressed=int(time["n_events"]),
            regrew=regrew(facts, arm),
            judged=int(time["n_mice"]),
            median=median_of(time, facts),
            responders=responders(facts, arm),
            weight=weight(facts, arm),
            verdict=verdict,
            shape=shape,
            course=courses.get(arm, ()),
        )


def regrew(facts: Facts, arm: str) -> int:
    """How many mice came back from their smallest volume, of an arm in which none progressed."""
    blocking = facts.rate_of(arm)
    return blocking.n_regrew if blocking is not None and not blocking.n_progressed else 0


def note_of(rows: Sequence[ArmRow], facts: Facts) -> str:
    """What the columns and the words of the rows mean."""
    parts = ["Lines: zero, and growth held (dotted)"]
    adjusted = [claim.adjustment for claim in facts.claims_of("growth_rate", "control")]
    names = [ADJUSTMENTS[name] for name in ADJUSTMENTS if name in adjusted]
    if names and len(adjusted) > 1:
        parts.append(f"p: adjusted for all arms ({' and '.join(names)})")
    parts.append("progressed: mice of those judged")
    if any(row.regrew for row in rows):
        parts.append("↻: mice that regrew from their smallest volume")
    parts.append("median: days to progression")
    if any(row.weight for row in rows):
        parts.append("weight: lowest, on average")
    parts.append("CR + PR: mice with complete or partial response")
    said = {row.verdict for row in rows}
    parts += [f"{word}: {meaning}" for word, meaning in MEANINGS.items() if word in said]
    return f"{'; '.join(parts)}."


def median_of(time: pd.Series, facts: Facts) -> str:
    """The median day of progression; "" without a mouse that can be judged."""
    if not time["n_mice"]:
        return ""
    return "not followed" if time["arm"] in not_followed(facts) else days(time["median_days"])


def courses_of(facts: Facts) -> dict[str, tuple[tuple[float, float], ...]]:
    """The curve of each arm as the figure of growth has it."""
    means = mean_volumes(facts.results.study)
    return {
        str(arm): tuple(
            (float(day), float(f"{volume:.4g}"))
            for day, volume in of_arm[["day", "estimate"]].itertuples(index=False)
        )
        for arm, of_arm in means.groupby("arm", sort=False)
    }


def verdict_of(facts: Facts, arm: str) -> str:
    """What the arm's claim shows, else the verdict of its growth rate."""
    shown = [claim.shows for claim in facts.claims if claim.kind == "arm" and claim.arm == arm]
    if shown and shown[0] in VERDICTS:
        return shown[0]
    rate = facts.rate_of(arm)
    if rate is None:
        return ""
    # Growth that was held, of which no more is claimed.
    return HELD if rate.verdict == BLOCKED else rate.verdict


def finite_or_none(row: pd.Series | None, name: str) -> float | None:
    return float(row[name]) if row is not None and isfinite(row[name]) else None


def doubling(row: pd.Series | None) -> str:
    """A doubling time; only its lower limit where the arm may not grow at all; "" without one."""
    if row is None:
        return ""
    time, low, high = (row[f"doubling_time_{name}"] for name in ("days", "low", "high"))
    if isnan(time) and isnan(low):
        return ""
    return f"{doubling_text(time, low, high, interval=False)} d"


def days(value: float) -> str:
    return f"{number(value)} d" if isfinite(value) else "not reached"


def responders(facts: Facts, arm: str) -> str:
    """How many mice had a complete or partial response."""
    rows = facts.tables["response_by_arm"]
    rows = rows[(rows["arm"] == arm) & (rows["category"] == "objective")]
    return f"{int(rows['n'].iloc[0])}/{int(rows['n_mice'].iloc[0])}" if len(rows) else ""


def weight(facts: Facts, arm: str) -> str:
    """The mean lowest body weight."""
    row = facts.arm_row("tolerability", arm)
    if row is None or not isfinite(row["weight_nadir_percent_mean"]):
        return ""
    return f"{fixed(row['weight_nadir_percent_mean'], 0)} %"
