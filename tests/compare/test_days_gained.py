from dataclasses import replace
from itertools import combinations

import msgspec
import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.days_gained import Drawn, days_gained
from xenotrack.compare.few_splits import doubt_few_splits
from xenotrack.compare.hazards import hazard_source, log_rank_frame
from xenotrack.model.beta_product import draw_restricted_means, progressed_limits
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.survival import estimate_curves
from xenotrack.model.times import mouse_times

from .reference import design_of


def fit_of(**days):
    """Progression of arms by their mice's days, negative where censored; the first is control."""
    mice = pd.DataFrame(
        [(arm, abs(day), day > 0) for arm, own in days.items() for day in own],
        columns=["arm", "day", "event"],
    )
    mice = mice.assign(day_low=mice["day"], day_high=mice["day"].where(mice["event"]), fate=None)
    times = mouse_times(mice, tuple(days))
    curves = estimate_curves(times.day, times.events, times.arm, len(days))
    return ProgressionFit(design_of(tuple(days)), mice, times, curves, (), (), np.nan, ())


def contrast(fit, weights, source=days_gained, level=0.95):
    found = source(fit).contrast_of(np.array([weights], float), level)
    return {name: values[0] for name, values in found.columns().items()}


def drawn_of(fit):
    """Draws of what the second arm gains."""
    until = fit.last_day_shared_by(fit.design.arm_names)
    random = np.random.default_rng(1)
    lost, gained = (draw_restricted_means(curve, until, 4000, random) for curve in fit.curves)
    return gained - lost


FAST = [7, 10, 10, 14, 14, 17, 21, 24]


def test_two_arms_without_events_have_an_interval_and_no_claim():
    row = contrast(fit_of(vehicle=[-40] * 3, A=[-40] * 3), [-1, 1])
    assert (row["estimate"], row["p_value"]) == (0, 1)
    assert row["conf_low"] < -10 < 10 < row["conf_high"]


def test_three_mice_without_events_show_little_and_ten_show_more():
    few = contrast(fit_of(vehicle=FAST, A=[-60] * 3), [-1, 1])
    many = contrast(fit_of(vehicle=FAST, A=[-60] * 10), [-1, 1])
    assert few["estimate"] == many["estimate"]
    assert few["conf_low"] < many["conf_low"] - 10
    assert few["p_value"] > 10 * many["p_value"]
    assert np.isnan([few["statistic"], few["df"]]).all()


def test_the_interval_excludes_no_difference_exactly_when_p_is_below_alpha():
    fit = fit_of(vehicle=FAST, A=[10, 14, 21, 24, 35, -60, -60, -60])
    p = contrast(fit, [-1, 1])["p_value"]
    assert contrast(fit, [-1, 1], level=1 - 1.02 * p)["conf_low"] > 0
    assert contrast(fit, [-1, 1], level=1 - 0.98 * p)["conf_low"] <= 0


def test_a_contrast_turned_round_is_the_same_one():
    fit = fit_of(vehicle=FAST, A=[10, 14, 21, 24, 35, -60, -60, -60])
    one, other = contrast(fit, [-1, 1]), contrast(fit, [1, -1])
    assert one["estimate"] == -other["estimate"]
    assert one["p_value"] == other["p_value"]
    assert one["conf_low"] == pytest.approx(-other["conf_high"])


def test_another_arm_changes_nothing():
    two = contrast(fit_of(vehicle=FAST, A=[10, 21, -60, -60, -60]), [-1, 1])
    three = contrast(fit_of(vehicle=FAST, B=[-9, -9, -9], A=[10, 21, -60, -60, -60]), [-1, 0, 1])
    assert two == pytest.approx(three, nan_ok=True, rel=1e-12)


def test_a_claim_has_one_day_for_all_of_its_parts():
    fit = fit_of(vehicle=FAST, A=[-30] * 4, B=[-50] * 4)
    alone, shared = days_gained(fit), days_gained(fit).over(["vehicle", "A", "B"])
    assert alone.days(["vehicle", "B"]) == (0, 50)
    assert shared.days(["vehicle", "B"]) == (0, 30)
    weights = np.array([[-1.0, 0, 1]])
    by_thirty, by_fifty = (each.contrast_of(weights, 0.95).estimate[0] for each in (shared, alone))
    assert by_fifty - by_thirty == pytest.approx(20)


def test_p_and_limits_by_hand():
    draws = np.random.default_rng(1).permutation(np.arange(1.0, 40.0) - 2.5)
    found = Drawn(10.0, draws)
    assert found.p_value == pytest.approx(2 * 3 / 40)
    assert Drawn(-10.0, draws).p_value == 1
    assert found.limits(0.9) == (draws.min() + 1, draws.max() - 1)
    assert found.limits(0.5) == (draws.min() + 9, draws.max() - 9)
    assert found.limits(0.999) == (-np.inf, np.inf)


