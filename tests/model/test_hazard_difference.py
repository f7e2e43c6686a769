"""Two groups of lines differ in their hazard ratio: R's coxph, and what tells nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.model.hazard_difference import HazardDifference
from xenotrack.model.stratified import StratifiedHazard

STORED = json.loads((Path(__file__).parents[1] / "reference" / "pool.json").read_text())
FIRST = ["L1", "L2", "L5", "L7"]


def difference(rows: pd.DataFrame, first: list[str] = FIRST) -> HazardDifference:
    codes, names = pd.factorize(rows["line"])
    both = StratifiedHazard(
        rows["day"].to_numpy(float),
        rows["event"].to_numpy(bool),
        rows["arm"].eq("A").to_numpy(),
        codes,
    )
    return HazardDifference(both, np.isin(names, first))


def pairs(says: dict[str, bool]) -> pd.DataFrame:
    """A line a pair of mice, of which the treated one outlived the other or progressed before."""
    rows = [
        (line, arm, 7.0 if (arm == "u") == outlived else 28.0, (arm == "u") == outlived)
        for line, outlived in says.items()
        for arm in ("u", "A")
    ]
    return pd.DataFrame(rows, columns=["line", "arm", "day", "event"])


def test_the_groups_and_their_difference_are_those_of_coxph() -> None:
    found = difference(pd.DataFrame(STORED["grouped"]))
    wanted = STORED["stratified_groups"]
    for group, told in zip(found.groups, wanted["groups"], strict=True):
        for name in ("estimate", "std_error", "p_ratio"):
            assert getattr(group, name) == pytest.approx(told[name], rel=1e-6)
    (told,) = wanted["difference"]
    for name in ("estimate", "std_error", "p_ratio"):
        assert getattr(found, name) == pytest.approx(told[name], rel=1e-6)


def test_its_limits_are_those_of_the_profile_likelihood() -> None:
    found = difference(pd.DataFrame(STORED["grouped"]))
    found.__dict__["p_permuted"] = 0.0  # the likelihood alone
    (told,) = STORED["stratified_groups"]["difference"]
    assert found.limits(0.95) == pytest.approx((told["conf_low"], told["conf_high"]), rel=1e-6)


def test_groups_that_say_the_contrary_have_the_p_of_permuted_lines() -> None:
    """4 lines against 4, of which every division but two is less apart: 2 of 70."""
    says = {f"F{k}": True for k in range(4)} | {f"S{k}": False for k in range(4)}
    found = difference(pairs(says), [f"F{k}" for k in range(4)])
    assert found.estimate == -np.inf
    assert found.p_value == pytest.approx(2 / 70, rel=0.15)
    low, high = found.limits(0.95)
    assert low == -np.inf
    assert high < 0


def test_groups_that_both_say_the_same_without_limit_are_not_compared() -> None:
    found = difference(pairs({f"L{k}": True for k in range(8)}))
    assert np.isnan(found.p_value)
    assert np.isnan(found.limits(0.95)).all()


def test_swapped_groups_mirror_the_difference() -> None:
    rows = pd.DataFrame(STORED["grouped"])
    one = difference(rows)
    other = difference(rows, [f"L{k}" for k in (3, 4, 6, 8)])
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p_value == pytest.approx(other.p_value, rel=0.1)
