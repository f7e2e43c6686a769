"""Power by simulation here and by lme4 with pbkrtest: the same studies, their p, and the time.

    python tests/benchmarks/power_speed.py [STUDIES] [STUDIES_IN_R]

Two arms of eight mice, straight lines; all mice read on all days, and with mice that leave. The
first studies of each are written for R, which fits the same model to the same readings.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from xenotrack.plan.analysed import analyse
from xenotrack.plan.readings import draw_readings
from xenotrack.plan.scenarios import TWO_ARM
from xenotrack.plan.truth import Scenario
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules

NAMES = [arm.name for arm in TWO_ARM.arms]
SETTINGS = {
    "no mouse leaves": replace(
        TWO_ARM,
        arms=tuple(replace(arm, weight_loss=0.0, weight_loss_sd=0.0) for arm in TWO_ARM.arms),
        unrelated_per_day=0.0,
        cull_mm3=1e9,
    ),
    "mice leave": TWO_ARM,
}


def readings(scenario: Scenario, studies: int, seed: int) -> pd.DataFrame:
    """The first studies as rows ``study arm mouse day y``."""
    (arms,) = draw_readings(scenario, studies, np.random.default_rng(seed))
    frames = []
    for code, arm in enumerate(arms):
        study, mouse, visit = np.nonzero(arm.read)
        frames.append(
            pd.DataFrame(
                {
                    "study": study,
                    "arm": code,
                    "mouse": mouse + 100 * code,
                    "day": np.array(scenario.visit_days)[visit],
                    "y": arm.y[study, mouse, visit],
                }
            )
        )
    return pd.concat(frames)


def here(scenario: Scenario, studies: int, seed: int) -> tuple[np.ndarray, float]:
    """Two-sided p of each study, and CPU seconds."""
    design = Design.of_names("s", NAMES, Rules(growth=GrowthRules(shape="line")))
    start = process_time()
    rates = analyse(scenario, design, studies, np.random.default_rng(seed))
    p = 2 * np.minimum(*rates.p_values(np.array([-1.0, 1.0])))
    return p, process_time() - start


def in_r(scenario: Scenario, studies: int, seed: int) -> tuple[np.ndarray, float]:
    with tempfile.TemporaryDirectory() as folder:
        sheet, out = Path(folder) / "readings.csv", Path(folder) / "p.csv"
        readings(scenario, studies, seed).to_csv(sheet, index=False)
        script = Path(__file__).with_name("power_in_r.R")
        said = subprocess.run(
            ["Rscript", script, sheet, out], capture_output=True, text=True, check=True
        )
        return pd.read_csv(out).sort_values("study")["p"].to_numpy(), float(said.stdout)


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    fewer = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    print("| studies | ms here | ms in R | times as fast | p apart (median) | claims that differ |")
    print("|---|---|---|---|---|---|")
    for name, scenario in SETTINGS.items():
        _, spent = here(scenario, studies, 1)
        # The same draws: one batch of this size.
        (p, _), (other, in_lme4) = (run(scenario, fewer, 2) for run in (here, in_r))
        mine, theirs = 1000 * spent / studies, 1000 * in_lme4 / fewer
        apart = np.median(np.abs(p - other))
        differ = int(((p < 0.05) != (other < 0.05)).sum())
        print(
            f"| {name} | {mine:.2f} | {theirs:.0f} | {theirs / mine:.0f} | {apart:.1e} | "
            f"{differ} of {fewer} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
