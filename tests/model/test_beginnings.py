"""Growth begins when there is a tumour to grow, and arms that began apart are not compared."""

from dataclasses import replace

import numpy as np
import pytest

from model import growth_studies as studies
from xenotrack.compare.growth_source import growth_source
from xenotrack.model.growth import fit_growth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.present.results import Results
from xenotrack.study.rules import CompareRules, ProgressionRules, Rules

SOUND = {"vehicle": 0.05, "a": 0.05, "b": 0.05}
DAYS = (0, 3, 7, 10, 14, 17, 21)
LIMIT = 15.0


def waiting(until, arms=("a",), mice=6, **growth):
    """Six mice an arm; ``mice`` of some arms have nothing to measure until a day."""
    sheet = studies.simulated(SOUND, n_mice=6, days=DAYS, seed=4)
    place = sheet.groupby("arm")["mouse"].transform(lambda own: np.unique(own, return_inverse=1)[1])
    early = sheet["arm"].isin(arms) & (place < mice) & (sheet["day"] <= until)
    return studies.study_of(
        sheet.assign(volume=sheet["volume"].where(~early, 5.0)), LIMIT, **growth
    )


@pytest.mark.parametrize("shape", ["line", "curve"])
@pytest.mark.parametrize("until", [0, 3, 10])
def test_an_arm_that_waited_for_tumours_is_not_compared_with_one_that_began_with_them(until, shape):
    fit = fit_growth(waiting(until, shape=shape))
    (doubt,) = (each for each in fit.doubts if each.rule == "tumors-awaited")
    assert doubt.arms == ("a",)
    assert "vehicle 0 of 6; a 6 of 6" in doubt.text
    why = growth_source(fit).why_withheld
    assert why(["a", "vehicle"]) == "tumors-awaited"
    assert why(["b", "vehicle"]) == why(["a"]) == ""
    assert fit.verdicts[0] == "growing"


@pytest.mark.parametrize(("mice", "fires"), [(1, False), (2, True)])
def test_two_mice_of_six_that_began_without_a_tumour_are_more_than_chance_leaves(mice, fires):
    fit = fit_growth(waiting(3, mice=mice))
    assert bool(growth_source(fit).why_withheld(["a", "vehicle"])) == fires


def test_arms_that_waited_alike_are_compared():
    fit = fit_growth(waiting(7, arms=("a", "b"), shape="curve"))
    why = growth_source(fit).why_withheld
    assert why(["a", "b"]) == ""
    assert why(["a", "b", "vehicle"]) == "tumors-awaited"


@pytest.mark.parametrize("how", ["first", "limit", "drop"])
def test_how_arms_began_does_not_hang_on_how_readings_below_the_limit_count(how):
    late = waiting(10, shape="curve", below_limit=how)
    assert growth_source(fit_growth(late)).why_withheld(["a", "vehicle"]) == "tumors-awaited"
    sheet = studies.simulated(SOUND, n_mice=6, days=DAYS, seed=4)
    early = sheet["day"] <= np.where(sheet["arm"] == "a", 10, 3)
    both = sheet.assign(volume=sheet["volume"].where(~early, 5.0))
    fit = fit_growth(studies.study_of(both, LIMIT, shape="curve", below_limit=how))
    assert fit.beginnings.day.tolist() == [7, 14, 7]
    assert growth_source(fit).why_withheld(["a", "vehicle"]) == "tumors-awaited"
    assert growth_source(fit).why_withheld(["b", "vehicle"]) == ""


def test_that_a_tumour_appeared_is_no_growth():
    plain, late = (take_log_volumes(waiting(until)) for until in (-1, 3))
    own = plain.day > 3
    own |= plain.arm != 1
    assert np.array_equal(late.y, plain.y[own])
    assert late.n_waiting.tolist() == [0] * 6 + [2] * 6 + [0] * 6
    rates = [fit_growth(waiting(until)).rates().values[1] for until in (-1, 3)]
    assert rates[1] == pytest.approx(rates[0], abs=0.01)


def test_mice_that_never_had_a_tumour_are_counted_and_have_no_growth():
    sheet = studies.simulated(SOUND, n_mice=6, days=DAYS, seed=4)
    first = sheet["mouse"] == sheet.loc[sheet["arm"] == "a", "mouse"].iloc[0]
    free = (sheet["arm"] == "a") & ~(first & (sheet["day"] > 7))
    study = studies.study_of(sheet.assign(volume=sheet["volume"].where(~free, 5.0)), LIMIT)
    fit = fit_growth(study)
    assert fit.beginnings.n_never.tolist() == [0, 5, 0]
    assert fit.n_mice.tolist() == [6, 1, 6]
    assert fit.verdicts[1] == ""
    (doubt,) = (each for each in fit.doubts if each.rule == "tumors-awaited")
    assert "a 6 of 6, 5 of them to the end" in doubt.text


