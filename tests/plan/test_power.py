"""Power is what simulation through the analysis finds, and what theory says where it can."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.plan.closed_form import closed_power, exact_for, slope_variance, welch_power
from xenotrack.plan.power import (
    Plan,
    assurance,
    designs_of,
    mice_needed,
    power_table,
    smallest_effect,
)
from xenotrack.plan.questions import best_part, blocked, difference, synergy, true_rates
from xenotrack.plan.simulate import draw_cohort
from xenotrack.plan.truth import ArmTruth, Scenario, Turn, lasting
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules, StudyRules

COMBO = "A+B"
REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "power.json").read_text(encoding="utf-8")
)


def scenario(**changed: object) -> Scenario:
    rates = {"vehicle": 0.05, "A": 0.03, "B": 0.03, COMBO: -0.01}
    arms = tuple(
        ArmTruth(name, tuple(d for d in name.split("+") if d != "vehicle"), rate, 0.012)
        for name, rate in rates.items()
    )
    plain = Scenario(arms=arms, mice_per_arm=8, unrelated_per_day=0.0, cull_mm3=1e9)
    return replace(plain, **changed)  # type: ignore[arg-type]


def design(shape: str = "line") -> Design:
    rules = Rules(growth=GrowthRules(shape=shape))  # type: ignore[arg-type]
    return Design.of_names("next", ["vehicle", "A", "B", COMBO], rules)


def plan(question=None, n=2000, **changed: object) -> Plan:
    asked = question or difference(design(), "A", "vehicle")
    return Plan(scenario(), design(), asked, n, 1, **changed)  # type: ignore[arg-type]


def test_simulation_and_closed_form_agree_within_the_monte_carlo_error() -> None:
    table = power_table(plan(), (4, 6, 10))
    apart = (table["power"] - table["closed_form"]) / table["power_error"]
    assert (apart.abs() < 3.5).all()
    assert table["power"].is_monotonic_increasing


@pytest.mark.parametrize("one", REFERENCE["designs"], ids=lambda one: f"n={one['n']}")
def test_the_closed_form_is_what_r_integrates(one) -> None:
    day = np.array(REFERENCE["day"], dtype=float)
    noise = one["noise"] ** 2 / ((day - day.mean()) ** 2).sum()
    variances = (np.array(one["slope_sd"]) ** 2 + noise) / one["n"]
    effect = one["rates"][1] - one["rates"][0]
    found = welch_power(effect, variances, np.array([one["n"] - 1.0] * 2), 0.95)
    # R averages over 400 x 400 quantiles, whose tails are cut by half a step.
    assert found == pytest.approx(one["power"], abs=1e-3)


@pytest.mark.parametrize("one", REFERENCE["known_variance"], ids=lambda one: f"n={one['n']}")
def test_a_power_of_known_variances_promises_more_and_as_much_of_many_mice(one) -> None:
    """SynergyLMM's formula (Helms 1992) knows the variances, which a few mice do not tell."""
    day = np.array(REFERENCE["day"], dtype=float)
    noise = one["noise"] ** 2 / ((day - day.mean()) ** 2).sum()
    variances = (np.array(one["slope_sd"]) ** 2 + noise) / one["n"]
    effect = one["rates"][1] - one["rates"][0]
    found = welch_power(effect, variances, np.array([one["n"] - 1.0] * 2), 0.95)
    assert found < one["power"]
    assert found == pytest.approx(one["power"], abs=0.01 if one["n"] > 100 else 0.2)


def test_a_study_without_effect_claims_one_as_often_as_is_allowed() -> None:
    table = power_table(plan(n=4000), (4, 8))
    assert ((table["false_positive"] - 0.05).abs() < 4 * table["false_positive_error"]).all()


@pytest.mark.parametrize("ask", [best_part, blocked])
def test_a_claim_of_one_side_is_false_at_most_as_often(ask) -> None:
    table = power_table(plan(ask(design(), COMBO), n=1000), (8,))
    assert table["false_positive"][0] < 0.05
    assert table["power"][0] > 0.5


