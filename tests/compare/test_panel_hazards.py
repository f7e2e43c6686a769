"""Hazards of panels by groups of lines: rows of the pool, and the claim in each group."""

from __future__ import annotations

import pandas as pd

from xenotrack.compare.panel_hazards import panel_hazards
from xenotrack.compare.pooled import ALL, DIFFERENCE, EACH, GROUP
from xenotrack.compare.pooled_claims import pool

GROUPS = {"F": {"mut": [f"M{k}" for k in range(6)], "wt": [f"W{k}" for k in range(6)]}}
LINES = [line for own in GROUPS["F"].values() for line in own]


def responses(treated_first: list[str]) -> dict[str, pd.DataFrame]:
    """A mouse of either arm a line; in some lines the treated one progressed first."""
    columns = ["mouse", "arm", "mrecist", "progressed", "progression_day", "last_day"]
    return {
        line: pd.DataFrame(
            [
                (arm, arm, "SD", (arm == "A") == (line in treated_first), 7.0, 28.0)
                for arm in ("A", "vehicle")
            ],
            columns=columns,
        )
        for line in LINES
    }


def rows_of(treated_first: list[str], factors=GROUPS):
    hazards = tuple(
        panel_hazards(responses(treated_first), ("vehicle", "A"), "vehicle", factors, 0.95)
    )
    return {(row.scope, row.group): row for row in pool([], factors, 0.95, hazards)}


def test_both_groups_better_is_a_claim_of_each_with_the_larger_p() -> None:
    rows = rows_of([])
    groups = [rows[GROUP, name].p_value for name in ("mut", "wt")]
    both = rows[EACH, "mut and wt"]
    assert (both.shows, both.n_lines) == ("better", 12)
    assert both.p_value == max(groups) < 0.05
    assert both.conf_high < 0
    # Both are infinite to the same side: nothing is said of their difference.
    assert rows[DIFFERENCE, "mut - wt"].shows == ""


def test_groups_that_say_the_contrary_differ_and_are_no_claim_of_both() -> None:
    rows = rows_of([f"W{k}" for k in range(6)])
    assert rows[ALL, ""].shows == "not shown"
    assert rows[DIFFERENCE, "mut - wt"].shows == "differ"
    assert rows[EACH, "mut and wt"].shows == "not shown"
    assert rows[EACH, "mut and wt"].p_value == 1


def test_one_group_alone_has_no_rows_by_it() -> None:
    rows = rows_of([], {"F": {"mut": GROUPS["F"]["mut"], "none": ["nowhere"]}})
    assert list(rows) == [(ALL, "")]
