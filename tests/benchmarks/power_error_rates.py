"""False claims that ``power`` counts, in the truths of which the calibration page says the rate.

    python tests/benchmarks/power_error_rates.py [STUDIES] [SEED]

Whole studies are simulated and analysed by ``curve_error_rates.py``; here the same truths go
through ``power``, which draws and fits them by arrays.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys

from curve_error_rates import ROWS

from xenotrack.plan.power import Plan, share_error
from xenotrack.plan.questions import difference
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules

ASKED = (
    *(f"equal lines, {mice} mice" for mice in (3, 5, 8)),
    "equal lines, spread of rates 3 : 1, 6 and 6 mice",
    "flat, 120 mm³, 8 mice",
    "lines that differ by .02, 8 mice",
)


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261129
    print("| truth | shape | false claims, or power | studies |")
    print("|---|---|---|---|")
    for name in ASKED:
        for shape in ("line", "curve"):
            rules = Rules(growth=GrowthRules(shape=shape))  # type: ignore[arg-type]
            design = Design.of_names("s", ["A", "B"], rules)
            question = difference(design, "A", "B")
            plan = Plan(ROWS[name].scenario, design, question, studies, seed)
            differ = name.startswith("lines that differ")
            power = plan.shares(plan.scenario, 1) if differ else None
            share = plan.false_positives(plan.scenario) if power is None else power
            error = share_error(share, studies)
            print(f"| {name} | {shape} | {share:.3f} ± {error:.3f} | {studies} |", flush=True)


if __name__ == "__main__":
    main()
