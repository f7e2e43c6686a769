"""The summary of a run names what was fitted, claims what was shown, and lists every doubt."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from xenotrack.present.collect import collect_tables
from xenotrack.present.results import Results
from xenotrack.present.summary import WIDTH, arm_table, summarise
from xenotrack.present.tell.whole import tell
from xenotrack.study.design import Design
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules
from xenotrack.study.study import Study

SAMPLES = Path(__file__).parent.parent.parent / "sample_data"
ALONE = "mouse,arm,day,volume\nm1,vehicle,0,100\n"


def results_of(source: str | bytes, **rules: dict) -> Results:
    if isinstance(source, bytes):
        return Results(read_study(source, read_rules(None, rules)))
    path = SAMPLES / source
    return Results(read_study(path, read_rules(path if path.suffix == ".toml" else None, rules)))


def flat(results: Results) -> str:
    return " ".join(summarise(results).split())


@pytest.fixture(scope="module")
def pair() -> Results:
    return results_of("combination.csv", growth={"until": 21}, compare={"level": 0.9})


def test_the_days_fitted_and_the_rule_are_named(pair) -> None:
    text = flat(pair)
    assert "Growth rates fitted on days 0 to 21" in text
    assert "Progression: first reading at or above 2 × the baseline volume" in text
    assert "4 arms, 32 mice, 288 readings on days 0 to 28" in text


def test_every_interval_is_at_the_declared_level(pair) -> None:
    assert set(re.findall(r"(\d+) % CI", flat(pair).partition("Doubts:")[0])) == {"90"}


def test_every_arm_has_a_row_in_display_order(pair) -> None:
    table = arm_table(pair, tell(pair, collect_tables(pair)))
    assert table["arm"].tolist() == list(pair.study.design.arm_names)
    assert "CR + PR" in table


def test_every_doubt_is_listed(pair) -> None:
    text = flat(pair)
    assert all(" ".join(doubt.text.split()) in text for doubt in pair.doubts)


def test_lines_fit_a_page_but_for_the_table(pair) -> None:
    table = summarise(pair).split("\n\n")[1]
    assert all(len(line) <= WIDTH for line in summarise(pair).replace(table, "").splitlines())


def test_the_contrast_named_beforehand_is_read_unadjusted() -> None:
    primary = {"primary": "alpelisib+fulvestrant - fulvestrant"}
    text = flat(results_of("combination.csv", compare=primary))
    assert "- Primary contrast: alpelisib+fulvestrant" in text
    assert "not adjusted)" in text


@pytest.mark.slow  # the whole summary is among the golden ones
def test_a_triple_without_progression_blocked_it() -> None:
    triple = "alpelisib+ribociclib+fulvestrant"
    assert f"{triple} blocked progression: by day 63 none of the 9 mice still followed" in flat(
        results_of("resistant.toml")
    )


def test_a_study_without_control_claims_nothing_against_one() -> None:
    sheet = "mouse,arm,day,volume\n" + "".join(
        f"m{mouse},drug {mouse % 2},{day},{100 * 1.1**day + mouse * (day + 1)}\n"
        for mouse in range(6)
        for day in (0, 3, 7)
    )
    text = flat(results_of(sheet.encode()))
    assert "slower than" not in text
    assert "drug 0" in text


def test_a_study_without_growth_says_so() -> None:
    results = results_of(ALONE.encode())
    text = flat(results)
    assert "Growth could not be fitted" in text
    assert "grew slower" not in text


def test_a_study_that_no_file_holds_is_named_by_its_title() -> None:
    rows = [
        (f"{arm}{n}", arm, day, 200.0 + day)
        for arm in "vA"
        for n in range(3)
        for day in (0, 7, 14, 21)
    ]
    frame = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3"])
    study = Study.of_frame(frame, Design.of_names("drawn", ["v", "A"]))
    results = Results(study)
    assert (
        tell(results, collect_tables(results)).quality[0].startswith("drawn: 24 readings of 6 mice")
    )
