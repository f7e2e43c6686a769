"""How often the verdicts of synergy are wrong, and how often they are found: docs/calibration.md.

    python tests/benchmarks/synergy_error_rates.py [STUDIES] [SEED] > table.md

Simulated studies through the growth fit and ``estimate_synergy``, two processes. A rate is the
share of studies in which any combination gets the verdict, so that Holm's protection is part of
it. One set of fits serves every truth: another true rate moves an arm's estimate by as much, and
nothing else (a fit of straight lines does not see its own fixed effects).
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from xenotrack import __version__
from xenotrack.compare.excess import sure
from xenotrack.compare.multiplicity import holm_p
from xenotrack.compare.synergy import Synergy, estimate_synergy
from xenotrack.model.estimates import ArmEstimates
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
    """A kind of study: how many arms and mice, and whether the arms' spread is equal."""

    n_arms: int
    mice: int
    equal: bool

    @property
    def design(self) -> Design:
        drugs = "AB" if self.n_arms == 4 else "ABC"
        cells = [c for size in range(len(drugs) + 1) for c in combinations(drugs, size)]
        return Design("", tuple(Arm("+".join(c) or "vehicle", frozenset(c)) for c in cells))

    def spread(self) -> np.ndarray:
        """Multiples of the SDs of the arms."""
        return np.ones(self.n_arms) if self.equal else np.resize(MULTIPLES, self.n_arms)


@dataclass(frozen=True)
class Truth:
    """What the arms really do, and by how much combinations exceed it."""

    name: str
    excess: float = 0.0

    def rates(self, design: Design) -> np.ndarray:
        return np.array([TRUTHS[self.name](arm, self.excess) for arm in design.arms])


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
    """Straight lines of ln volume about no growth at all, every mouse at every visit."""
    k = setting.n_arms
    arm = np.repeat(np.arange(k), setting.mice)
    spread = setting.spread()[arm]
    rate = SLOPE_SD * spread * rng.standard_normal(len(arm))
    start = 5.4 + BASELINE_SD * rng.standard_normal(len(arm))
    noise = NOISE_SD * spread[:, None] * rng.standard_normal((len(arm), len(DAYS)))
    y = start[:, None] + rate[:, None] * DAYS + noise
    mouse = np.repeat(np.arange(len(arm)), len(DAYS))
    names = np.array([str(code) for code in range(len(arm))], dtype=object)
    return LogVolumes(arm[mouse], mouse, np.tile(DAYS, len(arm)), y.ravel(), names, arm, k, False)


SIDES = ("synergy", "antagonism")
Claims = dict[tuple[str, str], bool]


def claims_of(truth: Truth, rates: ArmEstimates, design: Design) -> Claims:
    """Whether any combination got a verdict, by reference and side."""
    on_volume = truth.name == "responses add"
    found = estimate_synergy(
        replace(rates, values=rates.values + truth.rates(design)),
        design,
        LEVEL,
        None,
        days=(ADDITIVE_DAY,) if on_volume else (),
    )
    found = found.only((), ("relative_volume" if on_volume else "rate",))
    claims: Claims = {}
    for expectation, verdict in zip(found.asked, found.verdicts, strict=True):
        worse = verdict in ("antagonism", "less than its pairs predict")
        better = verdict in ("synergy", "beyond its pairs")
        for side, said in zip(SIDES, (better, worse), strict=True):
            key = (expectation.reference, side)
            claims[key] = claims.get(key, False) or said
    return claims | plug_in_claims(found)


def plug_in_claims(found: Synergy) -> Claims:
    """What the plug-in best part would have claimed: its p-value, Holm, and the sign."""
    claims: Claims = {}
    for reference in ("hsa", "hsa_doublet"):
        rows = np.array([e.reference == reference for e in found.asked], dtype=bool)
        if rows.any():
            claimed = sure(holm_p(found.p_plug_in[rows]), LEVEL)
            below = found.estimate[rows] < 0
            claims[f"{reference}, plug-in", "synergy"] = bool((claimed & below).any())
            claims[f"{reference}, plug-in", "antagonism"] = bool((claimed & ~below).any())
    return claims