def test_synergy_is_asked_against_the_single_drugs() -> None:
    asked = synergy(design(), COMBO)
    assert asked.weights.tolist() == [[1, -1, -1, 1]]
    assert asked.truth(scenario()) == pytest.approx(-0.01 - 0.03 - 0.03 + 0.05)
    null = asked.without_effect(scenario())
    assert asked.truth(null) == pytest.approx(0)
    assert [arm.rate for arm in null.arms[:3]] == [0.05, 0.03, 0.03]


def test_a_combination_is_held_against_its_best_part() -> None:
    asked = best_part(design(), COMBO)
    unequal = scenario(
        arms=tuple(replace(a, rate=0.01) if a.name == "B" else a for a in scenario().arms)
    )
    assert asked.truth(unequal) == pytest.approx(-0.02)


def test_the_true_rate_of_a_turning_arm_is_its_average() -> None:
    turning = ArmTruth("A", ("A",), 0.04, 0.0, (Turn(14, 0.0),))
    own = scenario(arms=(turning, *scenario().arms[2:]))
    assert true_rates(own)[0] == pytest.approx(0.02, abs=1e-6)
    asked = difference(design(), "A", "vehicle")
    assert not exact_for(scenario(arms=(scenario().arms[0], turning)), asked, "line")


def test_the_variance_of_a_slope_is_that_of_rates_and_of_calipers() -> None:
    still = replace(scenario().arms[0], rate=0.0, rate_sd=0.01)
    own = scenario(arms=(still,), resolution_mm=0.0, aspect=1.25)
    width = np.cbrt(2 * 220 / 1.25)
    noise = 0.09 * (1 / (1.25 * width) ** 2 + 4 / width**2)
    day = np.array(own.visit_days, dtype=float)
    expected = 0.01**2 + noise / ((day - day.mean()) ** 2).sum()
    assert slope_variance(own, still) == pytest.approx(expected, rel=1e-12)


def test_more_visits_and_more_days_give_more_power() -> None:
    asked = difference(design(), "A", "vehicle")
    longer = scenario(visit_days=(0, 7, 14, 21, 28, 35, 42))
    fewer = scenario(visit_days=(0, 7, 14))
    powers = [closed_power(one, asked, 0.95) for one in (fewer, scenario(), longer)]
    assert powers == sorted(powers)


def test_the_smallest_effect_has_the_power_asked_for() -> None:
    least = smallest_effect(plan(n=1000), 8, 0.8)
    asked = plan(n=1000)
    again = asked.shares(asked.question.at(asked.with_mice(8), least), 1)
    assert least < 0
    assert 0.8 <= again < 0.86


def test_what_is_not_known_lowers_a_high_power() -> None:
    sure = plan(n=2000)
    unsure = plan(n=2000, effect_sd=0.012, spread_df=6.0)
    assert np.isnan(assurance(sure, sure.with_mice(10)))
    known = sure.shares(sure.with_mice(10), 1)
    assert assurance(unsure, unsure.with_mice(10)) < known - 0.02


def test_the_fewest_mice_are_those_from_which_on_the_power_holds() -> None:
    table = pd.DataFrame({"mice_per_arm": [4, 6, 8, 10], "power": [0.5, 0.82, 0.79, 0.9]})
    assert mice_needed(table, 0.8) == 10
    assert mice_needed(table, 0.95) is None
    assert mice_needed(table, 0.3) == 4


def test_unequal_arms_keep_their_ratio() -> None:
    own = replace(plan(), scenario=scenario(mice_per_arm=(16, 8, 8, 8)))
    assert own.with_mice(5).counts == (10, 5, 5, 5)


def two_arms(**changed: object) -> Scenario:
    whole = scenario()
    return replace(whole, **{"arms": whole.arms[:2], **changed})  # type: ignore[arg-type]


def of_two(one: Scenario, n: int, rules: Rules | None = None, **changed: object) -> Plan:
    rules = rules or Rules(growth=GrowthRules(shape="line"))
    asked = Design.of_names("next", ["vehicle", "A"], rules)
    return Plan(one, asked, difference(asked, "A", "vehicle"), n, 1, **changed)  # type: ignore[arg-type]


