import json

import numpy as np
import pandas as pd
import pytest

from xenotrack.model.accelerated import fit_accelerated
from xenotrack.model.turnbull import interval_scores, interval_test, turnbull_curve

from .survival_studies import OWN


@pytest.fixture(scope="module")
def unlike():
    """Two arms, one read weekly and one twice a week."""
    return pd.read_csv(OWN / "studies" / "unlike.intervals.csv")


@pytest.fixture(scope="module")
def answers():
    return json.loads((OWN / "unlike.interval.json").read_text("utf-8"))


def ends(rows):
    return rows["low"].to_numpy(float), rows["high"].to_numpy(float)


def arm_of(rows):
    return (rows["arm"] == "twice").to_numpy().astype(int)


@pytest.mark.parametrize("arm", ["weekly", "twice", "all arms"])
def test_the_estimate_agrees_with_survfit(unlike, answers, arm):
    own = unlike if arm == "all arms" else unlike[unlike["arm"] == arm]
    curve = turnbull_curve(*ends(own))
    theirs = pd.DataFrame([row for row in answers["curves"] if row["arm"] == arm])
    for high, free in zip(curve.high, curve.free, strict=True):
        # R names an interval by its middle, the first one by its end.
        passed = theirs[theirs["time"] <= high + 1e-9]
        assert free == pytest.approx(passed["estimate"].iloc[-1], abs=1e-8)


@pytest.mark.parametrize("law", ["weibull", "lognormal"])
def test_time_ratios_agree_with_survreg(unlike, answers, law):
    fit = fit_accelerated(*ends(unlike), arm_of(unlike), 2, law)
    (row,) = (row for row in answers["ratios"] if row["law"] == law)
    error = np.sqrt(np.array([-1, 1]) @ fit.covariance @ [-1, 1])
    assert fit.means[1] - fit.means[0] == pytest.approx(row["estimate"], rel=1e-5)
    assert error == pytest.approx(row["std_error"], rel=1e-5)
    assert fit.scale == pytest.approx(row["scale"], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(row["log_likelihood"], rel=1e-9)


def test_an_arm_without_an_event_has_no_mean_and_changes_no_other():
    low, high = np.array([0.0, 7, 7, 14, 40, 40]), np.array([7, 14, 14, 21, np.nan, np.nan])
    arm = np.array([0, 0, 0, 0, 1, 1])
    both, alone = (fit_accelerated(low[:k], high[:k], arm[:k], 2, "weibull") for k in (6, 4))
    assert np.isnan(both.means[1])
    assert both.means[0] == alone.means[0]


@pytest.mark.parametrize("law", ["weibull", "lognormal"])
def test_where_all_events_lie_in_one_interval_there_is_no_maximum(law):
    fit = fit_accelerated(np.full(4, 7.0), np.full(4, 14.0), np.zeros(4, int), 1, law)
    assert np.isnan(fit.means).all()
    nobody = fit_accelerated(np.full(4, 7.0), np.full(4, np.nan), np.zeros(4, int), 1, law)
    assert np.isnan(nobody.means).all()


def test_of_mice_read_on_the_same_days_the_estimate_is_that_of_the_visits():
    curve = turnbull_curve(np.array([0.0, 3, 3, 7, 7]), np.array([3.0, 7, 7, np.nan, np.nan]))
    assert curve.low.tolist() == [0, 3, 7]
    assert curve.high.tolist() == [3, 7, np.inf]
    assert curve.free == pytest.approx([0.8, 0.4, 0.4])


def test_the_band_holds_the_curves_of_events_at_either_end():
    curve = turnbull_curve(np.array([0.0, 3, 3, 7, 20]), np.array([7.0, 14, 7, 14, np.nan]))
    for free, limits in zip(curve.free, curve.limits, strict=True):
        assert limits.low < free < limits.high


def test_nobody_progressed_and_nobody_is_left():
    open_only = turnbull_curve(np.full(3, 20.0), np.full(3, np.nan))
    assert open_only.free.tolist() == [1.0]
    assert open_only.limits[0].low == pytest.approx(0.025 ** (1 / 3))
    assert turnbull_curve(np.zeros(3), np.full(3, 3.0)).free.tolist() == [0.0]


def test_scores_add_up_to_nothing_and_earlier_ones_are_higher(unlike):
    scores = interval_scores(*ends(unlike))
    assert scores.sum() == pytest.approx(0, abs=1e-7)
    first, last = unlike["high"].idxmin(), unlike["high"].isna().idxmax()
    assert scores[first] > 0 > scores[last]


def test_reading_one_arm_more_rarely_makes_no_difference_of_it():
    day = np.array([3.0, 5, 8, 10, 12, 15, 17, 20, 22, 26])
    low = np.concatenate([np.floor(day / 7) * 7, np.floor(day / 2) * 2])
    high = np.concatenate([np.ceil(day / 7) * 7, np.ceil((day + 0.1) / 2) * 2])
    second = np.repeat([False, True], 10)
    assert interval_test(low, high, second).p > 0.5


def test_without_an_event_there_is_no_test():
    assert np.isnan(interval_test(np.full(4, 9.0), np.full(4, np.nan), np.arange(4) < 2).p)
