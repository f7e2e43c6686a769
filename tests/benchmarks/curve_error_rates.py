"""How often growth claims are false, and intervals miss, where growth is no straight line.

    python tests/benchmarks/curve_error_rates.py STUDIES [OUT.csv] [ROW ...]

A row is a truth: simulated studies (`xenotrack/plan/simulate.py`, a seed each) of which one
contrast is asked, by every model. What it truly is over the days that were asked comes from the
mean of a large cohort that nobody culls. Studies that are in OUT.csv already are not made again, so
that a run may be stopped and go on.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from zlib import crc32

import numpy as np
import pandas as pd
from parts import print_rows, share

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.compare.expectations import bliss
from xenotrack.compare.synergy_course import course
from xenotrack.errors import FitError
from xenotrack.model.blocks import PairedBlocks
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_verdicts import judge_growth
from xenotrack.model.late import late_rates
from xenotrack.model.log_volume import LogVolumes
from xenotrack.plan.simulate import draw_cohort, simulate_study
from xenotrack.plan.truth import ArmTruth, Exits, Scenario, Turn, twice_weekly
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import GrowthRules, Rules
from xenotrack.study.volume import tumor_volume

SEED = 20261129
ESCAPE = Turn(day=45, day_sd=10, rate=0.035, rate_sd=0.012)
EARLY, LATE = Exits(0.6, 8, 21), Exits(0.5, 8, 28)


@dataclass(frozen=True)
class Row:
    """A truth, and the contrast that is asked of it: weights over its arms.

    Of ``rarely`` only every third visit is read. ``shapes`` are the models that are asked; one with
    a second word scatters so (``curve, car1``). ``drift`` is the SD of what else moves a reading,
    correlated by .5 from one day to the next, ``visit_sd`` that of what moves all readings of a day
    together: hands, calipers, the person who measures.
    """

    scenario: Scenario
    weights: tuple[float, ...]
    rarely: str = ""
    shapes: tuple[str, ...] = ("line", "curve")
    drift: float = 0.0
    visit_sd: float = 0.0


def arm(name: str, rate: float, sd: float = 0.012, *turns: Turn, **more: object) -> ArmTruth:
    return ArmTruth(name, (name,), rate, sd, turns, **more)  # type: ignore[arg-type]


def row(weights: tuple[float, ...], until: int, mice: int, *arms: ArmTruth, **more: object) -> Row:
    days = twice_weekly(until)
    usual = Scenario(arms=arms, mice_per_arm=mice, visit_days=days, smallest_mm=2.0)
    return Row(replace(usual, **more), weights)  # type: ignore[arg-type]


BLISS = (1.0, -1.0, -1.0, 1.0)
FOUR = {"AB": 0.01, "A": 0.03, "B": 0.03, "vehicle": 0.05}
IN_CAGES = {"mice_per_cage": 3, "cages": "whole", "cage_rate_sd": 0.01}
SCATTERS = ("curve", "curve, caliper", "curve, power", "curve, car1")


def naive(mice: int) -> Row:
    arms = (arm("RF", -0.010, 0.012, ESCAPE), arm("F", 0.025), arm("R", 0.020, 0.015))
    return row(BLISS, 105, mice, *arms, arm("vehicle", 0.050))


def slowing(mice: int) -> Row:
    rates = {"AB": 0.03, "A": 0.06, "B": 0.06, "vehicle": 0.09}
    return row(BLISS, 42, mice, *(arm(n, rate, slowing=0.03) for n, rate in rates.items()))


def two(mice: int, until: int, one: ArmTruth, other: ArmTruth, **more: object) -> Row:
    return row((1.0, -1.0), until, mice, one, other, **more)


def lines(mice: int, difference: float = 0.0, **more: object) -> Row:
    return two(mice, 28, arm("A", 0.05 - difference), arm("B", 0.05), **more)


def unlike(mice: int) -> Row:
    return two(mice, 28, arm("A", 0.03, 0.036), arm("B", 0.03, 0.012))


def flat(baseline_mm3: float) -> Row:
    arms = (arm("A", 0.0, 0.008), arm("B", 0.0, 0.008))
    return two(8, 63, *arms, baseline_mm3=baseline_mm3)


def quickening(name: str, rate: float) -> ArmTruth:
    return arm(name, rate, 0.008, Turn(day=7, rate=0.03), Turn(day=14, rate=0.05))


def back(name: str, **more: object) -> ArmTruth:
    return arm(name, -0.010, 0.012, ESCAPE, **more)


ROWS: dict[str, Row] = {
    "naive truth, doublet against Bliss, 10 mice": naive(10),
    "naive truth, doublet against Bliss, 5 mice": naive(5),
    "slowing growth, Bliss exact, 8 mice": slowing(8),
    "slowing growth, Bliss exact, 5 mice": slowing(5),
    "equal slowing arms, 60 % of one leave days 8-21": two(
        8, 42, arm("A", 0.06, slowing=0.03), arm("B", 0.06, slowing=0.03, exits=EARLY)
    ),
    "equal arms that come back, half of one leaves days 8-28": two(
        8, 105, back("A"), back("B", exits=LATE)
    ),
    "equal arms that come back": two(8, 105, back("A"), back("B")),
    "equal lines, 3 mice": lines(3),
    "equal lines, 5 mice": lines(5),
    "equal lines, 8 mice": lines(8),
    "lines that differ by .02, 8 mice": lines(8, 0.02),
    "slow lines of .015 and .005, 6 mice": two(6, 21, arm("A", 0.015), arm("B", 0.005)),
    "slow lines of .02 and .01, 8 mice": two(8, 42, arm("A", 0.02), arm("B", 0.01)),
    "slow growth that quickens, 6 mice": two(6, 21, quickening("A", 0.015), quickening("B", 0.012)),
    "equal lines, 12 mice": lines(12),
    "equal lines, 8 mice, calipers that write 0.5 mm": lines(8, resolution_mm=0.5),
    "equal lines, 8 mice, one arm read at a third of the visits": replace(lines(8), rarely="B"),
    "equal slowing arms, 8 mice, one read at a third of the visits": replace(
        two(8, 42, arm("A", 0.06, slowing=0.03), arm("B", 0.06, slowing=0.03)), rarely="B"
    ),
    "equal lines, spread of rates 3 : 1, 6 and 6 mice": unlike(6),
    "equal lines, spread of rates 3 : 1, 10 and 10 mice": unlike(10),
    "shrinking for good, 8 mice": two(8, 63, arm("A", -0.010), arm("B", -0.010)),
    "flat, 220 mm³, 8 mice": flat(220),
    "flat, 120 mm³, 8 mice": flat(120),
    "flat, 60 mm³, 8 mice": flat(60),
    "equal lines, 8 arms": row(
        (1.0, 0, 0, 0, 0, 0, 0, -1.0), 28, 8, *(arm(name, 0.05) for name in "ABCDEFGH")
    ),
    "lines, Bliss exact, 8 mice in 4 blocks": row(
        BLISS, 28, 8, *(arm(n, r) for n, r in FOUR.items()), blocks=4, block_rate_sd=0.02
    ),
    "equal lines, 8 mice in 2 blocks": lines(8, blocks=2, block_rate_sd=0.02),
    "equal lines, 8 mice in 4 blocks": lines(8, blocks=4, block_rate_sd=0.02),
    "equal lines, one mouse of each arm in 8 blocks": lines(8, blocks=8, block_rate_sd=0.02),
    "equal slowing arms, 8 mice in 2 blocks": two(
        8,
        42,
        arm("A", 0.06, slowing=0.03),
        arm("B", 0.06, slowing=0.03),
        blocks=2,
        block_rate_sd=0.02,
    ),
    "equal lines, 8 mice, by the scatter of readings": replace(lines(8), shapes=SCATTERS),
    "equal lines, 5 mice, by the scatter of readings": replace(lines(5), shapes=SCATTERS),
    "equal shrinking arms, 8 mice, by the scatter of readings": replace(
        two(8, 42, arm("A", -0.04), arm("B", -0.04)), shapes=SCATTERS
    ),
    "equal lines, 8 mice, readings that drift, by the scatter of readings": replace(
        lines(8), shapes=SCATTERS, drift=0.15
    ),
    "arms held and not, 6 mice in 2 cages": two(
        6, 42, arm("A", 0.0, 0.008), quickening("B", 0.012), **IN_CAGES
    ),
    "slow lines of .02, mice differ and are culled from 300 mm³, 8 mice": two(
        8, 63, arm("A", 0.02, 0.02), arm("B", 0.02, 0.02), baseline_mm3=300
    ),
    "flat and .015, visits err by 10 %, 8 mice": replace(
        two(8, 42, arm("A", 0.0, 0.008), arm("B", 0.015, 0.008)), visit_sd=0.10
    ),
    "flat and .015, visits err by 5 %, 8 mice": replace(
        two(8, 42, arm("A", 0.0, 0.008), arm("B", 0.015, 0.008)), visit_sd=0.05
    ),
    "equal slowing arms, by a formula": replace(
        two(8, 42, arm("A", 0.06, slowing=0.03), arm("B", 0.06, slowing=0.03)),
        shapes=("curve", "gompertz", "regrowth"),
    ),
    "equal lines, by a formula": replace(lines(8), shapes=("curve", "gompertz", "regrowth")),
    "equal arms that come back, by a formula": replace(
        two(8, 105, back("A"), back("B")), shapes=("curve", "gompertz", "regrowth")
    ),
}


@cache
def truth(name: str) -> tuple[Floats, Floats]:
    """Days, and the mean ln volume of each arm's mice on them (arms, days)."""
    asked = ROWS[name].scenario
    large = replace(asked, mice_per_arm=4000)
    cohort = draw_cohort(large, np.random.default_rng(SEED))
    days = np.arange(asked.visit_days[-1] + 1.0)
    log_volume = np.log(cohort.volumes(days))
    return days, log_volume.reshape(len(asked.arms), -1, len(days)).mean(axis=1)


