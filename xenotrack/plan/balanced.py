"""Arms whose mice are all read on the same days: the mixed model of thousands of them at once.

With days alike the fixed effects do not depend on the variances, and REML has a closed form. In an
orthonormal basis of the days, the first two directions are those of a mouse's own level and rate:
their covariance between mice has n − 1 degrees of freedom, all other variation is the residual's.
Where the covariance falls below the residual its small eigenvalues are pooled with it (Amemiya
1985, Am Stat 39:112). Kenward & Roger's covariance is then the plain one, and their degrees of
freedom are Satterthwaite's of the two independent sums of squares. Where mice have a pace of their
own the covariance is clustered by mouse, as the fit's is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.model.pieces import BENT
from xenotrack.model.shapes.curve import Curve
from xenotrack.model.shapes.shape import Shape


@dataclass(frozen=True, eq=False)
class ArmRates:
    """A weighted sum of an arm's coefficients in each of many studies: (s,) each."""

    values: Floats
    variances: Floats
    df: Floats

    def where(self, chosen: Bools, other: ArmRates) -> ArmRates:
        """These where chosen, else the others."""
        pairs = ((getattr(self, n), getattr(other, n)) for n in ("values", "variances", "df"))
        return ArmRates(*(np.where(chosen, mine, theirs) for mine, theirs in pairs))


def balanced_rates(y: Floats, days: Floats, shape: Shape, asked: Floats) -> ArmRates:
    """What is ``asked`` (p,) of the coefficients of ``shape`` in each study.

    ``y`` (s, n, t) is ln volume of n mice on t ``days``, all of them read.
    """
    fixed = shape.fixed(days)
    heights = y.mean(axis=1) @ np.linalg.pinv(fixed).T  # (s, p)
    if not isinstance(shape, Curve):
        return _fit(y, fixed, shape.random(days)[None], heights, asked).rates
    plain = _fit(y, fixed, shape.random(days)[None], heights, asked)
    moved = np.ptp(heights, axis=1) > BENT * np.sqrt(plain.residual)
    if not moved.any():
        return plain.rates
    # Mice that follow their arm's own curve, faster or slower, each study its own.
    change = heights - heights[:, :1]
    pace = change / np.sqrt(np.mean(change**2, axis=1, keepdims=True))
    own = np.stack([np.ones((len(y), len(days))), pace @ fixed.T], axis=2)
    paced = _fit(y, fixed, own, heights, asked)
    better = moved & (paced.log_likelihood > plain.log_likelihood)
    return _clustered(y, fixed, heights, asked).where(better, plain.rates)


def _clustered(y: Floats, fixed: Floats, heights: Floats, asked: Floats) -> ArmRates:
    """The spread of the mice's sums: CR2 by mouse (Pustejovsky & Tipton 2018) where all are alike.

    A mouse's pace lies within the span of ``fixed``: its weighted fit is the plain one.
    """
    n = y.shape[1]
    sums = y @ (np.linalg.pinv(fixed).T @ asked)
    return ArmRates(heights @ asked, sums.var(axis=1, ddof=1) / n, np.full(len(y), n - 1.0))


@dataclass(frozen=True, eq=False)
class _Fits:
    rates: ArmRates
    residual: Floats
    log_likelihood: Floats


def _fit(y: Floats, fixed: Floats, random: Floats, heights: Floats, asked: Floats) -> _Fits:
    """REML of all studies; ``random`` (s or 1, t, 2) lies within the span of ``fixed`` (t, p)."""
    n, t, p = y.shape[1], len(fixed), fixed.shape[1]
    q, _ = np.linalg.qr(random)  # (·, t, 2): a mouse's own directions
    mean = y.mean(axis=1, keepdims=True)
    between = np.einsum("snt,stk->snk", y - mean, np.broadcast_to(q, (len(y), t, 2)))
    spread = np.einsum("snk,snl->skl", between, between) / (n - 1)
    misfit = mean[:, 0] - heights @ fixed.T  # of the mean itself: t − p degrees of freedom
    rest = ((y - mean) ** 2).sum(axis=(1, 2)) - (between**2).sum(axis=(1, 2))
    squares, df = rest + n * (misfit**2).sum(axis=1), (n - 1) * (p - 2) + n * (t - p)
    residual, spread = _within_bounds(squares, df, spread, n - 1)
    coefficients = np.linalg.pinv(fixed).T @ asked  # the sum as weights on days
    own = np.einsum("t,atk->ak", coefficients, q)
    other = coefficients @ coefficients - (own**2).sum(axis=1)
    first = np.einsum("sk,skl,sl->s", *(_all(own, y), spread, _all(own, y))) / n
    second = residual * np.maximum(other, 0.0) / n
    total = first + second
    rates = ArmRates(heights @ asked, total, total**2 / (first**2 / (n - 1) + second**2 / df))
    # The residual sums of squares stand in the likelihood as the degrees of freedom, all alike.
    whole = _likelihood(residual, df, spread, n - 1, squares, between)
    return _Fits(rates, residual, whole)


def _all(own: Floats, y: Floats) -> Floats:
    return np.broadcast_to(own, (len(y), own.shape[1]))


def _within_bounds(
    squares: Floats, df: int, spread: Floats, df_between: int
) -> tuple[Floats, Floats]:
    """Residual variance and covariance between mice, whose eigenvalues are not below it."""
    values, vectors = np.linalg.eigh(spread)  # ascending
    total, freedom = squares.copy(), np.full(len(squares), float(df))
    for k in range(values.shape[1]):
        low = values[:, k] < total / freedom
        total = total + np.where(low, df_between * values[:, k], 0.0)
        freedom = freedom + np.where(low, df_between, 0)
    residual = total / freedom
    values = np.maximum(values, residual[:, None])
    return residual, np.einsum("skl,sl,sml->skm", vectors, values, vectors)


def _likelihood(
    residual: Floats, df: int, spread: Floats, df_between: int, squares: Floats, between: Floats
) -> Floats:
    """The restricted log-likelihood, but for what does not depend on the random effects."""
    inverse = np.linalg.inv(spread)
    quadratic = np.einsum("snk,skl,snl->s", between, inverse, between)
    log_det = np.linalg.slogdet(spread)[1]
    return -0.5 * (df_between * log_det + df * np.log(residual) + squares / residual + quadratic)
