"""How often arms of whole cages that do not differ are said to, by mouse and by cage.

    python tests/benchmarks/cage_error_rates.py [STUDIES] [SEED]

Two arms of one truth; a share of the differences between mice's growth rates is their cage's. Each
arm has its own fit; ± is one Monte-Carlo standard error. Power is for an arm that grows by .02 per
day less.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from parts import in_parts

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import LogVolumes
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import Rules, StudyRules

WORKERS = 2
DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21])
SLOPE_SD = 0.015


@dataclass(frozen=True)
class Setting:
    cages: int
    size: int
    share: float


SETTINGS = (
    Setting(2, 4, 0.0),
    Setting(2, 4, 0.3),
    Setting(3, 4, 0.0),
    Setting(3, 4, 0.3),
    Setting(5, 2, 0.3),
    Setting(5, 4, 0.3),
)


def simulate(setting: Setting, difference: float, rng: np.random.Generator) -> LogVolumes:
    """Lines of ln volume, a share of the variance of whose slopes is that of cages."""
    n = 2 * setting.cages * setting.size
    cage = np.repeat(np.arange(2 * setting.cages), setting.size)
    arm = np.repeat([0, 1], n // 2)
    own, shared = np.sqrt(1 - setting.share), np.sqrt(setting.share)
    spread = own * rng.standard_normal(n) + shared * rng.standard_normal(2 * setting.cages)[cage]
    rate = 0.06 - difference * arm + SLOPE_SD * spread
    y = 5 + 0.3 * rng.standard_normal(n)[:, None] + rate[:, None] * DAYS
    y += 0.1 * rng.standard_normal(y.shape)
    mouse = np.repeat(np.arange(n), len(DAYS))
    names = np.arange(n).astype(str).astype(object)
    day = np.tile(DAYS, n)
    return LogVolumes(arm[mouse], mouse, day, y.ravel(), names, arm, 2, False, cage=cage)


def p_values(setting: Setting, n: int, seed: int) -> np.ndarray:
    """(n, 4): without a difference by mouse and by cage, then with one."""
    rng = np.random.default_rng(seed)
    arms = tuple(Arm(name, frozenset()) for name in "ab")
    weights, found = np.array([[-1.0, 1.0]]), np.full((n, 4), np.nan)
    for row in range(n):
        for column, (difference, unit) in enumerate(
            (difference, unit) for difference in (0.0, 0.02) for unit in ("mouse", "cage")
        ):
            rows = simulate(setting, difference, rng)
            rows = rows if unit == "cage" else replace(rows, cage=None)
            rules = Rules(study=StudyRules(experimental_unit=unit))
            rates = fit_log_volumes(rows, Design("cages", arms, rules)).rates()
            found[row, column] = estimate_contrasts(rates, weights, 0.95).p_value[0]
    return found


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261129
    print(
        "| cages an arm | mice a cage | share of cages | false by mouse | false by cage "
        "| power by mouse | power by cage |"
    )
    print("|---|---|---|---|---|---|---|")
    with ProcessPoolExecutor(WORKERS) as pool:
        for i, setting in enumerate(SETTINGS):
            found = in_parts(pool, p_values, setting, n, seed + 1000 * i, WORKERS)
            share = (found < 0.05).mean(axis=0)
            error = np.sqrt(share * (1 - share) / (n // WORKERS * WORKERS))
            cells = [f"{a:.3f} ± {b:.3f}" for a, b in zip(share, error, strict=True)]
            head = f"| {setting.cages} | {setting.size} | {setting.share:g}"
            print(f"{head} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
