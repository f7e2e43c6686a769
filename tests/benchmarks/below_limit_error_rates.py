"""How often claims are false, and intervals miss, where tumours shrink below what calipers measure.

    python tests/benchmarks/below_limit_error_rates.py STUDIES [OUT.csv] [ROW ...]

Each study has two treated arms that are alike and a vehicle, 8 mice each, read twice a week by
calipers that err by 0.3 mm; what they read below 15 mm³ is below the limit. Every treatment of such
readings is asked the rate of a treated arm, and its differences from the other and from vehicle.
What is true comes from the mean of 4 000 mice that nobody culls, measured without a limit. Studies
that are in OUT.csv already are not made again.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from functools import cache
from zlib import crc32

import numpy as np
import pandas as pd
from parts import print_rows, share

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.errors import FitError
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_verdicts import judge_growth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.plan.simulate import draw_cohort, simulate_study
from xenotrack.plan.truth import ArmTruth, Scenario, Turn, twice_weekly
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import GrowthRules, Rules
from xenotrack.study.study import Study
from xenotrack.study.volume import tumor_volume

SEED = 20261130
LIMIT = 15.0
ARMS = ("A", "B", "vehicle")
ASKED = {"A": (1.0, 0.0, 0.0), "A - B": (1.0, -1.0, 0.0), "A - vehicle": (1.0, 0.0, -1.0)}
MODELS = (("line", "first"), ("line", "censored"), ("curve", "first"), ("curve", "censored"))


def row(until: int, rate: float, *turns: Turn, sd: float = 0.012, mice: int = 8) -> Scenario:
    treated = [ArmTruth(name, (name,), rate, sd, turns) for name in ("A", "B")]
    vehicle = ArmTruth("vehicle", ("vehicle",), 0.05, 0.012)
    return Scenario(
        arms=(*treated, vehicle), mice_per_arm=mice, visit_days=twice_weekly(until), smallest_mm=2.0
    )


def back(day: float) -> Turn:
    return Turn(day=day, day_sd=5, rate=0.06, rate_sd=0.012)


ROWS: dict[str, Scenario] = {
    "lines, shrinking by .03": row(42, -0.03),
    "lines, shrinking by .06": row(42, -0.06),
    "lines, shrinking by .08": row(42, -0.08),
    "lines, shrinking by .12": row(42, -0.12),
    "lines, shrinking by .08, 5 mice": row(42, -0.08, mice=5),
    "come back, shrinking by .06 to day 28": row(77, -0.06, back(28)),
    "come back, shrinking by .10 to day 28": row(77, -0.10, back(28)),
    "come back, shrinking by .12 to day 32": row(77, -0.12, back(32)),
    "all cured, shrinking by .25": row(63, -0.25, sd=0.03),
}


@cache
def truth(name: str) -> tuple[Floats, Floats]:
    """Days, and the mean ln volume of each arm's mice on them (arms, days)."""
    asked = ROWS[name]
    large = Scenario(arms=asked.arms, mice_per_arm=4000, visit_days=asked.visit_days)
    cohort = draw_cohort(large, np.random.default_rng(SEED))
    days = np.arange(asked.visit_days[-1] + 1.0)
    log_volume = np.log(cohort.volumes(days))
    return days, log_volume.reshape(len(ARMS), -1, len(days)).mean(axis=1)


def study_of(sheet: pd.DataFrame, shape: str, below_limit: str) -> Study:
    rules = Rules(growth=GrowthRules(shape=shape, below_limit=below_limit))  # type: ignore[arg-type]
    design = Design("study", tuple(Arm(a, frozenset([a])) for a in ARMS), rules)
    volume = tumor_volume(sheet["length_mm"].to_numpy(), sheet["width_mm"].to_numpy())
    frame = sheet[["mouse", "arm", "day"]].assign(volume_mm3=volume)
    return Study.of_frame(frame, design, LIMIT)


def asked_of(fit: GrowthFit, name: str) -> Iterator[dict[str, object]]:
    """The rate of A over its own days and its differences over shared days, with the truth."""
    days, mean = truth(name)
    for about, weights in ASKED.items():
        arms = [arm for arm, weight in zip(ARMS, weights, strict=True) if weight]
        rates = (fit if len(arms) == 1 else fit.over(arms)).rates()
        first, last = rates.days(arms)
        raw = estimate_contrasts(rates, np.array([weights]), 0.95)
        ends = np.array([[np.interp(at, days, one) for at in (first, last)] for one in mean])
        true = np.asarray(weights) @ (np.diff(ends, axis=1).ravel() / (last - first))
        yield {
            "asked": about, "until": last, "true": float(true), "estimate": raw.estimate[0],
            "se": raw.std_error[0], "p": raw.p_value[0], "low": raw.conf_low[0],
            "high": raw.conf_high[0],
        }  # fmt: skip


def one_study(name: str, number: int) -> Iterator[dict[str, object]]:
    seed = (SEED, crc32(name.encode()), number)
    sheet = simulate_study(ROWS[name], np.random.default_rng(seed))
    for shape, below_limit in MODELS:
        study = study_of(sheet, shape, below_limit)
        readings = study.readings
        treated = float(readings.loc[readings["arm"] != "vehicle", "below_limit"].mean())
        about = {"row": name, "study": number, "model": f"{shape}, {below_limit}", "below": treated}
        try:
            fit = fit_log_volumes(take_log_volumes(study), study.design)
            verdict = judge_growth(fit)[0]
            for found in asked_of(fit, name):
                yield {**about, **found, "verdict": verdict}
        except FitError as error:
            yield {**about, "asked": "A", "verdict": str(error)}


def summary(table: pd.DataFrame) -> Iterator[str]:
    """A line a truth, question and model."""
    yield (
        "| truth | below limit | asked | model | studies | days | covers | too low | too high | "
        "p < .05 | bias | SE | SD |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    known = table.dropna(subset=["p"])
    for (name, asked, model), own in known.groupby(["row", "asked", "model"], sort=False):
        error = own["estimate"] - own["true"]
        low, high = own["high"] < own["true"], own["low"] > own["true"]
        yield (
            f"| {name} | {own['below'].mean():.0%} | {asked} | {model} | {len(own)} | "
            f"0–{own['until'].median():g} | {share(~low & ~high)} | {share(low)} | {share(high)} | "
            f"{share(own['p'] < 0.05)} | {error.mean():+.4f} | {own['se'].mean():.4f} | "
            f"{error.std():.4f} |"
        )
    yield ""
    yield "| truth | model | regrew | shrinking | blocked | growing | undecided | none |"
    yield "|---|---|---|---|---|---|---|---|"
    verdicts = table[table["asked"] == "A"]
    for (name, model), own in verdicts.groupby(["row", "model"], sort=False):
        words = ("regrew", "shrinking", "blocked", "growing", "undecided")
        cells = [share(own["verdict"] == word) for word in words]
        cells.append(share(~own["verdict"].isin(words)))
        yield f"| {name} | {model} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print_rows(ROWS, one_study, summary)
