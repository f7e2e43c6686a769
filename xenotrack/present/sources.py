"""Where each outcome of ``compare/outcomes.py`` takes its contrasts from in a study's results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from xenotrack.compare.components import (
    doubt_day,
    net_weight_source,
    response_source,
)
from xenotrack.compare.composite import renamed, safe_from_toxicity
from xenotrack.compare.contrasts import ContrastSource
from xenotrack.compare.days_gained import Kept, days_gained
from xenotrack.compare.few_splits import doubt_few_splits
from xenotrack.compare.growth_source import growth_source, late_source, mean_change_source
from xenotrack.compare.hazards import hazard_source
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates

if TYPE_CHECKING:
    from xenotrack.present.results import Results

Compared = tuple[ArmEstimates | ContrastSource, Iterable[Doubt]]


class Source(NamedTuple):
    """``of`` gives what is compared, at a day where the outcome has one, with its doubts.

    ``has`` is whether the study has the outcome at all.
    """

    of: Callable[[Results, float | None], Compared]
    has: Callable[[Results], bool]


def growth_rate(results: Results, day: float | None) -> Compared:
    return growth_source(results.growth), results.growth.doubts


def late_rate(results: Results, day: float | None) -> Compared:
    return late_source(results.growth), results.growth.doubts


def ln_volume(results: Results, day: float | None) -> Compared:
    """The change since day 0, by default to the last day of which the fit speaks."""
    growth, design = results.growth, results.study.design
    at = results.last_day_fitted if day is None else day
    beyond = doubt_day(design, growth.follow_up.until_day, at, growth.narrow is not None)
    return growth_source(growth, lambda fit: fit.changes(at)), (*growth.doubts, *beyond)


def mean_ln_volume(results: Results, day: float | None) -> Compared:
    return mean_change_source(results.growth), results.growth.doubts


def log_hazard(results: Results, day: float | None) -> Compared:
    return safe_from_toxicity(hazard_source, results.progression), results.progression.doubts


def rmst_days(results: Results, day: float | None) -> Compared:
    kept: Kept = {}  # most arms have one curve, whatever mice that left for toxicity had ahead
    fit = results.progression
    source = safe_from_toxicity(lambda each: days_gained(each, kept), fit)
    return source, (*fit.doubts, *doubt_few_splits(fit))


def composite_hazard(results: Results, day: float | None) -> Compared:
    """Of progression or leaving for toxicity, whichever came first."""
    fit = results.progression
    return renamed(hazard_source(fit.composite or fit), "composite_hazard"), fit.doubts


def composite_days(results: Results, day: float | None) -> Compared:
    """Days without progression or leaving for toxicity."""
    fit = results.progression
    source = renamed(days_gained(fit.composite or fit), "composite_days")
    return source, (*fit.doubts, *doubt_few_splits(fit, "composite_days"))


def response_rate(results: Results, day: float | None) -> Compared:
    own = ("response-not-evaluable", "no-relative-endpoints")
    doubts = [doubt for doubt in results.responses.doubts if doubt.rule in own]
    return response_source(results.response, results.study.design), doubts


def net_weight(results: Results, day: float | None) -> Compared:
    return net_weight_source(results.net_weight), ()


def always(results: Results) -> bool:
    return True


def fitted(results: Results) -> bool:
    """Whether growth could be fitted."""
    return results.has_growth


def weighed(results: Results) -> bool:
    """Whether the mice of two arms were weighed, and their tumours read."""
    return len(results.net_weight.fitted) > 1


SOURCES: dict[str, Source] = {
    "growth_rate": Source(growth_rate, fitted),
    "late_rate": Source(late_rate, fitted),
    "log_hazard": Source(log_hazard, always),
    "rmst_days": Source(rmst_days, always),
    "composite_hazard": Source(composite_hazard, always),
    "composite_days": Source(composite_days, always),
    "response_rate": Source(response_rate, always),
    "net_weight": Source(net_weight, weighed),
    "ln_volume": Source(ln_volume, fitted),
    "mean_ln_volume": Source(mean_ln_volume, fitted),
}
