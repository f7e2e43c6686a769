"""New results take the place of old ones; nothing of anybody else is lost, whenever it ends."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from xenotrack.errors import InputError
from xenotrack.present import staging
from xenotrack.present.manifest import complete
from xenotrack.present.safe_files import stats_of
from xenotrack.present.safe_folder import amend_folder, replaced_folder, require_replaceable

OLD = {"README.txt": b"old", "tables/growth.csv": b"1", "figures/rates.svg": b"<old/>"}
NEW = {"README.txt": b"new", "tables/growth.csv": b"2", "tables/compare.csv": b"3"}
THEIRS = {"notes.txt": b"mine", ".git/config": b"[core]", "tables/extra.csv": b"my own"}


def write(out: Path, files: dict[str, bytes], **how) -> list[str]:
    """Write results as a run does, and what was said of it."""
    said: list[str] = []
    with replaced_folder(out, say=said.append, **how) as fresh:
        fill(fresh, files)
    return said


def fill(folder: Path, files: dict[str, bytes], name: str | None = None) -> None:
    put(folder, files)
    made = {"xenotrack": "0.1.0", "folder": name}
    (folder / "manifest.json").write_bytes(complete(made, folder))


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def held(folder: Path) -> dict[str, bytes]:
    """The files of a folder but for manifests."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def out(tmp_path) -> Path:
    """A folder of earlier results, with what a person put there."""
    write(tmp_path / "out", OLD)
    put(tmp_path / "out", THEIRS)
    return tmp_path / "out"


def test_what_a_run_wrote_gives_way_and_all_else_stays(out) -> None:
    said = write(out, NEW)
    assert held(out) == NEW | THEIRS
    assert not (out / "figures").exists()  # it lost its last file
    assert said == [f"Left as it was in {out}/: .git/, notes.txt, tables/extra.csv."]
    assert names_in(out.parent) == ["out"]


def test_a_name_with_marks_that_no_one_sees_is_said_without_them(out) -> None:
    put(out, {"a\x1b[2J\u202eb.txt": b"mine"})
    assert any("a[2Jb.txt" in text for text in write(out, NEW))


def test_what_was_changed_is_kept_under_a_number_of_its_own(out) -> None:
    for turn, kept in enumerate(("README.txt.kept", "README.txt.kept.2", "README.txt.kept.3")):
        (out / "README.txt").write_text(f"edit {turn}", encoding="utf-8")
        said = write(out, NEW)
        assert f"README.txt is {kept} now" in said[0]
        assert (out / kept).read_text(encoding="utf-8") == f"edit {turn}"
    assert (out / "README.txt.kept").read_text(encoding="utf-8") == "edit 0"


def test_a_changed_file_that_is_not_written_again_is_kept_aside_too(out) -> None:
    (out / "figures" / "rates.svg").write_bytes(b"<edited/>")
    write(out, NEW)
    assert held(out)["figures/rates.svg.kept"] == b"<edited/>"
    assert "figures/rates.svg" not in held(out)


def test_a_manifest_that_a_person_changed_is_kept(out) -> None:
    manifest = out / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"0.1.0"', b'"0.1.0", "note": "mine"'))
    write(out, NEW)
    assert b"mine" in (out / "manifest.json.kept").read_bytes()


def test_results_whose_manifest_lists_nothing_are_kept_aside(out) -> None:
    (out / "manifest.json").write_bytes(b'{"schema_version": 1, "xenotrack": "0.1.0"}')
    said = write(out, NEW)
    assert "README.txt is README.txt.kept now" in said[0]
    assert held(out)["tables/growth.csv.kept"] == b"1"
    assert held(out)["figures/rates.svg"] == b"<old/>"  # not in the way: it stays


@pytest.mark.parametrize("name", ["../sheet.csv", "/sheet.csv", "a/../../sheet.csv"])
def test_a_manifest_that_names_files_elsewhere_touches_none_of_them(tmp_path, out, name) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(b"1")
    manifest = out / "manifest.json"
    named = name.replace("/sheet", f"{tmp_path}/sheet") if name.startswith("/") else name
    listed = manifest.read_bytes().replace(b"tables/growth.csv", named.encode())
    manifest.write_bytes(listed)
    write(out, NEW)
    assert sheet.read_bytes() == b"1"


def test_links_in_the_way_are_kept_and_what_they_lead_to_is_not_touched(tmp_path, out) -> None:
    put(tmp_path / "far", {"growth.csv": b"1", "page.html": b"page"})
    for path in (out / "tables").iterdir():
        path.unlink()
    (out / "tables").rmdir()
    (out / "tables").symlink_to(tmp_path / "far")
    (out / "README.txt").unlink()
    (out / "README.txt").symlink_to(tmp_path / "far" / "page.html")
    write(out, NEW)
    assert held(tmp_path / "far") == {"growth.csv": b"1", "page.html": b"page"}
    assert (out / "tables.kept").is_symlink()
    assert (out / "README.txt.kept").is_symlink()
    assert held(out)["tables/growth.csv"] == b"2"


