"""Dimensions in one string, ``7.2 x 5.1 x 4``: one column, or one for each tumour or day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.study.column_words import NAME_OF_ROLE, UNIT_WORDS
from xenotrack.study.columns import Header, header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
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
from xenotrack.study.layouts.wide import day_columns, day_of_header, kinds_of
from xenotrack.study.numbers import is_missing

_NUMBER = r"\d+(?:[.,]\d+)?"
_TIMES = "(?:[x×X*хХ]|by)"  # the Russian letter too
_SIZE = re.compile(
    rf"\s*({_NUMBER})\s*(?:mm)?\s*{_TIMES}\s*({_NUMBER})\s*(?:mm)?"
    rf"(?:\s*{_TIMES}\s*({_NUMBER})\s*(?:mm)?)?\s*"
)
_SLASHED = re.compile(_SIZE.pattern.replace(_TIMES, r"(?:/|[,;](?=\s)|;)"))
_LETTERED = re.compile(
    rf"\s*L\s*[=:]?\s*({_NUMBER})\s*(?:mm)?[\s,;x×*]*W\s*[=:]?\s*({_NUMBER})\s*(?:mm)?"
    rf"(?:[\s,;x×*]*H\s*[=:]?\s*({_NUMBER})\s*(?:mm)?)?\s*",
    re.IGNORECASE,
)
# No tumour is this long: 420/380 are two volumes.
_LONGEST_MM = 40.0
_DIMENSION_WORDS = re.compile(
    r"\b(?:dimensions?|dims?|sizes?|tumou?rs?|mm|cm|measurements?|calipers?|flank|side|on|of|the|in"
    r"|l x w(?: x h)?|x)\b",
    re.IGNORECASE,
)
_AXES = ("length", "width", "height")
_NO_SIZES = "has no column of sizes such as 7.2 x 5.1"
_SIDES = {"l": "left", "r": "right", "lt": "left", "rt": "right"}


def dimensions_of(text: str) -> tuple[str, str, str] | None:
    """Length, width and height of a size as written, nothing where it is none.

    >>> dimensions_of("7.2 x 5.1 x 4"), dimensions_of("7x5"), dimensions_of("7")
    (('7.2', '5.1', '4'), ('7', '5', ''), None)
    >>> dimensions_of("7.2 by 5.1 mm"), dimensions_of("L 7.2, W=5.1")
    (('7.2', '5.1', ''), ('7.2', '5.1', ''))
    """
    return _parts(_SIZE, text) or _parts(_LETTERED, text)


def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, str, str] | None:
    match = pattern.fullmatch(text)
    return (match[1], match[2], match[3] or "") if match else None


def slashed_of(texts: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """The sizes among texts written with a slash or a comma, none where it may be something else.

    Dates, fractions and the volumes of two flanks are written so, too: a size is below 40 mm, some
    are in tenths, and the length stands before the width.

    >>> slashed_of(["7.2/5.1", "8/6", "dead"])["8/6"], slashed_of(["120/98"]), slashed_of(["3/4"])
    (('8', '6', ''), {}, {})
    """
    sizes = {text: size for text in texts if (size := _parts(_SLASHED, text)) is not None}
    numbers = [[float(part.replace(",", ".")) for part in size if part] for size in sizes.values()]
    in_tenths = any(part.count(".") + part.count(",") for size in sizes.values() for part in size)
    in_order = sum(size[0] >= size[1] for size in numbers)
    plain = all(max(size) < _LONGEST_MM for size in numbers) and 5 * in_order >= 4 * len(numbers)
    return sizes if in_tenths and plain else {}


def tumor_of_name(name: str) -> str:
    """The tumour that a column of sizes is about: what its name says beside the word for size.

    >>> tumor_of_name("dim_left"), tumor_of_name("R flank size (mm)"), tumor_of_name("Dimensions")
    ('left', 'right', '')
    >>> tumor_of_name("Dimensions on left (mm x mm x mm)")
    'left'
    """
    words = re.sub(r"[\s_.:()\[\]/-]+", " ", name)
    rest = " ".join(_DIMENSION_WORDS.sub(" ", words).split()).casefold()
    return _SIDES.get(rest, rest)


_EARLY = 60  # records
_MANY = 1000
_BLANKS = 100  # more ways to write that there is nothing are in no column
_SIGNS = frozenset("x×X*хХbB") | frozenset("LlWw")


def size_columns(sheet: Sheet) -> list[int]:
    """The columns at least half of whose different texts are sizes, the header aside."""
    columns = []
    for column in range(sheet.grid.shape[1]):
        if _has_few_signs(sheet.grid[:, column]):
            continue  # seen at once, however long the column
        different = set(sheet.grid[:, column])
        signed = [text for text in different if not _SIGNS.isdisjoint(text)]
        sizes = sum(dimensions_of(text) is not None for text in signed)
        if sizes and 2 * sizes >= sum(not is_missing(text) for text in different) - 1:
            columns.append(column)
    return columns


def _has_few_signs(texts: NDArray[np.object_]) -> bool:
    """Whether a long column has too few signs for half of its different texts to be sizes."""
    joined = "".join(texts)
    signs = sum(map(joined.count, _SIGNS))
    return 2 * (signs + _BLANKS) < len(set(texts[:_MANY]))


def recognise_sizes(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse, arm and day (or days), above sizes as 7.2 x 5.1."""
    columns = size_columns(sheet)
    # Where sizes are written with a slash the first records show it.
    early = sheet.grid[:_EARLY].ravel()
    may_be_slashed = not columns and any(mark in text for text in early for mark in "/;,")
    best = Recognition(False, "misses a header above its sizes" if columns else _NO_SIZES)
    for position, header in candidate_headers(sheet, declared):
        body = sheet.cells.iloc[position + 1 :]
        slashed = _slashed_columns(body, header) if may_be_slashed else []
        labels = _labels(header, columns or slashed)
        if not labels:
            continue
        own = own_header(header, labels, day_kind(header) or "")
        filled = [c for c in labels if not all(map(is_missing, body.iloc[:, c].unique()))]
        complaint = _complaint(own, labels, 2 * len(columns or slashed) < len(filled))
        if complaint is None:
            names = ", ".join(repr(header.names[column]) for column in columns or slashed)
            return Recognition(
                True, f"sizes such as 7.2 x 5.1 in {names}", position, own, labels=labels
            )
        if len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def _complaint(identity: Header, labels: Mapping[int, Label], few: bool) -> str | None:
    """Why a header is not one of sizes."""
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(identity, role)]
    days = [label.day for label in labels.values() if label.day]
    if day_kind(identity) is None and not days:
        missing.append("day (or date)")
    if missing:
        return f"misses {' and '.join(missing)}"
    if len(days) > len(set(days)):
        return f"names two columns {next(day for day in days if days.count(day) > 1)}"
    kinds = kinds_of(filter(None, (day_of_header(identity.names[c]) for c in labels)))
    if days and len(kinds) > 1:
        return f"names its columns by {' and by '.join(sorted(kinds))}"
    # Of a wide sheet with one note among its volumes the volumes would be lost.
    return "has sizes below a few of its days" if days and few else None


