from dataclasses import astuple

import numpy as np
import pytest
from scipy.stats import beta

from xenotrack.model.beta_product import median_with_limits
from xenotrack.model.milestones import at_risk_on, share_free
from xenotrack.model.survival import estimate_curve, median_day


def curve_of(*mice):
    """Days, negative where the mouse was censored."""
    days = np.array(mice, float)
    return estimate_curve(np.abs(days), days > 0)


def test_a_share_is_known_as_long_as_a_mouse_is_followed():
    curve = curve_of(4, 6, -9)
    assert [share_free(curve, day) for day in (0, 4, 5, 9)] == pytest.approx(
        [1, 2 / 3, 2 / 3, 1 / 3]
    )
    assert np.isnan(share_free(curve, 10))
    assert share_free(curve_of(4, 6), 10) == 0
    assert [at_risk_on(curve, day) for day in (4, 5, 9, 10)] == [3, 2, 1, 0]


@pytest.mark.parametrize("n", [3, 4])
def test_of_three_and_four_mice_no_day_bounds_the_median(n):
    curve = curve_of(*range(5, 5 + n))
    found = median_with_limits(curve)
    assert found.estimate == median_day(curve).estimate
    assert np.isnan([found.conf_low, found.conf_high]).all()


def test_at_a_lower_level_few_mice_bound_it():
    days = np.array([5.0, 8, 11, 14])
    curve = estimate_curve(days, np.ones(4, bool), level=0.7)
    found = median_with_limits(curve)
    # The first and the last day bound the median unless all four lie on one side: 2 / 16.
    assert (found.conf_low, found.conf_high) == (5, 14)
    assert beta.ppf(0.15, 3, 2) < 0.5 < beta.ppf(0.15, 4, 1)


def test_from_five_mice_on_the_limits_are_those_of_the_curve():
    curve = curve_of(3, 5, 8, 9, 12)
    assert astuple(median_with_limits(curve)) == pytest.approx(
        astuple(median_day(curve)), abs=0, rel=0, nan_ok=True
    )
