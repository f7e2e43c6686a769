"""Growth by arm, from a common intercept and as a ratio: against R."""

from __future__ import annotations

import numpy as np
import pytest

from xenotrack.model.estimates import welch_test
from xenotrack.model.growth_fit import GrowthFit

from . import growth_studies as studies

WITH_RATIO = [name for name in studies.OWN_STUDIES if name != "tiny"]


def assert_by_arm(fit: GrowthFit, alone: list[dict], rows: dict, weights: dict, df: str) -> None:
    suffix, key = (
        ("_kenward_roger", "df_kenward_roger") if df != "satterthwaite" else ("", f"df_{df}")
    )
    arms = [row["arm"] for row in alone]
    slopes = [
        {
            "arm": r["arm"],
            "estimate": r["estimate"],
            "std_error": r[f"std_error{suffix}"],
            "df": r[key],
        }
        for r in alone
    ]
    found = [piece.mixed.log_likelihood for piece in fit.pieces]
    np.testing.assert_allclose(found, [row["reml_loglik"] for row in alone], atol=1e-6, rtol=0)
    assert [piece.mixed.rank for piece in fit.pieces] == [row["rank"] for row in alone]
    studies.assert_terms(fit, studies.terms_of([*slopes, *rows], arms, weights))


@pytest.mark.parametrize("df", ["kenward-roger", "satterthwaite"])
@pytest.mark.parametrize("name", studies.OWN_STUDIES)
def test_by_arm_is_a_fit_of_each_arm_alone_with_welch_contrasts(name, df):
    found = studies.own_json(f"{name}.by_arm")
    table, weights = found["by_arm"], found["combination_weights"] or {}
    fit = studies.fit(studies.sheet(name), variances="by_arm", below_limit="drop", df=df)
    contrasts = [*table["pairs"], *(table.get("combinations") or [])]
    rows = contrasts if df == "kenward-roger" else []
    assert_by_arm(fit, table["arms"], rows, weights, df)


@pytest.mark.parametrize("name", studies.OWN_STUDIES)
def test_by_arm_equal_rates_are_tested_by_welchs_f(name):
    expected = studies.own_json(f"{name}.by_arm")["by_arm"]["joint"][0]
    fit = studies.fit(studies.sheet(name), variances="by_arm", below_limit="drop")
    found = fit.slopes_differ()
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-5)
    assert found.df_numerator == expected["df_numerator"]
    assert found.df_denominator == pytest.approx(expected["df_denominator"], rel=1e-5)
    assert found.p_value == pytest.approx(expected["p_value"], rel=1e-4)


def test_welchs_f_of_made_up_rates_is_that_of_r():
    table = studies.own_json("groups")
    rates = [np.array(values) for values in table["mouse_rates"].values()]
    means = np.array([own.mean() for own in rates])
    variances = np.array([own.var(ddof=1) / len(own) for own in rates])
    found = welch_test(means, variances, np.array([len(own) - 1.0 for own in rates]))
    expected = table["welch_anova"][0]
    assert (found.statistic, found.df_numerator, found.df_denominator) == pytest.approx(
        (expected["statistic"], expected["df_numerator"], expected["df_denominator"]), rel=1e-9
    )


@pytest.mark.parametrize("model", ["common", "ratio"])
@pytest.mark.parametrize("name", WITH_RATIO)
def test_a_common_intercept_and_a_ratio_are_those_of_r(name, model):
    found = studies.own_json(f"{name}.baseline")
    table, weights = found[model], found["combination_weights"] or {}
    fit = studies.fit(studies.sheet(name), variances="pooled", below_limit="drop", baseline=model)
    mixed = fit.pieces[0].mixed
    assert mixed.log_likelihood == pytest.approx(table["reml_loglik"], abs=1e-6)
    assert fit.n_measurements.sum() == table["n_measurements"]
    tables = table["kenward_roger"]
    rows = [*tables["slopes"], *tables["pairs"], *(table.get("combinations") or [])]
    studies.assert_terms(fit, studies.terms_of(rows, found["arms"], weights))


@pytest.mark.parametrize("name", WITH_RATIO)
def test_a_ratio_by_arm_is_that_of_r(name):
    found = studies.own_json(f"{name}.by_arm")
    table, weights = found["ratio_by_arm"], found["combination_weights"] or {}
    fit = studies.fit(studies.sheet(name), variances="by_arm", below_limit="drop", baseline="ratio")
    rows = [*table["pairs"], *(table.get("combinations") or [])]
    assert_by_arm(fit, table["arms"], rows, weights, "kenward-roger")
