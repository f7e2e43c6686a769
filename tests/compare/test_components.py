"""What each component contributes on ln volume, on responses and on body weight."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.comparisons import compare_arms
from xenotrack.compare.components import (
    doubt_day,
    ln_volume_change,
    response_source,
    unless_caged,
)
from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.rules import Rules, StudyRules

from .reference import design_of, simple_estimates

SAMPLES = Path(__file__).parents[2] / "sample_data"
RATES = {"vehicle": 0.06, "A": 0.04, "B": 0.03, "A+B": 0.01}


def mice_with(responses):
    """``{arm: (responders, mice, not evaluable)}`` as a frame of categories."""
    rows = [
        (arm, category)
        for arm, (responded, total, unseen) in responses.items()
        for category in ["PR"] * responded + ["NE"] * unseen + ["PD"] * (total - responded - unseen)
    ]
    return pd.DataFrame(rows, columns=["arm", "mrecist"])


def test_change_of_ln_volume_is_the_rate_times_the_day_with_the_same_test():
    rates, design = simple_estimates(RATES), design_of(tuple(RATES))
    by_rate = compare_arms(rates, design).to_frame()
    by_day = compare_arms(ln_volume_change(rates, 21), design).to_frame()
    assert set(by_day["outcome"]) == {"ln_volume"}
    for name in ("estimate", "std_error", "conf_low", "conf_high", "simultaneous_high"):
        np.testing.assert_allclose(by_day[name], 21 * by_rate[name])
    for name in ("df", "statistic", "p_value", "p_adjusted"):
        np.testing.assert_allclose(by_day[name], by_rate[name])
    assert by_day["method"].str.contains("day 21").all()


def test_arms_measured_no_longer_than_another_day_are_named():
    design = design_of(("vehicle", "A"))
    (doubt,) = doubt_day(design, np.array([20.0, 60]), 28)
    assert "vehicle (day 20)" in doubt.text
    assert "A (" not in doubt.text
    assert not list(doubt_day(design, np.array([20.0, np.nan]), 20))


def test_the_response_rate_counts_mice_that_could_not_be_evaluated():
    source = response_source(
        mice_with({"vehicle": (0, 8, 0), "A": (4, 8, 3)}), design_of(("vehicle", "A"))
    )
    raw = source.contrast_of(np.array([[-1.0, 1.0]]), 0.95)
    assert raw.estimate[0] == 0.5


def test_a_combination_is_held_against_the_part_that_responds_most():
    responses = {"vehicle": (0, 10, 0), "A": (1, 10, 0), "B": (5, 10, 0), "A+B": (9, 10, 0)}
    design = design_of(tuple(responses))
    rows = compare_arms(response_source(mice_with(responses), design), design).to_frame()
    rows = rows.set_index("contrast")
    claim, parts = rows.loc["A+B - best part"], rows.loc[["A+B - A", "A+B - B"]]
    assert claim["estimate"] == pytest.approx(0.4) == parts["estimate"].min()
    assert claim["p_value"] == parts["p_value"].max()
    assert claim["conf_low"] == parts["conf_low"].min()
    assert claim["conf_high"] >= parts["conf_high"].min()
    assert claim["best_part"] == "B"
    assert list(rows.query("family == 'control'").index) == [
        "A - vehicle",
        "B - vehicle",
        "A+B - vehicle",
    ]


@pytest.mark.parametrize(("unit", "shown"), [("mouse", "better"), ("cage", "withheld")])
def test_what_is_compared_by_mouse_is_no_claim_where_cages_are_the_unit(unit, shown):
    design = design_of(tuple(RATES))
    rules = Rules(study=StudyRules(experimental_unit=unit))
    source, doubts = unless_caged(simple_estimates(RATES), replace(design, rules=rules))
    rows = compare_arms(source, design).to_frame().set_index("contrast")
    assert rows.loc["A+B - vehicle", "shows"] == shown
    assert [doubt.rule for doubt in doubts] == ["cage-is-the-unit"] * (unit == "cage")


def test_a_claim_on_net_weight_is_over_the_days_of_its_arms():
    """Of the sample's vehicle the last mouse but a few is gone long before the drugs' mice."""
    results = Results(read_study(SAMPLES / "naive.toml"))
    (found,) = results.compare(("net_weight",))
    rows = found.to_frame().set_index("contrast")
    assert set(rows.loc[rows["family"] == "control", "until_day"]) == {45}
    pair = rows.loc["alpelisib+ribociclib+fulvestrant - alpelisib+ribociclib"]
    assert pair["until_day"] == 105
    claim = rows.loc["alpelisib+ribociclib - best part"]
    assert claim["until_day"] == rows.loc["alpelisib+ribociclib - alpelisib", "until_day"] == 98
    assert rows.loc["alpelisib+ribociclib - vehicle", "shows"] == "worse"
