"""What stands for a mouse that bears several tumours: their sum, the largest, or their mean."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.study.frames import with_columns


def mouse_burdens(rows: pd.DataFrame, limit_mm3: float | None, tumors: str) -> pd.DataFrame:
    """One row a mouse and day; ``volume_mm3`` is NaN where a tumour was not measured.

    Where all of a mouse's tumours lie below the limit they are the limit together; without one
    they count as they are.

    ``each`` gives the geometric mean of the tumours that the mouse had when it was first read: its
    logarithm is the mean of their logarithms, so that a line through it is the mean of their lines.
    A tumour that comes later would pull the mean down as it appears.
    """
    rows = with_columns(rows, order=pd.factorize(rows["mouse"])[0])
    seen = first_seen(rows)
    if tumors == "each":
        start = seen.groupby("mouse")["first_read"].transform("min").clip(lower=0)
        seen = seen[seen["first_read"] <= start]
    rows = rows.merge(seen, on=["mouse", "tumor"], how="left")
    held = rows["day_seen"].notna()
    log_volume = np.log(rows["volume_mm3"].where(rows["volume_mm3"] > 0))
    by_day = rows.assign(
        volume_mm3=rows["volume_mm3"].where(held),
        log_volume=log_volume.where(held),
        below_limit=rows["below_limit"] | ~held,
    ).groupby(["order", "mouse", "day"], as_index=False)
    burdens = by_day.agg(
        arm=("arm", "first"),
        sum=("volume_mm3", "sum"),
        largest=("volume_mm3", "max"),
        smallest=("volume_mm3", "min"),
        log_mean=("log_volume", "mean"),
        below_limit=("below_limit", "all"),
        n_measured=("volume_mm3", "count"),
    )
    volume = np.exp(burdens["log_mean"]) if tumors == "each" else burdens[tumors]
    if limit_mm3 is not None:
        volume = volume.where(~burdens["below_limit"], limit_mm3)
    elif tumors == "each":  # a geometric mean with a tumour of 0 mm³ is 0
        volume = volume.mask(burdens["smallest"] == 0, 0.0)
    complete = burdens["n_measured"] == _expected(burdens, seen)
    return burdens.assign(volume_mm3=volume.where(complete & (burdens["n_measured"] > 0)))


def first_seen(rows: pd.DataFrame) -> pd.DataFrame:
    """The day on which each tumour is first named and the first on which it was read.

    A tumour that was never read is none: the other flank of a mouse that bears one.
    """
    tumors = rows.assign(read_day=rows["day"].where(rows["volume_mm3"].notna()))
    seen = tumors.groupby(["mouse", "tumor"], sort=False, as_index=False).agg(
        day_seen=("day", "min"), first_read=("read_day", "min")
    )
    return seen[seen["first_read"].notna()]


def _expected(burdens: pd.DataFrame, seen: pd.DataFrame) -> pd.Series:
    """The number of tumours that each mouse has by each day."""
    by_then = burdens[["mouse", "day"]].reset_index().merge(seen, on="mouse")
    by_then = by_then[by_then["day_seen"] <= by_then["day"]]
    return by_then.groupby("index").size().reindex(burdens.index, fill_value=0)
