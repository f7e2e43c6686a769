"""``xenotrack simulate`` and ``xenotrack power``: folders, refusals, and never after the fact."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.cli.app import cli
from xenotrack.plan.power import COLUMNS

PLAN = ("--mice-per-arm", "4,6", "--studies", "20", "--shape", "line")


@pytest.fixture
def planned(sample) -> str:
    return sample("plan/next.toml")


def examples(command: str) -> list[str]:
    listed = (cli.loaded()[command].help or "").partition("Examples")[2]
    return [line.strip() for line in listed.split("\n") if line.strip()]


@pytest.mark.parametrize("line", [*examples("simulate"), *examples("power")])
def test_the_examples_of_help_run(ask, tmp_path, monkeypatch, planned, line) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample_data").symlink_to(Path(planned).parents[1])
    words = shlex.split(line)[1:]
    if words[0] == "power":
        words += ["--studies", "20", "--shape", "line"]
    assert ask(*words, code=0)


def test_a_simulated_study_is_checked_and_analysed(ask, tmp_path, planned) -> None:
    for name in ("one", "two"):
        ask("simulate", planned, "--seed", "3", "-o", tmp_path / name, code=0)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two
    toml = tmp_path / "one" / "study.toml"
    assert ask("check", toml, code=0).stderr == "Nothing doubtful was found.\n"
    assert ask("growth", toml, "-f", "csv", code=0).stdout.count("\n") == 5
    again = ("simulate", tmp_path / "one" / "truth.toml", "--seed", "3", "-o", tmp_path / "again")
    ask(*again, code=0)
    assert (tmp_path / "again" / "sheet.csv").read_bytes() == one["sheet.csv"]
    assert len(pd.read_csv(io.BytesIO(one["truth.csv"]))) == 32


def test_a_study_like_one_that_was_done_is_run_like_it(ask, tmp_path, sample) -> None:
    """Its growth is that of the pilot within the errors of both."""
    pilot, again = sample("two_arm.csv"), tmp_path / "again"
    ask("simulate", pilot, "--like", "--seed", "1", "-o", again, code=0)
    out = ("--figures", "none", "-o", tmp_path / "results")
    assert "alpelisib" in ask("run", again / "study.toml", *out, code=0).stdout
    drawn = pd.read_csv(tmp_path / "results" / "tables" / "growth.csv").set_index("arm")
    done = pd.read_csv(io.StringIO(ask("growth", pilot, "-f", "csv", code=0).stdout))
    for arm in done.to_dict("records"):
        new = drawn.loc[arm["arm"]]
        assert new["n_mice"] == arm["n_mice"]
        apart = abs(new["estimate"] - arm["estimate"])
        assert apart < 3 * np.hypot(new["std_error"], arm["std_error"])


def test_a_study_toml_with_a_truth_is_one_of_a_sheet_too(ask, tmp_path, sample) -> None:
    sheet = Path(sample("two_arm.csv")).as_posix()
    truth = "[truth.arms.vehicle]\nrate = 0.05\n"
    (tmp_path / "both.toml").write_text(f'[study]\nsheet = "{sheet}"\n{truth}')
    assert ask("growth", tmp_path / "both.toml", "-f", "csv", code=0).stdout.count("\n") == 3


def test_without_truth_there_is_nothing_to_simulate(ask, tmp_path, sample) -> None:
    said = ask(
        "simulate", sample("two_arm.csv"), "--seed", "1", "-o", tmp_path / "x", code=1
    ).stderr
    assert "no [truth] to simulate" in said
    assert not (tmp_path / "x").exists()


def test_power_writes_a_table_a_curve_and_a_page(ask, tmp_path, planned) -> None:
    answer = ask("power", planned, *PLAN, "--effect-sd", "0.005", "-o", tmp_path / "out", code=0)
    assert answer.stdout.startswith("contrast ")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("manifest.json", "power.csv", "power.png", "power.svg", "protocol.html", "protocol.md"),
    ]
    table = pd.read_csv(tmp_path / "out" / "power.csv")
    assert tuple(table.columns) == COLUMNS
    assert table["n_mice"].tolist() == [16, 24]
    page = (tmp_path / "out" / "protocol.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "1500 mm³" in page
    assert "The primary contrast is alpelisib+ribociclib - alpelisib" in page


@pytest.mark.parametrize(
    ("asked", "question", "declare"),
    [
        ((), "Does alpelisib+ribociclib slow growth more than alpelisib?", None),
        (
            ("--outcome", "rmst_days"),
            "Do mice stay longer without progression under alpelisib+ribociclib than under "
            "alpelisib?",
            '["alpelisib+ribociclib", "alpelisib"], outcome = "rmst_days"',
        ),
        (
            ("--question", "best_part", "--of", "alpelisib+ribociclib"),
            "Does alpelisib+ribociclib slow growth more than each of its parts?",
            '["alpelisib+ribociclib", "best part"], outcome = "growth_rate"',
        ),
    ],
)
def test_the_page_asks_what_was_planned(ask, tmp_path, planned, asked, question, declare) -> None:
    plan = ("--mice-per-arm", "4", *PLAN[2:])
    said = ask("power", planned, *asked, *plan, "-o", tmp_path / "out", code=0).stderr
    page = (tmp_path / "out" / "protocol.md").read_text(encoding="utf-8")
    assert question in page
    assert (declare is None) == ("The analysis will do so if it is declared" not in page)
    assert declare is None or f"primary = {{contrast = {declare}}} under [compare]" in page
    assert "\nUp to 4 mice an arm show alpelisib+ribociclib - " in said


LINES = """
[compare]
primary = "A - vehicle"
[truth]
lines = ["L1", "L2"]
[truth.arms.vehicle]
rate = 0.05
[truth.arms.A]
rate = 0.01
"""


def test_mice_over_lines_are_told_so_and_days_are_not_pooled(ask, tmp_path) -> None:
    study = tmp_path / "lines.toml"
    study.write_text(LINES)
    asked = ("power", study, "--mice-per-arm", "6", *PLAN[2:])
    assert "6 mice an arm over 2 lines show A - vehicle" in ask(*asked, code=0).stderr
    said = ask(*asked, "--outcome", "rmst_days", code=1).stderr
    assert "Days without progression are planned in one line" in said


def test_last_days_and_ratios_are_planned_side_by_side(ask, planned) -> None:
    asked = ("--duration", "14,28", "--ratio", "1,1,1,1", "--ratio", "2,1,1,2")
    answer = ask("power", planned, "--mice-per-arm", "6", *PLAN[2:], *asked, code=0)
    table = pd.read_csv(io.StringIO(answer.stdout), sep=r"\s\s+", engine="python")
    assert table["until_day"].tolist() == [14, 14, 28, 28]
    assert table["ratio"].tolist() == ["1:1:1:1", "2:1:1:2"] * 2
    assert "to day 28, 9 visits, arms 2:1:1:2: " in answer.stderr


def test_the_same_seed_gives_the_same_power(ask, planned) -> None:
    first, again = (ask("power", planned, *PLAN, "--seed", "2", code=0).stdout for _ in range(2))
    assert first == again


@pytest.mark.parametrize("results", ["results", "results/results.json"])
def test_power_after_the_fact_is_refused_with_the_reason(ask, tmp_path, results) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.json").write_text("{}")
    said = ask("power", tmp_path / results, code=1).stderr
    assert "Power is of a study that is not done." in said


def test_of_a_study_that_was_done_the_effect_must_be_named(ask, sample) -> None:
    asked = ("power", sample("two_arm.csv"), "--of", "alpelisib - vehicle")
    assert "Power is of a study that is not done." in ask(*asked, code=1).stderr
    table = ask(*asked, "--effect", "-0.02", *PLAN, code=0).stdout
    assert "assurance" in table.split("\n")[0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--of", "alpelisib - nothing"), "nothing"),
        (("--question", "synergy", "--of", "alpelisib"), "Synergy of 'alpelisib' needs"),
        (("--question", "blocked", "--of", "nobody"), "'nobody' is no arm"),
        (("--question", "best_part", "--of", "alpelisib"), "has no part among the arms"),
        (("--question", "synergy", "--of", "alpelisib+ribociclib"), "There is nothing to show"),
        (("--of", "vehicle - alpelisib"), "There is nothing to show"),
        (
            ("--question", "blocked", "--of", "alpelisib+ribociclib", "--outcome", "rmst_days"),
            "blocked is asked of growth rates",
        ),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(ask, planned, asked, words) -> None:
    answer = ask("power", planned, *asked, *PLAN, code=1)
    assert answer.stdout == ""
    assert words in answer.stderr


@pytest.mark.parametrize(
    "asked",
    [
        ("--mice-per-arm", "1,4"),
        ("--mice-per-arm", "8,4"),
        ("--mice-per-arm", "many"),
        ("--visits", "0,x"),
        ("--ratio", "1,2"),
        ("--ratio", "0,1,1,1"),
        ("--target", "2"),
        ("--studies", "3"),
    ],
)
def test_what_is_typed_wrongly_exits_2(ask, planned, asked) -> None:
    assert ask("power", planned, *asked, code=2).stdout == ""
