"""CPU seconds a study of many, by what is asked; how workers share them; the driver's memory.

    python tests/benchmarks/thousand_studies.py [STUDIES] [--dask] [--driver]

Simulated 8-arm studies, each a sheet. The first lines are of one process after its start, which is
told apart. Then ``xenotrack batch`` with one worker and with two, wall seconds with the start, how
many times as fast as one worker, and the load of the machine (``--dask``: with two workers of a
cluster on loopback). ``--driver``: the memory of a driver of ten thousand studies whose workers
answer at once.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from million import peak_mb
from whole_run import seconds

from xenotrack.many.asked import Asked
from xenotrack.many.batch import Batch
from xenotrack.many.job import Job
from xenotrack.many.plan import Planned, plan_studies
from xenotrack.many.worker import Reply, perform
from xenotrack.plan.scenarios import NAIVE
from xenotrack.plan.simulate import simulate_study

ASKED = {
    "everything but figures": Asked(),
    "--tables growth,compare": Asked(tables=("growth", "compare")),
    "--tables growth": Asked(tables=("growth",)),
}


def sheets(folder: Path, n: int) -> Path:
    """So many studies of one truth, each drawn anew."""
    folder.mkdir()
    for number in range(n):
        sheet = simulate_study(NAIVE, np.random.default_rng(number))
        sheet.to_csv(folder / f"s{number:04d}.csv", index=False)
    return folder


def cpu_a_study(planned: Sequence[Planned], asked: Asked, out: Path) -> list[float]:
    """CPU seconds of each study, one after another in this process."""
    spent = []
    for one in planned:
        began = time.process_time()
        reply = perform(asked.job(one.source, out / one.name))
        spent.append(time.process_time() - began)
        assert reply.kind == "done", reply.message
    return spent


def batch(folder: Path, out: Path, *how: object) -> float:
    """Wall seconds: workers are children of a child, whose CPU seconds nobody is told."""
    words = ("batch", folder, "-o", out, "-q", *how)
    return seconds([sys.executable, "-m", "xenotrack", *map(str, words)])[1]


class Elsewhere:
    """A crew that has done everything when it is asked."""

    def __init__(self) -> None:
        self.ended: deque[str] = deque()

    @property
    def n_at_work(self) -> int:
        return len(self.ended)

    def has_room(self) -> bool:
        return len(self.ended) < 2

    def give(self, name: str, job: Job) -> None:
        self.ended.append(name)

    def take(self, seconds: float) -> list[tuple[str, Reply]]:
        return [(self.ended.popleft(), Reply("done"))] if self.ended else []


def driver_memory(folder: Path, out: Path, n: int = 10_000) -> float:
    """MB at the peak of a driver beyond what it has as it begins."""
    (source,) = plan_studies([next(folder.iterdir())])
    before = peak_mb(reset=True)
    planned = [Planned(f"{source.name}_{number}", source.source) for number in range(n)]
    for _ in Batch(planned, Asked(), out).work(Elsewhere()):
        pass
    return peak_mb() - before


def on_dask(folder: Path, out: Path) -> float:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        return batch(folder, out, "--scheduler", cluster.scheduler_address)


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    n = numbers[0] if numbers else 1000
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        folder = sheets(place / "sheets", n)
        planned = plan_studies([folder])
        print(f"{'CPU s a study':28s}{'median':>8s}{'mean':>8s}{'first':>8s}")
        for name, asked in ASKED.items():
            first, *rest = cpu_a_study(planned[: max(2, n // 10)], asked, place / name)
            print(f"{name:28s}{np.median(rest):8.3f}{np.mean(rest):8.3f}{first:8.2f}", flush=True)
        print(f"\n{n} studies{'':17s}{'wall s':>8s}{'times':>8s}{'load':>8s}")
        ways = {
            "--jobs 1": lambda: batch(folder, place / "jobs 1", "--jobs", 1),
            "--jobs 2": lambda: batch(folder, place / "jobs 2", "--jobs", 2),
        }
        if "--dask" in sys.argv:
            ways["Dask, two workers"] = lambda: on_dask(folder, place / "dask")
        alone = 0.0
        for name, way in ways.items():
            wall = way()
            alone = alone or wall
            load = os.getloadavg()[0]
            print(f"{name:28s}{wall:8.1f}{alone / wall:8.2f}{load:8.1f}", flush=True)
        if "--driver" in sys.argv:
            print(f"driver of 10 000 studies: {driver_memory(folder, place / 'driver'):.0f} MB")


if __name__ == "__main__":
    main()
