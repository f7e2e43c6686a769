"""A workbook from lines of text, for the examples: sheets come from Excel, pages are text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import xlsxwriter

TAB = re.compile(r"Tab (.+):")
DATE = "%d.%m.%Y"


def write_workbook(path: Path, lines: Iterable[str]) -> None:
    """``Tab NAME:`` begins a worksheet, ``;`` parts cells, ``04.03.2024`` is typed as a date."""
    with xlsxwriter.Workbook(path) as book:
        date = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet, row = None, 0
        for line in lines:
            if named := TAB.fullmatch(line):
                sheet, row = book.add_worksheet(named[1]), 0
                continue
            assert sheet is not None, "the first line names a tab"
            for column, text in enumerate(line.split(";")):
                if re.fullmatch(r"\d\d\.\d\d\.\d{4}", text):
                    sheet.write_datetime(row, column, datetime.strptime(text, DATE), date)
                elif text:
                    sheet.write_string(row, column, text)
            row += 1
