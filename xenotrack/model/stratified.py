"""Hazards of two arms within lines: Cox's partial likelihood stratified by line, Efron ties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.profiled import (
    FAR,
    SEED,
    SPLITS,
    Profiled,
    dealt,
    share_as_far,
    zero_between,
)


@dataclass(frozen=True, eq=False)
class StratifiedHazard(Profiled):
    """The log hazard ratio of the treated against the others, each line with its own baseline.

    One row a mouse: ``day`` it progressed or was last followed, ``event``, ``treated``, ``line``.
    """

    day: Floats
    event: Bools
    treated: Bools
    line: Codes

    @cached_property
    def _terms(self) -> tuple[Floats, Floats, Floats, Codes]:
        """Of each event whether it is of the treated, those (a) and others (b) at risk, its line.

        Tied events count down as Efron's do. Where all at risk are of one arm, the event says
        nothing of the ratio, and is left out.
        """
        terms = [
            term
            for code in np.unique(self.line)
            for term in self._terms_of(self.line == code, float(code))
        ]
        rows = np.array(terms, dtype=float).reshape(-1, 4)
        rows = rows[(rows[:, 1] > 0) & (rows[:, 2] > 0)]
        return rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3].astype(np.intp)

    def _terms_of(self, own: Bools, code: float) -> Iterator[tuple[float, float, float, float]]:
        """The terms of one line."""
        day, event, treated = self.day[own], self.event[own], self.treated[own]
        for when in np.unique(day[event]):
            at_risk, tied = day >= when, event & (day == when)
            n = int(tied.sum())
            a, b = (at_risk & treated).sum(), (at_risk & ~treated).sum()
            d1 = (tied & treated).sum()
            for k in range(n):
                left = k / n
                yield float(k < d1), float(a - left * d1), float(b - left * (n - d1)), code

    def log_likelihood(self, beta: float) -> float:
        treated, a, b, _ = self._terms
        return float(treated.sum() * beta - np.log(a * np.exp(beta) + b).sum())

    def score(self, beta: float) -> tuple[float, float]:
        """The slope of the log likelihood, and how fast it falls: less the information."""
        treated, a, b, _ = self._terms
        share = a * np.exp(beta) / (a * np.exp(beta) + b)
        return float((treated - share).sum()), -float((share * (1 - share)).sum())

    def residuals(self, beta: float) -> Floats:
        """What each line adds to the score at a log hazard ratio, (lines,)."""
        treated, a, b, line = self._terms
        score = treated - a * np.exp(beta) / (a * np.exp(beta) + b)
        return np.bincount(line, score, minlength=int(self.line.max()) + 1).astype(float)

    @cached_property
    def estimate(self) -> float:
        """The maximum; ±∞ where every telling event is of one arm, NaN where there is none."""
        treated, _, _, _ = self._terms
        if not len(treated):
            return np.nan
        if self.score(-FAR)[0] <= 1e-9 or self.score(FAR)[0] >= -1e-9:
            return -np.inf if treated.sum() < 0.5 else np.inf
        return zero_between(self.score, -FAR, FAR)

    @property
    def std_error(self) -> float:
        """From the information at the maximum."""
        if not np.isfinite(self.estimate):
            return np.nan
        return float(1 / np.sqrt(-self.score(self.estimate)[1]))

    @cached_property
    def top(self) -> float:
        return self.log_likelihood(float(np.clip(self.estimate, -FAR, FAR)))

    @property
    def without(self) -> float:
        return self.log_likelihood(0.0)

    def profile(self, at: float) -> tuple[float, float]:
        return self.log_likelihood(at), self.score(at)[0]

    @cached_property
    def p_permuted(self) -> float:
        """Log-rank scores with the arms of each line's mice permuted within the line."""
        rng = np.random.default_rng(SEED)
        seen, drawn = 0.0, np.zeros(SPLITS)
        for code in np.unique(self.line):
            own = self.line == code
            scores, arm = self._scores(own), self.treated[own]
            if arm.all() or not arm.any():
                continue
            centred = scores - scores.mean()
            seen += float(centred @ arm)
            drawn += dealt(centred, arm, rng)
        return share_as_far(drawn, seen)

    def _scores(self, own: Bools) -> Floats:
        """Event minus the cumulative hazard of the line up to the mouse's day."""
        day, event = self.day[own], self.event[own]
        at_risk = (day[None, :] >= day[:, None]).sum(axis=1)
        steps = event / at_risk
        return event - ((day[None, :] <= day[:, None]) * steps[None, :]).sum(axis=1)
