from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from xenotrack.compare.factorial import estimate_factorials
from xenotrack.compare.joint_tests import welch_james
from xenotrack.glossary import TABLES
from xenotrack.model.estimates import welch_test

from .combos import EFFECTS, FACTORIAL, TWO, additive
from .reference import design_of, simple_estimates


def factorials(rates, **how):
    estimates = simple_estimates(rates, independent=True, **how)
    design = design_of(estimates.arms)
    return estimate_factorials(estimates, design, 0.95, welch_james(estimates))


def test_additive_drugs_have_their_own_effects_and_nothing_else():
    (found,) = factorials(additive())
    frame = found.to_frame()
    assert tuple(frame.columns) == TABLES["factorial"]
    by_effect = dict(zip(frame["effect"], frame["estimate"], strict=True))
    assert {drug: by_effect[drug] for drug in "ABC"} == pytest.approx(EFFECTS)
    others = [by_effect[name] for name in ("A+B", "A+C", "B+C", "A+B+C")]
    assert others == pytest.approx([0] * 4, abs=1e-12)
    assert frame["order"].value_counts().to_dict() == {
        "main effect": 3,
        "two-way interaction": 3,
        "three-way interaction": 1,
        "joint F test": 2,
    }
    assert frame["averaged_over"].tolist()[3:7] == ["C", "B", "A", ""]


def test_an_excess_of_the_triple_is_halved_in_the_pairs():
    rates = additive()
    rates["A+B+C"] += 0.04
    (found,) = factorials(rates)
    estimates = dict(zip(found.to_frame()["effect"], found.estimate, strict=False))
    assert estimates["A+B+C"] == pytest.approx(0.04)
    assert estimates["A+B"] == pytest.approx(0.02)
    assert estimates["A"] == pytest.approx(EFFECTS["A"] + 0.01)


def test_holm_counts_effects_of_one_order():
    rates = additive() | {"A+B": 0.055}
    (found,) = factorials(rates)
    single, pair = found.p_adjusted[:3], found.p_adjusted[3:6]
    assert single.min() == pytest.approx(3 * found.p_value[:3].min())
    assert pair.min() == pytest.approx(min(1, 3 * found.p_value[3:6].min()))
    assert found.p_adjusted[6] == found.p_value[6]


def test_only_the_largest_full_factorial_is_shown():
    (found,) = factorials(additive())
    assert found.drugs == ("A", "B", "C")
    lacking = {arm: rate for arm, rate in additive().items() if arm != "B+C"}
    assert [each.drugs for each in factorials(lacking)] == [("A", "B"), ("A", "C")]


def test_without_all_cells_there_is_no_factorial():
    assert factorials({"vehicle": 0.06, "A": 0.04, "A+B": 0.02}) == ()
    assert factorials(TWO | {"A": np.nan}, std_error=np.nan) == ()


def test_one_sum_is_tested_by_welch_and_differences_of_all_by_welchs_f():
    variances, df = np.array([1.0, 4.0, 0.25, 2.0]), np.array([5.0, 9.0, 7.0, 4.0])
    estimates = simple_estimates({"a": 1.0, "b": 3.0, "c": 2.0, "d": 5.0}, independent=True)
    estimates.covariance[:] = np.diag(variances)

    def degrees_of_freedom(weights):
        share = np.atleast_2d(weights) ** 2 * variances
        return share.sum(axis=1) ** 2 / (share**2 / df).sum(axis=1)

    object.__setattr__(estimates, "degrees_of_freedom", degrees_of_freedom)
    joint = welch_james(estimates)
    weights = np.array([[1.0, -1.0, -1.0, 1.0]])
    one = joint(weights)
    assert one.statistic == pytest.approx((1 - 3 - 2 + 5) ** 2 / variances.sum())
    assert one.df_denominator == pytest.approx(degrees_of_freedom(weights)[0])
    equal = joint(np.hstack([-np.ones((3, 1)), np.eye(3)]))
    welch = welch_test(estimates.values, variances, df)
    assert equal.statistic == pytest.approx(welch.statistic)
    assert equal.df_denominator == pytest.approx(welch.df_denominator)


def test_with_known_variances_the_joint_test_is_chi_square():
    rates = dict(zip(FACTORIAL, np.linspace(0.01, 0.08, 8) ** 1.5, strict=True))
    (found,) = factorials(rates, df=np.inf, std_error=0.004)
    sums = found.estimate[3:]
    expected = (sums[:3] ** 2).sum() / (2 * 0.004**2) + sums[3] ** 2 / (8 * 0.004**2)
    assert found.additive.p_value == pytest.approx(stats.chi2.sf(expected, 4))


def test_too_few_arms_with_any_spread_have_no_joint_test():
    estimates = simple_estimates(additive(), independent=True)
    spread = np.diag([1e-4, *[0.0] * 7])
    known = replace(estimates, covariance=spread)
    (found,) = estimate_factorials(known, design_of(known.arms), 0.95, welch_james(known))
    assert (found.std_error > 0).all()
    assert found.additive is None
    assert found.inert is None
