"""Doubts about a growth fit: each fires where it is planted and is silent where it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, ttest_1samp

from xenotrack.doubts import Doubt, p_words
from xenotrack.model.growth import fit_growth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.spread import variance_components
from xenotrack.model.trust import mouse_curvature
from xenotrack.study.ingest import read_study

from . import growth_studies as studies

SOUND = {"vehicle": 0.09, "a": 0.05}


def doubts(sheet, rule: str, limit_mm3: float = 0.0, **growth) -> list[Doubt]:
    fit = fit_growth(studies.study_of(sheet, limit_mm3, **growth))
    return [doubt for doubt in fit.doubts if doubt.rule == rule]


def test_a_sound_study_raises_no_doubt():
    assert fit_growth(studies.study_of(studies.simulated(SOUND))).doubts == ()


@pytest.mark.parametrize(
    ("name", "lost"),
    [("no_spread", "no spread between mice"), ("rank_one", "one direction of spread")],
)
def test_a_singular_fit_is_said_with_what_is_lost(name, lost):
    found = doubts(studies.sheet(name), "singular-fit", variances="pooled")
    assert [d.arms for d in found] == [tuple(studies.answers(name).arms)]
    assert lost in found[0].text


def test_by_arm_only_the_singular_arm_is_named():
    sheet = studies.simulated(SOUND, slope_sd={"vehicle": 0.03, "a": 0.0}, seed=2)
    found = doubts(sheet, "singular-fit")
    assert [d.arms for d in found] == [("a",)]


def test_fewer_than_five_mice_are_few():
    sheet = studies.simulated({**SOUND, "one": 0.05}, n_mice={"vehicle": 5, "a": 4, "one": 1})
    assert [d.arms for d in doubts(sheet, "few-mice")] == [("a",)]


@pytest.mark.parametrize(("first", "fires"), [(3, False), (2, False), (1, True)])
def test_arms_unevenly_over_a_column_that_nobody_declared_are_a_doubt(first, fires, tmp_path):
    sheet = studies.simulated(SOUND, n_mice=6)
    place = sheet.groupby("arm")["mouse"].transform(lambda names: pd.factorize(names)[0])
    sheet["batch"] = 1 + (place >= sheet["arm"].map({"vehicle": 3, "a": first}))
    sheet.to_csv(tmp_path / "sheet.csv", index=False)
    found = fit_growth(read_study(tmp_path / "sheet.csv")).doubts
    assert [doubt.rule for doubt in found if doubt.rule == "factor-not-used"] == (
        ["factor-not-used"] if fires else []
    )


@pytest.mark.parametrize(("below", "fires"), [(2, False), (3, True)])
def test_more_than_a_tenth_below_the_limit_is_a_doubt(below, fires):
    sheet = studies.simulated(SOUND, n_mice=4, days=(0, 3, 7, 10, 14))  # 20 readings an arm
    own = np.flatnonzero((sheet["arm"] == "a") & (sheet["day"] == 14))[:below]
    sheet.loc[own, "volume"] = 5.0
    found = doubts(sheet, "below-limit-share", limit_mm3=15)
    assert [d.arms for d in found] == ([("a",)] if fires else [])
    if fires:
        assert found[0].text.startswith("15% of the readings of a are below the limit of 15 mm³")


@pytest.mark.parametrize(("last", "fires"), [(17, False), (14, True)])
def test_an_arm_that_ends_early_is_a_doubt(last, fires):
    sheet = studies.simulated(SOUND)
    sheet = sheet[(sheet["arm"] == "a") | (sheet["day"] <= last)]
    found = doubts(sheet, "arms-cut-at-different-days")
    assert len(found) == fires
    if fires:
        assert "vehicle ends on day 14; the longest arm on day 21" in found[0].text


def test_arms_cut_alike_by_until_raise_no_doubt():
    sheet = studies.simulated(SOUND)
    sheet = sheet[(sheet["arm"] == "a") | (sheet["day"] <= 14)]
    assert not doubts(sheet, "arms-cut-at-different-days", until_day=14)


def test_follow_up_counts_from_the_first_day_fitted():
    sheet = studies.simulated(SOUND, days=(0, 100, 105, 110, 115, 120))
    sheet = sheet[(sheet["arm"] == "a") | (sheet["day"] <= 110)]
    assert doubts(sheet, "arms-cut-at-different-days", from_day=100)
    assert not doubts(sheet, "arms-cut-at-different-days")


@pytest.mark.parametrize(("bend", "how"), [(0.004, "speeds up"), (-0.004, "slows down")])
def test_an_arm_that_bends_is_named_with_its_change_of_rate(bend, how):
    found = doubts(studies.simulated(SOUND, bend={"a": bend}), "curved-growth")
    assert [d.arms for d in found] == [("a",)]
    assert f"its rate {how} by about" in found[0].text
    change = float(found[0].text.split("by about ")[1].split()[0])
    assert change == pytest.approx(2 * 0.004 * 21, rel=0.15)  # d rate = 2 · bend · days


def test_straight_arms_seldom_seem_to_bend():
    fired = [
        bool(doubts(studies.simulated(SOUND, n_mice=6, seed=seed), "curved-growth"))
        for seed in range(20)
    ]
    assert np.sum(fired) <= 3  # 5 % across the arms, and chance


def test_bends_of_several_arms_are_held_to_holms_levels():
    # The largest p must pass 5 % once the smaller have passed theirs, and none may skip the queue.
    sheet = studies.simulated({"a": 0.05, "b": 0.05, "c": 0.05}, bend={"a": 0.004, "b": 0.004})
    assert {d.arms for d in doubts(sheet, "curved-growth")} == {("a",), ("b",)}


def test_a_bend_is_a_t_test_of_the_mice():
    sheet = studies.simulated({"a": 0.05}, n_mice=5, bend={"a": 0.002})
    bend, _ = mouse_curvature(take_log_volumes(studies.study_of(sheet)))
    found = doubts(sheet, "curved-growth")
    assert f"({p_words(ttest_1samp(bend, 0).pvalue)})" in found[0].text


def test_a_bend_that_would_count_alone_does_not_among_many_arms():
    alone = studies.simulated({"a": 0.05}, bend={"a": 0.0007}, seed=12)
    bend, _ = mouse_curvature(take_log_volumes(studies.study_of(alone)))
    assert 0.05 / 4 < ttest_1samp(bend, 0).pvalue < 0.05
    straight = studies.simulated({"b": 0.05, "c": 0.05, "d": 0.05}, seed=1)
    assert doubts(alone, "curved-growth")
    assert not doubts(pd.concat([alone, straight], ignore_index=True), "curved-growth")


def test_curvature_is_that_of_each_mouses_parabola():
    sheet = studies.simulated({"a": 0.05}, n_mice=3, bend={"a": 0.002}).drop(index=[2, 9, 10])
    rows = take_log_volumes(studies.study_of(sheet))
    bend, span = mouse_curvature(rows)
    for code in range(3):
        own = rows.mouse == code
        assert bend[code] == pytest.approx(np.polyfit(rows.day[own], rows.y[own], 2)[0])
    assert span.tolist() == [21, 21, 21]


def test_three_readings_or_two_days_have_no_curvature():
    three = studies.sheet_of({"a": [[5, 5.1, 5.3]]}, (0, 3, 7))
    assert np.isnan(mouse_curvature(take_log_volumes(studies.study_of(three)))[0]).all()
    rows = take_log_volumes(studies.study_of(studies.simulated({"a": 0.05}, n_mice=1)))
    two_days = np.where(np.arange(len(rows.day)) % 2, 3.0, 0.0)
    twice = type(rows)(**{**vars(rows), "day": two_days})
    assert np.isnan(mouse_curvature(twice)[0]).all()


class TestUnequalVariances:
    unequal = studies.simulated(SOUND, slope_sd={"vehicle": 0.05, "a": 0.005}, n_mice=10)

    @pytest.mark.parametrize("variances", ["by_arm", "pooled"])
    @pytest.mark.parametrize(("name", "df"), [("two_arms", 4), ("regrowth", 8)])
    def test_it_is_the_likelihood_ratio_of_rs_fits(self, name, df, variances):
        found = doubts(studies.sheet(name), "unequal-variances", variances=variances)
        by_arm = studies.own_json(f"{name}.by_arm")["by_arm"]["reml_loglik"]
        ratio = 2 * (by_arm - studies.answers(name).log_likelihood)
        told = f"(likelihood ratio {ratio:.1f} on {df} df, {p_words(chi2.sf(ratio, df))};"
        assert len(found) == 1
        assert told in found[0].text

    def test_a_ratio_short_of_five_percent_is_silent(self):
        assert not doubts(studies.sheet("unequal_spread"), "unequal-variances")  # p = .13

    def test_the_ratios_of_the_spreads_are_told(self):
        text = doubts(self.unequal, "unequal-variances")[0].text
        spread = variance_components(studies.fit(self.unequal, variances="by_arm"))
        slopes, noise = spread["slope_sd"], spread["residual_sd"]
        assert f"of readings {noise.max() / noise.min():.1f}" in text
        assert f"of mice's rates {slopes.max() / slopes.min():.1f}" in text

    def test_the_model_in_force_is_told(self):
        by_arm, pooled = (
            doubts(self.unequal, "unequal-variances", variances=v)[0].text
            for v in ("by_arm", "pooled")
        )
        assert "each arm has its own" in by_arm
        assert "--variances" not in by_arm
        assert "the pooled model ignores it; --variances by_arm does not." in pooled

    def test_it_never_changes_the_model(self):
        assert fit_growth(studies.study_of(self.unequal, variances="pooled")).variances == "pooled"
        assert fit_growth(studies.study_of(studies.simulated(SOUND))).variances == "by_arm"

    def test_equal_spreads_are_not_doubted(self):
        assert not doubts(studies.simulated(SOUND), "unequal-variances")

    def test_a_ratio_has_two_variances_an_arm(self):
        found = doubts(self.unequal, "unequal-variances", baseline="ratio")
        assert " on 2 df" in found[0].text

    def test_an_arm_without_spread_is_unboundedly_different(self):
        sheet = studies.simulated(SOUND, slope_sd={"vehicle": 0.05, "a": 0.0}, n_mice=10, seed=3)
        sheet.loc[sheet["arm"] == "a", "volume"] = np.exp(
            5 + 0.05 * sheet["day"] + np.random.default_rng(1).normal(0, 0.1, len(sheet))
        )
        found = doubts(sheet, "unequal-variances")
        assert "of mice's rates unbounded" in found[0].text

    def test_a_common_intercept_is_not_compared(self):
        assert not doubts(self.unequal, "unequal-variances", baseline="common", variances="pooled")
