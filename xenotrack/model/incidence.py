"""How often each cause made mice leave: cumulative incidence where causes compete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.model.risk_sets import count_risk_sets

ROUNDING = 1e-15  # variance that sums of shares leave where there is none


@dataclass(frozen=True, eq=False)
class Incidence:
    """The share of an arm's mice that one cause has made leave, a row a day on which mice left."""

    days: Floats
    n_at_risk: Counts
    n_events: Counts
    n_competing: Counts
    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats

    def columns(self) -> dict[str, Floats | Counts]:
        """What a table says of each day."""
        return {
            "day": self.days,
            "n_at_risk": self.n_at_risk,
            "n_events": self.n_events,
            "n_competing": self.n_competing,
            "estimate": self.estimate,
            "std_error": self.std_error,
            "conf_low": self.conf_low,
            "conf_high": self.conf_high,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a day."""
        return pd.DataFrame(self.columns())


def estimate_incidence(
    days: Floats, cause: Bools, competing: Bools, level: float = 0.95
) -> Incidence:
    """Aalen and Johansen's ``F(t) = Σ S(t−) d/n`` of mice that leave on ``days``.

    Kaplan–Meier, which takes the other causes as censoring, says what would be if they were
    taken away, and is larger. The variance is the delta method's, as R's survfit has it; limits are
    Clopper and Pearson's for as many mice as have that variance (Korn & Graubard 1998,
    Survey Methodology 24:193): exact where none was censored, and wide where none has left yet.
    """
    sets = count_risk_sets(days, cause | competing, np.asarray(~cause, int), 2)
    n = sets.at_risk.sum(axis=1)
    of_cause, other = sets.events.T
    hazard, total = of_cause / n, (of_cause + other) / n
    free = np.concatenate([[1.0], np.cumprod(1 - total)[:-1]])
    estimate = np.cumsum(free * hazard)
    std_error = np.sqrt(_variance(free, hazard, total, n, estimate))
    known = n[0] - np.concatenate([[0], np.cumsum(sets.censored.sum(axis=1))[:-1]]) if n.size else n
    low, high = _limits(estimate, std_error, known, level)
    return Incidence(sets.days, n, of_cause, other, estimate, std_error, low, high)


def _variance(free: Floats, hazard: Floats, total: Floats, n: Counts, estimate: Floats) -> Floats:
    """``Σ var(S₋ δh₁ − (F(t) − F) δh / (1 − h))``, with the causes of a day multinomial."""
    to_come = np.maximum(estimate[:, None] - estimate[None, :], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where all mice at risk leave nothing is to come: 0, not 0 · ∞.
        odds = np.where(total < 1, total / (1 - total), 0.0)
    terms = free**2 * hazard * (1 - hazard) + to_come**2 * odds - 2 * to_come * free * hazard
    variance = np.tril(terms / n).sum(axis=1)
    return np.asarray(np.where(variance > ROUNDING, variance, 0.0), dtype=float)


def _limits(
    estimate: Floats, std_error: Floats, known: Counts, level: float
) -> tuple[Floats, Floats]:
    """Exact limits at the number of mice that the variance is worth; ``known`` where it is 0."""
    inner = (std_error > 0) & (estimate < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(inner, estimate * (1 - estimate) / std_error**2, known)
    hits, tail = estimate * size, (1 - level) / 2
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1e-9), size - hits + 1, tail), 0.0)
    misses = np.maximum(size - hits, 1e-9)
    high = np.where(estimate < 1 - 1e-12, betaincinv(hits + 1, misses, 1 - tail), 1.0)
    return low, high
