"""The intersection–union claim: a combination is better than every one of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.compare.contrasts import ContrastSource, Level, RawContrasts
from xenotrack.compare.multiplicity import one_sided_levels
from xenotrack.compare.outcomes import Better


class Chosen(NamedTuple):
    """Which part looks best, and which is least surely beaten; -1 where no claim was made."""

    best: int = -1
    least: int = -1

    def words(self, names: Sequence[str]) -> str:
        """Both by name, as a method says them.

        >>> Chosen(0, 1).words(["A", "B"]), Chosen(1, 1).words(["A", "B"]), Chosen().words([])
        (' (best: A; p: B)', ' (best: B)', '')
        """
        if self.best < 0:
            return ""
        other = "" if self.least == self.best else f"; p: {names[self.least]}"
        return f" (best: {names[self.best]}{other})"


# A claim a row, and which of its parts decided.
BestParts = tuple[RawContrasts, tuple[Chosen, ...]]


def best_part_claim(
    source: ContrastSource, weights: Floats, better: Better, level: Level
) -> tuple[RawContrasts, Chosen]:
    """The claim over parts (p, k) at one or several levels: a row a level."""
    levels = np.atleast_1d(level)
    each = np.broadcast_to(weights, (len(levels), *weights.shape))
    claims, chosen = best_part_claims(source, each, better, levels)
    return claims, chosen[0]


def best_part_claims(
    source: ContrastSource, weights: Floats, better: Better, levels: Floats
) -> BestParts:
    """θ = the largest (lower is better) or smallest of contrasts with parts: of weights (r, p, k).

    ``p = min(1, 2 · the largest one-sided p)`` (Berger 1982, Technometrics 24:295). The limit
    towards "no better" is the farthest of the parts' own limits, which covers since one of the
    parts is the best; the other is the farthest of limits that hold for all parts together. The
    estimate, its standard error, df and statistic are those of the part that looks best, whose
    row is given as well; the p-value is that of the part least surely beaten, which may be
    another. Any part that is not estimable leaves the claim so.
    """
    shape = weights.shape[:2]
    # All rows at once, each of all parts: profile limits are dear, and found together.
    flat, own = weights.reshape(-1, weights.shape[2]), np.repeat(levels, shape[1])
    parts = source.contrast_of(flat, own if source.limits is None else np.nan)
    sign = 1.0 if better == "lower" else -1.0
    made: Bools = np.all(parts.estimable.reshape(shape), axis=1)
    joint = joint_levels(parts, source, weights, made, levels)
    limits = (
        worse_limits(*limits_of(parts, source, flat, own, sign), sign),
        better_limits(*source.intervals(flat, joint, -sign), sign),
    )
    far, near = (limit.reshape(shape).max(axis=1) for limit in limits)
    low, high = (near, far) if better == "lower" else (-far, -near)
    one_sided = one_sided_p(parts, sign).reshape(shape)
    best = np.argmax(np.where(made[:, None], sign * parts.estimate.reshape(shape), 0), axis=1)
    least = np.argmax(one_sided, axis=1)
    claimed = replace(
        parts.rows(np.arange(shape[0]) * shape[1] + best),
        p_value=claim_p(one_sided.T),
        conf_low=low,
        conf_high=high,
    )
    columns = (np.where(made, values, np.nan) for values in claimed.columns().values())
    chosen = np.where(made, [best, least], -1).T.tolist()
    return RawContrasts(*columns), tuple(Chosen(*row) for row in chosen)


def joint_levels(
    parts: RawContrasts, source: ContrastSource, weights: Floats, made: Bools, levels: Floats
) -> Floats:
    """The level of each part at which those of one claim hold together; NaN where none is made."""
    count = weights.shape[1]
    joint = np.full(weights.shape[:2], np.nan)
    for row in np.flatnonzero(made):
        own = parts.rows(slice(row * count, (row + 1) * count))
        joint[row] = one_sided_levels(own, source, weights[row], float(levels[row]))
    return joint.ravel()


def limits_of(
    parts: RawContrasts, source: ContrastSource, weights: Floats, levels: Floats, side: float
) -> tuple[Floats, Floats]:
    """The limits of the parts; of a source whose limits are dear, on the side that is used."""
    if source.limits is None:
        return parts.conf_low, parts.conf_high
    return source.intervals(weights, levels, side)


def claim_p(one_sided: Floats) -> Floats:
    """``min(1, 2 · the largest one-sided p)`` of the contrasts with the parts, (parts, m)."""
    return np.minimum(1.0, 2 * one_sided.max(axis=0))


def one_sided_p(raw: RawContrasts, sign: float) -> Floats:
    """p-values against the alternative ``sign · contrast < 0``."""
    return np.where(sign * raw.estimate < 0, raw.p_value / 2, 1 - raw.p_value / 2)


def worse_limits(low: Floats, high: Floats, sign: float) -> Floats:
    """Upper limits of ``sign · contrast``; without a limit, infinite."""
    limits = high if sign > 0 else -low
    return np.where(np.isnan(limits), np.inf, limits)


def better_limits(low: Floats, high: Floats, sign: float) -> Floats:
    """Lower limits of ``sign · contrast``; without a limit, infinite."""
    limits = low if sign > 0 else -high
    return np.where(np.isnan(limits), -np.inf, limits)
