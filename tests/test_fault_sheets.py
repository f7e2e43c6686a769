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
    line = ("--column", "line=tumor.type", "--shape", "line", "-f", "csv")
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


@pytest.mark.parametrize("name", ["zipseek/cut50.xlsx", "dim/dim_single_quotes.xlsx"])
def test_workbooks_that_are_damaged_or_crafted_are_refused_in_a_sentence(ask, faults, name) -> None:
    answer = ask("check", faults(f"reliability/{name}"), code=1)
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["bigint5000", "deep", "from310", "int310", "int64"])
def test_monstrous_rules_are_refused_in_a_sentence(ask, faults, name) -> None:
    answer = ask("check", faults(f"reliability/toml/{name}.toml"), code=1)
    assert answer.stderr.count("\n") == 1
    assert len(answer.stderr) < 300


@pytest.mark.parametrize("name", ["esc.csv", "vt.csv", "vt.xlsx"])
def test_control_characters_are_told_and_never_written(ask, faults, name) -> None:
    path = faults(f"reliability/ctl/{name}")
    assert "name-with-control-character" in rules_in(ask("check", path, "-f", "csv", code=0))
    answer = ask("growth", path)
    assert not {"\x1b", "\x0b"} & set(answer.stdout + answer.stderr)


def test_a_stray_cell_is_told_and_not_read(ask, faults) -> None:
    path = faults("reliability/stray.xlsx")
    assert set(rules_in(ask("check", path, "-f", "csv", code=0))) == {"cells-far-away"}


@pytest.mark.parametrize("command", ["indices", "growth", "compare"])
def test_an_extreme_level_leaves_limits_empty(ask, faults, command) -> None:
    path = faults("reliability/level.csv")
    answer = ask(command, path, "--level", "0.999999", "-f", "csv")
    assert "inf" not in answer.stdout.replace("inference", "")
    assert "Warning" not in answer.stderr


def tidied(text: str) -> list[tuple[str, ...]]:
    """What a tidy table says of each reading, numbers as numbers."""
    rows = csv.DictReader(io.StringIO(text))
    names = ("mouse", "tumor", "arm", "day", "volume_mm3", "body_weight_g")
    return sorted(
        tuple(row[n] if n in names[:3] or not row[n] else f"{float(row[n]):.6g}" for n in names)
        for row in rows
    )


@pytest.mark.parametrize("name", ["17-studylog-day-with-clock", "20-numbered-arms"])
def test_a_sheet_gives_the_table_that_a_person_reads(ask, faults, name) -> None:
    expected = faults(f"sheets/{name}.expected.csv").read_text("utf-8")
    found = ask("tidy", faults(f"sheets/{name}.csv"), "-f", "csv", code=0).stdout
    assert tidied(found) == tidied(expected)


def test_names_of_arms_say_the_control_and_the_combination(ask, faults) -> None:
    for name in ("claims/longnames.csv", "sheets/20-numbered-arms.csv"):
        found = rules_in(ask("check", faults(name), "-f", "csv", code=0))
        assert {"control-by-name", "drugs-matched"} <= set(found)
        assert "no-control" not in found


MATRICES = ["c02_matrix_days_by_mouse", "c02b_matrix_with_Day", "c02d_matrix_arm_above", "c02f"]


@pytest.mark.parametrize("name", MATRICES)
def test_a_matrix_of_one_arm_has_the_rate_of_r(ask, faults, name) -> None:
    path = faults(f"bugs/{name}.csv")
    answer = ask("growth", path, "--arm", "vehicle=", "--shape", "line", "-f", "csv", code=0)
    assert rates(answer)["vehicle"] == pytest.approx(0.22669, abs=1e-5)


def test_mice_of_one_arm_need_no_column_of_arms(ask, faults) -> None:
    path = faults("bugs/c53_no_arm_cm3.csv")
    assert "--arm NAME=" in ask("growth", path, code=1).stderr
    typed = ("--arm", "all=", "--unit", "cm3", "-f", "csv")
    assert rates(ask("growth", path, *typed, code=0))["all"] == pytest.approx(0.25, abs=0.01)
    ask("growth", faults("bugs/c02s_single_arm.csv"), code=0)
