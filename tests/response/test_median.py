"""The product-limit median."""

import numpy as np
import pytest

from xenotrack.response.median import median_time


def median(*marked):
    """Days, ``+`` for a mouse that left without an event."""
    return median_time(
        np.array([float(day.rstrip("+")) for day in marked]),
        np.array([not day.endswith("+") for day in marked], dtype=bool),
    )


def test_it_is_the_first_day_below_one_half():
    assert median("3", "7", "10") == 7
    assert median("3+", "7", "10", "14") == 10


@pytest.mark.parametrize("n", [2, 6, 8, 14, 18, 20])
def test_at_one_half_it_is_the_midpoint_whatever_the_rounding(n):
    days = np.arange(1, n + 1, dtype=float)
    assert median_time(days, np.ones(n, dtype=bool)) == (n + 1) / 2


def test_survival_that_stays_at_one_half_has_its_median_where_it_fell():
    assert median("5", "9+") == 5


def test_it_is_not_reached_where_most_mice_have_no_event():
    assert np.isnan(median("5", "9+", "9+"))
    assert np.isnan(median("5+", "9+"))
    assert np.isnan(median())


def test_a_mouse_that_leaves_on_the_day_of_an_event_was_at_risk():
    assert median("5", "5+", "9", "9") == 9
