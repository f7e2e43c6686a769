"""Claims where mice leave for toxicity: made only where they hold whatever these mice had ahead.

A mouse taken out for toxicity counts as censored, as if it would have fared like the rest. Where a
drug takes the mice that grow fastest, or slowest, that says too much. Two readings bound it: the
composite, progression or leaving for toxicity, whichever comes first, in which each of them had
progressed; and one in which each of them had stayed free to the last day. The first is hard on the
arm that they left, the second on the arm that it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.compare.contrasts import ContrastSource, Level, RawContrasts
from xenotrack.model.progression import ProgressionFit

RULE = "toxicity-before-progression"
Make = Callable[[ProgressionFit], ContrastSource]


def safe_from_toxicity(make: Make, progression: ProgressionFit) -> ContrastSource:
    """The source of an outcome, read with both bounds where a toxicity exit matters.

    A contrast of an arm with such an exit has the largest p of the three, and the limit nearest to
    no difference, where all show the same; where either bound does not, the claim is withheld.
    """
    source, toxic = make(progression), progression.arms_with_toxicity
    bounds = [each for each in (progression.composite, progression.spared) if each is not None]
    if not toxic or progression.composite is None:
        return source
    level = progression.design.rules.compare.level
    return _Bounded(source, tuple(map(make, bounds)), toxic, level).source()


def renamed(source: ContrastSource, outcome: str) -> ContrastSource:
    """The same source as another outcome, over whatever days."""
    narrowed = source.narrowed
    return replace(
        source,
        outcome=outcome,
        narrowed=None if narrowed is None else lambda arms: renamed(narrowed(arms), outcome),
    )


class _Bounded:
    """An outcome of progression and the same of its bounds."""

    def __init__(
        self,
        source: ContrastSource,
        bounds: tuple[ContrastSource, ...],
        toxic: frozenset[str],
        level: float,
    ) -> None:
        self.first, self.bounds, self.level = source, bounds, level
        self.toxic = np.array([name in toxic for name in source.arms])

    def source(self) -> ContrastSource:
        return replace(
            self.first,
            contrast_of=self.contrast_of,
            why_withheld=self.why_withheld,
            narrowed=None if self.first.narrowed is None else self.narrowed,
            limits=self.limits,
            prepare=None if self.first.prepare is None else self.prepare,
            method=f"{self.first.method}; bounded where mice left for toxicity",
            covariance=None,
        )

    def narrowed(self, arms: Sequence[str]) -> ContrastSource:
        toxic = frozenset(np.array(self.first.arms)[self.toxic].tolist())
        bounds = tuple(bound.over(arms) for bound in self.bounds)
        return _Bounded(self.first.over(arms), bounds, toxic, self.level).source()

    def prepare(self, weights: Floats, levels: Floats, sides: Floats) -> None:
        if self.first.prepare is None:
            return
        self.first.prepare(weights, levels, sides)
        rows = self._touched(weights)
        if not rows.any():
            return
        towards = _towards_nothing(self.first.contrast_of(weights[rows], np.nan))
        # Of a bound no limit is used but that nearest to no difference.
        used = (sides[rows] == 0) | (sides[rows] == towards)
        for bound in self.bounds:
            if bound.prepare is not None:
                bound.prepare(weights[rows], np.where(used, levels[rows], np.nan), towards)

    def contrast_of(self, weights: Floats, level: Level) -> RawContrasts:
        weights = np.atleast_2d(weights)
        alone = self.first.contrast_of(weights, level)
        touched = self._touched(weights)
        if not touched.any():
            return alone
        own, bounds = self._tested(weights[touched])
        read = self._read_with(own, bounds)
        p_value = alone.p_value.copy()
        largest = np.fmax.reduce([own.p_value, *(bound.p_value for bound in bounds)])
        p_value[touched] = np.where(read, largest, own.p_value)
        levels = np.broadcast_to(level, len(weights))
        ends = self._widened(
            weights, levels, np.zeros(len(weights)), (alone.conf_low, alone.conf_high)
        )
        return replace(alone, p_value=p_value, conf_low=ends[0], conf_high=ends[1])

    def limits(self, weights: Floats, levels: Floats, sides: Floats) -> tuple[Floats, Floats]:
        return self._widened(weights, levels, sides, self.first.intervals(weights, levels, sides))

    def _widened(
        self, weights: Floats, levels: Floats, sides: Floats, limits: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats]:
        """The limits, where a toxicity exit matters that nearest to no difference of all bounds."""
        rows = np.flatnonzero(self._touched(weights) & np.isfinite(levels))
        low, high = (limit.copy() for limit in limits)
        if not rows.size:
            return low, high
        own, bounds = self._tested(weights[rows])
        towards = _towards_nothing(own)
        read = self._read_with(own, bounds) & ((sides[rows] == 0) | (sides[rows] == towards))
        rows, towards = rows[read], towards[read]
        ends = [bound.intervals(weights[rows], levels[rows], towards) for bound in self.bounds]
        # An open limit stays open: NaN wins.
        lowest = np.minimum.reduce([low[rows], *(each for each, _ in ends)])
        highest = np.maximum.reduce([high[rows], *(each for _, each in ends)])
        low[rows], high[rows] = (
            np.where(towards < 0, lowest, low[rows]),
            np.where(towards > 0, highest, high[rows]),
        )
        return low, high

    def _tested(self, weights: Floats) -> tuple[RawContrasts, list[RawContrasts]]:
        """Contrasts and the same of the bounds, without their limits."""
        alone, *bounds = (each.contrast_of(weights, np.nan) for each in (self.first, *self.bounds))
        return alone, bounds

    def _read_with(self, alone: RawContrasts, bounds: Sequence[RawContrasts]) -> Bools:
        """Which of some contrasts of arms with a toxicity exit are read with the bounds: those that
        all show alike."""
        agree = np.all([_agree(alone, bound) for bound in bounds], axis=0)
        return np.asarray(agree & ~self._unsupported(alone, bounds))

    def why_withheld(self, arms: Sequence[str]) -> str:
        """The doubt about toxicity where one of these arms differs from the first in progression
        alone."""
        reason = self.first.why_withheld(arms)
        places = [self.first.arms.index(arm) for arm in arms if arm in self.first.arms]
        if reason or len(places) < 2:
            return reason
        weights = np.zeros((len(places) - 1, len(self.first.arms)))
        weights[:, places[0]] = 1
        weights[np.arange(len(places) - 1), places[1:]] = -1
        weights = weights[self._touched(weights)]
        if not len(weights):
            return ""
        return RULE if self._unsupported(*self._tested(weights)).any() else ""

    def _touched(self, weights: Floats) -> Bools:
        return np.asarray(((weights != 0) & self.toxic).any(axis=1))

    def _unsupported(self, alone: RawContrasts, bounds: Sequence[RawContrasts]) -> Bools:
        """Contrasts that progression shows and one of its bounds does not."""
        alpha = 1 - self.level
        shown = np.all([(bound.p_value < alpha) & _agree(alone, bound) for bound in bounds], axis=0)
        return np.asarray((alone.p_value < alpha) & ~shown)


def _towards_nothing(alone: RawContrasts) -> Floats:
    """The side on which no difference lies: 1 above, −1 below."""
    return np.where(alone.estimate < 0, 1.0, -1.0)


def _agree(alone: RawContrasts, bound: RawContrasts) -> Bools:
    """Whether two readings show a difference of the same sign."""
    return np.asarray(np.sign(alone.estimate) == np.sign(bound.estimate))
