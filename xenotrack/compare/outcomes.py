"""Every outcome in which arms are compared: a light table that whoever needs one reads.

A new outcome is an entry here, the function in ``present/results.py`` that gives its source, and
its columns in ``glossary.py`` if it has any of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["lower", "higher"]
Display = Literal["percent_per_day", "log_ratio", "hazard_ratio", "days", "share", "points"]


@dataclass(frozen=True)
class Outcome:
    """One outcome: where it comes from, which way is better, and how people say it.

    ``source`` is what it is made of, which doubts name; ``gained`` and ``lost`` complete "A … B",
    ``gain`` "A was not shown to … B"; ``title`` heads tables; ``display`` says how a number is
    written; ``question`` is the one of the report that it answers; ``by_default`` outcomes are
    compared when none is asked for, in ``families``.
    """

    name: str
    source: str
    better: Better
    title: str
    unit: str
    display: Display
    gained: str
    lost: str
    gain: str
    question: str
    by_default: bool = True
    families: tuple[str, ...] = ("control", "parts")


# Of each estimand of ``[compare]``: the hazards and the days that are claimed.
TIMES = {
    "progression": ("log_hazard", "rmst_days"),
    "composite": ("composite_hazard", "composite_days"),
}


def times_of(estimand: str) -> tuple[str, str]:
    """The hazards and the days that are claimed where an estimand was named beforehand."""
    return TIMES[estimand]


def usual_outcomes(estimand: str) -> tuple[str, ...]:
    """The outcomes that are compared when none is asked for.

    >>> usual_outcomes("composite")[:3]
    ('growth_rate', 'composite_hazard', 'composite_days')
    """
    others = {name for times in TIMES.values() for name in times}.difference(TIMES[estimand])
    return tuple(
        outcome.name
        for outcome in OUTCOMES.values()
        if outcome.name in TIMES[estimand] or (outcome.by_default and outcome.name not in others)
    )


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome(
            name="growth_rate",
            source="growth",
            better="lower",
            title="Growth rate",
            unit="per day",
            display="percent_per_day",
            gained="grew slower than",
            lost="grew faster than",
            gain="grow slower than",
            question="slowed",
        ),
        Outcome(
            name="late_rate",
            source="growth",
            better="lower",
            title="Late growth rate",
            unit="per day",
            display="percent_per_day",
            gained="grew slower late than",
            lost="grew faster late than",
            gain="grow slower late than",
            question="slowed",
            by_default=False,
        ),
        Outcome(
            name="log_hazard",
            source="progression",
            better="lower",
            title="Hazard of progression",
            unit="log ratio",
            display="hazard_ratio",
            gained="had a lower hazard of progression than",
            lost="had a higher hazard of progression than",
            gain="have a lower hazard of progression than",
            question="how-long",
        ),
        Outcome(
            name="rmst_days",
            source="progression",
            better="higher",
            title="Days without progression",
            unit="days",
            display="days",
            gained="stayed longer without progression than",
            lost="progressed sooner than",
            gain="stay longer without progression than",
            question="how-long",
        ),
        Outcome(
            name="composite_hazard",
            source="progression",
            better="lower",
            title="Hazard of progression or toxicity",
            unit="log ratio",
            display="hazard_ratio",
            gained="had a lower hazard of progression or toxicity than",
            lost="had a higher hazard of progression or toxicity than",
            gain="have a lower hazard of progression or toxicity than",
            question="how-long",
            by_default=False,
        ),
        Outcome(
            name="composite_days",
            source="progression",
            better="higher",
            title="Days without progression or toxicity",
            unit="days",
            display="days",
            gained="stayed longer without progression or toxicity than",
            lost="progressed or left for toxicity sooner than",
            gain="stay longer without progression or toxicity than",
            question="how-long",
            by_default=False,
        ),
        Outcome(
            name="response_rate",
            source="response",
            better="higher",
            title="Responders",
            unit="share",
            display="share",
            gained="had more responders than",
            lost="had fewer responders than",
            gain="have more responders than",
            question="blocked",
        ),
        Outcome(
            name="net_weight",
            source="weight",
            better="higher",
            title="Body weight net of the tumour",
            unit="percentage points",
            display="points",
            gained="lost less weight than",
            lost="lost more weight than",
            gain="lose less weight than",
            question="price",
            # Nobody claims that a combination weighs on mice less than its drugs.
            families=("control",),
        ),
        Outcome(
            name="ln_volume",
            source="growth",
            better="lower",
            title="Change of ln volume",
            unit="ln mm³",
            display="log_ratio",
            gained="grew less than",
            lost="grew more than",
            gain="grow less than",
            question="slowed",
            # A straight line says the same of every day: its change is asked for.
            by_default=False,
        ),
        Outcome(
            name="mean_ln_volume",
            source="growth",
            better="lower",
            title="Mean change of ln volume",
            unit="ln mm³",
            display="log_ratio",
            gained="stayed smaller on average than",
            lost="was larger on average than",
            gain="stay smaller on average than",
            question="slowed",
            by_default=False,
        ),
    )
}
