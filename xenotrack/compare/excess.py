"""The excess of combinations over one reference, read together: linear, or over the best part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.special import stdtr

from xenotrack.arrays import Floats
from xenotrack.compare.best_part import BestParts, Chosen, best_part_claims
from xenotrack.compare.contrasts import (
    Level,
    RawContrasts,
    estimate_contrasts,
    join_raw,
    source_of,
)
from xenotrack.compare.expectations import Expectation, arms_of, called, weights_of
from xenotrack.compare.multiplicity import bonferroni_level, holm_p
from xenotrack.compare.verdicts import claim_levels
from xenotrack.model.daily import Daily
from xenotrack.study.design import Design

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Excess:
    """Rows of one reference, scale and day.

    ``p_adjusted`` (Holm) and the simultaneous limits (Bonferroni) hold for all rows together; the
    limits of the claim are those of one row at the level that Holm left it.
    ``index`` (m, 3) is the logarithm of observed over expected volume with its limits.
    """

    raw: RawContrasts
    p_adjusted: Floats
    simultaneous_low: Floats
    simultaneous_high: Floats
    claim_low: Floats
    claim_high: Floats
    index: Floats
    p_plug_in: Floats
    methods: tuple[str, ...]

    def better(self, level: float) -> np.ndarray:
        """Rows surely below 0: the combination does better than expected."""
        return (sure(self.p_adjusted, level)) & (self.raw.estimate < 0)

    def worse(self, level: float) -> np.ndarray:
        """Rows surely above 0.

        The p-value of a best-part claim is 1 on that side, where the limit that holds for all
        parts speaks.
        """
        claimed = sure(self.p_adjusted, level) & (self.raw.estimate > 0)
        over_parts = np.isfinite(self.p_plug_in) & (self.simultaneous_low > 0)
        return claimed | over_parts


def sure(p_value: Floats, level: float) -> np.ndarray:
    """Whether p-values are below one minus the level; without one, not."""
    return np.asarray(np.nan_to_num(p_value, nan=1.0) < 1 - level)


# The estimates of the arms of one claim, over the days that these share, on each day asked.
ArmsOver = Callable[[Sequence[str]], Daily]
# One claim, read on each day, all at one level or each (d,) at its own.
Claim = Callable[[Level], RawContrasts]


def linear_excess(
    over: ArmsOver, design: Design, asked: Sequence[Expectation], level: float, days: Floats
) -> Excess:
    """Weighted sums of the arms' estimates; ``days`` (m,) make logarithms of volume of them."""
    each = [over(arms_of(design, e)) for e in asked]

    def claim(daily: Daily, e: Expectation) -> Claim:
        weights = daily.weights(weights_of(design, daily.arms, e))[:, 0]
        return lambda at: estimate_contrasts(daily.estimates, weights, at)

    raw, together = read_together([claim(*own) for own in zip(each, asked, strict=True)], level)
    return Excess(
        raw=raw,
        **together,
        index=log_index(raw, days),
        p_plug_in=np.full(len(days), np.nan),
        methods=by_day([daily.methods for daily in each]),
    )


def read_together(
    claims: Sequence[Claim], level: float, raw: Sequence[RawContrasts] = ()
) -> tuple[RawContrasts, dict[str, Floats]]:
    """A family of claims on each day, a row a day and claim, and what holds for all of a day:
    Holm's p-values, Bonferroni's limits, and the limits at the level that Holm leaves to each.

    ``raw`` are the claims at ``level``, where they are known."""
    raw = raw or [claim(level) for claim in claims]
    p_value = np.column_stack([own.p_value for own in raw])
    wide_levels = [family_level(of_day, level) for of_day in p_value]
    p_adjusted = np.array([holm_p(of_day) for of_day in p_value])

    def limits(levels: Floats) -> RawContrasts:
        return rows_by_day([claim(own) for claim, own in zip(claims, levels.T, strict=True)])

    wide = limits(np.tile(np.array(wide_levels)[:, None], len(claims)))
    own = limits(claim_levels(p_value.ravel(), p_adjusted.ravel(), level).reshape(p_value.shape))
    return rows_by_day(raw), {
        "p_adjusted": p_adjusted.ravel(),
        "simultaneous_low": wide.conf_low,
        "simultaneous_high": wide.conf_high,
        "claim_low": own.conf_low,
        "claim_high": own.conf_high,
    }


