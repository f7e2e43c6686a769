"""The ladder of growth models, and the verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xenotrack.errors import FitError, StudyError
from xenotrack.model.growth import fit_growth
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_verdicts import judge_growth
from xenotrack.model.spread import variance_components

from . import growth_studies as studies


def rules_of(fit: GrowthFit) -> set[str]:
    return {doubt.rule for doubt in fit.doubts}


# ---- The ladder -------------------------------------------------------------------------------


def test_each_arm_has_variances_of_its_own_by_default():
    fit = fit_growth(studies.study_of(studies.simulated({"a": 0.05, "b": 0.02}, n_mice=4)))
    assert (fit.variances, len(fit.pieces)) == ("by_arm", 2)
    assert fit.rates().independent


@pytest.mark.parametrize("thin", ["two mice", "two readings"])
def test_a_thin_arm_goes_by_its_mice_and_changes_no_other(thin):
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice={"a": 6, "b": 3})
    last = sheet["mouse"] == "b 2"
    sheet = sheet[~last | ((sheet["day"] < 5) & (thin == "two readings"))]
    fit = fit_growth(studies.study_of(sheet))
    assert [piece.mixed is None for piece in fit.pieces] == [False, True]
    assert [d.arms for d in fit.doubts if d.rule == "mouse-lines"] == [("b",)]
    alone = fit_growth(studies.study_of(sheet[sheet["arm"] == "a"]))
    pd.testing.assert_frame_equal(fit.to_frame()[:1], alone.to_frame())


def test_variances_are_pooled_by_name_only():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice={"a": 6, "b": 2})
    assert studies.fit(sheet).rates().independent
    assert not studies.fit(sheet, variances="pooled").rates().independent


def test_an_arm_of_one_mouse_is_listed_without_a_test_and_spoils_no_other():
    sheet = studies.simulated(
        {"a": 0.05, "b": 0.02, "one": 0.04}, n_mice={"a": 6, "b": 6, "one": 1}
    )
    fit = fit_growth(studies.study_of(sheet))
    growth = fit.to_frame().set_index("arm")
    own = sheet[sheet["arm"] == "one"]
    assert growth.loc["one", "estimate"] == pytest.approx(
        np.polyfit(own["day"], np.log(own["volume"]), 1)[0]
    )
    assert growth.loc["one", ["std_error", "df", "p_value", "conf_low"]].isna().all()
    assert growth.loc["one", "verdict"] == ""
    assert growth.loc["one", ["n_mice", "n_measurements"]].tolist() == [1, 7]
    assert fit.variances == "by_arm"
    alone = studies.fit(sheet[sheet["arm"] != "one"])
    assert growth.loc["a", "df"] == pytest.approx(alone.to_frame().loc[0, "df"])
    assert growth.loc["b", "conf_high"] == pytest.approx(alone.to_frame().loc[1, "conf_high"])
    assert "arm-not-tested" in rules_of(fit)


def test_an_arm_without_mice_is_empty_and_spoils_no_other():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice=6)
    alone = studies.fit(sheet)
    fit = fit_growth(
        studies.study_of(sheet.astype({"arm": pd.CategoricalDtype(["none", "a", "b"])}))
    )
    growth = fit.to_frame()
    assert growth.loc[0, ["n_mice", "n_measurements"]].tolist() == [0, 0]
    assert growth.loc[0, ["estimate", "std_error", "doubling_time_days"]].isna().all()
    pd.testing.assert_frame_equal(
        growth.drop(columns="verdict").iloc[1:].reset_index(drop=True),
        alone.to_frame().drop(columns="verdict"),
    )
    assert fit.facts()["slopes_differ_p"].notna().all()


def test_an_arm_measured_on_one_day_is_listed_without_a_rate():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice=6)
    fit = fit_growth(studies.study_of(sheet[(sheet["arm"] == "a") | (sheet["day"] == 0)]))
    assert fit.tested.tolist() == [True, False]
    assert np.isnan(fit.values[3])
    assert fit.slopes_differ() is None


def test_readings_on_one_day_are_an_error_that_says_what_to_do():
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    with pytest.raises(FitError, match=r"two days.*xenotrack check"):
        fit_growth(studies.study_of(sheet[sheet["day"] == 0]))


@pytest.mark.parametrize("variances", ["by_arm", "pooled"])
def test_two_readings_a_mouse_give_mouse_lines_compared_by_welch(variances):
    sheet = studies.simulated({"a": 0.06, "b": 0.02}, days=(0, 10))
    fit = fit_growth(studies.study_of(sheet, variances=variances))
    change = np.log(sheet["volume"]).to_numpy().reshape(2, 8, 2) @ [-0.1, 0.1]
    expected = stats.ttest_ind(*change, equal_var=False)
    slopes, weights = fit.rates(), np.array([[1.0, -1.0]])
    std_error = np.sqrt(weights @ slopes.covariance @ weights.T)[0]
    assert weights @ slopes.values / std_error == pytest.approx(expected.statistic)
    assert slopes.degrees_of_freedom(weights) == pytest.approx(expected.df)
    assert slopes.independent
    assert fit.method == "mouse lines, Welch"
    assert fit.slopes_differ().p_value == pytest.approx(expected.pvalue)
    assert "mouse-lines" in rules_of(fit)


def test_one_arm_on_lines_of_its_own_leaves_the_others_to_the_mixed_model():
    sheet = studies.simulated({"a": 0.06, "b": 0.02})
    sheet = sheet[(sheet["arm"] == "a") | sheet["day"].isin([0, 21])]
    fit = fit_growth(studies.study_of(sheet, variances="by_arm"))
    assert [piece.mixed is None for piece in fit.pieces] == [False, True]
    assert [d.arms for d in fit.doubts if d.rule == "mouse-lines"] == [("b",)]
    assert fit.method == "mixed model by arm, Kenward–Roger; mouse lines where needed"
    assert len(variance_components(fit)) == 1


def test_mice_exactly_on_their_lines_are_compared_by_their_lines():
    day = np.array([0.0, 3, 7, 10])
    mice = {"a": [5 + r * day for r in (0.05, 0.06, 0.04)], "b": [5 + r * day for r in (0, 0.02)]}
    fit = fit_growth(studies.study_of(studies.sheet_of(mice, day)))
    assert fit.method == "mouse lines, Welch"
    assert fit.rates().values == pytest.approx([0.05, 0.01])
    assert np.diag(fit.rates().covariance) == pytest.approx([0.0001 / 3, 0.0002 / 2])


def test_mice_that_do_not_differ_at_all_have_a_rate_but_no_test():
    day = np.array([0.0, 3, 7])
    mice = {"a": [5 + 0.05 * day] * 3, "b": [5 + 0.02 * day] * 3}
    growth = fit_growth(studies.study_of(studies.sheet_of(mice, day))).to_frame()
    assert growth["estimate"].to_numpy() == pytest.approx([0.05, 0.02])
    assert (growth["p_value"].isna() | (growth["std_error"] > 0)).all()


def test_a_test_always_has_degrees_of_freedom():
    sheet = studies.simulated({"a": 0.05, "b": 0.02, "c": 0.0}, n_mice=3, slope_sd=0.0)
    for df in ("kenward-roger", "satterthwaite"):
        for variances in ("by_arm", "pooled"):
            growth = fit_growth(studies.study_of(sheet, df=df, variances=variances)).to_frame()
            assert (growth["df"] > 0).all()
            assert growth["p_value"].between(0, 1).all()


def test_a_common_intercept_is_refused_by_arm():
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    with pytest.raises(StudyError, match="--variances pooled or --baseline arm"):
        studies.fit(sheet, baseline="common")
    fit = studies.fit(sheet, baseline="common", variances="pooled")
    start = studies.intercepts(fit)
    assert start[0] == start[1]
    assert start[0] == pytest.approx(5, abs=0.3)


def test_the_normal_reference_shows_no_df_and_narrower_intervals():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice=5)
    normal, small = (studies.fit(sheet, df=df).to_frame() for df in ("normal", "kenward-roger"))
    assert normal["df"].isna().all()
    assert (normal["conf_high"] < small["conf_high"]).all()
    half = 1.959963985 * normal["std_error"]
    assert normal["conf_high"].to_numpy() == pytest.approx(normal["estimate"] + half)


# ---- Verdicts ---------------------------------------------------------------------------------


def judged(low: float, high: float, blocked_below: float = 0.01) -> str:
    """The verdict of the only arm, whose interval is (low, high) by its df and error."""
    sheet = studies.simulated({"a": 0.05})
    fit = studies.fit(sheet, variances="by_arm", df="normal", blocked_below=blocked_below)
    middle, half = (low + high) / 2, (high - low) / 2
    first = fit.pieces[0]
    values, covariance = first.values.copy(), first.covariance.copy()
    values[1], covariance[1, 1] = middle, (half / 1.959963984540054) ** 2
    pieces = (replace(first, values=values, covariance=covariance), *fit.pieces[1:])
    return judge_growth(replace(fit, pieces=pieces))[0]


def test_verdicts_of_several_arms_are_read_together() -> None:
    """An arm held by its own interval alone is not, beside another that is not held."""
    alone = judged(-0.05, 0.0095)
    assert alone == "blocked"
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    fit = studies.fit(sheet, variances="by_arm", df="normal")
    first = fit.pieces[0]
    values, covariance = first.values.copy(), first.covariance.copy()
    values[1], covariance[1, 1] = -0.02025, (0.02975 / 1.959963984540054) ** 2
    pieces = (replace(first, values=values, covariance=covariance), *fit.pieces[1:])
    assert judge_growth(replace(fit, pieces=pieces)) == ("undecided", "growing")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.05, -1e-6, "shrinking"),
        (-0.05, 1e-6, "blocked"),
        (-0.05, 0.01 - 1e-6, "blocked"),
        (0.001, 0.01 - 1e-6, "blocked"),
        (1e-6, 0.01 + 1e-6, "growing"),
        (1e-6, 0.2, "growing"),
        (-1e-6, 0.01 + 1e-6, "undecided"),
    ],
)
def test_verdicts_at_their_boundaries(low, high, verdict):
    assert judged(low, high) == verdict


def test_blocked_is_below_the_declared_rate():
    assert judged(0.001, 0.02, blocked_below=0.03) == "blocked"
    assert judged(0.001, 0.02, blocked_below=0.015) == "growing"


def vanishing() -> pd.DataFrame:
    """Arm a hovers just above 20 mm³, then drops below it; arm b grows."""
    rng = np.random.default_rng(3)
    days = np.arange(0, 22, 3.0)
    hovering = np.where(days < 13, np.log(23) + 0.01 * days, np.log(15))
    mice = {
        "a": [hovering + rng.normal(0, 0.03, len(days)) for _ in range(6)],
        "b": [5 + 0.08 * days + rng.normal(0, 0.1, len(days)) for _ in range(6)],
    }
    return studies.sheet_of(mice, days)


def test_a_verdict_that_depends_on_the_limit_is_undecided_with_a_doubt():
    study = studies.study_of(vanishing(), limit_mm3=20, below_limit="first")
    alone = [judge_growth(studies.fit_study(study, how))[0] for how in ("first", "limit", "half")]
    assert len(set(alone)) > 1, alone
    fit = fit_growth(study)
    assert fit.verdicts == ("undecided", "growing")
    assert [d.arms for d in fit.doubts if d.rule == "below-limit-verdict"] == [("a",)]


def hovering(start: list[float], volumes: list[float]) -> pd.DataFrame:
    """One arm: readings every three days, the same course in six mice but for 1 % of noise."""
    rng = np.random.default_rng(3)
    course = np.log([*start, *volumes])
    days = 3.0 * np.arange(len(course))
    mice = [course + rng.normal(0, 0.01, len(course)) for _ in range(6)]
    return studies.sheet_of({"a": mice}, days)


@pytest.mark.parametrize(
    ("start", "volumes", "blocked_below", "alone"),
    [
        # Only half of the limit makes it grow; then only the flat run at the limit holds it back.
        ([12], [22, 22, 22.2, 22.4, 22.3, 22.5], 0.0105, ["blocked", "blocked", "growing"]),
        ([12] * 6, [21, 23.5, 26], 0.0122, ["growing", "blocked", "growing"]),
    ],
)
def test_one_other_treatment_is_enough_to_make_a_verdict_undecided(
    start, volumes, blocked_below, alone
):
    sheet = hovering(start, volumes)
    study = studies.study_of(sheet, limit_mm3=20, blocked_below=blocked_below, below_limit="first")
    fits = [studies.fit_study(study, how) for how in ("first", "limit", "half")]
    assert [judge_growth(fit)[0] for fit in fits] == alone
    assert fit_growth(study).verdicts == ("undecided",)


def test_an_arm_without_a_test_has_no_verdict_to_doubt():
    sheet = studies.simulated({"a": 0.05, "gone": 0.0}, n_mice=5)
    sheet.loc[(sheet["arm"] == "gone"), "volume"] = 5.0
    fit = fit_growth(studies.study_of(sheet, limit_mm3=15))
    assert fit.verdicts == ("growing", "")
    assert "below-limit-verdict" not in rules_of(fit)


def test_a_mouse_without_usable_readings_is_not_counted():
    sheet = studies.simulated({"a": 0.05, "b": 0.02})
    late = (sheet["mouse"] == "a 0") & (sheet["day"] < 20)
    fit = studies.fit(sheet[~late], until_day=17)
    assert fit.n_mice.tolist() == [7, 8]


def test_a_verdict_that_holds_at_the_limit_and_at_half_of_it_stands():
    rng = np.random.default_rng(3)
    days = np.arange(0, 22, 3.0)
    mice = {"a": [6.5 - 0.2 * days + rng.normal(0, 0.1, len(days)) for _ in range(6)]}
    fit = fit_growth(studies.study_of(studies.sheet_of(mice, days), limit_mm3=20))
    assert fit.verdicts == ("shrinking",)
    assert "below-limit-verdict" not in rules_of(fit)
