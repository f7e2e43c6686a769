"""One row a mouse: what its rows say of it as a whole, its baseline, and when it left."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.study.frames import Groups

_TELLING = ("volume_mm3", "body_weight_g", "fate")


def mice_of(
    measurements: pd.DataFrame, readings: pd.DataFrame, factors: tuple[str, ...], window_days: float
) -> pd.DataFrame:
    """The frame that ``Study.mice`` describes, of its measurements and its readings by mouse.

    In arrays: every command asks for it, and pandas spends on a small study more time than it
    takes to read one.
    """
    by_mouse = Groups.of(measurements["mouse"])
    days = measurements["day"].to_numpy(dtype=float)
    telling = np.logical_or.reduce([measurements[name].notna().to_numpy() for name in _TELLING])
    told = by_mouse.largest(np.where(telling, days, np.nan))
    owner = pd.Index(by_mouse.names).get_indexer(readings["mouse"].to_numpy())
    read = readings["day"].to_numpy(dtype=float)
    last_day = np.full(len(by_mouse.names), np.nan)
    np.fmax.at(last_day, owner, read)
    baseline, late = _baselines(owner, read, len(by_mouse.names), window_days)
    return pd.DataFrame(
        {
            "mouse": by_mouse.names,
            "arm": measurements["arm"].to_numpy()[by_mouse.first],
            **{name: measurements[name].to_numpy()[by_mouse.first] for name in factors},
            "fate": by_mouse.first_known(measurements["fate"]),
            "baseline_day": _at(read, baseline),
            "baseline_mm3": _at(readings["volume_mm3"].to_numpy(dtype=float), baseline),
            "baseline_below_limit": _at(readings["below_limit"].to_numpy(dtype=float), baseline)
            == 1,
            "baseline_late": late,
            "n_readings": np.bincount(owner, minlength=len(by_mouse.names)),
            "last_day": last_day,
            "left_day": np.where(np.isnan(told), by_mouse.largest(days), told),
        },
        copy=False,
    )


def _baselines(owner: Codes, day: Floats, n_mice: int, window_days: float) -> tuple[Codes, Bools]:
    """The position of each mouse's baseline among the readings, −1 without one; which are late.

    It is the last reading in the window up to day 0, else the first one within as many days of
    the first reading of all.
    """
    place = np.full(n_mice, -1)
    before = np.flatnonzero((day >= -window_days) & (day <= 0))
    place[owner[before]] = before  # of several the last stays
    early = place >= 0
    first_day = day.min() if len(day) else 0.0
    after = np.flatnonzero((day > 0) & (day <= first_day + window_days))[::-1]
    after = after[~early[owner[after]]]
    place[owner[after]] = after
    return place, ~early & (place >= 0)


def _at(values: Floats, place: Codes) -> Floats:
    """The values at these positions, NaN where there is none."""
    return np.append(values, np.nan)[place]
