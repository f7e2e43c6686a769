"""Several columns a mouse, its length, width or volume, beside a column of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.study.columns import Header, header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.grid import MEASURES, day_kind, measure_of
from xenotrack.study.layouts.layout import (
    Label,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
)
from xenotrack.study.layouts.names_of_parts import arm_of, mouse_of
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.numbers import is_missing

_ROLES = (*MEASURES, "body_weight")
_WHY = "has no measures of several mice beside its days"


@dataclass(frozen=True)
class Group:
    """The columns of one mouse, by measure."""

    mouse: str
    arm: str
    columns: Mapping[str, int]


def recognise_across(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A column of days, and beside it the same measures again and again, below mice and arms."""
    for position, header in candidate_headers(sheet, declared):
        groups = _groups(sheet, position, header)
        if groups:
            kind = day_kind(header) or "day"
            own = Header(header.names, {kind: 0}, _units(header, groups))
            above = 1 if all(mouse_of(text) for text in _heads(sheet, position, groups)) else 2
            labels = {column: Label(r) for one in groups for r, column in one.columns.items()}
            why = f"{len(groups)} mice side by side"
            return Recognition(True, why, position, own, labels=labels, above=above)
    return Recognition(False, _WHY)


def lengthen_across(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each mouse and day of which anything was written."""
    body, findings = body_of(sheet, recognition)
    kind = day_kind(recognition.header) or "day"
    days, lines = body.iloc[:, 0].to_numpy(dtype=object), body["row"].to_numpy()
    frames = []
    for group in _groups(sheet, recognition.position, recognition.header):
        cells = body.iloc[:, list(group.columns.values())].to_numpy(dtype=object)
        missing = np.asarray(np.frompyfunc(is_missing, 1, 1)(cells), dtype=bool)
        said = np.asarray(~missing.all(axis=1))
        said[:1] |= not said.any()  # a mouse that was never read is a mouse
        own = {role: cells[said, at] for at, role in enumerate(group.columns)}
        value = next(group.columns[role] for role in _ROLES if role in group.columns)
        names = {"day": days[said], "mouse": group.mouse, "arm": group.arm}
        frames.append(pd.DataFrame({"row": lines[said], "column": value, **names, **own}))
    frame = pd.concat(frames, ignore_index=True).fillna("")
    return LongText(frame, recognition.header, kind, findings)


def _groups(sheet: Sheet, position: int, header: Header) -> list[Group]:
    """The mice whose columns stand side by side; none where a measure or a name is missing."""
    measures = [measure_of(name) if name else None for name in header.names]
    if position < 1 or (day_kind(header) is None and not _is_day(header.names[0])):
        return []
    columns = _cut(measures)
    kinds = [set(one) for one in columns]
    enough = len(columns) > 1 and all(kind == kinds[0] for kind in kinds)
    if not enough or not ({"length", "width"} <= kinds[0] or "volume" in kinds[0]):
        return []
    others = [name for name, one in zip(header.names[1:], measures[1:], strict=True) if not one]
    if len(kinds[0]) < 2 or any(others):
        return []
    heads = _texts_over(sheet.texts(position - 1), columns)
    over = _texts_over(sheet.texts(position - 2), columns) if position > 1 else []
    if all(map(mouse_of, heads)):
        pairs = [(mouse_of(text), arm_of(text)) for text in heads]
    elif all(heads) and _carried(over):
        pairs = list(zip(heads, _carried(over), strict=True))
    else:
        return []
    return [Group(*pair, one) for pair, one in zip(pairs, columns, strict=True)]


def _units(header: Header, groups: Sequence[Group]) -> dict[str, str]:
    """The units that the columns of each measure agree on."""
    written: dict[str, set[str]] = {}
    for group in groups:
        for role, column in group.columns.items():
            written.setdefault(role, set()).add(header_words(header.names[column])[1])
    return {role: min(units) for role, units in written.items() if len(units) == 1 and min(units)}


def _heads(sheet: Sheet, position: int, groups: Sequence[Group]) -> list[str]:
    return _texts_over(sheet.texts(position - 1), [group.columns for group in groups])


def _is_day(name: str) -> bool:
    return day_of_header(name) is None and name.casefold() in ("day", "days", "date")


def _cut(measures: Sequence[str | None]) -> list[dict[str, int]]:
    """The columns of each mouse: a measure that returns begins the next."""
    groups: list[dict[str, int]] = []
    for column, measure in enumerate(measures):
        if column and measure in _ROLES:
            if not groups or measure in groups[-1]:
                groups.append({})
            groups[-1][measure] = column
    return groups


def _texts_over(row: Sequence[str], columns: Sequence[Mapping[str, int]]) -> list[str]:
    """What a record says over the columns of each mouse, over the first of them or over all."""
    return [next((row[c] for c in own.values() if row[c]), "") for own in columns]


def _carried(texts: Sequence[str]) -> list[str]:
    """Texts, each written over the first mouse of an arm, over all of them; none without one."""
    carried, last = [], ""
    for text in texts:
        last = text or last
        carried.append(last)
    return carried if carried and carried[0] else []


ACROSS = Layout(
    "across",
    "several columns a mouse (length and width, or volume) beside a column of days",
    recognise_across,
    lengthen_across,
    over=("long", "column", "coded"),
)