@pytest.mark.parametrize(("later", "fires"), [(2, False), (3, True)])
def test_arms_first_read_more_than_two_days_apart_are_not_compared(later, fires):
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    days = sheet["day"] + np.where(sheet["arm"] == "b", later, 0)
    fit = fit_growth(studies.study_of(sheet.assign(day=days), shape="curve"))
    found = [each.arms for each in fit.doubts if each.rule == "arms-begin-apart"]
    assert found == [("b",)] * fires
    assert growth_source(fit).why_withheld(["a", "b"]) == ("arms-begin-apart" if fires else "")


def test_days_that_were_declared_are_compared():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, days=(0, 4, 7, 10, 14))
    sheet = sheet[(sheet["arm"] == "a") | (sheet["day"] > 0)]
    apart, declared = (
        fit_growth(studies.study_of(sheet, shape="curve", from_day=day)) for day in (None, 4)
    )
    assert growth_source(apart).why_withheld(["a", "b"]) == "arms-begin-apart"
    assert growth_source(declared).why_withheld(["a", "b"]) == ""


def by_size(fold, **growth):
    """Arm a's tumours so many times as large on every day, as if it were given the largest mice."""
    sheet = studies.simulated(SOUND, n_mice=6, days=DAYS, seed=4)
    times = np.where(sheet["arm"] == "a", fold, 1.0)
    return studies.study_of(sheet.assign(volume=sheet["volume"] * times), **growth)


@pytest.mark.parametrize("shape", ["line", "curve"])
@pytest.mark.parametrize("fold", [0.3, 1.0, 3.0])
def test_an_arm_of_larger_or_smaller_tumours_is_not_compared(fold, shape):
    fit = fit_growth(by_size(fold, shape=shape))
    found = [each for each in fit.doubts if each.rule == "arms-unbalanced"]
    why = growth_source(fit).why_withheld
    assert len(found) == (fold != 1)
    assert why(["a", "vehicle"]) == why(["a", "b", "vehicle"]) == ("arms-unbalanced" * (fold != 1))
    assert why(["b", "vehicle"]) == why(["a"]) == ""


def test_of_four_arms_one_pair_in_a_hundred_is_apart_by_chance_and_not_withheld():
    # p of a pair between .01 / 6 and .01: a doubt about that pair, none about all four.
    begun = fit_growth(by_size(1.0)).beginnings
    size = np.array([0.0, 3.5, 1.7])
    one = replace(begun, size=size, size_variance=np.full(3, 0.5), size_df=np.full(3, 50.0))
    assert one.why_withheld([0, 1]) == "arms-unbalanced"
    assert one.why_withheld([0, 2]) == ""
    near = replace(one, size=np.array([0.0, 2.7, 1.3]))
    assert near.why_withheld([0, 1]) == "arms-unbalanced"
    assert near.why_withheld([0, 1, 2]) == ""


def test_sizes_on_a_later_declared_day_are_those_that_treatment_made():
    fit = fit_growth(by_size(3.0, from_day=7))
    assert growth_source(fit).why_withheld(["a", "vehicle"]) == ""


def test_volumes_relative_to_the_baseline_have_no_size():
    ratio = {"shape": "line", "variances": "pooled", "baseline": "ratio"}
    fit = fit_growth(by_size(3.0, **ratio))
    assert growth_source(fit).why_withheld(["a", "vehicle"]) == ""


@pytest.mark.parametrize("estimand", ["progression", "composite"])
def test_no_time_is_claimed_of_arms_that_began_with_unlike_tumours(estimand):
    rules = Rules(compare=CompareRules(estimand=estimand))
    study = by_size(3.0)
    results = Results(replace(study, design=replace(study.design, rules=rules)))
    assert [each.rule for each in results.progression.doubts].count("arms-unbalanced") == 1
    found = [
        contrasts.to_frame().set_index("contrast") for contrasts in results.compare(("log_hazard",))
    ]
    why = results.progression.why_withheld
    assert why(["a", "vehicle"]) == "arms-unbalanced"
    assert why(["b", "vehicle"]) == ""
    assert found[0].loc["a - vehicle", "shows"] in ("withheld", "not shown")
    (told,) = (each for each in results.doubts if each.rule == "arms-unbalanced")
    assert told.touches(["log_hazard", "progression"])
    assert told.touches(["growth"])


def test_an_arm_read_later_gains_no_days():
    sheet = studies.simulated({"vehicle": 0.08, "a": 0.08}, n_mice=8, days=range(0, 22, 3))
    days = sheet["day"] + np.where(sheet["arm"] == "a", 7, 0)
    results = Results(studies.study_of(sheet.assign(day=days)))
    for outcome in ("log_hazard", "rmst_days"):
        (found,) = results.compare((outcome,))
        row = found.to_frame().iloc[0]
        assert (row["shows"], row["withheld"]) == ("withheld", "arms-begin-apart")


def test_the_days_to_a_tumour_are_claimed_where_tumours_are_awaited():
    study = waiting(10)
    rules = Rules(progression=ProgressionRules(rule="absolute", value=30.0))
    late = replace(study, design=replace(study.design, rules=rules))
    assert Results(late).progression.why_withheld(["a", "vehicle"]) == ""
    assert growth_source(fit_growth(study)).why_withheld(["a", "vehicle"]) == "tumors-awaited"
