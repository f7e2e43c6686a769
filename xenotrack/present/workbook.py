"""All tables in one workbook: a sheet a table, typed cells, text that no spreadsheet runs."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from xenotrack.glossary import COLUMNS, Column
from xenotrack.present.tables import plain_values

# A workbook holds a time of making; the same results are to be the same bytes.
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
# Text is written as text, whatever it begins with: a name such as =1+1 is a name.
INERT = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
WIDEST = 40
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767  # characters that a cell holds


def to_workbook(
    tables: Mapping[str, pd.DataFrame], glossary: Mapping[str, Column] = COLUMNS
) -> bytes:
    """An .xlsx file: a sheet for each table, and last one that says what their columns mean.

    ``glossary`` is that of the study's readout.

    A table of more rows than a sheet holds (1 048 576) is left to its csv.
    """
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, **INERT})
    book.set_properties({"created": MADE, "comments": "Tables of xenotrack"})
    heading = book.add_format({"bold": True, "bottom": 1})
    used = {str(name) for frame in tables.values() for name in frame}
    meanings = pd.DataFrame(
        [(name, each.unit, each.meaning) for name, each in glossary.items() if name in used],
        columns=["column", "unit", "meaning"],
    )
    for name, frame in {**tables, "columns": meanings}.items():
        if len(frame) < MOST_ROWS:
            _write(book.add_worksheet(name[:31]), frame, heading)
    book.close()
    return made.getvalue()


def _write(sheet: Any, frame: pd.DataFrame, heading: Any) -> None:
    """The header, frozen and filtered, then the cells column by column."""
    sheet.freeze_panes(1, 0)
    if len(frame.columns):
        sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    for place, name in enumerate(frame):
        values = plain_values(frame[name])
        texts = [len(value) for value in values if isinstance(value, str)]
        sheet.set_column(place, place, min(max([len(str(name)) + 3, *texts]), WIDEST))
        sheet.write_string(0, place, str(name), heading)
        _write_cells(sheet, place, values)


def _write_cells(sheet: Any, place: int, values: Sequence[Any]) -> None:
    """Texts, truths and numbers below the header; nothing where a cell is empty."""
    writers = {bool: sheet.write_boolean, int: sheet.write_number, float: sheet.write_number}
    for row, value in enumerate(values, start=1):
        if value is None or value == "":
            continue
        if write := writers.get(type(value)):
            write(row, place, value)
        else:
            sheet.write_string(row, place, str(value)[:LONGEST_TEXT])
