"""How often the verdicts of synergy are wrong, and how often they are found: docs/calibration.md.

    python tests/benchmarks/synergy_error_rates.py [STUDIES] [SEED] > table.md

Simulated studies through the growth fit and ``estimate_synergy``, two processes; every scenario
has its own stream of the seed. A rate is the share of studies in which any combination gets the
verdict, so that Holm's protection is part of it. Studies with power are a quarter as many.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from xenotrack import __version__
from xenotrack.compare.excess import sure
from xenotrack.compare.multiplicity import holm_p
from xenotrack.compare.synergy import Synergy, estimate_synergy
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import LogVolumes
from xenotrack.study.design import Arm, Design

DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21, 24, 28])
ADDITIVE_DAY = 14.0
VEHICLE, SINGLE = 0.050, {"A": -0.020, "B": -0.022, "C": -0.025}
SLOPE_SD, NOISE_SD, BASELINE_SD = 0.012, 0.15, 0.25
# With unequal spread, arms alternate between these multiples of both SDs.
MULTIPLES = (0.5, 1.5, 1.0, 2.0)
BATCH = 50
LEVEL = 0.95


@dataclass(frozen=True)
class Setting:
    """A kind of study: what is true, how many arms and mice, whether the arms' spread is equal."""

    truth: str
    n_arms: int
    mice: int
    equal: bool = True
    excess: float = 0.0

    @property
    def design(self) -> Design:
        drugs = "AB" if self.n_arms == 4 else "ABC"
        cells = [c for size in range(len(drugs) + 1) for c in combinations(drugs, size)]
        return Design("", tuple(Arm("+".join(c) or "vehicle", frozenset(c)) for c in cells))

    def rates(self) -> np.ndarray:
        """True rates of the arms, in the order of the design."""
        return np.array([TRUTHS[self.truth](arm, self.excess) for arm in self.design.arms])

    def spread(self) -> np.ndarray:
        """Multiples of the SDs of the arms."""
        return np.ones(self.n_arms) if self.equal else np.resize(MULTIPLES, self.n_arms)


def additive(arm: Arm, excess: float) -> float:
    """Bliss holds on rates but for the excess of every combination."""
    return VEHICLE + sum(SINGLE[d] for d in arm.drugs) + excess * (len(arm.drugs) > 1)


def alike(arm: Arm, excess: float) -> float:
    """Every drug and combination does the same, but for the excess: the worst case for HSA."""
    return VEHICLE - 0.020 * bool(arm.drugs) + excess * (len(arm.drugs) > 1)


def one_active(arm: Arm, excess: float) -> float:
    """Only drug A does anything: the combination is as good as its best part, which stands out."""
    return VEHICLE - 0.030 * ("A" in arm.drugs) + excess * (len(arm.drugs) > 1)


def responses_add(arm: Arm, excess: float) -> float:
    """Relative volumes add up at the day they are tested; two drugs."""
    singles = [np.exp((VEHICLE + SINGLE[d] / 2) * ADDITIVE_DAY) for d in arm.drugs]
    vehicle = np.exp(VEHICLE * ADDITIVE_DAY)
    return float(np.log(sum(singles) - (len(singles) - 1) * vehicle) / ADDITIVE_DAY)


TRUTHS = {
    "additive": additive,
    "alike": alike,
    "one active": one_active,
    "responses add": responses_add,
}


def simulate(setting: Setting, rng: np.random.Generator) -> LogVolumes:
    """Straight lines of ln volume, every mouse at every visit."""
    k = setting.n_arms
    arm = np.repeat(np.arange(k), setting.mice)
    spread = setting.spread()[arm]
    rate = setting.rates()[arm] + SLOPE_SD * spread * rng.standard_normal(len(arm))
    start = 5.4 + BASELINE_SD * rng.standard_normal(len(arm))
    noise = NOISE_SD * spread[:, None] * rng.standard_normal((len(arm), len(DAYS)))
    y = start[:, None] + rate[:, None] * DAYS + noise
    mouse = np.repeat(np.arange(len(arm)), len(DAYS))
    names = np.array([str(code) for code in range(len(arm))], dtype=object)
    return LogVolumes(arm[mouse], mouse, np.tile(DAYS, len(arm)), y.ravel(), names, arm, k, False)


Claims = dict[tuple[str, str], bool]


def claims_of(setting: Setting, rng: np.random.Generator) -> Claims:
    """Whether any combination got a verdict, by reference and side."""
    design = setting.design
    rates = fit_log_volumes(simulate(setting, rng), design).slopes()
    on_volume = setting.truth == "responses add"
    days = (ADDITIVE_DAY,) if on_volume else ()
    found = estimate_synergy(rates, design, LEVEL, None, days=days)
    claims: Claims = {}
    for expectation, scale, verdict in zip(found.asked, found.scale, found.verdicts, strict=True):
        if scale == ("relative_volume" if on_volume else "rate"):
            worse = verdict in ("antagonism", "less than its pairs predict")
            better = verdict in ("synergy", "beyond its pairs")
            for side, said in (("synergy", better), ("antagonism", worse)):
                key = (expectation.reference, side)
                claims[key] = claims.get(key, False) or said
    return claims | plug_in_claims(found)


