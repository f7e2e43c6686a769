"""A sheet without a word about arms, or about days, where all of its mice share one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import candidate_headers, has_role


def with_only_arm(sheet: Sheet, arm: str, declared: Mapping[str, str]) -> Sheet:
    """The sheet with a column of the arm beside its mice, or the arm above its columns of mice.

    A sheet that names an arm, by a column or above its mice, is left as it is.
    """
    headers = list(candidate_headers(sheet, declared))
    if any(has_role(header, "arm") for _, header in headers):
        return sheet
    for position, header in headers:
        if has_role(header, "mouse"):
            return sheet.with_column(position, "arm", [arm] * (len(sheet.cells) - position - 1))
    for position, header in headers:
        kind = day_kind(header)
        if kind is not None and header.roles[kind] == 0 and not any(_above(sheet, position)):
            return below_arm(sheet, position, arm)
    if any(day_kind(header) for _, header in headers):
        return sheet
    first = headers[0][0] if headers else 0
    names = sheet.texts(first) if headers else []
    if names and not names[0] and sum(map(bool, names)) > 1:
        return below_arm(_with_day(sheet, first), first, arm)
    return sheet


def with_only_day(sheet: Sheet, declared: Mapping[str, str]) -> Sheet:
    """The sheet of mice on the day of their staging, with that day (0) where it names none."""
    headers = list(candidate_headers(sheet, declared))
    if any(day_kind(header) is not None for _, header in headers):
        return sheet
    for position, header in headers:
        measured = any(role in header.roles for role in ("volume", "length", "area"))
        if has_role(header, "mouse") and measured:
            return sheet.with_column(position, "day", ["0"] * (len(sheet.cells) - position - 1))
    return sheet


def _above(sheet: Sheet, position: int) -> list[str]:
    return sheet.texts(position - 1)[1:] if position else []


def _with_day(sheet: Sheet, position: int) -> Sheet:
    cells = sheet.cells.copy()
    cells.iat[position, 0] = "day"
    return replace(sheet, cells=cells)


def below_arm(sheet: Sheet, position: int, arm: str) -> Sheet:
    """The sheet with one record more above a header, the arm over each column of a mouse."""
    names = sheet.texts(position)
    record = pd.DataFrame([["", *(arm if name else "" for name in names[1:])]], dtype=object)
    record.columns = sheet.cells.columns
    parts = [sheet.cells.iloc[:position], record, sheet.cells.iloc[position:]]
    rows = np.insert(sheet.rows, position, 0)  # no row of the sheet
    return replace(sheet, cells=pd.concat(parts, ignore_index=True), rows=rows)
