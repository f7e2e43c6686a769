"""A new outcome is an entry, its source, and its name among the rules: three places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from costs import often

from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.present import sources
from xenotrack.present.collect import collect_tables
from xenotrack.present.page.views import VIEWS
from xenotrack.present.results import Results
from xenotrack.present.tell.answers import QUESTIONS
from xenotrack.present.tell.whole import tell
from xenotrack.study.ingest import read_study
from xenotrack.study.rule import Outcome as OutcomeName
from xenotrack.study.settings import read_rules

SAMPLES = Path(__file__).parents[2] / "sample_data"


def test_every_outcome_has_a_source_a_question_and_may_be_primary() -> None:
    assert set(sources.SOURCES) == set(OUTCOMES) == set(get_args(OutcomeName))
    assert {one.question for one in OUTCOMES.values()} <= {key for key, *_ in QUESTIONS}


def test_every_outcome_has_its_table_on_the_page() -> None:
    titles = {view.title for view in VIEWS["compare"]}
    assert {f"{one.title} against control" for one in OUTCOMES.values()} <= titles


@pytest.mark.parametrize("outcome", often(OUTCOMES, ["log_hazard", "response_rate"]))
def test_a_primary_contrast_is_claimed_and_told_in_whatever_outcome_it_was_declared(
    outcome: str,
) -> None:
    declared = {"contrast": "alpelisib+fulvestrant - vehicle", "outcome": outcome}
    rules = read_rules(None, {"compare": {"primary": declared}})
    results = Results(read_study(SAMPLES / "combination.csv", rules))
    (claim,) = [one for one in results.claims if one.primary]
    assert (claim.outcome, claim.arm) == (outcome, "alpelisib+fulvestrant")
    first = tell(results, collect_tables(results)).headline[0]
    assert first.about == "Primary contrast"
    assert results.claims[first.claims[0]] == claim


def test_a_new_outcome_is_compared_claimed_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: growth under another name, with an entry and a source and nothing else."""
    planted = replace(
        OUTCOMES["growth_rate"], name="planted", gained="did better than", title="Planted outcome"
    )
    monkeypatch.setitem(OUTCOMES, "planted", planted)
    monkeypatch.setitem(
        sources.SOURCES,
        "planted",
        sources.Source(
            lambda results, day: (replace(results.growth.rates(), outcome="planted"), ()),
            sources.fitted,
        ),
    )
    results = Results(read_study(SAMPLES / "two_arm.csv"))
    (claim,) = [one for one in results.claims if one.outcome == "planted"]
    (rate,) = [one for one in results.claims if one.outcome == "growth_rate"]
    assert replace(claim, outcome="growth_rate") == replace(rate, doubts=claim.doubts)
    story = tell(results, collect_tables(results))
    texts = [one.text for answer in story.answers for one in answer.sentences]
    assert "alpelisib did better than vehicle" in texts
