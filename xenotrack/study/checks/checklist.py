"""Doubts about a study as a whole: each rule a small generator over a Study."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xenotrack.study.checks.days import days_like_dates, days_like_weeks, days_off_schedule
from xenotrack.study.checks.digits import digits_swapped
from xenotrack.study.checks.mice import (
    arms_of_few_mice,
    arms_unbalanced,
    baselines_late,
    baselines_missing,
    cages_nested,
    ended_before_others,
    lengths_like_centimetres,
    mice_left_early,
    mice_without_reading,
    readings_after_fate,
    treatments_after_the_last_reading,
    volumes_like_cubic_centimetres,
    volumes_like_lengths,
    volumes_like_percentages,
)
from xenotrack.study.checks.names import (
    arms_of_the_same_drugs,
    mice_split,
    names_like_missing,
    names_not_seen,
)
from xenotrack.study.checks.readings import (
    aspect_ratios,
    heaped_values,
    implausible_jumps,
    placeholders,
    readings_far_apart,
    repeated_last_values,
    weight_slips,
    zeros_between,
    zeros_trailing,
)
from xenotrack.study.checks.tumors import tumors_not_measured, tumors_read_late, tumors_seen_once
from xenotrack.study.finding import Finding
from xenotrack.study.study import Study

RULES: tuple[Callable[[Study], Iterator[Finding]], ...] = (
    volumes_like_cubic_centimetres,
    volumes_like_lengths,
    volumes_like_percentages,
    lengths_like_centimetres,
    days_like_dates,
    days_like_weeks,
    arms_of_few_mice,
    names_like_missing,
    names_not_seen,
    arms_of_the_same_drugs,
    mice_split,
    mice_without_reading,
    baselines_missing,
    baselines_late,
    arms_unbalanced,
    cages_nested,
    treatments_after_the_last_reading,
    mice_left_early,
    ended_before_others,
    readings_after_fate,
    tumors_read_late,
    tumors_seen_once,
    tumors_not_measured,
    days_off_schedule,
    readings_far_apart,
    aspect_ratios,
    implausible_jumps,
    digits_swapped,
    zeros_between,
    zeros_trailing,
    repeated_last_values,
    heaped_values,
    placeholders,
    weight_slips,
)
# What these know of calipers, units and growth they know of volumes alone.
OF_VOLUMES = frozenset(
    (
        volumes_like_cubic_centimetres,
        volumes_like_lengths,
        volumes_like_percentages,
        lengths_like_centimetres,
        aspect_ratios,
        implausible_jumps,
        digits_swapped,
        heaped_values,
        placeholders,
    )
)


def check_study(study: Study) -> list[Finding]:
    """Every doubt that the rules find; no rule changes a value."""
    if study.readings.empty:
        return []
    rules = RULES if study.design.readout.in_mm else [one for one in RULES if one not in OF_VOLUMES]
    return [finding for rule in rules for finding in rule(study)]
