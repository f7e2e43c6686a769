"""The ARRIVE 2.0 essential ten: what the study's files say to each item."""

from __future__ import annotations

from xenotrack.present.sentences import join, progression_rule
from xenotrack.present.story import Guideline
from xenotrack.present.tell.facts import Facts

# Item and what it asks for, in short, after Percie du Sert et al. 2020; keys are those of [arrive].
ITEMS = {
    "study_design": (
        "Study design",
        "The groups compared, controls among them, and the experimental unit.",
    ),
    "sample_size": (
        "Sample size",
        "The number of units in each group and in total, and how it was decided.",
    ),
    "criteria": (
        "Inclusion and exclusion criteria",
        "Criteria set beforehand for including and excluding animals and data; what was excluded.",
    ),
    "randomisation": (
        "Randomisation",
        "Whether and how units were randomised to groups, and how confounders were minimised.",
    ),
    "blinding": (
        "Blinding",
        "Who knew the groups at allocation, during the experiment, at assessment and analysis.",
    ),
    "outcomes": (
        "Outcome measures",
        "All outcomes measured, and the primary one.",
    ),
    "statistics": (
        "Statistical methods",
        "The methods of each analysis, the software, and how assumptions were assessed.",
    ),
    "animals": (
        "Experimental animals",
        "Species, strain, sex, age or weight, provenance, genotype, health status.",
    ),
    "procedures": (
        "Experimental procedures",
        "What was done, how, when, where and why, in enough detail to be repeated.",
    ),
    "results": (
        "Results",
        "Summary statistics with variability for each group, and effect sizes with intervals.",
    ),
}


def arrive(facts: Facts) -> tuple[Guideline, ...]:
    """Each item with the study's own words of ``[arrive]``, then what the analysis knows."""
    known = _known(facts)
    declared = facts.design.rules.arrive
    return tuple(
        Guideline(
            str(place),
            item,
            asks,
            " ".join(part for part in (getattr(declared, key), known.get(key)) if part),
        )
        for place, (key, (item, asks)) in enumerate(ITEMS.items(), start=1)
    )


def _known(facts: Facts) -> dict[str, str]:
    """What the sheet and the rules say by themselves; the rest only people know."""
    design, mice = facts.design, facts.results.study.mice
    counts = mice["arm"].value_counts()
    control = f", control {design.control}" if design.control else ""
    size = [f"{arm} {counts.get(arm, 0)}" for arm in design.arm_names]
    primary = design.rules.compare.primary
    named = (
        f" Primary contrast: {primary}, tested on growth, time and hazard of progression, each "
        "unadjusted for the others."
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
            [*(one.text for one in facts.results.study.exclusions), facts.readings_not_fitted]
        ).strip(),
        "outcomes": "Growth rate of ln tumour volume; time to progression "
        f"({progression_rule(design.rules.progression)}); best response; body weight.{named}",
        "statistics": "See the section Methods.",
        "results": "See the tables of each question: estimates with intervals, numbers of mice in "
        "each group, and every reading in tables/tidy.csv.",
    }
