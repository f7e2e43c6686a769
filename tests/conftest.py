"""What end-to-end tests are written with: ``sample``, ``shared``, ``run``, ``ask``, ``golden``."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

# As the command line has it: set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background lets them ignore Ctrl-C, and whatever they
    # start would inherit that; but what an interrupt does is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden")


@dataclass(frozen=True)
class Answer:
    """What one invocation gave: its exit code, and what it wrote where."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def sample() -> Callable[[str], str]:
    """The path of a bundled sample."""
    return lambda name: str(ROOT / "sample_data" / name)


def beside(folder: str, name: str) -> Path:
    """A file kept beside the repository; the test is skipped where there is none."""
    found = ROOT.parent / "shared" / folder / name
    if not found.exists():
        pytest.skip(f"{name} is not beside the repository")
    return found


@pytest.fixture(scope="session")
def shared() -> Callable[[str], str]:
    """The path of a public study kept beside the repository; skips where there is none."""
    return lambda name: str(beside("data", name))


@pytest.fixture(scope="session")
def faults() -> Callable[[str], Path]:
    """The path of a small input kept beside the repository; skips where there is none."""
    return lambda name: beside("faults", name)


@pytest.fixture(scope="session")
def ask() -> Callable[..., Answer]:
    """``ask("growth", sheet)``: the command line in this process; a bug is raised, not reported.

    With ``code`` the exit code must be that one.
    """
    from xenotrack.cli.app import exit_code

    def call(*arguments: object, code: int | None = None, stdin: bytes = b"") -> Answer:
        out, err, given = (
            io.TextIOWrapper(io.BytesIO(data), "utf-8") for data in (b"", b"", stdin)
        )
        typed = ["xenotrack", *map(str, arguments)]
        with mock.patch.multiple(sys, argv=typed, stdin=given, stdout=out, stderr=err):
            status = exit_code()
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode("utf-8"))
        answer = Answer(status, *texts)
        assert code is None or answer.code == code, answer.stderr
        return answer

    return call


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess]:
    """``run("growth", sheet, "-f", "csv")``: the command line as a process of its own.

    ``env`` is added to the environment of the tests; other options are those of ``subprocess``.
    """

    def call(
        *arguments: object,
        code: int = 0,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        **options: object,
    ) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "-m", "xenotrack", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            # Found from any folder, installed or not.
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            **options,
        )
        done.stdout, done.stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert done.returncode == code, done.stderr
        return done

    return call


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with ``golden/NAME``: numbers of csv and json to 1e-8, all else exactly."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests" / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        expected = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            found, wanted = (pd.read_csv(io.StringIO(each)) for each in (text, expected))
            pd.testing.assert_frame_equal(found, wanted, rtol=1e-8, atol=1e-10)
        elif path.suffix == ".json":
            assert_alike(json.loads(text), json.loads(expected))
        else:
            assert text == expected

    return compare


def assert_alike(found: object, wanted: object) -> None:
    """The same values in the same order; numbers to 1e-8."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        assert list(found) == list(wanted)
        found, wanted = list(found.values()), list(wanted.values())
    if isinstance(wanted, list) and isinstance(found, list):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert_alike(one, other)
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=1e-8, abs=1e-10, nan_ok=True)
    else:
        assert found == wanted
