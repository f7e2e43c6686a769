"""Outcomes that are compared mouse by mouse, where the study has a unit or blocks: doubts of them.

Each outcome is withheld for itself, and all of them are told of in one doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.doubts import Doubt


def caged_doubt(outcomes: Sequence[str]) -> Doubt:
    """Outcomes that are compared by mouse, where the cage is the unit."""
    return Doubt(
        "cage-is-the-unit",
        (),
        " ".join(outcomes),
        f"The study's unit is the cage, and mice are compared in {in_words(outcomes)}: p-values "
        "there are too small, and no claim is made.",
    )


def uneven_doubt(outcomes: Sequence[str]) -> Doubt:
    """Outcomes that know no blocks, over which arms lie unevenly."""
    return Doubt(
        "uneven-blocks",
        (),
        " ".join(outcomes),
        f"Arms lie unevenly over blocks, which count for nothing in {in_words(outcomes)}: a "
        "difference of blocks would look like one of arms there, and no claim is made of such "
        "arms.",
    )


TOGETHER: dict[str, Callable[[Sequence[str]], Doubt]] = {
    "cage-is-the-unit": caged_doubt,
    "uneven-blocks": uneven_doubt,
}


def in_words(outcomes: Sequence[str]) -> str:
    """Outcomes by their titles.

    >>> in_words(["rmst_days"]), in_words(["log_hazard", "response_rate"])
    ('days without progression', 'hazard of progression and responders')
    """
    titles = [OUTCOMES[name].title if name in OUTCOMES else name for name in outcomes]
    words = [title[0].lower() + title[1:] for title in titles]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def told_together(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """The doubts, those that differ in the outcome alone as one, where the first of them stood."""
    doubts = list(doubts)
    of = {rule: [one.outcome for one in doubts if one.rule == rule] for rule in TOGETHER}
    told: dict[Doubt, None] = {}
    for doubt in doubts:
        outcomes = [name for names in of.get(doubt.rule, ()) for name in names.split()]
        one = TOGETHER[doubt.rule](list(dict.fromkeys(outcomes))) if outcomes else doubt
        told[one] = None
    return tuple(told)
