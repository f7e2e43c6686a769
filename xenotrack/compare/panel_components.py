"""Weight, days gained and response of panels of one or two mice a line and arm.

Arms are paired within lines, as their rates are. Days and responses are bounded and full of ties:
where few lines tell, a t test of them claims too much. So their p is the larger of its own and that
of arms permuted within lines, and the interval holds 0 where that p does not deny it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Floats
from xenotrack.compare.line_contrasts import LineContrasts
from xenotrack.compare.panel import Cell, Readings, compared, with_lines
from xenotrack.compare.within_lines import Bounded
from xenotrack.model.restricted_mean import last_comparable_day
from xenotrack.model.survival import estimate_curve
from xenotrack.model.times import mouse_times

RESPONDED = ("CR", "PR")


@dataclass(frozen=True, eq=False)
class PanelTables:
    """What each line has beside its readings: line → ``response``, ``times``, ``weights``."""

    response: Readings
    times: Readings
    weights: Readings


def panel_components(
    tables: PanelTables, arms: Sequence[str], control: str | None, level: float
) -> Iterator[LineContrasts]:
    """Each arm against control within lines, in every outcome that has no model by line."""
    response, times = with_lines(tables.response), with_lines(tables.times)
    weighed = _changes_by_cell(with_lines(tables.weights))
    for arm in arms if control is not None else ():
        if arm == control:
            continue
        pair = (arm, str(control))
        both = {
            line: {name: cells[name] for name in pair}
            for line, cells in weighed.items()
            if set(pair) <= set(cells)
        }
        yield from _days(_with_both(times, pair), pair, level)
        yield from _responses(_with_both(response, pair), pair)
        yield from compared("net_weight", pair, both, _means) if both else ()


def _with_both(rows: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    """The mice of two arms, of lines that have both."""
    if not len(rows):
        return rows
    rows = rows[rows["arm"].isin(pair)]
    both = rows.groupby("line")["arm"].transform("nunique") == 2
    return rows[both].reset_index(drop=True)


def _changes_by_cell(rows: pd.DataFrame) -> dict[str, dict[str, Cell]]:
    """The days and changes of weight of each mouse, by line and arm.

    Without the baseline, where the change is 0 by definition.
    """
    found: dict[str, dict[str, Cell]] = {}
    if not len(rows):
        return found
    day, change = (np.array(rows[name], dtype=float) for name in ("day", "change_percent"))
    for (line, arm, _), own in rows.groupby(["line", "arm", "mouse"], sort=False).indices.items():
        if len(own) > 1:
            found.setdefault(line, {}).setdefault(arm, []).append((day[own[1:]], change[own[1:]]))
    return found


def _means(cell: Cell, first: float, last: float) -> list[float]:
    """Each mouse's average change over some days."""
    return [_mean(day, change, first, last) for day, change in cell]


def _mean(day: Floats, change: Floats, first: float, last: float) -> float:
    if last < first:
        return np.nan
    inside = day[(day > first) & (day < last)]
    at = np.r_[first, inside, last]
    values: Floats = np.interp(at, day, change).astype(float)
    return float(np.trapezoid(values, at) / (last - first)) if last > first else float(values[0])


def _days(rows: pd.DataFrame, pair: tuple[str, str], level: float) -> Iterator[LineContrasts]:
    """Days gained: each mouse's pseudo-value of its arm's mean over all lines.

    Of a mouse that was followed to the last day it is the days that it stayed free; one that left
    earlier takes what is known of the others of its arm (Andersen, Hansen and Klein 2004, Lifetime
    Data Anal 10:335).
    """
    if not len(rows):
        return
    mice = mouse_times(rows, pair)
    by_arm = [mice.of_arms((code,)) for code in (0, 1)]
    curves = [estimate_curve(own.day, own.events, level) for own in by_arm]
    until = last_comparable_day(curves)
    values = np.full(len(rows), np.nan)
    for code, own in enumerate(by_arm):
        values[mice.arm == code] = pseudo_values(own.day, own.events, until)
    for one in _paired("rmst_days", pair, rows, values, scale=np.nan):
        n = len(one.lines)
        yield replace(one, from_day=np.zeros(n), until_day=np.full(n, until))


def _responses(rows: pd.DataFrame, pair: tuple[str, str]) -> Iterator[LineContrasts]:
    """The share of mice with an objective response, those without a class in the denominator."""
    if len(rows):
        values = rows["mrecist"].isin(RESPONDED).to_numpy(dtype=float)
        yield from _paired("response_rate", pair, rows, values, scale=1.0)


def _paired(
    outcome: str, pair: tuple[str, str], rows: pd.DataFrame, values: Floats, scale: float
) -> Iterator[LineContrasts]:
    known = np.isfinite(values)
    treated = rows["arm"].eq(pair[0]).to_numpy() & known
    line, names = pd.factorize(rows["line"])
    bounded = Bounded(values, treated, known & ~treated, line, tuple(names), scale)
    means = bounded.differences
    told = np.isfinite(means)
    unknown = np.full(len(names), np.nan)
    if told.any():
        one = LineContrasts(
            *(outcome, *pair, tuple(names), means, unknown, unknown, unknown, unknown),
            bounded=bounded,
        )
        yield one.some([name for name, kept in zip(names, told, strict=True) if kept])


def pseudo_values(day: Floats, event: Bools, until: float) -> Floats:
    """``n θ − (n − 1) θ₋ᵢ`` of the mean days up to ``until``, a value a mouse, (n,).

    A curve that nobody is followed along stays as it last was.

    >>> pseudo_values(np.array([4.0, 9.0, 12.0]), np.array([True] * 3), 10.0).round(9).tolist()
    [4.0, 9.0, 10.0]
    """
    n = len(day)
    times = np.unique(day[event & (day < until)])
    there = np.vstack([np.ones((1, n), dtype=bool), ~np.eye(n, dtype=bool)]).astype(float)
    at_risk = there @ (day[:, None] >= times).astype(float)
    events = there @ ((day[:, None] == times) & event[:, None]).astype(float)
    curve = np.cumprod(1 - events / np.maximum(at_risk, 1), axis=1)
    steps = np.diff(np.r_[0.0, times, until])
    means: Floats = steps[0] + curve @ steps[1:]
    return np.asarray(n * means[0] - (n - 1) * means[1:], dtype=float)
