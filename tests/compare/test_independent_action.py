"""Progression against independent action of the parts: by hand, and by simulation."""

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.independent_action import (
    BEYOND,
    SHORT,
    UNDECIDED,
    excess,
    independent_action,
)
from xenotrack.compare.shares import Share, progressed_by
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.survival import estimate_curve, estimate_curves
from xenotrack.model.times import mouse_times

from .reference import design_of


def fit_of(**days):
    """Progression of arms (``AB`` is A+B) by their mice's days, negative where censored."""
    named = {"vehicle" if arm == "C" else "+".join(arm): own for arm, own in days.items()}
    design = design_of(tuple(named))
    mice = pd.DataFrame(
        [(arm, abs(day), day > 0) for arm, own in named.items() for day in own],
        columns=["arm", "day", "event"],
    )
    mice = mice.assign(day_low=mice["day"], day_high=mice["day"].where(mice["event"]), fate=None)
    times = mouse_times(mice, tuple(named))
    curves = estimate_curves(times.day, times.events, times.arm, len(named))
    return ProgressionFit(design, mice, times, curves, (), (), 50.0, ())


def ten(progressed):
    """Ten mice followed to day 60, of which so many progressed on day 20."""
    return [20] * progressed + [-60] * (10 - progressed)


def test_shares_that_progressed_multiply_over_the_controls():
    found = independent_action(fit_of(C=ten(8), A=ten(6), B=ten(5), AB=ten(1)), [30]).to_frame()
    (row,) = found.itertuples()
    # F_A F_B / F_C = .6 · .5 / .8 = .375.
    assert (row.combination, row.parts, row.day, row.n_mice) == ("A+B", "A and B", 30, 40)
    assert (row.observed, row.expected) == pytest.approx((0.9, 0.625))
    assert row.estimate == pytest.approx(0.275)
    assert row.conf_low < 0.275 < row.conf_high


def test_a_control_that_all_progressed_leaves_the_plain_product():
    found = independent_action(fit_of(C=ten(10), A=ten(6), B=ten(5), AB=ten(1)), [30]).to_frame()
    assert found["expected"].tolist() == pytest.approx([1 - 0.6 * 0.5])


def test_limits_by_hand():
    # Exact 1 of 10: .0025, .4450; Wilson 6 of 10: .3127, .8318; 5: .2366, .7634; 10: .7225, 1.
    found = excess(Share(0.1, 10, 10), [Share(1, 10, 10), Share(0.6, 10, 10), Share(0.5, 10, 10)],
                   [-1, 1, 1], 0.95)  # fmt: skip
    down = np.sqrt(np.log(0.6 / 0.3127) ** 2 + np.log(0.5 / 0.2366) ** 2)
    up = np.sqrt(np.log(0.8318 / 0.6) ** 2 + np.log(0.7634 / 0.5) ** 2 + np.log(1 / 0.7225) ** 2)
    low, high = 0.3 * np.exp(-down), 0.3 * np.exp(up)
    assert found.conf_low == pytest.approx(0.2 - np.hypot(0.3 - low, 0.4450 - 0.1), abs=1e-4)
    assert found.conf_high == pytest.approx(0.2 + np.hypot(high - 0.3, 0.1 - 0.0025), abs=1e-4)


def test_a_triple_is_held_against_its_singles_and_each_doublet_with_the_third():
    days = {arm: ten(k) for arm, k in zip(("C", "A", "B", "D"), (10, 6, 6, 7), strict=True)}
    fit = fit_of(**days, AB=ten(4), AD=ten(4), BD=ten(5), ABD=ten(1))
    found = independent_action(fit, [30]).to_frame()
    triple = found[found["combination"] == "A+B+D"].set_index("parts")
    assert triple.loc["A and B and D", "expected"] == pytest.approx(1 - 0.6 * 0.6 * 0.7)
    assert triple.loc["A+B and D", "expected"] == pytest.approx(1 - 0.4 * 0.7)
    assert len(triple) == 4
    # Four combinations against their singles; three claims against a doublet and the third.
    assert (found["simultaneous_low"] < found["conf_low"]).all()
    assert (found["simultaneous_high"] >= found["conf_high"]).all()


def test_one_combination_alone_needs_no_allowance():
    row = independent_action(fit_of(C=ten(9), A=ten(6), B=ten(5), AB=ten(1)), [30]).rows[0]
    assert row.alone == row.jointly


def test_verdicts():
    def verdict(a, b, ab):
        fit = fit_of(C=ten(10) * 3, A=ten(a) * 3, B=ten(b) * 3, AB=ten(ab) * 3)
        return independent_action(fit, [30]).rows[0].verdict

    assert verdict(9, 9, 2) == BEYOND
    assert verdict(4, 4, 7) == SHORT
    assert verdict(6, 6, 4) == UNDECIDED


