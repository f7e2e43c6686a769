"""A few cells far from the table: a slip of a key stretches a sheet to thousands of columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xenotrack.arrays import Bools
from xenotrack.study.files.sheet import Sheet, cell_name
from xenotrack.study.finding import Finding

# Between a table and what belongs to it lie fewer empty columns, or rows, than these.
_GAP_COLUMNS, _GAP_ROWS = 60, 1000
_FEW_CELLS = 20


def without_strays(sheet: Sheet) -> Sheet:
    """The sheet without a few cells that lie far to the right of all others, or far below."""
    height, width = sheet.cells.shape
    # A text file has a line for each row: nobody slips a thousand of them down.
    if width <= _GAP_COLUMNS and (height <= _GAP_ROWS or not sheet.name):
        return sheet
    filled = sheet.grid != ""
    right = _after_gap(filled.any(axis=0), _GAP_COLUMNS)
    below = _after_gap(filled.any(axis=1), _GAP_ROWS)
    rows, columns = np.nonzero(filled)
    far = (rows >= below) | (columns >= right)
    if not far.any() or far.sum() > min(_FEW_CELLS, len(far) // 2):
        return sheet
    first = int(np.flatnonzero(far)[0])
    places = [
        cell_name(int(sheet.rows[row]), int(column))
        for row, column in zip(rows[far], columns[far], strict=True)
    ]
    finding = Finding(
        "cells-far-away",
        "warning",
        sheet.file,
        sheet.name,
        sheet.cell(int(sheet.rows[rows[first]]), int(columns[first])),
        "",
        f"Cells far from the table were not read: {', '.join(places[:5])}"
        f"{', …' if len(places) > 5 else ''}, beginning with "
        f"{sheet.grid[rows[first], columns[first]].strip()!r}.",
        "Delete them; if one is a reading, move it beside the table.",
    )
    return replace(
        sheet,
        cells=sheet.cells.iloc[:below, :right],
        rows=sheet.rows[:below],
        findings=(*sheet.findings, finding),
    )


def _after_gap(filled: Bools, gap: int) -> int:
    """Where what follows the first long gap begins, cut to the end of what stands before it."""
    places = np.flatnonzero(filled)
    steps = np.flatnonzero(np.diff(places) > gap)
    return int(places[steps[0]]) + 1 if len(steps) else len(filled)
