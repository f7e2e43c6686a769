from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.model.logrank import log_rank, log_rank_of_pair

from .survival_studies import OWN_STUDIES, SHARED_STUDIES, own_study, random_times, shared_study

FEW = {"draws": 500, "most_splits": 2000}


@pytest.mark.parametrize("name", OWN_STUDIES)
def test_the_overall_test_agrees_with_r(name):
    times, answers = own_study(name)
    test, r = log_rank(*times.arrays, draws=10), answers["logrank"]
    assert test.chi_square == pytest.approx(r["statistic"], rel=1e-9)
    assert test.df == r["df"]
    assert test.p_value == pytest.approx(r["p_value"], rel=1e-8)
    np.testing.assert_allclose(test.expected, [row["expected"] for row in r["arms"]], rtol=1e-10)
    assert test.observed.tolist() == [row["observed"] for row in r["arms"]]


@pytest.mark.parametrize("name", OWN_STUDIES)
def test_pairs_agree_with_r_and_their_permutation_is_exact(name):
    times, answers = own_study(name)
    for row in answers["logrank_pairs"]:
        test = log_rank_of_pair(*times.arrays[:3], *times.pair(row["contrast"]), draws=10)
        if row["statistic"] is None:
            assert np.isnan([test.chi_square, test.p_value, test.p_permutation]).all()
            continue
        assert test.chi_square == pytest.approx(row["statistic"], rel=1e-9)
        assert test.p_value == pytest.approx(row["p_value"], rel=1e-8)
        if row["p_exact_chisq"] is not None:
            assert test.exact
            assert test.permutations == row["splits"]
            assert test.p_permutation == pytest.approx(row["p_exact_chisq"], rel=1e-12)


@pytest.mark.parametrize("name", SHARED_STUDIES)
def test_chi_squares_agree_with_the_shared_studies(name):
    times, answers = shared_study(name)
    assert log_rank(*times.arrays, draws=10).chi_square == pytest.approx(
        answers["logrank"]["chisq"], rel=1e-9
    )
    for row in answers["pairwise"]:
        pair = times.names.index(row["a"]), times.names.index(row["b"])
        test = log_rank_of_pair(*times.arrays[:3], *pair, draws=10)
        assert test.chi_square == pytest.approx(row["chisq"], rel=1e-9)
        assert test.p_value == pytest.approx(row["p"], rel=1e-8)


@pytest.mark.filterwarnings("ignore:Starting with pandas version 4")  # which they do not heed
def test_the_chi_square_agrees_with_lifelines():
    from lifelines.statistics import multivariate_logrank_test

    random = np.random.default_rng(2)
    days, events = random.integers(1, 20, 40).astype(float), random.random(40) < 0.6
    arm = random.integers(0, 3, 40)
    theirs = multivariate_logrank_test(days, arm, events)
    assert log_rank(days, events, arm, 3, **FEW).chi_square == pytest.approx(theirs.test_statistic)


@settings(deadline=None)  # shared machines pause
@given(random_times(most_arms=2, most_mice=4))
def test_the_exact_p_counts_every_split(times):
    test = log_rank(*times.arrays)
    if test.df == 0:
        return
    n, size = times.days.size, int(np.sum(times.arm == 0))
    heights = []
    for chosen in combinations(range(n), size):
        arm = np.ones(n, int)
        arm[list(chosen)] = 0
        split = log_rank(times.days, times.events, arm, 2, most_splits=0, draws=1)
        heights.append(np.nan_to_num(split.chi_square))
    share = np.mean(np.array(heights) >= test.chi_square - 1e-9)
    assert test.p_permutation == pytest.approx(share)
    assert test.permutations == len(heights)


def test_the_smaller_arm_is_found_to_progress_sooner_as_well_as_later():
    # By sums of scores alone p of the first is .10: a few mice at the end hold half of them.
    soon, late = np.array([5.0, 7, 9]), np.array([10.0, 12, 15, 18, 20, 22, 25, 28, 30])
    days, arm = np.r_[soon, late], np.repeat([0, 1], [3, 9])
    sooner = log_rank(days, np.ones(12, bool), arm, 2)
    assert sooner.p_permutation == sooner.p_smallest == 1 / 220


def test_of_many_mice_scores_alone_say_the_same(monkeypatch):
    random = np.random.default_rng(3)
    arm = np.repeat([0, 1], 40)
    days = random.exponential(20, 80) * np.array([1, 1.5])[arm]
    standardised = log_rank(days, np.ones(80, bool), arm, 2)
    monkeypatch.setattr("xenotrack.model.logrank.MOST_STANDARDISED", 79)
    scores = log_rank(days, np.ones(80, bool), arm, 2)
    assert (standardised.permutations, scores.permutations) == (20_000, 100_000)
    assert scores.p_permutation == pytest.approx(standardised.p_permutation, abs=0.01)


