"""What may not be read or written, and words that nobody hears: named, and the rest is done."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from many.batches import WAIT

from tests.cli.test_batch import SHEET
from tests.conftest import ROOT

DROP, RIGHTS_OF_ROOT = 24, (1, 2)  # PR_CAPBSET_DROP; CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
Person = Callable[..., subprocess.CompletedProcess]


def without_rights_of_root() -> None:
    """Be refused what others are refused, even where the tests are run by root."""
    if os.geteuid() == 0:
        for right in RIGHTS_OF_ROOT:
            ctypes.CDLL(None).prctl(DROP, right, 0, 0, 0)


@pytest.fixture
def person(tmp_path) -> Person:
    """The command line, as somebody uses it to whom folders can be closed."""
    if not sys.platform.startswith("linux"):
        pytest.skip("rights are taken away on Linux alone")

    def call(*arguments: object, code: int, **streams: object) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "-m", "xenotrack", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            preexec_fn=without_rights_of_root,
            text=True,
            timeout=WAIT,
            **({"capture_output": True} | streams),
        )
        assert done.returncode == code, done.stderr
        return done

    return call


@pytest.fixture
def place(tmp_path):
    """Studies a and b in ``sheets``, c in a folder below; whatever is closed is opened again."""
    for name in ("a", "b", "below/c"):
        path = tmp_path / "sheets" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SHEET, encoding="utf-8")
    yield tmp_path
    for folder, folders, _ in os.walk(tmp_path):
        for name in folders:
            (Path(folder) / name).chmod(0o755)


BATCH = ("batch", "sheets", "-o", "out", "--tables", "tidy", "--jobs", 1)
COLLECT = ("collect", "out", "--only", "sheets", "-o", "all.sqlite")


def test_a_folder_of_studies_that_is_closed_is_named_and_the_rest_is_done(person, place) -> None:
    person(*BATCH, code=0)
    (place / "sheets" / "below").chmod(0)
    for more in ((), ("--rerun", "all"), ("--dry-run",)):
        said = person(*BATCH, *more, code=1).stderr
        assert "Cannot read sheets/below: Permission denied. No study in it" in said
        assert "belong to no study" not in said  # what nobody can see may be theirs
    assert "Cannot read sheets/below" in person(*COLLECT, code=1).stderr
    said = person("batch", "sheets/below", "-o", "new", code=1).stderr
    assert "Cannot read sheets/below" in said
    assert "no study in" not in said


def test_a_closed_folder_is_named_beside_studies_that_failed(person, place) -> None:
    (place / "sheets" / "below").chmod(0)
    (place / "sheets" / "b.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    said = person(*BATCH, code=1).stderr
    assert "1 of 2 studies failed" in said
    assert "Cannot read sheets/below" in said


@pytest.mark.parametrize("mode", [0, 0o444])
def test_results_that_are_closed_fail_their_study_alone(person, place, mode) -> None:
    person(*BATCH, code=0)
    (place / "out" / "b").chmod(mode)
    assert "cannot be read\tb\t" in person(*BATCH, "--dry-run", code=0).stdout
    said = person(*BATCH, code=1).stderr
    assert "Failed: b: Cannot read out/b/manifest.json: Permission denied." in said
    assert "0 done, 2 unchanged, 1 failed." in said
    (place / "out" / "b.failed.json").unlink()
    assert "out/b/manifest.json" in person("collect", "out", "-o", "all.sqlite", code=1).stderr
    (place / "out" / "b").chmod(0o755)
    assert "0 done, 3 unchanged, 0 failed." in person(*BATCH, code=0).stderr


def test_sheets_in_a_closed_folder_are_named_one_by_one(person, place) -> None:
    (place / "sheets" / "below" / "d.toml").write_text("[study]\nsheet='c.csv'", encoding="utf-8")
    (place / "sheets" / "below").chmod(0o444)  # names can be read, and nothing else
    said = person(*BATCH, code=1).stderr
    assert "Failed: c: Cannot read sheets/below/c.csv: Permission denied." in said
    assert "Failed: d: " in said
    assert "2 done, 0 unchanged, 2 failed." in said


def test_where_nothing_can_be_written_no_note_is_spoken_of(person, place) -> None:
    (place / "out").mkdir()
    (place / "out").chmod(0o555)
    said = person(*BATCH, code=1).stderr
    assert "3 of 3 studies failed" in said
    assert "NAME.failed.json" not in said


CLOSED = [
    ("batch", "sheets/below/c.csv", "sheets/below/more", "-o", "out"),
    ("batch", "sheets/a.csv", "-o", "sheets/below/out"),
    ("collect", "sheets/below/out", "-o", "all.sqlite"),
    ("collect", "sheets/below/all.sqlite", "--query", "SELECT 1"),
    ("run", "sheets/below/c.toml", "sheets/below/d.toml", "-o", "out"),
    ("pool", "sheets/below/x", "sheets/below/y"),
    ("pool", "sheets/below", "sheets/below"),
    ("report", "sheets/below/x"),
    ("power", "sheets/below/x"),
]


@pytest.mark.parametrize("typed", CLOSED, ids=" ".join)
def test_what_is_closed_is_no_bug(person, place, typed) -> None:
    (place / "sheets" / "below").chmod(0)
    assert "sheets/below" in person(*typed, code=1).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_log_on_a_full_disk_stops_no_study(person, place) -> None:
    (place / "sheets" / "a.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    with open("/dev/full", "w") as log:
        person(*BATCH, code=1, stderr=log, capture_output=False)
    assert sorted(path.name for path in (place / "out").iterdir()) == ["a.failed.json", "b", "c"]


def test_a_reader_of_words_that_is_gone_stops_no_study(person, place) -> None:
    (place / "sheets" / "a.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    theirs, ours = os.pipe()
    os.close(theirs)
    person(*BATCH, code=1, stderr=ours, capture_output=False)
    os.close(ours)
    assert sorted(path.name for path in (place / "out").iterdir()) == ["a.failed.json", "b", "c"]


def test_any_name_in_a_list_is_a_name(ask, tmp_path) -> None:
    names = [" blank.csv", "line\u2028end.csv", "two\nlines.csv", "tab\t.csv"]
    for name in names:
        (tmp_path / name).write_text(SHEET, encoding="utf-8")
    paths = [str(tmp_path / name) for name in names]

    def planned(data: bytes, *, code: int = 0) -> list[str]:
        asked = ("batch", "--files-from", "-", "-o", tmp_path / "out", "--dry-run")
        answer = ask(*asked, stdin=data, code=code).stdout
        return sorted(line.split("\t")[0] for line in answer.splitlines()[1:])

    assert planned("\0".join([*paths, ""]).encode()) == ["do, new"] * 4
    lines = [path for path in paths if "\n" not in path]
    for ending in ("\n", "\r\n"):
        assert planned((ending.join(lines) + ending).encode()) == ["do, new"] * 3
    assert planned("\r\n".join(lines).encode("utf-16")) == ["do, new"] * 3
    # A sheet given for the list, and what can be no name.
    assert planned(f"{lines[0]}\n{'y' * 5000}\n".encode()) == ["cannot be read", "do, new"]
    (tmp_path / "nul.toml").write_text('[study]\nsheet = "a\\u0000.csv"\n', encoding="utf-8")
    assert planned(f"{tmp_path}\n".encode()) == ["cannot be read"] + ["do, new"] * 4
