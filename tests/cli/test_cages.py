"""Whole cages in one arm: said, and compared by cage when asked."""

import io

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def sheet(tmp_path):
    """Two arms of three cages of three mice, whose cages differ in growth."""
    rng, rows = np.random.default_rng(5), []
    for cage in range(6):
        arm, pace = ("vehicle", 0.06) if cage < 3 else ("A", 0.03)
        pace += rng.normal(0, 0.02)
        for mouse in range(3):
            rate = pace + rng.normal(0, 0.005)
            for day in (0, 4, 7, 11, 14, 18):
                volume = 120 * np.exp(rate * day + rng.normal(0, 0.05))
                rows.append((f"m{cage}{mouse}", f"C{cage}", arm, day, round(volume, 1)))
    path = tmp_path / "cages.csv"
    pd.DataFrame(rows, columns=["mouse", "cage", "arm", "day", "volume_mm3"]).to_csv(
        path, index=False
    )
    return path


def growth(ask, sheet, *typed):
    answer = ask("compare", sheet, "--outcome", "growth_rate", "-f", "csv", *typed, code=0)
    return pd.read_csv(io.StringIO(answer.stdout)).iloc[0], answer.stderr


def test_whole_cages_in_an_arm_are_a_finding_and_a_doubt_with_its_number(ask, sheet):
    assert "cages-nested-in-arms" in ask("check", sheet, "-f", "csv", code=0).stdout
    row, said = growth(ask, sheet)
    assert "Each cage holds one arm only (cages: vehicle 3, A 3); cages explain" in said
    assert row["df"] > 10


def test_the_cage_as_the_unit_has_its_degrees_of_freedom_and_no_doubt(ask, sheet):
    by_mouse, _ = growth(ask, sheet)
    row, said = growth(ask, sheet, "--experimental-unit", "cage")
    assert row["estimate"] == pytest.approx(by_mouse["estimate"])
    assert row["std_error"] > by_mouse["std_error"]
    assert 2 <= row["df"] <= 4
    assert "holds one arm" not in said
    answer = ask("check", sheet, "--experimental-unit", "cage", "-f", "csv", code=0)
    assert "cages-nested-in-arms" not in answer.stdout


def test_times_are_no_claim_where_the_cage_is_the_unit(ask, sheet):
    answer = ask(
        "compare",
        sheet,
        "--outcome",
        "rmst_days",
        "--experimental-unit",
        "cage",
        "-f",
        "csv",
        code=0,
    )
    row = pd.read_csv(io.StringIO(answer.stdout)).iloc[0]
    assert row["shows"] in ("withheld", "not shown")
    assert "the cage" in answer.stderr


def test_the_cage_as_the_unit_needs_the_cage_of_every_mouse(ask, sheet):
    rows = pd.read_csv(sheet)
    rows.loc[rows["mouse"] == "m00", "cage"] = ""
    rows.to_csv(sheet, index=False)
    answer = ask("growth", sheet, "--experimental-unit", "cage", code=1)
    assert "1 of 18 have none (m00)" in answer.stderr


def test_the_shared_study_of_whole_cages_is_doubted(ask, faults):
    _, said = growth(ask, faults("claims/cage.csv"))
    assert "Each cage holds one arm only" in said
