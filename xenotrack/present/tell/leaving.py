"""Which mice left before the end without progression, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from xenotrack.compare.verdicts import BETTER, WORSE
from xenotrack.doubts import p_words
from xenotrack.present.numbers import fixed, join, number
from xenotrack.present.story import Sentence
from xenotrack.present.words import FATES

if TYPE_CHECKING:
    from xenotrack.present.tell.facts import Facts

MOST_NAMED = 3  # mice that one sentence calls by name


def left_early(mice: pd.DataFrame, last_day: float) -> pd.DataFrame:
    """The rows of ``progression_mice`` that left before the last day without progression.

    ``why`` is the fate in words; where nobody says why, a mouse was only last seen.
    """
    rows = mice[~mice["event"].eq(True) & mice["fate"].ne("end_of_study")]
    rows = rows[rows["day"] < last_day]
    return rows.assign(why=rows["fate"].map(FATES).fillna("no reason given"))


def not_followed(facts: Facts) -> list[str]:
    """The arms of which no mouse has a reading after day 0."""
    mice = facts.tables["progression_mice"]
    last_days = mice.groupby("arm", sort=False)["day"].max()
    return [arm for arm in facts.design.arm_names if last_days.get(arm, 1.0) <= 0]


def nobody_followed(facts: Facts) -> Iterator[Sentence]:
    """That of some arms, or of all, nobody knows whether they progressed."""
    arms = not_followed(facts)
    if arms:
        where = f" in {join(arms)}" if facts.last_day > 0 else ""
        yield Sentence(f"No mouse was followed after day 0{where}: none can be seen to progress")


def rests_on_fates(facts: Facts) -> Iterator[Sentence]:
    """Days gained that are no longer shown if mice that left unexplained fared otherwise."""
    bounds = facts.tables["unknown_fates"].set_index("arm")
    for claim in facts.claims_of(facts.times[1]):
        shown = {BETTER: ("worst", "badly"), WORSE: ("best", "well")}.get(claim.shows)
        if shown is None or claim.against != facts.control or claim.arm not in bounds.index:
            continue
        case, how = shown
        row = bounds.loc[claim.arm]
        if row[f"{case}_p"] < 1 - facts.level and row[case] * claim.estimate > 0:
            continue
        left = ((row["n_unknown"], claim.arm), (row["n_unknown_control"], claim.against))
        counted = join(f"{int(count)} of {arm}" for count, arm in left if count)
        yield Sentence(
            f"{claim.arm} vs {claim.against}: no longer shown if the mice that left unexplained "
            f"({counted}) fared as {how} for {claim.arm} as they could "
            f"({fixed(row[case], 1)} days, {p_words(row[f'{case}_p'])})"
        )


def who_left(facts: Facts, arm: str) -> str:
    """Who left an arm early: ``N075 left on day 14, toxicity``; "" where all were followed."""
    mice = facts.tables["progression_mice"]
    early = left_early(mice[mice["arm"] == arm], facts.last_day)
    named = [
        f"{mouse} left on day {number(day)}, {why}"
        for mouse, day, why in zip(early["mouse"], early["day"], early["why"], strict=True)
    ]
    rest = len(named) - MOST_NAMED
    more = [f"{rest} more left before the end"] if rest > 0 else []
    return "; ".join([*named[:MOST_NAMED], *more])


def left_by_arm(facts: Facts) -> Iterator[Sentence]:
    """How many mice of each arm left before they progressed, and why."""
    rows = left_early(facts.tables["progression_mice"], facts.last_day)
    counted = []
    for arm in facts.design.arm_names:
        why = rows.loc[rows["arm"] == arm, "why"].value_counts()
        if len(why):
            counted.append(f"{arm} {join(f'{count} ({name})' for name, count in why.items())}")
    if counted:
        yield Sentence(
            "; ".join(counted), f"Left before progression and before day {number(facts.last_day)}"
        )
