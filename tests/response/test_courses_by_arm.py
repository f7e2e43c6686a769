"""What the mice of an arm did together, by day."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xenotrack.response.courses_by_arm import (
    arithmetic_means,
    last_readings,
    mean_volumes,
    mean_weight_changes,
    mice_on_study,
    readings_on_model_scale,
)
from xenotrack.response.tolerability import weight_nadirs
from xenotrack.response.weight import weight_changes
from xenotrack.study.rules import GrowthRules


def at_day(frame, day):
    return frame[frame["day"] == day].iloc[0]


def test_the_mean_is_geometric_with_its_t_interval(study_of):
    study = study_of(
        {"a": [(0, 100), (7, 200)], "b": [(0, 100), (7, 800)], "c": [(0, 100), (7, 400)]}
    )
    row = at_day(mean_volumes(study), 7)
    low, high = stats.t.interval(0.95, 2, np.log(400), stats.sem(np.log([200, 800, 400])))
    assert row["estimate"] == pytest.approx(400)
    assert [row["conf_low"], row["conf_high"]] == pytest.approx([np.exp(low), np.exp(high)])


def test_a_mouse_skipped_at_a_visit_stands_on_the_line_between_its_neighbours(study_of):
    study = study_of({"a": [(0, 100), (4, 100), (8, 100)], "b": [(0, 100), (8, 400)]})
    row = at_day(mean_volumes(study), 4)
    assert (row["n"], row["estimate"]) == (2, pytest.approx(np.sqrt(100 * 200)))


def test_an_arm_ends_where_fewer_than_half_of_its_mice_are_followed(study_of):
    courses = {"a": [(0, 100), (7, 100), (14, 100)], "b": [(0, 100), (7, 100)], "c": [(0, 100)]}
    assert mean_volumes(study_of(courses))["day"].tolist() == [0, 7]


def test_a_lone_mouse_has_a_mean_without_interval(study_of):
    row = at_day(mean_volumes(study_of({"a": [(0, 100), (7, 150)]})), 7)
    assert row["estimate"] == pytest.approx(150)
    assert np.isnan(row["conf_low"])


def test_a_mouse_is_on_study_on_the_day_it_leaves(study_of):
    study = study_of({"a": [(0, 100), (7, 150)], "b": [(0, 100)]})
    assert mice_on_study(study, [0, 7, 8])["n_mice"].tolist() == [2, 1, 0]


def test_a_ratio_counts_days_and_volumes_from_the_baseline(study_of):
    study = study_of({"a": [(-2, 50), (5, 100)]}, growth=GrowthRules(baseline="ratio"))
    rows = readings_on_model_scale(study)
    assert rows[["day", "value"]].to_numpy().tolist() == [[0, 1], [7, 2]]


def test_otherwise_readings_stay_in_cubic_millimetres(study_of):
    rows = readings_on_model_scale(study_of({"a": [(-2, 50), (5, 100)]}))
    assert rows[["day", "value"]].to_numpy().tolist() == [[-2, 50], [5, 100]]


def test_the_last_reading_carries_the_fate(study_of):
    study = study_of({"a": [(0, 100), (7, 150)], "b": [(0, 90)]}, fates={"b": "toxicity"})
    last = last_readings(study, study.readings)
    assert last[["mouse", "day", "fate"]].to_numpy().tolist() == [
        ["a", 7, "end_of_study"],
        ["b", 0, "toxicity"],
    ]


def test_the_smallest_weight_change_after_the_baseline_is_the_nadir(study_of):
    weights = {"a": [(0, 20), (7, 18), (14, 19)], "b": [(0, 25), (7, 26)]}
    study = study_of({"a": [(0, 100)], "b": [(0, 100)]}, weights=weights)
    changes = weight_changes(study)
    smallest = changes[changes["day"] > 0].groupby("mouse")["change_percent"].min()
    assert smallest.tolist() == pytest.approx([-10, 4])
    assert smallest.tolist() == pytest.approx(weight_nadirs(study)["weight_nadir_percent"].tolist())


def test_the_mean_weight_change_is_arithmetic(study_of):
    weights = {"a": [(0, 20), (7, 18)], "b": [(0, 20), (7, 22)]}
    study = study_of({"a": [(0, 100)], "b": [(0, 100)]}, weights=weights)
    assert mean_weight_changes(study)["estimate"].tolist() == pytest.approx([0, 0])


def test_a_study_without_weights_has_no_weight_changes(study_of):
    study = study_of({"a": [(0, 100)]})
    assert weight_changes(study).empty
    assert mean_weight_changes(study).empty


def test_an_arithmetic_mean_counts_a_tumour_that_is_gone_as_0(study_of):
    courses = {"a": [(0, 100), (7, 0), (14, 0)], "b": [(0, 100), (14, 400)]}
    means = arithmetic_means(study_of(courses, limit=15)).set_index("day")
    # Mouse b has 200 mm³ on day 7, halfway in ln volume.
    assert means["estimate"].tolist() == pytest.approx([100, 100, 200])