def test_the_day_is_the_one_of_restricted_means_unless_named():
    fit = fit_of(C=ten(9), A=ten(6), B=ten(5), AB=ten(1))
    assert [row.day for row in independent_action(fit).rows] == [50]
    assert [row.day for row in independent_action(fit, [40, 30]).rows] == [30, 40]


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"C": ten(0), "A": ten(0), "B": ten(1), "AB": ten(0)}, "no control mouse had progressed"),
        ({"C": [20] * 9 + [-25], "A": ten(1), "B": ten(1), "AB": ten(0)}, "not followed to day 30"),
        ({"C": ten(9), "A": ten(5), "AB": ten(1)}, "no other arm received B"),
        ({"A": ten(5), "B": ten(5), "AB": ten(1)}, "no arm is without a drug"),
    ],
)
def test_what_cannot_be_held_against_its_parts_is_named_with_the_reason(days, reason):
    found = independent_action(fit_of(**days), [30])
    assert found.to_frame().empty
    (doubt,) = found.doubts
    assert doubt.arms == ("A+B",)
    assert reason in doubt.text


def test_parts_that_held_every_mouse_leave_no_room_and_that_is_said():
    found = independent_action(fit_of(C=ten(9), A=ten(0), B=ten(5), AB=ten(0)), [30])
    (row,), (doubt,) = found.rows, found.doubts
    assert row.expected == 1
    assert row.alone.conf_low < 0 < row.alone.conf_high <= 1
    assert doubt.rule == "independent-action-leaves-no-room"


def test_a_part_worse_than_the_control_is_not_expected_to_progress_more_than_always():
    row = independent_action(fit_of(C=ten(5), A=ten(9), B=ten(8), AB=ten(9)), [30]).rows[0]
    assert row.expected == 0
    assert row.alone.conf_low >= -1


def curve(*days):
    return estimate_curve(np.abs(np.array(days, float)), np.array(days) > 0)


def test_censoring_before_the_day_makes_a_share_worth_fewer_mice():
    # Day 2: 1 of 8; two censored at 3; day 5: 1 of 5. S = 7/8 · 4/5 = .7, four known free at 6.
    share = progressed_by(curve(2, -3, -3, 5, -9, -9, -9, -9), 6)
    assert share.value == pytest.approx(0.3)
    assert share.size == pytest.approx(4 / 0.7)
    assert share.n_mice == 8


def test_a_mouse_last_seen_on_the_day_itself_was_free_of_progression_then():
    assert progressed_by(curve(4, -6, -9, -9), 6).size == pytest.approx(4)


def test_before_the_first_event_all_mice_count_and_after_the_last_reading_none_is_known():
    ends = curve(4, -6, -9, -9)
    assert progressed_by(ends, 1) == Share(0.0, 4.0, 4)
    assert progressed_by(ends, 10) is None
    assert progressed_by(curve(4, 5, 6), 10) == Share(1.0, 3.0, 3)


@pytest.mark.parametrize("n", [5, 10])
@pytest.mark.parametrize(
    "shares", [(0.95, 0.6, 0.6), (1.0, 0.4, 0.6), (1.0, 0.95, 0.95), (0.7, 0.4, 0.4)]
)
def test_independent_parts_are_rarely_called_anything_else(n, shares):
    random = np.random.default_rng(3)
    control, a, b = shares
    draws = random.binomial(n, (control, a, b, a * b / control), (1500, 4)) / n
    wrong = np.zeros(2)
    for c, x, y, both in draws[draws[:, 0] > 0]:
        parts = [Share(c, n, n), Share(x, n, n), Share(y, n, n)]
        found = excess(Share(both, n, n), parts, [-1, 1, 1], 0.95)
        wrong += found.conf_low > 0, found.conf_high < 0
    # 2.5 % a side, and two standard errors of 1500 draws.
    assert (wrong / 1500 < 0.033).all()


def test_why_a_comparison_cannot_be_made_is_told_of_arms_and_whole_days():
    left = independent_action(fit_of(C=[20] * 3, A=[-9] * 3, B=[-9] * 3, AB=[-60] * 3), [47.5366])
    assert left.doubts[0].text.endswith("A and B: A, B were not followed to day 47.5.")
    none = independent_action(fit_of(C=[20] * 3, A=[-60] * 3, B=[-60] * 3, AB=[]), [30])
    reason = "A and B: no mouse of A+B can be judged for progression."
    assert none.doubts[0].text.endswith(reason)
