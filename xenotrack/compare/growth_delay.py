"""Growth delay of each arm against the control, and the log cell kill that it may mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec
import numpy as np
import pandas as pd
from scipy.special import stdtrit

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.survival import MedianDay, estimate_curve, median_day
from xenotrack.response.inhibition import GroupIndex
from xenotrack.response.progression import progression_events
from xenotrack.response.ratios import Ratio, bounded_exp, unknown
from xenotrack.study.progression_rules import USUAL_VALUE
from xenotrack.study.study import Study

NO_MICE = (np.empty(0), np.empty(0, dtype=bool))


@dataclass(frozen=True)
class DaysToFold:
    """Each judged mouse's days to ``fold`` times its baseline: ``mouse arm day event``."""

    fold: float
    mice: pd.DataFrame

    @cached_property
    def by_arm(self) -> dict[str, tuple[Floats, np.ndarray]]:
        """The days of the mice of each arm that has any, and which of them are events."""
        return {
            str(arm): (mice["day"].to_numpy(float), mice["event"].to_numpy(bool))
            for arm, mice in self.mice.groupby("arm", sort=False)
        }

    def count(self, arm: str) -> int:
        return len(self.by_arm[arm][0]) if arm in self.by_arm else 0

    def median(self, arm: str, level: float) -> MedianDay:
        if (arm, level) not in self._medians:
            self._medians[arm, level] = median_day(estimate_curve(*self.by_arm[arm], level))
        return self._medians[arm, level]

    @cached_property
    def _medians(self) -> dict[tuple[str, float], MedianDay]:
        return {}


def days_to_fold(study: Study) -> DaysToFold:
    """Days to a multiple of the baseline: the declared fold, or twice where progression is other.

    Days are those of the progression table: rounded so that equal ones are equal.
    """
    declared = study.design.rules.progression
    fold = USUAL_VALUE["fold"] if declared.fold is None else declared.fold
    progression = msgspec.structs.replace(declared, rule="fold", value=fold)
    rules = msgspec.structs.replace(study.design.rules, progression=progression)
    events = progression_events(replace(study, design=replace(study.design, rules=rules)))
    return DaysToFold(fold, events.mice.assign(day=events.mice["day"].round(9)))


def growth_delays(
    study: Study, growth: GrowthFit | None, treatment_days: float | None
) -> Iterator[GroupIndex]:
    """Growth delay by medians and by geometric means, and the log10 cell kill.

    Gross cell kill is (T − C)/(log2(10)·Td), Td the control's doubling time; net takes the days
    of treatment off T − C, and needs to be told them.
    """
    times, level = days_to_fold(study), study.design.rules.compare.level
    control = study.design.require_control()
    arms = [name for name in study.design.arm_names if name != control]
    target = f"{times.fold:g}·V₀"

    def index(name: str, formula: str, arm: str, ratio: Ratio) -> GroupIndex:
        counts = (times.count(arm), times.count(control))
        return GroupIndex(name, formula, arm, control, np.nan, *counts, ratio)

    formula = f"median days to {target}, T − C"
    for arm in arms:
        yield index("growth_delay", formula, arm, median_delay(times, arm, control, level))
    formula = f"geometric mean days to {target}, T − C"
    for arm in arms:
        ratio = geometric_delay(times, arm, control, level)
        yield index("growth_delay_geometric", formula, arm, ratio)
    rate = control_rate(growth, control, bonferroni(level))
    for arm in arms:
        delay = median_delay(times, arm, control, bonferroni(level))
        yield index("log_cell_kill_gross", "(T − C)/(log₂10·Td)", arm, cell_kill(delay, rate))
    for arm in arms if treatment_days is not None else ():
        delay = median_delay(times, arm, control, bonferroni(level))
        formula = f"(T − C − {treatment_days:g})/(log₂10·Td)"
        net = cell_kill(delay.mapped(-float(treatment_days or 0), 1), rate)
        yield index("log_cell_kill_net", formula, arm, net)


def bonferroni(level: float) -> float:
    """The level of each of two intervals that together hold at ``level``.

    >>> round(bonferroni(0.95), 4)
    0.975
    """
    return (1 + level) / 2


