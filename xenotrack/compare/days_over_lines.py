"""Days gained of several lines, all up to one day: else they are not the same quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from xenotrack.doubts import Doubt
from xenotrack.study.design import Design

if TYPE_CHECKING:
    from xenotrack.compare.line_contrasts import LineContrasts
    from xenotrack.compare.lines import Line
    from xenotrack.study.rules import Rules

APART = 1.25  # times as long: then the lines whose follow-up was cut short are told


def to_one_day(one: LineContrasts, lines: Sequence[Line], rules: Rules) -> LineContrasts:
    """The contrast of every line up to the first of the lines' last days.

    By default each line's days are counted to its own last comparable day: days gained within two
    weeks and within eight have no mean.
    """
    until = float(np.min(one.until_day))
    if not until > 0 or (one.until_day == until).all():
        return one
    by_name = {line.name: line for line in lines}
    rows = [
        _row(by_name[name], rules, (one.arm, one.against), until)
        if last > until
        else (one.estimate[place], one.std_error[place])
        for place, (name, last) in enumerate(zip(one.lines, one.until_day, strict=True))
    ]
    estimate, error = np.array(rows, dtype=float).T
    known = np.isfinite(estimate) & (error > 0)
    to_day = replace(one, estimate=estimate, std_error=error, until_day=np.full(len(rows), until))
    return to_day.some([line for line, kept in zip(one.lines, known, strict=True) if kept])


def _row(line: Line, rules: Rules, pair: tuple[str, str], until: float) -> tuple[float, float]:
    """Days gained by one arm of a line over another up to a day, with their standard error."""
    # Most lines need none of the models behind these.
    from xenotrack.compare.days_gained import days_gained
    from xenotrack.model.progression import fit_mice

    progression = msgspec.structs.replace(rules.progression, rmst_until=until)
    design = Design("", line.design_arms, msgspec.structs.replace(rules, progression=progression))
    weights = np.array([[float(arm == pair[0]) - float(arm == pair[1]) for arm in line.arms]])
    found = days_gained(fit_mice(line.times, design)).contrast_of(weights, rules.compare.level)
    return float(found.estimate[0]), float(found.std_error[0])


def cut_short(
    contrasts: Sequence[LineContrasts], followed: Mapping[tuple[str, str], Mapping[str, float]]
) -> Iterator[Doubt]:
    """Arms whose days gained stop early for one line; ``followed``: contrast → line → last day."""
    for one in contrasts:
        last = followed.get((one.arm, one.against), {})
        if (
            one.outcome != "rmst_days"
            or len(last) < 2
            or max(last.values()) <= APART * min(last.values())
        ):
            continue
        shortest = min(last, key=lambda line: last[line])
        yield Doubt(
            "days-cut-short",
            (one.arm, one.against),
            "progression",
            f"Days gained by {one.arm} over {one.against} are counted to day "
            f"{round(last[shortest], 1):g} in every line: {shortest} is comparable no longer, "
            f"others up to day {round(max(last.values()), 1):g}.",
        )
