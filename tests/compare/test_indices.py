"""Group indices that rest on rates and on times: by hand, and where they cannot be given."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from xenotrack.compare.components import ln_volume_change
from xenotrack.compare.growth_delay import (
    DaysToFold,
    cell_kill,
    days_to_fold,
    geometric_delay,
    median_delay,
)
from xenotrack.compare.indices import group_indices
from xenotrack.compare.rate_indices import growth_rate_inhibition, volume_ratio
from xenotrack.model.growth import fit_growth
from xenotrack.response.ratios import Ratio
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .reference import simple_estimates

RATES = {"vehicle": 0.08, "A": 0.02}


def times_of(**days):
    """Days of each arm's mice; negative = censored."""
    rows = [(arm, abs(day), day > 0) for arm, own in days.items() for day in own]
    return DaysToFold(2.0, pd.DataFrame(rows, columns=["arm", "day", "event"]))


def test_growth_rate_inhibition_by_hand():
    found = growth_rate_inhibition(simple_estimates(RATES), "A", "vehicle", 0.95)
    assert found.estimate == pytest.approx(75)
    # k_T − ρ k_C is t standard errors √(1 + ρ²)·.01 from 0 at either limit.
    for limit, side in ((found.conf_low, 1), (found.conf_high, -1)):
        ratio = 1 - limit / 100
        distance = (0.02 - ratio * 0.08) / (0.01 * np.sqrt(1 + ratio**2))
        assert distance == pytest.approx(-side * student.ppf(0.975, 20))


def test_inhibition_of_a_rate_that_may_be_zero_is_unbounded_and_says_so():
    found = growth_rate_inhibition(
        simple_estimates({"vehicle": 0.01, "A": 0.0}), "A", "vehicle", 0.95
    )
    assert found.estimate == 100
    assert np.isnan(found.conf_low)
    assert "unbounded" in found.method


def test_the_df_of_an_inhibition_are_those_of_the_ratio_found():
    asked = []

    def df(weights):
        asked.append(weights.tolist())
        return np.full(len(weights), 20.0)

    growth_rate_inhibition(
        replace(simple_estimates(RATES), degrees_of_freedom=df), "A", "vehicle", 0.95
    )
    assert asked == [[[-0.25, 1.0]]]


def test_arms_that_share_their_variance_have_a_narrower_inhibition():
    apart = simple_estimates(RATES)
    together = replace(apart, covariance=apart.covariance + 5e-5 * (1 - np.eye(2)))
    widths = [
        np.ptp(growth_rate_inhibition(each, "A", "vehicle", 0.95)[1:3])
        for each in (apart, together)
    ]
    assert widths[1] < widths[0]


def test_a_control_that_shrinks_leaves_no_inhibition():
    rates = simple_estimates({"vehicle": -0.01, "A": 0.02})
    found = growth_rate_inhibition(rates, "A", "vehicle", 0.95)
    assert np.isnan(found.estimate)
    assert "does not grow" in found.method


def test_t_to_c_of_rates_is_the_exponential_of_the_contrast():
    found = volume_ratio(ln_volume_change(simple_estimates(RATES), 21), "A", "vehicle", 0.95, "")
    reach = student.ppf(0.975, 20) * 0.01 * np.sqrt(2)
    assert found[:3] == pytest.approx(
        [100 * np.exp(21 * rate) for rate in (-0.06, -0.06 - reach, -0.06 + reach)]
    )


def test_growth_delay_by_hand_with_limits_recovered_from_the_medians():
    times = times_of(vehicle=[8, 11, 12, 18, 19], A=[20, 24, 26, 30, -40])
    found = median_delay(times, "A", "vehicle", 0.6)
    treated, control = times.median("A", 0.6), times.median("vehicle", 0.6)
    assert (treated.estimate, control.estimate, found.estimate) == (26, 12, 14)
    assert found.conf_low == pytest.approx(
        14 - np.hypot(26 - treated.conf_low, control.conf_high - 12)
    )
    assert found.conf_low < 14 < found.conf_high


