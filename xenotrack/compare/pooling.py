"""Contrasts of arms in several lines → one over all lines, over groups of them, in each group.

Lines are compared within themselves: what is pooled are their contrasts, never their mice. Where
lines have one or two mice an arm (a *panel*), no line knows its own error. With one mouse a cell
its contrast counts without one, and the differences between lines, which hold the mice's as well,
are the error: over one group this is the paired t test on lines − 1. With more in some cells all
mice stand in one model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import stdtrit

from xenotrack.arrays import Codes, Floats
from xenotrack.compare.contrasts import t_contrasts
from xenotrack.compare.one_stage import PanelMice, StagedMeans
from xenotrack.compare.outcomes import OUTCOMES, Better
from xenotrack.compare.random_effects import (
    FEWEST_FOR_PREDICTION,
    RandomEffects,
    expected_square,
)
from xenotrack.compare.within_lines import Bounded, bounded_row

ALL, GROUP, DIFFERENCE, EACH = "all lines", "group", "difference", "each group"
RATE = "arm_rate"
"""The growth rate of an arm itself, no contrast: whether it was blocked is a claim of it."""

METHOD = "random effects (Paule–Mandel), t on {df} df"
PAIRED = "arms paired within lines, t on {df} df"
BOUNDED = "arms paired within lines, t on {df} df; p not below that of arms permuted within lines"
ALONE = "mean over lines, t on {df} df"
ONE_STAGE = "mice in one model of arm, line and line by arm, Kenward–Roger, t on {df} df"

# Subgroups of lines: factor → group → lines.
Factors = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, eq=False)
class LineContrasts:
    """One contrast of one outcome in every line that has it.

    ``std_error`` is NaN where lines do not know their own error; ``df`` NaN where it is taken as
    known. ``against`` is empty for the rate of an arm itself. ``null`` is the value that is tested.
    ``mice`` are those of a panel, where all of them stand in one model. ``withheld`` are the lines
    whose own claim is withheld, with the rule of the doubt. ``bounded`` are the mice of a panel
    whose values have bounds and ties.
    """

    outcome: str
    arm: str
    against: str
    lines: tuple[str, ...]
    estimate: Floats
    std_error: Floats
    df: Floats
    from_day: Floats
    until_day: Floats
    primary: bool = False
    null: float = 0.0
    mice: PanelMice | None = None
    withheld: Mapping[str, str] = field(default_factory=dict)
    bounded: Bounded | None = None

    @property
    def is_paired(self) -> bool:
        """Whether lines have no errors of their own."""
        return bool(np.isnan(self.std_error).all())

    @property
    def better(self) -> Better:
        return "lower" if self.outcome == RATE else OUTCOMES[self.outcome].better

    def some(self, names: Sequence[str]) -> LineContrasts:
        """The contrast in some of the lines."""
        kept = np.isin(self.lines, list(names))
        arrays = ("estimate", "std_error", "df", "from_day", "until_day")
        return replace(
            self,
            lines=tuple(line for line, one in zip(self.lines, kept, strict=True) if one),
            **{name: getattr(self, name)[kept] for name in arrays},
            withheld={line: why for line, why in self.withheld.items() if line in names},
        )


@dataclass(frozen=True)
class Pooled:
    """One row of the table ``pool``: a contrast over lines.

    ``scope`` is all lines, a group of them, the difference of two groups, or each group at once
    (the larger p, and the limits that are farthest towards no effect). ``tau`` is the SD between
    the true values of lines; ``predict_low`` and ``predict_high`` are where that of the next line
    lies. ``until_day`` is the first of the lines' last days, ``until_last`` the last.
    ``next_line`` gives where the next line lies at another level; ``withheld`` is the rule for
    which a line's own claim is withheld.
    """

    outcome: str
    arm: str
    against: str
    scope: str
    factor: str
    groups: tuple[str, ...]
    n_lines: int
    estimate: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    tau: float = np.nan
    tau_low: float = np.nan
    tau_high: float = np.nan
    predict_low: float = np.nan
    predict_high: float = np.nan
    from_day: float = np.nan
    until_day: float = np.nan
    until_last: float = np.nan
    primary: bool = False
    p_adjusted: float = np.nan
    adjustment: str = "none"
    claim_low: float = np.nan
    claim_high: float = np.nan
    shows: str = ""
    method: str = ""
    null: float = 0.0
    limits: Callable[[float], tuple[float, float]] | None = None
    next_line: Callable[[float], tuple[float, float]] | None = None
    withheld: str = ""

    @property
    def group(self) -> str:
        """The groups that it is of, as the table has them."""
        return (" - " if self.scope == DIFFERENCE else " and ").join(self.groups)

    @property
    def is_claim(self) -> bool:
        """Whether it is read as a claim; the mean of one group is evidence for one."""
        return self.scope != GROUP


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
    yield each_row(inside, means, level)


def model_of(one: LineContrasts, codes: Codes, level: float) -> RandomEffects:
    """The random-effects model of a contrast; without errors of lines, that of paired arms."""
    if one.is_paired:
        # The differences themselves are the error; a variance of 0 would divide by 0.
        least = 1e-12 * max(float(np.ptp(one.estimate)) ** 2, 1e-12)
        return RandomEffects(one.estimate, np.full(len(codes), least), codes, level)
    squares = one.std_error**2
    larger = expected_square(one.std_error, one.df)
    return RandomEffects(one.estimate, larger, codes, level, squares)


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
    raw = tested(float(estimate), float(error), model.df, model.level, one.null)
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


def coherent(row: Pooled) -> Pooled:
    """The row with the next line known no better than the mean.

    The two rest on other variances (``RandomEffects.prediction``), so that few lines that are
    alike could predict the next one within the limits of their own mean.
    """
    low, high = (
        np.minimum(row.predict_low, row.conf_low),
        np.maximum(row.predict_high, row.conf_high),
    )
    return replace(row, predict_low=float(low), predict_high=float(high))


def in_one_stage(
    row: Pooled, stage: StagedMeans | None, codes: tuple[int, ...], level: float, null: float
) -> Pooled:
    """The row with its estimate and test from the model of all mice, where there is one."""
    if stage is None:
        return row
    estimate, error, df = stage.estimate(*codes)
    return replace(
        row, **tested(estimate, error, df, level, null), method=ONE_STAGE.format(df=f"{df:.1f}")
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


def tested(estimate: float, error: float, df: float, level: float, null: float) -> dict[str, Any]:
    """``estimate … conf_high`` of a t test of ``null``."""
    off = t_contrasts(np.array([estimate - null]), np.array([error]), np.array([float(df)]), level)
    row = {name: float(values[0]) for name, values in off.columns().items()}
    shifted = ("estimate", "conf_low", "conf_high")
    return {name: value + null if name in shifted else value for name, value in row.items()}


def difference_row(model: RandomEffects, first: Pooled, second: Pooled) -> Pooled:
    """The interaction: by how much the contrast differs between two groups of lines."""
    error = float(np.hypot(first.std_error, second.std_error))
    raw = tested(first.estimate - second.estimate, error, model.df, model.level, 0.0)
    return replace(
        first,
        scope=DIFFERENCE,
        groups=first.groups + second.groups,
        n_lines=first.n_lines + second.n_lines,
        predict_low=np.nan,
        predict_high=np.nan,
        next_line=None,
        limits=None,
        withheld=first.withheld or second.withheld,
        from_day=max(first.from_day, second.from_day),
        until_day=min(first.until_day, second.until_day),
        until_last=max(first.until_last, second.until_last),
        null=0.0,
        **raw,
    )


def each_row(one: LineContrasts, means: Sequence[Pooled], level: float) -> Pooled:
    """The claim that the contrast is better in every group: an intersection, no mean.

    ``p = min(1, 2 · the largest one-sided p)`` (Berger 1982, Technometrics 24:295); the limits are
    the farthest of the groups' own, and the estimate that of the group that shows least.
    """
    sign = 1.0 if one.better == "lower" else -1.0
    least = max(means, key=lambda row: sign * row.estimate)
    low, high = farthest(means, level)
    return replace(
        least,
        scope=EACH,
        groups=tuple(name for row in means for name in row.groups),
        n_lines=len(one.lines),
        statistic=np.nan,
        p_value=largest_p(means, sign),
        conf_low=low,
        conf_high=high,
        predict_low=np.nan,
        predict_high=np.nan,
        next_line=None,
        limits=None,
        withheld=next((row.withheld for row in means if row.withheld), ""),
        from_day=max(row.from_day for row in means),
        until_day=min(row.until_day for row in means),
        until_last=max(row.until_last for row in means),
    )


def largest_p(means: Sequence[Pooled], sign: float) -> float:
    """Twice the largest p of the groups against "no better"."""
    known = [row.p_value / 2 for row in means]
    sides = [
        p if sign * (row.estimate - row.null) < 0 else 1 - p
        for p, row in zip(known, means, strict=True)
    ]
    return float(np.minimum(1.0, 2 * np.max(sides)))


def farthest(rows: Sequence[Pooled], level: float) -> tuple[float, float]:
    """The lowest and the highest limit of some rows at a level."""
    reached = [row.limits(level) if row.limits else _limits(row, level) for row in rows]
    low, high = np.array(reached).T
    return float(low.min()), float(high.max())


def _limits(row: Pooled, level: float) -> tuple[float, float]:
    reach = float(stdtrit(row.df, (1 + level) / 2)) * row.std_error
    return row.estimate - reach, row.estimate + reach


def latest(days: Floats) -> float:
    return float(np.nanmax(days)) if np.isfinite(days).any() else np.nan


def earliest(days: Floats) -> float:
    return float(np.nanmin(days)) if np.isfinite(days).any() else np.nan
