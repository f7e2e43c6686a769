"""Contrasts of arms in many simulated studies of several lines, each study pooled over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr

from xenotrack.arrays import Floats
from xenotrack.compare.random_effects import RandomEffects, expected_square
from xenotrack.errors import StudyError
from xenotrack.plan.analysed import Rates, analyse
from xenotrack.plan.factors import line_shifts, mice_of_lines
from xenotrack.plan.truth import Scenario
from xenotrack.study.design import Design

FEWEST = 3  # mice of an arm of a line, from which on the line knows its own error


@dataclass(frozen=True, eq=False)
class RatesOfLines:
    """The rates of each line, a ``Rates`` of all studies each."""

    lines: tuple[Rates, ...]

    def p_values(self, weights: Floats, null: float = 0.0) -> tuple[Floats, Floats]:
        """One-sided p of the mean of Σ w · rate over lines, below and above ``null``, (s,) each."""
        each = [rates.contrast(weights) for rates in self.lines]
        value, variance, df = (np.stack([one[k] for one in each], axis=1) for k in range(3))
        below = np.array([_below(*row, null) for row in zip(value, variance, df, strict=True)])
        known = np.isfinite(below)
        return np.where(known, below, 1.0), np.where(known, 1 - below, 1.0)


def _below(value: Floats, variance: Floats, df: Floats, null: float) -> float:
    """The one-sided p of one study; NaN with fewer than two lines that have an estimate."""
    known = np.isfinite(value) & (variance > 0)
    if known.sum() < 2:
        return np.nan
    larger = expected_square(np.sqrt(variance[known]), df[known])
    model = RandomEffects(value[known], larger, np.zeros(int(known.sum()), dtype=np.intp))
    t = (float(model.means[0]) - null) / float(np.sqrt(model.variances[0]))
    return float(stdtr(model.df, t))


def analyse_lines(
    scenario: Scenario, design: Design, n_studies: int, rng: np.random.Generator
) -> RatesOfLines:
    """Simulate studies of several lines, and estimate the rates of arms within each."""
    counts = mice_of_lines(scenario)
    _require_mice(counts, scenario)
    plain = replace(scenario, lines=(), line_rate_sd=0.0, line_effect_sd=0.0)
    return RatesOfLines(
        tuple(
            analyse(
                replace(plain, mice_per_arm=own),
                design,
                n_studies,
                rng,
                line_shifts(scenario, n_studies, rng),
            )
            for own in counts
        )
    )


def _require_mice(counts: Sequence[tuple[int, ...]], scenario: Scenario) -> None:
    if len(counts) < 2:
        raise StudyError("A pool is of two lines or more: name them as `lines` under [truth].")
    if min(map(min, counts)) < FEWEST:
        need = FEWEST * len(counts)
        raise StudyError(
            f"{min(scenario.counts)} mice an arm over {len(counts)} lines leave fewer than "
            f"{FEWEST} in a line and arm. Plan {need} or more, as --mice-per-arm {need},{2 * need}."
        )
