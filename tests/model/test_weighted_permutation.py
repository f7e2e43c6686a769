from itertools import combinations

import numpy as np
import pytest

from xenotrack.model.logrank import WEIGHTS, log_rank
from xenotrack.model.risk_sets import count_risk_sets
from xenotrack.model.weighted_permutation import _Weighted, permute_weighted

DAYS = np.array([5.0, 8, 12, 20, 22, 7, 15, 20, 28, 30])
EVENTS = np.array([True, True, False, True, True, True, True, True, True, False])


def chi_square(arm, weight, k=2):
    return log_rank(DAYS, EVENTS, arm, k, weight=weight, draws=9).chi_square


@pytest.mark.parametrize("weight", ["tarone-ware", "late"])
def test_every_split_of_two_arms_has_the_chi_square_of_its_own(weight):
    arm = np.repeat([0, 1], 5)
    splits = [np.isin(np.arange(10), own).astype(int) for own in combinations(range(10), 5)]
    heights = np.array([chi_square(split, weight) for split in splits])
    found = log_rank(DAYS, EVENTS, arm, 2, weight=weight)
    assert found.p_permutation == np.mean(heights >= found.chi_square - 1e-9)
    assert found.p_smallest == np.mean(heights >= heights.max() - 1e-9)
    assert found.exact


def test_drawn_splits_of_three_arms_come_near_to_their_chi_square():
    random = np.random.default_rng(4)
    arm = np.repeat([0, 1, 2], 30)
    days = (random.exponential(20, 90).round(3) + 1) * np.array([1, 2, 4])[arm]
    found = log_rank(days, days < 60, arm, 3, weight="late")
    assert not found.exact
    assert found.permutations == 20_000
    assert found.p_permutation == pytest.approx(found.p_value, abs=0.02)
    assert 0.001 < found.p_value < 0.5


def test_late_differences_are_found_that_scores_alone_do_not_show():
    # All of one arm progress before most of the other: the sum of late scores is no larger than
    # where three of each are left to the end.
    days = np.array([7.0, 8, 9, 10, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26])
    arm = np.repeat([0, 1], 8)
    assert log_rank(days, np.ones(16, bool), arm, 2, weight="late").p_permutation < 0.01


def test_a_day_on_which_one_mouse_is_left_has_no_spread():
    days, arm = np.array([1.0, 2, 3]), np.array([0, 0, 1])
    sets = count_risk_sets(days, np.ones(3, bool), arm, 2)
    mice = (days, np.ones(3, bool), arm)
    found = permute_weighted(sets, WEIGHTS["late"](sets), mice, 100, 0)
    assert 0 < found.p <= 1


@pytest.mark.parametrize(("first", "second"), [(1, 140), (3, 9), (7, 5), (2, 60), (6, 6)])
@pytest.mark.parametrize("weight", ["logrank", "late"])
def test_splits_counted_by_halves_are_all_there_are(first, second, weight):
    random = np.random.default_rng(first)
    days, events = random.integers(1, 30, first + second) * 1.0, random.random(first + second) < 0.7
    sets = count_risk_sets(days, events, np.repeat([0, 1], [first, second]), 2)
    test = _Weighted(sets, WEIGHTS[weight](sets), days, events, 2)
    splits = np.array(
        [~np.isin(np.arange(days.size), own) for own in combinations(range(days.size), first)]
    )
    found = test.of_every_split(first, second)
    mirrors = 2 if first == second else 1
    expected = test.of(splits.astype(int))
    assert np.sort(np.repeat(found, mirrors)) == pytest.approx(np.sort(expected), abs=1e-9)


def test_one_mouse_beside_very_many_is_drawn():
    days, arm = np.arange(1, 802) * 1.0, np.repeat([0, 1], [1, 800])
    found = log_rank(days, np.ones(801, bool), arm, 2, weight="tarone-ware")
    assert not found.exact
    assert found.p_permutation < 0.01
