"""What a growth model says: every arm's line of ln volume on day, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates, t_table
from xenotrack.model.reml import MixedFit
from xenotrack.model.smallsample import JointTest
from xenotrack.study.design import Design

Variances = Literal["by_arm", "pooled"]
REFERENCE_NAMES = {
    "kenward-roger": "Kenward–Roger",
    "satterthwaite": "Satterthwaite",
    "normal": "normal reference",
}


@dataclass(frozen=True)
class Piece:
    """The lines of one or several arms that were estimated together.

    ``values`` (2a,) are the intercepts, then the slopes of ``arms`` (codes); pieces are
    independent of one another.
    """

    arms: tuple[int, ...]
    values: Floats
    covariance: Floats
    degrees_of_freedom: Callable[[Floats], Floats]
    mixed: MixedFit | None
    joint_test: Callable[[Floats], JointTest] | None = None


@dataclass(frozen=True)
class GrowthFit:
    """Growth of every arm: its line of ln volume on day, in the arms' display order.

    ``values`` and ``covariance`` hold k intercepts (ln mm³ at day 0; 0 for a ratio), then k slopes
    (per day), NaN where an arm has none; ``tested`` (k,) says which arms have a standard error.
    """

    design: Design
    variances: Variances
    pieces: tuple[Piece, ...]
    values: Floats
    covariance: Floats
    tested: NDArray[np.bool_]
    n_mice: NDArray[np.intp]
    n_measurements: NDArray[np.intp]
    first_day: Floats
    last_day: Floats
    verdicts: tuple[str, ...]
    doubts: tuple[Doubt, ...]

    @property
    def level(self) -> float:
        return self.design.rules.compare.level

    @property
    def reference(self) -> str:
        return self.design.rules.growth.df

    @property
    def method(self) -> str:
        """How the slopes were estimated and tested, in words."""
        if not self.pieces:
            return "not fitted"
        model = "mixed model by arm" if self.variances == "by_arm" else "mixed model, pooled"
        mixed = [piece.mixed is not None for piece in self.pieces]
        if not any(mixed):
            return "mouse lines, Welch"
        return f"{model}, {REFERENCE_NAMES[self.reference]}" + (
            "" if all(mixed) else "; mouse lines where needed"
        )

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        """Degrees of freedom of weighted sums (m, 2k) of ``values``.

        Within a piece by its own reference; across pieces (Σ w²V)² / Σ (w⁴V²/df).
        """
        k = len(self.tested)
        variance = np.zeros((len(weights), len(self.pieces)))
        df = np.full_like(variance, np.inf)
        for column, piece in enumerate(self.pieces):
            own = weights[:, places(piece.arms, k)]
            variance[:, column] = np.einsum("mi,ij,mj->m", own, piece.covariance, own)
            used = own.any(axis=1)
            if used.any():
                df[used, column] = piece.degrees_of_freedom(own[used])
        with np.errstate(divide="ignore", invalid="ignore"):
            pooled = variance.sum(axis=1) ** 2 / np.sum(variance**2 / df, axis=1)
        # One piece alone: its own df, without the detour that loses 0/0 at a zero variance.
        single = (variance > 0).sum(axis=1) == 1
        alone = df[np.arange(len(weights)), variance.argmax(axis=1)] if len(self.pieces) else pooled
        return np.where(single, alone, pooled)

    def slopes(self) -> ArmEstimates:
        """The growth rates, per day, as what a comparison needs."""
        k = len(self.tested)

        def degrees_of_freedom(weights: Floats) -> Floats:
            weights = np.atleast_2d(weights)
            return self.degrees_of_freedom(np.hstack([np.zeros_like(weights), weights]))

        return ArmEstimates(
            outcome="growth_rate",
            arms=self.design.arm_names,
            values=self.values[k:],
            covariance=self.covariance[k:, k:],
            degrees_of_freedom=degrees_of_freedom,
            independent=all(len(piece.arms) == 1 for piece in self.pieces),
            method=self.method,
            first_day=self.first_day,
            last_day=self.last_day,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row an arm: rate, interval, verdict and doubling time."""
        slopes = self.slopes()
        std_error = np.sqrt(np.diag(slopes.covariance))
        df = slopes.degrees_of_freedom(np.eye(len(self.tested)))
        table = t_table(slopes.values, std_error, np.where(self.tested, df, np.nan), self.level)
        return pd.DataFrame(
            {
                "arm": self.design.arm_names,
                "n_mice": self.n_mice,
                "n_measurements": self.n_measurements,
                **table,
                "verdict": self.verdicts,
                "doubling_time_days": doubling_time(slopes.values),
                "doubling_time_low": doubling_time(table["conf_high"]),
                "doubling_time_high": doubling_time(table["conf_low"]),
            }
        )

    def curves(self, points: int = 60) -> pd.DataFrame:
        """The fitted line of each arm over its own days: ``arm day estimate conf_low conf_high``.

        In mm³ (the arm's geometric mean), or relative to the baseline for a ratio.
        """
        k = len(self.tested)
        frames = []
        for code in np.flatnonzero(self.tested):
            days = np.linspace(self.first_day[code], self.last_day[code], points)
            weights = np.zeros((points, 2 * k))
            weights[:, code], weights[:, k + code] = 1, days
            variance = np.einsum("mi,ij,mj->m", weights, np.nan_to_num(self.covariance), weights)
            estimate = weights @ np.nan_to_num(self.values)
            df = self.degrees_of_freedom(weights)
            band = t_table(estimate, np.sqrt(np.maximum(variance, 0)), df, self.level)
            columns = {name: np.exp(band[name]) for name in ("estimate", "conf_low", "conf_high")}
            frames.append(
                pd.DataFrame({"arm": self.design.arm_names[code], "day": days, **columns})
            )
        empty = pd.DataFrame(columns=["arm", "day", "estimate", "conf_low", "conf_high"])
        return pd.concat(frames, ignore_index=True) if frames else empty

    def components(self) -> pd.DataFrame:
        """The variance components: one row a piece of the fit, standard deviations per reading
        (ln volume), between mice at day 0, and between mice per day."""
        rows = []
        for piece in self.pieces:
            if piece.mixed is None:
                continue
            spread = piece.mixed.random_covariance
            intercept = spread[0, 0] if len(spread) == 2 else np.nan
            slope = spread[-1, -1]
            product = np.sqrt(intercept * slope)
            rows.append(
                {
                    "arms": ", ".join(self.design.arm_names[code] for code in piece.arms),
                    "residual_sd": np.sqrt(piece.mixed.residual_variance),
                    "intercept_sd": np.sqrt(intercept),
                    "slope_sd": np.sqrt(slope),
                    "correlation": spread[0, -1] / product if product > 0 else np.nan,
                    "rank": piece.mixed.rank,
                    "log_likelihood": piece.mixed.log_likelihood,
                }
            )
        names = ["arms", "residual_sd", "intercept_sd", "slope_sd", "correlation", "rank"]
        return pd.DataFrame(rows, columns=[*names, "log_likelihood"])

    def slopes_differ(self) -> JointTest | None:
        """The joint test that all tested arms grow alike: Welch's F by arm, else the model's own.

        None where fewer than two arms are tested, or one has no spread at all.
        """
        k = len(self.tested)
        codes = np.flatnonzero(self.tested)
        if len(codes) < 2:
            return None
        if len(self.pieces) == 1 and self.pieces[0].joint_test is not None:
            a = len(codes)
            differences = np.hstack([np.zeros((a - 1, a)), -np.ones((a - 1, 1)), np.eye(a - 1)])
            return self.pieces[0].joint_test(differences)
        slopes = self.slopes()
        variance = np.diag(slopes.covariance)[codes]
        df = slopes.degrees_of_freedom(np.eye(k)[codes])
        if not variance.all():
            return None  # an arm without any spread: its weight would be infinite
        return welch_test(slopes.values[codes], variance, df)

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


def doubling_time(rate: Floats) -> Floats:
    """ln 2 / rate in days; NaN where the tumour does not grow.

    >>> [round(float(days), 2) for days in doubling_time(np.array([0.05, -0.01]))]
    [13.86, nan]
    """
    return np.where(rate > 0, np.log(2) / np.where(rate > 0, rate, 1.0), np.nan)


def welch_test(values: Floats, variances: Floats, df: Floats) -> JointTest:
    """Welch's F that k independent estimates are equal (Welch 1951, Biometrika 38:330)."""
    k = len(values)
    weight = 1 / variances
    share = weight / weight.sum()
    spread = np.sum(weight * (values - share @ values) ** 2) / (k - 1)
    lost = np.sum((1 - share) ** 2 / df)
    statistic = spread / (1 + 2 * (k - 2) / (k**2 - 1) * lost)
    return JointTest(float(statistic), k - 1, float((k**2 - 1) / (3 * lost)) if lost else np.inf)


def places(arms: tuple[int, ...], k: int) -> list[int]:
    """Where the intercepts and slopes of some arms stand among 2k values."""
    return [*arms, *(k + code for code in arms)]
