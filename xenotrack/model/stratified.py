"""Hazards of two arms within lines: Cox's partial likelihood stratified by line, Efron ties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtrc, ndtri

from xenotrack.arrays import Bools, Codes, Floats

FAR = 25.0  # a log hazard ratio beyond which the likelihood does not change any more
SPLITS = 20_000
EXACT = 1e-13  # of a ratio, as far as it is followed
SEED = 20261129


@dataclass(frozen=True, eq=False)
class StratifiedHazard:
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
    def ratio(self) -> float:
        """The likelihood ratio statistic of no difference."""
        top = float(np.clip(self.estimate, -FAR, FAR))
        return max(0.0, 2 * (self.log_likelihood(top) - self.log_likelihood(0.0)))

    @property
    def p_ratio(self) -> float:
        """Its p by χ² on 1 df: too small where lines are few."""
        return float(chdtrc(1, self.ratio))

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
        as_far = np.abs(drawn) >= abs(seen) - 1e-9
        return float((1 + as_far.sum()) / (SPLITS + 1))

    def _scores(self, own: Bools) -> Floats:
        """Event minus the cumulative hazard of the line up to the mouse's day."""
        day, event = self.day[own], self.event[own]
        at_risk = (day[None, :] >= day[:, None]).sum(axis=1)
        steps = event / at_risk
        return event - ((day[None, :] <= day[:, None]) * steps[None, :]).sum(axis=1)

    @property
    def p_value(self) -> float:
        """The larger of both; NaN where no event tells anything."""
        return max(self.p_ratio, self.p_permuted) if not np.isnan(self.estimate) else np.nan

    def limits(self, level: float) -> tuple[float, float]:
        """Profile limits, as far out as makes them exclude 0 exactly when p < 1 − level."""
        if np.isnan(self.estimate):
            return np.nan, np.nan
        reach = reach_of(level, self.ratio, self.p_value)
        top = float(np.clip(self.estimate, -FAR, FAR))
        floor = self.log_likelihood(top) - reach**2 / 2

        def above(beta: float) -> tuple[float, float]:
            return self.log_likelihood(beta) - floor, self.score(beta)[0]

        low = zero_between(above, -FAR, top) if top > -FAR and above(-FAR)[0] < 0 else -np.inf
        high = zero_between(above, top, FAR) if top < FAR and above(FAR)[0] < 0 else np.inf
        return float(low), float(high)


def reach_of(level: float, ratio: float, p_value: float) -> float:
    """How far a profile reaches, so that it agrees with a p larger than the likelihood ratio's.

    Where no draw was as far as what is seen, p is only known to be small: that widens nothing.

    >>> round(reach_of(0.95, 9.0, 0.0027), 3), round(reach_of(0.95, 9.0, 0.05), 3)
    (1.96, 3.0)
    """
    beyond = np.sqrt(ratio) + ndtri(p_value / 2) if p_value > 1 / (SPLITS + 1) else 0.0
    return float(ndtri((1 + level) / 2) + max(beyond, 0.0))


def dealt(scores: Floats, arm: Bools, rng: np.random.Generator) -> Floats:
    """The sum of the treated mice's scores under random splits of a line's labels, (splits,)."""
    if arm.sum() == 1:
        return scores[rng.integers(len(arm), size=SPLITS)]
    labels = rng.permuted(np.tile(arm, (SPLITS, 1)), axis=1)
    return np.asarray(labels @ scores, dtype=float)


def zero_between(value: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """Where a function with other signs at both ends is 0; ``value`` has its slope as well.

    By Newton's steps, and by halving where they leave the ends.

    >>> round(zero_between(lambda x: (x**3 - 8, 3 * x**2), 0.0, 5.0), 9)
    2.0
    """
    rises = value(low)[0] < 0
    at = (low + high) / 2
    while high - low > EXACT * max(1.0, abs(low), abs(high)):
        off, slope = value(at)
        low, high = (at, high) if (off < 0) == rises else (low, at)
        step = off / slope if slope else np.inf
        if abs(step) < EXACT * max(1.0, abs(at)):
            return at - step
        at = at - step if low < at - step < high else (low + high) / 2
    return at
