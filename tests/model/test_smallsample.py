"""Small-sample tests: against R, against closed forms, against the dense definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from xenotrack.model.information import Information, spanning_units
from xenotrack.model.reml import fit_reml
from xenotrack.model.smallsample import JointTest, KenwardRoger, Normal, Satterthwaite

from . import growth_studies as studies
from .test_reml import dense_deviance, matrices, reference_fit

few = settings(max_examples=8, deadline=None, derandomize=True)
METHODS = ("kenward-roger", "satterthwaite")


@pytest.mark.parametrize("df", METHODS)
@pytest.mark.parametrize("name", studies.STUDIES)
def test_estimates_errors_and_df_of_every_term_are_those_of_r(name, df):
    fit = studies.fit(studies.sheet(name), variances="pooled", below_limit="drop", df=df)
    studies.assert_terms(fit, studies.answers(name).terms[df])


@pytest.mark.parametrize("df", METHODS)
@pytest.mark.parametrize("name", studies.STUDIES)
def test_the_joint_test_of_the_slopes_is_that_of_r(name, df):
    fit = studies.fit(studies.sheet(name), variances="pooled", below_limit="drop", df=df)
    found, expected = fit.slopes_differ(), studies.answers(name).joint[df]
    assert (found.statistic, found.df_numerator, found.df_denominator) == pytest.approx(
        expected, rel=1e-5
    )
    assert found.p_value == pytest.approx(stats.f.sf(*expected), rel=1e-4)


def two_arms_of_lines(seed: int = 4):
    """Complete balanced data with the least-squares line of each mouse."""
    sheet = studies.simulated({"a": 0.06, "b": 0.03}, n_mice=8, seed=seed)
    table = sheet.assign(y=np.log(sheet["volume"])).pivot(index="mouse", columns="day", values="y")
    slope, intercept = np.polyfit(table.columns.to_numpy(), table.to_numpy().T, 1)
    return sheet, intercept, slope


def test_in_complete_balanced_data_kenward_roger_is_the_t_test_of_mouse_slopes():
    sheet, _, slope = two_arms_of_lines()
    fit = studies.fit(sheet, variances="pooled").rates()
    weights = np.array([[1.0, -1.0]])
    expected = stats.ttest_ind(slope[:8], slope[8:])
    estimate = weights @ fit.values
    std_error = np.sqrt(weights @ fit.covariance @ weights.T)[0]
    assert estimate == pytest.approx(slope[:8].mean() - slope[8:].mean(), rel=1e-9)
    assert estimate / std_error == pytest.approx(expected.statistic, rel=1e-6)
    assert fit.degrees_of_freedom(weights) == pytest.approx(14, rel=1e-8)


def test_in_complete_balanced_data_by_arm_is_the_welch_test_of_mouse_slopes():
    sheet, _, slope = two_arms_of_lines()
    fit = studies.fit(sheet, variances="by_arm").rates()
    expected = stats.ttest_ind(slope[:8], slope[8:], equal_var=False)
    weights = np.array([[1.0, -1.0]])
    std_error = np.sqrt(weights @ fit.covariance @ weights.T)[0]
    assert weights @ fit.values / std_error == pytest.approx(expected.statistic, rel=1e-6)
    assert fit.degrees_of_freedom(weights) == pytest.approx(expected.df, rel=1e-6)


def test_in_complete_balanced_data_the_joint_test_is_hotellings():
    sheet, intercept, slope = two_arms_of_lines()
    lines = np.column_stack([intercept, slope])
    difference = lines[:8].mean(axis=0) - lines[8:].mean(axis=0)
    spread = (np.cov(lines[:8].T) + np.cov(lines[8:].T)) / 2
    t_squared = 4 * difference @ np.linalg.solve(spread, difference)
    fit = fit_reml(*matrices(sheet))
    found = KenwardRoger(fit).joint_test(np.array([[1.0, -1, 0, 0], [0, 0, 1, -1]]))
    assert found.df_denominator == pytest.approx(13, rel=1e-6)
    assert found.statistic == pytest.approx(13 / (14 * 2) * t_squared, rel=1e-6)


def test_two_mice_an_arm_have_one_degree_of_freedom_by_arm():
    sheet = studies.simulated({"a": 0.06, "b": 0.03}, n_mice=2, slope_sd=0.05, seed=2)
    fit = studies.fit(sheet, variances="by_arm").rates()
    assert fit.degrees_of_freedom(np.eye(2)) == pytest.approx([1, 1], rel=1e-6)


@pytest.mark.parametrize("reference", [KenwardRoger, Satterthwaite])
@pytest.mark.parametrize("name", ["two_by_two", "tiny", "rank_one", "no_spread"])
def test_a_joint_test_of_one_row_is_the_t_test_squared(name, reference):
    used = reference(reference_fit(name))
    weights = np.random.default_rng(1).normal(size=(1, used.fit.patterns.p))
    t = weights @ used.fit.coefficients / np.sqrt(weights @ used.covariance @ weights.T)[0]
    found = used.joint_test(weights)
    assert found.statistic == pytest.approx(t[0] ** 2, rel=1e-6)
    assert found.df_denominator == pytest.approx(used.degrees_of_freedom(weights)[0], rel=1e-6)


@pytest.mark.parametrize("reference", [KenwardRoger, Satterthwaite, Normal])
def test_a_joint_test_does_not_depend_on_how_its_rows_are_mixed(reference):
    used = reference(reference_fit("two_by_two"))
    rows = np.hstack([np.zeros((3, 4)), -np.ones((3, 1)), np.eye(3)])
    mixed = np.random.default_rng(0).normal(size=(3, 3)) @ rows
    one, other = used.joint_test(rows), used.joint_test(mixed)
    assert one.statistic == pytest.approx(other.statistic, rel=1e-8)
    if reference is not Satterthwaite:  # its df come from the directions it is split into
        assert one.df_denominator == pytest.approx(other.df_denominator, rel=1e-8)


def test_the_normal_reference_has_infinite_df_and_a_chi_square():
    fit = reference_fit("two_by_two")
    used = Normal(fit)
    assert np.isinf(used.degrees_of_freedom(np.eye(8))).all()
    rows = np.hstack([np.zeros((3, 4)), -np.ones((3, 1)), np.eye(3)])
    estimate = rows @ fit.coefficients
    wald = estimate @ np.linalg.solve(rows @ fit.covariance @ rows.T, estimate)
    found = used.joint_test(rows)
    assert found.statistic == pytest.approx(wald / 3)
    assert found.p_value == pytest.approx(stats.chi2.sf(wald, 3))


def test_the_p_value_of_a_joint_test_is_of_the_f_distribution():
    assert JointTest(3.2, 2, 11.5).p_value == pytest.approx(stats.f.sf(3.2, 2, 11.5))


class DenseCovariance:
    """V(γ) written out, γ being the covariance of the scaled Z in the order 11, 21, 22, and σ²."""

    def __init__(self, sheet, fit):
        self.y, self.X, Z, self.group = matrices(sheet)
        self.Z = Z / fit.patterns.z_scale
        scaled = fit.random_covariance * np.outer(fit.patterns.z_scale, fit.patterns.z_scale)
        self.gamma = np.array([*scaled[[0, 1, 1], [0, 0, 1]], fit.residual_variance])

    def deviance(self, gamma):
        covariance = np.array([[gamma[0], gamma[1]], [gamma[1], gamma[2]]])
        return dense_deviance(self.y, self.X, self.Z, self.group, covariance, gamma[3])

    def slopes(self):
        """∂V/∂γ, (4, n, n)."""
        same = self.group[:, None] == self.group
        return [*(same * (self.Z @ U @ self.Z.T) for U in spanning_units(2)), np.eye(len(self.y))]

    def projection(self):
        covariance = np.array([self.gamma[[0, 1]], self.gamma[[1, 2]]])
        V = (self.group[:, None] == self.group) * (self.Z @ covariance @ self.Z.T)
        W = np.linalg.inv(V + self.gamma[3] * np.eye(len(self.y)))
        WX = W @ self.X
        return W - WX @ np.linalg.solve(self.X.T @ WX, WX.T)


def of_single(fit):
    return Information(fit.patterns, fit.factor, fit.residual_variance)


@few
@given(studies.random_sheets())
def test_observed_gradient_and_hessian_are_those_of_finite_differences(sheet):
    fit = fit_reml(*matrices(sheet))
    dense = DenseCovariance(sheet, fit)
    reach = 3e-4 * fit.residual_variance * np.eye(4)

    def at(*steps):
        return dense.deviance(dense.gamma + np.sum(steps, axis=0))

    slope = [(at(step) - at(-step)) for step in reach] / (2 * reach.sum(axis=1))
    curvature = np.array(
        [[at(a, b) - at(a, -b) - at(-a, b) + at(-a, -b) for a in reach] for b in reach]
    ) / (4 * np.outer(reach.sum(axis=1), reach.sum(axis=1)))
    information = of_single(fit)
    gradient, hessian = information.observed(fit.shift)
    scale = np.sqrt(np.diag(information.expected))
    np.testing.assert_allclose(gradient / scale, slope / scale, atol=1e-4)
    np.testing.assert_allclose(
        hessian / np.outer(scale, scale), curvature / np.outer(scale, scale), atol=2e-3
    )


@few
@given(studies.random_sheets())
def test_the_expected_hessian_is_the_trace_of_projections(sheet):
    fit = fit_reml(*matrices(sheet))
    dense = DenseCovariance(sheet, fit)
    moved = [dense.projection() @ slope for slope in dense.slopes()]
    expected = [[np.trace(a @ b) for b in moved] for a in moved]
    np.testing.assert_allclose(of_single(fit).expected, expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["no_spread", "rank_one", "no_slope_spread", "tiny"])
def test_degrees_of_freedom_stay_finite_at_the_boundary(name):
    fit = reference_fit(name)
    for reference in (KenwardRoger, Satterthwaite):
        df = reference(fit).degrees_of_freedom(np.eye(fit.patterns.p))
        assert np.all((df > 1) & (df < fit.patterns.n + 100))
