"""Time to progression of every arm: curves, medians, restricted means, hazards, log-rank tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from msgspec import structs

from xenotrack.arrays import Bools
from xenotrack.doubts import Doubt, merge_doubts, p_words
from xenotrack.model.beginnings import Beginnings, beginnings_of
from xenotrack.model.beta_product import median_with_limits
from xenotrack.model.efron import fit_efron
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.firth import FirthFit, fit_firth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.logrank import LogRank, Weight, log_rank
from xenotrack.model.permutation import DRAWS, Permutation
from xenotrack.model.proportional import proportional_hazards
from xenotrack.model.pseudo_values import restricted_mean_test
from xenotrack.model.restricted_mean import (
    RestrictedMean,
    known_mean,
    last_comparable_day,
    last_known_day,
)
from xenotrack.model.survival import MedianDay, SurvivalCurve, estimate_curves
from xenotrack.model.times import TOXICITY, MouseTimes, mouse_times
from xenotrack.model.turnbull import interval_test
from xenotrack.response.progression import composite_mice, progression_events
from xenotrack.response.regrowth import regrowth_times
from xenotrack.response.withdrawals import visit_gaps
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules
from xenotrack.study.study import Study

# Times as long between visits: weekly against twice a week is 2.
UNLIKE = 1.5
# Splits of all arms, of which nothing is claimed: p is right to .003, and may be 5e-5.
DRAWS_OF_ALL = 20_000
# Splits of two arms of more than 28 mice: p = .05 is right to .0015.
DRAWS_OF_DAYS = 20_000


@dataclass(frozen=True)
class ProgressionFit:
    """Time to progression by arm, in the design's order.

    ``mice`` has a row for each mouse that can be judged, and ``times`` the same as arrays;
    ``until`` is the one day up to which every arm's restricted mean is taken (NaN without mice);
    ``regrowth`` has the curves of growing again from the nadir, whatever the declared rule, and
    ``composite`` the same study with progression or toxicity as the event, where mice left for it.
    ``visit_gaps`` are the usual days between two readings of each arm's mice, NaN where none has
    two. ``days_of`` is the fit whose last days are kept, where this one supposes another fate;
    ``beginnings`` are how the arms began, where volumes are known.
    """

    design: Design
    mice: pd.DataFrame
    times: MouseTimes
    curves: tuple[SurvivalCurve, ...]
    medians: tuple[MedianDay, ...]
    restricted_means: tuple[RestrictedMean, ...]
    until: float
    doubts: tuple[Doubt, ...]
    regrowth: tuple[SurvivalCurve, ...] = ()
    composite: ProgressionFit | None = None
    visit_gaps: tuple[float, ...] = ()
    days_of: ProgressionFit | None = None
    beginnings: Beginnings | None = None

    def why_withheld(self, arms: Sequence[str]) -> str:
        """No claim of times of arms that began on other days or with tumours of another size."""
        names = self.design.arm_names
        codes = [names.index(arm) for arm in arms if arm in names]
        return "" if self.beginnings is None else self.beginnings.why_apart(codes)

    def to_frame(self) -> pd.DataFrame:
        """One row an arm."""
        events = [int(curve.n_events.sum()) for curve in self.curves]
        mice = [curve.n_mice for curve in self.curves]
        regrown = [median_with_limits(curve) for curve in self.regrowth]
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
                "n_regrew": [int(curve.n_events.sum()) for curve in self.regrowth],
                "regrowth_median_days": [median.estimate for median in regrown],
                "regrowth_days_low": [median.conf_low for median in regrown],
                "regrowth_days_high": [median.conf_high for median in regrown],
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

    @property
    def claimed(self) -> ProgressionFit:
        """The fit of what times are claimed to: progression, or the composite by declaration."""
        composite = self.design.rules.compare.estimand == "composite"
        return self.composite if composite and self.composite is not None else self

    @property
    def arms_with_mice(self) -> frozenset[str]:
        """The arms of which a mouse can be judged."""
        names = zip(self.design.arm_names, self.curves, strict=True)
        return frozenset(name for name, curve in names if curve.n_mice)

    @property
    def arms_with_toxicity(self) -> frozenset[str]:
        """The arms of which a mouse left for toxicity before it progressed."""
        codes = np.unique(self.times.arm[self.times.left_for(TOXICITY)])
        return frozenset(self.design.arm_names[code] for code in codes)

    @cached_property
    def spared(self) -> ProgressionFit | None:
        """The fit if mice that left for toxicity had stayed, free of progression, to the last day.

        None where no mouse left so.
        """
        toxic = self.times.left_for(TOXICITY)
        if not toxic.any():
            return None
        mice = self.mice_that_stayed(toxic)
        return replace(fit_mice(mice, self.design, self.visit_gaps), days_of=self)

    def mice_that_stayed(self, stayed: Bools) -> pd.DataFrame:
        """The mice if these had stayed, free of progression, to the last day."""
        last = float(self.times.day.max(initial=0.0))
        return self.mice.assign(
            day=np.where(stayed, last, self.mice["day"]),
            day_low=np.where(stayed, last, self.mice["day_low"]),
        )

    @cached_property
    def hazards(self) -> FirthFit:
        """One Firth-penalised Cox model over all arms."""
        return fit_firth(self.times.day, self.times.events, self.times.arm, len(self.curves))

    def efron_hazards(self) -> ArmEstimates:
        """Unpenalised log hazards; raises ``FitError`` where they are not finite."""
        times = self.times
        fit = fit_efron(times.day, times.events, times.arm, len(self.curves))
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
            why_withheld=self.why_withheld,
        )

    @property
    def log_rank(self) -> LogRank | None:
        """The log-rank test of all arms; None where fewer than two have mice."""
        return self.log_rank_of_all()

    def log_rank_of_all(self, weight: Weight = "logrank") -> LogRank | None:
        """The same with weighted days."""
        present, codes = np.unique(self.times.arm, return_inverse=True)
        if present.size < 2:
            return None
        times = self.times
        mice = (times.day, times.events, codes, present.size)
        return log_rank(*mice, draws=min(self._draws, DRAWS_OF_ALL), weight=weight)

    def log_rank_of_pair(self, first: int, second: int, weight: Weight = "logrank") -> LogRank:
        """The log-rank test of two arms by position, as if no other were in the study."""
        return _log_rank_of_pair(self.times, first, second, weight, self._draws)

    def read_unlike(self, first: int, second: int) -> bool:
        """Whether one of two arms is read so much more rarely that it seems to progress later."""
        gaps = [self.visit_gaps[code] for code in (first, second) if self.visit_gaps]
        return bool(gaps) and max(gaps) >= UNLIKE * min(gaps)

    def interval_test_of_pair(self, first: int, second: int) -> Permutation:
        """The test of two arms whose mice progressed between visits."""
        return _interval_test_of_pair(self.times, first, second, self._draws)

    def days_test_of_pair(
        self, first: int, second: int, until: float, draws: int = DRAWS_OF_DAYS
    ) -> Permutation:
        """The permutation test of the days of two arms up to ``until``."""
        return _days_test_of_pair(self.times, first, second, until, min(draws, self._draws))

    @property
    def n_arms(self) -> int:
        return len(self.curves)

    @property
    def _draws(self) -> int:
        # Draws cost a pass over the mice: in a study of thousands fewer are precise enough.
        return max(1000, min(DRAWS, DRAWS * 1000 // max(len(self.mice), 1)))

    def last_day_shared_by(self, arms: Sequence[str]) -> float:
        """The declared day of restricted means, else the last comparable day of these arms."""
        declared = self.design.rules.progression.rmst_until
        if declared is not None:
            return float(declared)
        if self.days_of is not None:
            return self.days_of.last_day_shared_by(arms)
        names = self.design.arm_names
        return last_comparable_day([self.curves[names.index(arm)] for arm in arms if arm in names])


# Tables, contrasts and doubts ask for the same tests of the same mice.
@lru_cache(maxsize=512)
def _log_rank_of_pair(
    times: MouseTimes, first: int, second: int, weight: Weight, draws: int
) -> LogRank:
    pair = times.of_arms((first, second))
    return log_rank(pair.day, pair.events, pair.arm, 2, draws=draws, weight=weight)


@lru_cache(maxsize=512)
def _interval_test_of_pair(times: MouseTimes, first: int, second: int, draws: int) -> Permutation:
    pair = times.of_arms((first, second))
    return interval_test(pair.low, pair.high, pair.arm == 1, draws)


@lru_cache(maxsize=512)
def _days_test_of_pair(
    times: MouseTimes, first: int, second: int, until: float, draws: int
) -> Permutation:
    pair = times.of_arms((first, second))
    return restricted_mean_test(pair.day, pair.events, pair.arm == 1, until, draws)


def fit_progression(study: Study) -> ProgressionFit:
    """Time to progression of every arm by the study's declared rule."""
    design = study.design
    events, again = progression_events(study), regrowth_times(study)
    grown = again[["mouse"]].assign(
        regrowth_day=again["day"].where(again["event"]), regrew=again["event"]
    )
    gaps = visit_gaps(study)
    fit = fit_mice(events.mice.merge(grown, on="mouse", how="left"), design, gaps)
    composite, begun = None, _beginnings(study)
    if fit.arms_with_toxicity:
        composite = fit_mice(composite_mice(study), design, gaps)
        composite = replace(composite, beginnings=begun)
    return replace(
        fit,
        doubts=merge_doubts(
            events.doubts,
            fit.doubts,
            _toxicity_doubts(fit, composite),
            _changing_ratios(fit),
            begun.doubts_of_times(),
        ),
        beginnings=begun,
        regrowth=_curves(mouse_times(again, design.arm_names), design),
        composite=composite,
    )


