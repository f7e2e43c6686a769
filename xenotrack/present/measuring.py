"""A measuring sheet: mice and days are there, boxes wait for what the calipers say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from xenotrack.arrays import Codes
from xenotrack.present.workbook import INERT, MADE
from xenotrack.study.study import FATES

COLUMNS = ("day", "cage", "mouse", "length_mm", "width_mm", "body_weight_g", "fate")
_WIDTHS = (7, 12, 14, 12, 12, 15, 15)
_BOXES = range(3, 6)


def measuring_sheet(mice: pd.DataFrame, days: Sequence[float], orders: Sequence[Codes]) -> bytes:
    """An .xlsx with a row a mouse and visit, in the order in which mice are to be measured.

    No arm stands in it: who measures is blind. ``mice`` has ``mouse cage``, ``orders`` the places
    of the mice on each of the ``days``.
    """
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, **INERT})
    book.set_properties({"created": MADE, "comments": "Measuring sheet of xenotrack"})
    sheet = book.add_worksheet("measurements")
    caged = bool((mice["cage"] != "").any())
    names = [name for name in COLUMNS if name != "cage" or caged]
    _head(book, sheet, names)
    cells = {True: book.add_format({"border": 1}), False: book.add_format({"border": 1, "top": 2})}
    row = 1
    for day, order in zip(days, orders, strict=True):
        for turn, place in enumerate(order):
            one = {"day": day, "cage": mice["cage"].iloc[place], "mouse": mice["mouse"].iloc[place]}
            _row(sheet, row, [one.get(name) for name in names], cells[turn > 0])
            row += 1
    _checks(sheet, names, row - 1)
    sheet.print_area(0, 0, row - 1, len(names) - 1)
    book.close()
    return made.getvalue()


def _head(book: Any, sheet: Any, names: Sequence[str]) -> None:
    bold = book.add_format({"bold": True, "bottom": 2})
    for place, name in enumerate(names):
        sheet.set_column(place, place, _WIDTHS[COLUMNS.index(name)])
        sheet.write_string(0, place, name, bold)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&LMeasured by:&CDate:&R&P of &N")


def _row(sheet: Any, row: int, values: Sequence[Any], form: Any) -> None:
    for place, value in enumerate(values):
        if value is None:
            sheet.write_blank(row, place, None, form)
        elif isinstance(value, str):
            sheet.write_string(row, place, value, form)
        else:
            sheet.write_number(row, place, value, form)


def _checks(sheet: Any, names: Sequence[str], last: int) -> None:
    """A number in each box, and a known word for why a mouse left."""
    numbers = {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True}
    numbers |= {"error_title": "A number", "error_message": "A number of at least 0, or nothing."}
    for name in names:
        place = names.index(name)
        if COLUMNS.index(name) in _BOXES:
            sheet.data_validation(1, place, last, place, numbers)
    fate = names.index("fate")
    sheet.data_validation(1, fate, last, fate, {"validate": "list", "source": list(FATES)})
