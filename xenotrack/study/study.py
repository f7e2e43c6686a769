"""A study: its design and its measurements, right from birth and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.study.design import Design
from xenotrack.study.finding import Finding

TIDY_COLUMNS = (
    "study",
    "mouse",
    "tumor",
    "arm",
    "phase",
    "day",
    "length_mm",
    "width_mm",
    "height_mm",
    "volume_mm3",
    "below_limit",
    "body_weight_g",
    "fate",
    "source",
)
FATES = ("end_of_study", "tumor_size", "toxicity", "unrelated", "technical", "unknown")


@dataclass(frozen=True)
class Source:
    """An input file: its name without folders, and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Study:
    """One experiment: the arms with their rules, and every measurement.

    ``measurements`` has the columns of ``TIDY_COLUMNS`` (a row a tumour and day, sorted by arm,
    mouse, tumour, day; ``volume_mm3`` as measured, NaN where nothing usable was written; a mouse
    is in one arm and one phase). ``limit_mm3`` is the smallest volume that the calipers tell from
    nothing, 0 where the study neither declares one nor has a reading of zero. ``layout`` and
    ``columns`` (ours, theirs) say how the sheet was read; ``fate`` stands where it was written.
    """

    design: Design
    measurements: pd.DataFrame
    limit_mm3: float = 0.0
    findings: tuple[Finding, ...] = ()
    sources: tuple[Source, ...] = ()
    layout: str = ""
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that leave identity, unit or value undecided: no analysis until mended."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The tumour burden of each mouse and day: ``mouse arm day volume_mm3 below_limit``.

        A mouse's tumours are summed, a reading below the limit stands at the limit, and a day on
        which one of the mouse's tumours was not measured has no burden.
        """
        rows = self.measurements
        columns = ["mouse", "arm", "day", "volume_mm3", "below_limit"]
        below = rows["below_limit"].to_numpy(dtype=bool)
        rows = rows.assign(
            volume_mm3=np.where(below, self.limit_mm3, rows["volume_mm3"].to_numpy(dtype=float))
        )
        if not rows.duplicated(["mouse", "day"]).any():
            return rows.loc[rows["volume_mm3"].notna(), columns].reset_index(drop=True)
        by_day = rows.groupby(["mouse", "day"], sort=False, as_index=False)
        burden = by_day.agg(
            arm=("arm", "first"),
            volume_mm3=("volume_mm3", "sum"),
            below_limit=("below_limit", "all"),
            n_tumors=("volume_mm3", "size"),
            n_measured=("volume_mm3", "count"),
        )
        complete = burden[burden["n_tumors"] == burden["n_measured"]]
        below = complete["below_limit"].to_numpy(dtype=bool)
        return complete.assign(volume_mm3=np.where(below, self.limit_mm3, complete["volume_mm3"]))[
            columns
        ].reset_index(drop=True)

    @cached_property
    def mice(self) -> pd.DataFrame:
        """One row a mouse, in the order of the measurements.

        ``mouse arm fate baseline_day baseline_mm3 baseline_below_limit baseline_late n_readings
        last_day left_day``: the baseline is the last reading in the window up to day 0, else
        (``baseline_late``) the first one within as many days of the study's first reading;
        ``last_day`` is the last reading, ``left_day`` the last row that says anything: a volume,
        a weight or a fate (a sheet may hold empty rows for mice that have long left).
        """
        rows = self.measurements
        telling = rows[["volume_mm3", "body_weight_g", "fate"]].notna().any(axis=1)
        by_mouse = rows.assign(told_day=rows["day"].where(telling)).groupby("mouse", sort=False)
        mice = by_mouse.agg(
            arm=("arm", "first"),
            fate=("fate", "first"),
            told_day=("told_day", "max"),
            day=("day", "max"),
        ).reset_index()
        mice = mice.assign(left_day=mice["told_day"].fillna(mice["day"]))
        counted = self.readings.groupby("mouse", sort=False)["day"]
        seen = counted.agg(n_readings="size", last_day="max").reset_index()
        mice = mice.merge(seen, on="mouse", how="left").merge(
            self._baselines(), on="mouse", how="left"
        )
        return mice.assign(
            n_readings=mice["n_readings"].fillna(0).astype(int),
            baseline_below_limit=mice["baseline_below_limit"].eq(True),
            baseline_late=mice["baseline_late"].eq(True),
        )[
            [
                "mouse",
                "arm",
                "fate",
                "baseline_day",
                "baseline_mm3",
                "baseline_below_limit",
                "baseline_late",
                "n_readings",
                "last_day",
                "left_day",
            ]
        ]

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """The usable readings of each tumour in order, with the ones before and after it.

        ``mouse tumor day volume_mm3 below_limit source track before_mm3 before_day after_mm3
        after_day``; ``track`` numbers the tumours.
        """
        columns = ["mouse", "tumor", "day", "volume_mm3", "below_limit", "source"]
        rows = self.measurements
        rows = rows.loc[rows["volume_mm3"].notna(), columns].reset_index(drop=True)
        new = np.ones(len(rows), dtype=bool)
        for name in ("mouse", "tumor"):
            names = rows[name].to_numpy()
            differs = names[1:] != names[:-1]
            new[1:] = differs if name == "mouse" else new[1:] | differs
        last = np.append(new[1:], True)
        volume, day = rows["volume_mm3"].to_numpy(), rows["day"].to_numpy()
        return rows.assign(
            track=np.cumsum(new),
            before_mm3=np.where(new, np.nan, np.roll(volume, 1)),
            before_day=np.where(new, np.nan, np.roll(day, 1)),
            after_mm3=np.where(last, np.nan, np.roll(volume, -1)),
            after_day=np.where(last, np.nan, np.roll(day, -1)),
        )

    def _baselines(self) -> pd.DataFrame:
        window = self.design.rules.study.baseline_window_days
        readings = self.readings
        day = readings["day"]
        before = readings[(day >= -window) & (day <= 0)]
        before = before.drop_duplicates("mouse", keep="last").assign(late=False)
        first_day = day.min() if len(day) else 0.0
        after = readings[(day > 0) & (day <= first_day + window)]
        after = after[~after["mouse"].isin(before["mouse"])]
        after = after.drop_duplicates("mouse", keep="first").assign(late=True)
        # An empty frame beside a filled one would change its types.
        return pd.concat([part for part in (before, after) if len(part)] or [before])[
            ["mouse", "day", "volume_mm3", "below_limit", "late"]
        ].rename(
            columns={
                "day": "baseline_day",
                "volume_mm3": "baseline_mm3",
                "below_limit": "baseline_below_limit",
                "late": "baseline_late",
            }
        )
