"""Files take the place of old ones at once, or not at all."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from xenotrack.errors import InputError
from xenotrack.present.safe_files import input_among, never, stats_of, write_both, write_bytes


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_as_readable_as_any_other(tmp_path) -> None:
    mask = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a.csv", b"1")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


def test_a_file_that_is_replaced_stays_as_private_as_it_was(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_bytes(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


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


def test_what_does_not_give_way_is_refused_and_stays(tmp_path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match=r"notes\.txt is there already.*--force"):
        write_bytes(path, b"new", never)
    assert path.read_bytes() == b"mine"
    assert names_in(tmp_path) == ["notes.txt"]


@pytest.mark.parametrize("held", [b"", b"new"])
def test_an_empty_file_and_the_same_again_lose_nothing(tmp_path, held) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(held)
    write_bytes(path, b"new", never)
    assert path.read_bytes() == b"new"


def test_of_two_files_none_is_written_where_one_does_not_give_way(tmp_path) -> None:
    (tmp_path / "b.csv").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"b\.csv is there already"):
        write_both((tmp_path / "a.csv", b"1"), (tmp_path / "b.csv", b"2"), never)
    assert names_in(tmp_path) == ["b.csv"]


def test_of_two_files_the_first_comes_back_where_the_second_fails(tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    with pytest.raises(InputError, match="Cannot write"):
        write_both((tmp_path / "a.csv", b"1"), (tmp_path / "gone" / "b.csv", b"2"))
    assert (tmp_path / "a.csv").read_bytes() == b"old"


def test_a_socket_and_what_leads_to_it_are_refused(tmp_path) -> None:
    path, link = tmp_path / "socket", tmp_path / "link"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
        link.symlink_to(path)
        for each in (path, link):
            with pytest.raises(InputError, match="is a socket"):
                write_bytes(each, b"1")
    assert stat.S_ISSOCK(path.stat().st_mode)


@pytest.fixture
def node(tmp_path) -> Callable[[str, int, int, int], Path]:
    """``node(name, kind, major, minor)``: a device of our own; skips where none can be made."""

    def make(name: str, kind: int, major: int, minor: int) -> Path:
        try:
            os.mknod(tmp_path / name, 0o666 | kind, os.makedev(major, minor))
        except (AttributeError, PermissionError):
            pytest.skip("no device can be made here")
        return tmp_path / name

    return make


# Numbers that no driver has: whoever opened them would get an error, not "is a device".
@pytest.mark.parametrize(("kind", "major"), [(stat.S_IFCHR, 60), (stat.S_IFBLK, 240)])
def test_devices_are_refused_and_not_even_opened(node, kind, major) -> None:
    path = node("device", kind, major, 0)
    with pytest.raises(InputError, match="is a device"):
        write_bytes(path, b"1")
    assert stat.S_IFMT(path.stat().st_mode) == kind


def test_what_stands_for_the_null_device_takes_all_and_stays(node) -> None:
    null = os.stat(os.devnull).st_rdev
    path = node("nothing", stat.S_IFCHR, os.major(null), os.minor(null))
    try:
        path.open("wb").close()
    except PermissionError:
        pytest.skip("no device can be opened here")
    write_bytes(path, b"1")
    assert stat.S_ISCHR(path.stat().st_mode)


def test_an_input_is_known_by_any_name(tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(b"1")
    (tmp_path / "link.csv").symlink_to("sheet.csv")
    os.link(sheet, tmp_path / "other.csv")
    (tmp_path / "far").mkdir()
    read = stats_of([sheet, tmp_path / "gone.csv"])
    for name in ("sheet.csv", "link.csv", "other.csv", "far/../sheet.csv"):
        assert input_among(read, [tmp_path / "new.csv", tmp_path / name]) == tmp_path / name
    (tmp_path / "copy.csv").write_bytes(b"1")
    assert input_among(read, [tmp_path / "copy.csv", tmp_path / "new.csv"]) is None
