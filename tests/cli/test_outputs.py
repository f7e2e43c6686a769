"""What commands write: never over what they read, nor over what a person made."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from costs import often

ROOT = Path(__file__).parents[2]
COMMANDS = (
    *("check", "tidy", "response", "growth", "progression", "compare", "indices", "synergy"),
    "tolerability",
)


@pytest.fixture
def bench(tmp_path, sample, monkeypatch) -> Path:
    """A folder with a study.toml, its two sheets, and other names of the first sheet."""
    monkeypatch.chdir(tmp_path)
    lines = Path(sample("two_arm.csv")).read_text(encoding="utf-8").splitlines(keepends=True)
    for name, rows in (("a.csv", lines[:82]), ("b.csv", lines[:1] + lines[82:])):
        Path(name).write_text("".join(rows), encoding="utf-8")
    Path("study.toml").write_text('[study]\nsheet = ["a.csv", "b.csv"]\n', encoding="utf-8")
    Path("link.csv").symlink_to("a.csv")
    os.link("a.csv", "hard.csv")
    Path("far").mkdir()
    return tmp_path


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Stdout.


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dash_is_stdout_in_every_command(ask, bench, command) -> None:
    plain = ask(command, "study.toml")
    assert ask(command, "study.toml", "-o", "-") == plain
    assert plain.stdout or command in ("check", "synergy")  # nothing doubtful, no combination
    assert not Path("-").exists()


def test_a_dash_is_stdout_of_a_figure_too(ask, bench) -> None:
    before = held(bench)
    assert ask("plot", "rates", "study.toml", "-o", "-", code=0).stdout.startswith("<?xml")
    assert held(bench) == before


def test_a_dash_is_the_summary_of_a_run_alone(ask, bench) -> None:
    before = held(bench)
    answer = ask("run", "study.toml", "-o", "-", code=0)
    assert answer.stdout == ask("run", "study.toml", "-o", "out", "--figures", "none").stdout
    assert "Wrote" not in answer.stderr
    shutil.rmtree("out")
    assert held(bench) == before


def test_a_dash_is_stdout_of_a_template_and_of_a_corrected_sheet(ask, bench) -> None:
    before = held(bench)
    assert ask("check", "a.csv", "--template", "-o", "-", code=0).stdout.startswith("#:schema")
    answer = ask("check", "study.toml", "--fix", "-o", "-", code=0)
    ask("check", "study.toml", "--fix", "-o", "fixed.csv", code=0)
    assert answer.stdout == Path("fixed.csv").read_text(encoding="utf-8")
    assert Path("fixed.ledger.csv").read_text(encoding="utf-8").strip() in answer.stderr
    ask("check", "study.toml", "--fix", "-o", "-", "-f", "json", code=2)
    for name in ("fixed.csv", "fixed.ledger.csv"):
        Path(name).unlink()
    assert held(bench) == before


@pytest.mark.parametrize("command", ["growth", "run"])
def test_an_empty_name_is_typed_wrongly(ask, bench, command) -> None:
    before = held(bench)
    assert "names nothing" in ask(command, "study.toml", "-o", "", code=2).stderr
    assert held(bench) == before


# Inputs.

NAMES = ("a.csv", "b.csv", "./a.csv", "far/../a.csv", "link.csv", "hard.csv", "study.toml")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "command",
    ["check", "tidy", "growth", "compare", "check --template", "check --fix"],
)
def test_no_output_is_an_input_by_any_name(ask, bench, command, name) -> None:
    before = held(bench)
    first, *rest = command.split()
    answer = ask(first, *rest, "study.toml", "-o", name, "--force", code=2)
    suffix = Path(name).suffix
    told = suffix == ".csv" if command == "check --fix" else suffix == ".toml"
    assert "is what was read" in answer.stderr or told is (command == "check --template")
    assert answer.stdout == ""
    assert held(bench) == before


@pytest.mark.parametrize("name", ["a.csv", "link.csv", "hard.csv"])
def test_no_output_is_the_one_sheet_that_is_read(ask, bench, name) -> None:
    before = held(bench)
    for source in ("a.csv", "link.csv", "hard.csv"):
        ask("tidy", source, "-o", name, "--force", code=2)
    assert held(bench) == before


def test_a_figure_takes_the_place_of_no_sheet(ask, bench) -> None:
    Path("a.csv").rename("a.svg")  # what a file is, its content says
    Path("study.toml").write_text('[study]\nsheet = ["a.svg", "b.csv"]\n', encoding="utf-8")
    before = held(bench)
    answer = ask("plot", "rates", "study.toml", "-o", "a.svg", "--force", code=2)
    assert "a.svg is what was read" in answer.stderr
    assert held(bench) == before


def test_the_ledger_of_a_corrected_sheet_is_no_input_either(ask, bench) -> None:
    Path("a.csv").rename("new.ledger.csv")
    before = held(bench)
    answer = ask("check", "new.ledger.csv", "--fix", "-o", "new.csv", "--force", code=2)
    assert "new.ledger.csv is what was read" in answer.stderr
    assert held(bench) == before


def as_process(*arguments: str, **streams) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "xenotrack", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **streams,
    )


def test_a_file_behind_stdin_is_an_input(bench) -> None:
    before = held(bench)
    with open("a.csv", "rb") as sheet:
        done = as_process("tidy", "-", "-o", "a.csv", stdin=sheet, capture_output=True)
    assert done.returncode == 2
    assert b"a.csv is what was read" in done.stderr
    assert held(bench) == before


def test_a_file_behind_stdout_is_an_output(bench) -> None:
    before = held(bench)
    with open("a.csv", "ab") as sheet:
        done = as_process("tidy", "link.csv", stdout=sheet, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"stdout goes into what was read" in done.stderr
    assert held(bench) == before


@pytest.mark.parametrize("name", ["out/tables/tidy.csv", "out/report.html", "out/study.toml"])
def test_a_run_writes_over_nothing_that_it_reads(ask, bench, name) -> None:
    ask("run", "study.toml", "-o", "out", "--figures", "none", code=0)
    Path("out/study.toml").write_text('[study]\nsheet = "tables/tidy.csv"\n', encoding="utf-8")
    before = held(bench)
    answer = ask("run", name, "-o", "out", "--figures", "none", code=1)
    assert "is what was read" in answer.stderr or name == "out/report.html"
    assert answer.stdout == ""
    assert held(bench) == before


def test_a_sheet_among_the_results_is_read_and_stays(ask, bench) -> None:
    ask("run", "study.toml", "-o", "out", "--figures", "none", code=0)
    for name in ("a.csv", "b.csv", "study.toml"):
        Path(name).rename(Path("out") / name)
    before = {name: data for name, data in held(bench).items() if name.count("/") < 2}
    for source in ("out/study.toml", "out/a.csv"):
        said = ask("run", source, "-o", "out", "--figures", "none").stderr
        for name in ("a.csv", "b.csv", "study.toml"):
            assert held(bench)[f"out/{name}"] == before[f"out/{name}"]
    assert "Left as it was in out/: a.csv, b.csv, study.toml." in said


# What is there already.


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("growth", "study.toml"), "notes.txt"),
        (("tidy", "study.toml"), "their.csv"),
        (("check", "study.toml"), "their.json"),
        (("plot", "rates", "study.toml"), "photo.png"),
        (("check", "a.csv", "--template"), "their.toml"),
        (("check", "study.toml", "--fix"), "their.csv"),
        (("tidy", "study.toml"), "their.pzfx"),
    ],
)
def test_what_a_person_made_gives_way_to_force_alone(ask, bench, arguments, name) -> None:
    Path(name).write_text("mouse,arm\n1,A\n", encoding="utf-8")
    before = held(bench)
    answer = ask(*arguments, "-o", name, code=1)
    assert f"{name} is there already" in answer.stderr
    assert "--force" in answer.stderr
    assert held(bench) == before
    ask(*arguments, "-o", name, "--force", code=0)
    assert held(bench)[name] != before[name]


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "tidy"])
@pytest.mark.parametrize("suffix", often([".csv", ".json", ".txt"], [".json"]))
def test_a_table_gives_way_to_the_next_one(ask, bench, sample, command, suffix) -> None:
    out = f"made{suffix}"
    ask(command, sample("wide.csv"), "-o", out, code=0)
    ask(command, "study.toml", "-o", out, code=0)


def test_an_edited_sheet_gives_way_to_nothing_but_the_same_again(ask, bench) -> None:
    for _ in range(2):
        ask("tidy", "study.toml", "-o", "long.csv", code=0)
    with open("long.csv", "a", encoding="utf-8") as sheet:
        sheet.write("\n")
    assert "--force" in ask("tidy", "study.toml", "-o", "long.csv", code=1).stderr


# Devices, pipes, folders.


@pytest.mark.parametrize("through", ["pipe", "link"])
def test_a_pipe_takes_a_table_and_refuses_a_run(ask, bench, through) -> None:
    os.mkfifo("pipe")
    if through == "link":
        Path("link").symlink_to("pipe")
    found: list[bytes] = []
    reading = threading.Thread(target=lambda: found.append(Path("pipe").read_bytes()), daemon=True)
    reading.start()
    ask("growth", "study.toml", "-o", through, "-f", "csv", code=0)
    reading.join(timeout=10)
    assert found[0].startswith(b"arm,")
    assert f"{through} is a pipe" in ask("run", "study.toml", "-o", through, code=1).stderr
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


@pytest.mark.parametrize(("kind", "major"), [(stat.S_IFCHR, 60), (stat.S_IFBLK, 240)])
def test_a_device_is_refused_by_every_command_and_stays(ask, bench, kind, major) -> None:
    try:
        os.mknod("device", 0o666 | kind, os.makedev(major, 0))
    except (AttributeError, PermissionError):
        pytest.skip("no device can be made here")
    Path("to_device").symlink_to("device")
    for name in ("device", "to_device"):
        for command in (("growth", "-f", "csv"), ("run",)):
            answer = ask(*command, "study.toml", "-o", name, "-q", code=1)
            assert answer.stderr.count("\n") == 1
            assert f"{name} is a device" in answer.stderr
    assert stat.S_IFMT(os.stat("device").st_mode) == kind


def test_a_run_into_a_folder_of_others_is_refused_before_anything_is_read(ask, bench) -> None:
    Path("a.csv").write_text("no sheet", encoding="utf-8")
    assert "far/.. is not empty" in ask("run", "study.toml", "-o", "far/..", code=1).stderr
    assert "a.csv is a file" in ask("run", "study.toml", "-o", "a.csv", code=1).stderr


# Disks that take no more.


def full(*arguments: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_no_half_table(ask, bench, monkeypatch) -> None:
    ask("growth", "study.toml", "-o", "growth.csv", code=0)
    before = held(bench)
    monkeypatch.setattr(os, "fsync", full)
    for name in ("growth.csv", "new.csv"):
        answer = ask("growth", "study.toml", "-o", name, "--until", "14", "-q", code=1)
        assert answer.stderr == f"Error: Cannot write {name}: No space left on device.\n"
    assert held(bench) == before


@pytest.mark.parametrize(
    "nth", [pytest.param(nth, marks=pytest.mark.slow) if nth == 12 else nth for nth in (1, 12, 25)]
)
def test_a_full_disk_leaves_no_half_results(ask, bench, monkeypatch, nth) -> None:
    ask("run", "study.toml", "-o", "out", "--figures", "none", code=0)
    before = held(bench)
    write, count = Path.write_bytes, iter(range(1, 100))

    def sometimes(path: Path, data: bytes) -> int:
        return full() if next(count) >= nth else write(path, data)

    monkeypatch.setattr(Path, "write_bytes", sometimes)
    for out in ("out", "new"):
        answer = ask("run", "study.toml", "-o", out, "--figures", "none", "-q", code=1)
        assert answer.stderr == f"Error: Cannot write {out}: No space left on device.\n"
        assert answer.stdout == ""
    assert held(bench) == before


def at_most(size: int) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize(
    "command", often(["run --figures none -o out", "tidy -o t.csv"], ["tidy -o t.csv"])
)
def test_a_limit_of_the_system_leaves_nothing_half_written(bench, command) -> None:
    before = held(bench)
    done = as_process(
        *command.split(), "study.toml", "-q", capture_output=True, preexec_fn=at_most(4000)
    )
    assert done.returncode == 1
    assert done.stdout == b""
    name = command.split()[-1]
    assert done.stderr == f"Error: Cannot write {name}: File too large.\n".encode()
    assert held(bench) == before


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(ask, bench) -> None:
    Path("far").chmod(0o555)
    for name, command in (("far/x.csv", "growth"), ("far/out", "run")):
        answer = ask(command, "study.toml", "-o", name, "-q", code=1)
        assert answer.stderr == f"Error: Cannot write {name}: Permission denied.\n"
    Path("far").chmod(0o755)


NEEDS_STDOUT = {
    "growth study.toml -q": 1,
    "check a.csv --template -q": 1,
    "run study.toml -o - -q": 1,
    "growth study.toml -q -o growth.csv": 0,
}


@pytest.mark.parametrize("command", often(NEEDS_STDOUT, [*NEEDS_STDOUT][1::2]))
def test_a_closed_stdout_is_said_where_it_is_needed(bench, command) -> None:
    code = NEEDS_STDOUT[command]
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m xenotrack {command} >&-'],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    said = b"Error: Cannot write to stdout: it is closed. Name a file with -o.\n"
    assert (done.returncode, done.stderr) == (code, said if code else b"")
