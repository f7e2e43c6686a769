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
            prepare=None if self.first.prepare is None else self.prepare,
            method=f"{self.first.method}; bounded where mice left for toxicity",
            covariance=None,
        )

    def narrowed(self, arms: Sequence[str]) -> ContrastSource:
        toxic = frozenset(np.array(self.first.arms)[self.toxic].tolist())
        bounds = tuple(bound.over(arms) for bound in self.bounds)
        return _Bounded(self.first.over(arms), bounds, toxic, self.level).source()

    def prepare(self, weights: Floats, levels: Floats) -> None:
        touched = self._touched(weights)
        asked = [(self.first, np.ones_like(touched)), *((each, touched) for each in self.bounds)]
        for source, rows in asked:
            if source.prepare is not None:
                source.prepare(weights[rows], levels[rows])

    def contrast_of(self, weights: Floats, level: Level) -> RawContrasts:
        weights = np.atleast_2d(weights)
        alone = self.first.contrast_of(weights, level)
        touched = self._touched(weights)
        if not touched.any():
            return alone
        own = alone.rows(touched)
        read = self._together(weights[touched], own, np.broadcast_to(level, len(weights))[touched])
        columns = alone.columns()
        for name in ("p_value", "conf_low", "conf_high"):
            columns[name] = columns[name].copy()
            columns[name][touched] = getattr(read, name)
        return replace(alone, **columns)

    def _together(self, weights: Floats, alone: RawContrasts, level: Level) -> RawContrasts:
        """Contrasts of arms with a toxicity exit, read with the bounds where all show it."""
        bounds = [bound.contrast_of(weights, level) for bound in self.bounds]
        agree = np.all([_agree(alone, bound) for bound in bounds], axis=0)
        read = agree & ~self._unsupported(weights, alone, bounds)
        lower = alone.estimate < 0
        # An open limit stays open: NaN wins.
        low = np.minimum.reduce([alone.conf_low, *(bound.conf_low for bound in bounds)])
        high = np.maximum.reduce([alone.conf_high, *(bound.conf_high for bound in bounds)])
        p_value = np.fmax.reduce([alone.p_value, *(bound.p_value for bound in bounds)])
        return replace(
            alone,
            p_value=np.where(read, p_value, alone.p_value),
            conf_low=np.where(read & ~lower, low, alone.conf_low),
            conf_high=np.where(read & lower, high, alone.conf_high),
        )

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
        alone, *bounds = (
            each.contrast_of(weights, self.level) for each in (self.first, *self.bounds)
        )
        return RULE if self._unsupported(weights, alone, bounds).any() else ""

    def _touched(self, weights: Floats) -> Bools:
        return np.asarray(((weights != 0) & self.toxic).any(axis=1))

    def _unsupported(
        self, weights: Floats, alone: RawContrasts, bounds: Sequence[RawContrasts]
    ) -> Bools:
        """Contrasts that progression shows and one of its bounds does not."""
        alpha = 1 - self.level
        shown = np.all([(bound.p_value < alpha) & _agree(alone, bound) for bound in bounds], axis=0)
        return np.asarray(self._touched(weights) & (alone.p_value < alpha) & ~shown)


def _agree(alone: RawContrasts, bound: RawContrasts) -> Bools:
    """Whether two readings show a difference of the same sign."""
    return np.asarray(np.sign(alone.estimate) == np.sign(bound.estimate))
