"""Hazards stratified by line: R's coxph, and lines of which every pair says the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.model.stratified import StratifiedHazard

STORED = json.loads((Path(__file__).parents[1] / "reference" / "pool.json").read_text())


def hazard(rows: pd.DataFrame) -> StratifiedHazard:
    return StratifiedHazard(
        rows["day"].to_numpy(float),
        rows["event"].to_numpy(bool),
        rows["arm"].eq("A").to_numpy(),
        pd.factorize(rows["line"])[0],
    )


def pairs(n: int) -> StratifiedHazard:
    """Of each of n lines the untreated mouse progressed first, and the treated one never."""
    rows = [(k, arm, day, arm == "u") for k in range(n) for arm, day in (("u", 7.0), ("A", 28.0))]
    return hazard(pd.DataFrame(rows, columns=["line", "arm", "day", "event"]))


def test_the_ratio_is_that_of_coxph_with_strata() -> None:
    (wanted,) = STORED["stratified"]
    found = hazard(pd.DataFrame(STORED["times"]))
    assert found.estimate == pytest.approx(wanted["estimate"], rel=1e-6)
    assert found.std_error == pytest.approx(wanted["std_error"], rel=1e-6)
    assert found.p_ratio == pytest.approx(wanted["p_ratio"], rel=1e-6)


@pytest.mark.parametrize(("n", "exact"), [(4, 2 / 16), (6, 2 / 64), (8, 2 / 256)])
def test_pairs_that_all_agree_have_the_p_of_the_sign_test(n, exact) -> None:
    found = pairs(n)
    assert found.estimate == -np.inf
    assert found.p_value == pytest.approx(exact, rel=0.15)
    low, high = found.limits(0.95)
    assert low == -np.inf
    assert (high < 0) == (found.p_value < 0.05)


def test_mirrored_arms_mirror_the_ratio() -> None:
    rows = pd.DataFrame(STORED["times"])
    one, other = (
        hazard(rows),
        hazard(rows.assign(arm=rows["arm"].map({"A": "u", "untreated": "A"}))),
    )
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p_value == pytest.approx(other.p_value, rel=0.1)


def test_without_an_event_nothing_is_known() -> None:
    rows = pd.DataFrame(STORED["times"]).assign(event=0)
    assert np.isnan(hazard(rows).p_value)


def test_more_lines_that_agree_know_the_ratio_better() -> None:
    """p cannot fall below one in so many draws, and the limits are not held back by that."""
    high = [pairs(n).limits(0.95)[1] for n in (10, 20, 40)]
    assert high[0] > high[1] > high[2]
