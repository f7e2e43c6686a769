"""What a growth fit tells: its table, curves, components and facts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xenotrack.model.growth import fit_growth
from xenotrack.model.spread import COMPONENTS, variance_components
from xenotrack.study.rules import CompareRules, GrowthRules, Rules

from . import growth_studies as studies


def test_the_table_has_the_columns_of_the_contract_and_finite_numbers():
    growth = fit_growth(studies.study_of(studies.simulated({"a": 0.05, "b": -0.05}))).to_frame()
    assert " ".join(growth.columns) == (
        "arm n_mice n_measurements from_day until_day estimate std_error df statistic p_value "
        "conf_low conf_high late_rate late_low late_high lowest_day regrowth_rate regrowth_low "
        "verdict doubling_time_days doubling_time_low doubling_time_high"
    )
    grows, shrinks = growth.iloc[0], growth.iloc[1]
    assert grows["doubling_time_days"] == pytest.approx(np.log(2) / grows["estimate"])
    assert grows["doubling_time_low"] == pytest.approx(np.log(2) / grows["conf_high"])
    assert grows["doubling_time_high"] == pytest.approx(np.log(2) / grows["conf_low"])
    doubling = ["doubling_time_days", "doubling_time_low", "doubling_time_high"]
    assert shrinks[doubling].isna().all()
    t = grows["estimate"] / grows["std_error"]
    assert grows["p_value"] == pytest.approx(2 * stats.t.sf(t, grows["df"]))
    reach = stats.t.ppf(0.975, grows["df"]) * grows["std_error"]
    assert grows["conf_low"] == pytest.approx(grows["estimate"] - reach)


def test_the_level_widens_the_interval():
    rules = Rules(compare=CompareRules(level=0.8), growth=GrowthRules(variances="by_arm"))
    study = studies.study_of(studies.simulated({"a": 0.05}), rules=rules)
    row = studies.fit_study(study).to_frame().iloc[0]
    reach = stats.t.ppf(0.9, row["df"]) * row["std_error"]
    assert row["conf_high"] - row["estimate"] == pytest.approx(reach)


def test_curves_are_the_lines_of_the_table_in_cubic_millimetres():
    fit = studies.fit(
        studies.simulated({"a": 0.05, "b": 0.02, "one": 0.1}, {"a": 6, "b": 6, "one": 1})
    )
    curves = fit.curves(points=5)
    assert list(curves.columns) == ["arm", "day", "estimate", "conf_low", "conf_high"]
    assert curves["arm"].tolist() == ["a"] * 5 + ["b"] * 5
    a = curves[curves["arm"] == "a"]
    assert (a["day"].min(), a["day"].max()) == (0, 21)
    assert np.log(a["estimate"]).to_numpy() == pytest.approx(
        fit.values[0] + fit.values[1] * a["day"].to_numpy()
    )
    assert (a["conf_low"] < a["estimate"]).all()
    assert (a["estimate"] < a["conf_high"]).all()
    end = np.array([[1.0, 21, 0, 0, 0, 0]])
    spread = np.nan_to_num(fit.covariance)
    reach = stats.t.ppf(0.975, fit.degrees_of_freedom(end)) * np.sqrt(end @ spread @ end.T)[0]
    assert np.log(a["conf_high"] / a["estimate"]).iloc[-1] == pytest.approx(reach[0])


def test_a_ratio_curve_starts_at_one():
    fit = studies.fit(studies.simulated({"a": 0.05, "b": 0.02}), baseline="ratio")
    start = fit.curves()
    start = start[start["day"] == start["day"].min()]
    assert np.log(start["estimate"]).to_numpy() == pytest.approx(fit.values * 3)
    assert studies.intercepts(fit).tolist() == [0, 0]


def test_components_are_a_row_a_fit():
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    by_arm, pooled = (
        variance_components(studies.fit(sheet, variances=v)) for v in ("by_arm", "pooled")
    )
    assert by_arm["arms"].tolist() == ["a", "b"]
    assert pooled["arms"].tolist() == ["a, b"]
    assert pooled.columns.tolist() == list(COMPONENTS)
    assert by_arm[["residual_power", "day_correlation"]].isna().all(axis=None)
    ratio = variance_components(studies.fit(sheet, baseline="ratio", variances="pooled"))
    assert ratio["intercept_sd"].isna().all()
    assert ratio["slope_sd"].notna().all()


def test_components_are_those_of_the_fit():
    mixed = studies.fit(studies.sheet("two_by_two"), variances="pooled")
    row = variance_components(mixed).iloc[0]
    expected = studies.own_json("two_by_two.growth")["pooled"]
    assert row["residual_sd"] == pytest.approx(expected["sigma"], rel=1e-5)
    assert row["slope_sd"] ** 2 == pytest.approx(expected["var_day"], rel=1e-5)
    correlation = expected["cov_intercept_day"] / np.sqrt(
        expected["var_intercept"] * expected["var_day"]
    )
    assert row["correlation"] == pytest.approx(correlation, rel=1e-4)


@pytest.mark.parametrize("variances", ["by_arm", "pooled"])
def test_facts_are_one_row(variances):
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    fit = studies.fit(sheet, variances=variances, until_day=17)
    facts = fit.facts()
    assert len(facts) == 1
    row = facts.iloc[0]
    assert (row["variances"], row["baseline"]) == (variances, "arm")
    assert row[["first_day", "last_day", "n_mice"]].tolist() == [0, 17, 16]
    assert row["n_measurements"] == 16 * 6
    weights = np.array([[1.0, -1.0]])
    slopes = fit.rates()
    t = weights @ slopes.values / np.sqrt(weights @ slopes.covariance @ weights.T)[0]
    assert row["slopes_differ_f"] == pytest.approx(t[0] ** 2, rel=1e-6)
    assert row["slopes_differ_df1"] == 1
    assert row["slopes_differ_df2"] == pytest.approx(
        slopes.degrees_of_freedom(weights)[0], rel=1e-6
    )


def test_facts_of_one_arm_have_no_joint_test():
    facts = studies.fit(studies.simulated({"a": 0.05})).facts().iloc[0]
    assert np.isnan(facts["slopes_differ_p"])


def test_known_rates_are_recovered():
    rates = {"vehicle": 0.1, "a": 0.06, "b": -0.02}
    sheet = studies.simulated(rates, n_mice=200, slope_sd=0.01)
    fit = studies.fit(sheet)
    assert fit.rates().values == pytest.approx(list(rates.values()), abs=0.003)
    assert np.sqrt(np.diag(fit.rates().covariance)) == pytest.approx(0.01 / np.sqrt(200), rel=0.15)
    spread = variance_components(fit)
    assert spread["slope_sd"].to_numpy() == pytest.approx(0.01, rel=0.2)
    assert spread["intercept_sd"].to_numpy() == pytest.approx(0.3, rel=0.2)
    assert spread["residual_sd"].to_numpy() == pytest.approx(0.1, rel=0.1)
