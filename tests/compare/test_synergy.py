import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.compare.synergy import estimate_synergy
from xenotrack.study.design import Arm, Design

from .reference import (
    by_arm_estimates,
    design_of,
    pooled_estimates,
    read_reference,
    simple_estimates,
)

NUMBERS = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
COLUMNS = ["combination", "reference", "scale", "day", *NUMBERS, "p_adjusted", "adjustment"]
COLUMNS += ["combination_index", "index_low", "index_high", "verdict"]
FACTORIAL = ("vehicle", "A", "B", "C", "A+B", "A+C", "B+C", "A+B+C")


def synergy(rates, day=30.0, **how):
    return estimate_synergy(simple_estimates(rates, **how), design_of(tuple(rates)), 0.95, day)


def additive(effects, arms=FACTORIAL, base=0.06):
    return {
        arm: base + sum(effects[d] for d in arm.split("+")) if arm != "vehicle" else base
        for arm in arms
    }


def in_r(frame):
    """The rows of our table under the names that the R program gives them."""
    text = frame["expectation"].where(frame["reference"] == "bliss_doublet", frame["combination"])
    return (frame["reference"] + " " + text).tolist()


@pytest.mark.parametrize("study", ["factorial", "two_by_two"])
@pytest.mark.parametrize("model", ["pooled", "by_arm", "ratio_by_arm"])
def test_excesses_are_those_of_r(study, model):
    reference = read_reference(f"{study}.{'growth' if model == 'pooled' else 'by_arm'}")
    weights, block = reference["combination_weights"], reference[model]
    if model == "pooled":
        tables = block["kenward_roger"]
        estimates = pooled_estimates(reference["arms"], tables, block["combinations"], weights)
    else:
        estimates = by_arm_estimates(block["arms"])
    frame = estimate_synergy(estimates, design_of(estimates.arms)).to_frame()
    expected = {tuple(sorted_name(row["contrast"])): row for row in block["combinations"]}
    # R has no row of its own for the interaction of two drugs: it is their Bliss excess.
    names = [
        name.replace("interaction", "bliss") if name.count("+") == 1 else name
        for name in in_r(frame)
    ]
    assert len(names) >= 2
    for name, (_, row) in zip(names, frame.iterrows(), strict=True):
        found = [row[column] for column in NUMBERS]
        assert found == pytest.approx(
            [expected[tuple(sorted_name(name))][column] for column in NUMBERS], rel=1e-6, abs=1e-10
        )


def sorted_name(name):
    """A name whose drugs are in alphabetical order."""
    return ["+".join(sorted(word.split("+"))) for word in name.split(" ")]


def test_the_table_has_the_columns_of_every_synergy_and_names_the_split():
    frame = synergy(additive({"A": -0.02, "B": -0.01, "C": -0.015})).to_frame()
    assert [name for name in frame.columns if name != "expectation"] == COLUMNS
    splits = frame.query("reference == 'bliss_doublet'")["expectation"]
    assert splits.tolist() == ["B+C and A", "A+C and B", "A+B and C"]
    assert frame["reference"].value_counts().to_dict() == {
        "bliss": 4,
        "bliss_doublet": 3,
        "interaction": 4,
    }


@given(st.lists(st.floats(-0.1, 0.1), min_size=3, max_size=3), st.floats(-0.1, 0.1))
@settings(max_examples=25, deadline=None)
def test_additive_arms_show_no_synergy(effects, base):
    found = synergy(additive(dict(zip("ABC", effects, strict=True)), base=base))
    assert found.estimate == pytest.approx(np.zeros(11), abs=1e-12)
    assert set(found.verdicts) == {"additive or undecided"}


def test_two_drugs_by_hand():
    found = synergy({"vehicle": 0.08, "A": 0.06, "B": 0.05, "A+B": -0.03}, std_error=0.005)
    frame = found.to_frame().query("reference == 'bliss'").iloc[0]
    assert frame["estimate"] == pytest.approx(-0.03 - 0.06 - 0.05 + 0.08)
    assert frame["std_error"] == pytest.approx(0.01)
    assert frame["combination_index"] == pytest.approx(np.exp(30 * -0.06))
    assert frame["index_high"] == pytest.approx(np.exp(30 * frame["conf_high"]))
    assert frame["verdict"] == "synergy"


def test_three_drugs_against_singles_take_the_vehicle_twice():
    rates = additive({"A": -0.02, "B": -0.01, "C": -0.015})
    rates["A+B+C"] += 0.004
    found = synergy(rates, std_error=0.01)
    (row,) = [i for i, e in enumerate(found.asked) if (e.reference, e.combination) == BLISS_TRIPLE]
    assert found.estimate[row] == pytest.approx(0.004)
    assert found.std_error[row] == pytest.approx(0.01 * np.sqrt(1 + 3 + 4))


BLISS_TRIPLE = ("bliss", "A+B+C")


def test_a_sure_excess_growth_is_antagonism():
    found = synergy({"vehicle": 0.08, "A": 0.02, "B": 0.01, "A+B": 0.02}, std_error=0.004)
    assert found.verdicts[0] == "antagonism"


