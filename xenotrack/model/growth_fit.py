"""What a growth model says: every arm's mean of ln volume by day, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Floats
from xenotrack.doubts import Doubt
from xenotrack.model.beginnings import Beginnings
from xenotrack.model.coefficients import Coefficients
from xenotrack.model.daily import Daily, change_method
from xenotrack.model.estimates import ArmEstimates, t_table, welch_test
from xenotrack.model.follow_up import FollowUp
from xenotrack.model.growth_method import method_words
from xenotrack.model.piece import Piece
from xenotrack.model.shapes.shape import Shape
from xenotrack.model.smallsample import JointTest
from xenotrack.response.growth_rate import doubling_times
from xenotrack.response.ratios import bounded_exp
from xenotrack.study.design import Design

if TYPE_CHECKING:
    from xenotrack.model.blocks import PairedBlocks
    from xenotrack.model.late import LateGrowth
    from xenotrack.model.shared_days import SharedDays

Variances = Literal["by_arm", "pooled"]
LATE = ("late_rate", "late_low", "late_high", "lowest_day", "regrowth_rate", "regrowth_low")

# What is asked of an arm (its code) of a shape: weights on its coefficients, (c,).
Asked = Callable[[int, Shape], Floats]


@dataclass(frozen=True, eq=False)
class GrowthFit:
    """Growth of every arm: its mean of ln volume by day, in the arms' display order.

    ``pieces`` hold arms that were estimated together, and are independent of one another;
    ``listed`` are the arms that have no standard error. ``follow_up`` are the days of which each
    arm's rate speaks, ``first_day`` and ``last_day`` (k,) those of its readings, of which
    ``n_after`` lie after a curve's follow-up. ``at_most`` (k,) are the arms that may shrink faster,
    ``n_unmeasurable`` (k,) the mice that had nothing to measure when they were last read, and
    ``vanishing_p`` (k,) is what their changes since the first reading say: see ``vanishing_p``.
    ``narrow`` gives the fit that a contrast of some arms (codes) rests on, ``late`` what a curve
    does late; ``placements`` are the fits with readings below the limit elsewhere; ``blocked``:
    arms are compared within blocks; ``beginnings`` are how the arms began; ``joined`` are the
    coefficients of fits that differ in their days alone.
    """

    design: Design
    variances: Variances
    pieces: tuple[Piece, ...]
    listed: tuple[Piece, ...]
    follow_up: FollowUp
    n_mice: NDArray[np.intp]
    n_measurements: NDArray[np.intp]
    first_day: Floats
    last_day: Floats
    n_after: NDArray[np.intp]
    verdicts: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    beginnings: Beginnings
    at_most: Bools | None = None
    n_unmeasurable: NDArray[np.intp] | None = None
    vanishing_p: Floats | None = None
    narrow: SharedDays | PairedBlocks | None = None
    late: LateGrowth | None = None
    placements: tuple[GrowthFit, ...] = ()
    blocked: bool = False
    joined: dict[tuple[tuple[Piece, ...], ...], Coefficients] = field(
        default_factory=dict, repr=False
    )

    @property
    def level(self) -> float:
        return self.design.rules.compare.level

    @property
    def reference(self) -> str:
        return self.design.rules.growth.df

    @property
    def residual(self) -> str:
        return self.design.rules.growth.residual

    @cached_property
    def coefficients(self) -> Coefficients:
        """The coefficients of all arms, worked out once for the fits that have the same pieces."""
        key = self.pieces, self.listed
        if key not in self.joined:
            self.joined[key] = Coefficients(*key, len(self.design.arms))
        return self.joined[key]

    @property
    def tested(self) -> Bools:
        """Which arms have a standard error, (k,)."""
        return self.coefficients.tested

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of every arm."""
        return self.coefficients.shapes

    @property
    def blocks(self) -> tuple[NDArray[np.intp], ...]:
        """Where the coefficients of each arm stand among those of all."""
        return self.coefficients.blocks

    @property
    def values(self) -> Floats:
        """The coefficients of all arms, one arm after the other; NaN where an arm has none."""
        return self.coefficients.values

    @property
    def covariance(self) -> Floats:
        """The covariance of all coefficients; NaN for arms that are only listed."""
        return self.coefficients.covariance

    def places(self, piece: Piece) -> NDArray[np.intp]:
        return self.coefficients.places(piece)

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        """Degrees of freedom of weighted sums (m, c) of ``values``."""
        return self.coefficients.degrees_of_freedom(weights)

    @cached_property
    def method(self) -> str:
        """How the rates were estimated and tested, in words."""
        return method_words(self)

    def weights_of(self, asked: Asked) -> Floats:
        """What is asked of every arm, as weights (k, c) on ``values``."""
        weights = np.zeros((len(self.shapes), len(self.values)))
        for code, (shape, block) in enumerate(zip(self.shapes, self.blocks, strict=True)):
            weights[code, block] = asked(code, shape)
        return weights

    def _sums(self, outcome: str, asked: Floats, codes: NDArray[np.intp]) -> ArmEstimates:
        """Weighted sums (n, c) of coefficients, each of an arm (code); none of NaN weights."""
        known: Bools = np.all(np.isfinite(asked), axis=1)
        rows = np.where(known[:, None], asked, 0.0)
        has_values, values, spread = self.coefficients.filled
        known &= has_values[codes]
        given = known & self.tested[codes]
        covariance = rows @ spread @ rows.T

        return ArmEstimates(
            outcome=outcome,
            arms=tuple(self.design.arm_names[code] for code in codes),
            values=np.where(known, rows @ values, np.nan),
            covariance=np.where(np.outer(given, given), covariance, np.nan),
            degrees_of_freedom=lambda each: self.degrees_of_freedom(np.atleast_2d(each) @ rows),
            independent=all(len(piece.arms) == 1 for piece in self.pieces),
            method=self.method,
            first_day=self.follow_up.from_day[codes],
            last_day=self.follow_up.until_day[codes],
            at_most=None if self.at_most is None else self.at_most[codes],
            why_withheld=self.why_withheld,
        )

    def why_withheld(self, arms: Sequence[str]) -> str:
        """No claim of arms that no block links, nor of arms that did not begin alike."""
        codes = sorted({self.design.arm_names.index(name) for name in arms})
        linked = any(set(codes) <= set(piece.arms) for piece in self.pieces)
        apart = "blocks-not-shared" if self.blocked and not linked else ""
        return self.beginnings.why_withheld(codes) or apart

    def rates(self) -> ArmEstimates:
        """The average growth rate of each arm over its follow-up, per day."""
        return self._rates

    @cached_property
    def _rates(self) -> ArmEstimates:
        codes = np.arange(len(self.shapes))
        return self._sums("growth_rate", self.weights_of(self.rate_asked), codes)

    def rate_asked(self, code: int, shape: Shape) -> Floats:
        """The average rate of an arm over its follow-up, as weights; NaN where it has none."""
        first, last = float(self.follow_up.from_day[code]), float(self.follow_up.until_day[code])
        return shape.rate(first, last) if last > first else np.full(shape.size, np.nan)

    def mean_changes(self) -> ArmEstimates:
        """The mean over its follow-up of each arm's change of ln volume since it began.

        That is the area under the ln curve above its first height, divided by the days.
        """
        codes = np.arange(len(self.shapes))
        return self._sums("mean_ln_volume", self.weights_of(self._mean_change_asked), codes)

    def _mean_change_asked(self, code: int, shape: Shape) -> Floats:
        first, last = float(self.follow_up.from_day[code]), float(self.follow_up.until_day[code])
        if not last > first:
            return np.full(shape.size, np.nan)
        return shape.area(first, last) / (last - first) - shape.fixed(np.array([first]))[0]

    def days_shared(self, arms: Sequence[str]) -> tuple[float, float]:
        """The first and the last day that a claim about some arms speaks of."""
        return self.over(arms).rates().days(arms)

    def changes(self, day: float) -> ArmEstimates:
        """The change of ln volume of each arm from day 0 to a day.

        Of a curve within its follow-up only, and from its first day where that is after day 0.
        """
        return self.changes_by_day(self.design.arm_names, [day]).estimates

    def changes_by_day(self, arms: Sequence[str], days: Sequence[float]) -> Daily:
        """The changes of some arms from day 0 to each of several days."""
        codes = np.array([self.design.arm_names.index(name) for name in arms])
        asked = self.change_weights(codes, np.array(days, dtype=float))
        found = self._sums("ln_volume", np.concatenate(asked), np.tile(codes, len(days)))
        start = np.zeros(len(codes))
        if self.design.rules.growth.shape != "line":
            start = np.maximum(self.follow_up.from_day[codes], 0.0)
        methods = tuple(change_method(self.method, day) for day in days)
        dated = replace(
            found,
            method=methods[0],
            first_day=np.tile(start, len(days)),
            last_day=np.repeat(np.array(days, dtype=float), len(codes)),
        )
        return Daily(dated, tuple(arms), methods)

    def change_weights(self, codes: NDArray[np.intp], days: Floats) -> Floats:
        """These changes as weights on ``values``, (d, k, c); NaN outside a curve's days."""
        weights = np.zeros((len(days), len(codes), len(self.values)))
        straight = self.design.rules.growth.shape == "line"
        for place, code in enumerate(codes):
            first, last = self.follow_up.from_day[code], self.follow_up.until_day[code]
            inside: Bools = (first < days) & (days <= last) | straight
            since = 0.0 if straight else np.fmax(first, 0.0)
            start = self.shapes[code].fixed(np.array([since]))
            change = self.shapes[code].fixed(days) - start
            weights[:, place, self.blocks[code]] = np.where(inside[:, None], change, np.nan)
        return weights

    def over(self, arms: Iterable[str]) -> GrowthFit:
        """The fit for one claim about some arms: over the days that they share.

        A straight line says the same of all its days.
        """
        codes = tuple(sorted({self.design.arm_names.index(name) for name in arms}))
        if self.narrow is None:
            return self
        if codes not in self._narrowed:
            self._narrowed[codes] = self.narrow(self, codes)
        return self._narrowed[codes]

    @cached_property
    def _narrowed(self) -> dict[tuple[int, ...], GrowthFit]:
        return {}

    def to_frame(self) -> pd.DataFrame:
        """One row an arm: rate, interval, verdict and doubling time."""
        rates = self.rates()
        std_error = np.sqrt(np.diag(rates.covariance))
        df = rates.degrees_of_freedom(np.eye(len(self.tested)))
        table = t_table(rates.values, std_error, np.where(self.tested, df, np.nan), self.level)
        if self.at_most is not None:
            table["conf_low"] = np.where(self.at_most, np.nan, table["conf_low"])
        return pd.DataFrame(
            {
                "arm": self.design.arm_names,
                "n_mice": self.n_mice,
                "n_measurements": self.n_measurements,
                "from_day": self.follow_up.from_day,
                "until_day": self.follow_up.until_day,
                **table,
                **self._late_columns(),
                "verdict": self.verdicts,
                "doubling_time_days": doubling_times(rates.values),
                "doubling_time_low": doubling_times(table["conf_high"]),
                "doubling_time_high": doubling_times(table["conf_low"]),
            }
        )

    def _late_columns(self) -> dict[str, Floats]:
        """What a curve does over the last third of its days and after its lowest point."""
        if self.late is None:
            return dict.fromkeys(LATE, np.full(len(self.shapes), np.nan))
        late = {name: getattr(self.late, name) for name in LATE}
        if self.at_most is not None:
            late["late_low"] = np.where(self.at_most, np.nan, late["late_low"])
        return late

    def curves(self, points: int = 60) -> pd.DataFrame:
        """The fitted mean of each arm over its days: ``arm day estimate conf_low conf_high``.

        In mm³ (the arm's geometric mean), or relative to the baseline for a ratio.
        """
        frames = []
        for code in np.flatnonzero(self.tested):
            days = np.linspace(*self.days_drawn(int(code)), points)
            weights = np.zeros((points, len(self.values)))
            weights[:, self.blocks[code]] = self.shapes[code].fixed(days)
            variance = np.einsum("mi,ij,mj->m", weights, self.coefficients.filled[2], weights)
            estimate = weights @ self.coefficients.filled[1]
            df = self.degrees_of_freedom(weights)
            band = t_table(estimate, np.sqrt(np.maximum(variance, 0)), df, self.level)
            names = ("estimate", "conf_low", "conf_high")
            columns = {name: bounded_exp(band[name]) for name in names}
            frames.append(
                pd.DataFrame({"arm": self.design.arm_names[code], "day": days, **columns})
            )
        empty = pd.DataFrame(columns=["arm", "day", "estimate", "conf_low", "conf_high"])
        return pd.concat(frames, ignore_index=True) if frames else empty

    def days_drawn(self, code: int) -> tuple[float, float]:
        """A straight line is drawn over all days of its arm, a curve to the end of follow-up."""
        if self.shapes[code].name != "line":
            return float(self.first_day[code]), float(self.follow_up.until_day[code])
        return float(self.first_day[code]), float(self.last_day[code])

    def slopes_differ(self) -> JointTest | None:
        """The joint test that all tested arms grow alike: Welch's F by arm, else the model's own.

        Over the days that they share. None where fewer than two arms are tested, one has no
        spread at all, or blocks link them without a joint test.
        """
        return self._slopes_differ

    @cached_property
    def _slopes_differ(self) -> JointTest | None:
        codes = np.flatnonzero(self.tested)
        if len(codes) < 2:
            return None
        shared = self.over([self.design.arm_names[code] for code in codes])
        if len(shared.pieces) == 1 and shared.pieces[0].joint_test is not None:
            rows = shared.weights_of(shared.rate_asked)[:, shared.places(shared.pieces[0])]
            differences = rows[codes[1:]] - rows[codes[0]]
            known = bool(np.isfinite(differences).all())
            return shared.pieces[0].joint_test(differences) if known else None
        if self.blocked:
            return None
        rates = shared.rates()
        variance = np.diag(rates.covariance)[codes]
        if not (variance > 0).all():
            return None  # Zero variance would give infinite weight.
        df = rates.degrees_of_freedom(np.eye(len(self.tested))[codes])
        return welch_test(rates.values[codes], variance, df)

    def facts(self) -> pd.DataFrame:
        """One row: the model, the days fitted, and the joint test of equal rates."""
        joint = self.slopes_differ()
        return pd.DataFrame(
            [
                {
                    "method": self.method,
                    "variances": self.variances,
                    "baseline": self.design.rules.growth.baseline,
                    "first_day": np.nanmin(self.first_day, initial=np.inf),
                    "last_day": np.nanmax(self.last_day, initial=-np.inf),
                    "n_mice": int(self.n_mice.sum()),
                    "n_measurements": int(self.n_measurements.sum()),
                    "slopes_differ_f": joint.statistic if joint else np.nan,
                    "slopes_differ_df1": joint.df_numerator if joint else np.nan,
                    "slopes_differ_df2": joint.df_denominator if joint else np.nan,
                    "slopes_differ_p": joint.p_value if joint else np.nan,
                }
            ]
        )