def test_three_against_three_apart_have_one_p_and_an_open_limit():
    fit = fit_of(vehicle=[7, 10, 14], A=[30, -60, -60])
    row = contrast(fit, [-1, 1], hazard_source)
    assert row["p_value"] == pytest.approx(0.1)
    assert row["conf_high"] == np.inf
    assert row["conf_low"] < row["estimate"] < 0
    frame = log_rank_frame(fit).set_index("contrast")
    assert frame.loc["A - vehicle", "p_value"] == row["p_value"]
    assert frame.loc["A - vehicle", "p_chi_square"] < 0.05
    # At a level that 20 splits can reach, the limit is there again.
    assert np.isfinite(contrast(fit, [-1, 1], hazard_source, level=0.85)["conf_high"])


def test_the_limits_of_hazards_agree_with_their_p():
    fit = fit_of(vehicle=FAST, A=[10, 14, 21, 24, 35, -60, -60, -60])
    p = contrast(fit, [-1, 1], hazard_source)["p_value"]
    assert contrast(fit, [-1, 1], hazard_source, level=1 - 1.001 * p)["conf_high"] < 0
    assert contrast(fit, [-1, 1], hazard_source, level=1 - 0.999 * p)["conf_high"] > 0


def test_a_contrast_of_three_arms_has_the_likelihood_ratio_alone():
    fit = fit_of(vehicle=FAST, A=[10, 14, 21, 24, 35], B=[14, 24, -60, -60, -60])
    row = contrast(fit, [-1, 0.5, 0.5], hazard_source)
    assert row["p_value"] == fit.hazards.contrast(np.array([-1, 0.5, 0.5])).p_value


def test_the_share_that_progressed_is_bounded_by_who_was_followed():
    fit = fit_of(vehicle=FAST, A=[-8] * 7 + [-60] * 3)
    # On day 60 itself the three were read, without progression.
    curve = fit.curves[fit.design.arm_names.index("A")]
    assert progressed_limits(curve, 60, 0.95).high == pytest.approx(1 - 0.025 ** (1 / 3))
    assert progressed_limits(curve, 5, 0.95).high == pytest.approx(1 - 0.025**0.1)


def at_level(fit, level):
    rules = fit.design.rules
    rules = msgspec.structs.replace(
        rules, compare=msgspec.structs.replace(rules.compare, level=level)
    )
    return replace(fit, design=replace(fit.design, rules=rules))


@pytest.mark.parametrize(("mice", "level", "shown"), [(3, 0.95, 0), (4, 0.95, 1), (3, 0.85, 1)])
def test_days_are_shown_where_an_order_of_so_many_mice_is_unlikely(mice, level, shown):
    # 2 of 20 orders set 3 and 3 mice wholly apart, 2 of 70 orders 4 and 4.
    fit = at_level(fit_of(vehicle=[7, 8, 9, 10][:mice], A=[-60] * mice), level)
    row = contrast(fit, [-1, 1], level=level)
    assert row["p_value"] == pytest.approx({3: 0.1, 4: 2 / 70}[mice])
    assert (row["conf_low"] > 0) == shown
    assert row["conf_high"] > row["estimate"] > 0
    assert [doubt.rule for doubt in doubt_few_splits(fit)] == [] if shown else ["too-few-to-split"]


def test_contrasts_adjusted_together_may_be_too_many_for_their_mice():
    three = dict.fromkeys("ABC", [-60] * 4)
    (doubt,) = doubt_few_splits(fit_of(vehicle=[7, 8, 9, 10], **three))
    assert doubt.arms == ("vehicle", "A", "B", "C")
    assert "no p below 0.0857 where 3 contrasts with control are adjusted together" in doubt.text
    assert not list(doubt_few_splits(fit_of(vehicle=[7, 8, 9, 10, 11], **three)))


def test_p_of_days_is_at_least_that_of_the_permutation_of_the_mice():
    fit = fit_of(vehicle=[1, 3, 5, 14, 20], A=[3.1, 12, 40, 70, 99])
    row, days = contrast(fit, [-1, 1]), fit.times.day
    splits = [list(own) for own in combinations(range(10), 5)]
    gains = [np.delete(days, own).mean() - days[own].mean() for own in splits]
    assert row["p_value"] == np.mean(np.abs(gains) >= row["estimate"] - 1e-9)
    alone = Drawn(row["estimate"], drawn_of(fit))
    assert row["p_value"] > 0.05 > alone.p_value
    assert alone.limits(0.95)[0] > 0
    assert row["conf_low"] < 0
    assert contrast(fit, [-1, 1], level=1 - 1.01 * row["p_value"])["conf_low"] > 0


def test_a_limit_that_draws_do_not_reach_is_that_of_a_normal_law():
    low, high = Drawn(20.0, np.linspace(10, 30, 99), least=0.1, most=60).limits(0.95)
    assert low == pytest.approx(20 * (1 - 1.959964 / 1.644854), rel=1e-4)
    assert high == pytest.approx(29.6, abs=0.2)
    mirrored = Drawn(-20.0, np.linspace(-30, -10, 99), least=0.1, most=60).limits(0.95)
    assert mirrored == pytest.approx((-high, -low))
    assert Drawn(20.0, np.linspace(10, 30, 99), least=0.99, most=60).limits(0.95)[0] == -60
