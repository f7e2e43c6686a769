"""Response additivity: relative volumes add up, as far as they can be told from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import Level, RawContrasts, estimate_contrasts, t_contrasts
from xenotrack.compare.excess import ArmsOver, Claim, Excess, by_day, read_together
from xenotrack.compare.expectations import Expectation, arms_of, weights_of
from xenotrack.doubts import Doubt
from xenotrack.model.daily import Daily
from xenotrack.model.estimates import ArmEstimates
from xenotrack.study.design import Design

AT_ONCE = 8  # days that are looked at together
# The change of ln volume since day 0 of every arm, at a day: all that is asked of a growth model.
ChangeAt = Callable[[float], ArmEstimates]
# The same at several days, over the days that the arms of one claim share.
ChangeOver = Callable[[Sequence[str], Sequence[float]], Daily]


def additivity_excess(
    over: ArmsOver, design: Design, asked: Sequence[Expectation], level: float, days: Floats
) -> Excess:
    """Each combination over the sum of its parts, over the days that these share."""
    changes = [over(arms_of(design, e)) for e in asked]

    def claim(change: Daily, e: Expectation) -> Claim:
        return lambda at: one_additivity(change, design, e, at)[0]

    pairs = list(zip(changes, asked, strict=True))
    raw, together = read_together([claim(*pair) for pair in pairs], level)
    index = [one_additivity(change, design, e, level)[1] for change, e in pairs]
    methods = by_day([change.methods for change in changes])
    return Excess(
        raw=raw,
        **together,
        index=np.stack(index, axis=1).reshape(-1, 3),
        p_plug_in=np.full(len(days), np.nan),
        methods=tuple(f"{method}; delta method on relative volume" for method in methods),
    )


def one_additivity(
    daily: Daily, design: Design, asked: Expectation, level: Level
) -> tuple[RawContrasts, Floats]:
    """``RTV_comb − expected`` by the delta method on each day, RTV = exp(change of ln volume).

    The t of a row has the degrees of freedom of its gradient. Where the expectation or its lower
    limit is not positive there is neither test nor interval nor index: a volume is never below 0,
    so that any combination would pass for antagonism. The index (d, 3) is the logarithm of observed
    over expected with its limits.
    """
    changes, weights, place = daily.estimates, *sums_of(daily, design, asked)
    gradient = weights * relative_volume(changes)
    raw = by_delta(changes, gradient.sum(axis=1), gradient, level)
    expected, lower = expectation(changes, weights, place, level)
    testable = lower > 0
    index = ratio_to(expected, changes, gradient, place, level)
    log_index = np.column_stack([index.estimate, index.conf_low, index.conf_high])
    return only_testable(raw, testable), np.where(testable[:, None], log_index, np.nan)


def sums_of(daily: Daily, design: Design, asked: Expectation) -> tuple[Floats, np.ndarray]:
    """The weights of an expectation on each day (d, n), and where its combination stands (d,)."""
    weights = daily.weights(weights_of(design, daily.arms, asked))[:, 0]
    return weights, daily.places(asked.combination)


def relative_volume(changes: ArmEstimates) -> Floats:
    """Volume relative to day 0, ``exp(change of ln volume)``: the geometric mean of an arm."""
    return np.exp(np.clip(np.nan_to_num(changes.values), -700, 700))


def by_delta(
    changes: ArmEstimates, estimate: Floats, gradient: Floats, level: Level
) -> RawContrasts:
    """t-tests and intervals of functions of the arms, from their gradients (m, k)."""
    linear = estimate_contrasts(changes, gradient, level)
    known = np.where(np.isnan(linear.std_error), np.nan, estimate)
    return t_contrasts(known, linear.std_error, linear.reference_df, level)


def expectation(
    changes: ArmEstimates, weights: Floats, place: np.ndarray, level: Level
) -> tuple[Floats, Floats]:
    """The sum that the combination is held against, and its lower limit: above 0 it is a tumour."""
    gradient = -weights * relative_volume(changes)
    gradient[np.arange(len(place)), place] = 0.0
    expected = gradient.sum(axis=1)
    return expected, by_delta(changes, expected, gradient, level).conf_low


def ratio_to(
    expected: Floats, changes: ArmEstimates, gradient: Floats, place: np.ndarray, level: Level
) -> RawContrasts:
    """The logarithm of observed over expected relative volume."""
    positive = np.where(expected > 0, expected, np.nan)
    rows = np.arange(len(place))
    slopes = np.nan_to_num(gradient / positive[:, None])
    slopes[rows, place] = 1.0
    return by_delta(changes, changes.values[place] - np.log(positive), slopes, level)


def only_testable(raw: RawContrasts, testable: np.ndarray) -> RawContrasts:
    """The same rows, without test and interval where nothing can be tested."""
    tests = ("statistic", "p_value", "conf_low", "conf_high")
    return replace(raw, **{name: np.where(testable, getattr(raw, name), np.nan) for name in tests})


def not_testable_later(
    change: ChangeOver, design: Design, asked: Sequence[Expectation], day: float, level: float
) -> Iterator[Doubt]:
    """From which day on response additivity predicts no tumour, looked for up to ``day``."""
    days = [(e.combination, first_lost(change, design, e, day, level)) for e in asked]
    lost = [(name, when) for name, when in days if np.isfinite(when)]
    if lost:
        since = "; ".join(f"{name} from day {when:g}" for name, when in lost)
        yield Doubt(
            "additivity-not-testable",
            tuple(name for name, _ in lost),
            "synergy",
            "Response additivity predicts no tumour, as the expected volume less its error "
            f"reaches 0, and is not testable later: {since}.",
        )


def first_lost(
    change: ChangeOver, design: Design, asked: Expectation, day: float, level: float
) -> float:
    """The first whole day after which one expectation stays untestable; NaN if it is at ``day``."""
    # The last day says whether it matters; the days before, from the last on, since when.
    if not lost_on(change, design, asked, [day], level)[0]:
        return np.nan
    since, earlier = day, np.arange(1.0, np.ceil(day))
    while earlier.size:
        earlier, some = earlier[:-AT_ONCE], earlier[-AT_ONCE:]
        kept = np.flatnonzero(~lost_on(change, design, asked, some.tolist(), level))
        if kept.size:
            since = float(np.append(some, since)[kept[-1] + 1])
            break
        since = float(some[0])
    # A whole day, as people count: the last may not be one.
    return float(np.ceil(since))


def lost_on(
    change: ChangeOver, design: Design, asked: Expectation, days: Sequence[float], level: float
) -> np.ndarray:
    """On which days one expectation is estimable and not surely a tumour, (d,)."""
    daily = change(arms_of(design, asked), days)
    weights, place = sums_of(daily, design, asked)
    lower = expectation(daily.estimates, weights, place, level)[1]
    return (lower <= 0) & np.isfinite(daily.estimates.values[place])
