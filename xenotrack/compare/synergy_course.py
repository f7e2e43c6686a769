"""Synergy over time: the excess at every visit, with a band that holds for all visits together.

The band is sup-t: the estimate with as many standard errors to either side as the largest |t| of
all visits stays within, a multivariate t whose degrees of freedom are the smallest of the visits
(Montiel Olea & Plagborg-Møller 2019, J Appl Econometrics 34:1). Combinations of one reference share
the error rate by Bonferroni.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv, ndtri

from xenotrack.arrays import Floats
from xenotrack.compare.expectations import Expectation, arms_of, weights_of
from xenotrack.compare.joint import LATTICE_POINTS, lattice
from xenotrack.compare.multiplicity import bonferroni_level
from xenotrack.model.growth_fit import GrowthFit


@dataclass(frozen=True, eq=False)
class Course:
    """The excess of one combination at the visits of its shared window, (v,), with its band.

    ``beyond`` is the first visit from which on the band lies on one side of 0; NaN without one.
    """

    days: Floats
    low: Floats
    high: Floats

    @property
    def beyond(self) -> float:
        sure = (self.high < 0) if len(self.days) and self.high[-1] < 0 else self.low > 0
        last_unsure = np.flatnonzero(~sure)
        first = int(last_unsure[-1]) + 1 if len(last_unsure) else 0
        return float(self.days[first]) if first < len(self.days) else np.nan

    def at(self, day: float) -> tuple[float, float]:
        """The limits of the band at a visit; NaN at other days."""
        place = np.flatnonzero(self.days == day)
        return (float(self.low[place[0]]), float(self.high[place[0]])) if len(place) else NO_BAND


NO_BAND = (np.nan, np.nan)
GRID = 257  # quantiles at which χ² is found first


def courses(
    fit: GrowthFit, asked: Sequence[Expectation], visits: Sequence[float]
) -> list[Course | None]:
    """The course of each expectation of one sum; None for one over the best of several parts.

    Additivity is of volumes, not of their logarithms.
    """
    linear = [len(e.terms) == 1 and e.reference != "additivity" for e in asked]
    count = Counter(e.reference for e, one_sum in zip(asked, linear, strict=True) if one_sum)
    known: dict[object, Course] = {}
    found: list[Course | None] = []
    for e, one_sum in zip(asked, linear, strict=True):
        level = bonferroni_level(fit.level, max(count[e.reference], 1))
        # The interaction of two drugs is their Bliss excess.
        key = frozenset(e.terms[0].items()), level
        if one_sum and key not in known:
            known[key] = course(fit, e, visits, level)
        found.append(known[key] if one_sum else None)
    return found


def course(fit: GrowthFit, asked: Expectation, visits: Sequence[float], level: float) -> Course:
    """The excess of the change of ln volume since the start, at the visits of the shared days."""
    shared = fit.over(arms_of(fit.design, asked))
    (arms,) = weights_of(fit.design, fit.design.arm_names, asked)
    (codes,) = np.nonzero(arms)
    W = arms[codes] @ shared.change_weights(codes, np.array(visits, dtype=float))
    inside = np.isfinite(W).all(axis=1)
    days, W = np.array(visits, dtype=float)[inside], W[inside]
    if not len(days):
        return Course(*np.empty((3, 0)))
    known = np.where(W.any(axis=0), shared.values, 0.0)
    spread = W @ np.where(np.outer(known, known) != 0, shared.covariance, 0.0) @ W.T
    if not np.isfinite(spread).all() or not (np.diag(spread) > 0).all():
        return Course(*np.empty((3, 0)))  # an arm without a standard error
    error = np.sqrt(np.diag(spread))
    df = float(np.min(shared.degrees_of_freedom(W)))
    estimate = W @ known
    reach = error * largest_t(spread, df, level)
    return Course(days, estimate - reach, estimate + reach)


def largest_t(covariance: Floats, df: float, level: float) -> float:
    """The quantile of max |T| of a multivariate t with this covariance.

    By a fixed lattice, so that the same question has the same answer; its error is below .01.
    The first quantile of one statistic alone is the least that it can be.

    >>> round(largest_t(np.eye(1), np.inf, 0.95), 2), round(largest_t(np.eye(3), np.inf, 0.95), 2)
    (1.96, 2.39)
    """
    error = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(error, error))
    kept = values > 1e-9 * values[-1]
    root = vectors[:, kept] * np.sqrt(values[kept])
    uniform, normal = points(root.shape[1])
    largest = np.abs(root @ normal).max(axis=0)
    if np.isinf(df):
        return float(np.quantile(largest, level))
    return tail_quantile(largest, uniform, df, level)


def tail_quantile(largest: Floats, uniform: Floats, df: float, level: float) -> float:
    """The quantile of ``largest / √(χ²/df)``, χ² at the quantiles ``uniform``.

    χ² is dear: it is found where a coarse grid of it does not tell that the ratio lies below the
    quantile.

    >>> u = np.array([0.1, 0.4, 0.7])
    >>> tail_quantile(np.ones(3), u, 4, 0.5) == float(1 / scale(4, np.array(0.4)))
    True
    """
    grid = np.linspace(0.0, 1.0, GRID)
    known = scale(df, grid)
    place = np.searchsorted(grid, uniform, side="right")
    with np.errstate(divide="ignore", invalid="ignore"):  # below the first quantile
        most = largest / known[place - 1]
    least = largest / known[np.minimum(place, GRID - 1)]
    rank = int((len(largest) - 1) * level)
    # The quantile is no smaller than what so many are at least; χ² rises but for rounding.
    near = ~(most < np.partition(least, rank)[rank] * (1 - 1e-9))
    ratio = np.zeros_like(largest)
    ratio[near] = largest[near] / scale(df, uniform[near])
    return float(np.quantile(ratio, level))


def scale(df: float, uniform: Floats) -> Floats:
    """``√(χ²/df)`` at quantiles."""
    return np.asarray(np.sqrt(2 * gammaincinv(df / 2, uniform) / df))


@lru_cache(maxsize=16)
def points(dimensions: int) -> tuple[Floats, Floats]:
    """The lattice of one uniform and of so many independent normal variables."""
    uniform = lattice(LATTICE_POINTS, dimensions + 1)
    return uniform[0], ndtri(uniform[1:])
