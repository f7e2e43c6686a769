"""Joint distributions of several t statistics: many-to-one, all pairs, any correlation.

Every integral is over smooth functions that vanish at both ends, where the trapezoid rule
converges exponentially: there is no chance in them, and errors stay below 1e-9. Only
``any_correlation_cdf`` is coarser.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv, ndtr, ndtri, stdtr, stdtrit

from xenotrack.arrays import Floats

TAIL = 36.0  # e^-36 = 2e-16: what lies beyond is below rounding
REACH = 8.3  # standard deviations of a normal beyond which lies less than 2e-16
STEP = 0.6  # of the narrowest feature; 0.45 changes nothing before the 13th digit
FINEST_STEP = 0.01
LATTICE_POINTS = 16_381


@lru_cache(maxsize=256)
def spread_nodes(df: float) -> tuple[Floats, Floats]:
    """Nodes and weights for the ratio ``s = √(χ²/df)`` of an estimated to a true SD.

    Trapezoids in ln s, whose log density is ``df · (ln s − s²/2)`` but for a constant.
    """
    if np.isinf(df):
        return _kept(np.ones(1)), _kept(np.ones(1))
    reach = TAIL / df
    root = np.sqrt(reach)
    nodes = 30 + int(200 / df)  # with few df the density falls slowly on the left
    log_s = np.linspace(-root - reach, 0.5 * np.log1p(2 * root + 2 * reach), nodes)
    weight = np.exp(df * (log_s - np.exp(2 * log_s) / 2 + 0.5))
    return _kept(np.exp(log_s)), _kept(weight / weight.sum())


@lru_cache(maxsize=256)
def normal_nodes(width: float) -> tuple[Floats, Floats]:
    """Nodes and weights of the standard normal, fine enough for features of this width."""
    step = min(0.3, max(STEP * width, FINEST_STEP))
    z = np.linspace(-REACH, REACH, int(np.ceil(2 * REACH / step)) + 1)
    weight = np.exp(-(z**2) / 2)
    return _kept(z), _kept(weight / weight.sum())


def _kept(values: Floats) -> Floats:
    """Values that are asked for again, and that nobody may change."""
    values.flags.writeable = False
    return values


def many_to_one_cdf(bound: float, loadings: Floats, df: float, sides: int) -> float:
    """P(all |T| ≤ bound), or P(all T ≤ bound) for one side, when corr(Tᵢ, Tⱼ) = λᵢλⱼ.

    So it is for differences from one common arm, all arms being independent (Dunnett 1955,
    JASA 50:1096): given the common arm's deviation and s the statistics are independent.
    """
    loadings = np.clip(loadings, -1 + 1e-9, 1 - 1e-9)
    unshared = np.sqrt(1 - loadings**2)
    s, s_weight = spread_nodes(df)
    z, z_weight = normal_nodes(float(unshared.min()))
    reach = bound * s[:, None, None]
    shift = loadings * z[:, None]
    inside = ndtr((reach - shift) / unshared)
    if sides == 2:
        inside = inside - ndtr((-reach - shift) / unshared)
    return float(s_weight @ inside.prod(axis=2) @ z_weight)


def range_cdf(bound: float, n_arms: int, df: float) -> float:
    """P(studentised range of ``n_arms`` independent means ≤ bound) (Tukey's q).

    ``∫ k φ(z) [Φ(z) − Φ(z − q s)]^(k−1) dz``, z being the largest mean, averaged over s.
    """
    s, s_weight = spread_nodes(df)
    z, z_weight = normal_nodes(1 / np.sqrt(n_arms))
    within = ndtr(z) - ndtr(z - bound * s[:, None])
    return float(s_weight @ within ** (n_arms - 1) @ z_weight * n_arms)


def any_correlation_cdf(bound: float, correlation: Floats, df: float, sides: int) -> float:
    """P(all |T| ≤ bound), or P(all T ≤ bound), of a multivariate t with any correlation.

    Genz & Bretz (1999, J Stat Comput Simul 63:361): one conditional probability after the other,
    on a fixed lattice, so that the same question has the same answer. The error of ``1 − P`` is
    about one part in a thousand near the usual critical values, a few in a hundred far out.
    """
    count = len(correlation)
    factor = np.linalg.cholesky(correlation + 1e-10 * np.eye(count))
    uniform = lattice(LATTICE_POINTS, count)
    s = 1.0 if np.isinf(df) else np.sqrt(2 * gammaincinv(df / 2, uniform[0]) / df)
    drawn = np.zeros((count, LATTICE_POINTS))
    probability = np.ones(LATTICE_POINTS)
    for i in range(count):
        centre = factor[i, :i] @ drawn[:i]
        top = ndtr((bound * s - centre) / factor[i, i])
        bottom = ndtr((-bound * s - centre) / factor[i, i]) if sides == 2 else 0.0
        probability = probability * (top - bottom)
        if i + 1 < count:
            drawn[i] = ndtri(np.clip(bottom + uniform[i + 1] * (top - bottom), 1e-16, 1 - 1e-16))
    return float(probability.mean())


@lru_cache(maxsize=16)
def lattice(points: int, dimensions: int) -> Floats:
    """Evenly spread points of the unit cube: multiples of √prime, folded (Richtmyer)."""
    primes = [n for n in range(2, 400) if all(n % d for d in range(2, int(n**0.5) + 1))]
    roots = np.sqrt(np.asarray(primes[:dimensions], dtype=float))[:, None]
    folded = np.abs(2 * ((np.arange(1, points + 1) * roots) % 1) - 1)
    return _kept(np.clip(folded, 1e-12, 1 - 1e-12))


def critical_value(
    cdf: Callable[[float], float], level: float, df: float, n_claims: int, sides: int = 2
) -> float:
    """The bound c with ``cdf(c) = level``, for a joint cdf of ``n_claims`` statistics.

    It lies between the bound of one claim alone and Bonferroni's, whatever the correlations.
    """
    tail = (1 - level) / sides
    alone, bonferroni = -stdtrit(df, tail), -stdtrit(df, tail / n_claims)
    if n_claims == 1:
        return float(alone)
    return root_between(
        lambda bound: float(np.log1p(-cdf(bound)) - np.log1p(-level)),
        float(alone),
        float(bonferroni),
    )


def root_between(excess: Callable[[float], float], low: float, high: float) -> float:
    """The zero of a falling function on an interval, by regula falsi (the Illinois variant).

    An end where the function has the wrong sign already is the answer.

    >>> round(root_between(lambda x: 2 - x * x, 0.0, 2.0), 10)
    1.4142135624
    """
    at_low, at_high = excess(low), excess(high)
    if at_low <= 0:
        return low
    if at_high >= 0:
        return high
    moved = None
    while high - low > 1e-12 * max(1.0, abs(high)):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < middle < high:
            middle = (low + high) / 2
        here = excess(middle)
        if abs(here) < 1e-11:
            return middle
        # Halving the value at the end that stays put keeps it from staying for ever.
        if here > 0:
            low, at_low = middle, here
            at_high = at_high / 2 if moved == "low" else at_high
            moved = "low"
        else:
            high, at_high = middle, here
            at_low = at_low / 2 if moved == "high" else at_low
            moved = "high"
    return (low + high) / 2


def two_sided_level(bound: float, df: float) -> float:
    """The level at which one t-interval reaches ``bound`` standard errors either side.

    >>> round(two_sided_level(1.959964, np.inf), 6)
    0.95
    """
    return 1 - 2 * float(stdtr(df, -bound))
