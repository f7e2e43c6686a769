"""One table in four formats: the same rows, keys and numbers in each."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest
from costs import often

from xenotrack.glossary import TABLES
from xenotrack.present.tables import SCHEMA_VERSION
from xenotrack.study.inert import as_written

QUESTIONS = {
    "findings": ["check"],
    "tidy": ["tidy"],
    "response": ["response"],
    "response_by_arm": ["response", "--by-arm"],
    "growth": ["growth"],
    "progression": ["progression"],
    "progression_mice": ["progression", "--mice"],
    "progression_curve": ["progression", "--curve"],
    "logrank": ["progression", "--logrank"],
    "compare": ["compare"],
    "synergy": ["synergy"],
    "tolerability": ["tolerability"],
}


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def strict_json(text: str) -> dict:
    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("table", list(QUESTIONS))
@pytest.mark.parametrize("study", often(["combination.csv", "wide.csv"], ["wide.csv"]))
def test_json_has_every_row_and_key_of_the_csv(ask, sample, table, study) -> None:
    asked = [*QUESTIONS[table], sample(study)]
    rows = list(csv.reader(io.StringIO(ask(*asked, "-f", "csv", code=0).stdout)))
    found = strict_json(ask(*asked, "-f", "json", code=0).stdout)
    assert found["schema_version"] == SCHEMA_VERSION
    keys = {"rule", "arms", "outcome", "text", "mice", "accepted"}
    assert all(set(doubt) == keys for doubt in found["doubts"])
    assert tuple(rows[0]) == TABLES[table]
    assert len(found["rows"]) == len(rows) - 1
    for row, cells in zip(found["rows"], rows[1:], strict=True):
        assert tuple(row) == TABLES[table]
        for value, cell in zip(row.values(), cells, strict=True):
            same = float(cell) == value if isinstance(value, float) else cell in ("", str(value))
            assert same or (value is None and cell == "")


@pytest.mark.parametrize("table", often(QUESTIONS, ["growth", "findings"]))
def test_tsv_is_the_csv_with_tabs(ask, sample, table) -> None:
    asked = [*QUESTIONS[table], sample("combination.csv")]
    rows = [
        list(csv.reader(io.StringIO(ask(*asked, "-f", form, code=0).stdout), delimiter=mark))
        for form, mark in (("csv", ","), ("tsv", "\t"))
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("table", [name for name in QUESTIONS if name != "findings"])
def test_text_has_the_columns_in_order_and_no_more_than_four_digits(ask, sample, table) -> None:
    lines = ask(*QUESTIONS[table], sample("combination.csv"), code=0).stdout.splitlines()
    assert tuple(lines[0].split()) == TABLES[table]
    assert len({line == line.rstrip() for line in lines}) == 1
    for word in " ".join(lines[1:]).split():
        digits = word.lstrip("-").partition("e")[0].replace(".", "").lstrip("0")
        assert not word.lstrip("-").replace(".", "").isdigit() or len(digits) <= 6


@pytest.mark.parametrize(
    ("name", "form"),
    [("g.csv", "csv"), ("g.tsv", "tsv"), ("g.JSON", "json"), ("g.txt", "table")],
)
def test_the_suffix_is_the_format(ask, sample, tmp_path, name, form) -> None:
    path = tmp_path / name
    written = ask("growth", sample("two_arm.csv"), "-o", path, code=0)
    assert written.stdout == ""
    shown = ask("growth", sample("two_arm.csv"), "-f", form, code=0).stdout
    assert path.read_text(encoding="utf-8") == shown
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_an_unknown_suffix_is_refused_before_anything_is_said(ask, sample, tmp_path) -> None:
    answer = ask("growth", sample("two_arm.csv"), "-o", tmp_path / "growth.docx", code=1)
    assert "growth.docx" in answer.stderr
    assert ".csv, .tsv, .json, .txt" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_named_format_wins_over_the_suffix(ask, sample, tmp_path) -> None:
    path = tmp_path / "growth.dat"
    ask("growth", sample("two_arm.csv"), "-o", path, "-f", "json", code=0)
    assert strict_json(path.read_text(encoding="utf-8"))["rows"]


def test_names_come_back_from_every_format_as_they_were_written(ask, tmp_path) -> None:
    names = ['say "x"', "a,b", "None", "NA", "=1+1", "µ-Tümor", "007", "1e5"]
    rows = [["mouse", "arm", "day", "volume"]]
    rows += [[name, f"arm {name}", str(day), "100"] for name in names for day in (0, 3)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(text.getvalue(), encoding="utf-8")
    asked = ("tidy", sheet, "--control", "arm None")
    from_csv = csv.DictReader(io.StringIO(ask(*asked, "-f", "csv", code=0).stdout))
    assert [as_written(row["mouse"]) for row in from_csv][::2] == names
    found = strict_json(ask(*asked, "-f", "json", code=0).stdout)
    assert [row["arm"] for row in found["rows"]][::2] == [f"arm {name}" for name in names]


def test_numbers_are_written_in_full(ask, sample) -> None:
    row = strict_json(ask("growth", sample("two_arm.csv"), "-f", "json", code=0).stdout)["rows"][0]
    assert len(repr(row["estimate"])) > 12
    assert math.isclose(row["doubling_time_days"], math.log(2) / row["estimate"])


def test_tidy_reads_back_as_the_study_it_came_from(ask, sample, tmp_path) -> None:
    once = tmp_path / "once.csv"
    ask("tidy", sample("wide.csv"), "-o", once, code=0)
    answers = [
        ask("growth", path, "-f", "csv", code=0).stdout for path in (sample("wide.csv"), once)
    ]
    assert answers[0] == answers[1]
    assert Path(once).read_text(encoding="utf-8").count("\n") > 100


@pytest.mark.parametrize("name", ["naive.toml", "wide.csv", "combination.csv"])
def test_tidy_of_a_tidy_table_is_the_same_file(ask, sample, tmp_path, name) -> None:
    once, twice = tmp_path / "once.csv", tmp_path / "twice.csv"
    ask("tidy", sample(name), "-o", once, code=0)
    ask("tidy", once, "-o", twice, code=0)
    assert once.read_bytes() == twice.read_bytes()


def test_a_format_that_contradicts_a_prism_file_is_refused(ask, sample, tmp_path) -> None:
    out = tmp_path / "a.pzfx"
    answer = ask("tidy", sample("two_arm.csv"), "-f", "csv", "-o", out, code=2)
    assert "-f csv contradicts" in answer.stderr
    assert not out.exists()
