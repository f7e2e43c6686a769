"""Contrasts: weighted sums of arm estimates, of whatever model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.compare.families import BEST_PART, Pair
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.model.estimates import ArmEstimates, t_table

if TYPE_CHECKING:
    import pandas as pd


Level = float | Floats  # of all contrasts, or of each
# Which limits are asked for, of all contrasts or of each: −1 the lower one, 1 the upper one, 0 both
Sides = float | Floats


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

    def rows(self, chosen: Sequence[int] | NDArray[np.bool_] | Codes | slice) -> RawContrasts:
        """Some of the contrasts, by position or mask."""
        return RawContrasts(*(values[chosen] for values in self.columns().values()))

    def columns(self) -> dict[str, Floats]:
        """What is said of each contrast, by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    @property
    def reference_df(self) -> Floats:
        """Degrees of freedom of the reference distribution, infinite for the normal one."""
        return np.where(np.isnan(self.df), np.inf, self.df)

    @property
    def estimable(self) -> NDArray[np.bool_]:
        """The contrasts that have a test."""
        return np.isfinite(self.p_value)


COLUMNS = tuple(field.name for field in fields(RawContrasts))


def unknown_days(arms: Sequence[str]) -> tuple[float, float]:
    """The days that an estimate speaks of, where nobody says them."""
    return np.nan, np.nan


def nothing_withheld(arms: Sequence[str]) -> str:
    """No reason to withhold a claim."""
    return ""


@dataclass(frozen=True, eq=False)
class ContrastSource:
    """A model as a comparison sees it: contrasts of its arms, at any level.

    ``contrast_of`` takes weights (m, k) over ``arms`` and one level, or one a row; p-values know no
    level, and at a level that is no number there are no limits. ``covariance`` (k, k) of the arms'
    estimates is what joint distributions need; without one they give way to Holm and Bonferroni.
    ``independent``: each arm has variances of its own. ``days`` gives the first and the last day
    that a claim about some arms speaks of; ``why_withheld`` the rule of the doubt for which such a
    claim is withheld ("" none); ``narrowed`` the same model over the days that these arms share,
    where its estimates depend on them. Of a source whose limits are dear, ``limits`` gives them at
    levels of their own and only on the sides asked for, NaN elsewhere, and ``prepare`` finds and
    remembers together those that will be asked for.
    """

    outcome: str
    arms: tuple[str, ...]
    contrast_of: Callable[[Floats, Level], RawContrasts]
    method: str
    covariance: Floats | None = None
    independent: bool = False
    days: Callable[[Sequence[str]], tuple[float, float]] = unknown_days
    why_withheld: Callable[[Sequence[str]], str] = nothing_withheld
    narrowed: Callable[[Sequence[str]], ContrastSource] | None = None
    limits: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]] | None = None
    prepare: Callable[[Floats, Floats, Floats], None] | None = None

    def over(self, arms: Sequence[str]) -> ContrastSource:
        """The source for one claim about these arms: over the days that they share."""
        return self if self.narrowed is None else self.narrowed(arms)

    def intervals(
        self, weights: Floats, levels: Floats, sides: Sides = 0.0
    ) -> tuple[Floats, Floats]:
        """The limits of each contrast at a level of its own; those of other sides may be NaN."""
        low, high = np.full((2, len(levels)), np.nan)
        chosen = np.isfinite(levels)
        if chosen.any():
            own = np.broadcast_to(sides, len(levels))[chosen]
            low[chosen], high[chosen] = self._limits(weights[chosen], levels[chosen], own)
        return low, high

    def _limits(self, weights: Floats, levels: Floats, sides: Floats) -> tuple[Floats, Floats]:
        if self.limits is not None:
            return self.limits(weights, levels, sides)
        contrast = self.contrast_of(weights, levels)
        return contrast.conf_low, contrast.conf_high


def source_of(estimates: ArmEstimates) -> ContrastSource:
    """The contrasts of a model that gives estimates, their covariance and degrees of freedom."""
    return ContrastSource(
        estimates.outcome,
        estimates.arms,
        lambda weights, level: estimate_contrasts(estimates, weights, level),
        estimates.method,
        estimates.covariance,
        estimates.independent,
        estimates.days,
        estimates.why_withheld,
    )


def estimate_contrasts(estimates: ArmEstimates, weights: Floats, level: Level) -> RawContrasts:
    """Weighted sums ``w·β`` with ``√(w V wᵀ)`` and t-tests of zero, two-sided.

    A row with weight on an arm that is not estimable is NaN; other arms do not spoil it.
    """
    weights = np.atleast_2d(np.asarray(weights, dtype=float))
    raw = t_contrasts(*estimates.sums(weights), level)
    return raw if estimates.at_most is None else one_sided(raw, weights, estimates.at_most)


