"""The rules of an analysis in words."""

from __future__ import annotations

from xenotrack.compare.definitions import above
from xenotrack.study.design import Design
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.volume import FORMULAS

OF_TUMORS = {
    "sum": "A mouse is the sum of its tumours.",
    "largest": "A mouse is the largest of its tumours on each day.",
    "each": "A mouse is the geometric mean of its tumours, and progresses with the first of them.",
}


def progression_rule(rules: ProgressionRules) -> str:
    """The declared event in words.

    >>> progression_rule(ProgressionRules())
    'first reading at or above 2 × the baseline volume, day interpolated linearly'
    """
    what = {
        "fold": f"{rules.threshold:g} × the baseline volume",
        "percent": f"{rules.threshold:g} % above the baseline volume",
        "nadir": f"{rules.threshold:g} × the smallest volume so far{above(rules)}",
        "absolute": f"{rules.threshold:g} mm³",
    }[rules.rule]
    confirmed = ", confirmed by the next reading" if rules.confirm else ""
    day = {
        "none": "on the day of the visit",
        "linear": "day interpolated linearly",
        "log": "day interpolated on the log scale",
    }[rules.interpolate]
    cull = "" if rules.size_cull == "event" else "; leaving for tumour size is censored"
    until = "" if rules.follow_until is None else f"; followed to day {rules.follow_until:g}"
    return f"first reading at or above {what}{confirmed}, {day}{cull}{until}"


def volume_rule(design: Design) -> str:
    """The volume formula in words."""
    return FORMULAS[design.rules.volume.formula].written