def _beginnings(study: Study) -> Beginnings:
    """How the arms began, by the readings from each mouse's baseline on."""
    design = study.design
    declared = design.rules.growth.from_day is not None
    rules = structs.replace(design.rules, growth=GrowthRules())
    rows = take_log_volumes(replace(study, design=replace(design, rules=rules)))
    return beginnings_of(rows, design.arm_names, declared)


def fit_mice(mice: pd.DataFrame, design: Design, gaps: tuple[float, ...] = ()) -> ProgressionFit:
    """Curves, medians and means of mice with ``arm day_low day_high day event fate``."""
    times = mouse_times(mice, design.arm_names)
    curves = _curves(times, design)
    declared = design.rules.progression.rmst_until
    until = float(last_known_day(curves) if declared is None else declared)
    means = tuple(known_mean(curve, until) for curve in curves)
    return ProgressionFit(
        design=design,
        mice=mice.assign(day=times.day),
        times=times,
        curves=curves,
        medians=tuple(median_with_limits(curve) for curve in curves),
        restricted_means=means,
        until=until,
        doubts=tuple(_beyond_follow_up(design, curves, means)),
        visit_gaps=gaps,
    )


def _beyond_follow_up(
    design: Design, curves: Sequence[SurvivalCurve], means: Sequence[RestrictedMean]
) -> Iterator[Doubt]:
    for name, curve, mean in zip(design.arm_names, curves, means, strict=True):
        if curve.n_mice and np.isnan(mean.estimate):
            yield Doubt(
                "rmst-beyond-follow-up",
                (name,),
                "progression",
                f"{name} was followed to day {curve.last_day:g} only: no restricted mean to day "
                f"{mean.until:g}.",
            )


