"""Body weight with and without the tumour that a mouse carries."""

import pytest

from xenotrack.response.tolerability import tolerability
from xenotrack.response.weight import days_below, net_weight_changes, weight_changes


def changes(found):
    return dict(zip(found["day"], found["change_percent"].round(9), strict=True))


def test_net_weight_takes_off_the_tumour_at_a_milligram_a_cubic_millimetre(study_of):
    study = study_of({"m": [(0, 500), (7, 1500)]}, weights={"m": [(0, 20.5), (7, 21.5)]})
    assert changes(net_weight_changes(study)) == {0: 0, 7: 0}
    assert changes(weight_changes(study))[7] == pytest.approx(100 / 20.5)


def test_the_tumour_of_a_weighing_between_two_readings_lies_between_in_ln_volume(study_of):
    study = study_of({"m": [(0, 250), (8, 1000)]}, weights={"m": [(0, 20.25), (4, 19.5)]})
    assert changes(net_weight_changes(study))[4] == pytest.approx(-5)


def test_a_day_before_the_first_or_after_the_last_reading_has_no_net_weight(study_of):
    study = study_of({"m": [(0, 100), (7, 100)]}, weights={"m": [(-2, 25), (0, 20.1), (9, 15)]})
    assert changes(net_weight_changes(study)) == {0: 0}
    assert list(changes(weight_changes(study))) == [0, 9]


def test_a_tumour_that_is_gone_weighs_nothing(study_of):
    courses = {"m": [(0, 1000), (7, 0)]}
    study = study_of(courses, weights={"m": [(0, 21), (7, 20)]}, limit=100)
    assert changes(net_weight_changes(study))[7] == 0


def test_days_below_a_mark_run_straight_between_weighings(study_of):
    weights = {"m": [(0, 20), (10, 16), (20, 16), (30, 20)], "n": [(0, 20), (30, 19)]}
    course = [(0, 100), (30, 100)]
    study = study_of({"m": course, "n": course}, weights=weights)
    found = weight_changes(study)
    # 10 % is lost from day 5 to day 25, 20 % from 10 to 20.
    assert days_below(found, 10).to_dict() == pytest.approx({"m": 20, "n": 0})
    assert days_below(found, 20).to_dict() == pytest.approx({"m": 10, "n": 0})
    row = tolerability(study).iloc[0]
    assert row[["days_below_10", "days_below_15", "days_below_20"]].tolist() == pytest.approx(
        [10, 7.5, 5]
    )


def test_a_mouse_weighed_once_has_no_days_below(study_of):
    study = study_of({"m": [(0, 100)]}, weights={"m": [(0, 20)]})
    assert days_below(weight_changes(study), 10).empty
    assert tolerability(study)["days_below_10"].isna().all()
