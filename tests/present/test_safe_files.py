"""Files and folders take the place of old ones at once, or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from xenotrack.errors import InputError
from xenotrack.present.safe_files import replaced_folder, require_replaceable, write_bytes

OURS = b'{"schema_version": 1, "xenotrack": "0.1.0"}'


@pytest.fixture
def old(tmp_path) -> Path:
    """A folder of earlier results."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(OURS)
    (folder / "old.txt").write_text("old", encoding="utf-8")
    return folder


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_as_readable_as_any_other(tmp_path) -> None:
    mask = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a.csv", b"1")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


def test_a_link_to_a_file_stays_a_link(tmp_path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_bytes(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    found: list[bytes] = []
    reading = threading.Thread(target=lambda: found.append(path.read_bytes()), daemon=True)
    reading.start()
    write_bytes(path, b"data")
    reading.join(timeout=10)
    assert found == [b"data"]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("name", ["no/such/folder.csv", "a" * 300])
def test_what_cannot_be_written_is_named(tmp_path, name) -> None:
    with pytest.raises(InputError, match="Cannot write"):
        write_bytes(tmp_path / name, b"1")
    assert names_in(tmp_path) == []


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.csv"]


def test_a_folder_is_replaced_as_a_whole(old) -> None:
    with replaced_folder(old) as fresh:
        (fresh / "new.txt").write_text("new", encoding="utf-8")
    assert names_in(old) == ["new.txt"]
    assert names_in(old.parent) == ["out"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit, OSError])
def test_a_failure_leaves_the_old_folder_and_nothing_else(old, failure) -> None:
    expected = InputError if failure is OSError else failure

    def write() -> None:
        with replaced_folder(old) as fresh:
            (fresh / "new.txt").write_text("new", encoding="utf-8")
            raise failure

    with pytest.raises(expected):
        write()
    assert names_in(old) == ["manifest.json", "old.txt"]
    assert names_in(old.parent) == ["out"]


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_brings_the_old_folder_back(old, monkeypatch, failing) -> None:
    calls = iter(range(1, 10))
    rename = os.replace

    def sometimes(source: Path, target: Path) -> None:
        if next(calls) == failing:
            raise OSError(16, "Device or resource busy")
        rename(source, target)

    monkeypatch.setattr(os, "replace", sometimes)
    with pytest.raises(InputError, match="busy"), replaced_folder(old):
        pass
    assert names_in(old) == ["manifest.json", "old.txt"]
    assert names_in(old.parent) == ["out"]


def test_a_failed_run_removes_the_folders_it_made_above_its_own(tmp_path) -> None:
    with pytest.raises(ValueError, match="no"), replaced_folder(tmp_path / "a" / "b" / "out"):
        raise ValueError("no")
    assert names_in(tmp_path) == []


def test_a_folder_of_one_folder_a_study_is_ours_too(tmp_path) -> None:
    for name in ("one", "other"):
        (tmp_path / "out" / name).mkdir(parents=True)
        (tmp_path / "out" / name / "manifest.json").write_bytes(OURS)
    require_replaceable(tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        require_replaceable(tmp_path / "out")
