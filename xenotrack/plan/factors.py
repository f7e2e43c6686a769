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
    shared = np.zeros(sum(scenario.counts))
    for name, codes, labels, spread in _factors(scenario):
        factors[name] = np.array(labels, dtype=object)[codes]
        if spread > 0:
            shared += spread * rng.standard_normal(len(labels))[codes]
    return factors, shared


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
