"""Panels of one or two mice a line and arm: each mouse's rate, arms paired within lines.

Gao et al. (2015, Nat Med 21:1318) treat one mouse of each line with each drug. A line then knows no
error of its own; the differences between lines hold that of their mice as well. Where some cells
have two mice or more all of them stand in one model with line and line by arm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.compare.line_contrasts import RATE, LineContrasts
from xenotrack.compare.one_stage import Names, PanelMice
from xenotrack.compare.random_effects import LEAST_DF

# line → ``mouse arm day volume_mm3``.
Readings = Mapping[str, pd.DataFrame]
# The days and ln volumes of each mouse of a cell.
Cell = list[tuple[Floats, Floats]]
Cells = Mapping[str, Mapping[str, Cell]]


def panel_contrasts(
    readings: Readings,
    arms: tuple[str, ...],
    control: str | None,
    blocked_below: float,
    pooled: bool = False,
    day: float | None = None,
) -> Iterator[LineContrasts]:
    """Each arm against control, within lines, and the rate of each arm by itself.

    ``pooled``: one spread for all arms, which tells more where it is so: all arms of a line then
    stand in the model, over the days that they share. ``day`` is that of the change of ln volume
    [the last that every line reaches].
    """
    others = [arm for arm in arms if arm != control]
    by_cell = {line: cells_of(rows) for line, rows in readings.items()}
    for arm in others if control is not None else ():
        pair = (arm, str(control))
        both = {line: cells for line, cells in by_cell.items() if set(pair) <= set(cells)}
        beside = {
            line: {name: cell for name, cell in cells.items() if pooled or name in pair}
            for line, cells in both.items()
        }
        yield from compared("growth_rate", pair, beside, _rates_of, pooled)
        yield from _changes(pair, beside, pooled, day)
    for arm in others:
        alone = {
            line: (*(days := shared_days(cells[arm])), mean_rate(cells[arm], *days))
            for line, cells in by_cell.items()
            if arm in cells
        }
        yield from _contrast(RATE, arm, "", alone, blocked_below)


def compared(
    outcome: str,
    pair: tuple[str, str],
    by_cell: Cells,
    values_of: Callable[[Cell, float, float], list[float]],
    pooled: bool = False,
) -> Iterator[LineContrasts]:
    """A contrast of what ``values_of`` gives of each mouse over the days that cells share."""
    found: dict[str, tuple[float, float, float]] = {}
    mice: list[tuple[float, str, str]] = []
    for line, cells in by_cell.items():
        days = shared_days([mouse for cell in cells.values() for mouse in cell])
        values = {arm: values_of(cell, *days) for arm, cell in cells.items()}
        means = [float(np.mean(values[arm])) for arm in pair]
        if np.isfinite(means).all():
            found[line] = (*days, means[0] - means[1])
            mice += [(x, line, arm) for arm, own in values.items() for x in own if np.isfinite(x)]
    for one in _contrast(outcome, *pair, found, 0.0):
        yield _with_mice(one, PanelMice(*_columns(mice), pair), pooled)


def _columns(mice: list[tuple[float, str, str]]) -> tuple[Floats, Names, Names]:
    value, line, arm = zip(*mice, strict=True)
    return np.array(value), np.array(line, dtype=object), np.array(arm, dtype=object)


def _with_mice(one: LineContrasts, mice: PanelMice, pooled: bool) -> LineContrasts:
    """The contrast with its mice in one model, where some cell has two or all arms are pooled.

    Lines have errors of their own where enough cells say how much mice of one cell differ.
    """
    variance, df = mice.within
    if not (df > 0 or (pooled and len(set(mice.arm)) > 2)):
        return one
    if df < LEAST_DF:
        return replace(one, mice=mice)
    counts = Counter(zip(mice.line, mice.arm, strict=True))
    share = [1 / counts[line, one.arm] + 1 / counts[line, one.against] for line in one.lines]
    errors = np.sqrt(variance * np.array(share))
    return replace(one, mice=mice, std_error=errors, df=np.full(len(errors), df))


def _changes(
    pair: tuple[str, str], by_cell: Cells, pooled: bool, day: float | None
) -> Iterator[LineContrasts]:
    """The contrast of the change of ln volume by a day, of lines that reach it."""
    reached = {
        line: shared_days([mouse for cell in cells.values() for mouse in cell])[1]
        for line, cells in by_cell.items()
    }
    at = min(reached.values(), default=0.0) if day is None else day
    inside = {line: cells for line, cells in by_cell.items() if reached[line] >= at > 0}

    def changes(cell: Cell, first: float, last: float) -> list[float]:
        return [float(np.interp(at, days, ln) - ln[0]) for days, ln in cell]

    for one in compared("ln_volume", pair, inside, changes, pooled):
        yield replace(one, until_day=np.full(len(one.lines), at))


def cells_of(rows: pd.DataFrame) -> dict[str, Cell]:
    """The mice of each arm of a line, as days from treatment on and ln volumes."""
    day, volume = (rows[name].to_numpy(dtype=float) for name in ("day", "volume_mm3"))
    mouse, arm = (rows[name].to_numpy(dtype=object) for name in ("mouse", "arm"))
    kept = (volume > 0) & ((day >= 0) | (day.max(initial=0.0) < 0))
    cells: dict[str, Cell] = {}
    for name in dict.fromkeys(mouse[kept].tolist()):
        own = np.flatnonzero(kept & (mouse == name))
        cells.setdefault(str(arm[own[0]]), []).append((day[own], np.log(volume[own])))
    return cells


def shared_days(cell: Cell) -> tuple[float, float]:
    """The first and the last day on which every mouse of a cell is read."""
    return float(max(day.min() for day, _ in cell)), float(min(day.max() for day, _ in cell))


def _rates_of(cell: Cell, first: float, last: float) -> list[float]:
    """The least-squares rate of each mouse over some days; NaN where it has none."""
    return [_slope(day, ln, first, last) for day, ln in cell]


def mean_rate(cell: Cell, first: float, last: float) -> float:
    """The mean of the mice's rates over some days; NaN where a mouse has none."""
    return float(np.mean(_rates_of(cell, first, last)))


def _slope(day: Floats, ln_volume: Floats, first: float, last: float) -> float:
    used = (day >= first) & (day <= last)
    x = day[used] - day[used].mean() if used.any() else day[used]
    spread = float(x @ x)
    return float(x @ ln_volume[used]) / spread if spread > 0 else np.nan


def _contrast(
    outcome: str,
    arm: str,
    against: str,
    by_line: Mapping[str, tuple[float, float, float]],
    null: float,
) -> Iterator[LineContrasts]:
    known = {line: row for line, row in by_line.items() if np.isfinite(row[2])}
    if not known:
        return
    first, last, estimate = np.array(list(known.values()), dtype=float).T
    unknown = np.full(len(known), np.nan)
    yield LineContrasts(
        *(outcome, arm, against, tuple(known), estimate, unknown, unknown, first, last), null=null
    )


def with_lines(tables: Readings) -> pd.DataFrame:
    """The rows of every line, with its name; empty where no line has any."""
    names = dict.fromkeys(name for rows in tables.values() for name in rows)
    # By values: pandas warns where a column that is empty in one line meets numbers of another.
    columns = {
        name: [value for rows in tables.values() for value in _values(rows, name)] for name in names
    }
    return pd.DataFrame(
        {**columns, "line": [line for line, own in tables.items() for _ in own.index]}
    )


def _values(rows: pd.DataFrame, name: str) -> list[object]:
    return rows[name].tolist() if name in rows else [None] * len(rows)