def _slashed_columns(body: pd.DataFrame, header: Header) -> list[int]:
    """The columns of days, or of a size, at least half of whose texts are sizes with a slash."""
    days = [] if day_kind(header) else list(day_columns(header))
    candidates = [*days, *(header.roles[role] for role in ("volume",) if role in header.roles)]
    said = {c: [t for t in body.iloc[:, c].unique() if not is_missing(t)] for c in candidates}
    sizes = slashed_of([text for texts in said.values() for text in texts])
    return [
        column
        for column, texts in said.items()
        if texts and 2 * sum(text in sizes for text in texts) >= len(texts)
    ]


def lengthen_sizes(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each size, cut into length, width and height."""
    body, findings = body_of(sheet, recognition)
    days = [
        day_of_header(recognition.header.names[c])
        for c, label in recognition.labels.items()
        if label.day
    ]
    kind = next(iter(kinds_of(filter(None, days))), day_kind(recognition.header) or "day")
    long = lengthen_grid(body, recognition.header, recognition.labels, kind, findings)
    frame, odd = with_sizes(sheet, long.frame)
    header = _of_sizes(long.header, recognition.labels)
    return LongText(frame, header, kind, (*findings, *odd))


def with_sizes(sheet: Sheet, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame with the sizes of its volume as length, width and height, and what is odd there."""
    frame, slashes = _without_slashes(sheet, frame)
    frame, lone = _lone_diameters(sheet, cut_sizes(frame))
    return frame, [*slashes, *lone]


def _of_sizes(header: Header, labels: Mapping[int, Label]) -> Header:
    """The header with the unit of its sizes; of ``LxW, mm`` that is mm, and mm3 is none of it."""
    units = {role: unit for role, unit in header.units.items() if role != "volume"}
    written = {header_words(header.names[column])[1] for column in labels}
    parts = {UNIT_WORDS.get(p, p) for unit in written for p in re.split(r"[\s,;/]+", unit)}
    # Whether diameters below cm3 are in cm is asked about, as a unit that they cannot have.
    if len(own := parts & {"mm", "cm"}) == 1:
        units |= dict.fromkeys(_AXES, own.pop())
    elif volume := parts & {"cm2", "cm3"}:
        units["length"] = volume.pop()
    # What is said of a diameter names the column of its size; of several its cell alone does.
    roles = dict.fromkeys(_AXES, next(iter(labels))) if len(labels) == 1 else {}
    return replace(header, units=units, roles={**header.roles, **roles})


def _without_slashes(sheet: Sheet, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame with sizes as 7.2/5.1 written as 7.2x5.1, and the finding that they were read."""
    sizes = slashed_of(frame["volume"].unique())
    slashed = frame["volume"].isin(list(sizes)).to_numpy()
    if not slashed.any():
        return frame, []
    first = frame["volume"][slashed].iloc[0].strip()
    finding = sheet_finding(
        sheet,
        "sizes-with-slash",
        row_ranges(frame["row"][slashed].tolist()),
        f"Cells such as {first!r} were read as a length and a width.",
        "Nothing to do if they are one tumour's; else write what they are in columns of their own.",
    )
    crossed = {text: "x".join(filter(None, size)) for text, size in sizes.items()}
    texts = frame["volume"].mask(slashed, frame["volume"].map(crossed))
    return frame.assign(volume=texts), [finding]


def cut_sizes(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with sizes of its volume moved to length, width and height; the rest stays."""
    texts = frame["volume"]
    cut = [dimensions_of(text) for text in texts]
    whole = np.array([size is not None for size in cut])
    parts = {
        role: np.array([size[i] if size else "" for size in cut], dtype=object)
        for i, role in enumerate(_AXES)
    }
    return frame.assign(volume=texts.mask(whole, ""), **parts)


def _lone_diameters(sheet: Sheet, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame with bare numbers among sizes read as a length alone; 0 is no tumour."""
    bare = frame["volume"].str.fullmatch(rf"\s*{_NUMBER}\s*").to_numpy(dtype=bool)
    bare = bare & ~frame["volume"].str.fullmatch(r"\s*0+(?:[.,]0+)?\s*").to_numpy(dtype=bool)
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
    """What the columns hold: sizes of the days that name them, else of the row's own day."""
    days = {} if day_kind(header) else day_columns(header)
    if set(columns) & set(days):
        return {column: Label("volume", day[1]) for column, day in days.items()}
    several = len(columns) > 1
    return {column: Label("volume", tumor=_tumor(header, column, several)) for column in columns}


def _tumor(header: Header, column: int, several: bool) -> str:
    tumor = tumor_of_name(header.names[column])
    if several:
        return tumor or header.names[column]
    return tumor if tumor in ("left", "right") else ""


SIZES = Layout(
    "sizes",
    "one row a mouse and day, with sizes such as 7.2 x 5.1 x 4 in one column or one a flank, "
    "or one row a mouse, with sizes below its days",
    recognise_sizes,
    lengthen_sizes,
    over=("long", "wide", "calendar"),
)
