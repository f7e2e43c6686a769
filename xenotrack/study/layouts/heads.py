"""A head on two lines: ``Group, Animal, Day`` above ``(blank), Number, 0, 3, 7``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import row_ranges
from xenotrack.study.layouts.layout import sheet_finding
from xenotrack.study.numbers import is_missing

_WITHIN = 12  # records


def with_heads_joined(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet with the names of a line in the blank cells of the line below it, where it can be.

    Only names above columns that hold something below both lines are taken.
    """
    filled = [place for place in range(min(len(sheet.cells), _WITHIN)) if any(sheet.texts(place))]
    for place in filled:
        if place + 1 >= len(sheet.cells) or len(list(filter(None, sheet.texts(place + 1)))) < 2:
            continue
        upper, lower = sheet.texts(place), sheet.texts(place + 1)
        moved = [
            column
            for column, text in enumerate(upper)
            if text and not lower[column] and _holds_anything(sheet, place + 2, column)
        ]
        if moved:
            yield _joined(sheet, place, moved)


def _holds_anything(sheet: Sheet, first: int, column: int) -> bool:
    return not all(map(is_missing, sheet.grid[first:, column]))


def _joined(sheet: Sheet, place: int, moved: list[int]) -> Sheet:
    grid = np.array(sheet.grid, dtype=object)
    grid[place + 1, moved] = grid[place, moved]
    grid[place, moved] = ""
    names = ", ".join(repr(str(text).strip()) for text in grid[place + 1, moved][:4])
    finding = sheet_finding(
        sheet,
        "head-on-two-lines",
        row_ranges([int(sheet.rows[place]), int(sheet.rows[place + 1])]),
        f"The head stands on two lines; of the upper one {names} were read as names of their "
        "columns.",
        "Nothing to do if so; else write the head on one line.",
    )
    cells = sheet.cells.copy()
    cells.iloc[:, :] = grid
    return replace(sheet, cells=cells, findings=(*sheet.findings, finding))
