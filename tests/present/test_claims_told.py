"""Sentences state claims and nothing else, whatever arms and mice are called."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from costs import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xenotrack.compare.claims import Claim, claims_frame
from xenotrack.compare.families import BEST_PART
from xenotrack.present.collect import collect_tables
from xenotrack.present.results import Results
from xenotrack.present.rule_words import progression_rule
from xenotrack.present.story import Sentence, Story
from xenotrack.present.tell.claims import contrast_sentence, synergy_sentence
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.leaving import left_early
from xenotrack.present.tell.whole import tell
from xenotrack.study.ingest import read_study
from xenotrack.study.progression_rules import ProgressionRules

SAMPLES = Path(__file__).parents[2] / "sample_data"

# Words that only a claim may use of an arm.
CLAIMING = re.compile(
    r"\b(grew (slower|faster|less|more)|shrank|blocked|stayed longer|progressed sooner|had (a|more|"
    r"fewer)|lost (less|more)|did (more|less)|held growth|held tumours|not shown|not claimed|came "
    r"back|Held)\b"
)


@pytest.fixture(scope="module")
def results() -> Results:
    return Results(read_study(SAMPLES / "combination.csv"))


@pytest.fixture(scope="module")
def story(results: Results) -> Story:
    return tell(results, collect_tables(results))


@pytest.fixture(scope="module")
def facts(results: Results) -> Facts:
    return Facts(results, collect_tables(results))


def sentences(story: Story) -> list[Sentence]:
    return [*story.headline, *(one for answer in story.answers for one in answer.sentences)]


def stating(facts: Facts, claim: Claim, **changes: object) -> Sentence:
    """A claim of the study with some of its facts changed, as a sentence."""
    changed = replace(claim, **changes)
    with_claim = Facts(facts.results, facts.tables)
    object.__setattr__(with_claim, "claims", (changed,))
    tellers = {"contrast": contrast_sentence, "synergy": synergy_sentence}
    return tellers[claim.kind](changed, with_claim)


def some(facts: Facts, **wanted: object) -> Claim:
    return next(
        claim
        for claim in facts.claims
        if all(getattr(claim, name) == value for name, value in wanted.items())
    )


def test_no_sentence_states_a_claim_that_is_not_in_the_list(results, story) -> None:
    for one in sentences(story):
        assert all(0 <= place < len(results.claims) for place in one.claims)
        if CLAIMING.search(one.text) or CLAIMING.search(one.about):
            assert one.claims, one.whole


def test_every_claim_against_control_and_best_part_is_told(results, story) -> None:
    stated = {place for one in sentences(story) for place in one.claims}
    for place, claim in enumerate(results.claims):
        if claim.outcome in ("growth_rate", "rmst_days") or claim.kind == "arm":
            assert place in stated, claim


def test_a_sentence_has_the_numbers_of_its_claim(results, story) -> None:
    for one in sentences(story):
        for place in one.claims[:1]:
            claim = results.claims[place]
            if claim.kind == "contrast" and claim.outcome == "growth_rate" and one.evidence:
                estimate = f"{100 * claim.estimate:.1f}".replace("-", "−")
                assert f"{estimate} % a day" in one.evidence


@pytest.mark.parametrize(
    ("shows", "text"),
    [
        ("better", "A+B grew slower than vehicle"),
        ("worse", "A+B grew faster than vehicle"),
        ("not shown", "A+B was not shown to differ from vehicle in growth rate"),
        ("withheld", "A+B is not claimed to grow slower than vehicle, since few mice"),
    ],
)
def test_a_contrast_is_told_by_what_it_shows_and_never_by_its_p(facts, shows, text) -> None:
    claim = some(facts, outcome="growth_rate", family="control")
    claim = replace(claim, arm="A+B", against="vehicle", p_adjusted=1e-9)
    told = stating(facts, claim, shows=shows, withheld="few-at-risk" * (shows == "withheld"))
    assert told.text.startswith(text.partition(", since")[0])
    assert (", since" in told.text) == (shows == "withheld")


def test_a_claim_over_the_best_part_names_it_and_the_part_that_sets_p(facts) -> None:
    claim = some(facts, outcome="growth_rate", against=BEST_PART)
    told = stating(facts, claim, shows="not shown", best_part="A", p_part="B", p_adjusted=0.041)
    assert told.text == f"{claim.arm} was not shown to grow slower than each of its parts"
    assert "against A, which looks best, difference" in told.evidence
    assert told.evidence.endswith("p = 0.041, against B")
    alike = stating(facts, claim, shows="better", best_part="A", p_part="A", p_adjusted=0.041)
    assert alike.evidence.endswith("p = 0.041")


@pytest.mark.parametrize(
    ("shows", "text"),
    [
        ("synergy", "did more than its single drugs predict"),
        ("antagonism", "did less than its single drugs predict"),
        ("additive or undecided", "was not shown to do more or less than its single drugs predict"),
    ],
)
def test_an_excess_is_told_by_its_verdict(facts, shows, text) -> None:
    claim = some(facts, kind="synergy", outcome="bliss")
    assert stating(facts, claim, shows=shows).text == f"{claim.arm} {text}"


def test_the_interval_told_agrees_with_the_verdict(results) -> None:
    rows = claims_frame(results.claims).query("kind == 'contrast'")
    excludes = (rows["claim_low"] > 0) | (rows["claim_high"] < 0)
    assert (excludes == rows["shows"].isin(["better", "worse", "withheld"])).all()
    assert excludes.any()
    assert not excludes.all()


def test_mice_that_left_without_progression_are_told_with_their_reason() -> None:
    rows = [
        ("m1", 14.0, False, "toxicity"),
        ("m2", 105.0, False, "end_of_study"),
        ("m3", 60.0, True, "tumor_size"),
        ("m4", 20.0, False, None),
    ]
    mice = pd.DataFrame(rows, columns=["mouse", "day", "event", "fate"]).assign(arm="drug")
    early = left_early(mice, 105)
    assert list(zip(early["mouse"], early["why"], strict=True)) == [
        ("m1", "toxicity"),
        ("m4", "no reason given"),
    ]


# Names that once changed what was said: they hold the marks with which labels are written.
MARKS = [*"ab -,;:/+()[]{}'\"%=.$_&<>1", " - ", "best part", "vs", "\N{ARABIC LETTER BEH}", "é"]
HARD = st.lists(st.sampled_from(MARKS), min_size=1, max_size=8).map(
    lambda marks: " ".join(f"x{''.join(marks)}x".split())
)


def renamed(arms: list[str], mice: str) -> tuple[bytes, dict[str, list[str]]]:
    """A study of four arms under these names, each mouse with ``mice`` in its name."""
    rates = (0.06, 0.03, 0.035, -0.01)
    rows = [["mouse", "arm", "day", "volume"]]
    for arm, rate in zip(arms, rates, strict=True):
        for mouse in range(6):
            for day in (0, 4, 7, 11, 14, 18, 21):
                wobble = 0.04 * ((day * 5 + mouse * 3) % 4 - 1.5)
                volume = 150 * np.exp((rate + 0.003 * (mouse - 2.5)) * day + wobble)
                rows.append([f"{mice}{arms.index(arm)}{mouse}", arm, str(day), f"{volume:.2f}"])
    sheet = "\n".join("\t".join(row) for row in rows)
    drugs = dict(zip(arms, ([], ["p"], ["q"], ["p", "q"]), strict=True))
    return sheet.encode(), drugs


def story_of(arms: list[str], mice: str) -> tuple[Story, list[Claim]]:
    from xenotrack.study.settings import read_rules

    sheet, drugs = renamed(arms, mice)
    rules = read_rules(
        None,
        {
            "arms": drugs,
            "study": {"control": arms[0]},
            "compare": {"primary": [arms[3], arms[1]]},
        },
    )
    results = Results(read_study(sheet, rules, delimiter="\t"))
    return tell(results, collect_tables(results)), list(results.claims)


PLAIN = ["QA0", "QA1", "QA2", "QA3"]


@pytest.fixture(scope="module")
def plain() -> tuple[Story, list[Claim]]:
    return story_of(PLAIN, "QM")


@settings(
    max_examples=examples(4),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(HARD, min_size=4, max_size=4, unique_by=str.casefold), HARD)
def test_no_name_changes_what_is_said(plain, arms, mice) -> None:
    """The story of the renamed study is the original's, with the names exchanged."""
    story, claims = plain
    other, others = story_of(arms, mice)
    assert [one.shows for one in claims] == [one.shows for one in others]
    names = dict(zip(PLAIN, arms, strict=True)) | {"QM": mice}

    def exchanged(text: str) -> str:
        found = re.sub("|".join(names), lambda match: names[match[0]], text)
        return "".join(found.split())

    expected = [exchanged(one.whole) for one in sentences(story)]
    assert ["".join(one.whole.split()) for one in sentences(other)] == expected
    for answer, same in zip(story.answers, other.answers, strict=True):
        assert list(map(exchanged, answer.doubts)) == ["".join(d.split()) for d in same.doubts]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (ProgressionRules(rule="nadir"), "1.73 × the smallest volume so far"),
        (ProgressionRules(rule="absolute", value=800), "at or above 800 mm³"),
        (ProgressionRules(confirm=True), "confirmed by the next reading"),
        (ProgressionRules(interpolate="none"), "on the day of the visit"),
        (ProgressionRules(interpolate="log"), "on the log scale"),
        (ProgressionRules(size_cull="censor"), "leaving for tumour size is censored"),
    ],
)
def test_the_progression_rule_is_said_as_declared(rules, words) -> None:
    assert words in progression_rule(rules)
