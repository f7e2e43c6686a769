"""Panels of one or two mice a line and arm: each mouse's rate, arms paired within lines.

Gao et al. (2015, Nat Med 21:1318) treat one mouse of each line with each drug. A line then knows no
error of its own; the differences between lines hold that of their mice as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.compare.pooling import RATE, LineContrasts
from xenotrack.response.growth_rate import slopes

# line → ``mouse arm day volume_mm3``.
Readings = Mapping[str, pd.DataFrame]


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
    by_cell = {line: dict(tuple(rows.groupby("arm"))) for line, rows in readings.items()}
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


def common_error(
    by_cell: Mapping[str, Mapping[str, pd.DataFrame]], arms: tuple[str, ...]
) -> tuple[float, float] | None:
    """The variance of a difference of two cells of a line, from all arms, and its df.

    Twice the mean square of what line and arm leave of the cells' mean rates, over the lines that
    have every arm; None with fewer than two such lines.
    """
    whole = [cells for cells in by_cell.values() if set(arms) <= set(cells)]
    if len(whole) < 2 or len(arms) < 2:
        return None
    rates = np.array([[_own_rate(cells[arm]) for arm in arms] for cells in whole])
    rates = rates[np.isfinite(rates).all(axis=1)]
    left = rates - rates.mean(axis=1, keepdims=True) - rates.mean(axis=0) + rates.mean()
    df = (len(rates) - 1) * (len(arms) - 1)
    return (2 * float((left**2).sum()) / df, float(df)) if df > 0 else None


def _own_rate(rows: pd.DataFrame) -> float:
    return mean_rate(rows, *shared_days(rows))


def paired(rows: pd.DataFrame, others: pd.DataFrame) -> tuple[float, float, float]:
    """The shared days of two cells of a line, and the difference of their mean rates over these."""
    own, other = shared_days(rows), shared_days(others)
    days = max(own[0], other[0]), min(own[1], other[1])
    return (*days, mean_rate(rows, *days) - mean_rate(others, *days))


def shared_days(rows: pd.DataFrame) -> tuple[float, float]:
    """The first day from treatment on and the last day on which every mouse of a cell is read."""
    treated = rows[rows["day"] >= 0] if (rows["day"] >= 0).any() else rows
    days = treated.groupby("mouse")["day"]
    return float(days.min().max()), float(days.max().min())


def mean_rate(rows: pd.DataFrame, first: float, last: float) -> float:
    """The mean of the mice's least-squares rates over some days; NaN without two days."""
    day = rows["day"].to_numpy(dtype=float)
    volume = rows["volume_mm3"].to_numpy(dtype=float)
    used = (day >= first) & (day <= last) & (volume > 0)
    owner, names = pd.factorize(rows["mouse"].to_numpy()[used])
    if not len(names):
        return np.nan
    rates = slopes(day[used], np.log(volume[used]), owner, len(names))
    return float(np.nanmean(rates)) if np.isfinite(rates).any() else np.nan


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
