"""How often a mouse is said to have regrown that only grew, and one that came back is.

    python tests/benchmarks/regrowth_error_rates.py [MICE]

Mice are read twice a week for nine weeks and culled at 1500 mm³. Calipers err by 0.3 mm a diameter
and write 0.1 mm, or by a share of the volume; what they read below 15 mm³ is below the limit. The
share of mice that *regrew*, by what calipers err; ± is one Monte-Carlo standard error.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.plan.truth import twice_weekly
from xenotrack.response.courses import Courses
from xenotrack.response.regrowth import regrowth_from_nadir
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.volume import tumor_volume

SEED, ASPECT, CULL, LIMIT = 20261201, 1.25, 1500.0, 15.0
DAYS = np.array(twice_weekly(63), dtype=float)


class Truth(NamedTuple):
    """ln volume grows by ``rate`` a day (SD between mice) to about day ``turn``, then by ``to``."""

    rate: float
    sd: float = 0.012
    turn: float = np.inf
    to: float = 0.0
    mm3: float = 120.0
    slowing: float = 0.0

    def log_volume(self, random: np.random.Generator, mice: int) -> Floats:
        start = np.log(self.mm3) + random.normal(0, 0.3, (mice, 1))
        rate = random.normal(self.rate, self.sd, (mice, 1))
        days = -np.expm1(-self.slowing * DAYS) / self.slowing if self.slowing else DAYS
        if np.isinf(self.turn):
            return np.asarray(start + rate * days)
        turn = np.maximum(random.normal(self.turn, 5, (mice, 1)), 0)
        return np.asarray(start + rate * days + (self.to - rate) * np.maximum(days - turn, 0))


ROWS = {
    "grows by .08": Truth(0.08),
    "grows by .05": Truth(0.05),
    "grows by .05, 60 mm³": Truth(0.05, mm3=60),
    "grows by .03": Truth(0.03),
    "grows by .015": Truth(0.015, 0.006),
    "grows by .06, slower by 3 % a day": Truth(0.06, slowing=0.03),
    "flat": Truth(0.0, 0.0),
    "flat, 60 mm³": Truth(0.0, 0.0, mm3=60),
    "shrinks by .01, comes back on day 28 by .05": Truth(-0.01, 0.004, 28, 0.05),
    "shrinks by .02, comes back on day 21 by .05": Truth(-0.02, 0.004, 21, 0.05),
    "shrinks by .06, comes back on day 28 by .06": Truth(-0.06, 0.012, 28, 0.06),
    "rests to day 28, then grows by .05": Truth(0.0, 0.004, 28, 0.05),
}
CALIPERS = {"0.3 mm": None, "15 %": 0.15, "20 %": 0.20}


def read(volume: Floats, error: float | None, random: np.random.Generator) -> Floats:
    """The volumes as read: ½ · length · width², whose ln errs by ``error`` where it is given."""
    width = np.cbrt(2 * volume / ASPECT)
    true = np.array([ASPECT * width, width])
    if error is None:
        read = np.round(true + random.normal(0, 0.3, true.shape), 1)
    else:
        read = true * np.exp(random.normal(0, error / np.sqrt(5), true.shape))
    return tumor_volume(read.max(axis=0), read.min(axis=0))


def courses(volume: Floats) -> Courses:
    """The courses of mice (rows) that leave at the first reading of ``CULL``."""
    large = volume >= CULL
    last = np.where(large.any(axis=1), large.argmax(axis=1), len(DAYS) - 1)
    kept = np.arange(len(DAYS)) <= last[:, None]
    fate = np.where(large.any(axis=1), "tumor_size", "end_of_study")
    mice = pd.DataFrame({"mouse": np.arange(len(volume)), "fate": fate})
    owner, day = (np.broadcast_to(each, volume.shape)[kept] for each in (mice[["mouse"]], DAYS))
    return Courses(mice, owner, day, np.maximum(volume, LIMIT)[kept], (volume < LIMIT)[kept])


def main(mice: int) -> None:
    print(f"| truth | {' | '.join(CALIPERS)} |")
    print("|---" * (len(CALIPERS) + 1) + "|")
    for name, truth in ROWS.items():
        cells = []
        for error in CALIPERS.values():
            random = np.random.default_rng(SEED)
            volume = read(np.exp(truth.log_volume(random, mice)), error, random)
            share = regrowth_from_nadir(courses(volume), ProgressionRules()).event.mean()
            spread = np.sqrt(max(share * (1 - share), 1 / mice) / mice)
            cells.append(f"{share:.3f} ± {spread:.3f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
