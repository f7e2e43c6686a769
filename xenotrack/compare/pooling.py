"""Contrasts of arms in several lines → one over all lines, over groups of them, in each group.

Lines are compared within themselves: what is pooled are their contrasts, never their mice. Where
lines have one or two mice an arm (a *panel*), no line knows its own error. With one mouse a cell
its contrast counts without one, and the differences between lines, which hold the mice's as well,
are the error: over one group this is the paired t test on lines − 1. With more in some cells all
mice stand in one model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy.special import stdtrit

from xenotrack.arrays import Codes
from xenotrack.compare.line_contrasts import Factors, LineContrasts
from xenotrack.compare.one_stage import StagedMeans
from xenotrack.compare.pooled import (
    ALL,
    GROUP,
    Pooled,
    by_t_test,
    coherent,
    difference_of,
    each_row,
    earliest,
    latest,
)
from xenotrack.compare.random_effects import (
    FEWEST_FOR_PREDICTION,
    RandomEffects,
    expected_square,
)
from xenotrack.compare.within_lines import bounded_row

METHOD = "random effects (Paule–Mandel), t on {df} df"
PAIRED = "arms paired within lines, t on {df} df"
BOUNDED = "arms paired within lines, t on {df} df; p not below that of arms permuted within lines"
ALONE = "mean over lines, t on {df} df"
ONE_STAGE = "mice in one model of arm, line and line by arm, Kenward–Roger, t on {df} df"


def pool_contrast(one: LineContrasts, factors: Factors, level: float) -> Iterator[Pooled]:
    """A contrast over all of its lines, then by each factor."""
    if not len(one.lines):
        return
    yield from over_all(one, level)
    for factor, groups in factors.items():
        yield from by_factor(one, factor, groups, level)


def over_all(one: LineContrasts, level: float) -> Iterator[Pooled]:
    """The mean over all lines."""
    model = model_of(one, np.zeros(len(one.lines), dtype=np.intp), level)
    yield mean_row(one, model, 0, one.lines, ALL, stage=staged(one, dict.fromkeys(one.lines, 0)))


def staged(one: LineContrasts, code_of: Mapping[str, int]) -> StagedMeans | None:
    """The model of all mice, where a panel has one and lines are more than their groups."""
    if one.mice is None or len(code_of) <= len(set(code_of.values())):
        return None
    return one.mice.over(code_of)


def by_factor(
    one: LineContrasts, factor: str, groups: Mapping[str, Sequence[str]], level: float
) -> Iterator[Pooled]:
    """The mean of each group of lines, their differences, and all of them at once.

    The groups share one spread between lines; a mean of two lines would else rest on one degree
    of freedom.
    """
    sorted_lines = [(name, line) for name, own in groups.items() for line in own]
    inside = one.some([line for _, line in sorted_lines])
    names = [name for name, own in groups.items() if set(own) & set(inside.lines)]
    if len(names) < 2:
        return
    code_of = {line: names.index(name) for name, line in sorted_lines if name in names}
    codes = np.array([code_of[line] for line in inside.lines], dtype=np.intp)
    model = model_of(inside, codes, level)
    stage = staged(inside, {line: code_of[line] for line in inside.lines})
    means = []
    for code, name in enumerate(names):
        lines = tuple(line for line in inside.lines if code_of[line] == code)
        own = inside.some(lines)
        means.append(mean_row(own, model, code, lines, GROUP, factor, (name,), stage))
    yield from means
    for first, second in combinations(range(len(names)), 2):
        if one.against:
            row = difference_row(model, means[first], means[second])
            yield in_one_stage(row, stage, (first, second), model.level, 0.0)
    yield each_row(inside.better, means, level)


def model_of(one: LineContrasts, codes: Codes, level: float) -> RandomEffects:
    """The random-effects model of a contrast; without errors of lines, that of paired arms."""
    if one.is_paired:
        # The differences themselves are the error; a variance of 0 would divide by 0.
        least = 1e-12 * max(float(np.ptp(one.estimate)) ** 2, 1e-12)
        return RandomEffects(one.estimate, np.full(len(codes), least), codes, level)
    squares = one.std_error**2
    larger = expected_square(one.std_error, one.df)
    return RandomEffects(one.estimate, larger, codes, level, squares, one.mice is not None)


def mean_row(
    one: LineContrasts,
    model: RandomEffects,
    code: int,
    lines: Sequence[str],
    scope: str,
    factor: str = "",
    groups: tuple[str, ...] = (),
    stage: StagedMeans | None = None,
) -> Pooled:
    """The mean of a group of lines, with the spread between lines and the next line."""
    error = np.sqrt(model.variances[code]) if model.df > 0 else np.nan
    estimate = model.means[code] if model.df > 0 else alone(model, code)
    raw = by_t_test(float(estimate), float(error), model.df, model.level, one.null)
    # The spread of differences of single mice is no spread of lines: it has no τ.
    paired = one.is_paired
    low, high = (np.nan, np.nan) if paired else model.tau2_limits

    def next_line(at: float) -> tuple[float, float]:
        own = replace(model, level=at)
        return seen_next(own, code) if paired else own.prediction(code)

    predicted = next_line(model.level)
    row = Pooled(
        one.outcome,
        one.arm,
        one.against,
        scope,
        factor,
        groups,
        len(lines),
        **raw,
        tau=np.nan if paired else float(np.sqrt(model.tau2)),
        tau_low=float(np.sqrt(low)),
        tau_high=float(np.sqrt(high)),
        predict_low=predicted[0],
        predict_high=predicted[1],
        from_day=latest(one.from_day),
        until_day=earliest(one.until_day),
        until_last=latest(one.until_day),
        primary=one.primary,
        method=method_of(one).format(df=model.df) if model.df > 0 else "",
        null=one.null,
        next_line=next_line,
        withheld=next(iter(one.withheld.values()), ""),
    )
    if one.bounded is not None:
        differences = one.some(lines).estimate
        return bounded_row(row, one.bounded, lines, differences, model.level)
    return coherent(in_one_stage(row, stage, (code,), model.level, one.null))


def in_one_stage(
    row: Pooled, stage: StagedMeans | None, codes: tuple[int, ...], level: float, null: float
) -> Pooled:
    """The row with its estimate and test from the model of all mice, where there is one."""
    if stage is None:
        return row
    estimate, error, df = stage.estimate(*codes)
    return replace(
        row, **by_t_test(estimate, error, df, level, null), method=ONE_STAGE.format(df=f"{df:.1f}")
    )


def seen_next(model: RandomEffects, code: int) -> tuple[float, float]:
    """Where the difference of single mice of the next line lies, ``mean ± t · s · √(1 + 1/n)``.

    Its true value lies there at least as often: the spread of mice cannot be told from that of
    lines, and is in it.
    """
    if len(model.estimate) < FEWEST_FOR_PREDICTION or model.df < 2:
        return np.nan, np.nan
    spread = np.sqrt(model.tau2 + model.variances[code])
    reach = float(stdtrit(model.df, (1 + model.level) / 2) * spread)
    return float(model.means[code]) - reach, float(model.means[code]) + reach


def method_of(one: LineContrasts) -> str:
    """How a contrast is pooled, in words."""
    if one.bounded is not None:
        return BOUNDED
    if not one.is_paired:
        return METHOD
    return PAIRED if one.against else ALONE


def alone(model: RandomEffects, code: int) -> float:
    """The estimate of a line that is the only one of its group, where nobody knows the spread."""
    return float(model.estimate[model.group == code].mean())


def difference_row(model: RandomEffects, first: Pooled, second: Pooled) -> Pooled:
    """The interaction: by how much the contrast differs between two groups of lines."""
    error = float(np.hypot(first.std_error, second.std_error))
    raw = by_t_test(first.estimate - second.estimate, error, model.df, model.level, 0.0)
    return replace(difference_of(first, second), **raw)
