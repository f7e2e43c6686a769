"""Ratios of means: limits by their definition, by hand, and where there are none."""

import numpy as np
import pytest
from scipy.stats import t as student

from xenotrack.response.ratios import (
    Mean,
    difference_df,
    fieller_limits,
    fieller_ratio,
    log_ratio,
    mean_of,
    paired_ratio,
)

TREATED, CONTROL = np.array([100.0, 150, 200]), np.array([200.0, 300, 400])


def test_fiellers_limits_are_the_ratios_that_a_t_test_just_does_not_reject():
    top, bottom, variances, df = 5.0, 8.0, (0.4, 0.9, 0.2), 7
    low, high = fieller_limits(top, bottom, variances, df, 0.95)
    for ratio in (low, high):
        spread = variances[0] + ratio**2 * variances[1] - 2 * ratio * variances[2]
        assert (top - ratio * bottom) / np.sqrt(spread) == pytest.approx(
            student.ppf(0.975, df) * (1 if ratio == low else -1)
        )


def test_fiellers_limits_by_hand():
    # Large df: t = 2 at level .9545; (10 − 2)/… with variances 1 and 0 gives (10 ∓ 2)/5.
    level = 1 - 2 * student.sf(2, 1e9)
    assert fieller_limits(10, 5, (1.0, 0.0, 0.0), 1e9, level) == pytest.approx((1.6, 2.4))


def test_a_bottom_that_may_be_zero_bounds_nothing_and_says_so():
    found = fieller_ratio(Mean(5, 1, 9), Mean(1, 1, 9), 0.95)
    assert found.estimate == 5
    assert np.isnan([found.conf_low, found.conf_high]).all()
    assert "unbounded" in found.method


def test_the_df_are_welchs_at_the_ratio_found():
    found = fieller_ratio(mean_of(TREATED), mean_of(CONTROL), 0.8)
    # ρ = 1/2: V_T = 2500/3 and ρ²V_C = 2500/3, two df each: 4.
    assert found.method == "Fieller, df 4"
    t = student.ppf(0.9, 4)
    spread = 2500 / 3 + found.conf_high**2 * 10000 / 3
    assert 150 - found.conf_high * 300 == pytest.approx(-t * np.sqrt(spread))


def test_log_delta_by_hand():
    # V/mean² = (2500/3)/150² = 1/27 on either side, df 4, t = 2.776445: e^(2.776445·√(2/27)).
    found = log_ratio(mean_of(TREATED), mean_of(CONTROL), 0.95)
    assert found.estimate == 0.5
    assert (found.conf_low, found.conf_high) == pytest.approx((0.234853, 1.064496), rel=1e-5)


def test_a_paired_ratio_takes_account_of_what_mice_share():
    start = np.array([100.0, 110, 120])
    found = paired_ratio(-0.5 * start, start, 0.95)
    # Every mouse halves: the ratio is sure though neither mean is.
    assert found[:3] == pytest.approx((-0.5, -0.5, -0.5))


@pytest.mark.parametrize("ratio", [fieller_ratio, log_ratio])
def test_one_mouse_gives_a_ratio_without_limits(ratio):
    found = ratio(mean_of(TREATED[:1]), mean_of(CONTROL), 0.95)
    assert found.estimate == pytest.approx(1 / 3)
    assert np.isnan([found.conf_low, found.conf_high]).all()
    assert "one mouse" in found.method


def test_mice_that_do_not_differ_have_no_welch_df():
    assert np.isnan(difference_df(Mean(1, 0.0, 3), Mean(2, 0.0, 3)))


def test_intervals_of_a_ratio_cover_about_as_often_as_they_say():
    random = np.random.default_rng(7)
    arms = random.lognormal(0, 0.5, (2, 2000, 8)) * np.array([0.4, 1.0])[:, None, None]
    hits = {fieller_ratio: 0, log_ratio: 0}
    for treated, control in zip(*arms, strict=True):
        for ratio in hits:
            found = ratio(mean_of(treated), mean_of(control), 0.95)
            hits[ratio] += not (found.conf_low > 0.4 or found.conf_high < 0.4)
    # Means of eight lognormal mice: 2000 draws leave a standard error of .5 %.
    assert all(0.91 < hit / 2000 < 0.975 for hit in hits.values()), hits
