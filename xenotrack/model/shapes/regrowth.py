"""Decay and regrowth: a part of the tumour dies as another one grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.shapes.tangent import Tangent


@dataclass(frozen=True, eq=False)
class Regrowth(Tangent):
    """``ln V(t) = a + ln(exp(−d t) + exp(g t) − 1)`` (Stein et al. 2011, Clin Cancer Res 17:907).

    The rate is g − d on day 0, and goes to g. With d = 0 or g = 0 a straight line; where d is
    below 0, growth slows down.
    """

    name = "regrowth"

    @staticmethod
    def mean(day: Floats, parameters: Floats) -> Floats:
        a, d, g = parameters
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return np.asarray(a + np.log(np.exp(-d * day) + np.exp(g * day) - 1))

    @staticmethod
    def slopes(day: Floats, parameters: Floats) -> Floats:
        _, d, g = parameters
        decayed, grown = np.exp(-d * day), np.exp(g * day)
        left = decayed + grown - 1
        return np.column_stack([np.ones(len(day)), -day * decayed / left, day * grown / left])

    @staticmethod
    def starts(days: float) -> Sequence[tuple[float, ...]]:
        pairs = ((-1.5, 2.5), (0.2, 1.0), (2.0, 0.3), (1.0, 3.0), (4.0, 1.0), (8.0, 3.0))
        return [(decay / days, growth / days) for decay, growth in pairs]
