"""How often a whole study of drugs that do nothing is said to show something.

    python tests/benchmarks/null_study_error_rates.py [STUDIES] [SEED]

Eight arms (three drugs and all their combinations), every one of the vehicle's truth; the study is
analysed as ``run`` does it. A headline is false where any claim of its outcome is: an arm against
control, or a combination against its best part. ± is one Monte-Carlo standard error.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from parts import in_parts
from studies import study_of_sheet

from xenotrack.errors import FitError
from xenotrack.plan.scenarios import NAIVE
from xenotrack.plan.simulate import simulate_study
from xenotrack.plan.truth import Scenario, Turn, twice_weekly
from xenotrack.present.results import Results
from xenotrack.study.rules import CompareRules, GrowthRules, Rules

WORKERS = 2
PRIMARY = "alpelisib+ribociclib+fulvestrant - ribociclib+fulvestrant"


@dataclass(frozen=True)
class Setting:
    """A null truth: one rate for all arms, or one rate and its turns."""

    name: str
    rate: float = 0.05
    turns: tuple[Turn, ...] = ()
    mice: int = 8
    days: int = 42
    primary: str | None = None
    shape: str = "line"


SLOWING = (Turn(day=14, rate=0.025), Turn(day=28, rate=0.012))
SETTINGS = (
    Setting("exponential, 5 mice", mice=5),
    Setting("exponential, 8 mice"),
    Setting("slowing down, 8 mice", turns=SLOWING, days=56),
    Setting("exponential, 8 mice, primary declared", primary=PRIMARY),
    Setting("at the rate that counts as blocked, 8 mice", rate=0.01),
    Setting("slowing down, 8 mice, curves", turns=SLOWING, days=56, shape="curve"),
    Setting("at the rate that counts as blocked, 8 mice, curves", rate=0.01, shape="curve"),
)
CLAIMS = ("control", "best part", "headline", "bliss", "synergy", "blocked")


def scenario_of(setting: Setting) -> Scenario:
    arms = tuple(
        replace(arm, rate=setting.rate, rate_sd=0.012, turns=setting.turns, weight_loss=0.0,
                weight_loss_sd=0.0)
        for arm in NAIVE.arms
    )  # fmt: skip
    return replace(
        NAIVE, arms=arms, mice_per_arm=setting.mice, visit_days=twice_weekly(setting.days)
    )


def false_claims(results: Results) -> dict[str, bool]:
    """Which kinds of claims a study makes; NaN-free: a study without growth claims nothing."""
    try:
        (found,) = results.compare(("growth_rate",))
    except FitError:
        return dict.fromkeys(CLAIMS, False)
    rows = found.to_frame()
    shown = rows["shows"].isin(["better", "worse"])
    claimed = {
        "control": bool((shown & (rows["family"] == "control")).any()),
        "best part": bool((shown & (rows["against"] == "best part")).any()),
    }
    primary = rows["primary"].astype(bool)
    headline = shown & primary if primary.any() else shown
    verdicts = results.growth.verdicts
    synergy = results.synergy.to_frame()
    told = synergy["verdict"].isin(["synergy", "antagonism"])
    claim = (synergy["reference"] == "bliss") & (synergy["scale"] == "rate")
    return {
        **claimed,
        "headline": bool(headline.any()),
        "bliss": bool((told & claim).any()),
        "synergy": bool(told.any()),
        "blocked": any(one in ("blocked", "shrinking") for one in verdicts[1:]),
    }


def studies_of(setting: Setting, n: int, seed: int) -> np.ndarray:
    """(n, claims): which studies claim what."""
    rng, scenario = np.random.default_rng(seed), scenario_of(setting)
    compare, growth = CompareRules(primary=setting.primary), GrowthRules(shape=setting.shape)
    rules = Rules(compare=compare, growth=growth)
    found = np.zeros((n, len(CLAIMS)), dtype=bool)
    for row in range(n):
        results = Results(study_of_sheet(simulate_study(scenario, rng), rules))
        claims = false_claims(results)
        found[row] = [claims[name] for name in CLAIMS]
    return found


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261129
    print(f"| truth | {' | '.join(CLAIMS)} |")
    print("|---" * (len(CLAIMS) + 1) + "|")
    with ProcessPoolExecutor(WORKERS) as pool:
        for i, setting in enumerate(SETTINGS):
            if not any(word in setting.name for word in sys.argv[3:] or [""]):
                continue
            found = in_parts(pool, studies_of, setting, n, seed + 1000 * i, WORKERS)
            share = found.mean(axis=0)
            error = np.sqrt(share * (1 - share) / (n // WORKERS * WORKERS))
            cells = [f"{a:.3f} ± {b:.3f}" for a, b in zip(share, error, strict=True)]
            print(f"| {setting.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
