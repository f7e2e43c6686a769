"""Workbooks → Sheets, by python-calamine behind a look into the archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from xenotrack.study.files.archive import is_plain_workbook, survey_workbook
from xenotrack.study.files.cells import Rows, read_cells, read_cells_apart
from xenotrack.study.files.sheet import Sheet, cell_referred
from xenotrack.study.files.worksheet import Worksheet
from xenotrack.study.finding import Cells, Finding, joined_cells, row_ranges

_FEW = 4  # cells that are named one by one


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a zip archive (xlsx, ods) or an OLE file (xls)."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def read_workbook(data: bytes, file: str, sheet_name: str | None = None) -> list[Sheet]:
    """The worksheets that hold anything, or the one named."""
    survey = survey_workbook(data, file) if data.startswith(b"PK") else {}
    # What was looked through is read here, anything else where it can do no harm.
    read = read_cells if is_plain_workbook(data) else read_cells_apart
    found = read(data, sheet_name, file)
    sheets = [_sheet(file, name, rows, survey.get(name)) for name, rows in found.items()]
    return [sheet for sheet in sheets if len(sheet.cells)]


def _sheet(file: str, name: str, rows: Rows, survey: Worksheet | None) -> Sheet:
    cells = pd.DataFrame(rows, dtype=object)
    findings = tuple(_findings(survey, file, name)) if survey else ()
    return Sheet(file, name, cells, np.arange(1, len(cells) + 1), findings)


def _findings(survey: Worksheet, file: str, name: str) -> Iterator[Finding]:
    errors: dict[str, list[str]] = {}
    for cell, seen in survey.error_cells:
        errors.setdefault(seen, []).append(cell)
    for seen, cells in errors.items():
        yield Finding(
            "error-cell",
            "warning",
            file,
            name,
            _places(cells),
            "",
            f"{_counted(cells, 'holds', 'hold')} the error {seen}.",
            "Mend the formula, or type the value; it was read as empty.",
        )
    if survey.empty_formulas:
        yield Finding(
            "formula-without-value",
            "warning",
            file,
            name,
            _places(survey.empty_formulas),
            "",
            f"{_counted(survey.empty_formulas, 'holds', 'hold')} a formula whose value was never "
            "saved.",
            "Open the workbook in a spreadsheet program and save it; it was read as empty.",
        )
    if survey.hidden_rows:
        yield Finding(
            "hidden-rows",
            "warning",
            file,
            name,
            survey.hidden_rows,
            "",
            "Hidden rows were read like all others.",
            "Delete them, or show them, so that what is read is what is seen.",
        )
    if survey.hidden_columns:
        yield Finding(
            "hidden-columns",
            "warning",
            file,
            name,
            survey.hidden_columns,
            "",
            "Hidden columns were read like all others.",
            "Delete them, or show them, so that what is read is what is seen.",
        )


def _places(cells: Sequence[str]) -> Cells:
    """Few cells, or the rows of many."""
    places = [cell_referred(cell) for cell in cells]
    if len(places) <= _FEW:
        return joined_cells(places)
    return row_ranges(run[0] for place in places for run in place.runs)


def _counted(cells: Sequence[str], one: str, several: str) -> str:
    """
    >>> _counted(["A1"], "holds", "hold"), _counted(["A1", "B1"], "holds", "hold")
    ('The cell holds', '2 cells hold')
    """
    return f"The cell {one}" if len(cells) == 1 else f"{len(cells)} cells {several}"
