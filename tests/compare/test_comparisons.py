from dataclasses import replace

import numpy as np
import pytest

from xenotrack.compare.comparisons import compare_arms
from xenotrack.compare.contrasts import ContrastSource, RawContrasts, source_of
from xenotrack.errors import StudyError

from .reference import design_of, simple_estimates

RATES = {
    "vehicle": 0.06,
    "A": 0.04,
    "B": 0.035,
    "C": 0.05,
    "A+B": 0.01,
    "A+C": 0.03,
    "A+B+C": -0.02,
}
COLUMNS = [
    "outcome",
    "family",
    "contrast",
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
    "p_adjusted",
    "adjustment",
    "simultaneous_low",
    "simultaneous_high",
    "method",
]


def compare(families=("control", "parts"), rates=RATES, **rules):
    design = design_of(tuple(rates), **rules)
    return compare_arms(simple_estimates(rates), design, families).to_frame()


def row(frame, contrast):
    return frame.set_index("contrast").loc[contrast]


def without(estimates, arm):
    values, covariance = estimates.values.copy(), estimates.covariance.copy()
    place = estimates.arms.index(arm)
    values[place] = covariance[place, :] = covariance[:, place] = np.nan
    return replace(estimates, values=values, covariance=covariance)


def test_the_table_has_the_columns_of_every_comparison():
    frame = compare()
    assert list(frame.columns) == COLUMNS
    assert list(frame["contrast"])[:6] == [f"{name} - vehicle" for name in list(RATES)[1:]]
    assert list(frame["contrast"])[6:9] == ["A+B - A", "A+B - B", "A+B - best part"]
    assert set(frame["outcome"]) == {"growth_rate"}


def test_arms_against_control_are_adjusted_by_holm_among_themselves():
    control = compare().query("family == 'control'")
    ordered = control.sort_values("p_value")
    steps = ordered["p_value"] * np.arange(len(ordered), 0, -1)
    assert ordered["p_adjusted"].to_numpy() == pytest.approx(np.minimum(1, steps.cummax()))
    assert set(control["adjustment"]) == {"holm"}


def test_rows_against_parts_stand_alone_and_the_claims_are_adjusted():
    frame = compare().query("family == 'parts'")
    claims = frame[frame["contrast"].str.endswith("best part")]
    rows = frame.drop(claims.index)
    assert set(rows["adjustment"]) == {"none"}
    assert (rows["p_adjusted"] == rows["p_value"]).all()
    assert set(claims["adjustment"]) == {"holm"}
    assert claims["p_value"].max() == claims["p_adjusted"].max()
    assert claims["p_adjusted"].min() == pytest.approx(3 * claims["p_value"].min())
    assert (claims["simultaneous_high"] > claims["conf_high"]).all()


def test_the_best_part_is_named():
    frame = compare()
    assert "over 2 parts (best: B)" in row(frame, "A+B - best part")["method"]
    assert "over 5 parts (best: A+B)" in row(frame, "A+B+C - best part")["method"]


def test_the_primary_contrast_is_not_adjusted_and_does_not_count():
    frame = compare(primary="A+B+C - vehicle")
    primary = row(frame, "A+B+C - vehicle")
    assert primary["adjustment"] == "none"
    assert primary["p_adjusted"] == primary["p_value"]
    others = frame.query("family == 'control' and adjustment == 'holm'")
    assert len(others) == 5
    assert others["p_adjusted"].min() == pytest.approx(5 * others["p_value"].min())


def test_a_primary_claim_leaves_the_others_to_holm():
    frame = compare(primary="A+B+C - best part")
    primary = row(frame, "A+B+C - best part")
    assert (primary["adjustment"], primary["p_adjusted"]) == ("none", primary["p_value"])
    assert primary["simultaneous_high"] == primary["conf_high"]
    weaker = row(frame, "A+C - best part")
    assert weaker["p_adjusted"] == pytest.approx(weaker["p_value"])


def test_a_primary_contrast_outside_every_family_has_a_row():
    frame = compare(primary="A+C - A+B")
    assert frame["family"].iloc[0] == "primary"
    assert row(frame, "A+C - A+B")["estimate"] == pytest.approx(0.02)
    frame = compare(("control",), primary="A+B+C - best part")
    assert frame["contrast"].iloc[0] == "A+B+C - best part"
    assert list(frame["contrast"]).count("A+B - best part") == 0


def test_a_primary_contrast_the_other_way_round_is_the_familys_row():
    frame = compare(primary="vehicle - A")
    assert row(frame, "A - vehicle")["adjustment"] == "none"
    assert "primary" not in set(frame["family"])


@pytest.mark.parametrize("adjust", ["holm", "dunnett", "none"])
def test_the_declared_adjustment_is_used_and_named(adjust):
    frame = compare(("control", "all"), adjust=adjust)
    assert set(frame.query("family == 'control'")["adjustment"]) == {adjust}
    expected = "none" if adjust == "none" else "tukey"
    assert set(frame.query("family == 'all'")["adjustment"]) == {expected}


def test_outcomes_are_never_adjusted_for_each_other():
    rates = compare_arms(simple_estimates(RATES), design_of(tuple(RATES))).to_frame()
    days = replace(simple_estimates(RATES), outcome="rmst_days")
    other = compare_arms(days, design_of(tuple(RATES))).to_frame()
    control = "family == 'control'"
    assert (rates.query(control)["p_adjusted"] == other.query(control)["p_adjusted"]).all()


