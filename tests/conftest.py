"""What end-to-end tests are written with: ``sample``, ``run``, ``golden``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden")


@pytest.fixture
def sample() -> Callable[[str], str]:
    """The path of a bundled sample."""
    return lambda name: str(ROOT / "sample_data" / name)


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess]:
    """``run("growth", sheet, "-f", "csv")``: the command line as a process of its own."""

    def call(
        *arguments: str, code: int = 0, stdin: bytes | None = None, **options: object
    ) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "-m", "xenotrack", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            **options,
        )
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, done.stderr
        return done

    return call


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with ``golden/NAME``: numbers of a csv to 1e-8, all else exactly."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests" / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        expected = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            found = path.with_suffix(".found")
            found.write_text(text, encoding="utf-8")
            try:
                pd.testing.assert_frame_equal(
                    pd.read_csv(found), pd.read_csv(path), rtol=1e-8, atol=1e-10
                )
            finally:
                found.unlink()
        else:
            assert text == expected

    return compare