SETTINGS = tuple(
    Setting(n_arms, mice, equal) for n_arms, mice, equal in product((4, 8), (5, 10), (True, False))
)


def truths(setting: Setting) -> Iterator[Truth]:
    """What is asked of a setting: every null, and power for two drugs of equal spread."""
    yield Truth("additive")
    if setting.equal:
        yield Truth("alike")
        yield Truth("one active")
    if setting.n_arms == 4:
        yield Truth("responses add")
    if setting.n_arms == 4 and setting.equal:
        for name, excess in product(("additive", "alike"), (-0.01, -0.02, -0.03, -0.04)):
            yield Truth(name, excess)


Counts = dict[tuple[Truth, str, str], int]


def run_batch(job: tuple[Setting, int, int]) -> tuple[Setting, Counts]:
    """Counts of claims in a batch of studies, from a stream of random numbers of its own."""
    setting, seed, batch = job
    key = [seed, setting.n_arms, setting.mice, int(setting.equal), batch]
    rng = np.random.default_rng(key)
    counts: Counts = {}
    for _ in range(BATCH):
        rates = fit_log_volumes(simulate(setting, rng), setting.design).rates()
        for truth in truths(setting):
            for (reference, side), said in claims_of(truth, rates, setting.design).items():
                counts[truth, reference, side] = counts.get((truth, reference, side), 0) + said
    return setting, counts


HEADER = ("truth", "excess per day", "arms", "mice", "spread", "reference", *SIDES)
SHOWN = {
    "additive": ("bliss", "bliss_doublet", "interaction"),
    "alike": ("hsa", "hsa, plug-in", "hsa_doublet", "hsa_doublet, plug-in"),
    "one active": ("hsa", "hsa, plug-in", "hsa_doublet", "hsa_doublet, plug-in"),
    "responses add": ("additivity",),
}


def lines(setting: Setting, counts: Counts, studies: int, power: bool) -> Iterator[str]:
    """A row of the table for each truth and reference of a setting, with or without excess."""
    for truth in (truth for truth in truths(setting) if bool(truth.excess) == power):
        for reference in SHOWN[truth.name]:
            if (truth, reference, "synergy") not in counts:
                continue
            if reference == "interaction" and setting.n_arms == 4:
                continue  # the interaction of two drugs is their Bliss excess
            cells = [truth.name, f"{truth.excess:g}", str(setting.n_arms), str(setting.mice)]
            cells += ["equal" if setting.equal else "unequal", reference]
            for side in SIDES:
                share = counts[truth, reference, side] / studies
                error = np.sqrt(max(share * (1 - share), 1 / studies) / studies)
                cells.append(f"{share:.4f} ± {error:.4f}")
            yield f"| {' | '.join(cells)} |"


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261123
    batches = studies // BATCH
    totals: dict[Setting, Counts] = {setting: {} for setting in SETTINGS}
    jobs = [(setting, seed, batch) for batch in range(batches) for setting in SETTINGS]
    with ProcessPoolExecutor(2) as pool:
        for number, (setting, counts) in enumerate(pool.map(run_batch, jobs), 1):
            for key, said in counts.items():
                totals[setting][key] = totals[setting].get(key, 0) + said
            print(f"\r{number} of {len(jobs)} batches", end="", file=sys.stderr, flush=True)
    print(
        f"xenotrack {__version__}, {batches * BATCH} studies a row, seed {seed}, level {LEVEL}, "
        "± one Monte-Carlo standard error.\n"
    )
    for title, power in (("Nothing to find", False), ("An excess to find", True)):
        print(f"### {title}\n")
        print(
            "| truth | excess per day | arms | mice | spread | reference | synergy | antagonism |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for setting in SETTINGS:
            for line in lines(setting, totals[setting], batches * BATCH, power):
                print(line)
        print()


if __name__ == "__main__":
    main()
