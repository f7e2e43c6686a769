"""The colours of arms as a page has them: by number, since it allows no style at an element."""

from __future__ import annotations

from collections.abc import Iterable

from xenotrack.present.stored import StoredRun
from xenotrack.present.theme import arm_colours
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import Rules, StudyRules


def colours_of(run: StoredRun) -> tuple[str, ...]:
    """The colour of each arm of a run, as in its figures."""
    study, declared = run.results.study, run.manifest.rules.get("colours", {})
    arms = tuple(Arm(arm.name, frozenset(arm.drugs)) for arm in study.arms)
    rules = Rules(study=StudyRules(control=study.control), colours=declared)
    return tuple(arm_colours(Design(study.name or "", arms, rules)).values())


def colour_rules(colours: Iterable[str]) -> str:
    """The style of the chips and marks that are numbered as the colours are."""
    return "".join(
        f'.chip[data-arm="{number}"], table:not(.arms) tr[data-arm="{number}"] > th::before '
        f"{{ background: {colour}; }}\n"
        f'.mark[data-arm="{number}"] {{ stroke: {colour}; fill: {colour}; }}\n'
        for number, colour in enumerate(colours)
    )
