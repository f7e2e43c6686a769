"""Days gained without progression in many simulated studies, as the analysis would give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource
from xenotrack.compare.days_gained import FEWEST_DRAWS, days_gained
from xenotrack.model.progression import fit_mice
from xenotrack.plan.readings import AT_ONCE
from xenotrack.plan.simulate import SHEET_COLUMNS, draw_cohort, measure_cohort
from xenotrack.plan.truth import Scenario, with_mice
from xenotrack.response.progression import progression_mice
from xenotrack.study.design import Design
from xenotrack.study.study import Study
from xenotrack.study.volume import tumor_volume


@dataclass(frozen=True, eq=False)
class DaysGained:
    """Contrasts of restricted means in each study, and of its bounds where mice left for toxicity.

    A difference is claimed only where all show it.
    """

    studies: tuple[tuple[ContrastSource, ...], ...]

    def p_values(self, weights: Floats, null: float = 0.0) -> tuple[Floats, Floats]:
        """One-sided p of more days than 0, and of fewer, (s,) each; 1 where not estimable."""
        each = [[_tails(source, weights) for source in sources] for sources in self.studies]
        more, fewer = np.array([np.max(own, axis=0) for own in each]).T
        return more, fewer


def _tails(source: ContrastSource, weights: Floats) -> tuple[float, float]:
    row = source.contrast_of(weights[None], np.nan)
    estimate, p = float(row.estimate[0]), float(row.p_value[0])
    arms = [source.arms[place] for place in np.argsort(-weights) if weights[place]]
    if not np.isfinite(p) or source.why_withheld(arms):
        return 1.0, 1.0
    return (p / 2, 1 - p / 2) if estimate > 0 else (1 - p / 2, p / 2)


def analyse_days(
    scenario: Scenario, design: Design, n_studies: int, rng: np.random.Generator
) -> DaysGained:
    """Simulate studies, and give their contrasts of days without progression.

    Whether and when a mouse progresses does not depend on other mice: those of all studies are
    read as one sheet.
    """
    studies: list[tuple[ContrastSource, ...]] = []
    for start in range(0, n_studies, AT_ONCE):
        studies += _some(scenario, design, min(AT_ONCE, n_studies - start), rng)
    return DaysGained(tuple(studies))


def _some(
    scenario: Scenario, design: Design, size: int, rng: np.random.Generator
) -> Iterator[tuple[ContrastSource, ...]]:
    large = with_mice(scenario, tuple(n * size for n in scenario.counts))
    cohort = draw_cohort(large, rng)
    sheet = measure_cohort(cohort, rng)[list(SHEET_COLUMNS)]
    volume = tumor_volume(sheet["length_mm"].to_numpy(), sheet["width_mm"].to_numpy())
    study = Study.of_frame(sheet.assign(volume_mm3=volume), design)
    study_of = dict(
        zip(
            cohort.mouse,
            np.concatenate([np.arange(n * size) // n for n in scenario.counts]),
            strict=True,
        )
    )
    rules = design.rules.progression
    # Where the composite is claimed by declaration no other reading bounds it.
    claimed = design.rules.compare.estimand == "composite"
    bounded = not claimed and bool((sheet["fate"] == "toxicity").any())
    tables = [
        _by_study(progression_mice(study, rules, also), study_of, size)
        for also in ((claimed, True) if bounded else (claimed,))
    ]
    for own in zip(*tables, strict=True):
        fit, *others = (fit_mice(mice, design) for mice in own)
        bounds = () if fit.spared is None else (*others, fit.spared)
        yield tuple(days_gained(each, draws=FEWEST_DRAWS) for each in (fit, *bounds))


def _by_study(mice: pd.DataFrame, study_of: dict[str, int], size: int) -> list[pd.DataFrame]:
    groups = dict(tuple(mice.groupby(mice["mouse"].map(study_of))))
    return [groups.get(number, mice.iloc[:0]) for number in range(size)]
