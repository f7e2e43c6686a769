"""Whatever the sheet, an answer or a message that names the place: never a bug, never a half."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
import warnings
from pathlib import Path

import click
import pytest
from costs import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import bad_sheets, plain_rows
from odd_rules import OPTIONS, bad_tomls

from xenotrack.cli.app import cli
from xenotrack.glossary import TABLES
from xenotrack.present import studio
from xenotrack.present.tables import SCHEMA_VERSION

LOADED = cli.loaded()

TABLE_COMMANDS = [name for name in LOADED if name in TABLES or name == "check"]
COLUMNS_OF = {"check": "findings"}

# A place: the file, a row or cell of it, an arm, a mouse, a column, a rule or an option.
PLACE = re.compile(
    r"(sheet|study)\.(csv|toml)|no file /|rows? \d|\barms?\b|\bmouse\b|\bmice\b|column|--\w|\[\w+\]"
)

# The same examples on every run, so that a change is never blamed for an old bug; the slow ones
# search anew.
FEW = settings(
    derandomize=True,
    database=None,
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MANY = settings(FEW, max_examples=examples(200), derandomize=False)


def known_options(command: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """The options that concern a command, with their values."""
    flags = {
        flag
        for parameter in LOADED[command].params
        if isinstance(parameter, click.Option)
        for flag in parameter.opts
    }
    kept = [place for place, word in enumerate(options) if word in flags]
    ends = [
        next((at for at in range(place + 1, len(options)) if options[at][:2] == "--"), len(options))
        for place in kept
    ]
    return tuple(word for place, end in zip(kept, ends, strict=True) for word in options[place:end])


def refuse_constants(text: str) -> float:
    raise AssertionError(f"{text} is not JSON")


def assert_an_answer_or_a_place(ask, command: str, arguments: tuple, form: str) -> None:
    """What every command owes every sheet."""
    answer = ask(command, *arguments, "-f", form)
    said = answer.stderr
    assert "Traceback" not in said
    assert answer.code in (0, 1), said
    if answer.code == 1 and command != "check":
        assert answer.stdout == ""
        assert said.startswith("Error: ") or "\nError: " in said
        assert PLACE.search(said), said
    elif command == "check" and form == "table":
        assert_blocks(answer.stdout, said)
    elif answer.stdout:
        read = {"csv": read_csv, "json": read_json, "table": read_table}[form]
        read(answer.stdout, TABLES[COLUMNS_OF.get(command, command)])
    else:
        assert answer.code == 1, "no answer and no error"
        assert PLACE.search(said), said


def assert_blocks(text: str, said: str) -> None:
    """Findings as blocks, or why there are none."""
    blocks = text.split("\n\n") if text else []
    assert all(block.startswith(("error: ", "warning: ")) for block in blocks), text
    assert blocks or "Nothing doubtful was found" in said or PLACE.search(said), said


def read_csv(text: str, columns: tuple[str, ...]) -> None:
    header, *rows = csv.reader(io.StringIO(text))
    assert tuple(header) == columns
    assert all(len(row) == len(header) for row in rows)
    texts = {"study", "mouse", "tumor", "arm", "phase", "seen", "proposal", "file", "source"}
    for row in rows:
        for name, cell in zip(header, row, strict=True):
            assert name in texts or cell not in ("inf", "-inf", "nan", "None"), (name, cell)


def read_table(text: str, columns: tuple[str, ...]) -> None:
    assert tuple(text.partition("\n")[0].split()) == columns


def read_json(text: str, columns: tuple[str, ...]) -> None:
    found = json.loads(text, parse_constant=refuse_constants)
    assert found["schema_version"] == SCHEMA_VERSION
    for row in found["rows"]:
        assert tuple(row) == columns
        for value in row.values():
            assert not isinstance(value, float) or math.isfinite(value)


def holds_for_sheets(ask, folder: Path, command: str, examples: settings) -> None:
    @examples
    @given(sheet=bad_sheets(), options=OPTIONS, form=st.sampled_from(["csv", "json", "table"]))
    def holds(sheet: bytes, options: tuple[str, ...], form: str) -> None:
        path = folder / "sheet.csv"
        path.write_bytes(sheet)
        arguments = (path, *known_options(command, options))
        assert_an_answer_or_a_place(ask, command, arguments, form)

    holds()


@pytest.mark.parametrize("command", TABLE_COMMANDS)
def test_every_sheet_has_an_answer_or_a_place(ask, tmp_path, command) -> None:
    holds_for_sheets(ask, tmp_path, command, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("command", TABLE_COMMANDS)
def test_very_many_sheets_have_an_answer_or_a_place(ask, tmp_path, command) -> None:
    holds_for_sheets(ask, tmp_path, command, MANY)


RUN_ENDS = ("README.txt", "manifest.json", "results.json")


def assert_a_whole_folder_or_none(ask, bench: Path, source: Path, options: tuple) -> None:
    """What ``run`` owes every sheet: all of its files, or a message and nothing."""
    out = bench / "out"
    answer = ask("run", source, *options, "-o", out)
    assert answer.code in (0, 1), answer.stderr
    if answer.code == 0:
        inside = [path for path in out.iterdir() if path.is_dir()]  # beside the page of several
        folders = [out] if (out / "manifest.json").exists() else inside
        for folder in folders:
            tables = {path.stem for path in (folder / "tables").glob("*.csv")}
            assert tables == set(TABLES)
            assert all((folder / name).stat().st_size for name in RUN_ENDS)
            found = (folder / "results.json").read_text(encoding="utf-8")
            json.loads(found, parse_constant=refuse_constants)
        assert answer.stdout
        shutil.rmtree(out)
    else:
        assert answer.stdout == ""
        assert PLACE.search(answer.stderr), answer.stderr
    assert {path.name for path in bench.iterdir()} <= {"sheet.csv", "study.toml"}


def runs_for_sheets(ask, bench: Path, examples: settings) -> None:
    @examples
    @given(sheet=bad_sheets(), options=OPTIONS)
    def holds(sheet: bytes, options: tuple[str, ...]) -> None:
        (bench / "sheet.csv").write_bytes(sheet)
        assert_a_whole_folder_or_none(ask, bench, bench / "sheet.csv", options)

    holds()


@pytest.fixture
def unpainted(monkeypatch) -> None:
    """Figures without drawing, which takes seconds a study."""
    monkeypatch.setattr(studio, "_draw", lambda kinds, drawable: [])
    monkeypatch.setattr(studio, "_can_share_work", lambda: False)


@pytest.mark.usefixtures("unpainted")
def test_run_writes_a_whole_folder_or_none(ask, tmp_path) -> None:
    runs_for_sheets(ask, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.usefixtures("unpainted")
def test_very_many_runs_write_a_whole_folder_or_none(ask, tmp_path) -> None:
    runs_for_sheets(ask, tmp_path, MANY)


@pytest.mark.parametrize(
    "sheet",
    [
        "mouse,arm,0,3,7\nv1,vehicle,98,181,402\nv2,vehicle,105,190,371\n"
        "a1,A,101,110,108\na2,A,96,99,118\n",
        "mouse,arm,0,3,7,10\nv1,vehicle,110,130,171,202\nv2,vehicle,137,164,194,234\n"
        "a1,A,86,93,107,115\na2,A,110,119,139,151\na3,A,137,151,157,173\n",
    ],
    ids=["two", "three"],
)
def test_limits_beyond_all_numbers_are_none(sheet, ask, tmp_path) -> None:
    """Few mice at a level near 1: the limit of ln volume is in the hundreds, that of mm³ none."""
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for number, level in enumerate(("0.9999999", "0.999999999999")):
            options = ("--control", "vehicle", "--level", level, "--figures", "none")
            out = tmp_path / f"out{number}"
            ask("run", tmp_path / "sheet.csv", *options, "-o", out, code=0)


@pytest.mark.slow
def test_many_sheets_can_be_drawn(ask, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(studio, "_can_share_work", lambda: False)
    runs_for_sheets(ask, tmp_path, settings(MANY, max_examples=examples(20)))


def tomls_are_answered(ask, bench: Path, examples: settings) -> None:
    rows = plain_rows(n_arms=4, n_mice=3, n_days=5, wide=False)
    (bench / "sheet.csv").write_text("\n".join(map(",".join, rows)), encoding="utf-8")

    @examples
    @given(toml=bad_tomls(), command=st.sampled_from(TABLE_COMMANDS))
    def holds(toml: bytes, command: str) -> None:
        path = bench / "study.toml"
        path.write_bytes(toml)
        assert_an_answer_or_a_place(ask, command, (path,), "csv")

    holds()


def test_every_study_toml_has_an_answer_or_a_place(ask, tmp_path) -> None:
    tomls_are_answered(ask, tmp_path, settings(FEW, max_examples=examples(40)))


@pytest.mark.slow
def test_very_many_study_tomls_have_an_answer_or_a_place(ask, tmp_path) -> None:
    tomls_are_answered(ask, tmp_path, settings(MANY, max_examples=examples(400)))
