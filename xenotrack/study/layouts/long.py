"""The long layout: one row a reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from xenotrack.study.column_words import NAME_OF_ROLE, NAMED_ROLES
from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.layout import (
    Bare,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
)
from xenotrack.study.meaning import meaning_of
from xenotrack.study.readout import FLUX
from xenotrack.study.study import FACTORS, TIDY_COLUMNS

MEASURES = ("length", "width", "height", "area", "volume")


def recognise_long(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse, arm, day (or date), and volume or length and width."""
    best: Recognition | None = None
    fewest = 99
    for position, header in candidate_headers(sheet, declared):
        missing = _missing(header)
        if len(missing) < fewest:
            why = f"misses {' and '.join(missing)}" if missing else _why(header)
            best = Recognition(not missing, why, position, header, bare=_bare(header))
            fewest = len(missing)
        if not missing:
            break
    return best or Recognition(False, "holds no text")


def lengthen_long(sheet: Sheet, recognition: Recognition) -> LongText:
    """The sheet's own rows; the value stands in its volume, else its length column."""
    body, findings = body_of(sheet, recognition)
    roles = recognition.header.roles
    kind = next(kind for kind in ("day", "week", "date") if kind in roles)
    value = next(roles[role] for role in ("volume", "area", "length") if role in roles)
    texts = {
        role: body.iloc[:, roles[role]]
        for role in (*NAMED_ROLES, "body_weight", *MEASURES)
        if role in roles
    }
    if kind != "date" and "date" in roles:
        texts["date"] = body.iloc[:, roles["date"]]  # days may be counted anew in each phase
    if _are_ours(recognition.header.names):
        texts["source"] = body.iloc[:, TIDY_COLUMNS.index("source")]
    frame = pd.DataFrame(
        {"row": body["row"], "column": value, "day": body.iloc[:, roles[kind]], **texts}
    )
    frame.index = pd.RangeIndex(len(frame))
    return LongText(frame, recognition.header, kind, findings)


def is_tidy(sheet: Sheet) -> bool:
    """Whether a sheet is our own canonical table."""
    return len(sheet.cells) > 0 and _are_ours(sheet.texts(0))


def _are_ours(names: Sequence[str]) -> bool:
    # The first tables had no factors.
    ours = tuple("volume_mm3" if name == FLUX else name for name in names)
    return ours in (TIDY_COLUMNS, TIDY_COLUMNS[: -len(FACTORS)])


def _missing(header: Header) -> list[str]:
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if not any(has_role(header, role) for role in ("day", "week", "date")):
        missing.append("day (or date)")
    diameters = has_role(header, "length") and has_role(header, "width")
    if not (has_role(header, "volume") or "area" in header.roles or diameters):
        missing.append("volume_mm3 (or length_mm and width_mm)")
    return missing


def _bare(header: Header) -> Bare:
    """Whether the column of volumes is called Value or Size, which anything may be."""
    if "volume" not in header.roles or {"length", "width"} <= set(header.roles):
        return ""
    meaning = meaning_of(header.names[header.roles["volume"]])
    return "" if meaning is not None else "volumes"


def _why(header: Header) -> str:
    named = [f"{role} in {header.names[column]!r}" for role, column in header.roles.items()]
    return "one row a reading: " + ", ".join(named)


LONG = Layout(
    "long",
    "one row a reading, with columns for mouse, arm, day or date, and volume or length and width",
    recognise_long,
    lengthen_long,
)
