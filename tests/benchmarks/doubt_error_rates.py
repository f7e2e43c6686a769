"""How often arms that are alike are said to differ where a sheet leaves a doubt: its thresholds.

    python tests/benchmarks/doubt_error_rates.py [STUDIES]

*Batches*: mice of two arms lie unevenly over two batches that nobody declared, whose growth rates
differ; `factor-not-used` doubts it from two mice on. Rates of mice have the spread that readings of
four weeks leave them (SD .0134 per day), and are compared by Welch's t.
*Ends*: of one arm the mice that would progress after a share of the study leave the visit before,
and it is written that the study ended; `ended-before-others` asks below three quarters. Arms of
eight mice, read every 3.5 days for six weeks, are compared by the log-rank test.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.stats import ttest_ind

from xenotrack.arrays import Bools, Floats

SEED, UNTIL, STEP, MICE = 20261130, 42.0, 3.5, 8
SPREAD = np.hypot(0.012, 0.006)


def uneven(n: int, batch_sd: float, apart: int, studies: int, rng: np.random.Generator) -> float:
    """False claims where so many more of n mice of one arm are of the first batch."""
    first = n // 2 + np.array([apart // 2, apart // 2 - apart])
    batch = batch_sd * np.sqrt(2) * rng.standard_normal((studies, 1))
    rates = [
        SPREAD * rng.standard_normal((studies, n)) + batch * (np.arange(n) < of_first)
        for of_first in first
    ]
    return float(np.mean(ttest_ind(*rates, axis=1, equal_var=False).pvalue < 0.05))


def log_rank(day: Floats, event: Bools) -> float:
    """z of the first arm of two, (2, n): negative where it progresses later."""
    gap = variance = 0.0
    for at in np.unique(day[event]):
        left, right = (day >= at).sum(axis=1)
        there = event & (day == at)
        n, d = left + right, there.sum()
        gap += there[0].sum() - d * left / n
        if n > 1:
            variance += d * (left / n) * (right / n) * (n - d) / (n - 1)
    return float(gap / np.sqrt(variance)) if variance else 0.0


def ended(median: float, share: float, studies: int, rng: np.random.Generator) -> tuple[float, ...]:
    """Claims that the arm of mice that "ended" progresses later, and that it does sooner."""
    z = np.empty(studies)
    for study in range(studies):
        true = median * np.exp(0.35 * rng.standard_normal((2, MICE)))
        seen = np.ceil(true / STEP) * STEP
        event, day = seen <= UNTIL, np.minimum(seen, UNTIL)
        hidden = event & (seen > share * UNTIL) & np.array([[True], [False]])
        z[study] = log_rank(np.where(hidden, day - STEP, day), event & ~hidden)
    return float(np.mean(z < -1.96)), float(np.mean(z > 1.96))


def main(studies: int) -> None:
    rng = np.random.default_rng(SEED)
    print("| mice an arm | SD of batches | mice apart: 0 | 1 | 2 | 3 | 4 |")
    print("|---|---|---|---|---|---|---|")
    for n, sd in ((n, sd) for n in (5, 8) for sd in (0.01, 0.02, 0.04)):
        cells = [f"{uneven(n, sd, apart, 10 * studies, rng):.3f}" for apart in range(5)]
        print(f"| {n} | {sd:g} | {' | '.join(cells)} |", flush=True)
    print("\n| median day | ends after, of the study | later | sooner |")
    print("|---|---|---|---|")
    for median, share in ((m, s) for m in (14, 21, 32) for s in (0.5, 0.6, 0.75, 0.9, 1.0)):
        later, sooner = ended(median, share, studies, rng)
        print(f"| {median} | {share:g} | {later:.3f} | {sooner:.3f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
