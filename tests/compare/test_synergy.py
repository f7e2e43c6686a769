import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr

from xenotrack.compare.best_part import best_part_claim
from xenotrack.compare.contrasts import source_of
from xenotrack.compare.families import Pair, pair_weights
from xenotrack.compare.synergy import estimate_synergy
from xenotrack.glossary import TABLES

from .combos import FACTORIAL, NUMBERS, TWO, additive, on_rates, synergy
from .reference import design_of, simple_estimates

LINEAR = ("bliss", "bliss_doublet", "interaction")


def row_of(found, combination, reference, scale="rate"):
    frame = found.to_frame()
    chosen = frame.query("combination == @combination and reference == @reference")
    return chosen.query("scale == @scale").iloc[0]


def test_the_table_has_the_declared_columns_and_every_reference():
    frame = synergy(additive()).to_frame()
    assert tuple(frame.columns) == TABLES["synergy"]
    counts = frame.groupby(["scale", "reference"]).size().to_dict()
    by_reference = {"bliss": 4, "bliss_doublet": 3, "hsa": 4, "hsa_doublet": 1, "interaction": 4}
    expected = {(s, r): n for s in ("rate", "ln_volume") for r, n in by_reference.items()}
    assert counts == expected | {("relative_volume", "additivity"): 4}


def test_the_splits_of_a_triple_are_named():
    splits = on_rates(additive()).to_frame().query("reference == 'bliss_doublet'")
    assert splits["expectation"].tolist() == ["B+C and A", "A+C and B", "A+B and C"]


@given(st.lists(st.floats(-0.1, 0.1), min_size=3, max_size=3), st.floats(-0.1, 0.1))
@settings(max_examples=25, deadline=None)
def test_additive_arms_show_no_synergy(effects, base):
    rates = additive(dict(zip("ABC", effects, strict=True)), base=base)
    found = on_rates(rates, independent=True).only(LINEAR)
    assert found.estimate == pytest.approx(np.zeros(11), abs=1e-12)
    assert set(found.verdicts) == {"additive or undecided"}


def test_two_drugs_by_hand():
    found = row_of(synergy(TWO, std_error=0.005), "A+B", "bliss")
    assert found["estimate"] == pytest.approx(-0.03 - 0.06 - 0.05 + 0.08)
    assert found["std_error"] == pytest.approx(0.01)
    assert found["combination_index"] == pytest.approx(np.exp(30 * -0.06))
    assert found["index_high"] == pytest.approx(np.exp(30 * found["conf_high"]))
    assert found["verdict"] == "synergy"


def test_three_drugs_against_singles_take_the_vehicle_twice():
    rates = additive()
    rates["A+B+C"] += 0.004
    found = row_of(synergy(rates, std_error=0.01), "A+B+C", "bliss")
    assert found["estimate"] == pytest.approx(0.004)
    assert found["std_error"] == pytest.approx(0.01 * np.sqrt(1 + 3 + 4))


def test_on_straight_lines_the_volume_of_a_day_is_the_same_test():
    frame = synergy(additive() | {"A+B": 0.01}, day=21.0).to_frame()
    rate, volume = (frame.query("scale == @s") for s in ("rate", "ln_volume"))
    for column in ("df", "statistic", "p_value", "p_adjusted", "combination_index", "verdict"):
        assert rate[column].tolist() == pytest.approx(volume[column].tolist(), nan_ok=True)
    assert (21 * rate["conf_low"]).tolist() == pytest.approx(volume["conf_low"].tolist())


def test_each_day_asked_for_is_adjusted_by_itself():
    rates = additive() | {"A+B": 0.01}
    frame = synergy(rates, days=(7.0, 21.0)).to_frame().query("scale == 'ln_volume'")
    early, late = (frame.query("day == @day") for day in (7, 21))
    assert early["p_adjusted"].tolist() == pytest.approx(late["p_adjusted"].tolist())
    assert (3 * early["estimate"]).tolist() == pytest.approx(late["estimate"].tolist())


def test_counting_time_in_weeks_changes_no_test():
    weeks = {arm: 7 * rate for arm, rate in additive().items()}
    one, other = synergy(additive(), day=28.0), synergy(weeks, day=4.0, std_error=0.07)
    assert one.p_value == pytest.approx(other.p_value, nan_ok=True)
    assert one.index == pytest.approx(other.index, nan_ok=True)


