"""The command line as a contract: help, streams, exit codes, and the same bytes everywhere."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from xenotrack import __version__
from xenotrack.cli.app import cli

LOADED = cli.loaded()

ROOT = Path(__file__).parent.parent
COMMANDS = list(LOADED)
SLOW = ("run", "plot")
MANY = ("batch", "collect", "pool")  # see cli/test_batch.py, many/test_pool.py
OF_RESULTS = ("report",)  # reads what `run` wrote: see present/test_report_command.py
OF_PLANS = ("simulate", "power", "randomize")  # see cli/test_randomize.py and its neighbours
TABLE_COMMANDS = [name for name in COMMANDS if name not in (*SLOW, *MANY, *OF_RESULTS, *OF_PLANS)]
IN_ORDER = [
    *("check", "tidy", "response", "growth", "progression", "compare", "synergy", "tolerability"),
    *("plot", "run", "batch", "collect", "report"),
]

MISTYPED = [
    ["nonsense"],
    ["growth"],
    ["growth", "a.csv", "a.csv"],
    ["growth", "a.csv", "--no-such-option"],
    ["growth", "a.csv", "--until", "soon"],
    ["growth", "a.csv", "--df", "exact"],
    ["growth", "a.csv", "-f", "xml"],
    ["growth", "a.csv", "--arm", "no equals sign"],
    ["growth", "a.csv", "--column", "=theirs"],
    ["run", "a.csv"],
    ["report"],
    ["batch", "-o", "out"],
    ["collect", "out"],
    ["batch", "a.csv"],
    ["batch", "-", "-o", "out"],
    ["batch", "a.csv", "-o", "-"],
    ["batch", "a.csv", "-o", "out", "--shard", "3/2"],
    ["batch", "a.csv", "-o", "out", "--tables", "growht"],
    ["batch", "--files-from", "gone.txt", "-o", "out"],
    ["plot", "growth", "a.csv"],
    ["plot", "pie", "a.csv", "-o", "pie.svg"],
]


def examples_of(command: str) -> list[str]:
    """The command lines in a command's help."""
    _, _, examples = (LOADED[command].help or "").partition("Examples")
    return [line.strip() for line in examples.splitlines() if line.strip()]


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Path:
    """A folder as the examples of help have it: the samples, and a sheet of one's own."""
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data")
    own = (ROOT / "sample_data" / "combination.csv").read_text(encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(own.replace("vehicle", "Vehicle"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(ask, command) -> None:
    answer = ask(command, "--help", code=0)
    assert answer.stdout.startswith(f"Usage: xenotrack {command} ")
    assert examples_of(command)
    for example in examples_of(command):
        assert example.startswith(f"xenotrack {command} ")
        assert example in answer.stdout
    assert answer.stderr == ""
    assert ask(command, "-h", code=0) == answer


@pytest.mark.parametrize(
    "line", [line for command in TABLE_COMMANDS for line in examples_of(command)]
)
def test_the_examples_of_help_run(ask, bench, line) -> None:
    words = shlex.split(line.partition(" > ")[0])
    answer = ask(*words[1:], code=0)
    # `check` of a sheet without findings has nothing to print.
    written = {"-o", "--declare"} & set(words)
    assert answer.stdout or written or "Nothing doubtful" in answer.stderr


def test_help_lists_the_commands_in_the_order_of_an_analysis(ask) -> None:
    listed = re.findall(r"^  (\w+)  ", ask("--help", code=0).stdout, re.MULTILINE)
    assert listed == COMMANDS
    assert [name for name in COMMANDS if name in IN_ORDER] == IN_ORDER


def test_version(ask) -> None:
    assert ask("--version", code=0).stdout == f"xenotrack, version {__version__}\n"


@pytest.mark.parametrize("arguments", MISTYPED, ids=" ".join)
def test_what_is_typed_wrongly_exits_2_and_is_said(ask, bench, arguments) -> None:
    answer = ask(*arguments, code=2)
    assert answer.stdout == ""
    assert "Usage: xenotrack" in answer.stderr


@pytest.mark.parametrize("command", TABLE_COMMANDS)
def test_on_an_error_stdout_is_empty(ask, tmp_path, command) -> None:
    path = tmp_path / "sheet.csv"
    answer = ask(command, path, code=1)
    assert (answer.stdout, answer.stderr[:7]) == ("", "Error: ")
    path.write_text("colour,shape\nred,round\n", encoding="utf-8")
    answer = ask(command, path, code=1)
    assert (answer.stdout, answer.stderr[:7]) == ("", "Error: ")


@pytest.mark.parametrize("command", TABLE_COMMANDS)
def test_data_go_to_stdout_and_words_to_stderr(ask, sample, command) -> None:
    said = ask(command, sample("wide.csv"), "-f", "csv", code=0)
    quiet = ask(command, sample("wide.csv"), "-f", "csv", "--quiet", code=0)
    assert quiet.stderr == ""
    assert quiet.stdout == said.stdout


def test_an_outcome_asked_for_has_the_doubts_of_its_own_fit(ask, sample) -> None:
    growth, days = (
        ask("compare", sample("naive.toml"), "--shape", "line", "--outcome", name).stderr
        for name in ("growth_rate", "rmst_days")
    )
    assert "differ in spread" in growth
    assert "left for toxicity" not in growth
    assert "left for toxicity" in days
    assert "differ in spread" not in days


def test_strict_refuses_on_a_doubt(ask, sample) -> None:
    asked = ("growth", sample("combination.csv"), "--shape", "line")
    assert "Doubt: " in ask(*asked, code=0).stderr
    answer = ask(*asked, "--strict", code=1)
    assert answer.stdout == ""
    assert "--strict" in answer.stderr


def test_strict_refuses_on_a_warning_about_the_sheet(ask, tmp_path) -> None:
    rows = ["mouse,arm,day,volume", "m1,vehicle,0,100", "m1,vehicle,3,dead", "m1,vehicle,7,200"]
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    assert ask("tidy", path, code=0).stdout
    answer = ask("tidy", path, "--strict", code=1)
    assert answer.stdout == ""
    assert "sheet.csv, row 3" in answer.stderr
    assert "row" not in ask("check", path, "-q", code=0).stderr
    assert "dead" in ask("check", path, "--strict", code=1).stdout


def test_a_sheet_on_stdin_is_read_as_from_its_file(ask, sample) -> None:
    sheet = Path(sample("combination.csv"))
    piped = ask("growth", "-", "-f", "csv", stdin=sheet.read_bytes(), code=0)
    assert piped.stdout == ask("growth", sheet, "-f", "csv", code=0).stdout


def test_nothing_on_stdin_is_said(ask) -> None:
    assert "stdin is empty" in ask("growth", "-", code=1).stderr


PLANTED = (
    "import sys\n"
    "import xenotrack.study.ingest as ingest\n"
    "def planted(*_, **__): {what}\n"
    "ingest.read_studies = planted\n"
    "from xenotrack.cli.app import main\n"
    "sys.argv = ['xenotrack', 'growth', 'sheet.csv']\n"
    "main()\n"
)


def planted(what: str) -> subprocess.CompletedProcess:
    """``xenotrack growth`` with something planted where it reads the sheet."""
    code = PLANTED.format(what=what)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)


def test_a_bug_shows_its_traceback_and_exits_70() -> None:
    done = planted("return 1 / 0")
    assert done.returncode == 70
    assert done.stdout == ""
    assert "Traceback" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "This is a bug in xenotrack" in done.stderr


def test_an_interrupt_exits_130_without_a_traceback() -> None:
    done = planted("import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nInterrupted.\n")


def test_a_terminated_command_says_nothing() -> None:
    done = planted("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


def test_a_reader_that_has_seen_enough_is_no_error(sample) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "xenotrack", "tidy", sample("naive.csv"), "-f", "csv", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"study,mouse,")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said(sample) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xenotrack", "tidy", sample("two_arm.csv")],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
    assert done.returncode == 1
    assert done.stderr == b"Error: Cannot write to stdout: No space left on device.\n"


def on_a_terminal(arguments: list[str]) -> bytes:
    """What a command shows where stdout is a terminal."""
    ours, theirs = pty.openpty()
    shown: list[bytes] = []

    def look() -> None:
        try:
            while part := os.read(ours, 65536):
                shown.append(part)
        except OSError:  # the other end is closed: all was seen
            pass

    looking = threading.Thread(target=look)
    looking.start()
    try:
        environment = {**os.environ, "COLUMNS": "40", "TERM": "xterm-256color"}
        command = [sys.executable, "-m", "xenotrack", *arguments]
        subprocess.run(command, stdout=theirs, env=environment, cwd=ROOT, check=True)
    finally:
        os.close(theirs)
        looking.join()
        os.close(ours)
    return b"".join(shown).replace(b"\r\n", b"\n")


def test_a_terminal_shows_what_a_pipe_gets(run, sample) -> None:
    # A terminal folds a table that is wider, unless it is asked not to.
    arguments = ["compare", sample("two_arm.csv"), "-q", "--wide"]
    piped = run(*arguments, env={"COLUMNS": "300", "NO_COLOR": "1"}).stdout
    assert on_a_terminal(arguments).decode() == piped
    assert "\x1b" not in piped


def test_the_same_bytes_in_any_place_time_zone_and_language(run, tmp_path) -> None:
    sheet = (ROOT / "sample_data" / "combination.csv").read_text(encoding="utf-8")
    sheet = sheet.replace("fulvestrant", "Fulvestränt").replace("mouse,", "Maus,")
    here, there = tmp_path / "here", tmp_path / "out there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "sheet.csv").write_text(sheet, encoding="utf-8")
    asked = ("--column", "mouse=Maus", "-f", "json")
    english = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    german = {"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "2"}
    one = run("compare", "sheet.csv", *asked, cwd=here, env=english)
    other = run("compare", there / "sheet.csv", *asked, cwd=tmp_path, env=german)
    assert (one.stdout, one.stderr) == (other.stdout, other.stderr)
    assert "Fulvestränt" in one.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete(run, shell) -> None:
    script = run(env={"_XENOTRACK_COMPLETE": f"{shell}_source"}).stdout
    assert f"{shell}_complete" in script


def test_completion_knows_commands_and_options(run) -> None:
    asked = {"_XENOTRACK_COMPLETE": "bash_complete", "COMP_CWORD": "1"}
    assert run(env={**asked, "COMP_WORDS": "xenotrack gr"}).stdout == "plain,growth\n"
    asked["COMP_CWORD"] = "3"
    found = run(env={**asked, "COMP_WORDS": "xenotrack growth a.csv --vari"}).stdout
    assert found == "plain,--variances\n"


def test_a_name_that_is_not_text_in_any_encoding_is_said(run, tmp_path) -> None:
    done = run("growth", os.fsdecode(bytes(tmp_path) + b"/\xff.csv"), code=1)
    assert "There is no file" in done.stderr
    assert done.stdout == ""


def test_a_closed_stream_is_no_bug(sample) -> None:
    line = f'"{sys.executable}" -m xenotrack growth {sample("two_arm.csv")} -q'
    done = subprocess.run(["sh", "-c", f"{line} >&- 2>&-"], capture_output=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
