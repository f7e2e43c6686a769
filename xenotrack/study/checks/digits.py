"""Two digits that changed places: a reading off its mouse's course that is on it the other way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from xenotrack.study.checks.places import at_row
from xenotrack.study.checks.readings import SCATTER
from xenotrack.study.finding import Finding
from xenotrack.study.frames import row_by_row, with_columns
from xenotrack.study.study import Study

# In units of the study's own scatter around the line between a reading's neighbours.
_OFF, _ON = 4.5, 1.5
_LEAST_OFF = 0.2  # in ln: below it no pair of digits is told from a hand's usual error
_LEAST_SCATTER = 0.02
_FEWEST = 30  # readings between neighbours, without which a study has no scatter of its own
# Of published readings fewer than 1 in 1 000 have digits exchanged: where many more seem to, it
# is the tumours that jump, and each would fit the line by chance.
_MOST_SLIPS, _SLIPS = 3, 0.002
_MOST_DIGITS = 4  # a number of more was computed, and nobody typed its digits
_DIAMETERS = ("length_mm", "width_mm", "height_mm")


def digits_swapped(study: Study) -> Iterator[Finding]:
    """A size leaves the line between its neighbours, and with two digits swapped would lie on it.

    Far less than what a tumour may do: the second condition holds by chance for few readings.
    """
    rows = study.measurements
    measured = [name for name in _DIAMETERS if rows[name].notna().any()]
    tracks = _tracks(rows)
    for name in measured or ["volume_mm3"]:
        off = _off_course(rows, tracks, name)
        if len(off) > max(_MOST_SLIPS, _SLIPS * rows[name].notna().sum()):
            continue
        for row in row_by_row(off):
            written = getattr(row, name)
            yield at_row(
                study,
                row,
                "digits-swapped",
                f"Mouse {row.mouse}, day {row.day:g}: {name} {written:g} lies off the line from "
                f"{row.before:g} to {row.after:g}; {row.other:g} would lie on it.",
                "Look whether two digits changed places.",
            )


def _tracks(rows: pd.DataFrame) -> np.ndarray:
    """A number for each tumour of each mouse, of rows that are sorted by them."""
    new = np.zeros(len(rows), dtype=bool)
    for key in ("mouse", "tumor"):
        names = rows[key].to_numpy()
        new[1:] |= names[1:] != names[:-1]
    return np.cumsum(new)


def _off_course(rows: pd.DataFrame, tracks: np.ndarray, name: str) -> pd.DataFrame:
    """The rows that only fit with two digits swapped: ``before after other`` beside their own."""
    size = rows[name].to_numpy(dtype=float)
    usable = (size > 0) & ~rows["below_limit"].to_numpy(dtype=bool)
    track, value = tracks[usable], size[usable]
    day = rows["day"].to_numpy(dtype=float)[usable]
    own = (track == np.roll(track, 1)) & (track == np.roll(track, -1))
    own[:1] = own[-1:] = False
    before, after = np.roll(value, 1), np.roll(value, -1)
    gap = np.roll(day, -1) - np.roll(day, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (day - np.roll(day, 1)) / gap
        line = (1 - weight) * np.log(before) + weight * np.log(after)
    off = np.log(value) - line
    own &= np.isfinite(off)
    if own.sum() < _FEWEST:
        return rows[:0]
    volume = rows["volume_mm3"].to_numpy(dtype=float)[usable]
    sizes = np.select([volume < size for size, _ in SCATTER], [by for _, by in SCATTER], 1.0)
    scatter = max(1.4826 * float(np.median(np.abs(off[own]))), _LEAST_SCATTER) * sizes
    doubtful = np.flatnonzero(own & (np.abs(off) > np.fmax(_OFF * scatter, _LEAST_OFF)))
    if not len(doubtful):
        return rows[:0]
    other = np.array([_other(value[at], line[at]) for at in doubtful], dtype=float)
    with np.errstate(invalid="ignore"):
        fits = np.abs(np.log(other) - line[doubtful]) < _ON * scatter[doubtful]
    places = doubtful[fits]
    found = rows.iloc[np.flatnonzero(usable)[places]]
    found = with_columns(found, before=before[places], after=after[places])
    return with_columns(found, other=other[fits])


def _other(value: float, line: float) -> float:
    """The value with two neighbouring digits swapped that lies nearest the line; NaN without one.

    >>> _other(4.6, np.log(6.3)), _other(70.0, np.log(7.0))
    (6.4, nan)
    """
    text = f"{value:.10g}"
    digits = [place for place, mark in enumerate(text) if mark.isdigit()]
    if len(digits) > _MOST_DIGITS:
        return np.nan
    others = []
    for first, second in pairwise(digits):
        marks = list(text)
        marks[first], marks[second] = marks[second], marks[first]
        # 07 is no number that anybody wrote.
        typed = marks[0] != "0" or marks[1] == "."
        if typed and marks[first] != marks[second]:
            others.append(float("".join(marks)))
    return min(others, key=lambda other: abs(np.log(other) - line), default=np.nan)
