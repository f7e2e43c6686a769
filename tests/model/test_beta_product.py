import numpy as np
import pytest
from scipy.stats import beta

from xenotrack.model.beta_product import (
    draw_restricted_means,
    progressed_limits,
    share_limits,
)
from xenotrack.model.survival import estimate_curve


def curve_of(*mice):
    """Days, negative where the mouse was censored."""
    days = np.array(mice, float)
    return estimate_curve(np.abs(days), days > 0)


def drawn(curve, until, draws=20_000, seed=3):
    return draw_restricted_means(curve, until, draws, np.random.default_rng(seed))


@pytest.mark.parametrize("events", [0, 1, 4, 8])
def test_without_censoring_the_limits_are_those_of_clopper_and_pearson(events):
    curve = curve_of(*range(1, events + 1), *[-30] * (8 - events))
    low, high = share_limits(curve, 20, 0.95)
    free = 8 - events
    assert low == pytest.approx(beta.ppf(0.025, free, events + 1) if free else 0)
    assert high == pytest.approx(beta.ppf(0.975, free + 1, events) if events else 1)


def test_a_share_is_bounded_by_those_still_at_risk():
    lost = curve_of(*[-5] * 7, *[-60] * 3)
    whole, few = curve_of(*[-60] * 10), curve_of(*[-60] * 3)
    assert progressed_limits(lost, 40, 0.95).high == pytest.approx(
        progressed_limits(few, 40, 0.95).high
    )
    assert progressed_limits(lost, 3, 0.95) == progressed_limits(whole, 3, 0.95)
    assert progressed_limits(lost, 40, 0.95).low == 0


def test_limits_with_censoring_agree_with_bpcp():
    # Moments by hand: Beta(5, 1) · Beta(3, 1) · Beta(2, 1) for the lower curve on day 7, with
    # 5 and then 3 at risk at the events and 2 left; the first two for the upper one.
    curve = curve_of(2, -3, 6, -9, -9)

    def by_moments(at_risk, q):
        n = np.array(at_risk, float)
        mean, square = np.prod(n / (n + 1)), np.prod(n / (n + 2))
        size = (mean - square) / (square - mean**2)
        return beta.ppf(q, size * mean, size * (1 - mean))

    low, high = share_limits(curve, 7, 0.9)
    assert low == pytest.approx(by_moments([5, 3, 2], 0.05))
    assert high == pytest.approx(by_moments([5, 3], 0.95))


def test_nothing_is_known_after_the_last_mouse():
    assert share_limits(curve_of(4, -6, -8), 9, 0.95).low == 0
    assert share_limits(curve_of(), 9, 0.95) == (0, 1)


def test_an_arm_without_events_keeps_a_spread():
    areas = drawn(curve_of(-40, -40, -40), 40)
    # Half of the draws stay at 1, the other half fall as Beta(3, 1), whose mean is 3/4.
    assert np.mean(areas == 40) == pytest.approx(0.5, abs=1e-3)
    assert areas.mean() == pytest.approx(40 * (0.5 + 0.5 * 0.75), rel=1e-3)


def test_draws_of_an_arm_lie_around_its_own_mean():
    curve = curve_of(*[3, 5, 8, 9, 12, 14, 17, 21, 26, 30] * 40)
    areas = drawn(curve, 30)
    assert areas.mean() == pytest.approx(14.5, abs=0.05)
    days = np.array([3, 5, 8, 9, 12, 14, 17, 21, 26, 30])
    assert areas.std() == pytest.approx(days.std() / 20, rel=0.05)


def test_a_curve_that_reached_zero_stays_there():
    assert drawn(curve_of(3, 5, 8), 8) == pytest.approx(drawn(curve_of(3, 5, 8), 60))


def test_days_beyond_a_censored_last_mouse_may_be_all_or_none():
    curve = curve_of(-10, -10, -10)
    areas = drawn(curve, 20)
    assert (areas.min(), areas.max()) == (pytest.approx(0, abs=3), 20)


def test_tied_events_count_one_after_the_other():
    tied, apart = curve_of(5, 5, -20, -20), curve_of(5, 5.000001, -20, -20)
    assert np.quantile(drawn(tied, 20), [0.025, 0.5, 0.975]) == pytest.approx(
        np.quantile(drawn(apart, 20), [0.025, 0.5, 0.975]), rel=1e-5
    )