def rows_of(sheet: pd.DataFrame, arms: list[str]) -> LogVolumes:
    """The readings of a sheet, a tumour too small to measure left out."""
    volume = tumor_volume(sheet["length_mm"], sheet["width_mm"])
    kept = sheet[volume > 0]
    mice, mouse = np.unique(kept["mouse"], return_inverse=True)
    of_arm = kept["arm"].map(arms.index).to_numpy()
    mouse_arm = np.empty(len(mice), dtype=np.intp)
    mouse_arm[mouse] = of_arm
    day = kept["day"].to_numpy(dtype=float)
    order = np.lexsort((day, mouse, of_arm))
    y = np.log(volume[volume > 0])
    block, names = None, np.empty(0, dtype=object)
    if "block" in kept:
        first = np.unique(mouse, return_index=True)[1]
        block, names = pd.factorize(kept["block"].to_numpy()[first], sort=True)
    return LogVolumes(
        of_arm[order], mouse[order], day[order], y[order], mice.astype(object), mouse_arm,
        len(arms), False, block=block, block_names=tuple(map(str, names)),
    )  # fmt: skip


def drifting(rows: LogVolumes, sd: float, rng: np.random.Generator) -> LogVolumes:
    """Readings with something on top of each that is still half there a day later."""
    drift, e = np.zeros(len(rows.y)), rng.standard_normal(len(rows.y))
    for place, same in enumerate(np.r_[False, rows.mouse[1:] == rows.mouse[:-1]]):
        left = 0.5 ** (rows.day[place] - rows.day[place - 1]) if same else 0.0
        drift[place] = left * drift[place - 1] + np.sqrt(1 - left**2) * sd * e[place]
    return replace(rows, y=rows.y + drift)


