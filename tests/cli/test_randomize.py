"""``xenotrack randomize``: the folder, its sheets read back, and what it refuses."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from xenotrack.cli.app import cli

ARMS = ("--arms", "vehicle,A,B,A+B", "--seed", "7")


@pytest.fixture
def staging(sample) -> str:
    return sample("staging.tsv")


def fill(path: Path, growth: float = 0.05) -> pd.DataFrame:
    """The measuring sheet with a number in each box, as a person would write it."""
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rows, columns=header)
    size = dict(zip(frame["mouse"].unique(), rng.uniform(6.0, 7.5, 40), strict=False))
    width = frame["mouse"].map(size) * np.exp(growth * frame["day"].astype(float) / 3)
    noise = rng.normal(0, 0.12, (2, len(frame)))
    frame["width_mm"] = (width + noise[0]).round(1)
    frame["length_mm"] = (1.25 * width + noise[1]).round(1)
    frame["body_weight_g"] = rng.normal(22, 0.3, len(frame)).round(1)
    frame["fate"] = "end_of_study"
    write_sheet(path, frame)
    return frame


def write_sheet(path: Path, frame: pd.DataFrame) -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("measurements")
    for place, name in enumerate(frame):
        sheet.write_column(0, place, [name, *frame[name].tolist()])
    book.close()
    path.write_bytes(made.getvalue())


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "line", (cli.loaded()["randomize"].help or "").split("Examples")[1].split("\n")
)
def test_the_examples_of_help_run(ask, tmp_path, monkeypatch, staging, line) -> None:
    if not line.strip():
        return
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample_data").symlink_to(Path(staging).parent)
    assert ask(*shlex.split(line)[1:], code=0).stdout.startswith("arm ")


def test_the_same_seed_writes_the_same_bytes(ask, tmp_path, staging) -> None:
    for name in ("one", "two"):
        ask("randomize", staging, *ARMS, "-o", tmp_path / name, code=0)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_a_filled_measuring_sheet_reads_back_without_a_finding(ask, tmp_path, staging) -> None:
    ask("randomize", staging, *ARMS, "-o", tmp_path / "out", code=0)
    filled = fill(tmp_path / "out" / "measuring.xlsx")
    toml = tmp_path / "out" / "study.toml"
    assert ask("check", toml, code=0).stderr == "Nothing doubtful was found.\n"
    tidy = pd.read_csv(io.StringIO(ask("tidy", toml, "-f", "csv", code=0).stdout))
    key = pd.read_csv(tmp_path / "out" / "allocation.csv").set_index("mouse")["arm"]
    assert len(tidy) == len(filled)
    assert (tidy["arm"] == tidy["mouse"].map(key)).all()
    assert ask("growth", toml, "-f", "csv", code=0).stdout.count("\n") == 5


def test_a_filled_sheet_without_its_key_is_told_of_the_option(ask, tmp_path, staging) -> None:
    out = tmp_path / "out"
    ask("randomize", staging, *ARMS, "-o", out, code=0)
    fill(out / "measuring.xlsx")
    assert (
        "`--allocation FILE` if another file" in ask("tidy", out / "measuring.xlsx", code=1).stderr
    )
    key = ("--allocation", out / "allocation.csv")
    assert "vehicle" in ask("tidy", out / "measuring.xlsx", *key, code=0).stdout


def test_the_measuring_sheet_tells_no_arm(ask, tmp_path, staging) -> None:
    ask("randomize", staging, *ARMS, "-o", tmp_path / "out", code=0)
    sheet = CalamineWorkbook.from_path(tmp_path / "out" / "measuring.xlsx").get_sheet_by_index(0)
    names = ["day", "cage", "mouse", "length_mm", "width_mm", "body_weight_g", "fate"]
    assert sheet.to_python()[0] == names
    assert "arm" not in (tmp_path / "out" / "blinded.csv").read_text().split("\n")[0]


def test_check_says_where_a_sheet_departs_from_the_allocation(ask, tmp_path, staging) -> None:
    ask("randomize", staging, *ARMS, "-o", tmp_path / "out", code=0)
    key = pd.read_csv(tmp_path / "out" / "allocation.csv")
    frame = fill(tmp_path / "out" / "measuring.xlsx")
    frame["arm"] = frame["mouse"].map(key.set_index("mouse")["arm"])
    other = "A" if key["arm"][0] != "A" else "B"
    frame.loc[frame["mouse"] == key["mouse"][0], "arm"] = other
    frame.loc[frame["mouse"] == key["mouse"][1], "mouse"] = "stray"
    frame.to_csv(tmp_path / "sheet.csv", index=False)
    allocation = tmp_path / "out" / "allocation.csv"
    asked = ("check", tmp_path / "sheet.csv", "--allocation", allocation, "-f", "csv")
    found = pd.read_csv(io.StringIO(ask(*asked, code=0).stdout)).set_index("rule")
    assert found.loc["mouse-in-another-arm", "mouse"] == key["mouse"][0]
    assert found.loc["mouse-not-allocated", "mouse"] == "stray"
    assert key["mouse"][1] in found.loc["allocated-mouse-missing", "seen"]
    assert "allocation-changed" not in found.index


def test_a_key_that_was_changed_is_seen(ask, tmp_path, staging) -> None:
    ask("randomize", staging, *ARMS, "-o", tmp_path / "out", code=0)
    fill(tmp_path / "out" / "measuring.xlsx")
    key = tmp_path / "out" / "allocation.csv"
    key.write_text(key.read_text().replace(",vehicle,", ",A,", 1))
    assert "allocation-changed" in ask("check", tmp_path / "out" / "study.toml", code=0).stdout


def test_a_sealed_allocation_is_not_drawn_anew(ask, tmp_path, staging) -> None:
    ask("randomize", staging, *ARMS, "-o", tmp_path / "out", code=0)
    before = files_of(tmp_path / "out")
    again = ("randomize", staging, "--arms", "vehicle,A,B,A+B", "--seed", "8", "-o")
    assert "not drawn anew" in ask(*again, tmp_path / "out", code=1).stderr
    assert files_of(tmp_path / "out") == before
    assert ask("randomize", staging, *ARMS, "-o", tmp_path / "out", code=0)


def test_who_is_left_out_is_said_with_the_reason(ask, tmp_path) -> None:
    rows = [
        "mouse,volume,weight",
        "a,150,22",
        "b,,21",
        "c,900,23",
        "d,160,22",
        "e,140,20",
        "f,0,20",
    ]
    rows += ["g,155,21", "h,300,21"]
    (tmp_path / "mice.csv").write_text("\n".join(rows) + "\n")
    asked = ("--arms", "v,A", "--seed", "1", "--volumes", "50", "500", "--per-arm", "2", "-o", "-")
    said = ask("randomize", tmp_path / "mice.csv", *asked, code=0).stderr
    assert "Excluded: mouse b has no volume on day 0, the day of staging." in said
    assert "mouse c has 900 mm³, outside the window of 50 to 500 mm³." in said
    assert "mouse f has no measurable tumour." in said
    assert "mouse h is spare" in said


@pytest.mark.parametrize(
    ("rows", "asked", "words"),
    [
        (
            "a,100\nb,120",
            ("--arms", "v,A,B"),
            "3 arms need at least 3 mice, and 2 can be allocated.",
        ),
        ("a,\nb,", ("--arms", "v,A"), "No mouse has a volume that can be used."),
        ("a,100\na,150\nb,120", ("--arms", "v,A"), "Mouse a, day 0: rows 2, 3 say"),
        ("a,100\nb,120", ("--arms", "v,A", "--column", "cage=Cage"), "Cage"),
        ("a,100\nb,120", ("--arms", "v,A", "--per-arm", "3"), "6 mice are needed and 2 can be"),
        ("a,100\nb,120", ("--arms", "v,A", "--cages", "whole"), "Mouse a has no cage"),
    ],
)
def test_bad_input_is_one_sentence(ask, tmp_path, rows, asked, words) -> None:
    (tmp_path / "mice.csv").write_text(f"mouse,volume\n{rows}\n")
    answer = ask("randomize", tmp_path / "mice.csv", *asked, "--seed", "1", "-o", "-", code=1)
    assert answer.stdout == ""
    assert words in answer.stderr


def test_a_sheet_with_arms_is_refused(ask, sample) -> None:
    asked = ("--arms", "v,A", "--seed", "1", "-o", "-")
    said = ask("randomize", sample("two_arm.csv"), *asked, code=1).stderr
    assert "The sheet says which arm its mice are in" in said


@pytest.mark.parametrize(
    "asked",
    [
        ("--arms", "v"),
        ("--arms", "v,,A"),
        ("--arms", "v,v"),
        ("--arms", "v,A", "--ratio", "1"),
        ("--arms", "v,A", "--ratio", "1,0"),
        ("--arms", "v,A", "--ratio", "1,x"),
        ("--arms", "v,A", "--visits", "0,0"),
        ("--arms", "v,A", "--visits", "soon"),
        (),
    ],
)
def test_what_is_typed_wrongly_exits_2(ask, staging, asked) -> None:
    assert ask("randomize", staging, *asked, "--seed", "1", "-o", "-", code=2).stdout == ""


def test_a_study_toml_gives_the_arms_and_the_reasons(ask, tmp_path, staging) -> None:
    (tmp_path / "mice.tsv").write_bytes(Path(staging).read_bytes())
    (tmp_path / "plan.toml").write_text(
        '[study]\nname = "next"\nsheet = "mice.tsv"\ncontrol = "veh"\n'
        '[arms]\nveh = []\ncombo = ["A", "B"]\n'
        '[compare]\nprimary = "combo - veh"\n[arrive]\nsample_size = "By power."\n'
        "[truth]\nbaseline_mm3 = 200\n"
    )
    ask("randomize", tmp_path / "plan.toml", "--seed", "3", "-o", tmp_path / "out", code=0)
    made = (tmp_path / "out" / "study.toml").read_text()
    assert 'combo = ["A", "B"]' in made
    assert 'primary = {contrast = "combo - veh", outcome = "growth_rate"}' in made
    page = (tmp_path / "out" / "protocol.md").read_text()
    assert "The primary contrast is combo - veh, in growth rate" in page
    assert "By power." in page
    assert "| 2. Sample size | Number of mice; By power. |" in page
