"""What simulated mice share beside their arm: cages, blocks, lines, and the rates of these."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Codes, Floats
from xenotrack.plan.truth import Scenario

Names = NDArray[np.object_]


def draw_factors(scenario: Scenario, rng: np.random.Generator) -> tuple[dict[str, Names], Floats]:
    """The cage, block and line of each mouse as far as the scenario has them; what they add.

    What they add to the rate of each mouse, (m,), is drawn once for each cage, block and line.
    """
    factors: dict[str, Names] = {}
    counts = scenario.counts
    shared = np.zeros(sum(counts))
    for name, codes, labels, spread in _factors(scenario):
        factors[name] = np.array(labels, dtype=object)[codes]
        if spread > 0:
            shared += spread * rng.standard_normal(len(labels))[codes]
        if name == "line" and scenario.line_effect_sd > 0:
            by_arm = scenario.line_effect_sd * rng.standard_normal((len(labels), len(counts)))
            shared += (by_arm * _treated(scenario))[codes, np.repeat(range(len(counts)), counts)]
    return factors, shared


def _treated(scenario: Scenario) -> Floats:
    """1 for each arm with a drug, else 0, (k,): lines differ in what drugs do."""
    return np.array([float(bool(arm.drugs)) for arm in scenario.arms])


def line_shifts(scenario: Scenario, n_studies: int, rng: np.random.Generator) -> Floats:
    """What a line adds to the rate of each arm in each of many studies, (s, k)."""
    own = scenario.line_rate_sd * rng.standard_normal((n_studies, 1))
    by_arm = scenario.line_effect_sd * rng.standard_normal((n_studies, len(scenario.arms)))
    return np.asarray(own + by_arm * _treated(scenario))


def mice_of_lines(scenario: Scenario) -> list[tuple[int, ...]]:
    """The mice of each arm in each line, as ``draw_factors`` gives them."""
    n_lines = len(scenario.lines)
    each = [np.bincount(np.arange(n) * n_lines // n, minlength=n_lines) for n in scenario.counts]
    return [tuple(int(n) for n in own) for own in zip(*each, strict=True)]


def _factors(scenario: Scenario) -> Iterator[tuple[str, Codes, list[str], float]]:
    counts = scenario.counts
    # The place of each mouse within its arm: the first of all arms are of one block, and so on.
    within = np.concatenate([np.arange(n) for n in counts])
    if scenario.mice_per_cage:
        cage = _cages(scenario, within)
        names = [f"C{k + 1:03d}" for k in range(int(cage.max()) + 1)]
        yield "cage", cage, names, scenario.cage_rate_sd
    if scenario.blocks:
        block = within % scenario.blocks
        names = [f"block {k + 1}" for k in range(scenario.blocks)]
        yield "block", block, names, scenario.block_rate_sd
    if scenario.lines:
        line = within * len(scenario.lines) // np.repeat(counts, counts)
        yield "line", line, list(scenario.lines), scenario.line_rate_sd


def _cages(scenario: Scenario, within: Codes) -> Codes:
    """Mice of one arm in each cage; or the mice of all arms dealt to cages in turn."""
    size = scenario.mice_per_cage
    if scenario.cages == "split":
        order = np.argsort(within, kind="stable")
        cage = np.empty(len(within), dtype=int)
        cage[order] = np.arange(len(within)) // size
        return cage
    arm = np.repeat(np.arange(len(scenario.counts)), scenario.counts)
    return np.unique(np.column_stack([arm, within // size]), axis=0, return_inverse=True)[1].ravel()
