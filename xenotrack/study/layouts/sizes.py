"""Dimensions in one string, ``7.2 x 5.1 x 4``: one column, or one for each tumour."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from xenotrack.study.columns import NAME_OF_ROLE, Header
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.grid import day_kind, lengthen_grid, own_header
from xenotrack.study.layouts.layout import (
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
from xenotrack.study.sheet import Sheet

_NUMBER = r"\d+(?:[.,]\d+)?"
_SIZE = re.compile(
    rf"\s*({_NUMBER})\s*(?:mm)?\s*[x×X*]\s*({_NUMBER})\s*(?:mm)?"
    rf"(?:\s*[x×X*]\s*({_NUMBER})\s*(?:mm)?)?\s*"
)
_DIMENSION_WORDS = re.compile(
    r"\b(?:dimensions?|dims?|sizes?|tumou?rs?|mm|measurements?|calipers?|flank|side"
    r"|l x w(?: x h)?)\b",
    re.IGNORECASE,
)
_SIDES = {"l": "left", "r": "right", "lt": "left", "rt": "right"}


def dimensions_of(text: str) -> tuple[str, str, str] | None:
    """Length, width and height of a size as written, nothing where it is none.

    >>> dimensions_of("7.2 x 5.1 x 4"), dimensions_of("7x5"), dimensions_of("7")
    (('7.2', '5.1', '4'), ('7', '5', ''), None)
    """
    found = _SIZE.fullmatch(text)
    return (found[1], found[2], found[3] or "") if found else None


def tumor_of_name(name: str) -> str:
    """The tumour that a column of sizes is about: what its name says beside the word for size.

    >>> tumor_of_name("dim_left"), tumor_of_name("R flank size (mm)"), tumor_of_name("Dimensions")
    ('left', 'right', '')
    """
    words = re.sub(r"[\s_.:()\[\]/-]+", " ", name)
    rest = " ".join(_DIMENSION_WORDS.sub(" ", words).split()).casefold()
    return _SIDES.get(rest, rest)


def size_columns(cells: pd.DataFrame) -> list[int]:
    """The columns at least half of whose different texts are sizes, the header aside."""
    found = []
    for column in range(cells.shape[1]):
        texts = [text for text in cells.iloc[:, column].unique() if not is_missing(text)]
        sizes = sum(dimensions_of(text) is not None for text in texts)
        if sizes and 2 * sizes >= len(texts) - 1:
            found.append(column)
    return found


def recognise_sizes(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse, arm and day, above a column of sizes as 7.2 x 5.1."""
    columns = size_columns(sheet.cells)
    if not columns:
        return Recognition(False, "has no column of sizes such as 7.2 x 5.1")
    best = Recognition(False, "misses a header above its sizes")
    for position, header in candidate_headers(sheet, declared):
        own = own_header(header, _labels(header, columns), day_kind(header) or "")
        missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(own, role)]
        if day_kind(own) is None:
            missing.append("day (or date)")
        if not missing:
            names = ", ".join(repr(header.names[column]) for column in columns)
            return Recognition(True, f"sizes such as 7.2 x 5.1 in {names}", position, own)
        if len(header.roles) > len(best.header.roles):
            best = Recognition(False, f"misses {' and '.join(missing)}", position, header)
    return best


def lengthen_sizes(sheet: Sheet, found: Recognition) -> LongText:
    """A row for each size, cut into length, width and height."""
    body, findings = body_of(sheet, found)
    kind = day_kind(found.header) or "day"
    labels = _labels(found.header, size_columns(sheet.cells))
    long = lengthen_grid(body, found.header, labels, kind, findings)
    frame, lone = _lone_diameters(sheet, cut_sizes(long.frame))
    return LongText(frame, long.header, kind, (*findings, *lone))


def cut_sizes(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with sizes of its volume moved to length, width and height; the rest stays."""
    texts = frame["volume"]
    cut = [dimensions_of(text) for text in texts]
    whole = np.array([size is not None for size in cut])
    parts = {
        role: np.array([size[i] if size else "" for size in cut], dtype=object)
        for i, role in enumerate(("length", "width", "height"))
    }
    return frame.assign(volume=texts.mask(whole, ""), **parts)


def _lone_diameters(sheet: Sheet, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame with bare numbers among sizes read as a length alone; 0 is no tumour."""
    bare = frame["volume"].str.fullmatch(rf"\s*{_NUMBER}\s*").to_numpy(dtype=bool)
    bare &= ~frame["volume"].str.fullmatch(r"\s*0+(?:[.,]0+)?\s*").to_numpy(dtype=bool)
    findings = [
        sheet_finding(
            sheet,
            "one-diameter",
            sheet.cell(int(row), int(column)),
            f"{text.strip()!r} is one number among sizes such as 7.2 x 5.1; it gives no volume.",
            "Write both diameters.",
        )
        for row, column, text in frame.loc[bare, ["row", "column", "volume"]].to_numpy().tolist()
    ]
    length = frame["length"].mask(bare, frame["volume"])
    return frame.assign(length=length, volume=frame["volume"].mask(bare, "")), findings


def _labels(header: Header, columns: list[int]) -> dict[int, Label]:
    several = len(columns) > 1
    return {column: Label("volume", tumor=_tumor(header, column, several)) for column in columns}


def _tumor(header: Header, column: int, several: bool) -> str:
    tumor = tumor_of_name(header.names[column])
    if several:
        return tumor or header.names[column]
    return tumor if tumor in ("left", "right") else ""


SIZES = Layout(
    "sizes",
    "one row a mouse and day, with sizes such as 7.2 x 5.1 x 4 in one column or one a flank",
    recognise_sizes,
    lengthen_sizes,
    over=("long", "wide"),
)
