"""Whatever ends or disturbs a batch, each study is accounted for once, with the same bytes."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from many.batches import WAIT, held, wait_for

pytestmark = pytest.mark.slow

ASKED = ("--tables", "growth")
BATCH = ("-m", "xenotrack", "batch")
Start = Callable[..., subprocess.Popen]


def times(out: Path) -> dict[Path, int]:
    """When the results of each study that is done were written."""
    return {path: path.stat().st_mtime_ns for path in out.glob("*/results.json")}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_driver_that_is_ended_and_started_again_does_every_study_once(
    run, eleven, serial, start, tmp_path, how
) -> None:
    asked = ("batch", eleven, "-o", tmp_path, *ASKED, "--jobs", 2)
    driver = start("-m", "xenotrack", *asked)
    wait_for(tmp_path, 2, driver)
    driver.send_signal(how)
    assert driver.wait(WAIT) == {9: -9, 15: 143, 2: 130}[how]
    before = times(tmp_path)
    assert len(before) < 10
    run(*asked, code=1)
    assert before.items() <= times(tmp_path).items()
    assert held(tmp_path) == serial


def test_two_batches_into_one_folder_do_every_study_once_between_them(
    eleven, serial, start, tmp_path
) -> None:
    asked = (*BATCH, eleven, "-o", tmp_path, *ASKED, "--jobs", 2)
    both = [start(*asked, stderr=subprocess.PIPE) for _ in range(2)]
    said = [each.communicate(timeout=WAIT)[1].decode() for each in both]
    assert [each.returncode for each in both] == [1, 1], said
    assert all("1 of 11 studies failed" in text for text in said)
    counts = [re.search(r"(\d+) done, (\d+) unchanged, 1 failed", text) for text in said]
    assert [int(one[1]) + int(one[2]) for one in counts] == [10, 10]
    assert sum(int(one[1]) for one in counts) == 10
    assert held(tmp_path) == serial


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A file system that is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def test_a_full_disk_fails_studies_by_name_and_the_next_batch_does_them(
    run, eleven, serial, disk
) -> None:
    out = disk / "out"
    asked = ("batch", eleven, "-o", out, *ASKED)
    assert "No space left" in run(*asked, code=1).stderr
    assert [path for path in out.iterdir() if path.name.startswith(".")] == []
    larger = ["mount", "-o", "remount,size=8m", str(disk)]
    subprocess.run(larger, capture_output=True, check=True)
    run(*asked, code=1)  # for the bad sheet
    assert held(out) == serial


class Dask:
    """A scheduler and two workers on loopback."""

    def __init__(self, start: Start, folder: Path) -> None:
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

        while not (self.file.exists() and self.file.stat().st_size):
            assert self.scheduler.poll() is None, "the scheduler ended"
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file), set_as_default=False, timeout=WAIT) as client:
            client.wait_for_workers(2, timeout=WAIT)


@pytest.fixture
def dask(start, tmp_path) -> Dask:
    pytest.importorskip("distributed")
    made = Dask(start, tmp_path)
    made.wait()
    return made


def test_a_worker_of_a_cluster_that_is_killed_loses_no_study(
    eleven, serial, start, dask, tmp_path
) -> None:
    out = tmp_path / "out"
    driver = start(*BATCH, eleven, "-o", out, *ASKED, "--scheduler-file", dask.file)
    wait_for(out, 2, driver)
    dask.workers[0].send_signal(signal.SIGKILL)
    assert driver.wait(WAIT) == 1  # for the bad sheet
    assert held(out) == serial


def test_a_scheduler_that_is_killed_ends_the_batch_and_the_next_goes_on(
    run, eleven, serial, start, dask, tmp_path
) -> None:
    out = tmp_path / "out"
    driver = start(*BATCH, eleven, "-o", out, *ASKED, "--scheduler-file", dask.file)
    wait_for(out, 2, driver)
    dask.scheduler.send_signal(signal.SIGKILL)
    assert driver.wait(WAIT) == 1
    before = times(out)
    run("batch", eleven, "-o", out, *ASKED, code=1)
    assert before.items() <= times(out).items()
    assert held(out) == serial
