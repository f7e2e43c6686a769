"""Small sheets of the kinds that labs and bug reports have, and what each should give.

The sheets are kept beside the repository and skipped where they are absent; tests of their own
sheets stand in ``tests/study``.
"""

from __future__ import annotations

import csv
import io

import pytest


def rules_in(answer) -> dict[str, str]:
    """The rules of ``check -f csv``, each with its severity."""
    return {row["rule"]: row["severity"] for row in csv.DictReader(io.StringIO(answer.stdout))}


def rates(answer) -> dict[str, float]:
    rows = csv.DictReader(io.StringIO(answer.stdout))
    return {row["arm"]: float(row["estimate"]) for row in rows}


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        ("bugs/c29_tumor_type.csv", "tumor.type"),
        ("newcomer/two_models.csv", "Model"),
        ("bugs/c60_lines_by_cells.csv", "cell line"),
        ("bugs/c30_pdx_1x1x1.csv", "patient.id"),
    ],
)
def test_models_are_an_error_until_declared(ask, faults, sheet, column) -> None:
    path = faults(sheet)
    assert rules_in(ask("check", path, "-f", "csv", code=1))["arm-pools-models"] == "error"
    assert column in ask("growth", path, code=1).stderr
    for role in ("line", "block", "ignore"):
        ask("check", path, "--column", f"{role}={column}", code=0)


def test_the_rates_of_each_tumour_type_are_those_of_r(ask, faults) -> None:
    line = ("--column", "line=tumor.type", "-f", "csv")
    for name, rate in (("BRCA", -0.0095), ("PDAC", 0.0488)):
        path = faults("bugs/c29_tumor_type.csv")
        found = rates(ask("growth", path, "--select", name, *line, code=0))
        assert found["BYL719"] == pytest.approx(rate, abs=0.0001)


def test_a_batch_crossed_with_arms_is_told_with_the_line_to_paste(ask, faults) -> None:
    path = faults("bugs/c18_multibatch_simpson.csv")
    assert rules_in(ask("check", path, "-f", "csv", code=0))["factor-not-used"] == "warning"
    assert 'block = "batch"' in ask("check", path, "-f", "csv").stdout.replace('""', '"')
    declared = ask("check", path, "--column", "block=batch", "-f", "csv", code=0)
    assert set(rules_in(declared)) == {"block-not-used"}


def test_the_columns_of_joined_arms_were_used(ask, faults) -> None:
    joined = ("--column", "arm=Drug + Dose (mg/kg)", "--strict")
    ask("check", faults("bugs/c62_join.csv"), *joined, code=0)


@pytest.mark.parametrize(
    ("sheet", "stayers", "added"),
    [("rerandomised.csv", "ribociclib", "alpelisib+ribociclib"), ("ph.csv", "A", "B")],
)
def test_mice_that_stayed_are_the_comparator_of_their_phase(ask, faults, sheet, stayers, added):
    path = faults(f"newcomer/{sheet}")
    found = ask("check", path, "-f", "csv")
    assert "left-without-fate" not in rules_in(found)
    rows = csv.DictReader(io.StringIO(ask("compare", path, "--phase", "2", "-f", "csv").stdout))
    assert f"{added} - {stayers}" in {row["contrast"] for row in rows}


def test_an_arm_of_every_row_is_refused_at_once(ask, faults) -> None:
    answer = ask("check", faults("reliability/phases2000/n1000.csv"), code=1)
    assert "334 arms" in answer.stderr
