"""A mean through heights at knots, which are its coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.shapes.shape import Shape, column


@dataclass(frozen=True, eq=False)
class Knotted(Shape):
    """Heights at ``knots`` (c,), the first and the last at the ends of follow-up.

    A mouse departs from it by an intercept and a slope.
    """

    knots: Floats

    @property
    def size(self) -> int:
        return len(self.knots)

    @property
    def joints(self) -> Floats:
        return self.knots

    def random(self, day: Floats) -> Floats:
        return np.hstack([np.ones((len(day), 1)), column(day)])
