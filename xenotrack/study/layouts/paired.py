"""Length and width in adjacent columns under one day that stands above both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from xenotrack.study.column_words import NAME_OF_ROLE
from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.grid import lengthen_grid, own_header
from xenotrack.study.layouts.layout import (
    Label,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
)
from xenotrack.study.layouts.wide import day_columns

_ROLES = ("length", "width", "height")
# Twice the largest diameter of a tumour that a mouse is allowed to bear.
_MOST_MM = 50


def recognise_paired(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse and arm, and every day two or three times in a row."""
    best = Recognition(False, "names no day two or three times in a row")
    for position, header in candidate_headers(sheet, declared):
        days = day_columns(header)
        complaint = _complaint(sheet, position, header, days)
        if complaint is None:
            labels = _labels(days)
            roles = ", ".join(_ROLES[: _times(days)])
            why = f"one row a mouse, {_times(days)} columns a day: {roles}"
            own = own_header(header, labels)
            return Recognition(True, why, position, own, labels=labels, bare="diameters")
        if days and len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_paired(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each mouse and day with a diameter."""
    body, findings = body_of(sheet, recognition)
    kind = next(iter(day_columns(recognition.header).values()))[0]
    return lengthen_grid(body, recognition.header, recognition.labels, kind, findings)


def _times(days: Mapping[int, tuple[str, str]]) -> int:
    first = next(iter(days.values()))
    return sum(1 for day in days.values() if day == first)


def _complaint(
    sheet: Sheet, position: int, header: Header, days: Mapping[int, tuple[str, str]]
) -> str | None:
    if not days or not _in_groups(days):
        return "names no day two or three times in a row"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if missing:
        return f"misses {' and '.join(missing)}"
    if len({kind for kind, _ in days.values()}) > 1:
        return "names its columns by days and by dates"
    cells = sheet.cells.iloc[position + 1 :, list(days)].to_numpy(dtype=object).ravel()
    texts = pd.Series(cells, dtype=object).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)
    if np.isnan(numbers).all() or np.nanmedian(numbers) > _MOST_MM:
        return f"has no diameters under its days (half of them exceed {_MOST_MM})"
    return None


def _in_groups(days: Mapping[int, tuple[str, str]]) -> bool:
    """Whether every day stands equally often, twice or three times, in adjacent columns."""
    times, columns, said = _times(days), list(days), list(days.values())
    if times not in (2, 3) or len(said) % times:
        return False
    groups = [said[i : i + times] for i in range(0, len(said), times)]
    adjacent = all(
        columns[i + times - 1] - columns[i] == times - 1 for i in range(0, len(said), times)
    )
    firsts = [group[0] for group in groups]
    return (
        adjacent
        and all(len(set(group)) == 1 for group in groups)
        and len(set(firsts)) == len(firsts)
    )


def _labels(days: Mapping[int, tuple[str, str]]) -> dict[int, Label]:
    times = _times(days)
    return {
        column: Label(_ROLES[i % times], day) for i, (column, (_, day)) in enumerate(days.items())
    }


PAIRED = Layout(
    "paired",
    "one row a mouse, with every day named above two adjacent columns, length and width",
    recognise_paired,
    lengthen_paired,
)
