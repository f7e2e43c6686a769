"""Workbooks → Sheets, by python-calamine behind a look into the archive."""

from __future__ import annotations

import datetime
import io

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.files.archive import Survey, survey_workbook
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding

_MIDNIGHT = datetime.time(0)


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a zip archive (xlsx, ods) or an OLE file (xls)."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def read_workbook(data: bytes, file: str, sheet_name: str | None = None) -> list[Sheet]:
    """The worksheets that hold anything, or the one named."""
    import python_calamine

    survey = survey_workbook(data, file) if data.startswith(b"PK") else Survey()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = _chosen_names(book.sheet_names, sheet_name, file)
        sheets = [_read_sheet(book, name, file, survey) for name in names]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"{file} cannot be read as a workbook: {error}. Save it again as xlsx, or as csv."
        ) from error
    return [sheet for sheet in sheets if len(sheet.cells)]


def _chosen_names(names: list[str], wanted: str | None, file: str) -> list[str]:
    if wanted is None:
        return names
    found = [name for name in names if name.casefold() == wanted.casefold()]
    if not found:
        raise InputError(f"{file} has no sheet {wanted!r}. Its sheets are: {', '.join(names)}.")
    return found[:1]


def _read_sheet(book, name: str, file: str, survey: Survey) -> Sheet:  # type: ignore[no-untyped-def]
    sheet = book.get_sheet_by_name(name)
    values = sheet.to_python(skip_empty_area=False)
    texts = [[_text(value) for value in row] for row in values]
    cells = pd.DataFrame(texts, dtype=object)
    return Sheet(file, name, cells, np.arange(1, len(cells) + 1), _findings(survey, file, name))


def _text(value: object) -> str:
    """A cell as a person would type it: whole numbers without ``.0``, dates as ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ")
    return str(value)


def _findings(survey: Survey, file: str, name: str) -> tuple[Finding, ...]:
    return (
        *(
            Finding(
                "error-cell",
                "warning",
                file,
                name,
                cell,
                "",
                f"The cell holds the error {seen}.",
                "Mend the formula, or type the value; it was read as empty.",
            )
            for cell, seen in survey.error_cells.get(name, ())
        ),
        *(
            Finding(
                "formula-without-value",
                "warning",
                file,
                name,
                cell,
                "",
                "The cell holds a formula whose value was never saved.",
                "Open the workbook in a spreadsheet program and save it; it was read as empty.",
            )
            for cell in survey.empty_formulas.get(name, ())
        ),
        *(
            Finding(
                "hidden-rows",
                "warning",
                file,
                name,
                rows,
                "",
                "Hidden rows were read like all others.",
                "Delete them, or show them, so that what is read is what is seen.",
            )
            for rows in survey.hidden_rows.get(name, ())
        ),
    )
