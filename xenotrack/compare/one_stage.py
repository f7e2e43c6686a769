"""Mice of several lines in one model: means of a contrast by group of lines, with their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.model.mixed_rates import MixedRates

Names = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class PanelMice:
    """The mice from which ``arm - against`` is estimated: a value (n,), line and arm of each."""

    value: Floats
    line: Names
    arm: Names
    asked: tuple[str, str]

    @cached_property
    def cells(self) -> Names:
        return np.asarray(self.line + "\0" + self.arm)

    @cached_property
    def within(self) -> tuple[float, float]:
        """The variance of mice of one cell, over all cells, and its df; NaN without two mice."""
        _, cell = np.unique(self.cells, return_inverse=True)
        counts = np.bincount(cell)
        off = self.value - (np.bincount(cell, self.value) / counts)[cell]
        df = float(len(cell) - len(counts))
        return (float(off @ off) / df if df > 0 else np.nan), df

    def over(self, code_of: Mapping[str, int]) -> StagedMeans:
        """The contrast in each group of lines; ``code_of`` is the group of each line."""
        kept = np.isin(self.line, list(code_of))
        line, arm = self.line[kept], self.arm[kept]
        columns = [(code_of[one], drug) for one, drug in zip(line, arm, strict=True)]
        names = list(dict.fromkeys(columns))
        design = np.array([[float(own == name) for name in names] for own in columns])
        codes, cells = (np.unique(own, return_inverse=True)[1] for own in (line, self.cells[kept]))
        weights = [
            [
                float(name == (code, self.asked[0])) - float(name == (code, self.asked[1]))
                for name in names
            ]
            for code in range(max(code_of.values()) + 1)
        ]
        return StagedMeans(MixedRates(self.value[kept], codes, cells, design), np.array(weights))


@dataclass(frozen=True, eq=False)
class StagedMeans:
    """A contrast as ``weights`` (groups, p) of the coefficients of one model."""

    model: MixedRates
    weights: Floats

    def estimate(self, *codes: int) -> tuple[float, float, float]:
        """Estimate, standard error and df of one group, or of the first less the second."""
        own = self.weights[codes[0]] - (self.weights[codes[1]] if len(codes) > 1 else 0.0)
        error = float(np.sqrt(own @ self.model.covariance @ own))
        return float(own @ self.model.coefficients), error, self.model.df(own)
