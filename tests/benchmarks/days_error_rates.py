"""How often days gained are claimed falsely, and found, however the days of mice are spread.

Run: ``python tests/benchmarks/days_error_rates.py [studies]``. Prints the tables of
docs/calibration.md, in percent of studies: p below .05 by the draws of the curves alone (beta
products), by the log-rank test, by the permutation of pseudo-values, and what is claimed, the
larger p of the first and the third.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import product
from math import gamma

import numpy as np
import pandas as pd
from progression_error_rates import END, at_visits, last_against_first, line, table

from xenotrack.arrays import Bools, Floats
from xenotrack.compare.days_gained import FEWEST_DRAWS, Drawn, days_gained
from xenotrack.model.beta_product import draw_restricted_means
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.survival import estimate_curves
from xenotrack.model.times import mouse_times
from xenotrack.study.design import Design

SEED, ALPHA, NAMES = 20261201, 0.05, ("vehicle", "A")
Draw = Callable[[np.random.Generator, int], Floats]
LAWS: dict[str, Draw] = {
    "ln days uniform, 1 to 100": lambda random, n: np.exp(random.uniform(0, np.log(100), n)),
    "uniform, 1 to 100": lambda random, n: random.uniform(1, 100, n),
    "exponential, mean 20": lambda random, n: random.exponential(20, n),
    "Weibull of shape 2, mean 20": lambda random, n: 20 / gamma(1.5) * random.weibull(2, n),
    "narrow, 10 to 14": lambda random, n: random.uniform(10, 14, n),
    "half 5 to 9, half 45 to 60": lambda random, n: np.where(
        random.random(n) < 0.5, random.uniform(5, 9, n), random.uniform(45, 60, n)
    ),
}
SIZES = ((4, 4), (5, 5), (8, 8), (12, 12), (4, 8), (12, 5))
# Of each arm the share that leaves by chance on days 3 to 42; without visits nobody leaves.
FOLLOWED = {
    "until they progress": None,
    "visits": (0.0, 0.0),
    "30 %": (0.3, 0.3),
    "A 50 %": (0.0, 0.5),
}
LONGER = (
    ("Weibull of shape 2, mean 20", 0.7, 2.1),
    ("exponential, mean 20", 0.7, 2.8),
    ("uniform, 1 to 100", 0.3, 0.8),
    ("ln days uniform, 1 to 100", 0.5, 3.0),
)


def fit(
    random: np.random.Generator,
    law: str,
    sizes: Sequence[int],
    leaving: Sequence[float] | None,
    times: Sequence[float] = (1, 1),
) -> ProgressionFit:
    """One study of two arms, whose days are so many ``times`` as long."""
    arms = zip(NAMES, sizes, times, leaving or (0, 0), strict=True)
    parts = []
    for name, n, longer, share in arms:
        day, event = longer * LAWS[law](random, n), np.ones(n, bool)
        if leaving is not None:
            day, event = seen(random, day, share)
        parts.append(pd.DataFrame({"arm": name, "day": day, "event": event}))
    mice = pd.concat(parts, ignore_index=True)
    mice = mice.assign(day_low=mice["day"], day_high=mice["day"].where(mice["event"]), fate=None)
    found = mouse_times(mice, NAMES)
    curves = estimate_curves(found.day, found.events, found.arm, 2)
    return ProgressionFit(Design.of_names("", NAMES), mice, found, curves, (), (), np.nan, ())


def seen(random: np.random.Generator, day: Floats, share: float) -> tuple[Floats, Bools]:
    """What visits every 3.5 days see up to day 63 of mice of which a share leaves."""
    left = np.where(random.random(day.size) < share, random.uniform(3, 42, day.size), END)
    left, visit = np.floor(left / 3.5) * 3.5, at_visits(day)
    return np.minimum(visit, left), visit <= left


def p_values(study: ProgressionFit, random: np.random.Generator) -> tuple[float, ...]:
    """By draws alone, by log-rank, by pseudo-values; and as claimed."""
    row = last_against_first(days_gained(study, draws=FEWEST_DRAWS))
    if not np.isfinite(row.p_value[0]):
        return (1.0,) * 4
    until = study.last_day_shared_by(NAMES)
    first, second = (draw_restricted_means(c, until, FEWEST_DRAWS, random) for c in study.curves)
    alone = Drawn(float(row.estimate[0]), second - first).p_value
    log_rank = study.log_rank_of_pair(0, 1).p_permutation
    return (
        alone,
        1.0 if np.isnan(log_rank) else log_rank,
        study.days_test_of_pair(0, 1, until, FEWEST_DRAWS).p,
        float(row.p_value[0]),
    )


def shares(studies: int, *design: object) -> list[str]:
    """Percent of studies with p below .05, by each."""
    random = np.random.default_rng(SEED)
    p = np.array([p_values(fit(random, *design), random) for _ in range(studies)])  # type: ignore[arg-type]
    return [f"{100 * share:.1f}" for share in (p < ALPHA).mean(axis=0)]


def main(studies: int) -> None:
    table(("days", "mice", *FOLLOWED))
    for law, sizes in product(LAWS, SIZES):
        each = [shares(studies, law, sizes, leaving) for leaving in FOLLOWED.values()]
        line([law, f"{sizes[0]} v {sizes[1]}", *(" / ".join(own) for own in each)])
    conditions = ("visits", "30 %")
    table(("days", "times", "mice", *conditions))
    for (law, *times), sizes in product(LONGER, SIZES):
        each = [shares(studies, law, sizes, FOLLOWED[one], times) for one in conditions]
        names = f"{times[0]} v {times[1]}", f"{sizes[0]} v {sizes[1]}"
        line([law, *names, *(" / ".join(own) for own in each)])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
