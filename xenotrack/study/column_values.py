"""Columns whose numbers cannot be what they are read as: one error for all, and not one a cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.study.ledger import Ledger, Row
from xenotrack.study.rules import Rules

# So many impossible numbers of a column are no slips.
_FEWEST, _SHARE = 3, 0.05
_FEW_MICE = 3
# The first volumes of mice are not alike by chance.
_ALIKE = 0.9
# No mouse bears 100 cm³ or is 10 cm long; 50 to 250 mm³ is where studies start.
_MOST = {"volume": 1e5, "area": 1e4, "body_weight": 2e3} | dict.fromkeys(
    ("length", "width", "height"), 100.0
)
_SMALL_MM3 = 40.0
# A mouse weighs so much, and from visit to visit its weight hardly changes: volumes of small
# tumours scatter by 20 to 40 %.
_GRAMS = (10.0, 60.0)
_STEADY = 0.08
_SAY = (
    "Write what they are above the sheet, as 'Tumor volume (cm3)'; if they are volumes in mm³, say "
    '`readout = "volume"` under [volume].'
)
Told = set[tuple[int, str]]


@dataclass(frozen=True)
class Column:
    """The numbers of a role on one sheet, and their size in mm, mm² or mm³.

    Of ``bare`` ones nothing says what they are.
    """

    rows: pd.DataFrame
    numbers: Floats
    size: Floats
    bare: bool

    @cached_property
    def known(self) -> Floats:
        return self.numbers[np.isfinite(self.numbers)]

    @property
    def many(self) -> float:
        """So many of its numbers are more than slips."""
        return max(_FEWEST, _SHARE * len(self.known))

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """The numbers in order of days: ``track`` is that of a tumour."""
        keys = [name for name in ("arm", "mouse", "tumor") if name in self.rows]
        days = self.rows["day_number"].to_numpy(dtype=float)
        track = self.rows.groupby(keys, sort=False).ngroup().to_numpy()
        frame = pd.DataFrame({"track": track, "day": days, "number": self.numbers})
        return frame[np.isfinite(frame["number"])].sort_values("day", kind="stable")

    def begins_at(self, start: float) -> bool:
        """Whether nearly every mouse begins at one number, and goes on to others."""
        at_start = int((self.known == start).sum())
        if at_start < _ALIKE * self.rows["mouse"].nunique() or not np.ptp(self.known):
            return False
        by_track = self.tracks.groupby("track", sort=False)["number"]
        firsts = by_track.first().to_numpy()
        enough = len(firsts) >= _FEW_MICE and by_track.size().median() > 2
        return bool(enough and (firsts == start).mean() >= _ALIKE)

    @property
    def is_steady(self) -> bool:
        """Whether nearly all numbers are within a few percent of the one before."""
        before = self.tracks.groupby("track", sort=False)["number"].shift()
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.abs(np.log(self.tracks["number"] / before)).to_numpy()
        known = steps[np.isfinite(steps)]
        return bool(len(known) and np.quantile(known, 0.9) < _STEADY)


def note_columns(
    rows: pd.DataFrame, factors: dict[str, Floats], rules: Rules, ledger: Ledger
) -> Told:
    """Note each column of a sheet whose numbers cannot be what they are read as; which they are.

    ``factors`` turn the numbers of each row into mm, mm², mm³ or g.
    """
    told: Told = set()
    for part in np.unique(rows["part"]).tolist():
        origin = ledger.origins[part]
        of_part = (rows["part"] == part).to_numpy()
        own = rows if of_part.all() else rows[of_part]
        for role, factor in factors.items():
            numbers = rows[f"{role}_number"].to_numpy(dtype=float)[of_part]
            # What is named by its tumour is that tumour's size.
            bare = origin.bare and role == "volume" and not (own["tumor"] != "").any()
            column = Column(own, numbers, numbers * factor[of_part], bare)
            place = {"part": part, "row": 1, "column": origin.columns.get(role, 0)}
            asked = role == "volume" and rules.volume.readout is None
            of_light = role == "volume" and rules.volume.readout == "flux"
            most = np.inf if of_light else _MOST.get(role, np.inf)
            if len(column.known) and (
                _impossible(column, role, place, ledger, most)
                or (asked and _relative(column, place, ledger))
                or (asked and bare and _not_in_mm3(column, place, ledger))
            ):
                told.add((part, role))
    return told


def _impossible(column: Column, role: str, place: Row, ledger: Ledger, most: float) -> bool:
    n, word = len(column.known), role.replace("_", " ")
    large = int((column.size > most).sum())
    below = int((column.numbers < 0).sum())
    if large >= column.many:
        ledger.note_row(
            "column-misread",
            place,
            f"{large} of {n} numbers of the {word} are larger than any that a mouse has.",
            "Look what the column holds, and in which unit; volumes are in mm³ or cm³.",
            severity="error",
        )
    elif role == "volume" and below and (below >= column.many or column.begins_at(0)):
        begun = ", and every mouse begins at 0" if column.begins_at(0) else ""
        ledger.note_row(
            "column-misread",
            place,
            f"{below} of {n} volumes are below 0{begun}: they are changes or logarithms.",
            "Give the volumes themselves, in mm³ or cm³.",
            severity="error",
        )
    elif below >= column.many:
        ledger.note_row(
            "column-misread",
            place,
            f"{below} of {n} numbers of the {word} are below 0.",
            "Look what the column holds.",
            severity="error",
        )
    else:
        return False
    return True


def _relative(column: Column, place: Row, ledger: Ledger) -> bool:
    # A hundred may be a volume where something says so.
    starts = (1, 100) if column.bare else (1,)
    for start in starts:
        if column.begins_at(start):
            ledger.note_row(
                "column-misread",
                place,
                f"Every mouse begins at {start}: the volumes seem to be relative, or in percent.",
                _SAY,
                severity="error",
            )
            return True
    return False


def _not_in_mm3(column: Column, place: Row, ledger: Ledger) -> bool:
    """Whether numbers that nothing names seem to be weights, or are too small to be volumes."""
    low, high = np.quantile(column.known, (0.02, 0.98))
    most = float(np.max(column.known))
    if column.rows["mouse"].nunique() < _FEW_MICE:
        return False
    if _GRAMS[0] <= low and high <= _GRAMS[1] and column.is_steady:
        ledger.note_row(
            "column-misread",
            place,
            f"All numbers lie between {low:.3g} and {high:.3g} and hardly change from visit to "
            "visit: they seem to be body weights in g.",
            _SAY,
            severity="error",
        )
    elif 0 < np.nanmax(column.size) < _SMALL_MM3:
        ledger.note_row(
            "column-misread",
            place,
            f"No number exceeds {most:.3g}: are they volumes in mm³, or diameters, logarithms, "
            "weights, or volumes in cm³?",
            _SAY,
            severity="error",
        )
    else:
        return False
    return True
