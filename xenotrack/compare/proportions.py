"""Differences of proportions of mice, exact for arms of a handful of mice."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtr

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, Level, RawContrasts

# Tables (n₁+1)(n₂+1) up to which every one of them is counted: two arms of 49 mice.
COUNTED_TABLES = 2500
# Places of the unknown proportion at which a tail is evaluated, dense towards 0 and 1: for the one
# tail of a p-value, and for the hundred of a limit.
MANY_PLACES, PLACES = 401, 61
STEPS = 16
PRECISION = 1e-5
TINY = 1e-300
# Tables of equal score must stay equal through the rounding of a cubic's root.
TIE = 1e-7


class Counts(NamedTuple):
    """Mice with and without something in two arms: ``x`` of ``n`` in each."""

    x1: int
    n1: int
    x2: int
    n2: int

    @property
    def difference(self) -> float:
        return self.x1 / self.n1 - self.x2 / self.n2

    @property
    def mirrored(self) -> Counts:
        return Counts(self.x2, self.n2, self.x1, self.n1)

    @property
    def counted(self) -> bool:
        """Whether all tables of such arms are few enough to be counted."""
        return (self.n1 + 1) * (self.n2 + 1) <= COUNTED_TABLES


class ProportionDifference(NamedTuple):
    """``p₁ − p₂`` with its test of 0 and its interval."""

    estimate: float
    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float


UNKNOWN = ProportionDifference(*[np.nan] * 6)


@lru_cache(maxsize=4096)
def proportion_difference(counts: Counts, level: float) -> ProportionDifference:
    """The difference of two proportions, its test and interval by one exact score statistic.

    The tables of two arms are ranked by Miettinen and Nurminen's score statistic for each
    difference (1985, Stat Med 4:213), and the tail is the largest over the unknown proportion
    (Chan and Zhang 1999, Biometrics 55:1202): p = 2 · the smaller tail at 0, so that it is below
    1 − level only where the interval excludes 0. The normal tail replaces the counted one beyond
    ``COUNTED_TABLES``. ``std_error`` is Agresti and Caffo's (2000, Am Stat 54:280), never 0.

    >>> found = proportion_difference(Counts(5, 10, 0, 10), 0.95)
    >>> [round(float(value), 3) for value in (found.estimate, found.conf_low, found.conf_high)]
    [0.5, 0.118, 0.813]
    """
    alpha = (1 - level) / 2
    return ProportionDifference(
        estimate=counts.difference,
        std_error=agresti_caffo_error(counts),
        statistic=float(score(counts.x1, counts.x2, counts, np.zeros(1))[0]),
        p_value=two_sided_p(counts),
        conf_low=lower_limit(counts, alpha),
        conf_high=-lower_limit(counts.mirrored, alpha),
    )


@lru_cache(maxsize=4096)
def two_sided_p(counts: Counts) -> float:
    """Twice the smaller tail at no difference."""
    tails = [upper_tail(each, np.zeros(1), MANY_PLACES)[0] for each in (counts, counts.mirrored)]
    return float(min(1.0, 2 * min(tails)))


@lru_cache(maxsize=4096)
def lower_limit(counts: Counts, alpha: float) -> float:
    """The smallest difference that the upper tail does not reject at ``alpha``.

    Sought from below in ever smaller steps: a tail of counted tables jumps, and may fall again.
    """
    if np.isnan(alpha):
        return np.nan
    low, high = -1.0, counts.difference
    while high - low > PRECISION:
        steps, tails = tails_between(counts, float(low), float(high))
        # At −1 itself the tail is 0 unless the arms show exactly that; at the estimate it holds.
        kept = np.append(tails > alpha, True)
        first = int(np.argmax(kept)) + 1
        low, high = steps[first - 1], steps[first]
    return float(high)


@lru_cache(maxsize=4096)
def tails_between(counts: Counts, low: float, high: float) -> tuple[Floats, Floats]:
    """Steps between two differences, with the tails within: limits of all levels begin alike."""
    steps = np.linspace(low, high, STEPS + 1)
    return steps, upper_tail(counts, steps[1:-1])


def upper_tail(counts: Counts, difference: Floats, places: int = PLACES) -> Floats:
    """The probability of a score at least as large as the one seen, for each true difference."""
    seen = score(counts.x1, counts.x2, counts, difference)
    if not counts.counted:
        return ndtr(-seen)
    first, second = np.arange(counts.n1 + 1)[:, None], np.arange(counts.n2 + 1)
    ranked = score(first, second, counts, difference[:, None, None])
    extreme = (ranked >= seen[:, None, None] - TIE).astype(float)
    # p₂ everywhere that leaves p₁ = p₂ + difference between 0 and 1.
    low, high = np.maximum(0.0, -difference), np.minimum(1.0, 1.0 - difference)
    spacing = np.sin(np.linspace(0, np.pi / 2, places)) ** 2
    p2 = low[:, None] + (high - low)[:, None] * spacing
    p1 = np.clip(p2 + difference[:, None], 0.0, 1.0)
    inner = extreme @ binomial(counts.n2, p2)
    return (binomial(counts.n1, p1) * inner).sum(axis=1).max(axis=1)


def binomial(n: int, p: Floats) -> Floats:
    """Probabilities (d, n + 1, g) of 0…n mice of n, for chances (d, g)."""
    x = np.arange(n + 1)[:, None]
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    # A logarithm a chance, not one a count; e^(0 · ln tiny) is 1, as 0⁰ must be.
    yes, no = (np.log(np.maximum(chance, TINY))[:, None, :] for chance in (p, 1 - p))
    return np.exp(ways + x * yes + (n - x) * no)


def score(x1: int | np.ndarray, x2: int | np.ndarray, arms: Counts, difference: Floats) -> Floats:
    """``(p̂₁ − p̂₂ − δ) / √V`` with V at the likeliest proportions that differ by exactly δ.

    V has the factor N/(N−1) of Miettinen and Nurminen; a table that δ explains fully scores 0.
    """
    total = arms.n1 + arms.n2
    p1 = likeliest_first(x1 / arms.n1, x2 / arms.n2, arms, difference)
    p2 = np.clip(p1 - difference, 0.0, 1.0)
    variance = (p1 * (1 - p1) / arms.n1 + p2 * (1 - p2) / arms.n2) * total / (total - 1)
    excess = x1 / arms.n1 - x2 / arms.n2 - difference
    known = variance > 1e-15
    return np.where(known, excess / np.sqrt(np.where(known, variance, 1.0)), 0.0)


def likeliest_first(
    p1: float | np.ndarray, p2: float | np.ndarray, arms: Counts, difference: Floats
) -> Floats:
    """The likeliest p₁ where p₂ = p₁ − δ: the root of a cubic between its bounds.

    In closed form (Farrington and Manning 1990, Stat Med 9:1447).
    """
    ratio = arms.n2 / arms.n1
    # The cubic divided by its leading term 1 + n₂/n₁; products, since powers are dear.
    b = -(1 + ratio + p1 + ratio * p2 + difference * (ratio + 2)) / (1 + ratio) / 3
    c = difference * (difference + 2 * p1 + ratio + 1) + p1 + ratio * p2
    d = -p1 * difference * (1 + difference)
    v = b * b * b + (d - b * c) / (2 * (1 + ratio))
    u = np.copysign(np.sqrt(np.maximum(b * b - c / (3 * (1 + ratio)), 0.0)), v)
    cubed = u * u * u
    cosine = np.clip(v / np.where(cubed == 0, 1.0, cubed), -1.0, 1.0)
    root = 2 * u * np.cos((np.pi + np.arccos(cosine)) / 3) - b
    low, high = np.maximum(0.0, difference), np.minimum(1.0, 1.0 + difference)
    return np.clip(root, low, high)


def agresti_caffo_error(counts: Counts) -> float:
    """Standard error of the difference with one mouse of each kind added to both arms."""
    p1, p2 = (counts.x1 + 1) / (counts.n1 + 2), (counts.x2 + 1) / (counts.n2 + 2)
    return float(np.sqrt(p1 * (1 - p1) / (counts.n1 + 2) + p2 * (1 - p2) / (counts.n2 + 2)))


def proportion_source(
    outcome: str, arms: tuple[str, ...], x: np.ndarray, n: np.ndarray, method: str
) -> ContrastSource:
    """Proportions ``x / n`` of each arm as a source of differences between two arms."""

    def counts_of(weights: Floats) -> Counts | None:
        first, second = np.flatnonzero(weights == 1), np.flatnonzero(weights == -1)
        if len(first) != 1 or len(second) != 1 or np.count_nonzero(weights) != 2:
            raise ValueError("proportions are compared two at a time")
        i, j = int(first[0]), int(second[0])
        return Counts(int(x[i]), int(n[i]), int(x[j]), int(n[j])) if n[i] and n[j] else None

    def contrast_of(weights: Floats, level: Level) -> RawContrasts:
        counts = [counts_of(row) for row in np.atleast_2d(weights)]
        levels = np.broadcast_to(level, len(counts)).tolist()
        rows = [
            UNKNOWN if each is None else proportion_difference(each, own)
            for each, own in zip(counts, levels, strict=True)
        ]
        columns = np.array(rows, dtype=float).reshape(-1, len(UNKNOWN)).T
        named = dict(zip(ProportionDifference._fields, columns, strict=True))
        return RawContrasts(df=np.full(len(rows), np.nan), **named)

    def limits(weights: Floats, levels: Floats, sides: Floats) -> tuple[Floats, Floats]:
        """Each limit is dear: those of a side alone are half the work."""
        low, high = np.full((2, len(weights)), np.nan)
        for row, (own, level, side) in enumerate(zip(weights, levels, sides, strict=True)):
            if (counts := counts_of(own)) is not None:
                alpha = (1 - float(level)) / 2
                low[row] = lower_limit(counts, alpha) if side <= 0 else np.nan
                high[row] = -lower_limit(counts.mirrored, alpha) if side >= 0 else np.nan
        return low, high

    # No covariance: no joint normal law describes a handful of yes and no, so that families fall
    # back on Holm and Bonferroni.
    return ContrastSource(
        outcome, arms, contrast_of, method, covariance=None, independent=True, limits=limits
    )
