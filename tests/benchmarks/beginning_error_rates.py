"""How often arms that grow alike are said to differ, where they did not begin alike.

    python tests/benchmarks/beginning_error_rates.py STUDIES [OUT.csv] [ROW ...]

Two arms of eight mice, every tumour of one law: its rate falls by a share each day (none where
growth is exponential). Tumours of 100 mm³ are there on day 0; in mice that wait one of 25 mm³ takes
on a day drawn from a few. Calipers err by 0.3 mm and find nothing below 15 mm³. *False* are p < .05
for the difference of average growth rates, *claimed* those of them that are not withheld; the same
of hazards and of days gained, by the default rule of progression. Studies that are in OUT.csv
already are not made again.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from zlib import crc32

import numpy as np
import pandas as pd
from parts import print_rows, share
from progression_error_rates import last_against_first

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.compare.days_gained import days_gained
from xenotrack.compare.hazards import hazard_source
from xenotrack.errors import FitError
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.progression import fit_progression
from xenotrack.plan.truth import twice_weekly
from xenotrack.study.design import Design
from xenotrack.study.study import Study
from xenotrack.study.volume import tumor_volume

SEED, MICE, LIMIT = 20261130, 8, 15.0
START_MM3, TAKE_MM3, CULL_MM3, ASPECT = 100.0, 25.0, 1500.0, 1.25
DAYS = np.array(twice_weekly(42), dtype=float)


@dataclass(frozen=True)
class Truth:
    """What is true of arm A; arm B is the same but for how it begins.

    A ``share`` of its mice waits for a tumour that takes between two days; of those that wait,
    those whose rate is below ``never_below`` SD never have one. Its days are written ``late``,
    counted from the start of arm B. ``waits`` is the share of arm B. With ``fold`` a tumour grows
    by its size, not its age, and those of arm A are so many times as large at the start; where it
    is infinite, arm A has the larger half of all.
    """

    rate: float = 0.06
    slowing: float = 0.03
    sd: float = 0.012
    share: float = 0.0
    takes: tuple[float, float] = (3.0, 7.0)
    never_below: float = -np.inf
    late: float = 0.0
    waits: float = 0.0
    fold: float = 0.0


STEADY, STEEP = Truth(slowing=0.0), Truth(rate=0.12, slowing=0.04)
ROWS: dict[str, Truth] = {
    "all of one arm wait, growth exponential": replace(STEADY, share=1.0),
    **{
        f"{n} of 8 of one arm wait{words}": replace(truth, share=n / 8)
        for truth, words in ((Truth(), ""), (STEEP, ", growth slows down fast"))
        for n in (1, 2, 3, 4, 8)
    },
    **{
        f"all wait, one arm {days} days longer": Truth(
            share=1.0, takes=(3.0 + days, 7.0 + days), waits=1.0
        )
        for days in (0, 1, 2, 3, 7)
    },
    "all wait, in one arm slow tumours never take": replace(
        STEADY, share=1.0, waits=1.0, never_below=-0.25
    ),
    **{
        f"one arm is treated and read {days} days later": Truth(late=days)
        for days in (1, 2, 3, 4, 5, 7)
    },
    **{
        f"{how}{words}": replace(truth, fold=fold)
        for truth, words in (
            (Truth(), ""),
            (Truth(slowing=0.01), ", growth slows down a little"),
            (STEEP, ", growth slows down fast"),
        )
        for how, fold in (
            ("dealt at random", 1.0),
            ("one arm has the larger tumours", inf),
            ("one arm is 1.4 times as large", 1.4),
            ("one arm is 2 times as large", 2.0),
        )
    },
}


def arm_of(name: str, truth: Truth, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """The volumes that calipers read of one arm, up to the day on which each mouse is culled."""
    wait = np.arange(MICE) < round(share * MICE)
    spread = rng.standard_normal(MICE)
    rate = truth.rate + truth.sd * spread
    take = np.where(wait, rng.uniform(*truth.takes, MICE), 0.0)
    take[wait & (spread < truth.never_below)] = np.inf
    size = 0.25 * rng.standard_normal(MICE)
    if truth.fold == inf:
        size = np.abs(size) if name == "A" else -np.abs(size)
    elif truth.fold and name == "A":
        size += np.log(truth.fold)
    start = np.where(wait, TAKE_MM3, START_MM3) * np.exp(size)
    rate -= truth.slowing * size * (truth.fold > 0)
    age = DAYS - take[:, None]
    grown = -np.expm1(-truth.slowing * age) / truth.slowing if truth.slowing else age
    volume = start[:, None] * np.exp(rate[:, None] * np.where(age >= 0, grown, 0.0))
    width = np.cbrt(2 * volume / ASPECT)
    error = 0.3 * rng.standard_normal((2, *width.shape))
    both = np.round(np.sort([width + error[0], ASPECT * width + error[1]], axis=0), 1)
    seen = np.where(age >= 0, tumor_volume(both[1], np.maximum(both[0], 0)), 0.0)
    culled = seen >= CULL_MM3
    read = np.cumsum(culled, axis=1) - culled == 0
    mouse, visit = np.nonzero(read)
    names = [f"{name}{one}" for one in mouse]
    late = truth.late if name == "A" else 0.0
    return pd.DataFrame(
        {"mouse": names, "arm": name, "day": DAYS[visit] + late, "volume_mm3": seen[read]}
    )


def one_study(name: str, number: int) -> Iterator[dict[str, object]]:
    """The difference of the arms' rates in one study, and whether it is withheld."""
    rng, truth = np.random.default_rng((SEED, crc32(name.encode()), number)), ROWS[name]
    other = replace(truth, never_below=-np.inf, takes=Truth.takes)
    sheet = pd.concat([arm_of("A", truth, truth.share, rng), arm_of("B", other, truth.waits, rng)])
    study = Study.of_frame(sheet, Design.of_names("study", ["A", "B"]), LIMIT)
    about: dict[str, object] = {"row": name, "study": number}
    try:
        fit = fit_log_volumes(take_log_volumes(study), study.design).over(["A", "B"])
    except FitError as error:
        yield {**about, "withheld": str(error)}
        return
    found = estimate_contrasts(fit.rates(), np.array([[1.0, -1.0]]), 0.95)
    progression = fit_progression(study)
    sources = {"hazard": hazard_source(progression), "days": days_gained(progression)}
    times = {f"p_{what}": last_against_first(own).p_value[0] for what, own in sources.items()}
    yield {
        **about,
        "estimate": found.estimate[0],
        "p": found.p_value[0],
        "withheld": fit.why_withheld(["A", "B"]),
        **times,
        "times_withheld": progression.why_withheld(["A", "B"]),
    }


def summary(table: pd.DataFrame) -> Iterator[str]:
    """A line a truth."""
    yield (
        "| truth | studies | false | withheld | claimed | bias | hazard, false | claimed | "
        "days, false | claimed |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, own in table.groupby("row", sort=False):
        false, withheld = own["p"] < 0.05, own["withheld"].fillna("") != ""
        untimed = own["times_withheld"].fillna("") != ""
        times = [
            f"{share(own[p] < 0.05)} | {share((own[p] < 0.05) & ~untimed)}"
            for p in ("p_hazard", "p_days")
        ]
        yield (
            f"| {name} | {len(own)} | {share(false)} | {share(withheld)} | "
            f"{share(false & ~withheld)} | {own['estimate'].mean():+.4f} | {' | '.join(times)} |"
        )


if __name__ == "__main__":
    print_rows(ROWS, one_study, summary)
