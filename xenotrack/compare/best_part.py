"""The intersection–union claim: a combination is better than every one of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Floats
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


def best_part_claim(
    source: ContrastSource, weights: Floats, better: Better, level: Level
) -> tuple[RawContrasts, Chosen]:
    """θ = the largest (lower is better) or smallest of several contrasts with parts: a row a level.

    ``p = min(1, 2 · the largest one-sided p)`` (Berger 1982, Technometrics 24:295). The limit
    towards "no better" is the farthest of the parts' own limits, which covers since one of the
    parts is the best; the other is the farthest of limits that hold for all parts together. The
    estimate, its standard error, df and statistic are those of the part that looks best, whose
    row is given as well; the p-value is that of the part least surely beaten, which may be
    another. Any part that is not estimable leaves the claim so.
    """
    levels, count = np.atleast_1d(level), len(weights)
    # All levels at once, each of all parts: profile limits are dear, and found together.
    repeated, each = np.tile(weights, (len(levels), 1)), np.repeat(levels, count)
    at_levels = source.contrast_of(repeated, each)
    parts = at_levels.rows(slice(count))
    sign = 1.0 if better == "lower" else -1.0
    if not parts.estimable.all():
        return RawContrasts(*np.full((7, len(levels)), np.nan)), Chosen()
    best = int(np.argmax(sign * parts.estimate))
    joint_levels = [one_sided_levels(parts, source, weights, float(own)) for own in levels]
    joint = source.intervals(repeated, np.concatenate(joint_levels))
    limits = (
        worse_limits(at_levels.conf_low, at_levels.conf_high, sign),
        better_limits(*joint, sign),
    )
    far, near = (limit.reshape(-1, count).max(axis=1) for limit in limits)
    low, high = (near, far) if better == "lower" else (-far, -near)
    chosen = parts.rows(np.full(len(levels), best))
    claimed = replace(
        chosen,
        p_value=np.full(len(levels), claim_p(one_sided_p(parts, sign)[:, None])[0]),
        conf_low=low,
        conf_high=high,
    )
    return claimed, Chosen(best, int(np.argmax(one_sided_p(parts, sign))))


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
