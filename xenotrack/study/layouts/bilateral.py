"""Tumours side by side: ``L_Dmin L_Dmax R_Dmin R_Dmax``, where L is left, or ``T1 L T1 W T2 L``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from xenotrack.study.column_words import NAME_OF_ROLE
from xenotrack.study.columns import Header, header_words, known_units
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.layouts.grid import day_kind, lengthen_grid, measure_of, own_header
from xenotrack.study.layouts.layout import (
    Bare,
    Label,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
    sheet_finding,
)
from xenotrack.study.numbers import is_missing

_SIDE = r"left|right|lt|rt|l|r|t(?:umou?r)?[\s_.]?\d"
_SIDED = (
    re.compile(rf"(?P<side>{_SIDE})(?:[\s_.:-]+flank)?[\s_.:-]+(?P<what>.+)", re.IGNORECASE),
    re.compile(rf"(?P<what>.+?)[\s_.:-]+\(?(?P<side>{_SIDE})\)?(?: flank)?", re.IGNORECASE),
)


_SIDE_ALONE = re.compile(
    rf"(?P<side>{_SIDE})(?:[\s_.-]*(?:flank|side|tumou?r))?|"
    r"(?:flank|side|tumou?r)[\s_.-]*(?P<other>left|right|l|r)",
    re.IGNORECASE,
)


def flank_of(name: str) -> Label | None:
    """The flank, or the number of the tumour, and the measure that a column's name says.

    >>> flank_of("L_Dmin"), flank_of("length (right)"), flank_of("L_foo")
    (Label(role='width', day='', tumor='left'), Label(role='length', day='', tumor='right'), None)
    >>> flank_of("T2 L"), flank_of("Tumor 1 width").tumor
    (Label(role='length', day='', tumor='2'), '1')
    >>> flank_of("Left flank (mm3)"), flank_of("Left flank")
    (Label(role='volume', day='', tumor='left'), None)
    """
    words, unit = header_words(name)
    side = _SIDE_ALONE.fullmatch(words) if unit in known_units("volume") else None
    if side:
        return Label("volume", tumor=_tumor((side["side"] or side["other"]).casefold()))
    for pattern in _SIDED:
        match = pattern.fullmatch(name.strip())
        role = measure_of(match["what"]) if match else None
        if match and role in ("length", "width", "height", "volume"):
            return Label(role, tumor=_tumor(match["side"].casefold()))
    return None


def is_flank(word: str) -> bool:
    """Whether a word says a flank, with or without a measure; ``L`` alone is a length as well."""
    return len(word) > 1 and (_SIDE_ALONE.fullmatch(word) is not None or flank_of(word) is not None)


def flanks_of(words: Iterable[str]) -> dict[str, Label]:
    """The flank and the measure of each word beside a day; nothing where not all are of flanks.

    A side alone is the volume there; ``L`` and ``R`` are sides where both are there.

    >>> {word: label.tumor for word, label in flanks_of(["Left", "Right"]).items()}
    {'Left': 'left', 'Right': 'right'}
    >>> flanks_of(["L", "W"]), flanks_of(["Left"])
    ({}, {})
    >>> flanks_of(["L width", "R width"])["L width"].role
    'width'
    """
    labels: dict[str, Label] = {}
    for word in words:
        side = _SIDE_ALONE.fullmatch(word.strip())
        said = (side["side"] or side["other"]).casefold() if side else ""
        label = Label("volume", tumor=_tumor(said)) if said else flank_of(word)
        if label is None:
            return {}
        labels[word] = label
    tumors = {label.tumor for label in labels.values()}
    sides = {"left", "right"} & tumors
    return labels if len(tumors) > 1 and (len(sides) == 2 or not sides) else {}


def _tumor(side: str) -> str:
    return {"l": "left", "r": "right"}.get(side[0], side[-1])


def recognise_bilateral(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse, arm and day, and the same measures of a left and right flank."""
    best = Recognition(False, "has no columns of a left and a right flank, as L_Dmin and R_Dmin")
    for position, header in candidate_headers(sheet, declared):
        labels = _labels(header)
        complaint = _complaint(header, labels)
        if complaint is None:
            own = own_header(header, labels, day_kind(header) or "")
            tumors = dict.fromkeys(label.tumor for label in labels.values())
            why = f"tumours {', '.join(tumors)} side by side"
            named = any(map(flank_of, header.names))
            bare: Bare = "" if named else "volumes"
            return Recognition(True, why, position, own, labels=labels, bare=bare)
        if labels and len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_bilateral(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each flank of which anything was written."""
    body, findings = body_of(sheet, recognition)
    labels = _labels(recognition.header)
    body, loose = _without_loose_volumes(sheet, body, recognition.header, labels)
    kind = day_kind(recognition.header) or "day"
    long = lengthen_grid(body, recognition.header, labels, kind, (*findings, *loose))
    return long


def _labels(header: Header) -> dict[int, Label]:
    """The columns that say a flank and a measure; where none does, those that say a flank alone."""
    flanks = {column: flank_of(name) for column, name in enumerate(header.names)}
    labels = {column: label for column, label in flanks.items() if label is not None}
    if labels:
        return labels
    alone = {c: name for c, name in enumerate(header.names) if _SIDE_ALONE.fullmatch(name.strip())}
    sides = flanks_of(alone.values())
    return {column: sides[name] for column, name in alone.items() if name in sides}


def _complaint(header: Header, labels: Mapping[int, Label]) -> str | None:
    measures: dict[str, set[str]] = {}
    for label in labels.values():
        measures.setdefault(label.tumor, set()).add(label.role)
    first = next(iter(measures.values()), set())
    sides = {"left", "right"} & set(measures)
    alike = all(measured == first for measured in measures.values())
    if len(measures) < 2 or not alike or len(sides) == 1 or (sides and len(measures) > 2):
        return "does not have the same measures of a left and a right flank"
    if "volume" not in first and not {"length", "width"} <= first:
        return "has neither both diameters nor the volume of its flanks"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if day_kind(header) is None:
        missing.append("day (or date)")
    return f"misses {' and '.join(missing)}" if missing else None


def _without_loose_volumes(
    sheet: Sheet, body: pd.DataFrame, header: Header, labels: Mapping[int, Label]
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The body without volumes of 0 beside a diameter that is missing: formulas made those."""
    findings = []
    for side in dict.fromkeys(label.tumor for label in labels.values()):
        at = {label.role: column for column, label in labels.items() if label.tumor == side}
        if not {"volume", "length", "width"} <= set(at):
            continue
        half = body.iloc[:, at["length"]].map(is_missing) | body.iloc[:, at["width"]].map(
            is_missing
        )
        zero = pd.to_numeric(body.iloc[:, at["volume"]], errors="coerce") == 0
        loose = (half & zero).to_numpy()
        if loose.any():
            volume = body.columns[at["volume"]]
            body = body.copy(deep=False)
            body[volume] = body[volume].mask(loose, "")
            findings.append(
                sheet_finding(
                    sheet,
                    "volume-without-diameters",
                    row_ranges(body.loc[loose, "row"]),
                    f"{header.names[at['volume']]!r} is 0 on {int(loose.sum())} rows without both "
                    "diameters; it was left empty there.",
                    "Nothing to do if a formula made it; if there was no tumour, write 0 and 0.",
                )
            )
    return body, tuple(findings)


BILATERAL = Layout(
    "bilateral",
    "one row a mouse and day, with the diameters or volumes of a left and a right flank",
    recognise_bilateral,
    lengthen_bilateral,
    over=("long", "wide"),
)
