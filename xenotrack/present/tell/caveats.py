"""The doubts that an answer must not be read without, in few words beside it."""

from __future__ import annotations

from collections.abc import Iterator, Set

from xenotrack.present.sentences import contrast_words, join
from xenotrack.present.tell.facts import Facts

# The doubts themselves stand beside their questions, with numbers and what to do.
CAVEATS = {
    "arms-cut-at-different-days": "growth is compared over days that differ between arms",
    "curved-growth": "growth of {arms} was no straight line",
    "below-limit-verdict": "readings below the limit decide on {arms}",
    "mouse-lines": "the mixed model was not identified",
    "few-mice": "few mice in {arms}",
    "withdrawals-differ": "arms differ in how many mice left before they progressed",
    "unknown-fate": "mice left, and nobody says why",
}


def caveats(facts: Facts, told: Set[str]) -> str:
    """The doubts that touch an answer which speaks of the contrasts ``told``."""
    count = len(facts.results.doubts)
    if not count:
        return ""
    stand = f"{count} {'doubt stands' if count == 1 else 'doubts stand'} below"
    named = [*_turned(facts, told), *_spread(facts), *_by_rule(facts)]
    if not named:
        return f"{stand}, beside the questions that they touch."
    return f"To bear in mind: {'; '.join(named)}. {stand}, beside the questions that they touch."


def _turned(facts: Facts, told: Set[str]) -> Iterator[str]:
    rows = facts.tables["leave_one_out"]
    turned = rows.loc[rows["n_changes"] > 0, "contrast"] if len(rows) else ()
    named = [contrast_words(contrast) for contrast in turned if contrast in told]
    if named:
        yield f"without one mouse the verdict turns on {join(named)}"


def _spread(facts: Facts) -> Iterator[str]:
    """One spread for arms that differ in it."""
    differ = any(doubt.rule == "unequal-variances" for doubt in facts.results.doubts)
    if differ and facts.results.growth.facts()["variances"].iloc[0] == "pooled":
        yield "growth has one spread for all arms, which differ in it"


def _by_rule(facts: Facts) -> Iterator[str]:
    for rule, words in CAVEATS.items():
        doubts = [doubt for doubt in facts.results.doubts if doubt.rule == rule]
        if doubts:
            arms = dict.fromkeys(arm for doubt in doubts for arm in doubt.arms)
            yield words.format(arms=join(arms) if arms else "")