def found(fit: GrowthFit, name: str, late: bool) -> dict[str, float]:
    """The contrast over the shared days, with what it truly is over them."""
    weights = np.array([ROWS[name].weights])
    shared = fit.over(fit.design.arm_names)
    estimates = late_rates(shared) if late else shared.rates()
    first, last = estimates.days(fit.design.arm_names)
    days, mean = truth(name)
    ends = [np.interp(at, days, mean[i]) for i in range(len(mean)) for at in (first, last)]
    rates = np.diff(np.reshape(ends, (-1, 2)), axis=1).ravel() / (last - first)
    raw = estimate_contrasts(estimates, weights, 0.95)
    return {
        "until": last, "true": float((weights @ rates)[0]), "estimate": raw.estimate[0],
        "se": raw.std_error[0], "p": raw.p_value[0], "low": raw.conf_low[0],
        "high": raw.conf_high[0],
    }  # fmt: skip


def band(fit: GrowthFit, name: str) -> dict[str, float]:
    """Of the excess over Bliss at the visits: the share of 95 % intervals that miss, and whether
    the band over all visits misses at any, and whether it lies beyond 0 from some day on."""
    design, asked = fit.design, ROWS[name]
    (excess,) = bliss(design, design.arms[0])
    names, weights = design.arm_names, np.array([asked.weights])
    own = course(fit, excess, asked.scenario.visit_days[1:], 0.95)
    days, mean = truth(name)
    true = np.asarray(asked.weights) @ (mean - mean[:, :1])
    truths = np.interp(own.days, days, true)
    shared = fit.over(names)
    each = [estimate_contrasts(shared.changes(day), weights, 0.95) for day in own.days]
    low, high = (
        np.array([getattr(raw, end)[0] for raw in each]) for end in ("conf_low", "conf_high")
    )
    return {
        "until": float(own.days[-1]), "visits": len(own.days),
        "missed_at": float(np.mean((low > truths) | (high < truths))),
        "missed_any": float(np.any((own.low > truths) | (own.high < truths))),
        "beyond": float(np.isfinite(own.beyond)),
    }  # fmt: skip