@pytest.mark.parametrize(
    ("triple", "verdict"), [(-0.2, "beyond its pairs"), (0.2, "less than its pairs predict")]
)
def test_an_interaction_of_three_speaks_of_its_pairs(triple, verdict):
    rates = additive({"A": -0.02, "B": -0.01, "C": -0.015})
    rates["A+B+C"] += triple
    frame = synergy(rates).to_frame()
    told = frame.query("reference == 'interaction' and combination == 'A+B+C'")["verdict"]
    assert told.tolist() == [verdict]


def test_holm_counts_the_combinations_of_one_reference():
    rates = additive({"A": -0.02, "B": -0.01, "C": -0.015})
    rates["A+B"] -= 0.06
    frame = synergy(rates).to_frame().query("reference == 'bliss'")
    assert frame["p_adjusted"].min() == pytest.approx(4 * frame["p_value"].min())


def test_mirrored_rates_mirror_the_excess():
    rates = {"vehicle": 0.08, "A": 0.06, "B": 0.05, "A+B": -0.03}
    one, other = synergy(rates), synergy({name: -rate for name, rate in rates.items()})
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p_adjusted == pytest.approx(other.p_adjusted)


def test_without_a_day_there_is_no_index():
    rates = {"vehicle": 0.08, "A": 0.06, "B": 0.05, "A+B": -0.03}
    frame = synergy(rates, day=None).to_frame()
    assert frame[["day", "combination_index", "index_low", "index_high"]].isna().all(axis=None)


def reasons(found):
    return {(doubt.rule, doubt.about): doubt.text for doubt in found.doubts}


def test_a_missing_single_is_named_and_the_rest_is_computed():
    rates = {"vehicle": 0.06, "A": 0.04, "B": 0.03, "A+B": 0.01, "A+C": 0.02, "A+B+C": -0.01}
    found = synergy(rates)
    told = reasons(found)
    assert [e.combination for e in found.asked if e.reference == "bliss"] == ["A+B"]
    assert "no arm received C alone" in told["no-bliss", "A+C"]
    assert "no arm received B+C" in told["no-interaction", "A+B+C"]
    # A+C and B is a split that the study has; the other two are not.
    doublets = [e for e in found.asked if e.reference == "bliss_doublet"]
    assert [e.text for e in doublets] == ["A+C and B"]
    assert "A+B and C" in told["no-bliss_doublet".replace("_", "-"), "A+B+C"]


def test_a_drug_that_nobody_else_has_is_named():
    told = reasons(synergy({"vehicle": 0.06, "A": 0.04, "A+X": 0.01}))
    assert "no other arm received X" in told["no-bliss", "A+X"]


def test_without_an_untreated_arm_nothing_can_be_expected():
    found = synergy({"A": 0.04, "B": 0.03, "A+B": 0.01})
    assert "no arm is without a drug" in reasons(found)["no-bliss", "A+B"]
    assert found.to_frame().empty
    assert found.to_frame().columns[0] == "combination"


def test_two_arms_of_the_same_drugs_are_said():
    names = {"vehicle": "", "A low": "A", "A high": "A", "B": "B", "A+B": "AB"}
    arms = tuple(Arm(name, frozenset(drugs)) for name, drugs in names.items())
    rates = dict.fromkeys(names, 0.05)
    found = estimate_synergy(simple_estimates(rates), Design("study", arms))
    assert "2 arms received the same drugs (A low, A high)" in reasons(found)["no-bliss", "A+B"]


def test_an_arm_without_estimate_keeps_an_empty_row():
    estimates = simple_estimates({"vehicle": 0.06, "A": np.nan, "B": 0.03, "A+B": 0.01})
    found = estimate_synergy(estimates, design_of(estimates.arms), day=20.0)
    frame = found.to_frame()
    assert frame[[*NUMBERS, "p_adjusted", "combination_index", "verdict"]].isna().all(axis=None)
    assert "arm A has no estimate" in reasons(found)["no-bliss", "A+B"]


def test_a_study_without_combinations_has_nothing_to_doubt():
    found = synergy({"vehicle": 0.06, "A": 0.04})
    assert found.to_frame().empty
    assert found.doubts == ()


def test_expectations_bear_the_names_of_the_arms():
    names = {"vehicle": "", "ET": "f", "CDK4/6i": "r", "PI3Ki": "a", "CDK4/6i + ET": "rf"}
    arms = tuple(Arm(name, frozenset(drugs)) for name, drugs in names.items())
    design = Design("study", (*arms, Arm("triple", frozenset("raf"))))
    found = estimate_synergy(simple_estimates(dict.fromkeys(design.arm_names, 0.05)), design)
    texts = {(e.combination, e.reference): e.text for e in found.asked}
    assert texts["triple", "bliss_doublet"] == "CDK4/6i + ET and PI3Ki"
    assert texts["CDK4/6i + ET", "bliss"] == "ET and CDK4/6i"


def test_what_two_drugs_lack_is_said_once():
    found = synergy({"vehicle": 0.06, "A": 0.04, "A+X": 0.01})
    assert list(reasons(found)) == [("no-bliss", "A+X")]
