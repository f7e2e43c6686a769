"""How often days gained and hazards of progression are wrong where the truth is known.

Run: ``python tests/benchmarks/progression_error_rates.py [studies]``. Prints the tables of
docs/calibration.md: misses of the 95 % interval of days gained on either side, by events of the
treated arm; false differences at 5 % where there is none; and how often one is found.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from math import gamma

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, RawContrasts
from xenotrack.compare.days_gained import days_gained
from xenotrack.compare.hazards import hazard_source
from xenotrack.model.progression import ProgressionFit, fit_mice
from xenotrack.model.survival import estimate_curves
from xenotrack.model.times import mouse_times
from xenotrack.study.design import Design

SEED, END, VISIT, MANY = 20261129, 63.0, 3.5, 20_000
Draw = Callable[[np.random.Generator, int], Floats]


def around(mean: float, shape: float = 2.0) -> Draw:
    """Weibull days to progression."""
    return lambda random, n: mean / gamma(1 + 1 / shape) * random.weibull(shape, n)


def some(share: float) -> Draw:
    """A share of the mice progresses somewhere in the study, the rest never."""

    def draw(random: np.random.Generator, n: int) -> Floats:
        return np.where(random.random(n) < share, END * random.random(n) ** 0.7, 10 * END)

    return draw


def at_visits(day: Floats) -> Floats:
    return np.ceil(day / VISIT) * VISIT


def fit(random: np.random.Generator, arms: Sequence[tuple[Draw, int, float]]) -> ProgressionFit:
    """One study: of each arm its law, its mice, and the share that leaves on days 3 to 21."""
    names = tuple(["vehicle", *"ABCDEFG"][: len(arms)])
    parts = []
    for name, (draw, n, leaving) in zip(names, arms, strict=True):
        progressed = at_visits(draw(random, n))
        left = np.where(random.random(n) < leaving, random.uniform(3, 21, n), END)
        left = np.floor(left / VISIT) * VISIT
        day, event = np.minimum(progressed, left), progressed <= left
        parts.append(pd.DataFrame({"arm": name, "day": day, "event": event}))
    mice = pd.concat(parts, ignore_index=True)
    mice = mice.assign(day_low=mice["day"], day_high=mice["day"].where(mice["event"]), fate=None)
    times = mouse_times(mice, names)
    curves = estimate_curves(times.day, times.events, times.arm, len(names))
    return ProgressionFit(Design.of_names("", names), mice, times, curves, (), (), np.nan, ())


def last_against_first(source: ContrastSource) -> RawContrasts:
    weights = np.zeros((1, len(source.arms)))
    weights[0, [0, -1]] = -1, 1
    return source.contrast_of(weights, 0.95)


def coverage(random: np.random.Generator, studies: int) -> None:
    heading = ("mice", "progress", "leave early", "overstated", "understated")
    table([*heading, "missed, 0 events", "1 event", "2 and more", "claimed", "width, days"])
    designs = [(3, 0.3, 0), (4, 0.3, 0), (5, 0.15, 0), (5, 0.3, 0), (8, 0.15, 0), (8, 0.3, 0)]
    designs += [(10, 0.15, 0), (10, 0.3, 0), (10, 0.5, 0), (12, 0.3, 0)]
    designs += [(10, 0.35, 0.5), (10, 0.5, 0.7), (8, 1.0, 0)]
    for n, share, leaving in designs:
        control, treated = around(14, 2.2), some(share)
        many = [at_visits(draw(random, MANY)) for draw in (treated, control)]
        rows = []
        for _ in range(studies):
            study = fit(random, [(control, n, 0), (treated, n, leaving)])
            source = days_gained(study)
            found = last_against_first(source)
            until = study.last_day_shared_by(study.design.arm_names)
            gain = float(np.subtract(*(np.minimum(each, until).mean() for each in many)))
            events = study.curves[1].n_events.sum()
            low, high = found.conf_low[0], found.conf_high[0]
            claimed = found.p_value[0] < 0.05 and not source.why_withheld(study.design.arm_names)
            rows.append((low > gain, high < gain, events, claimed, high - low))
        over, under, events, claimed, width = np.array(rows, dtype=float).T
        missed = over + under
        groups = (events == 0, events == 1, events > 1)
        counts = [f"{missed[group].sum():.0f} of {group.sum()}" for group in groups]
        shares = [f"{each.mean():.4f}" for each in (over, under)]
        line([n, share, leaving, *shares, *counts, f"{claimed.mean():.2f}", f"{width.mean():.1f}"])


def false_differences(random: np.random.Generator, studies: int) -> None:
    heading = ("arms", "mice", "mean day", "leave early (control)", "leave early (others)")
    table([*heading, "log_hazard", "likelihood ratio alone", "rmst_days"])
    designs = [(2, n, 14, 0, 0) for n in (3, 4, 5, 6, 8)]
    designs += [(2, 8, 40, 0, 0), (3, 4, 14, 0, 0), (4, 4, 14, 0, 0), (4, 5, 20, 0.3, 0.3)]
    designs += [(2, 8, 20, 0, 0.4), (2, 8, 20, 0, 0.6), (2, 10, 40, 0, 0.6), (2, 5, 20, 0, 0.5)]
    for k, n, mean, control, others in designs:
        arms = [(around(mean), n, share) for share in (control, *[others] * (k - 1))]
        wrong = []
        for _ in range(studies):
            study = fit(random, arms)
            weights = np.eye(k)[-1] - np.eye(k)[0]
            ratio = study.hazards.contrast(weights).p_value
            sources = (hazard_source(study), days_gained(study))
            hazards, days = (last_against_first(source).p_value[0] for source in sources)
            wrong.append((hazards < 0.05, ratio < 0.05, days < 0.05))
        line([k, n, mean, control, others, *(f"{x:.4f}" for x in np.mean(wrong, axis=0))])


def power(random: np.random.Generator, studies: int) -> None:
    table(["mice", "mean day (control)", "mean day (treated)", "log_hazard", "rmst_days"])
    for n, control, treated in ((5, 14, 28), (8, 14, 21), (8, 14, 28), (8, 14, 80), (10, 28, 42)):
        found = []
        for _ in range(studies):
            study = fit(random, [(around(control), n, 0), (around(treated), n, 0)])
            sources = (hazard_source(study), days_gained(study))
            found.append([last_against_first(source).p_value[0] < 0.05 for source in sources])
        line([n, control, treated, *(f"{x:.2f}" for x in np.mean(found, axis=0))])


def read_every(
    random: np.random.Generator,
    n: int,
    gaps: Sequence[float],
    days: Sequence[float],
    leaving: float,
) -> ProgressionFit:
    """Two arms of one length of visits each, whose mice progress between them."""
    parts = []
    for name, gap, mean in zip(("vehicle", "A"), gaps, days, strict=True):
        high = np.ceil(around(mean)(random, n) / gap) * gap
        left = np.where(random.random(n) < leaving, random.uniform(3, 21, n), END)
        left = np.floor(left / gap) * gap
        event = high <= left
        columns = {"day_low": np.where(event, high - gap, left), "day": np.where(event, high, left)}
        parts.append(pd.DataFrame({"arm": name, "event": event, "fate": None, **columns}))
    mice = pd.concat(parts, ignore_index=True)
    mice = mice.assign(mouse=mice.index, day_high=mice["day"].where(mice["event"]))
    return fit_mice(mice, Design.of_names("", ("vehicle", "A")), tuple(gaps))


def unlike_visits(random: np.random.Generator, studies: int) -> None:
    heading = ("mice", "days between visits", "mean days", "leave early", "log-rank of visits")
    table([*heading, "between visits", "log_hazard", "rmst_days, withheld"])
    designs: list[tuple[int, tuple[float, float], tuple[float, float], float]] = [
        (4, (7, 2), (20, 20), 0),
        (5, (7, 3.5), (20, 20), 0),
        (8, (7, 3.5), (20, 20), 0),
        (8, (7, 2), (14, 14), 0),
        (12, (7, 2), (20, 20), 0.3),
        (8, (7, 3.5), (14, 28), 0),
        (8, (3.5, 3.5), (14, 28), 0),
    ]
    for n, gaps, days, leaving in designs:
        found = []
        for _ in range(studies):
            study = read_every(random, n, gaps, days, leaving)
            sources = (hazard_source(study), days_gained(study))
            p_values = [last_against_first(source).p_value[0] for source in sources]
            tests = (study.log_rank_of_pair(0, 1), study.interval_test_of_pair(0, 1))
            found.append([tests[0].p_permutation, tests[1].p, *p_values])
        shares = (np.array(found) < 0.05).mean(axis=0)
        words = [" and ".join(f"{one:g}" for one in pair) for pair in (gaps, days)]
        line([n, *words, leaving, *(f"{share:.4f}" for share in shares)])


def table(columns: Sequence[str]) -> None:
    print()
    line(columns)
    line(["---"] * len(columns))


def line(cells: Iterable[object]) -> None:
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def main(studies: int) -> None:
    random = np.random.default_rng(SEED)
    for part in (coverage, false_differences, power, unlike_visits):
        part(random, studies)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
