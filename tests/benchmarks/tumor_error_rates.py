"""How often no difference is called one where mice bear two tumours whose rates go together.

Run: ``python tests/benchmarks/tumor_error_rates.py [studies]``. Two arms of eight mice and the same
rate, read on twelve days; rates of mice spread by .02 per day and the two tumours of a mouse
correlate by .5; residual SD .15. A row a way of testing: the geometric mean of a mouse's tumours,
their sum, the largest, and, wrongly, each tumour as a mouse of its own.
"""

from __future__ import annotations

import sys

import numpy as np

from xenotrack.compare.comparisons import compare_arms
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import LogVolumes
from xenotrack.study.design import Arm, Design

MICE, DAYS, SPREAD, CORRELATION, RESIDUAL = 8, np.arange(0.0, 36.0, 3.0), 0.02, 0.5, 0.15
DESIGN = Design("simulated", (Arm("vehicle", frozenset()), Arm("drug", frozenset({"drug"}))))


def log_volumes(draw: np.random.Generator) -> np.ndarray:
    """ln mm³ of each mouse, tumour and day."""
    shape = (2 * MICE, 2)

    def spread(size: float) -> np.ndarray:
        own = draw.normal(size=shape) * np.sqrt(1 - CORRELATION)
        shared = draw.normal(size=(shape[0], 1)) * np.sqrt(CORRELATION)
        return size * (own + shared)

    line = np.log(150) + spread(0.3)[..., None] + (0.04 + spread(SPREAD))[..., None] * DAYS
    return line + draw.normal(size=line.shape) * RESIDUAL


def p_value(y: np.ndarray) -> float:
    """The p of the difference in rate, of rows that are each taken for a mouse; NaN is no row."""
    n = len(y)
    mouse, visit = np.nonzero(~np.isnan(y))
    arms = np.repeat([0, 1], n // 2)
    names = np.array([f"m{number}" for number in range(n)], dtype=object)
    rows = LogVolumes(arms[mouse], mouse, DAYS[visit], y[mouse, visit], names, arms, 2, False)
    found = compare_arms(fit_log_volumes(rows, DESIGN).rates(), DESIGN, ("control",))
    return float(found.to_frame()["p_value"].iloc[0])


def ways(y: np.ndarray, one_sided: bool) -> dict[str, np.ndarray]:
    """What each way of testing takes for a mouse; of every other mouse one tumour, if so."""
    y = y.copy()
    if one_sided:
        y[::2, 1] = np.nan
    each = y.reshape(-1, len(DAYS))
    return {
        "each (geometric mean)": np.nanmean(y, axis=1),
        "sum": np.log(np.nansum(np.exp(y), axis=1)),
        "largest": np.nanmax(y, axis=1),
        "tumours as mice (wrong)": each[~np.isnan(each[:, 0])],
    }


def main(studies: int) -> None:
    draw = np.random.default_rng(20)
    print("tumours,way,studies,rejected_percent,std_error")
    drawn = [log_volumes(draw) for _ in range(studies)]
    for one_sided in (False, True):
        rejected: dict[str, list[bool]] = {}
        for y in drawn:
            for way, rows in ways(y, one_sided).items():
                rejected.setdefault(way, []).append(p_value(rows) < 0.05)
        for way, said in rejected.items():
            rate = float(np.mean(said))
            error = 100 * np.sqrt(rate * (1 - rate) / studies)
            of = "1 or 2 a mouse" if one_sided else "2 a mouse"
            print(f"{of},{way},{studies},{100 * rate:.1f},{error:.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
