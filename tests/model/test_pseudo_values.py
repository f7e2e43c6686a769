from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from xenotrack.model.pseudo_values import pseudo_values, restricted_mean_test
from xenotrack.model.survival import estimate_curve

from .survival_studies import random_times


def mean_of(days, events, until):
    """The area under the curve, which stays as it is past its last day."""
    curve = estimate_curve(days, events)
    ends = np.minimum(np.concatenate([[0.0], curve.days, [until]]), until)
    return float(np.diff(ends) @ np.append(1.0, curve.estimate))


@settings(max_examples=100)
@given(random_times())
def test_they_are_what_the_mean_loses_without_the_mouse(times):
    days, events = times.days, times.events
    for until in (float(np.median(days)), float(days.max()), 70.0):
        whole, n = mean_of(days, events, until), len(days)
        without = np.array(
            [mean_of(np.delete(days, own), np.delete(events, own), until) for own in range(n)]
        )
        found = pseudo_values(days, events, until)
        assert found == pytest.approx(n * whole - (n - 1) * without, abs=1e-8)


def test_without_censoring_the_test_is_that_of_the_mean_days():
    days = np.array([3.0, 5, 9, 20, 8, 14, 25, 40])
    second = np.arange(8) >= 4
    splits = np.array(list(combinations(range(8), 4)))
    sums = np.minimum(days, 30)[splits].sum(axis=1)
    beyond = np.abs(2 * sums - np.minimum(days, 30).sum()) >= 2 * (8 + 14 + 25 + 30) - 114 - 1e-9
    found = restricted_mean_test(days, np.ones(8, bool), second, 30)
    assert found.p == beyond.mean()
    assert found.exact
    assert found.smallest == 2 / 70


def test_mice_that_all_stay_free_tell_nothing():
    found = restricted_mean_test(np.full(6, 40.0), np.zeros(6, bool), np.arange(6) > 2, 40)
    assert found.p == 1