def test_a_folder_and_a_pipe_in_the_way_are_kept(out) -> None:
    (out / "README.txt").unlink()
    put(out, {"README.txt/inside.txt": b"mine"})
    (out / "tables" / "growth.csv").unlink()
    os.mkfifo(out / "tables" / "growth.csv")
    write(out, NEW)
    assert held(out)["README.txt.kept/inside.txt"] == b"mine"
    assert stat.S_ISFIFO((out / "tables" / "growth.csv.kept").stat().st_mode)


@pytest.mark.parametrize("name", ["sheet.csv", "link.csv", "hard.csv"])
def test_what_is_read_is_never_in_the_way(tmp_path, out, name) -> None:
    (tmp_path / "link.csv").symlink_to(out / "tables" / "growth.csv")
    os.link(out / "tables" / "growth.csv", tmp_path / "hard.csv")
    (tmp_path / "sheet.csv").symlink_to("hard.csv")
    before = held(out)
    with pytest.raises(InputError, match=r"growth\.csv is what was read"):
        write(out, NEW, inputs=stats_of([tmp_path / name]))
    assert held(out) == before


def test_a_sheet_among_the_results_stays_and_can_be_read(out) -> None:
    put(out, {"sheet.csv": b"raw"})
    write(out, NEW, inputs=stats_of([out / "sheet.csv"]))
    assert held(out)["sheet.csv"] == b"raw"


def test_a_foreign_file_that_is_read_is_not_even_renamed(out) -> None:
    put(out, {"tables/compare.csv": b"raw"})
    with pytest.raises(InputError, match="is what was read"):
        write(out, NEW, inputs=stats_of([out / "tables" / "compare.csv"]))
    assert held(out)["tables/compare.csv"] == b"raw"


def test_amended_results_keep_their_other_files(out) -> None:
    amend_folder(out, {"README.txt": b"anew", "methods.docx": b"more"})
    assert held(out) == OLD | THEIRS | {"README.txt": b"anew", "methods.docx": b"more"}
    write(out, NEW)
    assert held(out) == NEW | THEIRS


# What is refused, before anything is computed.


def refused(out: Path, said: str) -> None:
    before = sorted(out.parent.rglob("*"))
    with pytest.raises(InputError, match=said):
        require_replaceable(out)
    with pytest.raises(InputError, match=said):
        write(out, NEW)
    assert sorted(out.parent.rglob("*")) == before


def test_files_pipes_and_sockets_are_refused_by_their_kind(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "nowhere").symlink_to("gone")
    for name, kind in (("file", "a file"), ("pipe", "a pipe"), ("link", "a pipe")):
        refused(tmp_path / name, f"{name} is {kind}")
    refused(tmp_path / "nowhere", "is a link to gone, and nothing is there")


@pytest.mark.parametrize(("kind", "major"), [(stat.S_IFCHR, 60), (stat.S_IFBLK, 240)])
def test_devices_and_links_to_them_are_refused(tmp_path, kind, major) -> None:
    try:
        os.mknod(tmp_path / "device", 0o666 | kind, os.makedev(major, 0))
    except (AttributeError, PermissionError):
        pytest.skip("no device can be made here")
    (tmp_path / "link").symlink_to("device")
    for name in ("device", "link"):
        refused(tmp_path / name, "is a device")
    assert stat.S_IFMT((tmp_path / "device").stat().st_mode) == kind


def test_a_folder_of_studies_is_known_by_what_its_manifests_say(tmp_path) -> None:
    out = tmp_path / "out"
    for name in ("one", "other"):
        fill_study(out / name, name)
    put(out, {"notes.txt": b"mine"})
    require_replaceable(out)


def test_a_folder_that_only_holds_other_results_is_refused(tmp_path) -> None:
    write(tmp_path / "bench" / "results", OLD)
    put(tmp_path / "bench", {"sheet.csv": b"raw"})
    refused(tmp_path / "bench", "is not empty")
    (tmp_path / "bench" / "sheet.csv").unlink()
    refused(tmp_path / "bench", "is not empty")


def test_a_folder_of_studies_of_an_earlier_version_holds_nothing_else(tmp_path) -> None:
    for name in ("one", "other"):
        put(tmp_path / "out" / name, {"manifest.json": b'{"xenotrack": "0.1.0"}'})
    require_replaceable(tmp_path / "out")
    put(tmp_path / "out", {"notes.txt": b"mine"})
    refused(tmp_path / "out", "is not empty")


def fill_study(folder: Path, name: str, files: dict[str, bytes] = OLD) -> None:
    folder.mkdir(parents=True)
    fill(folder, files, name)