def plug_in_claims(found: Synergy) -> Claims:
    """What the plug-in best part would have claimed: its p-value, Holm, and the sign."""
    claims: Claims = {}
    for reference in ("hsa", "hsa_doublet"):
        rows = np.array(
            [
                e.reference == reference and scale == "rate"
                for e, scale in zip(found.asked, found.scale, strict=True)
            ],
            dtype=bool,
        )
        if rows.any():
            claimed = sure(holm_p(found.p_plug_in[rows]), LEVEL)
            below = found.estimate[rows] < 0
            claims[(f"{reference}, plug-in", "synergy")] = bool((claimed & below).any())
            claims[(f"{reference}, plug-in", "antagonism")] = bool((claimed & ~below).any())
    return claims


def settings() -> Iterator[Setting]:
    """Every scenario, the null ones first."""
    for n_arms, mice, equal in product((4, 8), (5, 10), (True, False)):
        yield Setting("additive", n_arms, mice, equal)
    for truth, n_arms, mice in product(("alike", "one active"), (4, 8), (5, 10)):
        yield Setting(truth, n_arms, mice)
    for mice, equal in product((5, 10), (True, False)):
        yield Setting("responses add", 4, mice, equal)
    for truth, mice, excess in product(("additive", "alike"), (5, 8, 10), (-0.01, -0.02, -0.03)):
        yield Setting(truth, 4, mice, excess=excess)


def run_batch(job: tuple[Setting, int, int]) -> tuple[Setting, dict[tuple[str, str], int], int]:
    """Counts of claims in a batch of studies, from a stream of random numbers of its own."""
    setting, seed, batch = job
    rng = np.random.default_rng([seed, *setting_key(setting), batch])
    counts: dict[tuple[str, str], int] = {}
    for _ in range(BATCH):
        for key, said in claims_of(setting, rng).items():
            counts[key] = counts.get(key, 0) + said
    return setting, counts, BATCH


def setting_key(setting: Setting) -> list[int]:
    """Numbers that tell a setting from all others."""
    truth = list(TRUTHS).index(setting.truth)
    tenths = round(-setting.excess * 1000)
    return [truth, setting.n_arms, setting.mice, int(setting.equal), tenths]


SHOWN = {
    "additive": ("bliss", "bliss_doublet", "interaction"),
    "alike": ("hsa", "hsa, plug-in", "hsa_doublet", "hsa_doublet, plug-in"),
    "one active": ("hsa", "hsa, plug-in", "hsa_doublet", "hsa_doublet, plug-in"),
    "responses add": ("additivity",),
}


def lines(setting: Setting, counts: dict[tuple[str, str], int], studies: int) -> Iterator[str]:
    """A row of the table for each reference of a setting."""
    for reference in SHOWN[setting.truth]:
        if (reference, "synergy") not in counts:
            continue
        if reference == "interaction" and setting.n_arms == 4:
            continue  # the interaction of two drugs is their Bliss excess
        cells = [setting.truth, f"{setting.excess:g}", str(setting.n_arms), str(setting.mice)]
        cells += ["equal" if setting.equal else "unequal", reference]
        for side in ("synergy", "antagonism"):
            share = counts[reference, side] / studies
            error = np.sqrt(max(share * (1 - share), 1 / studies) / studies)
            cells.append(f"{share:.4f} ± {error:.4f}")
        yield f"| {' | '.join(cells)} | {studies} |"


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261123
    started = time.process_time()
    jobs = [
        (setting, seed, batch)
        for setting in settings()
        for batch in range((studies if setting.excess == 0 else studies // 4) // BATCH)
    ]
    totals: dict[Setting, dict[tuple[str, str], int]] = {}
    done: dict[Setting, int] = {}
    with ProcessPoolExecutor(2) as pool:
        for setting, counts, count in pool.map(run_batch, jobs, chunksize=1):
            kept = totals.setdefault(setting, {})
            for key, said in counts.items():
                kept[key] = kept.get(key, 0) + said
            done[setting] = done.get(setting, 0) + count
    print(
        f"xenotrack {__version__}, seed {seed}, level {LEVEL}, ± one Monte-Carlo standard error.\n"
    )
    print("| truth | excess | arms | mice | spread | reference | synergy | antagonism | studies |")
    print("|---|---|---|---|---|---|---|---|---|")
    for setting in settings():
        if setting in totals:
            print("\n".join(lines(setting, totals[setting], done[setting])))
    print(f"{time.process_time() - started:.0f} s in the parent", file=sys.stderr)


if __name__ == "__main__":
    main()
