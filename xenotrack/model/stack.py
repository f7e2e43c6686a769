"""The patterns of several mixed models side by side, so that one search fits all of them.

Small fits cost calls of numpy, not arithmetic: the arms of a study, or an arm without each of its
mice, are fitted in the time of a few. Models of fewer patterns are filled up with patterns of
weight 0, those of fewer coefficients with columns that stand alone and are 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.patterns import Patterns


@dataclass(frozen=True)
class Stack:
    """What ``Patterns`` hold, of L models: arrays of leading axes (L, 1), to meet (L, T) factors.

    ``df`` are the readings less the coefficients of each model.
    """

    weight: Floats
    A: Floats
    B: Floats
    c: Floats
    cc: Floats
    yy: Floats
    df: Floats
    gram: Floats
    xy: Floats
    log_det_basis: Floats

    @classmethod
    def of(cls, parts: Sequence[Patterns]) -> Stack:
        """The models of these patterns, which have the same random effects."""
        most = max(len(part.weight) for part in parts)
        p = max(part.p for part in parts)

        def filled(name: str, axes: tuple[int, ...]) -> Floats:
            return np.stack([_filled(getattr(part, name), axes) for part in parts])[:, None]

        gram = filled("gram", (p, p))
        for part, own in zip(parts, gram, strict=True):
            own[0, np.arange(part.p, p), np.arange(part.p, p)] = 1.0
        q = parts[0].q
        return cls(
            weight=filled("weight", (most,)),
            A=filled("A", (most, q, q)),
            B=filled("B", (most, q, p)),
            c=filled("c", (most, q)),
            cc=filled("cc", (most, q, q)),
            yy=filled("yy", ()),
            df=filled("df", ()),
            gram=gram,
            xy=filled("xy", (p,)),
            log_det_basis=filled("log_det_basis", ()),
        )

    @property
    def q(self) -> int:
        return self.A.shape[-1]

    @property
    def p(self) -> int:
        return self.B.shape[-1]

    def __len__(self) -> int:
        return len(self.weight)

    @cached_property
    def weighted_zx(self) -> Floats:
        """B times its weight, transposed: (L, 1, p, G·q)."""
        weighted = (self.weight[..., None, None] * self.B).reshape(len(self), 1, -1, self.p)
        return np.ascontiguousarray(np.swapaxes(weighted, -1, -2))

    def at(self, chosen: Bools | Codes) -> Stack:
        """Some of the models, by mask or place."""
        return Stack(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def turned(self, axes: Floats) -> Stack:
        """The same data with Z in other orthogonal axes (q, q), Z @ axes."""
        moved = {
            "A": axes.T @ self.A @ axes,
            "B": axes.T @ self.B,
            "c": self.c @ axes,
            "cc": axes.T @ self.cc @ axes,
        }
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return Stack(**{**kept, **moved})


def _filled(values: Floats | float, shape: tuple[int, ...]) -> Floats:
    """An array filled up with zeros to a shape."""
    own = np.asarray(values, dtype=float)
    if own.shape == shape:
        return own
    found = np.zeros(shape)
    found[tuple(slice(size) for size in own.shape)] = own
    return found
