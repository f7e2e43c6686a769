"""`xenotrack run` on the 8-arm sample beside the same analysis written in R.

    python tests/benchmarks/whole_run.py [PAIRS]

Alternating, each in a process of its own: CPU seconds (with children) and wall seconds, the
medians of 3 pairs, and the median ratio of a pair.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLE = ROOT / "sample_data" / "naive"


def seconds(command: list[str]) -> tuple[float, float]:
    """CPU and wall seconds of a command that must succeed."""
    cpu, wall = os.times(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    used = os.times()
    children = (used.children_user - cpu.children_user) + (
        used.children_system - cpu.children_system
    )
    return children, time.perf_counter() - wall


def ours(folder: Path) -> tuple[float, float]:
    sheet = str(SAMPLE.with_suffix(".toml"))
    return seconds([sys.executable, "-m", "xenotrack", "run", sheet, "-o", str(folder)])


def in_r(folder: Path) -> tuple[float, float]:
    folder.mkdir()
    script, sheet = str(HERE / "run_in_r.R"), str(SAMPLE.with_suffix(".csv"))
    return seconds(["Rscript", "--vanilla", script, sheet, str(folder)])


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    has_r = shutil.which("Rscript") is not None
    found: dict[str, list[tuple[float, float]]] = {"xenotrack": [], "R": []}
    with tempfile.TemporaryDirectory() as temporary:
        for pair in range(pairs):
            found["xenotrack"].append(ours(Path(temporary) / f"ours {pair}"))
            if has_r:
                found["R"].append(in_r(Path(temporary) / f"r {pair}"))
    print(f"{'':12s}{'CPU s':>8s}{'wall s':>8s}")
    for name, times in found.items():
        if times:
            cpu, wall = (median(values) for values in zip(*times, strict=True))
            print(f"{name:12s}{cpu:8.2f}{wall:8.2f}")
    if has_r:
        ratios = [
            (a[0] / b[0], a[1] / b[1]) for a, b in zip(found["xenotrack"], found["R"], strict=True)
        ]
        cpu, wall = (median(values) for values in zip(*ratios, strict=True))
        print(f"{'ratio':12s}{cpu:8.2f}{wall:8.2f}")


if __name__ == "__main__":
    main()
