"""What the rules of `check` find of defects planted in clean sheets, and how often they cry wolf.

    python tests/benchmarks/planted_defects.py [SHEETS]

Each design is simulated SHEETS times (20 unless said); every defect is planted once in each sheet
that has a place for it. The page docs/detection.md holds the tables printed here.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from study.clean_sheets import DESIGNS
from study.planted import DEFECTS, Defect, found_by, plant

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules
from xenotrack.study.study import Study


def study_of(sheet) -> Study:  # type: ignore[no-untyped-def]
    return read_study(sheet.to_csv(), read_rules(None, sheet.options))


def false_alarms(n_sheets: int) -> None:
    print("| design | readings | false alarms | in 1 000 | rules |")
    print("| --- | ---: | ---: | ---: | --- |")
    total, alarms = 0, 0
    for number, design in enumerate(DESIGNS):
        rules: Counter[str] = Counter()
        readings = 0
        for seed in range(n_sheets):
            study = study_of(design(np.random.default_rng([seed, number])))
            readings += len(study.measurements)
            rules.update(finding.rule for finding in study.findings)
        count = sum(rules.values())
        told = ", ".join(f"`{rule}` {n}" for rule, n in sorted(rules.items()))
        name = design.__name__.replace("_", " ")
        print(f"| {name} | {readings} | {count} | {1000 * count / readings:.2f} | {told} |")
        total, alarms = total + readings, alarms + count
    print(f"| all | {total} | {alarms} | {1000 * alarms / total:.2f} | |")


def detection(n_sheets: int) -> None:
    print("\n| defect | rules | planted | found | at its place | as severe as due |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    sums = np.zeros(4, dtype=int)
    for defect in DEFECTS:
        counts = _counts(defect, n_sheets)
        sums += counts
        print(_line(defect.name, ", ".join(f"`{r}`" for r in sorted(defect.rules)), counts))
    print(_line("all", "", sums))


def _line(name: str, rules: str, counts: np.ndarray) -> str:
    planted = max(int(counts[0]), 1)
    shares = " | ".join(f"{100 * n / planted:.1f} %" for n in counts[1:])
    return f"| {name} | {rules} | {counts[0]} | {shares} |"


def _counts(defect: Defect, n_sheets: int) -> np.ndarray:
    """Planted, found, at the right place, and with the severity that is due."""
    counts = np.zeros(4, dtype=int)
    for number, design in enumerate(DESIGNS):
        for seed in range(n_sheets):
            rng = np.random.default_rng([seed, number])
            sheet = plant(defect, design(rng), rng)
            if sheet is None:
                continue
            findings = study_of(sheet).findings
            found, placed = found_by(defect, sheet, findings)
            right = any(
                one.rule in defect.rules and one.severity == defect.severity for one in findings
            )
            counts += np.array([1, found, placed, right])
    return counts


def main() -> None:
    n_sheets = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    false_alarms(n_sheets)
    detection(n_sheets)


if __name__ == "__main__":
    main()
