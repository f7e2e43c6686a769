"""``report``: a report of results that are there, without fitting anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .story import SVG, written_run


@pytest.fixture
def out(tmp_path, sample) -> Path:
    return written_run(Path(sample("two_arm.csv")), tmp_path / "out")


def test_it_writes_the_page_and_says_so(ask, out) -> None:
    answer = ask("report", out, code=0)
    assert answer.stdout == ""
    assert answer.stderr == f"Wrote {out / 'report.html'}.\n"
    assert (out / "report.html").read_bytes().startswith(b"<!DOCTYPE html>")


def test_a_page_that_a_person_changed_is_kept_and_the_next_run_replaces_the_new_one(
    ask, out, sample
) -> None:
    (out / "report.html").write_text("with a note", encoding="utf-8")
    assert "report.html is report.html.kept now" in ask("report", out, code=0).stderr
    assert (out / "report.html.kept").read_text(encoding="utf-8") == "with a note"
    again = ask("run", sample("two_arm.csv"), "-o", out, "--figures", "none", code=0).stderr
    assert "Left as it was in" in again
    assert "Kept in" not in again


def test_a_picture_that_a_person_put_there_is_not_in_the_page(ask, out) -> None:
    (out / "figures" / "mine.svg").write_bytes(SVG.replace("A &amp; B", "MINE").encode())
    ask("report", out, code=0)
    assert "MINE" not in (out / "report.html").read_text(encoding="utf-8")


def test_nothing_that_fits_or_draws_is_loaded(out) -> None:
    code = (
        "import sys; from xenotrack.cli.app import exit_code; sys.argv = ['xenotrack', 'report', "
        f"{str(out)!r}]; assert exit_code() == 0; "
        "heavy = {'statsmodels', 'lifelines', 'plotnine', 'matplotlib', 'scipy'}; "
        "assert not heavy & {name.partition('.')[0] for name in sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_folder_without_results_is_refused_with_what_to_do(ask, tmp_path) -> None:
    answer = ask("report", tmp_path / "nowhere", code=1)
    assert "Name a folder that `xenotrack run` wrote." in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_bad_study_leaves_all_reports_as_they_were(ask, tmp_path, sample) -> None:
    for name in ("a", "b"):
        written_run(Path(sample("two_arm.csv")), tmp_path / "both" / name)
    (tmp_path / "both" / "b" / "results.json").write_text("{", encoding="utf-8")
    first = tmp_path / "both" / "a" / "report.html"
    first.write_text("as it was", encoding="utf-8")
    ask("report", tmp_path / "both", code=1)
    assert first.read_text(encoding="utf-8") == "as it was"
