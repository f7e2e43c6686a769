"""Benefit where mice leave for toxicity: claimed only if progression or toxicity shows it, too.

A mouse taken out for toxicity counts as censored, as if it would have fared like the rest. Where a
drug takes the mice that grow fastest, or slowest, that says too much. The composite outcome,
progression or leaving for toxicity, whichever comes first, needs no such assumption.
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
    """The source of an outcome, read with that of the composite where a toxicity exit matters.

    A contrast of an arm with such an exit has the larger p of the two, and the limit nearer to no
    difference, where both show the same; where the composite does not, the claim is withheld.
    """
    source, toxic = make(progression), progression.arms_with_toxicity
    composite = progression.composite
    if not toxic or composite is None:
        return source
    return _Both(source, make(composite), toxic, progression.design.rules.compare.level).source()


def renamed(source: ContrastSource, outcome: str) -> ContrastSource:
    """The same source as another outcome, over whatever days."""
    narrowed = source.narrowed
    return replace(
        source,
        outcome=outcome,
        narrowed=None if narrowed is None else lambda arms: renamed(narrowed(arms), outcome),
    )


class _Both:
    """An outcome of progression and the same of the composite."""

    def __init__(
        self, source: ContrastSource, other: ContrastSource, toxic: frozenset[str], level: float
    ) -> None:
        self.first, self.other, self.level = source, other, level
        self.toxic = np.array([name in toxic for name in source.arms])

    def source(self) -> ContrastSource:
        return replace(
            self.first,
            contrast_of=self.contrast_of,
            why_withheld=self.why_withheld,
            narrowed=None if self.first.narrowed is None else self.narrowed,
            method=f"{self.first.method}; with the composite where mice left for toxicity",
            covariance=None,
        )

    def narrowed(self, arms: Sequence[str]) -> ContrastSource:
        toxic = frozenset(np.array(self.first.arms)[self.toxic].tolist())
        return _Both(self.first.over(arms), self.other.over(arms), toxic, self.level).source()

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
        """Contrasts of arms with a toxicity exit, read with the composite where both show it."""
        both = self.other.contrast_of(weights, level)
        read = self._agree(alone, both) & ~self._unsupported(weights, alone, both)
        better = alone.estimate < 0
        low = np.fmin(alone.conf_low, both.conf_low)
        high = np.fmax(alone.conf_high, both.conf_high)
        return replace(
            alone,
            p_value=np.where(read, np.fmax(alone.p_value, both.p_value), alone.p_value),
            conf_low=np.where(read & ~better, low, alone.conf_low),
            conf_high=np.where(read & better, high, alone.conf_high),
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
        alone, both = (each.contrast_of(weights, self.level) for each in (self.first, self.other))
        return RULE if self._unsupported(weights, alone, both).any() else ""

    def _touched(self, weights: Floats) -> Bools:
        return np.asarray(((weights != 0) & self.toxic).any(axis=1))

    def _agree(self, alone: RawContrasts, both: RawContrasts) -> Bools:
        return np.asarray(np.sign(alone.estimate) == np.sign(both.estimate))

    def _unsupported(self, weights: Floats, alone: RawContrasts, both: RawContrasts) -> Bools:
        """Contrasts that progression shows and the composite does not."""
        alpha = 1 - self.level
        shown = (both.p_value < alpha) & self._agree(alone, both)
        return self._touched(weights) & (alone.p_value < alpha) & ~shown
