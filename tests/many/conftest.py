"""Many studies, what comes of them one after another, and processes that end with their test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from many.batches import held, sheets_like

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def eleven(sample, tmp_path_factory) -> Path:
    """A folder of ten studies, and a sheet of which no study can be made."""
    names = [f"s{number}" for number in range(10)]
    source = Path(sample("two_arm.csv"))
    folder = sheets_like(source, names, tmp_path_factory.mktemp("eleven") / "sheets")
    (folder / "bad.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def serial(eleven) -> dict[str, bytes]:
    """What one process makes of them, one after another."""
    from many.crews import Here
    from xenotrack.many.asked import Asked
    from xenotrack.many.batch import Batch
    from xenotrack.many.plan import plan_studies

    out = eleven.parent / "serial"
    ended = list(Batch(plan_studies([eleven]), Asked(tables=("growth",)), out).work(Here()))
    assert sorted(one.how for one in ended) == ["done"] * 10 + ["failed"]
    return held(out)


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen]]:
    """``start("-m", "xenotrack", …)``: a process of Python, which does not outlive the test."""
    begun: list[subprocess.Popen] = []

    def call(*arguments: object, stderr: int = subprocess.DEVNULL) -> subprocess.Popen:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        begun.append(process)
        return process

    yield call
    for process in begun:
        process.kill()
        process.communicate()
