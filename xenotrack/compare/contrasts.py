"""Contrasts: weighted sums of arm estimates, of whatever model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.model.estimates import ArmEstimates, t_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class RawContrasts:
    """What a model says of contrasts read one by one; NaN throughout where not estimable.

    ``df`` is infinite or NaN for a normal reference; a limit of ±∞ or NaN is unbounded.
    ``statistic`` carries the sign of the estimate and has ``df`` degrees of freedom: t, or a
    signed root.
    """

    estimate: Floats
    std_error: Floats
    df: Floats
    statistic: Floats
    p_value: Floats
    conf_low: Floats
    conf_high: Floats

    def rows(self, chosen: Sequence[int] | NDArray[np.bool_]) -> RawContrasts:
        """Some of the contrasts, by position or mask."""
        return RawContrasts(*(values[chosen] for values in self.columns().values()))

    def columns(self) -> dict[str, Floats]:
        """What is said of each contrast, by name."""
        return {field.name: getattr(self, field.name) for field in fields(RawContrasts)}

    @property
    def reference_df(self) -> Floats:
        """Degrees of freedom of the reference distribution, infinite for the normal one."""
        return np.where(np.isnan(self.df), np.inf, self.df)

    @property
    def estimable(self) -> NDArray[np.bool_]:
        """The contrasts that have a test."""
        return np.isfinite(self.p_value)


@dataclass(frozen=True, eq=False)
class ContrastSource:
    """A model as a comparison sees it: contrasts of its arms, at any level.

    ``contrast_of`` takes weights (m, k) over ``arms`` and one level. ``covariance`` (k, k) of the
    arms' estimates is what joint distributions need; without one they give way to Holm and
    Bonferroni. ``independent``: each arm has variances of its own.
    """

    outcome: str
    arms: tuple[str, ...]
    contrast_of: Callable[[Floats, float], RawContrasts]
    method: str
    covariance: Floats | None = None
    independent: bool = False

    def intervals(self, weights: Floats, levels: Floats) -> tuple[Floats, Floats]:
        """The limits of each contrast at a level of its own."""
        low, high = np.full((2, len(levels)), np.nan)
        # One call a level: profile intervals are dear, and levels mostly agree.
        for level in np.unique(levels[np.isfinite(levels)]):
            chosen = levels == level
            found = self.contrast_of(weights[chosen], float(level))
            low[chosen], high[chosen] = found.conf_low, found.conf_high
        return low, high


def source_of(estimates: ArmEstimates) -> ContrastSource:
    """The contrasts of a model that gives estimates, their covariance and degrees of freedom."""
    return ContrastSource(
        estimates.outcome,
        estimates.arms,
        lambda weights, level: estimate_contrasts(estimates, weights, level),
        estimates.method,
        estimates.covariance,
        estimates.independent,
    )


def estimate_contrasts(estimates: ArmEstimates, weights: Floats, level: float) -> RawContrasts:
    """Weighted sums ``w·β`` with ``√(w V wᵀ)`` and t-tests of zero, two-sided.

    A row with weight on an arm that is not estimable is NaN; other arms do not spoil it.
    """
    weights = np.atleast_2d(np.asarray(weights, dtype=float))
    known = np.isfinite(estimates.values) & np.isfinite(np.diag(estimates.covariance))
    estimable = ~((weights != 0) & ~known).any(axis=1)
    used = np.where(known, weights, 0.0)
    spread = np.where(np.outer(known, known), estimates.covariance, 0.0)
    variance = np.einsum("mi,ij,mj->m", used, spread, used)
    estimate = np.where(estimable, used @ np.where(known, estimates.values, 0.0), np.nan)
    std_error = np.where(estimable, np.sqrt(np.clip(variance, 0.0, None)), np.nan)
    df = np.full(len(weights), np.nan)
    if estimable.any():
        df[estimable] = estimates.degrees_of_freedom(weights[estimable])
    return t_contrasts(estimate, std_error, df, level)


def t_contrasts(estimate: Floats, std_error: Floats, df: Floats, level: float) -> RawContrasts:
    """Two-sided t-tests of zero and t-intervals; the normal ones where df is infinite."""
    return RawContrasts(**t_table(estimate, std_error, df, level))


@dataclass(frozen=True, eq=False, kw_only=True)
class Contrasts(RawContrasts):
    """How arms differ in one outcome: a row a contrast ``A - B``, with its family.

    ``p_adjusted`` and the simultaneous limits allow for the family's other claims; under
    adjustment ``none`` they are the unadjusted ones.
    """

    outcome: str
    family: tuple[str, ...]
    labels: tuple[str, ...]
    p_adjusted: Floats
    adjustment: tuple[str, ...]
    simultaneous_low: Floats
    simultaneous_high: Floats
    method: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """A row a contrast; empty where not applicable, unbounded or not estimable."""
        import pandas as pd

        numbers = {name: finite(values) for name, values in self.columns().items()}
        return pd.DataFrame(
            {
                "outcome": pd.Series([self.outcome] * len(self.labels), dtype=object),
                "family": pd.Series(self.family, dtype=object),
                "contrast": pd.Series(self.labels, dtype=object),
                **numbers,
                "p_adjusted": finite(self.p_adjusted),
                "adjustment": pd.Series(self.adjustment, dtype=object),
                "simultaneous_low": finite(self.simultaneous_low),
                "simultaneous_high": finite(self.simultaneous_high),
                "method": pd.Series(self.method, dtype=object),
            }
        )

    def in_order(self, order: Sequence[int]) -> Contrasts:
        """The same rows in another order."""

        def words(values: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(values[row] for row in order)

        return Contrasts(
            **self.rows(order).columns(),
            outcome=self.outcome,
            family=words(self.family),
            labels=words(self.labels),
            p_adjusted=self.p_adjusted[order],
            adjustment=words(self.adjustment),
            simultaneous_low=self.simultaneous_low[order],
            simultaneous_high=self.simultaneous_high[order],
            method=words(self.method),
            doubts=self.doubts,
        )


def finite(values: Floats) -> Floats:
    """The values, NaN in place of the infinite: what a table leaves empty.

    >>> finite(np.array([1.0, np.inf, -np.inf])).tolist()
    [1.0, nan, nan]
    """
    return np.where(np.isfinite(values), values, np.nan)


def join_raw(parts: Sequence[RawContrasts]) -> RawContrasts:
    """The rows of several, one after the other."""
    tables = [part.columns() for part in parts]
    names = [field.name for field in fields(RawContrasts)]
    return RawContrasts(*(np.concatenate([np.empty(0), *(t[n] for t in tables)]) for n in names))


def join_contrasts(outcome: str, parts: Sequence[Contrasts]) -> Contrasts:
    """The rows of several families of one outcome, one after the other."""

    def words(name: str) -> tuple[str, ...]:
        return tuple(word for part in parts for word in getattr(part, name))

    def numbers(name: str) -> Floats:
        return np.concatenate([np.empty(0), *(getattr(part, name) for part in parts)])

    return Contrasts(
        outcome=outcome,
        family=words("family"),
        labels=words("labels"),
        **join_raw(parts).columns(),
        p_adjusted=numbers("p_adjusted"),
        adjustment=words("adjustment"),
        simultaneous_low=numbers("simultaneous_low"),
        simultaneous_high=numbers("simultaneous_high"),
        method=words("method"),
        doubts=merge_doubts(*(part.doubts for part in parts)),
    )
