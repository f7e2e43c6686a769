"""One million measurements of 100 000 mice in 8 arms: CPU seconds and memory of the growth fit.

    python tests/benchmarks/million.py

Each case in a process of its own: all mice seen on the same days but for missed visits, and every
mouse on days of its own, where no two share anything. Memory is the peak beyond the measurements.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line has it

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from xenotrack.model.growth import fit_growth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.study.design import Design
from xenotrack.study.study import Study

N_MICE, VISITS, ARMS = 100_000, 10, 8
CASES = ("visits missed", "days of their own")


def large_study(case: str, seed: int = 1) -> Study:
    """Mice with lines of their own; ids and arms as text, as a sheet would give them."""
    rng = np.random.default_rng(seed)
    mouse = np.repeat(np.arange(N_MICE), VISITS)
    arm = mouse * ARMS // N_MICE
    if case == "visits missed":
        seen = np.argsort(rng.random((N_MICE, 12)), axis=1)[:, : VISITS - 1]
        days = np.sort(np.hstack([np.zeros((N_MICE, 1)), 3 + 3 * seen]), axis=1).ravel()
    else:
        gaps = rng.uniform(1, 6, (N_MICE, VISITS))
        gaps[:, 0] = 0
        days = np.round(gaps.cumsum(axis=1), 2).ravel()
    rate = np.linspace(0.08, -0.02, ARMS)[arm] + 0.015 * rng.standard_normal(N_MICE)[mouse]
    y = 5 + 0.3 * rng.standard_normal(N_MICE)[mouse] + rate * days
    y += 0.1 * rng.standard_normal(len(y))
    names = np.array([f"arm {code}" for code in range(ARMS)], dtype=object)
    ids = np.array([f"m{code:06d}" for code in range(N_MICE)], dtype=object)
    columns = {"mouse": ids[mouse], "arm": names[arm], "day": days, "volume_mm3": np.exp(y)}
    return Study.of_frame(pd.DataFrame(columns), Design.of_names("large", names))


def peak_mb(reset: bool = False) -> float:
    """The process's peak memory, or NaN where the system does not tell; ``reset`` starts anew."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    if reset:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    return float(lines["VmHWM"].split()[0]) / 1024


def measure(case: str) -> None:
    study = large_study(case)
    fit_growth(small_study())  # the first fit of a process also loads code
    before = peak_mb(reset=True)
    steps = {}
    start = time.process_time()
    study.mice  # noqa: B018
    steps["mice"] = time.process_time() - start
    start = time.process_time()
    take_log_volumes(study)
    steps["log volumes"] = time.process_time() - start
    start = time.process_time()
    fit = fit_growth(study)
    steps["fit_growth"] = time.process_time() - start
    total = sum(steps.values())
    told = ", ".join(f"{name} {seconds:.2f}" for name, seconds in steps.items())
    rates = " ".join(f"{rate:.4f}" for rate in fit.rates().values)
    print(f"{case:20s} {total:6.2f} s ({told}) {peak_mb() - before:7.0f} MB  rates {rates}")


def small_study() -> Study:
    study = large_study("visits missed")
    few = study.measurements[study.measurements["mouse"].str.endswith("0000")]
    return replace(study, measurements=few.reset_index(drop=True))


def main() -> None:
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    for case in CASES:
        subprocess.run([sys.executable, __file__, case], check=True)


if __name__ == "__main__":
    main()
