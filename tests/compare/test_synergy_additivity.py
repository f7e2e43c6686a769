import numpy as np
import pytest
from scipy.special import ndtri, stdtrit

from xenotrack.compare.synergy import estimate_synergy

from .combos import TWO, additive, reasons, synergy
from .reference import design_of, simple_estimates

DAY = 5.0


def rows(rates, day=DAY, **how):
    return synergy(rates, day=day, **how).to_frame().query("reference == 'additivity'")


def test_added_responses_leave_no_excess():
    rates = {"vehicle": 0.08, "A": 0.06, "B": 0.05}
    volume = {arm: np.exp(DAY * rate) for arm, rate in rates.items()}
    rates["A+B"] = np.log(volume["A"] + volume["B"] - volume["vehicle"]) / DAY
    (row,) = rows(rates).to_dict("records")
    assert row["estimate"] == pytest.approx(0, abs=1e-12)
    assert row["combination_index"] == pytest.approx(1)
    assert row["verdict"] == "additive or undecided"


def test_the_difference_of_two_drugs_by_hand():
    (row,) = rows(TWO, std_error=0.002).to_dict("records")
    volume = np.exp(DAY * np.array(list(TWO.values())))
    difference = volume @ [1, -1, -1, 1]
    std_error = 0.002 * DAY * np.sqrt((volume**2).sum())
    assert row["estimate"] == pytest.approx(difference)
    assert row["std_error"] == pytest.approx(std_error)
    assert row["conf_high"] == pytest.approx(difference + stdtrit(20, 0.975) * std_error)
    assert row["combination_index"] == pytest.approx(volume[3] / (volume @ [-1, 1, 1, 0]))
    assert row["verdict"] == "synergy"


def test_three_drugs_take_the_vehicle_twice():
    rates = additive() | {"A+B+C": 0.0}
    (row,) = rows(rates).query("combination == 'A+B+C'").to_dict("records")
    singles = sum(np.exp(DAY * rates[drug]) for drug in "ABC")
    assert row["estimate"] == pytest.approx(1 - singles + 2 * np.exp(DAY * 0.06))


def test_by_arm_the_df_are_of_the_gradient():
    design = design_of(tuple(TWO))
    estimates = simple_estimates(TWO, independent=True, df=6.0)
    found = estimate_synergy(estimates, design, 0.95, DAY).only(("additivity",))
    parts = np.exp(2 * DAY * np.array(list(TWO.values())))
    assert found.df[0] == pytest.approx(parts.sum() ** 2 / (parts**2 / 6).sum())


def test_the_normal_reference_tests_and_bounds_as_the_others_do():
    (row,) = rows(TWO, std_error=0.002, df=np.inf).to_dict("records")
    reach = ndtri(0.975) * row["std_error"]
    assert row["conf_high"] == pytest.approx(row["estimate"] + reach)
    assert row["verdict"] == "synergy"
    gone = {"vehicle": 0.10, "A": 0.02, "B": 0.01, "A+B": 0.0}
    assert ("additivity-not-testable", "A+B") in reasons(synergy(gone, df=np.inf))


def test_no_tumour_expected_is_no_antagonism():
    rates = {"vehicle": 0.10, "A": 0.02, "B": 0.01, "A+B": 0.0}
    (row,) = rows(rates, day=30.0, std_error=0.001).to_dict("records")
    assert row["estimate"] > 0
    for name in ("statistic", "p_value", "conf_low", "conf_high", "combination_index"):
        assert np.isnan(row[name])
    assert row["verdict"] is None


def test_the_first_day_without_a_tumour_is_named():
    rates = {"vehicle": 0.10, "A": 0.02, "B": 0.01, "A+B": 0.0}
    told = reasons(synergy(rates, day=30.0, std_error=1e-6))["additivity-not-testable", "A+B"]
    gone = next(d for d in range(31) if np.exp(0.02 * d) + np.exp(0.01 * d) < np.exp(0.1 * d))
    assert f"is not testable later: A+B from day {gone}." in told
    before = reasons(synergy(rates, day=gone - 1.0, std_error=1e-6))
    assert ("additivity-not-testable", "A+B") not in before


def test_an_expectation_that_may_be_nothing_is_not_tested():
    rates = {"vehicle": 0.08, "A": 0.06, "B": 0.05, "A+B": 0.03}
    expected = np.exp(14 * 0.06) + np.exp(14 * 0.05) - np.exp(14 * 0.08)
    assert expected > 0
    sure, unsure = (rows(rates, day=14.0, std_error=error).iloc[0] for error in (0.001, 0.03))
    assert np.isfinite(sure["p_value"])
    assert np.isnan(unsure["p_value"])


def test_any_growth_model_gives_the_changes():
    rates, changes = (
        simple_estimates(TWO),
        simple_estimates({"vehicle": 0.9, "A": 0.5, "B": 0.4, "A+B": -0.5}, std_error=0.1),
    )
    asked = []

    def change_at(day):
        asked.append(day)
        return changes

    found = estimate_synergy(
        rates, design_of(tuple(TWO)), 0.95, DAY, days=(4.0, 8.0), change_at=change_at
    )
    frame = found.to_frame().query("scale == 'ln_volume' and reference == 'bliss'")
    assert frame["day"].tolist() == [4, 8]
    assert frame["estimate"].tolist() == pytest.approx([-0.5 - 0.5 - 0.4 + 0.9] * 2)
    assert frame["combination_index"].tolist() == pytest.approx([np.exp(-0.5)] * 2)
    assert {4.0, 8.0} <= set(asked)
