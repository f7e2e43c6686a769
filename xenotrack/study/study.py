"""A study: its design and its measurements, right from birth and never changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

import numpy as np
import pandas as pd

from xenotrack.study.burden import mouse_burdens
from xenotrack.study.compound_names import joined_names
from xenotrack.study.contents import Source
from xenotrack.study.design import Design
from xenotrack.study.exclusions import Exclusion
from xenotrack.study.finding import Finding
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Origin
from xenotrack.study.mice import mice_of
from xenotrack.study.rule import FateName
from xenotrack.study.took import mice_that_never_took
from xenotrack.study.visits import visit_days

# What mice are sorted by beside their arm.
FACTORS = ("line", "block", "cage")
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
    *FACTORS,
)
# Where the value of each row stands in the sheet that was read: findings are placed by it.
PLACE = ("part", "row", "column")
Place = tuple[int, int, int]
FATES: tuple[str, ...] = get_args(FateName)


@dataclass(frozen=True)
class Trace:
    """The rows of the sheet as they were written, and which of them each measurement is."""

    written: pd.DataFrame
    lines: np.ndarray
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Study:
    """One experiment: the arms with their rules, and every measurement.

    ``measurements`` has the columns of ``TIDY_COLUMNS`` and ``PLACE`` (a row a tumour and day,
    sorted by arm, mouse, tumour, day; ``volume_mm3`` as measured, NaN where nothing usable was
    written; a mouse is in one arm and one phase). ``limit_mm3`` is the smallest volume that the
    calipers tell from nothing, 0 where the study neither declares one nor has a reading of zero.
    What it declared as left out is in ``exclusions`` and no longer in ``measurements``. ``layout``
    and ``columns`` (ours, theirs) say how the sheet was read, ``trace`` row by row if it was asked
    for; ``moved_on`` are the mice that left this phase for the next; ``said_below`` are the places
    of readings such as ``<15``; ``fate`` stands where it was
    written. ``first_sources`` is what a tidy table says of where each of its rows was first
    written, "" for rows of another sheet.
    """

    design: Design
    measurements: pd.DataFrame
    limit_mm3: float = 0.0
    origins: tuple[Origin, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[Source, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    layout: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    moved_on: frozenset[str] = frozenset()
    said_below: frozenset[Place] = frozenset()
    trace: Trace | None = None
    first_sources: np.ndarray | None = None

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, design: Design, limit_mm3: float | None = None) -> Study:
        """The study of a frame of readings: ``mouse arm day volume_mm3``, and what else it has.

        Its columns are those of the tidy table. Raises ``StudyError`` where a row's identity or
        value is undecided.
        """
        from xenotrack.study.of_frame import study_of_frame

        return study_of_frame(frame, design, limit_mm3)

    @property
    def phase(self) -> str:
        """The phase of treatment that this is, "" where mice had but one."""
        return str(self.measurements["phase"].iloc[0]) if len(self.measurements) else ""

    @property
    def line(self) -> str:
        """The xenograft line that all its mice bear, "" where the sheet names none."""
        first = self.measurements["line"].iloc[0] if len(self.measurements) else ""
        return first if isinstance(first, str) else ""

    @property
    def title(self) -> str:
        """The study's name, and which line and phase of it."""
        own = self.line if self.line != self.design.name else ""
        parts = (self.design.name, own and f"line {own}", self.phase and f"phase {self.phase}")
        return ", ".join(part for part in parts if part)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that leave identity, unit or value undecided: no analysis until mended."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def unaccepted(self) -> tuple[Finding, ...]:
        """The findings that the study does not declare as known."""
        return tuple(finding for finding in self.findings if not finding.accepted)

    @property
    def tidy(self) -> pd.DataFrame:
        """The measurements to hand on: ``source`` is where each was first written.

        In ``measurements`` it is the place in the sheet that was read, which findings name.
        """
        rows = self.measurements[list(TIDY_COLUMNS)]
        if self.first_sources is None:
            return rows
        read = self.measurements["source"].to_numpy()
        first = np.where(self.first_sources == "", read, self.first_sources)
        return with_columns(rows, source=first)

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The tumour burden of each mouse and day: ``mouse arm day volume_mm3 below_limit``.

        A mouse's tumours are their sum, the largest of them or (``each``) their geometric mean, as
        ``[study] tumors`` says. A reading below the limit stands at the limit, and a day on which
        a tumour that was seen before was not measured has no burden.
        """
        return self.burdens_of(self.measurements["volume_mm3"].to_numpy(dtype=float))

    @cached_property
    def never_took(self) -> frozenset[str]:
        """Mice that indices and rates leave out, since they never had a measurable tumour."""
        if self.design.rules.study.never_took == "keep":
            return frozenset()
        return mice_that_never_took(self.mice, self.readings)

    def at_visits(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of readings on the day of their visit, the last of a mouse and visit.

        ``[study] visit_window_days`` says how close readings are one visit.
        """
        window = self.design.rules.study.visit_window_days
        if not window or rows.empty:
            return rows
        days = visit_days(rows["day"].to_numpy(dtype=float), window)
        keys = [name for name in ("mouse", "tumor") if name in rows]
        order = rows["day"].argsort(kind="stable")
        moved = with_columns(rows, day=days).iloc[order]
        kept = moved.drop_duplicates([*keys, "day"], keep="last")
        return kept.sort_index().reset_index(drop=True)

    def of_takers(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of the mice whose tumour took."""
        if not self.never_took:
            return rows
        return rows[~rows["mouse"].isin(self.never_took)].reset_index(drop=True)

    @cached_property
    def measured(self) -> pd.DataFrame:
        """The burdens of ``readings`` as they were measured, for sums and means of volumes.

        What lies below the limit has the volume that was written: a tumour that is gone is 0 mm³.
        """
        return self._burdens(self.measurements["volume_mm3"].to_numpy(dtype=float), None)

    @cached_property
    def masses(self) -> pd.DataFrame:
        """As ``measured``, and always the sum of a mouse's tumours: it carries all of them."""
        if self.design.rules.study.tumors == "sum":
            return self.measured
        return self._burdens(self.measurements["volume_mm3"].to_numpy(dtype=float), None, "sum")

    def burdens_of(self, volume_mm3: np.ndarray) -> pd.DataFrame:
        """As ``readings``, of other volumes of the same rows."""
        below = self.measurements["below_limit"].to_numpy(dtype=bool)
        return self._burdens(np.where(below, self.limit_mm3, volume_mm3), self.limit_mm3)

    def _burdens(
        self, volume_mm3: np.ndarray, limit_mm3: float | None, tumors: str | None = None
    ) -> pd.DataFrame:
        columns = ("mouse", "arm", "day", "below_limit")
        rows = self.measurements
        if rows["tumor"].nunique() > 1:
            rows = with_columns(rows[[*columns, "tumor"]], volume_mm3=volume_mm3)
            rows = mouse_burdens(rows, limit_mm3, tumors or self.design.rules.study.tumors)
            volume_mm3 = rows["volume_mm3"].to_numpy(dtype=float)
        complete = ~np.isnan(volume_mm3)
        mouse, arm, day, below = (rows[name].to_numpy()[complete] for name in columns)
        return pd.DataFrame(
            {
                "mouse": mouse,
                "arm": arm,
                "day": day,
                "volume_mm3": volume_mm3[complete],
                "below_limit": below,
            },
            copy=False,
        )

    @cached_property
    def by_tumor(self) -> Study:
        """The same study with each tumour in the place of a mouse, to describe it and not to test.

        A tumour is named ``mouse/tumor``, the only one of a mouse as its mouse; whose it is says
        ``tumors``.
        """
        rows = self.measurements
        several = rows.groupby("mouse")["tumor"].transform("nunique") > 1
        names = joined_names(rows["mouse"], rows["tumor"].where(several, ""))
        measurements = with_columns(rows, mouse=names, tumor="")
        return replace(self, measurements=measurements, findings=())

    @cached_property
    def tumors(self) -> pd.DataFrame:
        """``name mouse tumor``: one row a tumour, with its name in ``by_tumor``."""
        own = self.measurements[["mouse", "tumor"]].assign(
            name=self.by_tumor.measurements["mouse"].to_numpy()
        )
        return own.drop_duplicates("name").reset_index(drop=True)

    @cached_property
    def mice(self) -> pd.DataFrame:
        """One row a mouse, in the order of the measurements.

        ``mouse arm line block cage fate baseline_day baseline_mm3 baseline_below_limit
        baseline_late n_readings last_day left_day``: the baseline is the last reading in the
        window up to day 0, else (``baseline_late``) the first one within as many days of the
        study's first reading; ``last_day`` is the last reading, ``left_day`` the last row that
        says anything: a volume, a weight or a fate (a sheet may hold empty rows for mice that have
        long left).
        """
        window = self.design.rules.study.baseline_window_days
        return mice_of(self.measurements, self.readings, FACTORS, window)

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """The usable readings of each tumour in order, with the ones before and after it.

        ``mouse tumor day volume_mm3 below_limit part row column track before_mm3 before_day
        after_mm3 after_day``; ``track`` numbers the tumours.
        """
        rows = self.measurements
        volume = rows["volume_mm3"].to_numpy(dtype=float)
        usable = ~np.isnan(volume)
        names = ("mouse", "tumor", "day", "volume_mm3", "below_limit", *PLACE)
        columns = {name: rows[name].to_numpy()[usable] for name in names}
        new = np.ones(len(columns["day"]), dtype=bool)
        new[1:] = False
        for name in ("mouse", "tumor"):
            new[1:] |= columns[name][1:] != columns[name][:-1]
        last = np.append(new[1:], True)
        volume, day = columns["volume_mm3"], columns["day"]
        neighbours = {
            "track": np.cumsum(new),
            "before_mm3": np.where(new, np.nan, np.roll(volume, 1)),
            "before_day": np.where(new, np.nan, np.roll(day, 1)),
            "after_mm3": np.where(last, np.nan, np.roll(volume, -1)),
            "after_day": np.where(last, np.nan, np.roll(day, -1)),
        }
        return pd.DataFrame(columns | neighbours, copy=False)
