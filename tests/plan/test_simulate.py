"""Simulated studies: the truth that was put in comes out, and mice leave as they do in life."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.plan.scenarios import NAIVE, RESISTANT, TWO_ARM
from xenotrack.plan.simulate import SHEET_COLUMNS, draw_cohort, measure_cohort, simulate_study
from xenotrack.plan.truth import ArmTruth, Scenario, Turn, twice_weekly
from xenotrack.study.volume import tumor_volume

FATES = {"end_of_study", "tumor_size", "toxicity", "unrelated", "technical"}


def study_of(*arms, seed=0, **scenario):
    """Truth and readings of one study, with volumes."""
    rng = np.random.default_rng(seed)
    cohort = draw_cohort(Scenario(arms=arms, **scenario), rng)
    readings = measure_cohort(cohort, rng)
    volume = tumor_volume(readings["length_mm"], readings["width_mm"])
    return cohort, readings.assign(volume_mm3=volume)


def steady(name="steady", rate=0.0, rate_sd=0.0, *turns, **weight):
    return ArmTruth(name, (name,), rate, rate_sd, turns, **weight)


def slopes(readings):
    """Least-squares slope of ln volume for each mouse that has three readings or more."""
    lines = {
        mouse: np.polyfit(rows["day"], np.log(rows["volume_mm3"]), 1)[0]
        for mouse, rows in readings.groupby("mouse")
        if len(rows) > 2
    }
    return pd.Series(lines, name="slope")


def last_rows(readings):
    return readings.groupby("mouse", sort=False).tail(1).set_index("mouse")


def test_the_same_seed_gives_the_same_study():
    first = simulate_study(NAIVE, np.random.default_rng(5))
    again = simulate_study(NAIVE, np.random.default_rng(5))
    other = simulate_study(NAIVE, np.random.default_rng(6))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_a_study_has_the_columns_of_a_sheet_and_no_index():
    readings = simulate_study(TWO_ARM, np.random.default_rng(1))
    assert tuple(readings.columns) == SHEET_COLUMNS
    assert list(readings.index) == list(range(len(readings)))
    assert readings.drop_duplicates("mouse")["arm"].tolist() == ["vehicle"] * 8 + ["alpelisib"] * 8


@pytest.mark.parametrize(
    "scenario",
    [pytest.param(NAIVE, marks=pytest.mark.slow), RESISTANT],
    ids=["naive", "resistant"],
)
def test_per_mouse_lines_recover_the_true_rates(scenario):
    # Before any tumour turns, each mouse's own line is unbiased, whoever leaves early.
    _, readings = study_of(*scenario.arms, mice_per_arm=150, visit_days=twice_weekly(17))
    arm_of = readings.drop_duplicates("mouse").set_index("mouse")["arm"]
    by_arm = slopes(readings).groupby(arm_of)
    mean, standard_error = by_arm.mean(), by_arm.std() / np.sqrt(by_arm.size())
    for arm in scenario.arms:
        assert abs(mean[arm.name] - arm.rate) < 4 * standard_error[arm.name]
        assert standard_error[arm.name] < 0.002


def test_mice_of_an_arm_differ_as_much_as_the_scenario_says():
    cohort, _ = study_of(steady(rate=0.02, rate_sd=0.015), mice_per_arm=2000)
    truth = cohort.to_frame()
    assert truth["rate"].std() == pytest.approx(0.015, rel=0.06)
    assert truth["baseline_mm3"].median() == pytest.approx(220, rel=0.04)
    assert np.log(truth["baseline_mm3"]).std() == pytest.approx(0.25, rel=0.06)


def test_perfect_calipers_read_the_true_volume():
    cohort, readings = study_of(
        steady(rate=0.03, rate_sd=0.01), caliper_sd_mm=0, resolution_mm=0, unrelated_per_day=0
    )
    seen = readings.merge(cohort.true_volumes(), on=["mouse", "arm", "day"])
    np.testing.assert_allclose(seen["volume_mm3_x"], seen["volume_mm3_y"], rtol=1e-12)


def test_rounding_alone_moves_a_volume_no_more_than_its_diameters_allow():
    cohort, readings = study_of(steady(rate=0.03, rate_sd=0.02), caliper_sd_mm=0, mice_per_arm=50)
    seen = readings.merge(cohort.true_volumes(), on=["mouse", "arm", "day"])
    length, width = seen["length_mm"], seen["width_mm"]
    allowed = tumor_volume(length + 0.05, width + 0.05) - tumor_volume(length, width)
    assert (abs(seen["volume_mm3_x"] - seen["volume_mm3_y"]) <= allowed + 1e-9).all()
    np.testing.assert_allclose(length * 10, np.rint(length * 10), atol=1e-9)


def test_the_caliper_error_of_ln_volume_is_that_of_its_diameters():
    cohort, readings = study_of(steady(), mice_per_arm=400, aspect=1.6, unrelated_per_day=0)
    seen = readings.merge(cohort.true_volumes(), on=["mouse", "arm", "day"])
    error = np.log(seen["volume_mm3_x"] / seen["volume_mm3_y"])
    # sd² = (.3 / length)² + (2 · .3 / width)², and the rounding's step² / 12 beside each .3².
    variance = 0.3**2 + 0.1**2 / 12
    expected = np.sqrt((variance * (1 / seen["length_mm"] ** 2 + 4 / seen["width_mm"] ** 2)).mean())
    assert error.std() == pytest.approx(expected, rel=0.03)
    assert abs(error.mean()) < 0.01


def test_length_is_never_shorter_than_width():
    _, readings = study_of(steady(), mice_per_arm=200, aspect=1.0)
    assert (readings["length_mm"] >= readings["width_mm"]).all()


def test_a_tumour_turns_on_its_day_and_keeps_its_new_rate():
    turn = Turn(day=20, rate=0.05)
    cohort, _ = study_of(steady("turning", -0.02, 0.0, turn), visit_days=(0, 10, 20, 40))
    change = np.log(cohort.volumes([10, 20, 40]) / cohort.baseline_mm3[:, None])
    np.testing.assert_allclose(change, [[-0.2, -0.4, 0.6]] * 10)


def test_a_share_of_the_mice_turns_and_a_second_turn_follows_the_first():
    turns = (Turn(day=20, rate=0.0, day_sd=30), Turn(day=25, rate=0.04, day_sd=30, share=0.3))
    cohort, _ = study_of(steady("turning", -0.02, 0.0, *turns), mice_per_arm=1000)
    truth = cohort.to_frame()
    turned = truth[truth["turn_2_day"].notna()]
    assert len(turned) / len(truth) == pytest.approx(0.3, abs=0.05)
    assert (turned["turn_2_day"] >= turned["turn_1_day"]).all()
    np.testing.assert_allclose(turned["turn_2_rate"], 0.04)


def test_arms_without_turns_stay_straight_beside_arms_that_turn():
    turning = steady("turning", -0.02, 0.0, Turn(day=20, rate=0.05))
    cohort, _ = study_of(steady("straight", 0.01), turning)
    straight = np.log(cohort.volumes([0, 30, 60])[:10] / cohort.baseline_mm3[:10, None])
    np.testing.assert_allclose(straight, [[0, 0.3, 0.6]] * 10, atol=1e-12)


def test_a_cull_for_size_keeps_the_reading_that_decided_it():
    _, readings = study_of(
        steady(rate=0.06, rate_sd=0.02), mice_per_arm=100, visit_days=twice_weekly(60)
    )
    last = last_rows(readings)
    culled = last[last["fate"] == "tumor_size"]
    assert len(culled) > 50
    assert (culled["volume_mm3"] >= 1500).all()
    earlier = readings[readings.duplicated("mouse", keep="last")]
    assert (earlier["volume_mm3"] < 1500).all()
    assert (last[last["fate"] != "tumor_size"]["volume_mm3"] < 1500).all()


def test_a_cull_for_weight_loss_is_toxicity():
    thin = steady(weight_loss=0.2, weight_loss_sd=0.03)
    _, readings = study_of(thin, mice_per_arm=100, unrelated_per_day=0)
    first = readings.drop_duplicates("mouse").set_index("mouse")["body_weight_g"]
    share = readings["body_weight_g"] / readings["mouse"].map(first)
    below = readings["mouse"].isin(readings["mouse"][share <= 0.8])
    assert 20 < readings["mouse"][below].nunique() < 80
    assert set(readings["fate"][below]) == {"toxicity"}
    assert set(readings["fate"][~below]) == {"end_of_study"}
    assert (share[readings.duplicated("mouse", keep="last")] > 0.8).all()


def test_deaths_come_at_their_hazard_and_leave_no_later_reading():
    cohort, readings = study_of(
        steady(), mice_per_arm=2000, unrelated_per_day=0.01, technical_per_day=0.005
    )
    last = last_rows(readings)
    share = last["fate"].value_counts(normalize=True)
    gone = 1 - np.exp(-0.015 * 28)
    assert share["unrelated"] == pytest.approx(gone * 2 / 3, abs=0.03)
    assert share["technical"] == pytest.approx(gone / 3, abs=0.03)
    death = np.minimum(cohort.unrelated_day, cohort.technical_day)
    left = last["day"].to_numpy()
    assert (left < death).all()
    days = cohort.scenario.visit_days
    next_visit = pd.Series(days[1:], index=days[:-1])
    died = last["fate"].isin(["unrelated", "technical"]).to_numpy()
    assert (next_visit[left[died]].to_numpy() >= death[died]).all()
    assert (left[~died] == 28).all()


def test_without_hazards_every_stable_mouse_reaches_the_end():
    _, readings = study_of(steady(), unrelated_per_day=0)
    assert set(readings["fate"]) == {"end_of_study"}
    assert readings.groupby("mouse").size().eq(9).all()


def test_each_mouse_has_one_arm_one_fate_and_increasing_visits_from_day_0():
    readings = simulate_study(NAIVE, np.random.default_rng(3))
    mice = readings.groupby("mouse")
    assert mice["arm"].nunique().eq(1).all()
    assert mice["fate"].nunique().eq(1).all()
    assert mice["day"].min().eq(0).all()
    assert mice["day"].is_monotonic_increasing.all()
    # Visits are not skipped: who has left does not come back.
    visit = readings["day"].map({day: k for k, day in enumerate(NAIVE.visit_days)})
    assert (visit == mice.cumcount()).all()
    assert set(readings["fate"]) <= FATES


def test_what_is_too_small_to_be_found_reads_0_by_0():
    cohort, readings = study_of(
        steady(rate=-0.1), smallest_mm=2.5, caliper_sd_mm=0, visit_days=twice_weekly(60)
    )
    seen = readings.merge(cohort.true_volumes(), on=["mouse", "arm", "day"])
    nothing = seen["volume_mm3_x"] == 0
    assert nothing.any()
    assert seen.loc[nothing, ["length_mm", "width_mm"]].eq(0).all(axis=None)
    assert seen.loc[~nothing, "width_mm"].min() >= 2.5


def test_arms_may_differ_in_size():
    _, readings = study_of(steady("few"), steady("many"), mice_per_arm=(3, 12))
    mice = readings.drop_duplicates("mouse")["arm"].value_counts()
    assert mice.to_dict() == {"few": 3, "many": 12}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": (steady("a"), steady("a"))}, "share a name"),
        ({"mice_per_arm": (8,)}, "one for each"),
        ({"mice_per_arm": 0}, "at least one mouse"),
        ({"visit_days": (3, 7)}, "day 0"),
        ({"visit_days": (0, 7, 7)}, "increase"),
    ],
)
def test_an_impossible_scenario_is_refused_with_what_to_do(changes, message):
    with pytest.raises(StudyError, match=message):
        replace(TWO_ARM, **changes)
