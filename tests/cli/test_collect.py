"""``xenotrack collect``: every row of every study in one file, and questions to it."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.conftest import ROOT
from xenotrack.glossary import TABLES
from xenotrack.many.asked import Asked
from xenotrack.many.record import Failure, note_failure
from xenotrack.many.worker import perform


@pytest.fixture(scope="module")
def out(tmp_path_factory, sample) -> Path:
    """A batch of a whole study, two with one table each, and one that failed."""
    folder = tmp_path_factory.mktemp("batch")
    asked = Asked(tables=("growth", "tidy"))
    for name in ("a", "b"):
        job = asked.job(Path(sample("two_arm.csv")), folder / name)
        assert perform(job).kind == "done"
    whole = Asked().job(Path(sample("wide.csv")), folder / "whole")
    assert perform(whole).kind == "done"
    # Results of an earlier input, which are not those of now.
    shutil.copytree(folder / "a", folder / "bad")
    note_failure(folder, Failure("bad", "bad.csv", "No mouse is there.", "", settled=True))
    return folder


@pytest.fixture
def database() -> Iterator[Callable[..., sqlite3.Connection]]:
    """``database(ask, out, path)``: the database of a batch, closed after the test."""
    with ExitStack() as opened:

        def made(ask, out: Path, path: Path) -> sqlite3.Connection:
            ask("collect", out, "-o", path, code=0)
            return opened.enter_context(closing(sqlite3.connect(path)))

        yield made


def test_every_row_of_every_study_is_there_with_its_type(ask, out, tmp_path, database) -> None:
    made = database(ask, out, tmp_path / "all.sqlite")
    for table, columns in TABLES.items():
        expected = []
        for name in ("a", "b", "whole"):
            said = json.loads((out / name / "results.json").read_bytes())
            rows = said["tables"].get(table, [])
            expected += [(name, *(row[column] for column in columns)) for row in rows]
        found = made.execute(f'SELECT * FROM "{table}"').fetchall()
        assert found == expected, table
    types = {name: kind for _, name, kind, *_ in made.execute("PRAGMA table_info(growth)")}
    assert [types[name] for name in ("study", "n_mice", "estimate")] == ["TEXT", "INTEGER", "REAL"]


def test_failures_are_listed_with_their_reason_and_have_no_rows(
    ask, out, tmp_path, database
) -> None:
    made = database(ask, out, tmp_path / "all.sqlite")
    rows = made.execute("SELECT study, status, why FROM studies ORDER BY study").fetchall()
    assert rows == [
        ("a", "done", None),
        ("b", "done", None),
        ("bad", "failed", "No mouse is there."),
        ("whole", "done", None),
    ]
    assert made.execute("SELECT count(*) FROM growth WHERE study = 'bad'").fetchone() == (0,)


def test_the_same_studies_give_the_same_bytes_and_only_ours_gives_way(
    ask, out, tmp_path, database
) -> None:
    path = tmp_path / "all.sqlite"
    database(ask, out, path).close()
    before = path.read_bytes()
    database(ask, out, path).close()
    assert path.read_bytes() == before
    theirs = tmp_path / "theirs.sqlite"
    other = sqlite3.connect(theirs)
    other.execute("CREATE TABLE mine (x)")
    other.commit()
    other.close()
    answer = ask("collect", out, "-o", theirs, code=1)
    assert "is there already" in answer.stderr
    with closing(sqlite3.connect(theirs)) as kept:
        assert kept.execute("SELECT count(*) FROM mine").fetchone() == (0,)
    assert "no database that" in ask("collect", theirs, "--query", "SELECT 1", code=1).stderr


def test_a_question_is_answered_from_the_folder_and_from_the_file(
    ask, out, tmp_path, database
) -> None:
    question = "SELECT study, count(*) AS n FROM growth GROUP BY study"
    expected = "study,n\na,2\nb,2\nwhole,4\n"
    assert ask("collect", out, "--query", question, "-f", "csv", code=0).stdout == expected
    database(ask, out, tmp_path / "all.sqlite").close()
    answer = ask("collect", tmp_path / "all.sqlite", "--query", question, "-f", "csv", code=0)
    assert answer.stdout == expected


def test_of_the_studies_named_each_is_there_once_whatever_lies_beside_them(
    ask, out, tmp_path, database, sample
) -> None:
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    for name in ("a", "bad", "new"):
        shutil.copy(sample("two_arm.csv"), sheets / f"{name}.csv")
    page = tmp_path / "index.html"
    made = ("--only", sheets, "-o", tmp_path / "all.sqlite", "--index", page, "-q")
    assert ask("collect", out, *made, code=0).stderr == ""
    with closing(sqlite3.connect(tmp_path / "all.sqlite")) as stored:
        rows = stored.execute("SELECT study, status FROM studies ORDER BY study").fetchall()
        assert rows == [("a", "done"), ("bad", "failed"), ("new", "undone")]
        assert stored.execute("SELECT DISTINCT study FROM growth").fetchall() == [("a",)]
    text = page.read_text(encoding="utf-8")
    assert "3 studies, 2 without results" in text
    assert "whole/report.html" not in text
    before = (tmp_path / "all.sqlite").read_bytes()
    for path in sheets.iterdir():
        path.unlink()
    assert "no study in" in ask("collect", out, *made, code=1).stderr
    assert (tmp_path / "all.sqlite").read_bytes() == before
    asked = ("collect", tmp_path / "all.sqlite", "--query", "SELECT 1", "--only", sheets)
    ask(*asked, code=2)


@pytest.mark.parametrize(
    "question",
    [
        "DELETE FROM growth",
        "DROP TABLE growth",
        "ATTACH 'made.db' AS made",
        "VACUUM INTO 'made.db'",
        "PRAGMA user_version = 3",
        "SELECT 1; DELETE FROM growth",
        "WITH x AS (SELECT 1) INSERT INTO growth (study) SELECT * FROM x",
        "not sql",
        "",
    ],
)
def test_a_question_changes_nothing(ask, out, tmp_path, monkeypatch, question, database) -> None:
    monkeypatch.chdir(tmp_path)
    database(ask, out, tmp_path / "all.sqlite").close()
    before = (tmp_path / "all.sqlite").read_bytes()
    answer = ask("collect", "all.sqlite", "--query", question)
    assert answer.code in (1, 2)
    assert answer.stdout == ""
    assert (tmp_path / "all.sqlite").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["all.sqlite"]


def test_parquet_has_the_same_rows(ask, out, tmp_path, database) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    made = database(ask, out, tmp_path / "all.sqlite")
    ask("collect", out, "--parquet", tmp_path / "pq", code=0)
    ask("collect", out, "--parquet", tmp_path / "pq", code=0)  # ours gives way
    for table in ("studies", *TABLES):
        stored = parquet.read_table(tmp_path / "pq" / f"{table}.parquet")
        rows = list(zip(*(column.to_pylist() for column in stored.columns), strict=True))
        assert rows == made.execute(f'SELECT * FROM "{table}"').fetchall()


def test_of_parquet_files_that_do_not_all_fit_none_is_written(
    ask, out, tmp_path, monkeypatch
) -> None:
    pytest.importorskip("pyarrow.parquet")
    folder, left, copy = tmp_path / "pq", [3], shutil.copyfileobj
    folder.mkdir()
    (folder / "growth.parquet").touch()

    def fill(source: object, file: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(source, file)

    monkeypatch.setattr("shutil.copyfileobj", fill)
    assert "No space left" in ask("collect", out, "--parquet", folder, code=1).stderr
    assert [(path.name, path.stat().st_size) for path in folder.iterdir()] == [
        ("growth.parquet", 0)
    ]


def test_a_disk_without_room_for_drafts_is_named(out, tmp_path) -> None:
    def few_bytes() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    for made in (("-o", tmp_path / "all.sqlite"), ("--query", "SELECT * FROM growth")):
        done = subprocess.run(
            [sys.executable, "-m", "xenotrack", "collect", str(out), *map(str, made)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=few_bytes,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stderr
        assert "Set TMPDIR to a folder with more room." in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_cut_is_no_bug(ask, out, tmp_path, database) -> None:
    path = tmp_path / "all.sqlite"
    database(ask, out, path)
    path.write_bytes(path.read_bytes()[:9000])
    for made in (("--parquet", tmp_path / "pq"), ("--query", "SELECT * FROM growth")):
        assert ask("collect", path, *made, code=1).stderr


def test_the_page_leads_to_reports_and_the_section_names_every_arm(ask, out, tmp_path) -> None:
    page, section = tmp_path / "index.html", tmp_path / "all_mqc.json"
    for _ in range(2):
        ask("collect", out, "--index", page, "--multiqc", section, code=0)
    text = page.read_text(encoding="utf-8")
    assert text.index("No mouse is there.") < text.index("whole/report.html")
    (link,) = {part for part in text.split('"') if part.endswith("whole/report.html")}
    assert (tmp_path / link).resolve() == (out / "whole" / "report.html").resolve()
    rows = json.loads(section.read_bytes())["data"]
    assert [name.partition(":")[0] for name in rows] == ["whole"] * 4
    (tmp_path / "index.html").write_text("<!doctype html> mine", encoding="utf-8")
    ask("collect", out, "--index", page, code=1)


def test_a_section_that_no_study_has_leaves_no_page_without_it(ask, out, tmp_path) -> None:
    shutil.copytree(out / "a", tmp_path / "batch" / "a")
    made = ("--index", tmp_path / "index.html", "--multiqc", tmp_path / "all_mqc.json")
    assert "No study has a section" in ask("collect", tmp_path / "batch", *made, code=1).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["batch"]


def test_a_folder_without_results_is_said(ask, tmp_path) -> None:
    for place in (tmp_path, tmp_path / "gone"):
        assert "xenotrack batch" in ask("collect", place, "-o", "x.sqlite", code=1).stderr


def test_a_pool_over_lines_is_no_study_more(ask, sample, tmp_path) -> None:
    run = ("run", sample("models.toml"), "-o", tmp_path / "out" / "models", "--figures", "none")
    ask(*run, code=0)
    question = "SELECT status, count(*) AS n, sum(n_mice) AS mice FROM studies GROUP BY status"
    answer = ask("collect", tmp_path / "out", "--query", question, "-f", "csv", code=0)
    assert answer.stdout == "status,n,mice\ndone,4,120\npool,1,120\n"