def test_an_arm_that_did_not_progress_has_a_least_delay_only():
    times = times_of(vehicle=[8, 9, 10, 11, 12, 12, 13], A=[20, 25, 30, -40, -40, -40, -40, -40])
    found = median_delay(times, "A", "vehicle", 0.5)
    assert np.isnan(found.estimate)
    assert np.isnan(found.conf_high)
    wide = [times.median(arm, 0.75) for arm in ("A", "vehicle")]
    assert found.conf_low == wide[0].conf_low - wide[1].conf_high > 0


def test_geometric_delay_by_hand():
    found = geometric_delay(times_of(vehicle=[5, 20], A=[20, 45]), "A", "vehicle", 0.5)
    # √(5·20) = 10 and √(20·45) = 30; t₁ at .5 is 1, so the limits are factors e^(SE) = √(b/a).
    assert found.estimate == pytest.approx(20)
    assert found.conf_low == pytest.approx(20 - np.hypot(30 - 20, 20 - 10))
    assert found.conf_high == pytest.approx(20 + np.hypot(45 - 30, 10 - 5))


@pytest.mark.parametrize(
    "arms", [{"A": [20, -45], "vehicle": [5, 8]}, {"A": [20, 45], "vehicle": [5, -8]}]
)
def test_geometric_means_need_every_mouse(arms):
    assert np.isnan(geometric_delay(times_of(**arms), "A", "vehicle", 0.95).estimate)


def test_log_cell_kill_by_hand():
    # A delay of 20 days at a doubling time of 6.0206 days is 3.322 doublings: one log10.
    rate = Ratio(np.log(2) / (20 * np.log10(2)), 0.1, 0.13, "")
    found = cell_kill(Ratio(20, -2, 30, "m"), rate)
    assert found.estimate == pytest.approx(1)
    assert found.conf_low == pytest.approx(-2 * 0.13 / np.log(10))
    assert found.conf_high == pytest.approx(30 * 0.13 / np.log(10))


@pytest.fixture(scope="module")
def two_arms(sample):
    study = read_study(Path(sample("two_arm.csv")), read_rules(None))
    return study, fit_growth(study)


def test_net_cell_kill_takes_the_days_of_treatment_off(two_arms):
    study, growth = two_arms
    frame = group_indices(study, growth, treatment_days=5).to_frame().set_index("index")
    gross, net = frame.loc["log_cell_kill_gross"], frame.loc["log_cell_kill_net"]
    rate = growth.to_frame().set_index("arm").loc["vehicle", "estimate"]
    assert gross["estimate"] == pytest.approx(
        frame.loc["growth_delay", "estimate"] * rate / np.log(10)
    )
    assert gross["estimate"] - net["estimate"] == pytest.approx(5 * rate / np.log(10))


def test_net_cell_kill_is_not_guessed(two_arms):
    assert "log_cell_kill_net" not in set(group_indices(*two_arms).to_frame()["index"])


def test_another_rule_of_progression_leaves_the_delay_at_twice_the_baseline(sample):
    study = read_study(
        Path(sample("two_arm.csv")), read_rules(None, {"progression": {"rule": "absolute"}})
    )
    fold = read_study(Path(sample("two_arm.csv")), read_rules(None))
    found, expected = days_to_fold(study), days_to_fold(fold)
    assert found.fold == 2
    pd.testing.assert_frame_equal(found.mice, expected.mice)


def test_the_rates_stand_at_the_day_asked_for_and_the_volumes_at_the_visit(two_arms):
    found = group_indices(*two_arms, day=12.4)
    days = found.to_frame().set_index("index")["day"]
    assert days["T/C_rate"] == 12.4 != days["TGI_V"] == found.day
    assert next(doubt.rule for doubt in found.doubts) == "index-day-moved"


def test_a_day_beyond_the_study_is_doubted(two_arms):
    rules = {doubt.rule for doubt in group_indices(*two_arms, day=500).doubts}
    assert {"index-day-moved", "day-beyond-follow-up"} <= rules


def test_without_a_growth_fit_the_volumes_remain(two_arms):
    found = group_indices(two_arms[0], None)
    names = set(found.to_frame()["index"])
    assert "TGI_V" in names
    assert "GRI" not in names
    assert any("growth was not fitted" in doubt.text for doubt in found.doubts)