DRUGS = {"RF": "RF", "AB": "AB", "vehicle": ""}


def one_study(name: str, number: int) -> Iterator[dict[str, object]]:
    """What every model says of one simulated study."""
    asked = ROWS[name]
    scenario = asked.scenario
    arms = [one.name for one in scenario.arms]
    seed = (SEED, crc32(name.encode()), number)
    sheet = simulate_study(scenario, np.random.default_rng(seed))
    rarely = (sheet["arm"] == asked.rarely) & ~sheet["day"].isin(scenario.visit_days[::3])
    rows = rows_of(sheet[~rarely], arms)
    if asked.drift:
        rows = drifting(rows, asked.drift, np.random.default_rng((*seed, 1)))
    if asked.visit_sd:
        visits, visit = np.unique(rows.day, return_inverse=True)
        shared = np.random.default_rng((*seed, 2)).standard_normal(len(visits))
        rows = replace(rows, y=rows.y + asked.visit_sd * shared[visit])
    for model in asked.shapes:
        shape, _, residual = model.partition(", ")
        rules = Rules(growth=GrowthRules(shape=shape, residual=residual or "constant"))
        design = Design(name, tuple(Arm(a, frozenset(DRUGS.get(a, a))) for a in arms), rules)
        about = {"row": name, "study": number}
        try:
            fit = fit_log_volumes(rows, design)
            yield {**about, "model": model, **found(fit, name, late=False)}
            if "block" in sheet and shape == "curve":
                apart = fit_log_volumes(replace(rows, block=None, block_names=()), design)
                yield {**about, "model": "curve, blocks left out", **found(apart, name, late=False)}
            if len(arms) > 4 and shape == "curve":
                yield {**about, "model": "family", "p_family": smallest_by_holm(fit)}
            if model == "curve":
                verdicts = judge_growth(fit)
                if not isinstance(fit.narrow, PairedBlocks):  # one rate a mouse, and no late one
                    yield {**about, "model": "late rate", **found(fit, name, late=True)}
                yield {**about, "model": "verdicts", "verdicts": ";".join(verdicts)}
                if asked.weights == BLISS:
                    yield {**about, "model": "band", **band(fit, name)}
        except FitError as error:
            yield {**about, "model": model, "verdicts": str(error)}


