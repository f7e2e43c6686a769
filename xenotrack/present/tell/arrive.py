"""The ARRIVE 2.0 essential ten: what the study's files say to each item."""

from __future__ import annotations

from xenotrack.present.numbers import join
from xenotrack.present.rule_words import progression_rule
from xenotrack.present.story import Guideline
from xenotrack.present.tell.facts import Facts
from xenotrack.study.rulebook import KEYS

# The name of each item of [arrive]; what it asks for stands there.
ITEMS = {
    "study_design": "Study design",
    "sample_size": "Sample size",
    "criteria": "Inclusion and exclusion criteria",
    "randomisation": "Randomisation",
    "blinding": "Blinding",
    "outcomes": "Outcome measures",
    "statistics": "Statistical methods",
    "animals": "Experimental animals",
    "procedures": "Experimental procedures",
    "results": "Results",
}


def arrive(facts: Facts) -> tuple[Guideline, ...]:
    """Each item with the study's own words of ``[arrive]``, then what the analysis knows."""
    known = _known(facts)
    declared = facts.design.rules.arrive
    return tuple(
        Guideline(
            str(place),
            ITEMS[key.name],
            key.rule.help,
            " ".join(part for part in (getattr(declared, key.name), known.get(key.name)) if part),
        )
        for place, key in enumerate(KEYS["arrive"], start=1)
    )


def _known(facts: Facts) -> dict[str, str]:
    """What the sheet and the rules say by themselves; the rest only people know."""
    design, mice = facts.design, facts.results.study.mice
    counts = mice["arm"].value_counts()
    control = f", control {design.control}" if design.control else ""
    size = [f"{arm} {counts.get(arm, 0)}" for arm in design.arm_names]
    primary = design.primary
    named = (
        f" Primary contrast: {primary.label}, tested on growth, time and hazard of progression, "
        "each unadjusted for the others."
        if primary
        else ""
    )
    if not " ".join(design.rules.arrive.outcomes.split()):
        named += " The primary outcome: not supplied."
    return {
        "study_design": f"{len(design.arms)} groups ({join(design.arm_names)}){control}; the "
        "experimental unit is the mouse.",
        "sample_size": f"{len(mice)} mice in the sheet: {', '.join(size)}.",
        "criteria": " ".join(
            [
                *(exclusion.text for exclusion in facts.results.study.exclusions),
                facts.readings_not_fitted,
            ]
        ).strip(),
        "outcomes": "Growth rate of ln tumour volume; time to progression "
        f"({progression_rule(design.rules.progression)}); best response; body weight.{named}",
        "statistics": "See the section Methods.",
        "results": "See the tables of each question: estimates with intervals, numbers of mice in "
        "each group, and every reading in tables/tidy.csv.",
    }
