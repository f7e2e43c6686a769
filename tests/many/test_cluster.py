"""A Dask cluster does what processes of this machine do: the same bytes, and none is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from xenotrack.errors import InputError
from xenotrack.many.asked import Asked
from xenotrack.many.cluster import Returned, difference, perform_away, put_results, versions
from xenotrack.many.worker import Reply

ROOT = Path(__file__).parent.parent.parent
ASKED = ("--tables", "growth")


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_study_comes_back_as_it_would_have_been_written_here(ask, sample, tmp_path) -> None:
    job = Asked(tables=("growth",)).job(Path(sample("two_arm.csv")), tmp_path / "away" / "two_arm")
    returned = perform_away(job, versions())
    assert not job.folder.exists()  # it was done elsewhere
    assert put_results(job, returned) == Reply("done")
    ask("batch", sample("two_arm.csv"), "-o", tmp_path / "here", *ASKED, code=0)
    assert held(tmp_path / "away") == held(tmp_path / "here")


def test_a_worker_of_other_versions_refuses(sample, tmp_path) -> None:
    job = Asked(tables=("growth",)).job(Path(sample("two_arm.csv")), tmp_path / "two_arm")
    returned = perform_away(job, {**versions(), "pandas": "9.9"})
    assert returned == Returned(returned.reply, {})
    assert "pandas" in returned.reply.message
    assert put_results(job, returned).kind == "unwritten"
    assert not job.folder.exists()
    assert difference(versions(), versions()) is None


def test_without_distributed_it_is_said_what_to_install(monkeypatch) -> None:
    from xenotrack.many import cluster

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install '\.\[dask\]'"), cluster.cluster("x", None):
        pass


def start(*arguments: object) -> subprocess.Popen:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Dask:
    """A scheduler and two workers on loopback."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.scheduler = start(
            *("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", 0),
            *("--no-dashboard", "--scheduler-file", self.file),
        )
        self.workers = [
            start(
                *("-m", "distributed.cli.dask_worker", "--scheduler-file", self.file),
                *("--nthreads", 1, "--no-nanny", "--no-dashboard"),
                *("--local-directory", folder / f"worker {number}"),
            )
            for number in range(2)
        ]

    def wait(self) -> None:
        from distributed import Client

        for _ in range(600):
            if self.file.exists() and self.file.stat().st_size:
                break
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path) -> Iterator[Dask]:
    pytest.importorskip("distributed")
    made = Dask(tmp_path)
    try:
        made.wait()
        yield made
    finally:
        made.close()


@pytest.fixture
def sheets(tmp_path, sample) -> Path:
    folder = tmp_path / "sheets"
    folder.mkdir()
    text = Path(sample("two_arm.csv")).read_text(encoding="utf-8")
    for number in range(10):
        renamed = text.replace("alpelisib", f"drug {number}")
        (folder / f"s{number}.csv").write_text(renamed, encoding="utf-8")
    (folder / "bad.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    return folder


def driver(sheets: Path, out: Path, dask: Dask) -> subprocess.Popen:
    file = ("--scheduler-file", dask.file)
    return start("-m", "xenotrack", "batch", sheets, "-o", out, *ASKED, *file)


def wait_for(out: Path, number: int) -> None:
    for _ in range(2400):
        if len(list(out.glob("*/manifest.json"))) >= number:
            return
        time.sleep(0.05)
    raise AssertionError("no study was done")


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_no_study(run, sheets, tmp_path, dask) -> None:
    out = tmp_path / "out"
    batch = driver(sheets, out, dask)
    wait_for(out, 2)
    dask.workers[0].send_signal(signal.SIGKILL)
    assert batch.wait(300) == 1  # for the bad sheet
    run("batch", sheets, "-o", tmp_path / "here", *ASKED, code=1)
    assert held(out) == held(tmp_path / "here")


@pytest.mark.slow
def test_a_scheduler_that_is_killed_ends_the_batch_and_the_next_goes_on(
    run, sheets, tmp_path, dask
) -> None:
    out = tmp_path / "out"
    batch = driver(sheets, out, dask)
    wait_for(out, 2)
    dask.scheduler.send_signal(signal.SIGKILL)
    assert batch.wait(300) == 1
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/results.json")}
    run("batch", sheets, "-o", out, *ASKED, code=1)
    assert all(path.stat().st_mtime_ns == at for path, at in before.items())
    run("batch", sheets, "-o", tmp_path / "here", *ASKED, code=1)
    assert held(out) == held(tmp_path / "here")