def rows_by_day(claims: Sequence[RawContrasts]) -> RawContrasts:
    """The rows of several claims, the first day of each before the second."""
    tables = [claim.columns() for claim in claims]
    names = tables[0]
    return RawContrasts(*(np.column_stack([t[name] for t in tables]).ravel() for name in names))


def by_day(each: Sequence[Sequence[T]]) -> tuple[T, ...]:
    """One value a day of several, in the same order."""
    return tuple(value for of_day in zip(*each, strict=True) for value in of_day)


def log_index(raw: RawContrasts, days: Floats) -> Floats:
    """The logarithm of observed over expected volume with its limits, (m, 3)."""
    return days[:, None] * np.column_stack([raw.estimate, raw.conf_low, raw.conf_high])


def best_part_excess(
    over: ArmsOver, design: Design, asked: Sequence[Expectation], level: float, days: Floats
) -> Excess:
    """Each combination over the best of its parts, as an intersection–union claim."""
    each = [over(arms_of(design, e)) for e in asked]

    def claims_at(daily: Daily, e: Expectation) -> Callable[[Level], BestParts]:
        source = source_of(daily.estimates)
        weights = daily.weights(weights_of(design, daily.arms, e))
        n_days = len(weights)
        return lambda at: best_part_claims(source, weights, "lower", np.broadcast_to(at, n_days))

    def claim(own: Callable[[Level], BestParts]) -> Claim:
        return lambda at: own(at)[0]

    found = [claims_at(*own) for own in zip(each, asked, strict=True)]
    alone = [own(level) for own in found]
    raw, together = read_together(
        [claim(own) for own in found], level, [claims for claims, _ in alone]
    )
    methods = [
        [
            best_part_method(design, words, e, which)
            for words, which in zip(daily.methods, chosen, strict=True)
        ]
        for daily, e, (_, chosen) in zip(each, asked, alone, strict=True)
    ]
    return Excess(
        raw=raw,
        **together,
        index=log_index(raw, days),
        # Statistic and df are those of the part that looks best: this is the usual p-value.
        p_plug_in=2 * stdtr(raw.reference_df, -np.abs(raw.statistic)),
        methods=by_day(methods),
    )


def best_part_method(design: Design, method: str, asked: Expectation, chosen: Chosen) -> str:
    """How a claim was made, which part looked best, and which of another set its p."""
    if chosen.best < 0:
        return method
    parts = [next(cell for cell, weight in terms.items() if weight < 0) for terms in asked.terms]
    named = chosen.words([called(design, part) for part in parts])
    return f"{method}; intersection-union over {len(parts)} parts{named}"


def family_level(p_value: Floats, level: float) -> float:
    """The level of each interval of a family, Bonferroni over what is estimable."""
    return bonferroni_level(level, max(1, int(np.isfinite(p_value).sum())))


def join_excess(parts: Sequence[Excess]) -> Excess:
    """The rows of several blocks, one after the other."""

    def stacked(name: str, empty: Floats) -> Floats:
        return np.concatenate([empty, *(getattr(part, name) for part in parts)])

    plain = (
        *("p_adjusted", "simultaneous_low", "simultaneous_high", "claim_low", "claim_high"),
        "p_plug_in",
    )
    return Excess(
        raw=join_raw([part.raw for part in parts]),
        index=stacked("index", np.empty((0, 3))),
        methods=tuple(method for part in parts for method in part.methods),
        **{name: stacked(name, np.empty(0)) for name in plain},
    )