def test_the_order_of_arms_does_not_matter():
    rates = additive() | {"A+B": 0.01, "A+B+C": -0.01}
    turned = {arm: rates[arm] for arm in reversed(rates)}
    keys = ["combination", "reference", "scale", "expectation"]
    one, other = (
        synergy(each).to_frame().sort_values(keys, ignore_index=True) for each in (rates, turned)
    )
    names = ["combination", "verdict", "expectation"]
    assert one[names].to_dict() == other[names].to_dict()
    assert one[NUMBERS].to_numpy() == pytest.approx(other[NUMBERS].to_numpy(), nan_ok=True)


def test_mirrored_rates_mirror_the_linear_excess():
    one, other = (
        on_rates({name: sign * rate for name, rate in TWO.items()}).only(LINEAR) for sign in (1, -1)
    )
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p_adjusted == pytest.approx(other.p_adjusted)


def test_holm_counts_the_combinations_of_one_reference():
    rates = additive()
    rates["A+B"] -= 0.06
    frame = on_rates(rates).to_frame().query("reference == 'bliss'")
    assert frame["p_adjusted"].min() == pytest.approx(4 * frame["p_value"].min())
    assert (frame["simultaneous_low"] < frame["conf_low"]).all()


def test_a_combination_over_its_best_part_is_the_claim_of_its_parts():
    rates = additive() | {"A+B": 0.01, "A+B+C": -0.02}
    design, estimates = design_of(FACTORIAL), simple_estimates(rates, independent=True)
    found = row_of(estimate_synergy(estimates, design, 0.95, 30.0), "A+B+C", "hsa")
    pairs = [Pair("A+B+C", part) for part in "ABC"]
    claim, best = best_part_claim(
        source_of(estimates), pair_weights(pairs, FACTORIAL), "lower", 0.95
    )
    assert "ABC"[best.best] == "A"
    assert [found[n] for n in NUMBERS] == pytest.approx([v[0] for v in claim.columns().values()])
    assert found["method"].endswith("intersection-union over 3 parts (best: A)")


def test_the_plug_in_p_is_of_the_part_that_looks_best_not_of_the_least_surely_beaten():
    estimates = simple_estimates({"vehicle": 0.08, "A": 0.05, "B": 0.06, "A+B": 0.0})
    estimates.covariance[2, 2] *= 16
    found = row_of(estimate_synergy(estimates, design_of(estimates.arms)), "A+B", "hsa")
    assert found["p_plug_in"] == pytest.approx(2 * stdtr(20, -0.05 / np.sqrt(2e-4)))
    assert found["p_value"] == pytest.approx(2 * stdtr(20, -0.06 / np.sqrt(17e-4)))


def test_a_triple_is_held_against_its_best_doublet():
    rates = additive() | {"A+C": 0.001, "A+B+C": 0.0}
    found = row_of(synergy(rates), "A+B+C", "hsa_doublet")
    assert found["expectation"] == "best of A+B and A+C and B+C"
    assert found["estimate"] == pytest.approx(-0.001)
    assert found["method"].endswith("intersection-union over 3 parts (best: A+C)")


def test_as_good_as_its_best_part_is_undecided_and_worse_is_antagonism():
    rates = {"vehicle": 0.08, "A": 0.02, "B": 0.07, "A+B": 0.02}
    assert row_of(synergy(rates), "A+B", "hsa")["verdict"] == "additive or undecided"
    worse = row_of(synergy(rates | {"A+B": 0.07}), "A+B", "hsa")
    assert (worse["verdict"], worse["p_value"]) == ("antagonism", 1.0)
    assert worse["simultaneous_low"] > 0


def test_antagonism_over_the_best_part_waits_for_the_limit_that_holds_for_all_parts():
    # Against A alone the combination is surely worse; A need not be the best part.
    rates = {"vehicle": 0.08, "A": 0.020, "B": 0.021, "A+B": 0.0505}
    found = row_of(synergy(rates, std_error=0.01, df=1000), "A+B", "hsa")
    assert found["p_plug_in"] < 0.05
    assert found["verdict"] == "additive or undecided"


def test_without_a_day_there_is_no_index_and_no_volume():
    frame = synergy(TWO, day=None).to_frame()
    assert set(frame["scale"]) == {"rate"}
    assert frame[["day", "combination_index", "index_low", "index_high"]].isna().all(axis=None)


def test_a_study_without_combinations_has_an_empty_table_and_nothing_to_doubt():
    found = synergy({"vehicle": 0.06, "A": 0.04})
    assert found.to_frame().empty
    assert tuple(found.to_frame().columns) == TABLES["synergy"]
    assert found.doubts == ()