def test_three_arms_in_full_and_by_draws_agree():
    days = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9])
    arm = np.repeat([0, 1, 2], 3)
    exact = log_rank(days, np.ones(9, bool), arm, 3)
    assert (exact.permutations, exact.exact) == (1680, True)
    # Complete order: the 6 ways to name the arms, of 1680 splits, are as extreme.
    assert exact.p_permutation == pytest.approx(6 / 1680)
    drawn = log_rank(days, np.ones(9, bool), arm, 3, most_splits=0, draws=20_000)
    assert not drawn.exact
    # Five standard errors of a share of 20 000.
    assert drawn.p_permutation == pytest.approx(6 / 1680, abs=5 * (6 / 1680 / 20_000) ** 0.5)


def test_draws_are_seeded_and_never_give_zero():
    days, arm = np.arange(40.0), np.repeat([0, 1], 20)
    one, same, other = (
        log_rank(days, np.ones(40, bool), arm, 2, seed=seed, draws=999) for seed in (1, 1, 2)
    )
    assert one.p_permutation == same.p_permutation == 1 / 1000
    assert other.permutations == 999


def test_another_seed_draws_other_splits():
    days, arm = np.arange(40.0), np.arange(40) % 2
    shares = {
        log_rank(days, np.ones(40, bool), arm, 2, seed=seed, draws=999).p_permutation
        for seed in range(5)
    }
    assert len(shares) > 1


def test_drawing_in_pieces_gives_each_draw_once():
    # 60 000 mice need more than one piece; with one event among equals every split is as extreme
    # as another within its arm's size.
    n = 60_000
    arm = np.arange(n) % 2
    events = np.zeros(n, bool)
    events[0] = True
    assert log_rank(np.ones(n), events, arm, 2, draws=70).p_permutation == 1


def test_without_a_telling_event_nothing_is_tested():
    days, arm = np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1])
    for events in ([False] * 4, [False, False, False, True]):
        test = log_rank(days, np.array(events), arm, 2)
        assert test.df == 0
        assert np.isnan([test.chi_square, test.p_value, test.p_permutation]).all()


def test_an_arm_gone_before_the_first_event_costs_no_degree_of_freedom():
    days = np.array([5.0, 6, 7, 8, 1, 1])
    events = np.array([True, True, True, True, False, False])
    arm = np.array([0, 1, 0, 1, 2, 2])
    with_it, without = (
        log_rank(days, events, arm, 4, **FEW),
        log_rank_of_pair(days, events, arm, 0, 1),
    )
    assert with_it.df == without.df == 1
    assert with_it.chi_square == pytest.approx(without.chi_square)


@settings(deadline=None)  # shared machines pause
@given(random_times(), st.randoms())
def test_names_of_arms_and_units_of_time_change_nothing(times, shuffle):
    names = list(range(times.k))
    shuffle.shuffle(names)
    one = log_rank(*times.arrays, **FEW)
    other = log_rank(times.days * 4, times.events, np.array(names)[times.arm], times.k, **FEW)
    assert other.df == one.df
    assert other.chi_square == pytest.approx(one.chi_square, nan_ok=True)
    if one.exact:
        assert other.p_permutation == pytest.approx(one.p_permutation)


def test_weighted_days_agree_with_survdiff():
    times, _ = own_study("ties")
    found = log_rank(times.days, times.events, times.arm, times.k, weight="fleming-harrington")
    # R 4.2.2, survival 3.5.3: survdiff(Surv(time, event) ~ arm, ties, rho = 1)$chisq
    assert found.chi_square == pytest.approx(17.79221, abs=1e-5)


EARLY = [3, 4, 5, 6, 30, 33, 36, 39, 9, 10, 11, 12, 29, 32, 35, 38]
LATE = [3, 5, 7, 9, 20, 21, 22, 23, 4, 6, 8, 10, 30, 31, 32, 33]


@pytest.mark.parametrize(
    ("weight", "days"), [("tarone-ware", EARLY), ("fleming-harrington", EARLY), ("late", LATE)]
)
def test_weights_see_the_days_on_which_arms_differ(weight, days):
    mice = (np.array(days, float), np.ones(16, bool), np.repeat([0, 1], 8), 2)
    plain, own = log_rank(*mice), log_rank(*mice, weight=weight)
    assert own.p_permutation < plain.p_permutation
    assert own.p_value < plain.p_value