def _changing_ratios(fit: ProgressionFit) -> Iterator[Doubt]:
    """Arms whose hazard ratio to control is not one number; Bonferroni over the arms."""
    names, control = fit.design.arm_names, fit.design.control
    if control not in names:
        return
    reference = names.index(control)
    followed = [code for code in np.unique(fit.times.arm) if code != reference]
    for code in followed:
        pair = fit.times.of_arms((reference, int(code)))
        p_value = proportional_hazards(pair.day, pair.events, pair.arm, 2).p_value
        if p_value * len(followed) < 1 - fit.design.rules.compare.level:
            yield Doubt(
                "hazards-not-proportional",
                (names[code], control),
                "log_hazard",
                f"The hazard ratio of {names[code]} to {control} changes with time "
                f"({p_words(p_value)}): it is an average over the days, and holds on none of them.",
            )


def _curves(times: MouseTimes, design: Design) -> tuple[SurvivalCurve, ...]:
    level = design.rules.compare.level
    return estimate_curves(times.day, times.events, times.arm, len(design.arm_names), level)


def _toxicity_doubts(fit: ProgressionFit, composite: ProgressionFit | None) -> Iterator[Doubt]:
    """Leaving for toxicity is censored; the composite median says what it would be as an event."""
    if composite is None:
        return
    left = fit.times.arm[fit.times.left_for(TOXICITY)]
    for code, (name, median) in enumerate(
        zip(fit.design.arm_names, composite.medians, strict=True)
    ):
        count = int(np.count_nonzero(left == code))
        if count:
            day = median.estimate
            reached = "is not reached" if np.isnan(day) else f"is {day:.3g} days"
            who = "1 mouse" if count == 1 else f"{count} mice"
            yield Doubt(
                "toxicity-before-progression",
                (name,),
                "progression",
                f"{name}: {who} left for toxicity before progression, which counts as censored; "
                f"the median time to progression or toxicity {reached}.",
            )