def smallest_by_holm(fit: GrowthFit) -> float:
    """The smallest p, by Holm, of all arms against the last one."""
    names = fit.design.arm_names
    weights = np.hstack([np.eye(len(names) - 1), -np.ones((len(names) - 1, 1))])
    each = [
        estimate_contrasts(fit.over([name, names[-1]]).rates(), own[None], 0.95).p_value[0]
        for name, own in zip(names, weights, strict=False)
    ]
    return float(min(1.0, len(each) * min(each)))


def summary(table: pd.DataFrame) -> Iterator[str]:
    """A line a truth and model: claims below and above 0, misses, bias, error and its estimate."""
    yield "| truth | model | studies | days | claims below 0 | above 0 | misses | bias | SE | SD |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    asked = table.dropna(subset=["p"])
    for (name, model), own in asked.groupby(["row", "model"], sort=False):
        error = own["estimate"] - own["true"]
        misses = (own["low"] > own["true"]) | (own["high"] < own["true"])
        claims = [share((own["p"] < 0.05) & (side * own["estimate"] > 0)) for side in (-1, 1)]
        yield (
            f"| {name} | {model} | {len(own)} | 0–{own['until'].median():g} | {claims[0]} | "
            f"{claims[1]} | {share(misses)} | {error.mean():+.4f} | {own['se'].mean():.4f} | "
            f"{error.std():.4f} |"
        )
    yield ""
    yield "| truth | arm | regrew | shrinking | blocked | growing | undecided |"
    yield "|---|---|---|---|---|---|---|"
    for name, own in table[table["model"] == "verdicts"].groupby("row", sort=False):
        words = own["verdicts"].str.split(";", expand=True)
        for place, one in enumerate(ROWS[str(name)].scenario.arms):
            cells = [
                share(words[place] == verdict)
                for verdict in ("regrew", "shrinking", "blocked", "growing", "undecided")
            ]
            yield f"| {name} | {one.name} | " + " | ".join(cells) + " |"
    yield ""
    yield from of_bands(table[table["model"] == "band"])
    yield ""
    yield from of_families(table)


def of_bands(bands: pd.DataFrame) -> Iterator[str]:
    """A line a truth: intervals at each visit, the band over all of them."""
    yield "| truth | studies | visits | an interval misses | the band misses | band beyond 0 |"
    yield "|---|---|---|---|---|---|"
    for name, own in bands.groupby("row", sort=False):
        each = own["missed_at"]
        at = f"{each.mean():.3f} ± {each.std() / np.sqrt(len(own)):.3f}"
        any_visit, beyond = share(own["missed_any"] > 0), share(own["beyond"] > 0)
        visits = f"{own['visits'].median():g}"
        yield f"| {name} | {len(own)} | {visits} | {at} | {any_visit} | {beyond} |"


def of_families(table: pd.DataFrame) -> Iterator[str]:
    """A line a truth: how often any arm is claimed to differ from the last one, by Holm."""
    if "p_family" not in table:
        return
    yield "| truth | studies | any claim against the last arm, by Holm |"
    yield "|---|---|---|"
    for name, own in table.dropna(subset=["p_family"]).groupby("row", sort=False):
        yield f"| {name} | {len(own)} | {share(own['p_family'] < 0.05)} |"


if __name__ == "__main__":
    print_rows(ROWS, one_study, summary)