def one_sided(raw: RawContrasts, weights: Floats, at_most: Bools) -> RawContrasts:
    """Contrasts with arms whose value may be any smaller: open on that side, and no claim there."""
    if not at_most.any():
        return raw
    lower, higher = (((side * weights > 0) & at_most).any(axis=1) for side in (1, -1))
    unknown = (lower & ~(raw.estimate < 0)) | (higher & ~(raw.estimate > 0))
    tested = np.isfinite(raw.p_value)
    return replace(
        raw,
        statistic=np.where(unknown & tested, 0.0, raw.statistic),
        p_value=np.where(unknown & tested, 1.0, raw.p_value),
        conf_low=np.where(lower & tested, -np.inf, raw.conf_low),
        conf_high=np.where(higher & tested, np.inf, raw.conf_high),
    )


def t_contrasts(estimate: Floats, std_error: Floats, df: Floats, level: Level) -> RawContrasts:
    """Two-sided t-tests of zero and t-intervals; the normal ones where df is infinite."""
    return RawContrasts(**t_table(estimate, std_error, df, level))


@dataclass(frozen=True)
class About:
    """What a contrast is of, and what it shows, beside its numbers.

    ``best_part``: of a claim over the best part, the part that looks best; ``p_part`` the one that
    is least surely beaten, whose p it has. ``shows`` is a word of ``compare/verdicts.py``, "" where
    the row is not read as a claim; ``withheld`` the rule for which a claim is withheld.
    """

    family: str
    pair: Pair
    method: str
    adjustment: str = "none"
    primary: bool = False
    best_part: str = ""
    p_part: str = ""
    from_day: float = np.nan
    until_day: float = np.nan
    shows: str = ""
    withheld: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether the row is read as a claim; a difference from one part is evidence for one."""
        return self.primary or self.family != "parts" or bool(self.pair.other == BEST_PART)


@dataclass(frozen=True, eq=False, kw_only=True)
class Contrasts(RawContrasts):
    """How arms differ in one outcome: a row a contrast ``A - B``, with its family.

    ``p_adjusted`` and the simultaneous limits allow for the family's other claims; under
    adjustment ``none`` they are the unadjusted ones. The limits of the claim are those of the
    contrast at the level that its adjustment left it: they exclude 0 exactly when ``p_adjusted``
    is below 1 − level.
    """

    outcome: str
    about: tuple[About, ...]
    p_adjusted: Floats
    simultaneous_low: Floats
    simultaneous_high: Floats
    claim_low: Floats
    claim_high: Floats
    doubts: tuple[Doubt, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """A row a contrast; empty where not applicable, unbounded or not estimable."""
        import pandas as pd

        numbers = {name: finite(values) for name, values in self.columns().items()}
        adjusted = {name: finite(getattr(self, name)) for name in ADJUSTED}
        simultaneous = {name: adjusted.pop(name) for name in ADJUSTED[1:]}
        return pd.DataFrame(
            {
                "outcome": self._texts(lambda about: self.outcome),
                "family": self._texts(lambda about: about.family),
                "contrast": self._texts(lambda about: about.pair.label),
                "arm": self._texts(lambda about: about.pair.arm),
                "against": self._texts(lambda about: about.pair.other),
                "best_part": self._texts(lambda about: about.best_part),
                "p_part": self._texts(lambda about: about.p_part),
                "primary": [about.primary for about in self.about],
                "from_day": [about.from_day for about in self.about],
                "until_day": [about.until_day for about in self.about],
                **numbers,
                **adjusted,
                "adjustment": self._texts(lambda about: about.adjustment),
                **simultaneous,
                "shows": self._texts(lambda about: about.shows),
                "withheld": self._texts(lambda about: about.withheld),
                "method": self._texts(lambda about: about.method),
            }
        )

    def _texts(self, text: Callable[[About], str]) -> pd.Series:
        """A column of words; None, which a table leaves empty, where there is none."""
        import pandas as pd

        return pd.Series([text(about) or None for about in self.about], dtype=object)

    def in_order(self, order: Sequence[int]) -> Contrasts:
        """The same rows in another order."""
        return Contrasts(
            **self.rows(order).columns(),
            outcome=self.outcome,
            about=tuple(self.about[row] for row in order),
            **{name: getattr(self, name)[order] for name in ADJUSTED},
            doubts=self.doubts,
        )


ADJUSTED = ("p_adjusted", "simultaneous_low", "simultaneous_high", "claim_low", "claim_high")


def finite(values: Floats) -> Floats:
    """The values, NaN in place of the infinite: what a table leaves empty.

    >>> finite(np.array([1.0, np.inf, -np.inf])).tolist()
    [1.0, nan, nan]
    """
    return np.where(np.isfinite(values), values, np.nan)


def join_raw(parts: Sequence[RawContrasts]) -> RawContrasts:
    """The rows of several, one after the other."""
    tables = [part.columns() for part in parts]
    return RawContrasts(*(np.concatenate([np.empty(0), *(t[n] for t in tables)]) for n in COLUMNS))


def join_contrasts(outcome: str, parts: Sequence[Contrasts]) -> Contrasts:
    """The rows of several families of one outcome, one after the other."""
    adjusted = {
        name: np.concatenate([np.empty(0), *(getattr(part, name) for part in parts)])
        for name in ADJUSTED
    }
    return Contrasts(
        outcome=outcome,
        about=tuple(about for part in parts for about in part.about),
        **join_raw(parts).columns(),
        **adjusted,
        doubts=merge_doubts(*(part.doubts for part in parts)),
    )