def test_more_days_are_better():
    gained = {name: -1000 * rate for name, rate in RATES.items()}
    days = replace(simple_estimates(gained, 10.0), outcome="rmst_days")
    frame = compare_arms(days, design_of(tuple(RATES))).to_frame()
    claim = row(frame, "A+B+C - best part")
    assert claim["estimate"] == pytest.approx(30)
    assert claim["p_value"] == pytest.approx(row(compare(), "A+B+C - best part")["p_value"])


def test_a_normal_reference_has_no_df_to_print():
    frame = compare_arms(simple_estimates(RATES, df=np.inf), design_of(tuple(RATES))).to_frame()
    assert frame["df"].isna().all()
    assert frame["p_value"].notna().all()


def test_an_arm_without_estimate_keeps_its_rows_and_is_said():
    found = compare_arms(without(simple_estimates(RATES), "B"), design_of(tuple(RATES)))
    frame = found.to_frame()
    assert row(frame, "B - vehicle")[COLUMNS[3:11]].isna().all()
    assert row(frame, "A+B - best part")[COLUMNS[3:11]].isna().all()
    assert row(frame, "A+C - best part")["p_value"] < 1
    about = {doubt.rule: doubt.arms for doubt in found.doubts}
    assert "B" in about["contrast-not-estimable"]
    assert about["part-not-estimable"] == ("A+B", "A+B+C")
    control = frame.query("family == 'control'")
    assert control["p_adjusted"].min() == pytest.approx(5 * control["p_value"].min())


def test_an_arm_that_the_model_lacks_is_not_estimable():
    rates = {name: rate for name, rate in RATES.items() if name != "B"}
    lacking = compare_arms(simple_estimates(rates), design_of(tuple(RATES))).to_frame()
    given = compare_arms(without(simple_estimates(RATES), "B"), design_of(tuple(RATES))).to_frame()
    for name in ("estimate", "p_adjusted", "simultaneous_low"):
        np.testing.assert_allclose(lacking[name], given[name], rtol=1e-12)


def test_parts_that_nobody_received_are_said():
    found = compare_arms(simple_estimates(RATES), design_of(tuple(RATES)))
    (doubt,) = [doubt for doubt in found.doubts if doubt.rule == "part-missing"]
    assert doubt.arms == ("A+B+C",)
    assert doubt.text.endswith("no arm received B+C.")


def test_without_control_nothing_is_compared_with_it():
    rates = {"A": 0.04, "B": 0.03, "A+B": 0.01}
    with pytest.raises(StudyError, match="no control"):
        compare(rates=rates)
    assert list(compare(("parts",), rates)["contrast"])[-1] == "A+B - best part"


def test_a_study_without_combinations_has_no_rows_against_parts():
    frame = compare(("parts",), {"vehicle": 0.06, "A": 0.04})
    assert frame.empty
    assert list(frame.columns) == COLUMNS


def profile_source():
    """Log hazards as a penalised likelihood gives them: rows ready made, limits unbounded."""
    wald = source_of(simple_estimates({n: 60 * r for n, r in RATES.items()}, 0.6, np.inf))

    def contrast_of(weights, level):
        raw = wald.contrast_of(weights, level)
        low = np.where(raw.conf_low < -4, np.nan, raw.conf_low)
        return RawContrasts(
            raw.estimate, raw.std_error, raw.df, raw.statistic, raw.p_value, low, raw.conf_high
        )

    return ContrastSource("log_hazard", wald.arms, contrast_of, "Firth", wald.covariance)


@pytest.mark.parametrize("adjust", ["holm", "dunnett"])
def test_ready_made_rows_pass_through_the_same_families(adjust):
    source = profile_source()
    frame = compare_arms(source, design_of(tuple(RATES), adjust=adjust)).to_frame()
    control = frame.query("family == 'control'")
    assert set(control["adjustment"]) == {adjust}
    assert (control["p_adjusted"] >= control["p_value"]).all()
    assert control["p_adjusted"].min() > control["p_value"].min()
    assert (control["simultaneous_high"] > control["conf_high"]).all()
    assert row(frame, "A+B+C - vehicle")[["conf_low", "df"]].isna().all()


def test_dunnett_of_hazards_without_covariance_is_said_to_be_holm():
    source = replace(profile_source(), covariance=None)
    frame = compare_arms(source, design_of(tuple(RATES), adjust="dunnett")).to_frame()
    assert set(frame.query("family == 'control'")["adjustment"]) == {"holm"}


def test_ready_made_rows_may_leave_the_df_of_a_normal_reference_empty():
    source = profile_source()

    def contrast_of(weights, level):
        return replace(source.contrast_of(weights, level), df=np.full(len(weights), np.nan))

    design = design_of(tuple(RATES))
    bare = compare_arms(replace(source, contrast_of=contrast_of), design, ("all", "parts"))
    given = compare_arms(source, design, ("all", "parts"))
    assert bare.p_adjusted.tolist() == given.p_adjusted.tolist()
    np.testing.assert_array_equal(bare.simultaneous_high, given.simultaneous_high)
