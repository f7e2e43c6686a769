import numpy as np

from xenotrack.compare.lattice import dose_of
from xenotrack.compare.synergy import estimate_synergy
from xenotrack.study.design import Arm, Design

from .combos import NUMBERS, TWO, on_rates, reasons, synergy
from .reference import design_of, simple_estimates


def asked(found):
    return {(e.reference, e.combination) for e in found.asked}


def test_a_missing_single_is_named_and_the_rest_is_computed():
    rates = {"vehicle": 0.06, "A": 0.04, "B": 0.03, "A+B": 0.01, "A+C": 0.02, "A+B+C": -0.01}
    found = on_rates(rates)
    told = reasons(found)
    assert ("bliss", "A+B") in asked(found)
    assert ("bliss", "A+C") not in asked(found)
    assert "no arm received C alone" in told["no-bliss", "A+C"]
    assert "Bliss, the best single drug (HSA), response additivity" in told["no-bliss", "A+C"]
    assert "no arm received B+C" in told["no-interaction", "A+B+C"]
    # A+C and B is a split that the study has; the other two are not.
    doublets = [e for e in found.asked if e.reference == "bliss_doublet"]
    assert [e.text for e in doublets] == ["A+C and B"]
    lost = [text for (_, arm), text in told.items() if arm == "A+B+C"]
    assert any("A+B and C" in text for text in lost)


def test_a_combination_has_no_best_part_where_one_was_not_given():
    found = on_rates({"vehicle": 0.06, "A": 0.04, "A+X": 0.01})
    assert asked(found) == set()
    assert "no other arm received X" in reasons(found)["no-bliss", "A+X"]


def test_what_a_pair_lacks_is_said_once():
    found = synergy({"vehicle": 0.06, "A": 0.04, "A+X": 0.01})
    assert list(reasons(found)) == [("no-bliss", "A+X")]


def test_without_an_untreated_arm_the_best_part_remains():
    found = on_rates({"A": 0.04, "B": 0.03, "A+B": 0.01})
    assert asked(found) == {("hsa", "A+B")}
    assert "no arm is without a drug" in reasons(found)["no-bliss", "A+B"]


def test_a_backbone_of_every_arm_is_noticed():
    found = on_rates({"ET": 0.06, "ET+A": 0.04, "ET+B": 0.03, "ET+A+B": 0.01})
    told = reasons(found)
    assert any("all received ET: leave it out under [arms]" in text for text in told.values())


def named(names):
    return Design("study", tuple(Arm(name, frozenset(drugs)) for name, drugs in names.items()))


def test_two_arms_of_the_same_single_are_said():
    names = {"vehicle": "", "A low": "A", "A high": "A", "B": "B", "A+B": "AB"}
    found = estimate_synergy(simple_estimates(dict.fromkeys(names, 0.05)), named(names))
    assert "2 arms received the same drugs (A low, A high)" in reasons(found)["no-bliss", "A+B"]


def test_two_arms_of_one_combination_are_each_held_against_its_parts():
    names = {"vehicle": "", "A": "A", "B": "B", "A+B early": "AB", "A+B late": "AB"}
    rates = dict(zip(names, (0.08, 0.06, 0.05, 0.01, 0.04), strict=True))
    found = estimate_synergy(simple_estimates(rates), named(names)).only(("bliss",))
    assert [e.combination for e in found.asked] == ["A+B early", "A+B late"]
    assert found.estimate.round(6).tolist() == [-0.02, 0.01]
    assert found.doubts == ()


def test_an_arm_without_estimate_keeps_empty_rows():
    estimates = simple_estimates({"vehicle": 0.06, "A": np.nan, "B": 0.03, "A+B": 0.01})
    found = estimate_synergy(estimates, design_of(estimates.arms), day=20.0)
    frame = found.to_frame()
    assert len(frame) == 7
    assert frame[[*NUMBERS, "p_adjusted", "combination_index", "verdict"]].isna().all(axis=None)
    assert "arm A has no estimate" in reasons(found)["no-bliss", "A+B"]


def test_an_arm_without_standard_error_is_named():
    estimates = simple_estimates(TWO)
    estimates.covariance[1] = estimates.covariance[:, 1] = np.nan
    found = estimate_synergy(estimates, design_of(estimates.arms), day=20.0)
    assert "arm A has no standard error" in reasons(found)["no-bliss", "A+B"]
    assert set(found.verdicts) == {None}


def test_expectations_bear_the_names_of_the_arms():
    names = {"vehicle": "", "ET": "f", "CDK4/6i": "r", "PI3Ki": "a", "CDK4/6i + ET": "rf"}
    design = named(names | {"triple": "raf"})
    found = estimate_synergy(simple_estimates(dict.fromkeys(design.arm_names, 0.05)), design)
    texts = {(e.combination, e.reference): e.text for e in found.asked}
    assert texts["triple", "bliss_doublet"] == "CDK4/6i + ET and PI3Ki"
    assert texts["CDK4/6i + ET", "bliss"] == "ET and CDK4/6i"
    assert texts["triple", "hsa"] == "best of PI3Ki and ET and CDK4/6i"


def test_a_drug_at_another_dose_is_another_drug():
    rates = {"veh": 0.06, "palb_100": 0.04, "tem_2": 0.03, "palb_200+tem_2": 0.01}
    found = on_rates(rates)
    assert asked(found) == set()
    assert "palb alone was given as palb_100" in reasons(found)["no-bliss", "palb_200+tem_2"]


def test_numbered_drugs_are_not_doses():
    rates = {"vehicle": 0.06, "drug 1": 0.04, "drug 1+drug 2": 0.01}
    (text,) = reasons(on_rates(rates)).values()
    assert "alone was given" not in text


def test_doses_are_read_from_names_with_and_without_units():
    assert dose_of("palb_200")[:2] == ("palb", 200.0)
    assert dose_of("CDK4/6i 50 mg/kg") == ("CDK4/6i", 50.0, "mg/kg")
    assert [dose_of(name) for name in ("CDK4/6i", "BYL719", "ET", "5 mg/kg")] == [None] * 4