def median_delay(times: DaysToFold, arm: str, control: str, level: float) -> Ratio:
    """The difference of two Kaplan–Meier medians, limits recovered from each one's own.

    ``d − √((T − l_T)² + (u_C − C)²)`` and its mirror (Zou & Donner 2008, Stat Med 27:1693). Where
    the treated median is not reached there is no estimate; the delay is then at least the
    treated median's lower limit less the control's upper one, both at Bonferroni's level.
    """
    if not (times.count(arm) and times.count(control)):
        return unknown("no mouse can be judged")
    treated, untreated = times.median(arm, level), times.median(control, level)
    if np.isnan(untreated.estimate):
        return unknown("the control's median is not reached")
    if np.isnan(treated.estimate):
        wide = [times.median(name, bonferroni(level)) for name in (arm, control)]
        low = wide[0].conf_low - wide[1].conf_high
        if np.isnan(low):
            return unknown("the arm's median is not reached")
        why = "the arm's median is not reached"
        return Ratio(np.nan, low, np.nan, f"{why}; a lower limit only", why)
    delay = treated.estimate - untreated.estimate
    below = np.hypot(treated.estimate - treated.conf_low, untreated.conf_high - untreated.estimate)
    above = np.hypot(treated.conf_high - treated.estimate, untreated.estimate - untreated.conf_low)
    return Ratio(delay, delay - below, delay + above, "Kaplan–Meier medians; MOVER")


def geometric_delay(times: DaysToFold, arm: str, control: str, level: float) -> Ratio:
    """The difference of geometric mean days, where every mouse of both arms got there.

    Regrowth at a normal rate makes days lognormal, and the geometric mean their right centre
    (Demidenko 2010, Int J Radiat Biol 86:164).
    """
    parts = []
    for name, whose in ((control, "the control"), (arm, "the arm")):
        days, events = times.by_arm.get(name, NO_MICE)
        if len(days) < 2 or not events.all() or not (days > 0).all():
            return unknown(f"it takes at least two mice of {whose}, all of which got there")
        parts.append(geometric_mean(days, level))
    (untreated, control_low, control_high), (treated, low, high) = parts
    delay = treated - untreated
    below = np.hypot(treated - low, control_high - untreated)
    above = np.hypot(high - treated, untreated - control_low)
    return Ratio(delay, delay - below, delay + above, "t intervals of ln days; MOVER")


def geometric_mean(days: Floats, level: float) -> tuple[float, float, float]:
    """The geometric mean of some days with the t interval of their logarithms.

    >>> [round(value, 2) for value in geometric_mean(np.array([10.0, 40.0]), 0.5)]
    [20.0, 10.0, 40.0]
    """
    logs = np.log(days)
    reach = stdtrit(len(days) - 1, (1 + level) / 2) * np.std(logs, ddof=1) / np.sqrt(len(days))
    mean, low, high = bounded_exp(logs.mean() + np.array([0, -1, 1]) * reach).tolist()
    return mean, low, high


def control_rate(growth: GrowthFit | None, control: str, level: float) -> Ratio:
    """The control's growth rate with its interval at a level; unknown where it does not grow."""
    if growth is None:
        return unknown("growth was not fitted")
    weights = np.array([[float(name == control) for name in growth.design.arm_names]])
    contrast = estimate_contrasts(growth.rates(), weights, level)
    rate, low, high = (
        float(x[0]) for x in (contrast.estimate, contrast.conf_low, contrast.conf_high)
    )
    if not rate > 0:
        return unknown("the control does not grow, and has no doubling time")
    return Ratio(rate, max(low, 0.0), high, "")


def cell_kill(delay: Ratio, rate: Ratio) -> Ratio:
    """``(T − C)·k_C/ln 10`` = (T − C)/(log2(10)·Td), log10 cells.

    The limits are the extreme products of delay and rate, each within its interval at Bonferroni's
    level: they hold however the two depend on one another, which share the control's mice.
    """
    if np.isnan(rate.estimate):
        return rate
    if np.isnan(delay.conf_low) and np.isnan(delay.estimate):
        return delay
    low = min(delay.conf_low * rate.conf_low, delay.conf_low * rate.conf_high)
    high = max(delay.conf_high * rate.conf_low, delay.conf_high * rate.conf_high)
    numbers = [value / np.log(10) for value in (delay.estimate * rate.estimate, low, high)]
    method = f"{delay.method}; Td of the growth fit, Bonferroni box"
    return Ratio(numbers[0], numbers[1], numbers[2], method, delay.why)
