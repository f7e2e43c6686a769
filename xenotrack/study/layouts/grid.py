"""What sheets share whose columns each stand for a measure, of a day or of a tumour."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.study.column_words import NAMED_ROLES
from xenotrack.study.columns import Header, Rivals, header_words
from xenotrack.study.finding import Finding
from xenotrack.study.header_roles import means
from xenotrack.study.layouts.layout import Label, LongText
from xenotrack.study.numbers import is_missing

MEASURES = ("volume", "area", "length", "width", "height")
_KINDS = ("day", "week", "date")
_AREA = re.compile(r"(?:l ?[x×*] ?w|(?:tumor )?area|length ?[x×*] ?width)(?: ?mm(?:2|²))?")


@lru_cache(maxsize=1 << 16)
def measure_of(name: str) -> str | None:
    """The measure that a word means, if it means one.

    >>> measure_of("Dmin"), measure_of("TV"), measure_of("LxW"), measure_of("BW"), measure_of("x")
    ('width', 'volume', 'area', 'body_weight', None)
    """
    words, _ = header_words(name)
    if _AREA.fullmatch(words):
        return "area"
    roles = ("length", "width", "height", "volume", "body_weight")
    return next((role for role in roles if means(words, role)), None)


def lengthen_grid(
    body: pd.DataFrame,
    header: Header,
    labels: Mapping[int, Label],
    kind: str,
    findings: tuple[Finding, ...],
) -> LongText:
    """A row for each record, day and tumour of which anything is said; a mute record keeps one."""
    slots = _slots(labels)
    columns = list(labels)
    cells = body.iloc[:, columns].to_numpy(dtype=object)
    row, slot = np.nonzero(_said(cells, columns, slots, _mice(body, header)))
    place = {column: position for position, column in enumerate(columns)}
    frame = {
        "row": body["row"].to_numpy()[row],
        "column": np.array([_value_column(own) for own in slots.values()])[slot],
        "day": _days(body, header, kind, slots)(row, slot),
        **_texts(body, header, row),
    }
    if any(tumor for _, tumor, _ in slots):
        frame["tumor"] = np.array([tumor for _, tumor, _ in slots], dtype=object)[slot]
    roles = dict.fromkeys(label.role for label in labels.values())
    for role in roles:
        at = np.array([place.get(own.get(role, -1), -1) for own in slots.values()])[slot]
        frame[role] = np.where(at >= 0, cells[row, at], "")
    return LongText(pd.DataFrame(frame), _with_units(header, labels), kind, findings)


def _slots(labels: Mapping[int, Label]) -> dict[tuple[str, str, int], dict[str, int]]:
    """The columns of each day and tumour by measure; a measure said twice begins another slot."""
    slots: dict[tuple[str, str, int], dict[str, int]] = {}
    seen: Counter[Label] = Counter()
    for column, label in labels.items():
        slots.setdefault((label.day, label.tumor, seen[label]), {})[label.role] = column
        seen[label] += 1
    return slots


def _said(
    cells: NDArray[np.object_],
    columns: list[int],
    slots: Mapping[tuple[str, str, int], Mapping[str, int]],
    mice: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which slots of each record say anything.

    A mute record keeps a slot that its mouse uses elsewhere: an empty row of a tumour that the
    mouse never had would make every sum over its tumours incomplete.
    """
    filled = ~np.asarray(np.frompyfunc(is_missing, 1, 1)(cells), dtype=bool)
    said = np.column_stack(
        [filled[:, [columns.index(c) for c in own.values()]].any(axis=1) for own in slots.values()]
    )
    used = pd.DataFrame(said).groupby(mice).transform("any").to_numpy(dtype=bool)
    mute = ~said.any(axis=1)
    said[mute, used[mute].argmax(axis=1)] = True
    return said


def _mice(body: pd.DataFrame, header: Header) -> NDArray[np.int64]:
    names = body.iloc[:, header.roles["mouse"]] if "mouse" in header.roles else body["row"]
    return pd.factorize(names)[0]


def _value_column(columns: Mapping[str, int]) -> int:
    return next((columns[role] for role in MEASURES if role in columns), min(columns.values()))


def _days(body: pd.DataFrame, header: Header, kind: str, slots):  # type: ignore[no-untyped-def]
    """The day of a record and slot: the column's, else the record's."""
    by_slot = np.array([day for day, _, _ in slots], dtype=object)
    if kind in header.roles:
        by_row = body.iloc[:, header.roles[kind]].to_numpy(dtype=object)
        return lambda row, slot: by_row[row]
    return lambda row, slot: by_slot[slot]


def _texts(body: pd.DataFrame, header: Header, row: NDArray[np.int64]) -> dict[str, object]:
    """The names of each row, and the weight on the first row of its record alone."""
    roles = header.roles
    texts: dict[str, object] = {
        role: body.iloc[:, roles[role]].to_numpy()[row] for role in NAMED_ROLES if role in roles
    }
    if "body_weight" in roles:
        first = np.diff(row, prepend=-1) > 0
        weight = body.iloc[:, roles["body_weight"]].to_numpy()[row]
        texts["body_weight"] = np.where(first, weight, "")
    return texts


def _with_units(header: Header, labels: Mapping[int, Label]) -> Header:
    """The header with the units that the columns of each measure agree on."""
    units = dict(header.units)
    for role in {label.role for label in labels.values()}:
        written = {
            header_words(header.names[column])[1]
            for column, label in labels.items()
            if label.role == role
        }
        units.pop(role, None)
        if len(written) == 1 and (unit := written.pop()):
            units[role] = unit
    return replace(header, units=units)


def own_header(header: Header, labels: Mapping[int, Label], kind: str = "") -> Header:
    """The header with the roles that its layout uses, and without those its measures took."""
    kept = {*NAMED_ROLES, "body_weight", kind}
    roles = {
        role: column
        for role, column in header.roles.items()
        if role in kept and column not in labels
    }
    idle = [c for role, c in header.roles.items() if role not in roles and c not in labels]
    unknown = tuple(column for column in (*header.unknown, *idle) if column not in labels)
    rivals = []
    for rival in header.rivals:
        free = tuple(column for column in rival.candidates if column not in labels)
        if rival.role in kept and len(free) == 1:
            roles[rival.role] = free[0]
        elif rival.role in kept and free:
            chosen = rival.chosen if rival.chosen in free else None
            rivals.append(Rivals(rival.role, chosen, free))
    return Header(header.names, roles, header.units, tuple(rivals), unknown)


def day_kind(header: Header) -> str | None:
    """What the header's own column of days counts."""
    return next((kind for kind in _KINDS if kind in header.roles), None)