def test_studies_follow_the_same_rule(tmp_path) -> None:
    out = tmp_path / "out"
    for name in ("one", "other"):
        fill_study(out / name, name)
    put(out, {"notes.txt": b"mine", "one/README.txt": b"edited"})
    said: list[str] = []
    with replaced_folder(out, say=said.append) as fresh:
        fill_study(fresh / "one", "one", NEW)
    assert held(out / "one") == NEW | {"README.txt.kept": b"edited"}
    assert held(out / "other") == OLD  # of another run: it stays
    assert "Left as it was in" in said[1]
    assert "notes.txt, other/" in said[1]


def test_studies_replace_the_results_of_one(out) -> None:
    with replaced_folder(out) as fresh:
        fill_study(fresh / "one", "one", NEW)
    assert held(out) == THEIRS | {f"one/{name}": data for name, data in NEW.items()}
    assert not (out / "manifest.json").exists()
    require_replaceable(out)


# Failures.


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit, OSError])
def test_a_failure_leaves_the_old_folder_and_nothing_else(out, failure) -> None:
    before = held(out)
    expected = InputError if failure is OSError else failure

    def fail() -> None:
        with replaced_folder(out) as fresh:
            put(fresh, NEW)
            raise failure

    with pytest.raises(expected):
        fail()
    assert held(out) == before
    assert names_in(out.parent) == ["out"]


def test_a_failed_run_removes_the_folders_it_made_above_its_own(tmp_path) -> None:
    with pytest.raises(ValueError, match="no"), replaced_folder(tmp_path / "a" / "b" / "out"):
        raise ValueError("no")
    assert names_in(tmp_path) == []


STEPS = ("replace", "link", "mkdir", "rename", "unlink", "rmdir")


@contextmanager
def at_step(number: int, then: Callable[[], None]) -> Iterator[list[int]]:
    """Do something before the ``number``-th change of the disk; the steps counted so far."""
    count = [0]

    def counted(change):
        def call(*arguments, **options):
            count[0] += 1
            if count[0] == number:
                then()
            return change(*arguments, **options)

        return call

    with mock.patch.multiple(os, **{name: counted(getattr(os, name)) for name in STEPS}):
        yield count


def fail_with(code: int) -> Callable[[], None]:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_step_that_fails_anywhere_brings_everything_back(tmp_path) -> None:
    failures = 0
    for number in range(1, 200):
        out = remake(tmp_path / str(number))
        before = held(out)
        failed, count = failed_at(number, out)
        assert held(out) == (before if failed else NEW | THEIRS | AFTER), number
        failures += failed
        if count < number:
            break
    # Others are those that try where files can be renamed from, and those that tidy up.
    assert failures > 12


def failed_at(number: int, out: Path) -> tuple[bool, int]:
    """Whether a run was refused since that step failed, and how many steps there were."""
    with at_step(number, fail_with(errno.EBUSY)) as count:
        try:
            write(out, NEW)
        except InputError as error:
            return "busy" in str(error), count[0]
    return False, count[0]


def killed_at(number: int, act: Callable[[], object]) -> bool:
    """Whether a process of its own was killed, as by ``kill -9``, before that step of ``act``."""
    child = os.fork()
    if child == 0:
        with at_step(number, lambda: os._exit(9)):
            act()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def remake(folder: Path) -> Path:
    out = folder / "out"
    write(out, OLD)
    put(out, THEIRS | {"README.txt": b"edited", "tables/compare.csv": b"not ours"})
    return out


AFTER = {"README.txt.kept": b"edited", "tables/compare.csv.kept": b"not ours"}


@pytest.mark.parametrize("place", ["beside", "inside"])
def test_a_kill_at_any_step_loses_nothing_and_the_next_run_ends_it(
    tmp_path, monkeypatch, place
) -> None:
    if place == "inside":
        # As where OUT is a mount point: what lies beside it cannot be renamed into it.
        monkeypatch.setattr(staging, "_places", lambda out: [out if out.is_dir() else out.parent])
    monkeypatch.setattr(staging, "DRAFT_IS_DEAD_AFTER", -1.0)  # the next run comes a night later
    said: set[str] = set()
    for number in range(1, 200):
        out = remake(tmp_path / str(number))
        dead = killed_at(number, lambda out=out: write(out, NEW))
        now = held(out)
        for name, data in THEIRS.items():
            assert now[name] == data
        assert b"edited" in (now.get("README.txt"), now.get("README.txt.kept"))
        assert b"not ours" in (now.get("tables/compare.csv"), now.get("tables/compare.csv.kept"))
        assert now["tables/growth.csv"] in (b"1", b"2")  # whole, and never without
        said |= {text.partition(" ")[0] for text in write(out, NEW)}
        assert held(out) == NEW | THEIRS | AFTER, number
        assert names_in(out.parent) == ["out"], number
        if not dead:
            break
    assert number > 15
    assert said >= {"Removed", "Brought", "Kept", "Left"}


