"""Panels of one or two mice a line and arm: each mouse's rate, arms paired within lines.

Gao et al. (2015, Nat Med 21:1318) treat one mouse of each line with each drug. A line then knows no
error of its own; the differences between lines hold that of their mice as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.compare.pooling import ALL, RATE, LineContrasts, Pooled
from xenotrack.model.stratified import StratifiedHazard

STRATIFIED = (
    "Cox stratified by line, Efron ties; p the larger of the likelihood ratio's and that of arms "
    "permuted within lines"
)
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
) -> Iterator[LineContrasts]:
    """Each arm against control, paired within lines, and the rate of each arm by itself.

    ``pooled``: one spread for all arms (``rate ~ line + arm``), which tells more where it is so.
    """
    others = [arm for arm in arms if arm != control]
    by_cell = {line: cells_of(rows) for line, rows in readings.items()}
    common = common_error(by_cell, arms) if pooled else None
    for arm in others if control is not None else ():
        found = {
            line: paired(cells[arm], cells[control])
            for line, cells in by_cell.items()
            if arm in cells and control in cells
        }
        for one in _contrast("growth_rate", arm, control or "", found, 0.0):
            yield replace(one, common=common)
    for arm in others:
        alone = {
            line: (*(days := shared_days(cells[arm])), mean_rate(cells[arm], *days))
            for line, cells in by_cell.items()
            if arm in cells
        }
        yield from _contrast(RATE, arm, "", alone, blocked_below)


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


def common_error(by_cell: Cells, arms: tuple[str, ...]) -> tuple[float, float] | None:
    """The variance of a difference of two cells of a line, from all arms, and its df.

    Twice the mean square of what line and arm leave of the cells' mean rates, over the lines that
    have every arm; None with fewer than two such lines.
    """
    whole = [cells for cells in by_cell.values() if set(arms) <= set(cells)]
    if len(whole) < 2 or len(arms) < 2:
        return None
    rates = np.array(
        [[mean_rate(cells[arm], *shared_days(cells[arm])) for arm in arms] for cells in whole]
    )
    rates = rates[np.isfinite(rates).all(axis=1)]
    left = rates - rates.mean(axis=1, keepdims=True) - rates.mean(axis=0) + rates.mean()
    df = (len(rates) - 1) * (len(arms) - 1)
    return (2 * float((left**2).sum()) / df, float(df)) if df > 0 else None


def paired(cell: Cell, other: Cell) -> tuple[float, float, float]:
    """The shared days of two cells of a line, and the difference of their mean rates over these."""
    own, others = shared_days(cell), shared_days(other)
    days = max(own[0], others[0]), min(own[1], others[1])
    return (*days, mean_rate(cell, *days) - mean_rate(other, *days))


def shared_days(cell: Cell) -> tuple[float, float]:
    """The first and the last day on which every mouse of a cell is read."""
    return float(max(day.min() for day, _ in cell)), float(min(day.max() for day, _ in cell))


def mean_rate(cell: Cell, first: float, last: float) -> float:
    """The mean of the mice's least-squares rates over some days; NaN where a mouse has none."""
    return float(np.mean([_slope(day, ln, first, last) for day, ln in cell]))


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


def panel_hazards(
    responses: Readings, arms: tuple[str, ...], control: str | None, level: float
) -> Iterator[Pooled]:
    """The hazard of progression of each arm against control, stratified by line.

    ``responses`` are the tables ``response`` of the lines.
    """
    rows = pd.concat([own.assign(line=line) for line, own in responses.items()], ignore_index=True)
    days = [pd.to_numeric(rows[name]).astype(float) for name in ("progression_day", "last_day")]
    event = rows["progressed"].eq(True)
    rows = rows.assign(event=event, until=days[0].where(event, days[1]))
    rows = rows[rows["until"].notna() & (rows["mrecist"] != "NE")]
    for arm in arms if control is not None else ():
        own = rows[rows["arm"].isin([arm, control])]
        both = own.groupby("line")["arm"].transform("nunique") == 2
        if arm != control and both.any():
            yield _hazard(arm, str(control), own[both], level)


def _hazard(arm: str, control: str, rows: pd.DataFrame, level: float) -> Pooled:
    lines = pd.factorize(rows["line"])[0]
    until = rows["until"].to_numpy(dtype=float)
    event, treated = rows["event"].to_numpy(dtype=bool), rows["arm"].eq(arm).to_numpy()
    model = StratifiedHazard(until, event, treated, lines)
    low, high = model.limits(level)
    last = np.array([until[lines == code].max() for code in range(lines.max() + 1)])
    return Pooled(
        *("log_hazard", arm, control, ALL, "", (), int(lines.max()) + 1),
        estimate=model.estimate,
        std_error=model.std_error,
        df=np.nan,
        statistic=np.nan,
        p_value=model.p_value,
        conf_low=low,
        conf_high=high,
        from_day=0.0,
        until_day=float(last.min()),
        until_last=float(last.max()),
        method=STRATIFIED,
        limits=model.limits,
    )
