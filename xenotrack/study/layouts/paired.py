"""Length and width in adjacent columns under one day that stands above both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
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
# Formulas of a volume from two diameters have such factors before L·W²; rounding leaves 5 %.
_FACTORS, _ROUNDED, _FEWEST = (0.4, 0.6), 0.05, 6


def recognise_paired(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse and arm, and every day two or three times in a row."""
    best = Recognition(False, "names no day two or three times in a row")
    for position, header in candidate_headers(sheet, declared):
        days = day_columns(header)
        complaint = _complaint(sheet, position, header, days)
        if complaint is None:
            labels = _labels(days, _are_volumes(sheet, position, days))
            roles = ", ".join(dict.fromkeys(label.role for label in labels.values()))
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
    numbers = _numbers(sheet, position, days)
    if _are_volumes(sheet, position, days):
        numbers = numbers.reshape(-1, 3)[:, :2]
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


def _labels(days: Mapping[int, tuple[str, str]], volumes: bool = False) -> dict[int, Label]:
    times, roles = _times(days), (*_ROLES[:2], "volume") if volumes else _ROLES
    return {
        column: Label(roles[i % times], day) for i, (column, (_, day)) in enumerate(days.items())
    }


def _are_volumes(sheet: Sheet, position: int, days: Mapping[int, tuple[str, str]]) -> bool:
    """Whether the third column of each day is a volume of the two before it, by one formula."""
    if _times(days) != 3:
        return False
    numbers = _numbers(sheet, position, days).reshape(-1, 3)
    long, wide, third = numbers[np.isfinite(numbers).all(axis=1) & (numbers > 0).all(axis=1)].T
    if len(third) < _FEWEST:
        return False
    factor = third / (np.maximum(long, wide) * np.minimum(long, wide) ** 2)
    usual = float(np.median(factor))
    alike = float((np.abs(factor / usual - 1) < _ROUNDED).mean())
    return _FACTORS[0] <= usual <= _FACTORS[1] and alike > 0.8


def _numbers(sheet: Sheet, position: int, days: Mapping[int, tuple[str, str]]) -> Floats:
    cells = sheet.cells.iloc[position + 1 :, list(days)].to_numpy(dtype=object).ravel()
    texts = pd.Series(cells, dtype=object).str.replace(",", ".", regex=False)
    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)


PAIRED = Layout(
    "paired",
    "one row a mouse, with every day named above two adjacent columns, length and width",
    recognise_paired,
    lengthen_paired,
)
