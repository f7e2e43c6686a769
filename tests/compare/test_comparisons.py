from dataclasses import replace

import numpy as np
import pytest

from xenotrack.compare.comparisons import compare_arms
from xenotrack.compare.contrasts import ContrastSource, RawContrasts, source_of
from xenotrack.errors import StudyError
from xenotrack.glossary import TABLES

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
COLUMNS = list(TABLES["compare"])
NUMBERS = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
NUMBERS += ["p_adjusted"]


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


def test_the_best_part_and_the_one_that_sets_p_are_named():
    frame = compare()
    pair = row(frame, "A+B - best part")
    assert (pair["best_part"], pair["p_part"]) == ("B", "B")
    assert row(frame, "A+B+C - best part")["best_part"] == "A+B"
    assert frame.query("against != 'best part'")["best_part"].isna().all()


@pytest.mark.parametrize("adjust", ["holm", "dunnett", "none"])
def test_an_interval_of_a_claim_excludes_no_difference_exactly_where_it_is_shown(adjust):
    rng = np.random.default_rng(0)
    shown = []
    for _ in range(20):
        rates = {arm: rate + rng.normal(0, 0.01) for arm, rate in RATES.items()}
        frame = compare(rates=rates, adjust=adjust).query("p_adjusted == p_adjusted")
        excludes = (frame["claim_low"] > 0) | (frame["claim_high"] < 0)
        assert (excludes == (frame["p_adjusted"] < 0.05)).all()
        claims = frame[frame["shows"].notna()]
        assert (claims["shows"].eq("not shown") == ~(claims["p_adjusted"] < 0.05)).all()
        shown.append(claims["shows"].eq("better").mean())
    assert 0.2 < np.mean(shown) < 0.95


def test_what_is_no_claim_by_itself_shows_nothing():
    frame = compare()
    parts = frame.query("family == 'parts'")
    assert parts.query("against != 'best part'")["shows"].isna().all()
    assert parts.query("against == 'best part'")["shows"].notna().all()
    assert frame.query("family == 'control'")["shows"].notna().all()


def test_a_primary_contrast_typed_the_other_way_round_is_the_familys_row():
    frame = compare(primary="vehicle - A")
    primary = frame[frame["primary"]]
    assert list(primary["contrast"]) == ["A - vehicle"]
    assert list(primary["adjustment"]) == ["none"]


def test_a_primary_contrast_among_the_parts_is_read_as_a_claim():
    frame = compare(primary="A+B+C - A+B")
    assert row(frame, "A+B+C - A+B")["shows"] == "better"
    assert row(frame, "A+B+C - A")["shows"] is None


def test_the_primary_contrast_stands_alone_in_its_own_outcome_only():
    design = design_of(tuple(RATES), primary="A - vehicle")
    days = replace(simple_estimates(RATES), outcome="rmst_days")
    frame = compare_arms(days, design).to_frame()
    assert not frame["primary"].any()
    assert row(frame, "A - vehicle")["adjustment"] == "holm"


def test_a_claim_is_withheld_for_the_reason_that_its_model_gives():
    def why(arms):
        return "spread-unknown" if {"B", "A+B"} & set(arms) else ""

    design = design_of(tuple(RATES))
    frame = compare_arms(replace(simple_estimates(RATES), why_withheld=why), design).to_frame()
    withheld = row(frame, "A+B - vehicle")
    assert (withheld["shows"], withheld["withheld"]) == ("withheld", "spread-unknown")
    assert row(frame, "A+B+C - vehicle")["shows"] == "better"
    assert frame.query("shows != 'withheld'")["withheld"].isna().all()


def test_a_claim_speaks_of_the_days_of_all_its_arms():
    k = len(RATES)
    ends = {"first_day": np.zeros(k), "last_day": np.arange(10.0, 10.0 + k)}
    frame = compare_arms(
        replace(simple_estimates(RATES), **ends), design_of(tuple(RATES))
    ).to_frame()
    assert row(frame, "A+B - best part")["until_day"] == 14
    assert row(frame, "A - vehicle")["until_day"] == 11


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
    assert row(frame, "B - vehicle")[NUMBERS].isna().all()
    assert row(frame, "A+B - best part")[NUMBERS].isna().all()
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