def test_a_kill_at_any_step_ends_in_old_or_new_results_without_another_run(tmp_path) -> None:
    ends = set()
    for number in range(1, 200):
        out = remake(tmp_path / str(number))
        old = held(out)
        dead = killed_at(number, lambda out=out: write(out, NEW))
        require_replaceable(out)
        new = NEW | THEIRS | AFTER
        assert held(out) in (old, new), number
        ends.add(held(out) == new)
        if not dead:
            break
    assert ends == {True, False}


def test_what_a_person_changes_after_a_kill_is_kept_by_the_next_run(tmp_path) -> None:
    for number in range(1, 200):
        out = remake(tmp_path / str(number))
        dead = killed_at(number, lambda out=out: write(out, NEW))
        put(out, {"tables/growth.csv": b"later"})
        write(out, NEW)
        assert b"later" in {
            data for name, data in held(out).items() if name.startswith("tables/growth.csv.kept")
        }
        if not dead:
            break


def test_a_new_folder_appears_as_a_whole_or_not_at_all(tmp_path) -> None:
    for number in range(1, 100):
        out = tmp_path / str(number) / "out"
        dead = killed_at(number, lambda out=out: write(out, NEW))
        assert not out.exists() or held(out) == NEW
        write(out, NEW)
        assert held(out) == NEW
        if not dead:
            break
    assert number > 5


def test_an_empty_folder_is_filled_and_after_a_kill_its_own_again(tmp_path) -> None:
    for number in range(1, 100):
        out = tmp_path / str(number) / "out"
        out.mkdir(parents=True)
        dead = killed_at(number, lambda out=out: write(out, NEW))
        write(out, NEW)
        assert held(out) == NEW
        if not dead:
            break


def test_an_undo_that_fails_too_leaves_what_the_next_run_needs(out) -> None:
    (out / "README.txt").write_bytes(b"edited")
    new = NEW | THEIRS | {"README.txt.kept": b"edited"}
    for number in range(1, 40):
        with pytest.raises(InputError) as raised, at_step(number, no_rename_from_here_on):
            write(out, NEW)
        mock.patch.stopall()
        if "nor take it back" in str(raised.value):
            break
    assert "the next run with the same -o moves it" in str(raised.value)
    write(out, NEW)
    assert held(out) == new


def no_rename_from_here_on() -> None:
    failing = mock.Mock(side_effect=OSError(errno.EIO, "Input/output error"))
    mock.patch.object(os, "replace", failing).start()
    failing()


# Where the folder for the new results lies.


def test_where_nothing_can_be_made_beside_it_a_folder_is_written_from_within(
    tmp_path, monkeypatch
) -> None:
    out = tmp_path / "mount"
    out.mkdir()
    rename = os.replace

    def as_between_file_systems(source, target):
        inside = [out in Path(path).parents for path in (source, target)]
        if inside[0] != inside[1]:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        rename(source, target)

    monkeypatch.setattr(os, "replace", as_between_file_systems)
    write(out, OLD)
    write(out, NEW)
    assert held(out) == NEW
    assert names_in(tmp_path) == ["mount"]
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_made(out, monkeypatch) -> None:
    def denied(*arguments, **options):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(staging.tempfile, "mkdtemp", denied)
    with pytest.raises(InputError, match=f"Cannot write {out}: Permission denied"):
        write(out, NEW)
    assert held(out) == OLD | THEIRS


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_in_a_read_only_parent_is_written_from_within(out) -> None:
    out.parent.chmod(0o555)
    try:
        write(out, NEW)
        assert held(out) == NEW | THEIRS
    finally:
        out.parent.chmod(0o755)


WAITING = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from xenotrack.present.safe_folder import replaced_folder\n"
    "with replaced_folder(Path(sys.argv[1])) as fresh:\n"
    "    print('here', flush=True)\n"
    "    time.sleep(60)\n"
)


def test_a_run_that_lives_keeps_others_out_and_a_killed_one_does_not(out) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, str(out)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        with pytest.raises(InputError, match="Another run is writing into"):
            write(out, NEW)
        process.kill()
    said = write(out, NEW)
    assert "left by a run that was cut short" in said[0]
    assert held(out) == NEW | THEIRS
    assert names_in(out.parent) == ["out"]


def test_folders_of_others_with_such_a_name_are_not_swept(out) -> None:
    put(out.parent, {".out.backup/a.txt": b"mine", ".out.x/new/b.txt": b"mine"})
    write(out, NEW)
    assert held(out.parent / ".out.backup") == {"a.txt": b"mine"}
    assert held(out.parent / ".out.x") == {"new/b.txt": b"mine"}
