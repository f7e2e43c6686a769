"""What each component contributes on ln volume, on responses and on body weight."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xenotrack.compare.comparisons import compare_arms
from xenotrack.compare.components import (
    doubt_day,
    ln_volume_change,
    response_source,
    weight_nadirs_by_arm,
)
from xenotrack.present.results import Results
from xenotrack.study.design import Arm, Design, drugs_in_name
from xenotrack.study.ingest import read_study

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


def test_lowest_weights_are_compared_as_welch_does() -> None:
    """scipy's own Welch test of the nadirs, and its interval."""
    results = Results(read_study(SAMPLES / "combination.csv"))
    (found,) = results.compare(("weight_nadir",), ("control", "parts"))
    rows = found.to_frame().set_index("contrast")
    nadirs = results.weight_nadirs.groupby("arm")["weight_nadir_percent"].apply(list)
    pairs = [name for name in rows.index if not name.endswith("best part")]
    assert len(pairs) == 5
    for name in pairs:
        arm, other = name.split(" - ")
        test = stats.ttest_ind(nadirs[arm], nadirs[other], equal_var=False)
        interval = test.confidence_interval(0.95)
        row = rows.loc[name]
        assert row["p_value"] == pytest.approx(test.pvalue, rel=1e-9)
        assert row["df"] == pytest.approx(test.df, rel=1e-9)
        assert (row["conf_low"], row["conf_high"]) == pytest.approx(tuple(interval), rel=1e-9)


def test_an_arm_with_one_mouse_weighed_is_not_compared() -> None:
    nadirs = pd.DataFrame(
        {"arm": ["A", "A", "B", "C"], "weight_nadir_percent": [-1.0, -3.0, -9.0, np.nan]}
    )
    design = Design("toy", tuple(Arm(name, drugs_in_name(name)) for name in "ABC"))
    found = weight_nadirs_by_arm(nadirs, design)
    assert found.values[0] == -2.0
    assert np.isnan(found.values[1:]).all()
    assert np.diag(found.covariance)[0] == pytest.approx(1.0)
