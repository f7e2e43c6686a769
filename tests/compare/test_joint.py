import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from xenotrack.compare.joint import (
    any_correlation_cdf,
    critical_value,
    many_to_one_cdf,
    range_cdf,
    root_between,
    two_sided_level,
)


@pytest.mark.parametrize("df", [3.0, 5.3, 12.0, 40.5])
@pytest.mark.parametrize("n_arms", [2, 3, 8])
def test_the_studentised_range_is_scipys(n_arms, df):
    for bound in (1.0, 3.5, 6.0):
        expected = stats.studentized_range.cdf(bound, n_arms, df)
        assert range_cdf(bound, n_arms, df) == pytest.approx(expected, abs=1e-8)


def test_the_range_of_two_means_is_a_t():
    for df in (2.0, 7.5, np.inf):
        expected = 2 * stats.t.cdf(2.1, df) - 1
        assert range_cdf(2.1 * np.sqrt(2), 2, df) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize("df", [2.0, 5.0, 60.0, np.inf])
def test_one_claim_has_the_t_distribution(df):
    alone = many_to_one_cdf(1.7, np.array([0.6]), df, sides=2)
    assert alone == pytest.approx(2 * stats.t.cdf(1.7, df) - 1, abs=1e-10)
    assert many_to_one_cdf(1.7, np.array([0.6]), df, sides=1) == pytest.approx(
        stats.t.cdf(1.7, df), abs=1e-10
    )


def test_unshared_normal_claims_multiply():
    each = 2 * stats.norm.cdf(2.0) - 1
    assert many_to_one_cdf(2.0, np.zeros(4), np.inf, 2) == pytest.approx(each**4, abs=1e-12)
    assert any_correlation_cdf(2.0, np.eye(4), np.inf, 2) == pytest.approx(each**4, abs=1e-10)


@pytest.mark.parametrize(("count", "expected"), [(2, 2.57), (3, 2.76), (4, 2.89)])
def test_dunnetts_table(count, expected):
    # Dunnett (1964, Biometrics 20:482), two-sided 5 %, equal groups, 10 degrees of freedom.
    loadings = np.full(count, np.sqrt(0.5))
    bound = critical_value(lambda b: many_to_one_cdf(b, loadings, 10.0, 2), 0.95, 10.0, count)
    assert round(bound, 2) == expected


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("df", [4.0, 30.0, np.inf])
def test_the_lattice_agrees_with_the_exact_quadrature(df, sides):
    loadings = np.array([0.8, 0.7, 0.5, 0.3])
    correlation = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    exact = many_to_one_cdf(2.4, loadings, df, sides)
    lattice = any_correlation_cdf(2.4, correlation, df, sides)
    assert 1 - lattice == pytest.approx(1 - exact, rel=3e-3)


def test_a_tight_common_arm_is_integrated_finely_enough():
    # With loadings near 1 the contrasts nearly coincide: the joint probability tends to one's own.
    alone = 2 * stats.t.cdf(2.2, 15) - 1
    assert many_to_one_cdf(2.2, np.full(3, 0.99999), 15.0, 2) == pytest.approx(alone, abs=3e-3)


@given(st.floats(2, 200), st.floats(0.5, 0.999), st.integers(2, 8), st.floats(0.1, 0.95))
@settings(max_examples=30, deadline=None)
def test_a_critical_value_is_where_the_cdf_has_its_level(df, level, count, loading):
    loadings = np.full(count, loading)

    def cdf(bound):
        return many_to_one_cdf(bound, loadings, df, 2)

    bound = critical_value(cdf, level, df, count)
    assert cdf(bound) == pytest.approx(level, abs=1e-9)
    assert stats.t.ppf((1 + level) / 2, df) <= bound * (1 + 1e-9)


def test_a_root_is_found_where_the_slope_vanishes():
    assert root_between(lambda x: -((x - 0.7) ** 9), 0.0, 5.0) == pytest.approx(0.7, abs=0.07)
    assert root_between(lambda x: 1 - np.exp(40 * (x - 1)), 0.0, 3.0) == pytest.approx(1)


def test_an_end_that_is_past_the_root_is_the_answer():
    assert root_between(lambda x: -1 - x, 2.0, 3.0) == 2.0
    assert root_between(lambda x: 9 - x, 2.0, 3.0) == 3.0


def test_a_bound_of_t_is_a_level():
    assert two_sided_level(2.228138852, 10) == pytest.approx(0.95, abs=1e-9)
