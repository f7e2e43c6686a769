"""What times are claimed to, where a study names it beforehand."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest

from xenotrack import Results, Study
from xenotrack.compare.definitions import definitions, estimand_of
from xenotrack.compare.outcomes import TIMES, usual_outcomes
from xenotrack.compare.unknown_fates import unknown_fates
from xenotrack.study.design import Design
from xenotrack.study.progression_rules import ProgressionRules


def results_with(estimand: str) -> Results:
    """Mice of A do not grow, and half of them leave for toxicity on day 14."""
    rows = [
        (f"{arm}{mouse}", arm, day, 100 * np.exp(rate * day), fate)
        for arm, rate in (("vehicle", 0.1), ("A", 0.0))
        for mouse in range(8)
        for day in range(0, 43, 7)
        for fate in ["toxicity" if arm == "A" and mouse < 4 else "end_of_study"]
        if fate == "end_of_study" or day <= 14
    ]
    frame = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3", "fate"])
    design = Design.of_names("toy", ("vehicle", "A"))
    compare = msgspec.structs.replace(design.rules.compare, estimand=estimand)
    rules = msgspec.structs.replace(design.rules, compare=compare)
    return Results(Study.of_frame(frame, replace(design, rules=rules)))


@pytest.fixture(scope="module", params=["progression", "composite"])
def of_each(request):
    return request.param, results_with(request.param)


def test_the_declared_times_are_compared_by_default(of_each) -> None:
    estimand, results = of_each
    compared = [found.outcome for found in results.comparisons]
    assert set(TIMES[estimand]) < set(compared)
    assert not set(compared) & set(TIMES["progression" if estimand == "composite" else "composite"])


def test_the_composite_has_the_mice_that_left_as_events_and_no_bounds(of_each) -> None:
    estimand, results = of_each
    asked = TIMES[estimand][1]
    (days,) = (each for each in results.comparisons if each.outcome == asked)
    row = days.to_frame().iloc[0]
    assert ("bounded where mice left for toxicity" in row["method"]) == (estimand == "progression")
    gained = {"progression": 42 - 6.93, "composite": (14 + 42) / 2 - 6.93}[estimand]
    assert row["estimate"] == pytest.approx(gained, abs=0.1)
    assert len(results.days_gained) == (estimand == "progression")


def test_bounds_of_unknown_fates_are_those_of_what_is_claimed(of_each) -> None:
    estimand, results = of_each
    events = {"progression": 0, "composite": 4}[estimand]
    claimed = results.progression.claimed
    assert claimed.curves[1].n_events.sum() == events
    assert not len(unknown_fates(results.progression))


def test_definitions_of_the_declared_estimand_are_counted_first() -> None:
    rules = ProgressionRules()
    first, *others = definitions(rules, "composite")
    assert first.declared
    assert first.words == "2 × baseline or toxicity"
    assert sum(one.estimand == "composite" for one in (first, *others)) == 6
    assert estimand_of(rules, "composite") == "composite"
    assert estimand_of(ProgressionRules(rule="nadir", value=1.5)) == "nadir"


def test_usual_outcomes_differ_in_the_times_alone() -> None:
    one, other = (set(usual_outcomes(name)) for name in TIMES)
    assert one - other == set(TIMES["progression"])
    assert other - one == set(TIMES["composite"])
