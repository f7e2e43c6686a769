import pytest

from xenotrack.compare.synergy_verdicts import agreed_verdicts

from .combos import TWO, additive, on_rates, reasons


def verdict(rates, combination, reference, **how):
    frame = on_rates(rates, **how).to_frame()
    chosen = frame.query("combination == @combination and reference == @reference")["verdict"]
    assert len(chosen) == 1
    return chosen.iloc[0]


WORSE = {"vehicle": 0.08, "A": 0.02, "B": 0.01, "A+B": 0.02}


def test_a_sure_excess_growth_is_antagonism():
    assert verdict(WORSE, "A+B", "bliss", std_error=0.004) == "antagonism"
    assert verdict(WORSE, "A+B", "bliss", std_error=0.04) == "additive or undecided"


@pytest.mark.parametrize(
    ("triple", "expected"), [(-0.2, "beyond its pairs"), (0.2, "less than its pairs predict")]
)
def test_an_interaction_of_three_speaks_of_its_pairs(triple, expected):
    rates = additive()
    rates["A+B+C"] += triple
    assert verdict(rates, "A+B+C", "interaction") == expected


def test_no_antagonism_where_much_of_the_combination_is_below_the_limit():
    hidden = on_rates(WORSE, std_error=0.004, below_limit={"A+B": 0.11})
    assert "antagonism" not in hidden.verdicts
    assert "antagonism-below-limit" in hidden.withheld
    assert "11% of its readings" in reasons(hidden)["antagonism-below-limit", "A+B"]
    seen = on_rates(WORSE, std_error=0.004, below_limit={"A+B": 0.10, "A": 0.5})
    assert "antagonism" in seen.verdicts
    assert ("antagonism-below-limit", "A+B") not in reasons(seen)
    assert set(seen.withheld) == {""}


def test_synergy_is_said_however_much_is_below_the_limit():
    assert verdict(TWO, "A+B", "bliss", std_error=0.004, below_limit={"A+B": 0.9}) == "synergy"


def test_a_claim_that_depends_on_the_limit_becomes_undecided():
    verdicts = ("synergy", "additive or undecided", None, "antagonism")
    others = [("synergy", "synergy", None, "additive or undecided")]
    about = [(arm, "bliss") for arm in "abcd"]
    agreed, doubts = agreed_verdicts(verdicts, others, about)
    assert agreed == ("synergy", "additive or undecided", None, "additive or undecided")
    assert [doubt.arms for doubt in doubts] == [("d",)]


def rows(rates, reference, **how):
    return on_rates(rates, **how).to_frame().query("reference == @reference")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_claim_must_hold_for_all_combinations_of_its_reference(sign):
    # Four combinations: what one excess would show alone, Holm does not let it claim.
    rates = additive()
    rates["A+B"] += sign * 0.045
    row = rows(rates, "bliss").set_index("combination").loc["A+B"]
    assert row["p_value"] < 0.05 < row["p_adjusted"]
    assert row["verdict"] == "additive or undecided"


def test_worse_than_the_best_part_must_hold_for_all_combinations():
    rates = {"vehicle": 0.06, "A": 0.0, "B": 0.06, "C": 0.06}
    rates |= {"A+B": 0.0365, "A+C": 0.0, "B+C": 0.05, "A+B+C": 0.0}
    row = rows(rates, "hsa").set_index("combination").loc["A+B"]
    assert row["simultaneous_low"] < 0 < row["conf_low"]
    assert row["verdict"] == "additive or undecided"
