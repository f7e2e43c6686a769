"""Differences of proportions: by hand, against published intervals, and by full enumeration."""

import numpy as np
import pytest
from scipy.stats import barnard_exact, binom

from xenotrack.compare import proportions
from xenotrack.compare.proportions import Counts, proportion_difference, proportion_source


def tables(n1, n2):
    return [Counts(x1, n1, x2, n2) for x1 in range(n1 + 1) for x2 in range(n2 + 1)]


def test_two_of_two_against_none_of_two_by_hand():
    # No other table is as extreme: p²(1 − p)² is largest at ½, 1/16 on each side.
    assert proportion_difference(Counts(2, 2, 0, 2), 0.95).p_value == pytest.approx(1 / 8)


def test_all_of_ten_against_none_of_ten_by_hand():
    found = proportion_difference(Counts(10, 10, 0, 10), 0.95)
    assert found.p_value == pytest.approx(2 * 0.5**20)
    # Below, all of ten and none of ten is most probable at p₁ = (1 + δ)/2: ((1 + δ)/2)²⁰ = .025.
    assert found.conf_low == pytest.approx(2 * 0.025 ** (1 / 20) - 1, abs=1e-5)
    assert found.conf_high == 1


def test_the_normal_tail_gives_the_published_score_intervals(monkeypatch):
    # Newcombe 1998 (Stat Med 17:873), table II, Miettinen and Nurminen.
    monkeypatch.setattr(proportions, "COUNTED_TABLES", 0)
    published = {Counts(56, 70, 48, 80): (0.0528, 0.3382), Counts(9, 10, 3, 10): (0.1700, 0.8406)}
    for counts, limits in published.items():
        found = proportion_difference.__wrapped__(counts, 0.95)
        assert (found.conf_low, found.conf_high) == pytest.approx(limits, abs=5e-5)


@pytest.mark.parametrize("counts", [(7, 10, 2, 8), (4, 6, 0, 5), (8, 9, 3, 9), (1, 4, 9, 10)])
def test_p_is_twice_barnards_one_sided_p(counts):
    x1, n1, x2, n2 = counts
    sides = [
        barnard_exact([[x1, x2], [n1 - x1, n2 - x2]], alternative=side, n=64).pvalue
        for side in ("less", "greater")
    ]
    # Ours is the largest tail at 401 places, scipy's is sought by an optimiser.
    expected = 2 * min(sides)
    assert proportion_difference(Counts(*counts), 0.95).p_value == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("n1", "n2"), [(4, 5), (6, 6), (3, 8)])
def test_intervals_cover_at_least_as_often_as_they_say_whatever_the_truth(n1, n2):
    found = [proportion_difference(counts, 0.95) for counts in tables(n1, n2)]
    low, high = (
        np.array([getattr(each, end) for each in found]) for end in ("conf_low", "conf_high")
    )
    for p1 in np.linspace(0.03, 0.97, 12):
        for p2 in np.linspace(0.05, 0.95, 12):
            chance = np.outer(
                binom.pmf(range(n1 + 1), n1, p1), binom.pmf(range(n2 + 1), n2, p2)
            ).ravel()
            below, above = p1 - p2 < low - 1e-6, p1 - p2 > high + 1e-6
            # .0002: the largest tail is sought at 61 places.
            assert chance[below].sum() <= 0.0252
            assert chance[above].sum() <= 0.0252


def test_p_is_below_5_percent_only_where_the_interval_excludes_no_difference():
    for counts in tables(6, 7):
        found = proportion_difference(counts, 0.95)
        excluded = found.conf_low > 0 or found.conf_high < 0
        assert excluded == (found.p_value <= 0.05)
        assert found.conf_low <= found.estimate <= found.conf_high


def test_exchanging_the_arms_mirrors_everything():
    there, back = (
        proportion_difference(Counts(*counts), 0.9) for counts in [(5, 8, 1, 6), (1, 6, 5, 8)]
    )
    assert back.estimate == -there.estimate
    assert back.statistic == pytest.approx(-there.statistic)
    assert back.p_value == there.p_value
    assert (back.conf_low, back.conf_high) == (-there.conf_high, -there.conf_low)


def test_two_arms_without_any_response_differ_by_nothing_but_not_surely():
    found = proportion_difference(Counts(0, 8, 0, 8), 0.95)
    assert (found.estimate, found.statistic, found.p_value) == (0, 0, 1)
    assert found.conf_low == -found.conf_high < -0.3
    assert found.std_error > 0


def test_large_arms_pass_from_counting_to_the_normal_tail_without_a_jump(monkeypatch):
    counts = Counts(20, 45, 11, 45)
    exact = proportion_difference(counts, 0.95)
    monkeypatch.setattr(proportions, "COUNTED_TABLES", 0)
    normal = proportion_difference.__wrapped__(counts, 0.95)
    assert exact.p_value == pytest.approx(normal.p_value, rel=0.15)
    assert exact.conf_low == pytest.approx(normal.conf_low, abs=0.01)


def test_a_source_compares_two_arms_and_leaves_out_an_arm_without_mice():
    source = proportion_source(
        "response_rate", ("v", "A", "B"), np.array([0, 5, 0]), np.array([10, 10, 0]), "m"
    )
    raw = source.contrast_of(np.array([[-1.0, 1, 0], [-1, 0, 1]]), 0.95)
    assert raw.estimate[0] == 0.5
    assert raw.estimable.tolist() == [True, False]
    with pytest.raises(ValueError, match="two at a time"):
        source.contrast_of(np.array([[1.0, 1, -2]]), 0.95)
