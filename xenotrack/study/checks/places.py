"""Findings about a Study's rows, placed by the ``part``, ``row`` and ``column`` of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from xenotrack.study.files.sheet import cell_at
from xenotrack.study.finding import Cells, Finding, joined_cells, row_ranges
from xenotrack.study.frames import row_by_row
from xenotrack.study.study import Study

NAMED = 8  # mice that a finding about several calls by name


def at_row(study: Study, row: Any, rule: str, seen: str, proposal: str) -> Finding:
    """A warning at the place of one row of the measurements."""
    file, sheet, cell = place_of(row, study)
    return Finding(rule, "warning", file, sheet, cell, row.mouse, seen, proposal)


def at_rows(study: Study, rows: pd.DataFrame, rule: str, seen: str, proposal: str) -> Finding:
    """A warning about several rows of the measurements, at all of them where one file has them."""
    if rows["part"].nunique() != 1:
        return Finding(rule, "warning", "", "", "", "", seen, proposal)
    places = [place_of(row, study) for row in row_by_row(rows)]
    file, sheet, first = places[0]
    in_cells = first.column >= 0
    cells = joined_cells(cell for *_, cell in places) if in_cells else row_ranges(rows["row"])
    return Finding(rule, "warning", file, sheet, cells, "", seen, proposal)


def at_arms(
    study: Study, rows: pd.DataFrame, rule: str, seen: str, proposal: str
) -> Iterator[Finding]:
    """The same of several mice of an arm, asked once in each sheet, at all their places."""
    if not len(rows):
        return
    arms = rows["mouse"].map(study.mice.set_index("mouse")["arm"])
    for (arm, _), of_arm in rows.groupby([arms, "part"], sort=False):
        places = [f"{row.mouse}, day {row.day:g}" for row in row_by_row(of_arm)]
        if len(places) == 1:
            row = next(of_arm.itertuples())
            yield at_row(study, row, rule, f"Mouse {places[0]}: {seen}", proposal)
            continue
        more = f"; and {len(places) - NAMED} more" if len(places) > NAMED else ""
        some = f"{'; '.join(places[:NAMED])}{more}"
        text = f"{arm}, {len(places)} times: {seen} Mouse {some}."
        yield at_rows(study, of_arm, rule, text, proposal)


def about_study(study: Study, rule: str, seen: str, proposal: str) -> Finding:
    """A warning about the study as a whole, at the file if it has only one."""
    parts = {study.measurements["part"].iloc[0], study.measurements["part"].iloc[-1]}
    one = len(parts) == 1 and study.origins
    origin = study.origins[parts.pop()] if one else None
    file, sheet = (origin.file, origin.sheet) if origin else ("", "")
    return Finding(rule, "warning", file, sheet, "", "", seen, proposal)


def place_of(row: Any, study: Study) -> tuple[str, str, Cells]:
    """File, worksheet and cell of a row of the measurements; of a frame the row alone."""
    if not study.origins:
        return "", "", row_ranges([row.row])
    origin = study.origins[row.part]
    cell = cell_at(row.row, row.column) if origin.sheet else row_ranges([row.row])
    return origin.file, origin.sheet, cell
