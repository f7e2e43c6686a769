"""Body weight and treatment-related loss."""

import math

import numpy as np
import pytest
from scipy import stats

from xenotrack.response.tolerability import tolerability, weight_nadirs

READINGS = [(0, 100), (7, 110)]


def nadir(study, mouse="m"):
    rows = weight_nadirs(study)
    return rows.loc[rows["mouse"] == mouse, "weight_nadir_percent"].item()


def weighed(study_of, weights, **options):
    return study_of({"m": READINGS}, weights={"m": weights}, **options)


def test_the_nadir_is_relative_to_the_last_weight_up_to_day_zero(study_of):
    assert nadir(weighed(study_of, [(-5, 30), (0, 20), (3, 18), (9, 19)])) == pytest.approx(-10)
    assert nadir(weighed(study_of, [(-5, 30), (-1, 20), (3, 18)])) == pytest.approx(-10)


def test_the_mean_of_the_nadirs_has_students_interval(study_of):
    falls = {"a": 18, "b": 17, "c": 19.5, "d": 16}
    study = study_of(
        dict.fromkeys([*falls, "alone"], READINGS),
        weights={m: [(0, 20), (9, end)] for m, end in {**falls, "alone": 15}.items()},
        arms={**dict.fromkeys(falls, "drug"), "alone": "vehicle"},
        arm_names=["vehicle", "drug"],
    )
    table = tolerability(study).set_index("arm")
    nadirs = [100 * (end / 20 - 1) for end in falls.values()]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(nadirs), scale=stats.sem(nadirs))
    assert table.loc["drug", "weight_nadir_low"] == pytest.approx(low)
    assert table.loc["drug", "weight_nadir_high"] == pytest.approx(high)
    assert math.isnan(table.loc["vehicle", "weight_nadir_low"])


def test_a_mouse_that_only_gained_has_a_positive_nadir(study_of):
    assert nadir(weighed(study_of, [(0, 20), (3, 21), (9, 22)])) == pytest.approx(5)


def test_without_a_weight_at_baseline_there_is_no_nadir(study_of):
    study = study_of(
        {"m": READINGS, "n": READINGS, "o": READINGS},
        weights={"m": [(20, 20), (30, 15)], "n": [(0, 20), (9, 19)], "o": [(3, 20), (5, 18)]},
    )
    assert math.isnan(nadir(study, "m"))
    assert nadir(study, "n") == pytest.approx(-5)
    assert nadir(study, "o") == pytest.approx(-10)
    assert math.isnan(nadir(weighed(study_of, [(0, 20)])))


def test_losses_of_exactly_fifteen_and_twenty_percent_count(study_of):
    courses = dict.fromkeys("abcd", READINGS)
    weights = {
        "a": [(0, 23), (5, 23 * 0.85)],
        "b": [(0, 23), (5, 23 * 0.8)],
        "c": [(0, 23), (5, 23 * 0.851)],
    }
    row = tolerability(study_of(courses, weights=weights, fates={"d": "toxicity"})).iloc[0]
    assert (row.n_mice, row.n_weighed, row.n_loss_15, row.n_loss_20) == (4, 3, 2, 1)
    assert row.n_toxicity_exits == 1
    assert row.weight_nadir_percent_mean == pytest.approx(-(15 + 20 + 14.9) / 3)


def test_every_arm_of_the_design_is_listed_in_its_order(study_of):
    table = tolerability(
        study_of({"m": READINGS}, arms={"m": "drug"}, arm_names=["vehicle", "drug", "empty"])
    )
    assert table["arm"].tolist() == ["vehicle", "drug", "empty"]
    assert table["n_mice"].tolist() == [0, 1, 0]
    assert table["weight_nadir_percent_mean"].isna().all()
    assert list(table.columns) == [
        "arm",
        "n_mice",
        "n_weighed",
        "weight_nadir_percent_mean",
        "n_loss_15",
        "n_loss_20",
        "n_toxicity_exits",
        "weight_nadir_low",
        "weight_nadir_high",
        "days_below_10",
        "days_below_15",
        "days_below_20",
    ]
