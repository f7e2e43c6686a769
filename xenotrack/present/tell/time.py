"""How long mice stayed without progression: medians, days gained, hazards, and who left before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from xenotrack.doubts import p_words
from xenotrack.present.sentences import (
    days_more,
    family_interval,
    join,
    left_early,
    number,
    ratio_text,
)
from xenotrack.present.tell.facts import Facts


def days_without_progression(facts: Facts) -> Iterator[str]:
    yield from _primary_hazard(facts)
    medians = facts.tables["progression"]
    for _, row in medians[medians["n_mice"] > 0].iterrows():
        yield _median(row, facts.level)
    gained = facts.contrasts("rmst_days", "control")
    if facts.control is not None:
        for _, row in gained.iterrows():
            yield from _gained(row, facts)
    yield from _who_left(facts)


def stands_alone(facts: Facts, rows: pd.DataFrame) -> str:
    """That one of these contrasts is the primary one, and was not adjusted for the others."""
    primary = facts.design.primary
    if primary is None or facts.design.rules.compare.adjust == "none":
        return ""
    found = rows["contrast"].eq(primary.label).any()
    return f"; the primary contrast, {primary.label}, stands alone" if found else ""


def _primary_hazard(facts: Facts) -> Iterator[str]:
    """The primary contrast as a ratio of hazards, which arms without events bear."""
    primary, row = facts.design.primary, facts.primary("log_hazard")
    if primary is None or row is None or not np.isfinite(row["p_value"]):
        return
    ratio = ratio_text(np.exp(row["estimate"]))
    ends = _ratios(row["conf_low"], row["conf_high"], facts.level)
    yield (
        f"Primary contrast, {primary.arm} against {primary.against}: hazard of progression "
        f"{ratio} times as high ({ends}, {p_words(row['p_value'])}, this one alone)."
    )


def _ratios(low: float, high: float, level: float) -> str:
    """``95 % 0.05 to 0.48``, of logarithms; an unbounded side is said."""
    ends = [ratio_text(np.exp(end)) if np.isfinite(end) else "unbounded" for end in (low, high)]
    return f"{100 * level:g} % {ends[0]} to {ends[1]}"


def _median(row: pd.Series, level: float) -> str:
    """How many of an arm's mice progressed, and the Kaplan–Meier median."""
    events = f"{row['n_events']:.0f} of {row['n_mice']:.0f} progressed"
    limits = (row["conf_low"], row["conf_high"])
    ends = [number(end) if np.isfinite(end) else "not reached" for end in limits]
    said = f" ({100 * level:g} % {ends[0]} to {ends[1]})" if set(ends) != {"not reached"} else ""
    if not np.isfinite(row["median_days"]):
        return f"{row['arm']}: {events}; the median is not reached{said}."
    return f"{row['arm']}: {events}; the median is {number(row['median_days'])} days{said}."


def _gained(row: pd.Series, facts: Facts) -> Iterator[str]:
    """Days without progression that an arm has more than control, and its hazard."""
    arm = str(row["contrast"]).removesuffix(f" - {facts.control}")
    if not np.isfinite(row["p_adjusted"]):
        return
    claim = days_claim(facts, row, (arm, str(facts.control)))
    found = (
        f"{family_interval(row, facts.level)}, {p_words(row['p_adjusted'])}"
        f"{stands_alone(facts, row.to_frame().T)}{claim.surer}"
    )
    until = f"up to day {number(facts.tables['progression']['rmst_until'].max())}"
    beside = _hazard(facts, str(row["contrast"]))
    if not claim.shown:
        yield (
            f"{arm}: no gain in days over {facts.control} could be shown {until} "
            f"({days_more(row['estimate'])}, {found}){beside}."
        )
        return
    how = "gained" if row["estimate"] > 0 else "lost"
    yield (
        f"{arm} {how} {number(abs(row['estimate']))} days without progression over "
        f"{facts.control} {until} ({found}){beside}."
    )


class DaysClaim(NamedTuple):
    """Whether a difference of days is a claim; why it looks surer than it is, and by hazards."""

    shown: bool
    surer: str = ""
    by_hazards: str = ""


def days_claim(facts: Facts, row: pd.Series, arms: Iterable[str]) -> DaysClaim:
    """A difference of days between ``arms``: one that is surer than it is needs the hazards."""
    if not row["p_adjusted"] < 1 - facts.level:
        return DaysClaim(False)
    surer = surer_than_it_is(facts, arms)
    hazard = hazard_of(facts, row["contrast"], row["family"]) if surer else None
    if hazard is None:
        return DaysClaim(True, surer)
    said = f"; by hazards {p_words(hazard['p_adjusted'])}"
    return DaysClaim(bool(hazard["p_adjusted"] < 1 - facts.level), surer, said)


def hazard_of(facts: Facts, contrast: str, family: str) -> pd.Series | None:
    """The same contrast of hazards; None where it could not be tested."""
    rows = facts.contrasts("log_hazard", family)
    rows = rows[(rows["contrast"] == contrast) & rows["p_adjusted"].notna()]
    return rows.iloc[0] if len(rows) else None


def _hazard(facts: Facts, contrast: str) -> str:
    row = hazard_of(facts, contrast, "control")
    if row is None:
        return ""
    ends = _ratios(row["simultaneous_low"], row["simultaneous_high"], facts.level)
    return (
        f"; hazard of progression {ratio_text(np.exp(row['estimate']))} times as high "
        f"({ends}, {p_words(row['p_adjusted'])})"
    )


def surer_than_it_is(facts: Facts, arms: Iterable[str]) -> str:
    """What the doubt says of a difference that rests on the spread of the other arm alone."""
    held = [arm for arm in dict.fromkeys(arms) if arm in facts.without_events]
    if not held:
        return ""
    return f"; no mouse of {join(held)} progressed, so interval and p look surer than they are"


def _who_left(facts: Facts) -> Iterator[str]:
    """How many mice of each arm left before they progressed, and why."""
    rows = left_early(facts.tables["progression_mice"], facts.last_day)
    told = []
    for arm in facts.design.arm_names:
        why = rows.loc[rows["arm"] == arm, "why"].value_counts()
        if len(why):
            told.append(f"{arm} {join(f'{count} ({name})' for name, count in why.items())}")
    if told:
        yield f"Before they progressed, and before day {number(facts.last_day)}, left: " + (
            "; ".join(told) + "."
        )
