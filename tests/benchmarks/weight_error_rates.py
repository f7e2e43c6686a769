"""How often weight is claimed to be lost, and how surely a loss is found: nadirs and net weight.

    python tests/benchmarks/weight_error_rates.py [STUDIES] [SEED]

Two arms, a vehicle whose tumours grow by 5 % a day to 1 500 mm³ and a drug that stops them;
calipers and culls are those of the samples. ``nadir`` is what was compared before: the mean of the
lowest gross weights, by Welch. ± is one Monte-Carlo standard error.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from parts import in_parts
from scipy.stats import ttest_ind
from studies import study_of_sheet

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.model.net_weight import fit_net_weight
from xenotrack.plan.simulate import simulate_study
from xenotrack.plan.truth import ArmTruth, Scenario, twice_weekly
from xenotrack.response.tolerability import weight_nadirs

WORKERS = 1


@dataclass(frozen=True)
class Setting:
    name: str
    mice: int = 8
    days: int = 63
    control_rate: float = 0.05
    loss: float = 0.0
    loss_sd: float = 0.0
    gain_per_day: float = 0.0004


SETTINGS = (
    Setting("no effect, 3 mice", mice=3),
    Setting("no effect, 5 mice", mice=5),
    Setting("no effect, 8 mice"),
    Setting("no effect, 12 mice", mice=12),
    Setting("no effect, 8 mice of constant weight", gain_per_day=0.0),
    Setting("no effect, 8 mice, four weeks", days=28),
    Setting("no effect, 8 mice, tumours rest", control_rate=0.0),
    Setting("no effect, mice differ, 8 mice", loss=0.05, loss_sd=0.05),
    Setting("loss of 4 %, 8 mice", loss=0.04, loss_sd=0.03),
    Setting("loss of 12 %, 8 mice", loss=0.12, loss_sd=0.05),
)


def scenario_of(setting: Setting) -> Scenario:
    """The drug's mice lose weight as set; where there is no effect, the vehicle's as well."""
    both = setting.name.startswith("no effect")
    lost = {"weight_loss": setting.loss, "weight_loss_sd": setting.loss_sd}
    vehicle = ArmTruth("vehicle", (), setting.control_rate, 0.012, **(lost if both else {}))
    drug = ArmTruth("A", ("A",), 0.0, 0.010, **lost)
    days = twice_weekly(setting.days)
    gain, error = setting.gain_per_day, 0.3
    return Scenario(
        (vehicle, drug),
        setting.mice,
        days,
        smallest_mm=2.0,
        weight_gain_per_day=gain,
        weight_error_g=error,
    )


def verdicts(setting: Setting, n: int, seed: int) -> np.ndarray:
    """(n, 4): A − vehicle and its p by net weight, then Welch's statistic and p of the nadirs."""
    rng = np.random.default_rng(seed)
    scenario = scenario_of(setting)
    found = np.full((n, 4), np.nan)
    for row in range(n):
        study = study_of_sheet(simulate_study(scenario, rng))
        fit = fit_net_weight(study)
        one = estimate_contrasts(fit.average(fit.arms), np.array([[-1.0, 1.0]]), 0.95)
        nadirs = study.mice.assign(nadir=weight_nadirs(study)["weight_nadir_percent"])
        drug, control = (nadirs.loc[nadirs["arm"] == arm, "nadir"] for arm in ("A", "vehicle"))
        welch = ttest_ind(drug, control, equal_var=False, nan_policy="omit")
        found[row] = one.estimate[0], one.p_value[0], welch.statistic, welch.pvalue
    return found


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261129
    print(
        "| truth | lowest gross weight below vehicle | above | net weight below vehicle | above |"
    )
    print("|---|---|---|---|---|")
    with ProcessPoolExecutor(WORKERS) as pool:
        for i, setting in enumerate(SETTINGS):
            found = in_parts(pool, verdicts, setting, n, seed + 1000 * i, WORKERS)
            cells = []
            for difference, p in ((found[:, 2], found[:, 3]), (found[:, 0], found[:, 1])):
                for side in (-1, 1):
                    share = np.mean((p < 0.05) & (np.sign(difference) == side))
                    error = np.sqrt(share * (1 - share) / len(found))
                    cells.append(f"{share:.3f} ± {error:.3f}")
            print(f"| {setting.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
