"""How long one fit of the 8-arm sample takes, beside lme4 and statsmodels.

    python tests/benchmarks/fit_speed.py [SHEET.csv]

Warm and single-threaded: the median of 20 fits with their Kenward–Roger contrasts against the
control, in milliseconds of CPU (wall time on a quiet core), and the ratio of each to our pooled
fit.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only cost time

import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import msgspec
import numpy as np
import pandas as pd

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.model.growth import fit_growth, fit_log_volumes
from xenotrack.model.log_volume import LogVolumes, take_log_volumes
from xenotrack.study.design import Design
from xenotrack.study.ingest import read_study
from xenotrack.study.study import Study

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "sample_data" / "resistant.csv"
REPEATS = 20


def milliseconds(act: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median CPU time of an act that has been done once before."""
    act()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return 1000 * median(times)


def with_variances(study: Study, variances: str) -> Study:
    rules = study.design.rules
    growth = msgspec.structs.replace(rules.growth, variances=variances)
    rules = msgspec.structs.replace(rules, growth=growth)
    return replace(study, design=replace(study.design, rules=rules))


def fit_and_compare(rows: LogVolumes, design: Design) -> None:
    """The fit, and every arm against the first."""
    slopes = fit_log_volumes(rows, design).rates()
    k = len(slopes.arms)
    weights = np.hstack([-np.ones((k - 1, 1)), np.eye(k - 1)])
    estimate_contrasts(slopes, weights, 0.95)


def mixed_lm(study: Study) -> Callable[[], object]:
    """statsmodels with the settings that fail least often, day in units of three weeks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.regression.mixed_linear_model import MixedLM
    readings = study.readings[study.readings["volume_mm3"] > 0]
    arms = pd.get_dummies(readings["arm"]).to_numpy(dtype=float)
    day = readings["day"].to_numpy()[:, None] / 21
    y, mouse = np.log(readings["volume_mm3"].to_numpy()), readings["mouse"].to_numpy()
    X, Z = np.hstack([arms, arms * day]), np.hstack([np.ones_like(day), day])

    def fit() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return MixedLM(y, X, mouse, exog_re=Z).fit(reml=True)

    return fit


def lme4(sheet: Path) -> tuple[float, float] | None:
    """Milliseconds of lmer alone, and with emmeans' Kenward–Roger contrasts."""
    if shutil.which("Rscript") is None:
        return None
    command = ["Rscript", "--vanilla", str(HERE / "fit_in_r.R"), str(sheet)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    alone, contrasts = (1000 * float(word) for word in done.stdout.split())
    return alone, contrasts


def main() -> None:
    sheet = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    study = read_study(sheet)
    found: dict[str, float] = {}
    for variances in ("pooled", "by_arm"):
        declared = with_variances(study, variances)
        rows = take_log_volumes(declared)
        design = declared.design
        found[f"xenotrack, {variances}, contrasts"] = milliseconds(
            lambda rows=rows, design=design: fit_and_compare(rows, design)
        )
        found[f"xenotrack, {variances}, from the study, with doubts"] = milliseconds(
            lambda declared=declared: fit_growth(declared)
        )
    in_r = lme4(sheet)
    if in_r:
        found["lme4, fit alone"], found["lme4 and emmeans, contrasts"] = in_r
    found["statsmodels MixedLM, fit alone"] = milliseconds(mixed_lm(study), repeats=3)
    unit = found["xenotrack, pooled, contrasts"]
    print(f"{sheet.name}: {len(study.mice)} mice, {len(study.readings)} measurements")
    for name, value in found.items():
        print(f"{name:50s} {value:9.1f} ms  x {value / unit:6.1f}")


if __name__ == "__main__":
    main()
