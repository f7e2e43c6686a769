"""Pools of contrasts: all lines, groups, their difference, and each of them at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xenotrack.compare.line_contrasts import RATE, LineContrasts
from xenotrack.compare.panel import panel_contrasts
from xenotrack.compare.pooled import ALL, DIFFERENCE, EACH, GROUP, Pooled
from xenotrack.compare.pooled_claims import pool, pool_frame
from xenotrack.glossary_pool import POOL_TABLES

STORED = json.loads((Path(__file__).parents[1] / "reference" / "pool.json").read_text())
MUTANT, WILD = ("a", "b", "c"), ("d", "e", "f")
FACTORS = {"PIK3CA": {"mutant": MUTANT, "wild_type": WILD}}


def contrast(estimate, error=0.005, df=np.nan, arm="A", **more) -> LineContrasts:
    estimate = np.asarray(estimate, dtype=float)
    n = len(estimate)
    days = np.full(n, 28.0)
    given = {"outcome": "growth_rate", "against": "vehicle", **more}
    errors, dfs = np.broadcast_to(error, n).astype(float), np.broadcast_to(df, n).astype(float)
    lines = tuple("abcdefghij"[:n])
    return LineContrasts(
        arm=arm,
        lines=lines,
        estimate=estimate,
        std_error=errors,
        df=dfs,
        from_day=days * 0,
        until_day=days,
        **given,
    )


def row_of(rows: list[Pooled], scope: str, group: str = "", arm: str = "A") -> Pooled:
    (found,) = [
        row for row in rows if row.scope == scope and group in ("", row.group) and row.arm == arm
    ]
    return found


def test_metafors_test_of_the_difference_of_groups_is_the_interaction() -> None:
    data = STORED["lines"]["spread"]
    rows = pool([contrast(data["y"], data["se"])], FACTORS, 0.95)
    (wanted,) = STORED["by_group"]["spread"]["difference"]
    found = row_of(rows, DIFFERENCE)
    assert found.estimate == pytest.approx(wanted["estimate"], rel=1e-5)
    assert found.std_error == pytest.approx(wanted["std_error"], rel=1e-5)
    assert found.p_value == pytest.approx(wanted["p_value"], rel=1e-5)


def test_in_both_groups_is_the_larger_p_and_never_that_of_the_mean() -> None:
    rows = pool([contrast([-0.06, -0.065, -0.055, -0.004, 0.001, -0.002])], FACTORS, 0.95)
    groups = [row_of(rows, GROUP, name) for name in ("mutant", "wild_type")]
    each = row_of(rows, EACH)
    assert each.p_value == pytest.approx(max(row.p_value for row in groups))
    assert each.conf_high == max(row.conf_high for row in groups)
    assert each.shows == "not shown"
    assert row_of(rows, DIFFERENCE).shows == "differ"


def test_one_group_worse_leaves_the_claim_of_both_at_p_1() -> None:
    rows = pool([contrast([-0.06, -0.065, -0.055, 0.03, 0.035, 0.032])], FACTORS, 0.95)
    assert row_of(rows, EACH).p_value == 1.0


def test_claims_of_one_scope_are_adjusted_over_arms_but_for_the_primary_one() -> None:
    y = np.array([-0.05, -0.043, -0.062, -0.031, -0.055, -0.02])
    arms = [contrast(y), contrast(y / 2, arm="B"), contrast(y, arm="C", primary=True)]
    rows = pool(arms, {}, 0.95)
    p = {row.arm: row.p_value for row in rows}
    adjusted = {row.arm: row.p_adjusted for row in rows}
    assert adjusted["A"] == pytest.approx(2 * p["A"])
    assert adjusted["C"] == p["C"]


@pytest.mark.parametrize("scale", [0.1, 0.3, 1.0])
def test_a_claim_agrees_with_its_interval_at_the_adjusted_level(scale) -> None:
    y = scale * np.array([-0.05, -0.043, -0.062, -0.031, -0.055, 0.02])
    for row in pool([contrast(y), contrast(y / 3, arm="B")], FACTORS, 0.95):
        if row.scope in (ALL, DIFFERENCE):
            excluded = row.claim_low > 0 or row.claim_high < 0
            assert excluded == (row.p_adjusted < 0.05)


def test_the_rate_of_an_arm_is_held_against_the_rate_of_a_block() -> None:
    rates = contrast([0.002, 0.0, 0.004, -0.001, 0.003, 0.001], 0.002, outcome=RATE, against="")
    shown = {null: pool([replaced(rates, null)], FACTORS, 0.95) for null in (0.01, 0.001)}
    assert row_of(shown[0.01], EACH).shows == "blocked"
    assert row_of(shown[0.001], EACH).shows == "not shown"
    assert [row.scope for row in shown[0.01]] == [ALL, GROUP, GROUP, EACH]


def replaced(one: LineContrasts, null: float) -> LineContrasts:
    from dataclasses import replace

    return replace(one, null=null)


def test_lines_without_errors_of_their_own_are_a_paired_t_test() -> None:
    y = np.array([-0.05, -0.043, -0.062, -0.031, -0.055, -0.02])
    (row,) = pool([contrast(y, np.nan)], {}, 0.95)
    wanted = stats.ttest_1samp(y, 0)
    assert row.p_value == pytest.approx(wanted.pvalue, rel=1e-6)
    assert row.df == 5
    assert np.isnan(row.tau)


def test_a_group_of_one_line_has_the_spread_of_the_others() -> None:
    factors = {"PIK3CA": {"mutant": ("a", "b", "c", "d", "e"), "wild_type": ("f",)}}
    rows = pool([contrast([-0.06, -0.065, -0.055, -0.05, -0.07, -0.02])], factors, 0.95)
    assert row_of(rows, GROUP, "wild_type").df == 4
    assert np.isfinite(row_of(rows, DIFFERENCE).p_value)


def test_two_lines_in_two_groups_have_no_spread_and_no_test() -> None:
    factors = {"PIK3CA": {"mutant": ("a",), "wild_type": ("b",)}}
    rows = pool([contrast([-0.06, -0.02])], factors, 0.95)
    assert row_of(rows, GROUP, "mutant").estimate == pytest.approx(-0.06)
    assert np.isnan(row_of(rows, DIFFERENCE).p_value)
    assert row_of(rows, EACH).shows == ""


def test_the_table_has_the_columns_of_the_glossary() -> None:
    frame = pool_frame(pool([contrast([-0.06, -0.02, -0.03])], {}, 0.95))
    assert tuple(frame.columns) == POOL_TABLES["pool"]
    assert tuple(pool_frame([]).columns) == POOL_TABLES["pool"]


PANELS = json.loads((Path(__file__).parents[1] / "reference" / "panel.json").read_text())
GROUPS = {"PIK3CA": {"first": ("L1", "L2", "L3", "L4"), "second": ("L5", "L6", "L7", "L8")}}


@pytest.mark.parametrize("sheet", ["lines_differ", "lines_alike"])
@pytest.mark.parametrize("pooled", [True, False])
def test_mice_of_unequal_cells_in_one_model_have_the_numbers_of_lme4(sheet, pooled) -> None:
    """``rate ~ arm + (1 | line) + (1 | line:arm)`` with pbkrtest, by groups and difference."""
    rows = panel_rows(PANELS[sheet]["sheet"], pooled, GROUPS)
    asked = [one for one in PANELS[sheet]["fits"] if (one["model"] == "pooled") is pooled]
    for wanted in asked:
        scope = {"all": ALL, "first - second": DIFFERENCE}.get(wanted["group"], GROUP)
        group = "" if scope == ALL else wanted["group"]
        found = row_of(rows, scope, group, wanted["arm"])
        for name in ("estimate", "std_error", "df", "p_value"):
            assert getattr(found, name) == pytest.approx(wanted[name], rel=1e-5), (wanted, name)
    assert len(asked) == 8


def panel_rows(sheet, pooled: bool = False, factors=None) -> list[Pooled]:
    """The pooled growth rates of a sheet of mice."""
    rows = pd.DataFrame(sheet).rename(columns={"volume": "volume_mm3"})
    by_line = {str(line): own for line, own in rows.groupby("line")}
    found = panel_contrasts(by_line, ("untreated", "A", "B"), "untreated", 0.01, pooled)
    return pool([one for one in found if one.outcome == "growth_rate"], factors or {}, 0.95)


def test_a_panel_knows_the_spread_of_lines_only_where_cells_have_two_mice() -> None:
    two = row_of(panel_rows(PANELS["lines_differ"]["sheet"]), ALL)
    one = row_of(panel_rows(STORED["panel"]), ALL)
    assert two.tau_low <= two.tau <= two.tau_high
    assert np.isnan(one.tau)


def test_the_next_line_of_one_mouse_a_cell_lies_where_its_mice_would() -> None:
    y = np.array([-0.05, -0.043, -0.062, -0.031, -0.055, -0.02])
    (row,) = pool([contrast(y, np.nan)], {}, 0.95)
    reach = stats.t.ppf(0.975, 5) * y.std(ddof=1) * np.sqrt(1 + 1 / 6)
    assert (row.predict_low, row.predict_high) == pytest.approx(
        (y.mean() - reach, y.mean() + reach)
    )


@pytest.mark.parametrize("n_lines", [3, 4, 6])
@pytest.mark.parametrize("df", [3.0, 6.0, np.nan])
@pytest.mark.parametrize("spread", [0.0, 0.001, 0.02])
def test_the_next_line_is_known_no_better_than_the_mean(n_lines, df, spread) -> None:
    y = -0.05 + spread * np.linspace(-1, 1, n_lines)
    (row,) = pool([contrast(y, np.full(n_lines, 0.01), df)], {}, 0.95)
    assert row.predict_low <= row.conf_low < row.conf_high <= row.predict_high


def readings() -> dict[str, pd.DataFrame]:
    rows = pd.DataFrame(STORED["panel"]).rename(columns={"volume": "volume_mm3"})
    return {str(line): own for line, own in rows.groupby("line")}


@pytest.mark.parametrize(("kind", "pooled"), [("pairs", False), ("one_stage", True)])
def test_a_panel_of_one_mouse_a_cell_has_the_numbers_of_r(kind, pooled) -> None:
    """Paired t on lines − 1; with one spread for all arms lme4 with pbkrtest."""
    arms = ("untreated", "A", "B")
    rows = pool(list(panel_contrasts(readings(), arms, "untreated", 0.01, pooled)), {}, 0.95)
    for wanted in STORED["panel_fits"][kind]:
        (found,) = [
            row for row in rows if row.arm == wanted["arm"] and row.outcome == "growth_rate"
        ]
        for name in ("estimate", "std_error", "df", "p_value"):
            assert getattr(found, name) == pytest.approx(wanted[name], rel=1e-5)
