"""How often a true null is rejected at 5 %: growth contrasts and Bliss, by arm and pooled.

    python tests/benchmarks/error_rates.py [STUDIES] [SEED]

Simulated studies under the null, two processes; the standard error of a rate of .05 from 2 000
studies is .005. ``pooled, normal`` shows what the small-sample reference is for.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.errors import FitError
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import LogVolumes
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import GrowthRules, Rules

TWICE_WEEKLY = (0.0, 3, 7, 10, 14, 17, 21)


@dataclass(frozen=True)
class Setting:
    """A design under the null: every arm grows at one rate, or Bliss holds exactly."""

    name: str
    mice: tuple[int, ...]
    slope_sd: tuple[float, ...]
    days: tuple[float, ...] = TWICE_WEEKLY
    dropout: float = 0.0
    weights: tuple[float, ...] = (1, -1)
    rates: tuple[float, ...] = (0.08, 0.08)


FOUR = (0.08, 0.05, 0.04, 0.01)  # 0.05 + 0.04 − 0.08
SETTINGS = (
    Setting("2 x 6", (6, 6), (0.015, 0.015)),
    Setting("2 x 6, drop-out", (6, 6), (0.015, 0.015), dropout=0.15),
    Setting("2 x 5, 4 visits", (5, 5), (0.015, 0.015), days=(0.0, 7, 14, 21)),
    Setting(
        "4 x 8, against control",
        (8,) * 4,
        (0.015,) * 4,
        weights=(-1, 1, 0, 0),
        rates=(0.08,) * 4,
    ),
    Setting("4 x 8, Bliss", (8,) * 4, (0.015,) * 4, weights=(1, -1, -1, 1), rates=FOUR),
    Setting("6 v 12 mice, slope SD 3 : 1", (6, 12), (0.045, 0.015)),
    Setting("12 v 6 mice, slope SD 3 : 1", (12, 6), (0.045, 0.015)),
)
MODELS = {
    "by_arm, KR": ("by_arm", "kenward-roger"),
    "pooled, KR": ("pooled", "kenward-roger"),
    "pooled, normal": ("pooled", "normal"),
}


def simulate(setting: Setting, rng: np.random.Generator) -> LogVolumes:
    """Lines of ln volume; after each visit a mouse is lost with the probability ``dropout``."""
    k, day = len(setting.mice), np.array(setting.days)
    arm = np.repeat(np.arange(k), setting.mice)
    rate = np.array(setting.rates)[arm] + np.array(setting.slope_sd)[arm] * rng.standard_normal(
        len(arm)
    )
    y = 5 + 0.3 * rng.standard_normal(len(arm))[:, None] + rate[:, None] * day
    y += 0.1 * rng.standard_normal(y.shape)
    lost = (rng.random(y.shape) < setting.dropout).cumsum(axis=1)
    lost[:, :3] = 0  # every mouse is seen three times
    mouse, visit = np.nonzero(lost == 0)
    names = np.array([str(code) for code in range(len(arm))], dtype=object)
    return LogVolumes(arm[mouse], mouse, day[visit], y[mouse, visit], names, arm, k, False)


def p_values(setting: Setting, n: int, seed: int) -> np.ndarray:
    """(n, models); NaN where a study cannot be fitted."""
    rng = np.random.default_rng(seed)
    arms = tuple(Arm(str(code), frozenset()) for code in range(len(setting.mice)))
    designs = [
        Design("null", arms, Rules(growth=GrowthRules(variances=variances, df=df)))
        for variances, df in MODELS.values()
    ]
    weights = np.array([setting.weights])
    found = np.full((n, len(designs)), np.nan)
    for row in range(n):
        rows = simulate(setting, rng)
        for column, design in enumerate(designs):
            try:
                slopes = fit_log_volumes(rows, design).rates()
            except FitError:
                continue
            found[row, column] = estimate_contrasts(slopes, weights, 0.95).p_value[0]
    return found


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"{n} null studies each: rejected at 5 % (at 1 %)")
    print(f"{'':30s}" + "".join(f"{name:>18s}" for name in MODELS))
    with ProcessPoolExecutor(2) as pool:
        parts = [
            [pool.submit(p_values, setting, n // 2, seed + 1000 * i + j) for j in range(2)]
            for i, setting in enumerate(SETTINGS)
        ]
        for setting, halves in zip(SETTINGS, parts, strict=True):
            p = np.concatenate([half.result() for half in halves])
            rates = [f"{np.mean(c < 0.05):.3f} ({np.mean(c < 0.01):.4f})" for c in p.T]
            lost = np.isnan(p).sum()
            print(f"{setting.name:30s}" + "".join(f"{r:>18s}" for r in rates), end="")
            print(f"  {lost} not fitted" if lost else "")


if __name__ == "__main__":
    main()
