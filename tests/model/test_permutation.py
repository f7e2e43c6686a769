from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.model.permutation import permute_two_arms


def enumerated(scores, second):
    """The p of the observed split, and the smallest, by going through every split."""
    scores = scores - scores.mean()
    sums = [scores[list(each)].sum() for each in combinations(range(len(scores)), second.sum())]
    sums = np.abs(sums)
    return [np.mean(sums >= bound - 1e-9) for bound in (abs(scores[second].sum()), sums.max())]


@given(
    st.lists(st.integers(-3, 3), min_size=3, max_size=9),
    st.integers(1, 8),
    st.randoms(),
)
def test_halves_count_what_going_through_every_split_counts(values, size, shuffle):
    scores = np.array(values, float) / 7
    second = np.arange(scores.size) < min(size, scores.size - 1)
    shuffle.shuffle(second)
    found = permute_two_arms(scores, second)
    assert [found.p, found.smallest] == pytest.approx(enumerated(scores, second))
    assert found.exact


def test_many_mice_with_few_splits_are_counted_one_by_one():
    random = np.random.default_rng(5)
    scores, second = random.normal(size=60), np.arange(60) < 2
    found = permute_two_arms(scores, second)
    assert (found.splits, found.exact) == (1770, True)
    assert [found.p, found.smallest] == pytest.approx(enumerated(scores, second))


def test_the_larger_arm_may_be_the_one_that_is_named():
    random = np.random.default_rng(6)
    scores, second = random.normal(size=40), np.arange(40) >= 3
    one, other = permute_two_arms(scores, second), permute_two_arms(scores, ~second)
    assert one.p == pytest.approx(other.p)


def test_three_against_three_cannot_be_below_one_in_ten():
    assert permute_two_arms(np.arange(6.0), np.arange(6) > 2).smallest == pytest.approx(0.1)


def test_equal_scores_tell_nothing():
    assert permute_two_arms(np.ones(8), np.arange(8) < 4).p == 1


def test_draws_come_near_the_count():
    random = np.random.default_rng(7)
    scores, second = random.normal(size=32), np.arange(32) < 16
    scores[second] += 0.6
    counted = permute_two_arms(scores, second)
    # One mouse more, with the mean score, in an arm of its size: too many splits to count.
    drawn = permute_two_arms(np.append(scores, scores.mean()), np.append(second, False))
    assert counted.exact
    assert not drawn.exact
    assert drawn.p == pytest.approx(counted.p, abs=0.02)
