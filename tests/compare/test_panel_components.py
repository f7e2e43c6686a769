"""Days gained, response and weight of panels: paired within lines, p not below permutation's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.panel_components import PanelTables, panel_components, pseudo_values
from xenotrack.compare.pooled import DIFFERENCE, EACH, GROUP
from xenotrack.compare.pooled_claims import pool
from xenotrack.model.restricted_mean import restricted_mean
from xenotrack.model.survival import estimate_curve

STORED = json.loads((Path(__file__).parents[1] / "reference" / "panel_outcomes.json").read_text())
DAYS = np.array([5.0, 8.0, 12.0, 20.0])


def panel(treated: list[bool], others: list[bool]) -> PanelTables:
    """A line a mouse of each arm, which responded or did not; a responder is free to day 28."""
    response, times, weights = {}, {}, {}
    for k, both in enumerate(zip(treated, others, strict=True)):
        mice = list(zip(("A", "vehicle"), both, strict=True))
        response[f"L{k}"] = pd.DataFrame(
            [(arm, arm, "PR" if hit else "PD") for arm, hit in mice],
            columns=["mouse", "arm", "mrecist"],
        )
        rows = [
            (arm, arm, *((28.0, np.nan, 28.0) if hit else (7.0, 7.0 + k, 7.0 + k)), not hit, None)
            for arm, hit in mice
        ]
        names = ["mouse", "arm", "day_low", "day_high", "day", "event", "fate"]
        times[f"L{k}"] = pd.DataFrame(rows, columns=names)
        weights[f"L{k}"] = pd.DataFrame(
            [(arm, arm, day, -0.1 * k * day * hit) for arm, hit in mice for day in (0.0, 7, 14)],
            columns=["mouse", "arm", "day", "change_percent"],
        )
    return PanelTables(response, times, weights)


def rows_of(tables: PanelTables, factors=None, level=0.95):
    contrasts = list(panel_components(tables, ("vehicle", "A"), "vehicle", level))
    return {
        (row.outcome, row.scope, row.group): row for row in pool(contrasts, factors or {}, level)
    }


@pytest.mark.parametrize(("n", "exact"), [(5, 2 / 32), (7, 2 / 128)])
def test_lines_that_all_respond_have_the_p_of_the_sign_test(n: int, exact: float) -> None:
    row = rows_of(panel([True] * n, [False] * n))["response_rate", "all lines", ""]
    assert row.estimate == 1
    assert row.p_value == pytest.approx(exact, rel=0.15)
    assert (row.conf_low > 0) == (row.p_value < 0.05)
    assert row.conf_high == 1


def test_without_a_response_the_rate_may_still_differ() -> None:
    row = rows_of(panel([False] * 8, [False] * 8))["response_rate", "all lines", ""]
    assert (row.estimate, row.p_value, row.shows) == (0, 1, "not shown")
    assert 0.1 < row.conf_high == -row.conf_low < 0.4


def test_days_gained_without_censoring_are_the_mean_of_the_days_themselves() -> None:
    row = rows_of(panel([True] * 6, [False] * 6))["rmst_days", "all lines", ""]
    lasted = 7 + np.arange(6)
    assert row.estimate == pytest.approx(row.until_day - lasted.mean())
    # R: t.test(21 - 0:5): standard error sqrt(3.5 / 6).
    assert row.std_error == pytest.approx(np.sqrt(3.5 / 6))
    assert row.p_value == pytest.approx(2 / 64, rel=0.15)


def test_the_weight_of_a_line_is_the_mean_over_shared_days_after_the_baseline() -> None:
    row = rows_of(panel([True] * 4, [False] * 4))["net_weight", "all lines", ""]
    assert row.estimate == pytest.approx(np.mean([-0.1 * k * 10.5 for k in range(4)]))
    assert (row.from_day, row.until_day) == (7, 14)


def test_groups_of_lines_have_their_mean_their_difference_and_both() -> None:
    tables = panel([True] * 8 + [False] * 8, [False] * 16)
    factors = {"F": {"m": [f"L{k}" for k in range(8)], "w": [f"L{k}" for k in range(8, 16)]}}
    rows = rows_of(tables, factors)
    assert rows["response_rate", GROUP, "m"].estimate == 1
    assert rows["response_rate", DIFFERENCE, "m - w"].shows == "differ"
    both = rows["response_rate", EACH, "m and w"]
    assert (both.shows, both.estimate) == ("not shown", 0)
    assert both.conf_low <= 0


def test_pseudo_values_are_what_each_mouse_adds_to_kaplan_meier() -> None:
    event = np.array([True, False, True, False])

    def mean_without(i: int) -> float:
        curve = estimate_curve(np.delete(DAYS, i), np.delete(event, i))
        return restricted_mean(curve, 15.0).estimate

    whole = restricted_mean(estimate_curve(DAYS, event), 15.0).estimate
    wanted = [4 * whole - 3 * mean_without(i) for i in range(3)]
    # Without the last mouse nobody is followed to day 15, and the curve stays as it was.
    assert pseudo_values(DAYS, event, 15.0)[:3] == pytest.approx(wanted)
    assert pseudo_values(DAYS, np.ones(4, bool), 15.0).tolist() == pytest.approx([5, 8, 12, 15])


def of_r() -> PanelTables:
    """The mice of the reference script."""
    mice, weighed = pd.DataFrame(STORED["mice"]), pd.DataFrame(STORED["weights"])
    mice = mice.assign(
        mouse=mice["arm"],
        mrecist=np.where(mice["responded"], "PR", "PD"),
        event=mice["event"].astype(bool),
        day_low=mice["day"],
        day_high=mice["day"],
        fate=None,
    )
    by_line = dict(tuple(mice.groupby("line")))
    weights = dict(tuple(weighed.assign(mouse=weighed["arm"]).groupby("line")))
    return PanelTables(by_line, by_line, weights)


@pytest.mark.parametrize(
    ("outcome", "name"),
    [("rmst_days", "days"), ("response_rate", "responders"), ("net_weight", "weight")],
)
def test_paired_lines_have_the_numbers_of_r(outcome: str, name: str) -> None:
    """Paired t; of days and responders no p below that of all sign flips, but for its draws."""
    row, (wanted,) = rows_of(of_r())[outcome, "all lines", ""], STORED[name]
    assert row.estimate == pytest.approx(wanted["estimate"], rel=1e-5)
    error = max(wanted["std_error"], wanted.get("least_error", 0.0))
    assert row.std_error == pytest.approx(error, rel=1e-5)
    if name == "weight":
        limits = (wanted["conf_low"], wanted["conf_high"])
        assert (row.conf_low, row.conf_high) == pytest.approx(limits, rel=1e-5)
        assert row.p_value == pytest.approx(wanted["p_t"], rel=1e-5)
        return
    flips = wanted["p_flips"]
    assert row.p_value == pytest.approx(flips, abs=4 * np.sqrt(flips / 20_000))


def test_the_days_of_r_are_counted_to_the_same_day() -> None:
    assert rows_of(of_r())["rmst_days", "all lines", ""].until_day == STORED["until"]
