"""``[truth]``: its keys, what it refuses, and the truth of a study that was done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xenotrack.errors import InputError, StudyError
from xenotrack.plan.declared import TruthRules, declared_scenario, scenario_of, truth_table
from xenotrack.plan.like import scenario_like
from xenotrack.plan.simulate import draw_cohort, measure_cohort
from xenotrack.study.ingest import read_study
from xenotrack.study.rules import Rules
from xenotrack.study.settings import read_rules

SAMPLES = Path(__file__).parents[2] / "sample_data"
ARMS = {"vehicle": {"rate": 0.05}, "A": {"rate": 0.02, "turns": [{"day": 10, "rate": 0.0}]}}


def test_the_bundled_truth_is_read() -> None:
    path = SAMPLES / "plan" / "next.toml"
    scenario = declared_scenario(path, read_rules(path))
    assert scenario is not None
    assert [arm.rate for arm in scenario.arms] == [0.05, 0.02, 0.025, 0.0]
    assert scenario.counts == (8, 8, 8, 8)
    assert scenario.arms[3].drugs == ("alpelisib", "ribociclib")


def test_a_scenario_survives_being_written() -> None:
    table = {"arms": ARMS, "mice_per_cage": 4, "blocks": 2, "lines": ["x", "y"], "visits": [0, 5]}
    scenario = scenario_of(table, Rules(), "next.toml")
    assert scenario_of(truth_table(scenario), Rules(), "next.toml") == scenario


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "names no arm"),
        ({"arms": {}}, "names no arm"),
        ({"arms": ARMS, "calliper_sd_mm": 1}, "Did you mean 'caliper_sd_mm'"),
        ({"arms": {"v": {"rate": 0.1, "rat_sd": 1}}}, "Did you mean 'rate_sd'"),
        ({"arms": {"v": {}}}, "missing required field `rate`"),
        ({"arms": {"v": {"rate": "fast"}}}, "Expected `float`"),
        ({"arms": {"v": {"rate": 0.1, "rate_sd": -1}}}, "arms.v.rate_sd is -1"),
        ({"arms": ARMS, "baseline_mm3": 0}, "baseline_mm3 is 0"),
        ({"arms": ARMS, "until": 10**6}, "until is 1000000"),
        ({"arms": ARMS, "visits": [3, 7]}, "Start them at day 0"),
        ({"arms": ARMS, "cages": "shared"}, "Choose split or whole"),
    ],
)
def test_what_no_study_can_be_is_said(table, words) -> None:
    with pytest.raises(InputError, match="next") as raised:
        scenario_of(table, Rules(), "next.toml")
    assert words in str(raised.value)


def test_cages_blocks_and_lines_are_in_the_sheet() -> None:
    table = {"arms": ARMS, "mice_per_arm": 8, "mice_per_cage": 4, "blocks": 2, "lines": ["x", "y"]}
    rng = np.random.default_rng(1)
    sheet = measure_cohort(draw_cohort(scenario_of(table, Rules(), ""), rng), rng)
    mice = sheet.drop_duplicates("mouse")
    assert mice.groupby("cage").size().tolist() == [4] * 4
    assert mice.groupby("cage")["arm"].nunique().tolist() == [2] * 4
    assert mice.groupby(["block", "arm"]).size().tolist() == [4] * 4
    assert mice.groupby(["line", "arm"]).size().tolist() == [4] * 4
    whole = scenario_of({**table, "cages": "whole"}, Rules(), "")
    mice = measure_cohort(draw_cohort(whole, rng), rng).drop_duplicates("mouse")
    assert mice.groupby("cage")["arm"].nunique().eq(1).all()


def test_cages_blocks_and_lines_shift_the_rates_of_their_mice() -> None:
    arms = {"v": {"rate": 0.05, "rate_sd": 0.0}}
    table = {"arms": arms, "mice_per_arm": 40, "mice_per_cage": 4, "cage_rate_sd": 0.01}
    cohort = draw_cohort(scenario_of(table, Rules(), ""), np.random.default_rng(1))
    rates = cohort.to_frame().groupby("cage")["rate"]
    assert rates.nunique().eq(1).all()
    assert rates.first().std() == pytest.approx(0.01, rel=0.6)


def test_the_width_may_be_measured_with_another_error() -> None:
    arms = {"v": {"rate": 0.0, "rate_sd": 0.0}}
    plain = {"arms": arms, "aspect": 2.5, "aspect_log_sd": 0.0, "baseline_log_sd": 0.0}
    plain |= {"mice_per_arm": 60, "caliper_sd_mm": 0.3, "caliper_sd_width_mm": 0.1}
    rng = np.random.default_rng(1)
    sheet = measure_cohort(draw_cohort(scenario_of(plain, Rules(), ""), rng), rng)
    assert sheet["length_mm"].std() == pytest.approx(0.3, rel=0.1)
    assert sheet["width_mm"].std() == pytest.approx(0.1, rel=0.15)


def test_a_study_like_one_that_was_done_grows_as_that_one() -> None:
    study = read_study(SAMPLES / "two_arm.csv")
    scenario = scenario_like(study)
    assert [arm.name for arm in scenario.arms] == ["vehicle", "alpelisib"]
    assert scenario.counts == (8, 8)
    assert scenario.visit_days == (0, 3, 7, 10, 14, 17, 21, 24, 28)
    assert scenario.baseline_mm3 == pytest.approx(220, rel=0.2)
    assert scenario.caliper_sd_mm == pytest.approx(0.3, rel=0.25)
    rate = draw_cohort(scenario, np.random.default_rng(1)).volumes(np.array([0, 28]))
    mean = np.log(rate[:, 1] / rate[:, 0]).reshape(2, 8).mean(axis=1) / 28
    assert mean == pytest.approx([0.05, 0.018], abs=0.012)


def test_without_a_variance_there_is_nothing_to_plan_with(tmp_path) -> None:
    rows = "\n".join(
        f"m{k},{'v' if k < 2 else 'A'},{d},{100 + k + d}" for k in range(4) for d in (0, 7)
    )
    (tmp_path / "thin.csv").write_text(f"mouse,arm,day,volume_mm3\n{rows}\n")
    with pytest.raises(StudyError, match="No variance to plan with"):
        scenario_like(read_study(tmp_path / "thin.csv"))


def test_each_key_of_truth_has_a_line_on_the_page() -> None:
    page = (SAMPLES.parent / "docs" / "next-study.md").read_text(encoding="utf-8")
    assert [name for name in TruthRules.__struct_encode_fields__ if f"`{name}`" not in page] == []
