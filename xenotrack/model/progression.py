"""Time to progression of every arm: curves, medians, restricted means, hazards, log-rank tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.model.efron import fit_efron
from xenotrack.model.estimates import ArmEstimates, welch_satterthwaite
from xenotrack.model.firth import FirthFit, fit_firth
from xenotrack.model.logrank import DRAWS, LogRank, log_rank, log_rank_of_pair
from xenotrack.model.restricted_mean import RestrictedMean, last_comparable_day, restricted_mean
from xenotrack.model.survival import MedianDay, SurvivalCurve, estimate_curves, median_day
from xenotrack.response.progression import composite_events, progression_events
from xenotrack.study.design import Design
from xenotrack.study.study import Study


@dataclass(frozen=True)
class ProgressionFit:
    """Time to progression by arm, in the design's order.

    ``mice`` has a row for each mouse that can be judged; ``until`` is the one day up to which
    every arm's restricted mean is taken (NaN without mice).
    """

    design: Design
    mice: pd.DataFrame
    curves: tuple[SurvivalCurve, ...]
    medians: tuple[MedianDay, ...]
    restricted_means: tuple[RestrictedMean, ...]
    until: float
    doubts: tuple[Doubt, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row an arm."""
        events = [int(curve.n_events.sum()) for curve in self.curves]
        mice = [curve.n_mice for curve in self.curves]
        return pd.DataFrame(
            {
                "arm": self.design.arm_names,
                "n_mice": mice,
                "n_events": events,
                "n_censored": np.subtract(mice, events),
                "median_days": [median.estimate for median in self.medians],
                "conf_low": [median.conf_low for median in self.medians],
                "conf_high": [median.conf_high for median in self.medians],
                "rmst_days": [mean.estimate for mean in self.restricted_means],
                "rmst_std_error": [mean.std_error for mean in self.restricted_means],
                "rmst_until": self.until,
            }
        )

    def curve_frame(self) -> pd.DataFrame:
        """The Kaplan–Meier curve of each arm, a row for each day on which a mouse left."""
        frames = [
            curve.to_frame().assign(arm=name)
            for name, curve in zip(self.design.arm_names, self.curves, strict=True)
            if curve.n_mice
        ]
        columns = ["arm", "day", "n_at_risk", "n_events", "n_censored"]
        columns += ["estimate", "std_error", "conf_low", "conf_high"]
        if not frames:
            return pd.DataFrame(columns=columns)
        return pd.concat(frames, ignore_index=True)[columns]

    @cached_property
    def _arrays(self) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
        codes = {name: code for code, name in enumerate(self.design.arm_names)}
        return (
            self.mice["day"].to_numpy(dtype=float),
            self.mice["event"].to_numpy(dtype=bool),
            self.mice["arm"].map(codes).to_numpy(dtype=np.intp),
        )

    @cached_property
    def hazards(self) -> FirthFit:
        """One Firth-penalised Cox model over all arms."""
        days, events, arm = self._arrays
        return fit_firth(days, events, arm, len(self.curves))

    def efron_hazards(self) -> ArmEstimates:
        """Unpenalised log hazards; raises ``FitError`` where they are not finite."""
        days, events, arm = self._arrays
        fit = fit_efron(days, events, arm, len(self.curves))
        return ArmEstimates(
            outcome="log_hazard",
            arms=self.design.arm_names,
            values=fit.log_hazards,
            covariance=fit.covariance,
            degrees_of_freedom=lambda weights: np.full(len(np.atleast_2d(weights)), np.inf),
            independent=False,
            method="Cox, Efron ties; Wald",
            first_day=np.zeros(len(self.curves)),
            last_day=np.array([curve.last_day for curve in self.curves]),
        )

    def days_without_progression(self) -> ArmEstimates:
        """Restricted means as what a comparison needs: small-sample variance, Welch df."""
        variances = np.array([mean.contrast_variance for mean in self.restricted_means])
        df = np.array([mean.df for mean in self.restricted_means])
        return ArmEstimates(
            outcome="rmst_days",
            arms=self.design.arm_names,
            values=np.array([mean.estimate for mean in self.restricted_means]),
            covariance=np.diag(variances),
            degrees_of_freedom=welch_satterthwaite(variances, df),
            independent=True,
            method=f"restricted mean to day {self.until:g}, Welch",
            first_day=np.zeros(len(self.curves)),
            last_day=np.full(len(self.curves), self.until),
            why_withheld=self._without_spread,
        )

    def _without_spread(self, arms: Sequence[str]) -> str:
        """The doubt about a difference of days where an arm of it shows no spread."""
        quiet = [
            name
            for name, curve in zip(self.design.arm_names, self.curves, strict=True)
            if curve.n_mice and not curve.n_events.sum()
        ]
        return "arm-without-events" if set(quiet) & set(arms) else ""

    @cached_property
    def log_rank_tests(self) -> tuple[tuple[str, LogRank], ...]:
        """The log-rank test of all arms, then of each arm against the control."""
        days, events, arm = self._arrays
        present = np.unique(arm)
        # Draws cost a pass over the mice: in a study of thousands fewer are precise enough.
        draws = max(1000, min(DRAWS, DRAWS * 1000 // max(len(days), 1)))
        tests = []
        if len(present) > 1:
            codes = np.searchsorted(present, arm)
            tests.append(("all arms", log_rank(days, events, codes, len(present), draws=draws)))
        control = self.design.control
        names = self.design.arm_names
        if control in names and names.index(control) in present:
            reference = names.index(control)
            for code in present[present != reference]:
                test = log_rank_of_pair(days, events, arm, reference, int(code), draws=draws)
                tests.append((f"{names[code]} - {control}", test))
        return tuple(tests)

    def log_rank_frame(self) -> pd.DataFrame:
        """A row a log-rank test."""
        columns = ["contrast", "chi_square", "df", "p_value", "p_permutation"]
        columns += ["permutations", "exact"]
        rows = [
            {"contrast": name, **{column: getattr(test, column) for column in columns[1:]}}
            for name, test in self.log_rank_tests
        ]
        return pd.DataFrame(rows, columns=columns)


def fit_progression(study: Study) -> ProgressionFit:
    """Time to progression of every arm by the study's declared rule."""
    design = study.design
    events = progression_events(study)
    # Interpolated days carry rounding noise, which would break ties that are none, or tie others.
    mice = events.mice.assign(day=events.mice["day"].round(9))
    curves = _curves(mice, design)
    declared = design.rules.progression.rmst_until
    until = last_comparable_day(curves) if declared is None else declared
    means = [_mean_or_unknown(curve, until) for curve in curves]
    beyond = [
        Doubt(
            "rmst-beyond-follow-up",
            (name,),
            "progression",
            f"{name} was followed to day {curve.last_day:g} only: no restricted mean to day "
            f"{until:g}.",
        )
        for name, curve, mean in zip(design.arm_names, curves, means, strict=True)
        if curve.n_mice and np.isnan(mean.estimate)
    ]
    silent = _without_events(design, curves)
    return ProgressionFit(
        design=design,
        mice=mice,
        curves=curves,
        medians=tuple(median_day(curve) for curve in curves),
        restricted_means=tuple(means),
        until=float(until),
        doubts=merge_doubts(events.doubts, beyond, silent, _toxicity_doubts(study, mice)),
    )


def _curves(mice: pd.DataFrame, design: Design) -> tuple[SurvivalCurve, ...]:
    codes = {name: code for code, name in enumerate(design.arm_names)}
    return estimate_curves(
        mice["day"].to_numpy(dtype=float),
        mice["event"].to_numpy(dtype=bool),
        mice["arm"].map(codes).to_numpy(dtype=np.intp),
        len(codes),
        design.rules.compare.level,
    )


def _mean_or_unknown(curve: SurvivalCurve, until: float) -> RestrictedMean:
    """The restricted mean; NaN where the curve is not known that far."""
    if curve.n_mice and (until <= curve.last_day or curve.reaches_zero):
        return restricted_mean(curve, until)
    return RestrictedMean(np.nan, np.nan, until, curve.n_mice)


def _without_events(design: Design, curves: tuple[SurvivalCurve, ...]) -> Iterator[Doubt]:
    """An arm without events shows no spread of its days; that is no proof that it has none."""
    names = [
        name
        for name, curve in zip(design.arm_names, curves, strict=True)
        if curve.n_mice and not curve.n_events.sum()
    ]
    if names and len(names) < len(curves):
        yield Doubt(
            "arm-without-events",
            tuple(names),
            "progression",
            f"No mouse progressed in {', '.join(names)}: differences of restricted means take the "
            "spread there as 0 and look surer than they are; the log hazards do not.",
        )


def _toxicity_doubts(study: Study, mice: pd.DataFrame) -> Iterator[Doubt]:
    """Leaving for toxicity is censored; the composite median says what it would be as an event."""
    left = mice[(mice["fate"] == "toxicity") & ~mice["event"].astype(bool)]
    if left.empty:
        return
    composite = _curves(composite_events(study).mice, study.design)
    for name, curve in zip(study.design.arm_names, composite, strict=True):
        count = int((left["arm"] == name).sum())
        if count:
            median = median_day(curve).estimate
            reached = "is not reached" if np.isnan(median) else f"is {median:.3g} days"
            who = "1 mouse" if count == 1 else f"{count} mice"
            yield Doubt(
                "toxicity-before-progression",
                (name,),
                "progression",
                f"{name}: {who} left for toxicity before progression, which counts as censored; "
                f"the median time to progression or toxicity {reached}.",
            )
