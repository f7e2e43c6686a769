"""Response additivity: relative volumes add up, as far as they can be told from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import RawContrasts, estimate_contrasts, t_contrasts
from xenotrack.compare.excess import Excess, family_level
from xenotrack.compare.expectations import Expectation, weights_of
from xenotrack.compare.multiplicity import holm_p
from xenotrack.compare.verdicts import claim_levels
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates
from xenotrack.study.design import Design

# The change of ln volume since day 0 of every arm, at a day: all that is asked of a growth model.
ChangeAt = Callable[[float], ArmEstimates]


def additivity_excess(
    changes: ArmEstimates, design: Design, asked: Sequence[Expectation], level: float
) -> Excess:
    """``RTV_comb − expected`` by the delta method, RTV = exp(change of ln volume).

    The t of a row has the degrees of freedom of its gradient. Where the expectation or its lower
    limit is not positive there is neither test nor interval nor index: a volume is never below 0,
    so that any combination would pass for antagonism.
    """
    weights = np.vstack([weights_of(design, changes.arms, e) for e in asked])
    own = np.array([changes.arms.index(e.combination) for e in asked])
    volume = relative_volume(changes)
    gradient = weights * volume
    raw = by_delta(changes, gradient.sum(axis=1), gradient, level)
    expected, testable = expectation(changes, weights, own, level)
    tested = testable_only(raw, testable)
    family = family_level(tested, level)
    wide = testable_only(by_delta(changes, raw.estimate, gradient, family), testable)
    p_adjusted = holm_p(tested.p_value)
    levels = claim_levels(tested.p_value, p_adjusted, level)
    at_claim = [by_delta(changes, raw.estimate, gradient, float(at)) for at in levels]
    rows = np.arange(len(asked))
    index = ratio_to(expected, changes, gradient, own, level)
    log_index = np.column_stack([index.estimate, index.conf_low, index.conf_high])
    return Excess(
        raw=tested,
        p_adjusted=p_adjusted,
        simultaneous_low=wide.conf_low,
        simultaneous_high=wide.conf_high,
        claim_low=np.where(testable, [at_claim[row].conf_low[row] for row in rows], np.nan),
        claim_high=np.where(testable, [at_claim[row].conf_high[row] for row in rows], np.nan),
        index=np.where(testable[:, None], log_index, np.nan),
        p_plug_in=np.full(len(asked), np.nan),
        methods=(f"{changes.method}; delta method on relative volume",) * len(asked),
    )


def relative_volume(changes: ArmEstimates) -> Floats:
    """Volume relative to day 0, ``exp(change of ln volume)``: the geometric mean of an arm."""
    return np.exp(np.clip(np.nan_to_num(changes.values), -700, 700))


def by_delta(
    changes: ArmEstimates, estimate: Floats, gradient: Floats, level: float
) -> RawContrasts:
    """t-tests and intervals of functions of the arms, from their gradients (m, k)."""
    linear = estimate_contrasts(changes, gradient, level)
    known = np.where(np.isnan(linear.std_error), np.nan, estimate)
    return t_contrasts(known, linear.std_error, linear.df, level)


def expectation(
    changes: ArmEstimates, weights: Floats, own: np.ndarray, level: float
) -> tuple[Floats, np.ndarray]:
    """The sum that the combination is held against, and whether it surely is a tumour."""
    gradient = -weights * relative_volume(changes)
    gradient[np.arange(len(own)), own] = 0.0
    expected = gradient.sum(axis=1)
    return expected, by_delta(changes, expected, gradient, level).conf_low > 0


def ratio_to(
    expected: Floats, changes: ArmEstimates, gradient: Floats, own: np.ndarray, level: float
) -> RawContrasts:
    """The logarithm of observed over expected relative volume."""
    positive = np.where(expected > 0, expected, np.nan)
    rows = np.arange(len(own))
    slopes = np.nan_to_num(gradient / positive[:, None])
    slopes[rows, own] = 1.0
    return by_delta(changes, changes.values[own] - np.log(positive), slopes, level)


def testable_only(raw: RawContrasts, testable: np.ndarray) -> RawContrasts:
    """The same rows, without test and interval where nothing can be tested."""
    tests = ("statistic", "p_value", "conf_low", "conf_high")
    return replace(raw, **{name: np.where(testable, getattr(raw, name), np.nan) for name in tests})


def not_testable_later(
    change_at: ChangeAt, design: Design, asked: Sequence[Expectation], day: float, level: float
) -> Iterator[Doubt]:
    """From which day on response additivity predicts no tumour, looked for up to ``day``."""
    if not asked:
        return
    arms = change_at(day).arms
    weights = np.vstack([weights_of(design, arms, e) for e in asked])
    own = np.array([arms.index(e.combination) for e in asked])

    def lost(when: float) -> np.ndarray:
        changes = change_at(when)
        estimable = np.isfinite(estimate_contrasts(changes, weights, level).df)
        return estimable & ~expectation(changes, weights, own, level)[1]

    # The last day says for whom it matters; the days before say since when.
    first = np.where(lost(day), np.ceil(day), np.nan)
    for when in range(int(np.ceil(day)) - 1, 0, -1):
        if np.isfinite(first).any():
            first = np.where(np.isfinite(first) & lost(float(when)), when, first)
    told = [
        (one.combination, when)
        for one, when in zip(asked, first.tolist(), strict=True)
        if np.isfinite(when)
    ]
    if told:
        since = "; ".join(f"{name} from day {when:g}" for name, when in told)
        yield Doubt(
            "additivity-not-testable",
            tuple(name for name, _ in told),
            "synergy",
            "Response additivity predicts no tumour, as the expected volume less its error "
            f"reaches 0, and is not testable later: {since}.",
        )
