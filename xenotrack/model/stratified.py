"""Hazards of two arms within lines: Cox's partial likelihood stratified by line, Efron ties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtrc, ndtri

from xenotrack.arrays import Bools, Codes, Floats

FAR = 25.0  # a log hazard ratio beyond which the likelihood does not change any more
SPLITS = 20_000
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
    def _terms(self) -> tuple[float, Floats, Floats]:
        """Events of the treated; of each event the treated (a) and others (b) at risk.

        Tied events count down as Efron's do.
        """
        treated = np.array([], dtype=float)
        others = np.array([], dtype=float)
        for code, day in {
            (c, d) for c, d in zip(self.line[self.event], self.day[self.event], strict=True)
        }:
            at_risk = (self.line == code) & (self.day >= day)
            tied = at_risk & self.event & (self.day == day)
            n = int(tied.sum())
            left = np.arange(n) / n
            a, b = (at_risk & self.treated).sum(), (at_risk & ~self.treated).sum()
            d1, d0 = (tied & self.treated).sum(), (tied & ~self.treated).sum()
            treated, others = np.r_[treated, a - left * d1], np.r_[others, b - left * d0]
        telling = (treated > 0) & (others > 0)
        # Where all at risk are of one arm, the event says nothing of the ratio.
        alone = int((treated[~telling] > 0).sum())
        events = float((self.event & self.treated).sum() - alone)
        return events, treated[telling], others[telling]

    def log_likelihood(self, beta: float) -> float:
        events, a, b = self._terms
        return float(events * beta - np.log(a * np.exp(beta) + b).sum())

    def _score(self, beta: float) -> float:
        events, a, b = self._terms
        return float(events - (a * np.exp(beta) / (a * np.exp(beta) + b)).sum())

    @cached_property
    def estimate(self) -> float:
        """The maximum; ±∞ where every telling event is of one arm, NaN where there is none."""
        events, a, _ = self._terms
        if not len(a):
            return np.nan
        if self._score(-FAR) <= 1e-9 or self._score(FAR) >= -1e-9:
            return -np.inf if events < 0.5 else np.inf
        return zero_between(self._score, -FAR, FAR)

    @property
    def std_error(self) -> float:
        """From the information at the maximum."""
        if not np.isfinite(self.estimate):
            return np.nan
        _, a, b = self._terms
        share = a * np.exp(self.estimate) / (a * np.exp(self.estimate) + b)
        return float(1 / np.sqrt((share * (1 - share)).sum()))

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
        beyond = np.sqrt(self.ratio) + ndtri(self.p_value / 2)
        reach = float(ndtri((1 + level) / 2) + max(beyond, 0.0))
        top = float(np.clip(self.estimate, -FAR, FAR))
        floor = self.log_likelihood(top) - reach**2 / 2

        def below(beta: float) -> float:
            return self.log_likelihood(beta) - floor

        low = zero_between(below, -FAR, top) if top > -FAR and below(-FAR) < 0 else -np.inf
        high = zero_between(below, top, FAR) if top < FAR and below(FAR) < 0 else np.inf
        return float(low), float(high)


def dealt(scores: Floats, arm: Bools, rng: np.random.Generator) -> Floats:
    """The sum of the treated mice's scores under random splits of a line's labels, (splits,)."""
    if arm.sum() == 1:
        return scores[rng.integers(len(arm), size=SPLITS)]
    labels = rng.permuted(np.tile(arm, (SPLITS, 1)), axis=1)
    return np.asarray(labels @ scores, dtype=float)


def zero_between(value: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with other signs at both ends is 0, by halving.

    >>> round(zero_between(lambda x: x**3 - 8, 0.0, 5.0), 9)
    2.0
    """
    rises = value(low) < 0
    while high - low > 1e-13 * max(1.0, abs(low), abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if (value(middle) < 0) == rises else (low, middle)
    return (low + high) / 2
