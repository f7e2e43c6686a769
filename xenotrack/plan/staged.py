"""The mice on the day of their staging: which of them can be allocated, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.errors import StudyError
from xenotrack.study.frames import with_columns
from xenotrack.study.study import FACTORS, Study

ALL_MICE = "all mice"


@dataclass(frozen=True, eq=False)
class Staged:
    """Mice ready for allocation, and those left out with the reason.

    ``mice`` has ``mouse line block cage volume_mm3 body_weight_g`` (NaN where not weighed), one row
    a mouse in the order of the sheet; ``excluded`` has ``mouse volume_mm3 reason``.
    """

    mice: pd.DataFrame
    excluded: pd.DataFrame
    day: float

    def covariates(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """What arms are balanced in, standardised: ln volume, and weight if all were weighed."""
        columns = {"volume": np.log(self.mice["volume_mm3"].to_numpy(dtype=float))}
        weight = self.mice["body_weight_g"].to_numpy(dtype=float)
        if np.isfinite(weight).all():
            columns["weight"] = weight
        varied = {name: values for name, values in columns.items() if np.ptp(values) > 0}
        values = [(each - each.mean()) / each.std() for each in varied.values()]
        return np.array(values).reshape(len(varied), len(self.mice)).T, tuple(varied)


def stage(
    study: Study, window: tuple[float, float] | None = None, wanted: int | None = None
) -> Staged:
    """The mice of a study's last day: those with a volume, in the window, of the most usual size.

    ``window`` are the smallest and the largest volume in mm³; ``wanted`` is how many mice are
    needed: those farthest from the median (in ln volume) are spare.
    """
    day = float(study.measurements["day"].max())
    mice = _last_readings(study, day)
    reasons = pd.Series(list(_reasons(mice, day, window)), index=mice.index, dtype=object)
    if wanted is not None:
        reasons = _with_spare(mice, reasons, wanted)
    out = reasons != ""
    excluded = with_columns(mice.loc[out, ["mouse", "volume_mm3"]], reason=reasons[out])
    if out.all():
        raise StudyError(
            f"No mouse can be allocated: {excluded['mouse'].iloc[0]} {excluded['reason'].iloc[0]}, "
            "and no other is left. Look at the staging day and the window of volumes."
        )
    return Staged(mice[~out].reset_index(drop=True), excluded.reset_index(drop=True), day)


def _last_readings(study: Study, day: float) -> pd.DataFrame:
    """One row a mouse, as it was measured on the staging day."""
    rows = study.measurements.sort_values(["part", "row"], kind="stable")
    mice = rows.drop_duplicates("mouse")[["mouse", *FACTORS]]
    readings = study.measured[["mouse", "day", "volume_mm3"]]
    weights = rows.loc[rows["body_weight_g"].notna(), ["mouse", "day", "body_weight_g"]]
    for frame in (readings, weights):
        there = frame[frame["day"] == day].drop(columns="day").drop_duplicates("mouse", keep="last")
        mice = mice.merge(there, on="mouse", how="left")
    return mice.fillna(dict.fromkeys(FACTORS, ""))


def _reasons(mice: pd.DataFrame, day: float, window: tuple[float, float] | None) -> Iterator[str]:
    """Why each mouse is left out, "" if it is not."""
    low, high = window or (0.0, np.inf)
    for volume in mice["volume_mm3"].to_numpy(dtype=float):
        if np.isnan(volume):
            yield f"has no volume on day {day:g}, the day of staging"
        elif volume <= 0:
            yield "has no measurable tumour"
        elif not low <= volume <= high:
            yield f"has {volume:.0f} mm³, outside the window of {low:g} to {high:g} mm³"
        else:
            yield ""


def _with_spare(mice: pd.DataFrame, reasons: pd.Series, wanted: int) -> pd.Series:
    """The reasons with those of the mice that nobody needs: the farthest from the median."""
    usable = np.flatnonzero((reasons == "").to_numpy())
    if len(usable) < wanted:
        raise StudyError(
            f"{wanted} mice are needed and {len(usable)} can be allocated. "
            "Ask for fewer an arm with --per-arm, or widen the window of volumes."
        )
    size = np.log(mice["volume_mm3"].to_numpy(dtype=float)[usable])
    farthest = usable[np.argsort(-np.abs(size - np.median(size)), kind="stable")]
    spare = farthest[: len(usable) - wanted]
    changed = reasons.copy()
    changed.iloc[spare] = "is spare: its volume is among the farthest from the median"
    return changed
