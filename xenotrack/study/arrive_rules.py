"""``[arrive]``: what the report says of each item of the ARRIVE essential ten."""

from __future__ import annotations

from typing import Annotated

import msgspec

from xenotrack.study.rule import Rule


def _unflagged(words: str) -> Rule:
    """A rule that stands in ``study.toml`` alone."""
    return Rule(words, flag=False)


class ArriveRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[arrive]``: the ARRIVE 2.0 essential ten in the study's own words, for its report.

    What each asks for is in short after Percie du Sert et al. 2020.
    """

    study_design: Annotated[
        str, _unflagged("The groups compared, controls among them, and the experimental unit.")
    ] = ""
    sample_size: Annotated[
        str,
        _unflagged("The number of units in each group and in total, and how it was decided."),
    ] = ""
    criteria: Annotated[
        str,
        _unflagged(
            "Criteria set beforehand for including and excluding animals and data; what was "
            "excluded."
        ),
    ] = ""
    randomisation: Annotated[
        str,
        _unflagged(
            "Whether and how units were randomised to groups, and how confounders were minimised."
        ),
    ] = ""
    blinding: Annotated[
        str,
        _unflagged(
            "Who knew the groups at allocation, during the experiment, at assessment and analysis."
        ),
    ] = ""
    outcomes: Annotated[str, _unflagged("All outcomes measured, and the primary one.")] = ""
    statistics: Annotated[
        str,
        _unflagged(
            "The methods of each analysis, the software, and how assumptions were assessed."
        ),
    ] = ""
    animals: Annotated[
        str,
        _unflagged("Species, strain, sex, age or weight, provenance, genotype, health status."),
    ] = ""
    procedures: Annotated[
        str,
        _unflagged("What was done, how, when, where and why, in enough detail to be repeated."),
    ] = ""
    results: Annotated[
        str,
        _unflagged(
            "Summary statistics with variability for each group, and effect sizes with intervals."
        ),
    ] = ""
