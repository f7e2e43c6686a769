"""The excess of combinations over one reference, read together: linear, or over the best part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr

from xenotrack.arrays import Floats
from xenotrack.compare.best_part import Chosen, best_part_claim
from xenotrack.compare.contrasts import (
    ContrastSource,
    RawContrasts,
    estimate_contrasts,
    join_raw,
    source_of,
)
from xenotrack.compare.expectations import Expectation, called, weights_of
from xenotrack.compare.multiplicity import bonferroni_level, holm_p
from xenotrack.compare.verdicts import claim_levels
from xenotrack.model.estimates import ArmEstimates
from xenotrack.study.design import Design


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


def linear_excess(
    estimates: ArmEstimates,
    design: Design,
    asked: Sequence[Expectation],
    level: float,
    days: float,
) -> Excess:
    """Weighted sums of the arms' estimates; ``days`` makes a logarithm of volume of them."""
    rows = [weights_of(design, estimates.arms, e) for e in asked]
    weights = np.vstack(rows)
    raw = estimate_contrasts(estimates, weights, level)
    wide = estimate_contrasts(estimates, weights, family_level(raw, level))
    p_adjusted = holm_p(raw.p_value)
    low, high = source_of(estimates).intervals(
        weights, claim_levels(raw.p_value, p_adjusted, level)
    )
    return Excess(
        raw=raw,
        p_adjusted=p_adjusted,
        simultaneous_low=wide.conf_low,
        simultaneous_high=wide.conf_high,
        claim_low=low,
        claim_high=high,
        index=days * np.column_stack([raw.estimate, raw.conf_low, raw.conf_high]),
        p_plug_in=np.full(len(weights), np.nan),
        methods=(estimates.method,) * len(weights),
    )


def best_part_excess(
    estimates: ArmEstimates,
    design: Design,
    asked: Sequence[Expectation],
    level: float,
    days: float,
) -> Excess:
    """Each combination over the best of its parts, as an intersection–union claim."""
    source = source_of(estimates)
    weights = [weights_of(design, estimates.arms, e) for e in asked]
    claims = [best_part_claim(source, rows, "lower", level) for rows in weights]
    raw = join_raw([claim for claim, _ in claims])
    wide = join_raw(
        [best_part_claim(source, rows, "lower", family_level(raw, level))[0] for rows in weights]
    )
    p_adjusted = holm_p(raw.p_value)
    levels = claim_levels(raw.p_value, p_adjusted, level)
    own = join_raw(
        [
            best_part_claim(source, rows, "lower", float(at))[0]
            for rows, at in zip(weights, levels, strict=True)
        ]
    )
    return Excess(
        raw=raw,
        p_adjusted=p_adjusted,
        simultaneous_low=wide.conf_low,
        simultaneous_high=wide.conf_high,
        claim_low=own.conf_low,
        claim_high=own.conf_high,
        index=days * np.column_stack([raw.estimate, raw.conf_low, raw.conf_high]),
        # Statistic and df are those of the part that looks best: this is the usual p-value.
        p_plug_in=2 * stdtr(raw.reference_df, -np.abs(raw.statistic)),
        methods=tuple(
            best_part_method(design, source, e, chosen)
            for e, (_, chosen) in zip(asked, claims, strict=True)
        ),
    )


def best_part_method(
    design: Design, source: ContrastSource, asked: Expectation, chosen: Chosen
) -> str:
    """How a claim was made, which part looked best, and which of another set its p."""
    if chosen.best < 0:
        return source.method
    parts = [next(cell for cell, weight in terms.items() if weight < 0) for terms in asked.terms]
    named = chosen.words([called(design, part) for part in parts])
    return f"{source.method}; intersection-union over {len(parts)} parts{named}"


def remembered(estimates: ArmEstimates) -> ArmEstimates:
    """The same estimates, their degrees of freedom worked out once for each weighted sum.

    One excess is read at several levels, and on straight lines at several days.
    """
    known: dict[bytes, float] = {}

    def degrees_of_freedom(weights: Floats) -> Floats:
        rows = np.atleast_2d(weights)
        keys = [row.tobytes() for row in rows]
        new = [i for i, key in enumerate(keys) if key not in known]
        if new:
            found = estimates.degrees_of_freedom(rows[new])
            known.update(zip((keys[i] for i in new), found.tolist(), strict=True))
        return np.array([known[key] for key in keys])

    return replace(estimates, degrees_of_freedom=degrees_of_freedom)


def family_level(raw: RawContrasts, level: float) -> float:
    """The level of each interval of a family, Bonferroni over what is estimable."""
    return bonferroni_level(level, max(1, int(raw.estimable.sum())))


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
