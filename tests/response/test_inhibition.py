"""Tumour growth inhibition by each formula, worked by hand on a few mice."""

import numpy as np
import pytest

from xenotrack.response.inhibition import choose_day, volume_indices, volumes_on

ARMS = {"c1": "vehicle", "c2": "vehicle", "c3": "vehicle", "t1": "A", "t2": "A", "t3": "A"}
# V₀ 100 in each; the control ends at 200, 300, 400 and the treated at 100, 150, 200.
COURSES = {
    "c1": [(0, 100), (5, 150), (10, 200)],
    "c2": [(0, 100), (5, 200), (10, 300)],
    "c3": [(0, 100), (5, 250), (10, 400)],
    "t1": [(0, 100), (5, 100), (10, 100)],
    "t2": [(0, 100), (5, 125), (10, 150)],
    "t3": [(0, 100), (5, 150), (10, 200)],
}


def indices(study, day=10.0):
    return {row.index: row for row in volume_indices(study, day)}


def estimates(study, day=10.0):
    return {name: row.found.estimate for name, row in indices(study, day).items()}


def test_every_formula_by_hand(study_of):
    found = estimates(study_of(COURSES, arms=ARMS))
    assert found["TGI_V"] == pytest.approx(100 * (1 - 150 / 300))
    assert found["TGI_delta"] == pytest.approx(100 * (1 - 50 / 200))
    assert found["TGI_RTV"] == pytest.approx(100 * (1 - 1.5 / 3))
    # Trapezoids over ten days: control 1500, 2000, 2500; treated 1000, 1250, 1500.
    assert found["TGI_AUC"] == pytest.approx(100 * (1 - 1250 / 2000))
    assert found["T/C_V"] == pytest.approx(50)
    assert found["T/C_RTV"] == pytest.approx(50)
    assert found["T/C_NCI"] == pytest.approx(25)


def test_rtv_is_the_mean_of_ratios_and_not_the_ratio_of_means(study_of):
    courses = {**COURSES, "t1": [(0, 50), (5, 100), (10, 100)]}
    assert estimates(study_of(courses, arms=ARMS))["T/C_RTV"] == pytest.approx(
        100 * (2 + 1.5 + 2) / 3 / 3
    )


def test_t_to_c_and_tgi_of_the_same_means_have_complementary_limits(study_of):
    found = indices(study_of(COURSES, arms=ARMS))
    for tgi, tc in (("TGI_V", "T/C_V"), ("TGI_RTV", "T/C_RTV"), ("TGI_delta", "T/C_NCI")):
        assert found[tgi].found.conf_low == pytest.approx(100 - found[tc].found.conf_high)
        assert found[tgi].found.conf_high == pytest.approx(100 - found[tc].found.conf_low)
    assert found["TGI_V"].found.conf_low == pytest.approx(-6.4496, abs=1e-3)


def test_an_arm_that_shrinks_is_measured_against_its_own_start(study_of):
    shrunk = {"t1": [(0, 100), (10, 50)], "t2": [(0, 110), (10, 60)], "t3": [(0, 100), (10, 30)]}
    row = indices(study_of({**COURSES, **shrunk}, arms=ARMS))["T/C_NCI"]
    assert row.found.estimate == pytest.approx(100 * -170 / 310)
    assert "ΔT/T₀" in row.found.method
    assert row.found.conf_low < -55 < row.found.conf_high < 0


def test_nothing_is_carried_forward_for_a_mouse_that_left(study_of):
    courses = {**COURSES, "t3": [(0, 100), (5, 900)]}
    row = indices(study_of(courses, arms=ARMS))["T/C_V"]
    assert (row.n_arm, row.n_control) == (2, 3)
    assert row.found.estimate == pytest.approx(100 * 125 / 300)


def test_a_mouse_without_a_baseline_counts_for_volumes_only(study_of):
    courses = {**COURSES, "t3": [(9, 300), (10, 200)]}
    found = indices(study_of(courses, arms=ARMS))
    assert found["TGI_V"].n_arm == 3
    assert {found[name].n_arm for name in ("TGI_delta", "TGI_RTV", "TGI_AUC")} == {2}


def test_the_area_counts_the_readings_up_to_the_day_only(study_of):
    volumes = volumes_on(study_of(COURSES, arms=ARMS), 5).set_index("mouse")
    assert volumes.loc["c3", "average"] == pytest.approx((100 + 250) / 2)


def test_a_control_that_does_not_grow_leaves_no_index_of_changes(study_of):
    flat = {f"c{i}": [(0, 100), (10, 90 + i)] for i in (1, 2, 3)}
    found = indices(study_of({**COURSES, **flat}, arms=ARMS))
    assert np.isnan(found["TGI_delta"].found.estimate)
    assert "did not grow" in found["TGI_delta"].found.method
    assert found["TGI_V"].found.estimate < 0


def test_an_arm_not_followed_to_that_day_has_no_index_and_says_why(study_of):
    courses = {**COURSES, **{f"t{i}": [(0, 100), (9, 200)] for i in (1, 2, 3)}}
    row = indices(study_of(courses, arms=ARMS))["TGI_V"]
    assert (row.n_arm, row.n_control) == (0, 3)
    assert "no mouse was followed" in row.found.method


