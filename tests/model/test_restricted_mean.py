import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.model.restricted_mean import last_comparable_day, last_known_day, restricted_mean
from xenotrack.model.survival import estimate_curve, estimate_curves

from .survival_studies import (
    OWN_STUDIES,
    SHARED_STUDIES,
    own_study,
    random_times,
    shared_study,
)


def curve_of(*mice):
    """Days, negative where the mouse was censored."""
    days = np.array(mice, float)
    return estimate_curve(np.abs(days), days > 0)


@pytest.mark.parametrize("name", OWN_STUDIES)
def test_restricted_means_agree_with_r(name):
    times, answers = own_study(name)
    curves = estimate_curves(*times.arrays)
    until = last_known_day(curves)
    assert until == answers["restricted_means"]["until"]
    for curve, row in zip(curves, answers["restricted_means"]["arms"], strict=True):
        ours = restricted_mean(curve, until)
        assert ours.estimate == pytest.approx(row["rmst"], rel=1e-10)
        assert ours.std_error == pytest.approx(row["std_error"], rel=1e-10)


@pytest.mark.parametrize("name", SHARED_STUDIES)
def test_restricted_means_agree_with_the_shared_studies(name):
    times, answers = shared_study(name)
    for arm, row in zip(times.names, answers["rmst"]["arms"], strict=True):
        ours = restricted_mean(estimate_curve(*times.of(arm)), answers["rmst"]["tau"])
        assert ours.estimate == pytest.approx(row["rmst"], rel=1e-10)
        assert ours.std_error == pytest.approx(row["se"], rel=1e-10)


def test_without_censoring_it_is_the_mean_of_the_days_cut_at_the_last():
    days = np.array([3.0, 8, 8, 15, 30])
    mean = restricted_mean(estimate_curve(days, np.ones(5, bool)), 20)
    cut = np.minimum(days, 20)
    assert mean.estimate == pytest.approx(cut.mean())
    assert mean.variance == pytest.approx(cut.var() / 5)


def test_when_all_mice_progress_on_one_day_nothing_is_uncertain():
    mean = restricted_mean(curve_of(7, 7, 7), 7)
    assert (mean.estimate, mean.std_error) == (7, 0)


def test_an_arm_without_events_gains_all_days():
    mean = restricted_mean(curve_of(-20, -30), 20)
    assert (mean.estimate, mean.std_error) == (20, 0)


def test_a_curve_at_zero_stays_there():
    assert restricted_mean(curve_of(3, 5), 60).estimate == pytest.approx(4)


def test_a_curve_is_not_drawn_beyond_a_censored_last_mouse():
    with pytest.raises(ValueError, match="unknown after day 9, before 10"):
        restricted_mean(curve_of(3, -9), 10)


def test_an_arm_without_mice_has_no_mean():
    assert np.isnan(restricted_mean(curve_of(), 5).estimate)


def test_the_last_known_day_is_set_by_arms_that_were_still_free_of_progression():
    open_early, open_late, closed = curve_of(3, -9), curve_of(4, -20), curve_of(2, -4, 5)
    assert last_known_day([open_early, open_late, closed]) == 9
    assert last_known_day([open_late, closed, curve_of()]) == 20
    assert last_known_day([closed, curve_of(2, 17)]) == 17
    assert last_known_day([curve_of(3, 9, -9), curve_of(20)]) == 9
    assert np.isnan(last_known_day([]))


def test_arms_are_comparable_while_three_mice_of_each_are_at_risk():
    four, five = curve_of(3, -9, -20, -30), curve_of(4, -8, -12, -40, -40)
    assert last_comparable_day([four]) == 9
    assert last_comparable_day([five]) == 12
    assert last_comparable_day([four, five, curve_of()]) == 9


def test_an_arm_whose_curve_is_at_zero_is_known_from_then_on():
    closed = curve_of(2, 3, 4, 6)
    # On days 3 to 6 two mice and one draw its curve; from day 6 on it is known to be 0.
    assert last_comparable_day([closed, curve_of(-4, -5, -5)]) == 3
    assert last_comparable_day([closed, curve_of(-50, -50, -60, -70)]) == 50
    assert last_comparable_day([closed, curve_of(2, 5, 17)]) == 17


def test_an_arm_of_two_mice_is_followed_while_both_are():
    assert last_comparable_day([curve_of(-7, -9), curve_of(3, 8, -20, -20)]) == 7


def test_without_mice_no_day_is_comparable():
    assert np.isnan(last_comparable_day([]))
    assert np.isnan(last_comparable_day([curve_of()]))


def test_a_mouse_censored_on_the_last_day_keeps_the_curve_above_zero():
    assert last_comparable_day([curve_of(3, 5, 9, -9), curve_of(20, 21, 22)]) == 5


@settings(deadline=None)  # shared machines pause
@given(random_times(), st.sampled_from([0.25, 2.0, 16.0]))
def test_days_gained_scale_with_the_clock(times, factor):
    curves = estimate_curves(*times.arrays)
    slow = estimate_curves(times.days * factor, times.events, times.arm, times.k)
    until = last_known_day(curves)
    assert last_known_day(slow) == until * factor
    assert last_comparable_day(slow) == last_comparable_day(curves) * factor
    for one, other in zip(curves, slow, strict=True):
        mean, scaled = restricted_mean(one, until), restricted_mean(other, until * factor)
        assert scaled.estimate == pytest.approx(mean.estimate * factor)
        assert scaled.std_error == pytest.approx(mean.std_error * factor)
