"""How often claims are false, and intervals miss, where calipers write halves or whole millimetres.

    python tests/benchmarks/rounding_error_rates.py STUDIES [OUT.csv] [ROW ...]

Two arms of eight mice that are alike, read twice a week for four weeks. *As written* takes the
rounded diameters as they are, *rounded* knows each to half of the rounding (`rounding_mm`); both
fit straight lines. What is true is the mean of the arms' rates, of which mice depart. Studies that
are in OUT.csv already are not made again.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from zlib import crc32

import numpy as np
import pandas as pd
from parts import print_rows, share

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.errors import FitError
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.plan.simulate import simulate_study
from xenotrack.plan.truth import ArmTruth, Scenario, twice_weekly
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules, VolumeRules
from xenotrack.study.study import Study
from xenotrack.study.volume import tumor_volume

SEED, ARMS = 20261130, ("A", "B")


def row(step: float, error: float, mm3: float = 60.0, rate: float = 0.0) -> Scenario:
    arms = tuple(ArmTruth(name, (name,), rate, 0.008) for name in ARMS)
    return Scenario(
        arms=arms, mice_per_arm=8, visit_days=twice_weekly(28), baseline_mm3=mm3,
        caliper_sd_mm=error, resolution_mm=step, smallest_mm=1.0,
    )  # fmt: skip


ROWS: dict[str, Scenario] = {
    "flat, 60 mm³, error 0.3 mm, written to 0.5 mm": row(0.5, 0.3),
    "flat, 60 mm³, error 0.3 mm, written to 1 mm": row(1.0, 0.3),
    "flat, 60 mm³, error 0.1 mm, written to 1 mm": row(1.0, 0.1),
    "shrinking by .02, 60 mm³, error 0.3 mm, written to 1 mm": row(1.0, 0.3, rate=-0.02),
    "growing by .05, 60 mm³, error 0.3 mm, written to 1 mm": row(1.0, 0.3, rate=0.05),
}
ASKED = {"A": (1.0, 0.0), "A - B": (1.0, -1.0)}


def one_study(name: str, number: int) -> Iterator[dict[str, object]]:
    scenario = ROWS[name]
    rng = np.random.default_rng((SEED, crc32(name.encode()), number))
    sheet = simulate_study(scenario, rng)
    columns = ["mouse", "arm", "day", "length_mm", "width_mm"]
    volume = tumor_volume(sheet["length_mm"].to_numpy(), sheet["width_mm"].to_numpy())
    frame = sheet[columns].assign(volume_mm3=volume)
    for model, step in (("as written", None), ("rounded", scenario.resolution_mm)):
        rules = Rules(volume=VolumeRules(rounding_mm=step), growth=GrowthRules(shape="line"))
        study = Study.of_frame(frame, Design.of_names("study", list(ARMS), rules), 4.0)
        about = {"row": name, "study": number, "model": model}
        try:
            rates = fit_log_volumes(take_log_volumes(study), study.design).over(ARMS).rates()
        except FitError as error:
            yield {**about, "asked": str(error)}
            continue
        for asked, weights in ASKED.items():
            found = estimate_contrasts(rates, np.array([weights]), 0.95)
            yield {
                **about, "asked": asked, "true": sum(weights) * scenario.arms[0].rate,
                "estimate": found.estimate[0], "se": found.std_error[0], "p": found.p_value[0],
                "low": found.conf_low[0], "high": found.conf_high[0],
            }  # fmt: skip


def summary(table: pd.DataFrame) -> Iterator[str]:
    """A line a truth, question and model."""
    yield "| truth | asked | diameters | studies | covers | p < .05 | bias | SE | SD |"
    yield "|---|---|---|---|---|---|---|---|---|"
    known = table.dropna(subset=["p"])
    for (name, asked, model), own in known.groupby(["row", "asked", "model"], sort=False):
        error = own["estimate"] - own["true"]
        covers = (own["low"] <= own["true"]) & (own["true"] <= own["high"])
        yield (
            f"| {name} | {asked} | {model} | {len(own)} | {share(covers)} | "
            f"{share(own['p'] < 0.05)} | {error.mean():+.4f} | {own['se'].mean():.4f} | "
            f"{error.std():.4f} |"
        )


if __name__ == "__main__":
    print_rows(ROWS, one_study, summary)