def test_a_mouse_read_around_the_day_counts_by_its_ln_volume_between(study_of):
    courses = {**COURSES, "t3": [(0, 100), (9, 100), (11, 400)], "t2": [(0, 100), (9, 900)]}
    row = indices(study_of(courses, arms=ARMS))["T/C_V"]
    assert (row.n_arm, row.n_arm_interpolated) == (2, 1)
    assert row.n_control_interpolated == 0
    assert row.found.estimate == pytest.approx(100 * (100 + 200) / 2 / 300)


def test_the_area_of_an_interpolated_mouse_ends_on_the_day(study_of):
    courses = {**COURSES, "t3": [(0, 100), (9, 100), (11, 400)]}
    volumes = volumes_on(study_of(courses, arms=ARMS), 10).set_index("mouse")
    assert volumes.loc["t3", "average"] == pytest.approx((900 + 150) / 10)


def test_a_tumour_that_is_gone_is_0_in_every_mean(study_of):
    courses = {**COURSES, "t1": [(0, 100), (10, 0)], "t2": [(0, 100), (10, 0)]}
    found = estimates(study_of(courses, arms=ARMS, limit=15))
    assert found["T/C_V"] == pytest.approx(100 * 200 / 3 / 300)
    assert found["T/C_NCI"] == pytest.approx(100 * -100 / 300)


def test_cages_read_a_day_apart_are_compared_whole(study_of):
    days = {"1": (0, 4, 8, 12), "2": (0, 5, 9, 13), "3": (0, 3, 7, 13)}
    courses = {
        mouse: [(day, 100 * np.exp(day * (0.08 if mouse[0] == "c" else 0.03))) for day in days[i]]
        for mouse, i in ((mouse, mouse[1]) for mouse in ARMS)
    }
    study = study_of(courses, arms=ARMS)
    chosen = choose_day(study)
    assert (chosen.day, chosen.doubts) == (12, ())
    row = indices(study, 12)["TGI_V"]
    assert (row.n_arm, row.n_control) == (3, 3)
    assert row.found.estimate == pytest.approx(100 * (1 - np.exp(-0.05 * 12)))


def test_units_cancel(study_of):
    scaled = {mouse: [(day, 7 * mm3) for day, mm3 in course] for mouse, course in COURSES.items()}
    assert estimates(study_of(scaled, arms=ARMS)) == pytest.approx(
        estimates(study_of(COURSES, arms=ARMS))
    )


def test_the_day_is_the_last_with_every_control_mouse(study_of):
    courses = {**COURSES, "c1": [(0, 100), (5, 150)]}
    chosen = choose_day(study_of(courses, arms=ARMS))
    assert chosen.day == 5
    assert not chosen.doubts


def test_a_day_after_controls_left_is_doubted_with_the_numbers(study_of):
    courses = {**COURSES, "c1": [(0, 100), (5, 150)], "t1": [(0, 100)]}
    fates = {"c1": "tumor_size", "t1": "toxicity"}
    chosen = choose_day(study_of(courses, arms=ARMS, fates=fates), 10)
    assert chosen.day == 10
    (doubt,) = chosen.doubts
    assert doubt.rule == "mice-lost-before-index-day"
    assert "had left (vehicle 1 of 3, A 1 of 3)" in doubt.text


def test_a_mouse_whose_last_visit_was_a_day_before_is_not_said_to_have_left(study_of):
    courses = {**COURSES, "c1": [(0, 100), (4, 150), (9, 190)], "t1": [(0, 100), (9, 90)]}
    unstated = dict.fromkeys(courses, "")
    for fates in ({}, unstated):
        (doubt,) = choose_day(study_of(courses, arms=ARMS, fates=fates), 10).doubts
        assert doubt.rule == "mice-not-read-by-index-day"
        assert "(vehicle 1 of 3, A 1 of 3)" in doubt.text
        assert "left" not in doubt.text


def test_a_mouse_without_a_fate_has_left_once_it_missed_a_visit(study_of):
    courses = {**COURSES, "c1": [(0, 100), (5, 150)]}
    unstated = dict.fromkeys(courses, "")
    (doubt,) = choose_day(study_of(courses, arms=ARMS, fates=unstated), 10).doubts
    assert doubt.rule == "mice-lost-before-index-day"


def test_a_day_between_visits_gives_the_nearest_visit_with_a_doubt(study_of):
    chosen = choose_day(study_of(COURSES, arms=ARMS), 7)
    assert chosen.day == 5
    assert [doubt.rule for doubt in chosen.doubts] == ["index-day-moved"]


def test_one_early_loss_among_controls_is_said_to_pull_the_day_forward(study_of):
    courses = {**COURSES, "c1": [(0, 100), (3, 110)]}
    courses |= {mouse: [*COURSES[mouse], (3, 120), (20, 500)] for mouse in ("c2", "c3")}
    chosen = choose_day(study_of(courses, arms=ARMS))
    assert chosen.day == 3
    assert [doubt.rule for doubt in chosen.doubts] == ["index-day-early"]


def test_the_day_is_the_last_visit_of_a_control_mouse_up_to_which_all_are_followed(study_of):
    courses = {**COURSES, "c1": [(0, 100), (4, 130), (9, 190)]}
    assert choose_day(study_of(courses, arms=ARMS)).day == 9


def test_controls_seen_only_at_the_start_leave_no_day(study_of):
    courses = {**COURSES, **{f"c{i}": [(0, 100)] for i in (1, 2, 3)}}
    chosen = choose_day(study_of(courses, arms=ARMS))
    assert np.isnan(chosen.day)
    assert [doubt.rule for doubt in chosen.doubts] == ["no-index-day"]