def test_over_lines_that_differ_in_effect_more_lines_tell_more_than_more_mice() -> None:
    def power(lines: str, mice: int) -> float:
        one = two_arms(lines=tuple(lines), line_rate_sd=0.01, line_effect_sd=0.015)
        own = of_two(one, 200)
        return own.shares(own.with_mice(mice), 1)

    assert power("abcdef", 18) > power("abc", 18) + 0.1
    assert power("abc", 36) < power("abcdef", 18)


def test_lines_that_differ_leave_the_false_claims_of_a_pool_at_their_level() -> None:
    one = two_arms(lines=tuple("abcd"), line_rate_sd=0.01, line_effect_sd=0.01)
    own = of_two(one, 400)
    assert own.false_positives(own.with_mice(12)) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_too_few_mice_for_the_lines_is_one_sentence() -> None:
    own = of_two(two_arms(lines=tuple("abcd")), 20)
    with pytest.raises(StudyError, match="Plan 12 or more"):
        own.shares(own.with_mice(8), 1)


def test_where_cages_differ_the_cage_as_unit_claims_less_than_its_mice() -> None:
    """By mouse the false claims are about three times their level, as calibration says."""
    caged = two_arms(mice_per_cage=4, cages="whole", cage_rate_sd=0.012)
    by_cage = Rules(growth=GrowthRules(shape="line"), study=StudyRules(experimental_unit="cage"))
    own, other = of_two(caged, 20, by_cage), of_two(caged, 200)
    assert own.shares(own.with_mice(12), 1) <= other.shares(other.with_mice(12), 1)
    assert other.false_positives(other.with_mice(12)) > 0.1


def test_days_gained_are_asked_through_the_analysis_of_progression() -> None:
    own = of_two(two_arms(), 40, outcome="rmst_days")
    table = power_table(own, (8,))
    assert table["outcome"].tolist() == ["rmst_days"]
    assert np.isnan(table["closed_form"][0])
    # Days tell less than the rates of the same mice.
    assert 0.2 < table["power"][0] < of_two(two_arms(), 200).shares(two_arms(), 1)
    assert table["false_positive"][0] <= 0.15


@pytest.mark.parametrize(
    ("shape", "rate_at"),
    [
        ({"slowing": 0.03}, lambda r, day, v: r * np.exp(-0.03 * day)),
        ({"bending": 1 / 3}, lambda r, day, v: r * (v / 220) ** (-1 / 3)),
        ({"plateau_mm3": 2000.0}, lambda r, day, v: r * (1 - v / 2000)),
    ],
)
def test_each_shape_of_growth_has_the_rate_that_it_names(shape, rate_at) -> None:
    arm = ArmTruth("A", ("A",), 0.06, 0.0, **shape)
    cohort = draw_cohort(
        replace(two_arms(), arms=(arm,), mice_per_arm=1, baseline_log_sd=0.0),
        np.random.default_rng(1),
    )
    day, step = np.array([5.0, 20.0, 40.0]), 1e-4
    ln = np.log([cohort.volumes(day + side * step)[0] for side in (-1, 1)])
    expected = rate_at(0.06, day, cohort.volumes(day)[0])
    np.testing.assert_allclose((ln[1] - ln[0]) / (2 * step), expected, rtol=1e-5)


def test_an_arm_that_slows_down_is_given_the_effect_that_is_asked_for() -> None:
    slow = two_arms(arms=tuple(replace(arm, slowing=0.03) for arm in scenario().arms[:2]))
    asked = of_two(slow, 20).question
    assert asked.truth(asked.at(slow, -0.012)) == pytest.approx(-0.012, abs=1e-5)
    with pytest.raises(StudyError, match="more than one of slowing"):
        replace(slow.arms[0], bending=0.3)


def test_designs_are_planned_side_by_side() -> None:
    own = of_two(two_arms(), 100)
    longer = [lasting(own.scenario, day) for day in (14, 28, 42)]
    assert longer[2].visit_days[-4:] == (31, 35, 38, 42)
    table = power_table(own, (6,), scenarios=longer)
    assert table["until_day"].tolist() == [14, 28, 42]
    assert table["power"].is_monotonic_increasing
    assert next(name for name, _ in designs_of(table)) == "to day 14, 5 visits"


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(StudyError, match="'A' has no part"):
        best_part(design(), "A")
    with pytest.raises(StudyError, match="needs the control"):
        synergy(design(), "A")
