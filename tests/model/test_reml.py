"""The likelihood: against R, against statsmodels, against its dense definition, at its edges."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.errors import FitError
from xenotrack.model import criterion, reml, stencil
from xenotrack.model.patterns import join_patterns, summarise
from xenotrack.model.reml import MixedFit, fit_patterns, fit_reml

from . import growth_studies as studies

few = settings(max_examples=12, deadline=None, derandomize=True)


def matrices(sheet: pd.DataFrame, day_unit: float = 1.0) -> tuple[np.ndarray, ...]:
    """y, X, Z and groups of the pooled model: intercept and slope by arm, a line by mouse."""
    day = sheet["day"].to_numpy(dtype=float) / day_unit
    arms = pd.get_dummies(sheet["arm"]).to_numpy(dtype=float)
    Z = np.column_stack([np.ones_like(day), day])
    X = np.hstack([arms, arms * day[:, None]])
    return np.log(sheet["volume"].to_numpy()), X, Z, pd.factorize(sheet["mouse"])[0]


def reference_fit(name: str) -> MixedFit:
    sheet = studies.sheet(name)
    return fit_reml(*matrices(sheet[sheet["volume"] > 0]))


def dense_deviance(y, X, Z, group, covariance, sigma2) -> float:
    """−2 log L = (n−p) log 2π + log|V| + log|X'V⁻¹X| + r'V⁻¹r, with V written out."""
    V = (group[:, None] == group) * (Z @ covariance @ Z.T) + sigma2 * np.eye(len(y))
    W = np.linalg.inv(V)
    XWX = X.T @ W @ X
    r = y - X @ np.linalg.solve(XWX, X.T @ W @ y)
    log_dets = np.linalg.slogdet(V)[1] + np.linalg.slogdet(XWX)[1]
    return float((len(y) - X.shape[1]) * np.log(2 * np.pi) + log_dets + r @ W @ r)


def random_factors(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = 10.0 ** rng.uniform(-3, 1, (count, 2, 1))
    return np.tril(rng.normal(size=(count, 2, 2)) * size)


@pytest.mark.parametrize("name", studies.STUDIES)
def test_the_log_likelihood_is_that_of_r(name):
    expected = studies.answers(name).log_likelihood
    assert reference_fit(name).log_likelihood == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", studies.STUDIES)
def test_the_variances_are_those_of_r(name):
    fit, expected = reference_fit(name), studies.answers(name)
    intercept, product, slope = expected.variances
    # At rank zero R stops at 1e-10 of the residual variance.
    close = {"rel": 1e-5, "abs": 1e-8 * expected.residual_variance}
    assert fit.random_covariance[0, 0] == pytest.approx(intercept, **close)
    assert fit.random_covariance[1, 1] == pytest.approx(slope, **close)
    assert fit.random_covariance[0, 1] == pytest.approx(
        product, abs=1e-5 * np.sqrt(intercept * slope) + close["abs"]
    )
    assert fit.residual_variance == pytest.approx(expected.residual_variance, rel=1e-5)


@pytest.mark.parametrize("name", studies.OWN_STUDIES)
def test_a_singular_fit_keeps_the_rank_that_r_finds(name):
    fit, expected = reference_fit(name), studies.answers(name)
    assert fit.rank == expected.rank
    assert fit.singular == (expected.rank < 2)
    scale = fit.patterns.z_scale
    values = np.linalg.eigvalsh(fit.random_covariance * np.outer(scale, scale))
    assert np.sum(values > 1e-7 * fit.residual_variance) == expected.rank


@pytest.mark.parametrize("name", studies.STUDIES)
def test_every_solution_is_certified(name):
    fit = reference_fit(name)
    slope = criterion.profile(fit.patterns, fit.factor[None]).slope[0]
    assert fit.certificate >= -1e-4
    # Along what is there the gradient vanishes; along what is zero it must not fall.
    assert np.abs(slope @ fit.factor).max() < 1e-5
    assert fit.certificate == pytest.approx(np.linalg.eigvalsh(slope)[0])


def test_the_search_leaves_a_false_optimum():
    fit = reference_fit("false_optimum")
    attempts = studies.own_json("false_optimum.growth")["pooled"]["attempts"]
    tried = [attempt["reml_loglik"] for attempt in attempts]
    assert max(tried) - min(tried) > 0.1  # optimisers do stop there
    assert fit.log_likelihood >= max(tried) - 1e-8


def test_a_start_at_the_false_optimum_is_left(monkeypatch):
    # A diagonal of the factor that is zero is stationary, whatever its gradient in the covariance.
    sheet = studies.sheet("false_optimum")
    expected = reference_fit("false_optimum").log_likelihood
    for start in ([[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]):
        monkeypatch.setattr(reml, "start_of", lambda data, start=start: np.array(start))
        assert fit_reml(*matrices(sheet)).log_likelihood == pytest.approx(expected, abs=1e-7)


def test_the_higher_of_two_tops_is_found():
    # Four mice that missed visits; from the first start the search ends three units lower.
    course = {
        "a": ([3, 8, 12, 31], [4.86, 5.13, 5.45, 6.58]),
        "b": ([33], [8.56]),
        "c": ([3, 8], [5.19, 5.31]),
        "d": ([12, 31, 33], [5.49, 6.98, 7.02]),
    }
    rows = [
        (mouse, "arm", day, np.exp(y))
        for mouse, own in course.items()
        for day, y in zip(*own, strict=True)
    ]
    data = summarise(*matrices(pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume"])))
    others = criterion.profile(data, random_factors(2000)).deviance
    found = fit_patterns(data)
    assert (
        found.log_likelihood > reml._climb([data], reml.start_of(data)[None])[0].log_likelihood + 3
    )
    assert -2 * found.log_likelihood <= others.min() + 1e-7


@few
@given(studies.random_sheets())
def test_no_other_covariance_is_likelier(sheet):
    fit = fit_reml(*matrices(sheet))
    others = criterion.profile(fit.patterns, random_factors(200)).deviance
    assert -2 * fit.log_likelihood <= others.min() + 1e-7


@few
@given(studies.random_sheets())
def test_the_likelihood_is_its_dense_definition(sheet):
    y, X, Z, group = matrices(sheet)
    fit = fit_reml(y, X, Z, group)
    dense = dense_deviance(y, X, Z, group, fit.random_covariance, fit.residual_variance)
    assert -2 * fit.log_likelihood == pytest.approx(dense, rel=1e-9, abs=1e-7)
    data, factors = fit.patterns, random_factors(5)
    at = criterion.profile(data, factors)
    for factor, deviance, sigma2 in zip(factors, at.deviance, at.sigma2, strict=True):
        covariance = sigma2 * factor @ factor.T / np.outer(data.z_scale, data.z_scale)
        dense = dense_deviance(y, X, Z, group, covariance, sigma2)
        assert deviance == pytest.approx(dense, rel=1e-8, abs=1e-6)


@few
@given(studies.random_sheets(), st.integers(0, 99))
def test_the_gradient_is_that_of_finite_differences(sheet, seed):
    data = summarise(*matrices(sheet))
    factor = random_factors(1, seed)[0] + 0.3 * np.eye(2)
    at = criterion.profile(data, factor[None])
    rows, columns = criterion.LOWER[2]
    for i, analytic in enumerate(at.theta_slope(factor[None])[0]):
        step = np.zeros((2, 2))
        step[rows[i], columns[i]] = 1e-5
        ahead, behind = criterion.profile(data, np.stack([factor + step, factor - step])).deviance
        assert analytic == pytest.approx((ahead - behind) / 2e-5, rel=1e-5, abs=1e-4)


def test_a_random_slope_alone_has_the_dense_likelihood_and_gradient():
    y, X, Z, group = matrices(studies.sheet("tiny"))
    data = summarise(y, X, Z[:, 1:], group)
    factor = np.array([[[0.7]], [[0.7 + 1e-5]], [[0.7 - 1e-5]]])
    at = criterion.profile(data, factor)
    covariance = at.sigma2[0] * factor[0] ** 2 / data.z_scale**2
    dense = dense_deviance(y, X, Z[:, 1:], group, covariance, at.sigma2[0])
    assert at.deviance[0] == pytest.approx(dense, abs=1e-7)
    finite = (at.deviance[1] - at.deviance[2]) / 2e-5
    assert at.theta_slope(factor)[0, 0] == pytest.approx(finite, rel=1e-5)


# MixedLM stops when the gradient is small, which leaves the likelihood a little short of its top
# and the variances to about three digits: hence 1e-3 and 1 %.
@pytest.mark.parametrize("name", ["two_by_two", "regrowth", "two_arms", "g03_factorial6"])
def test_statsmodels_agrees_on_interior_fits(name):
    y, X, Z, group = matrices(studies.sheet(name), day_unit=21)
    fit = fit_reml(y, X, Z, group)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import and its convergence checks both warn
        from statsmodels.regression.mixed_linear_model import MixedLM

        other = MixedLM(y, X, group, exog_re=Z).fit(reml=True, method=["powell", "lbfgs"])
    assert fit.log_likelihood == pytest.approx(other.llf, abs=1e-3)
    assert fit.log_likelihood >= other.llf - 1e-6
    np.testing.assert_allclose(fit.coefficients, other.fe_params, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), other.bse_fe, rtol=0.01)
    np.testing.assert_allclose(fit.random_covariance, other.cov_re, rtol=0.02, atol=1e-3)


def test_a_small_spread_beside_a_large_one_is_no_singular_fit():
    rng = np.random.default_rng(3)
    sheet = studies.simulated({"a": 0.05}, n_mice=12, slope_sd=0.002, noise_sd=0.02)
    shift = dict(zip(sheet["mouse"].unique(), np.exp(rng.normal(0, 3, 12)), strict=True))
    sheet["volume"] *= sheet["mouse"].map(shift)
    fit = fit_reml(*matrices(sheet))
    values = np.linalg.eigvalsh(fit.factor @ fit.factor.T)
    assert values[0] < 1e-3 * values[1]
    assert fit.rank == 2


@pytest.mark.parametrize("start", [[[3, 0], [0, 0.2]], [[0.1, 0], [0, 0.1]], [[5, 0], [-5, 5]]])
@pytest.mark.parametrize("name", ["two_by_two", "tiny", "rank_one", "g09_tiny_unbalanced"])
def test_the_end_does_not_depend_on_the_start(name, start, monkeypatch):
    expected = reference_fit(name).log_likelihood
    monkeypatch.setattr(reml, "start_of", lambda data: np.array(start, dtype=float))
    assert reference_fit(name).log_likelihood == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("name", ["two_by_two", "tiny", "rank_one", "regrowth", "no_slope_spread"])
def test_a_search_that_turns_its_axes_ends_at_the_same_place(name, monkeypatch):
    expected = reference_fit(name)
    monkeypatch.setattr(reml, "STEPS", 4)
    monkeypatch.setattr(reml, "start_of", lambda data: np.array([[0.01, 0.0], [-2.0, 2.0]]))
    found = reference_fit(name)
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-5, atol=1e-12)


def test_an_optimum_that_rounding_blurs_is_still_found():
    # Large variances between mice: the deviance is known to 1e-8 only, the gradient far better.
    rng = np.random.default_rng(8)
    sheet = studies.simulated({"a": 0.05}, n_mice=6, slope_sd=0.05, noise_sd=0.002, seed=4)
    sheet = sheet[rng.random(len(sheet)) > 0.3]
    fit = fit_reml(*matrices(sheet))
    slope = criterion.profile(fit.patterns, fit.factor[None]).theta_slope(fit.factor[None])
    assert np.abs(slope).max() < 1e-6


def test_mice_measured_alike_are_one_pattern():
    data = summarise(*matrices(studies.sheet("two_arms")))
    assert sorted(data.weight) == [8, 8]
    own_days = summarise(*matrices(studies.sheet("tiny")))
    assert own_days.weight.sum() == 7
    assert len(own_days.weight) > 4


@pytest.mark.parametrize("name", ["two_by_two", "tiny", "regrowth", "factorial"])
def test_the_patterns_of_arms_join_to_those_of_all(name):
    sheet = studies.sheet(name)
    arms = [summarise(*matrices(own)) for _, own in sheet.groupby("arm")]
    joined, expected = fit_patterns(join_patterns(arms)), reference_fit(name)
    assert joined.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-8)
    k = len(arms)
    turned = np.arange(2 * k).reshape(k, 2).T.ravel()  # ours: intercepts, then slopes
    np.testing.assert_allclose(joined.coefficients[turned], expected.coefficients, rtol=1e-8)
    np.testing.assert_allclose(
        joined.covariance[np.ix_(turned, turned)], expected.covariance, rtol=1e-5, atol=1e-12
    )


def test_pooling_mice_into_patterns_changes_nothing():
    y, X, Z, group = matrices(studies.sheet("two_by_two"))
    pooled = fit_reml(y, X, Z, group)
    rng = np.random.default_rng(5)
    shift = 1e-9 * rng.normal(size=len(y))  # days a hair apart: every mouse its own pattern
    X = X + np.where(X > 1, shift[:, None], 0)
    Z = Z + np.column_stack([np.zeros_like(shift), shift])
    apart = fit_reml(y, X, Z, group)
    assert len(apart.patterns.weight) > len(pooled.patterns.weight)
    assert apart.log_likelihood == pytest.approx(pooled.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(apart.coefficients, pooled.coefficients, rtol=1e-6, atol=1e-9)


def test_another_coding_of_the_arms_is_the_same_model():
    y, X, Z, group = matrices(studies.sheet("two_by_two"))
    M = np.random.default_rng(2).normal(size=(X.shape[1],) * 2)
    one, other = fit_reml(y, X, Z, group), fit_reml(y, X @ M, Z, group)
    np.testing.assert_allclose(M @ other.coefficients, one.coefficients, rtol=1e-7)
    np.testing.assert_allclose(M @ other.covariance @ M.T, one.covariance, rtol=1e-5, atol=1e-12)
    # −½ log|X'V⁻¹X| takes up the determinant.
    moved = one.log_likelihood - np.linalg.slogdet(M)[1]
    assert other.log_likelihood == pytest.approx(moved, abs=1e-6)


def test_many_patterns_are_fitted_one_at_a_time_with_the_same_result():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice=20, days=range(0, 30, 3), seed=3)
    sheet["day"] += np.random.default_rng(1).uniform(0, 1, len(sheet))
    few_patterns = fit_reml(*matrices(sheet))
    copies = pd.concat(
        sheet.assign(mouse=f"{copy} " + sheet["mouse"], day=sheet["day"] + copy * 1e-6)
        for copy in range(130)
    )
    many = fit_reml(*matrices(copies))
    assert len(many.patterns.weight) * many.patterns.p >= 20_000
    np.testing.assert_allclose(many.coefficients, few_patterns.coefficients, rtol=1e-4, atol=1e-4)
    # m − 1 becomes m in the variances: 40 mice with two lines, 130 times over.
    assert many.random_covariance[1, 1] == pytest.approx(
        few_patterns.random_covariance[1, 1] * 19 / 20, rel=0.02
    )
    at = criterion.profile(many.patterns, many.factor[None])
    assert np.abs(at.theta_slope(many.factor[None])).max() < 1e-3


@pytest.mark.parametrize("name", studies.STUDIES)
def test_secants_of_many_patterns_end_where_newton_does(name, monkeypatch):
    expected = reference_fit(name)
    monkeypatch.setattr(stencil, "MANY", 0)
    found = reference_fit(name)
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-9)
    assert found.rank == expected.rank
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("seed", [11, 24, 40])
def test_secants_are_left_before_rounding_leads_them_astray(seed, monkeypatch):
    # Mice 200 times as far apart as their readings scatter: the deviance is known to 1e-5 only.
    rng = np.random.default_rng(seed)
    n_mice, visits = 2000, int(rng.integers(3, 12))
    mouse = np.repeat(np.arange(n_mice), visits)
    day = np.sort(rng.uniform(0, 40, (n_mice, visits)), axis=1).ravel()
    level, slope = rng.standard_normal((2, n_mice))
    y = 5 + 2 * level[mouse] + 0.1 * slope[mouse] * day + 0.01 * rng.standard_normal(len(day))
    line = np.column_stack([np.ones_like(day), day])
    data = summarise(y, line, line, mouse)
    expected = fit_patterns(data)
    monkeypatch.setattr(stencil, "MANY", 0)
    np.testing.assert_allclose(fit_patterns(data).covariance, expected.covariance, rtol=1e-6)


def test_a_large_offset_of_the_readings_costs_no_digits():
    y, X, Z, group = matrices(studies.sheet("two_by_two"))
    one, other = fit_reml(y, X, Z, group), fit_reml(y + 1e6, X, Z, group)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-5)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-4)


class TestDataThatIdentifyNoMixedModel:
    y = np.log([100.0, 150, 190, 310, 90, 120, 160, 230])
    day = np.array([0.0, 3, 7, 10] * 2)
    group = np.repeat([0, 1], 4)

    def fit(self, y=None, day=None, group=None, X=None):
        day = self.day if day is None else day
        Z = np.column_stack([np.ones_like(day), day])
        y = self.y if y is None else y
        return fit_reml(y, Z if X is None else X, Z, self.group if group is None else group)

    def test_two_mice_are_enough(self):
        assert self.fit().rank >= 0

    def test_one_mouse_is_not(self):
        with pytest.raises(FitError, match="single mouse"):
            self.fit(group=np.zeros(8, int))

    def test_two_readings_a_mouse_leave_no_noise(self):
        with pytest.raises(FitError, match="readings enough"):
            self.fit(group=np.repeat(range(4), 2))

    def test_readings_on_their_lines_leave_no_noise(self):
        with pytest.raises(FitError, match="no variation"):
            self.fit(y=5 + self.group + (0.1 + 0.05 * self.group) * self.day)

    def test_a_single_day_has_no_slope(self):
        with pytest.raises(FitError, match="no full rank"):
            self.fit(day=np.full(8, 3.0))

    def test_a_column_of_zeros_is_named(self):
        with pytest.raises(FitError, match="zero throughout"):
            self.fit(X=np.column_stack([np.ones(8), np.zeros(8)]))

    def test_a_fit_that_does_not_converge_is_an_error(self, monkeypatch):
        monkeypatch.setattr(reml, "STEPS", 0)
        with pytest.raises(FitError, match="did not converge"):
            self.fit()
