"""What every layout shares: how it says that a sheet is its own, and the long table it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.study.column_words import UNREAD
from xenotrack.study.columns import Header, header_words, joined_columns, recognise_header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, Severity, row_ranges
from xenotrack.study.frames import with_columns
from xenotrack.study.joined import doses_of
from xenotrack.study.unused import RULE as UNUSED
from xenotrack.study.unused import not_used

# Above a header stand a title, a date, a name; not a table.
_HEADER_WITHIN = 30
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
# What R, readr and pandas write above the numbers of rows, to which nobody gave a name.
_ABOVE_ROW_NUMBERS = ("", "X", "...1", "Unnamed: 0")


Bare = Literal["", "volumes", "diameters"]


@dataclass(frozen=True)
class Label:
    """What one column holds: which measure, of which day ("" = the row's own) and tumour."""

    role: str = "volume"
    day: str = ""
    tumor: str = ""


@dataclass(frozen=True)
class Recognition:
    """Whether a sheet has a layout, where its header stands, and why.

    The header's names stand at ``position``, the first mouse ``depth`` records below, and
    ``above`` records over the names belong to the header too. ``labels`` say what columns hold
    that are no role; ``also`` are words, beside the names, that ``[columns]`` may name. Where no
    word of the header says what the numbers are, ``bare`` is what they are taken for. An
    ``armless`` sheet fits but for the name of its one arm.
    """

    fits: bool
    why: str
    position: int = 0
    header: Header = field(default_factory=lambda: Header((), {}))
    also: tuple[str, ...] = ()
    labels: Mapping[int, Label] = field(default_factory=dict)
    depth: int = 1
    above: int = 0
    bare: Bare = ""
    armless: bool = False


@dataclass(frozen=True)
class LongText:
    """A sheet as a long table of text: one row a mouse, tumour and day.

    ``frame`` has a column of text for each role, ``row`` (of the sheet) and ``column`` (of the
    value); ``day_kind`` says what its ``day`` counts. Numbers of which nothing says what they are
    are ``bare``.
    """

    frame: pd.DataFrame
    header: Header
    day_kind: str
    findings: tuple[Finding, ...] = ()
    bare: bool = False


@dataclass(frozen=True)
class Layout:
    """One way in which labs lay out their sheets.

    ``over`` names plainer layouts that would read the same sheet and see less of it.
    """

    name: str
    looks_for: str
    recognise: Callable[[Sheet, Mapping[str, str]], Recognition]
    lengthen: Callable[[Sheet, Recognition], LongText]
    over: tuple[str, ...] = ()


def candidate_headers(sheet: Sheet, declared: Mapping[str, str]) -> Iterator[tuple[int, Header]]:
    """The first records that hold text, each as if it were the header."""
    filled = (
        position
        for position in range(min(len(sheet.cells), 10 * _HEADER_WITHIN))
        if any(sheet.texts(position))
    )
    for position in islice(filled, _HEADER_WITHIN):
        # A dozen layouts ask for the same headers of the same sheet.
        asked = (position, *sorted(declared.items()))
        if asked not in sheet.memo:
            body = sheet.cells.iloc[position + 1 :]
            sheet.memo[asked] = recognise_header(sheet.texts(position), declared, body)
        yield position, sheet.memo[asked]


def has_role(header: Header, role: str) -> bool:
    """Whether a column fills the role, or several could."""
    return role in header.roles or any(rival.role == role for rival in header.rivals)


def columns_of_doses(sheet: Sheet, position: int, header: Header) -> list[int]:
    """The columns without a role that say of each row whether something is given, or how much."""
    taken = {*header.roles.values(), *(c for rival in header.rivals for c in rival.candidates)}
    return [
        column
        for column, name in enumerate(header.names)
        if name and column not in taken and header_words(name)[0] not in UNREAD
        if doses_of(sheet.grid[position + 1 :, column])
    ]


def body_of(sheet: Sheet, recognition: Recognition) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The records below the header, without blank ones and repeated headers, and what was odd."""
    first = recognition.position + recognition.depth
    body = with_columns(sheet.cells.iloc[first:], row=sheet.rows[first:])
    findings = [*_lines_above(sheet, recognition), *_columns_left_out(sheet, recognition)]
    body, repeated = _without_headers(sheet, body, recognition)
    body = _without_blank_rows(body, recognition)
    return body, (*sheet.findings, *findings, *repeated, *_extra_cells(sheet, body, recognition))


def sheet_finding(
    sheet: Sheet, rule: str, cell: str, seen: str, proposal: str, severity: Severity = "warning"
) -> Finding:
    """A finding about a place of a sheet that is no mouse's."""
    return Finding(rule, severity, sheet.file, sheet.name, cell, "", seen, proposal)


def with_all_columns_told(sheet: Sheet, recognition: Recognition, long: LongText) -> LongText:
    """The long table with a finding for each column of numbers that no layout read or named.

    It is a rule of all layouts: none may drop what it does not know.
    """
    header = long.header
    read = {*long.frame["column"].unique().tolist(), *recognition.labels, *header.roles.values()}
    read |= set(recognition.header.roles.values())
    read |= {column for rival in header.rivals for column in rival.candidates}
    named = {role: header.names[c] for role, c in header.roles.items() if c < len(header.names)}
    read |= joined_columns(header.names, named)
    rows_numbered = _row_numbers(sheet, recognition)
    told = " ".join(finding.seen for finding in long.findings)
    body = sheet.cells.iloc[recognition.position + recognition.depth :]
    lost = [
        column
        for column in range(min(len(header.names), body.shape[1]))
        if column not in read
        and column not in rows_numbered
        and not _is_told(header.names[column], told, long.findings)
        and body.iloc[:, column].map(_is_number).any()
    ]
    if not lost:
        return long
    names = [header.names[column] or f"column {column + 1}" for column in lost]
    readings = long.frame["column"]
    # What stands below a head of its own between the readings may be what was to be read.
    between = [c for c in lost if not header.names[c] and readings.min() < c < readings.max()]
    finding = sheet_finding(
        sheet,
        "columns-of-numbers-not-read",
        sheet.cell(int(sheet.rows[recognition.position]), lost[0]),
        f"Columns that hold numbers were not read: {', '.join(map(repr, names))}.",
        "If one is a day, name it as the others are; if one is a total, nothing to do."
        if not between
        else "Say in the header what they hold: a day, a width, a weight.",
        "error" if between else "warning",
    )
    return replace(long, findings=(*long.findings, finding))


def _is_told(name: str, seen: str, findings: tuple[Finding, ...]) -> bool:
    if not name:
        return any(finding.rule in ("extra-cells", "column-without-name") for finding in findings)
    return name in seen or header_words(name)[0] in UNREAD


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _lines_above(sheet: Sheet, recognition: Recognition) -> Iterator[Finding]:
    above = [p for p in range(recognition.position - recognition.above) if any(sheet.texts(p))]
    if above:
        first = next(text for text in sheet.texts(above[0]) if text)
        yield sheet_finding(
            sheet,
            "lines-above-header",
            row_ranges(int(sheet.rows[p]) for p in above),
            f"Text above the header was not read, beginning with {first!r}.",
            "Nothing to do if it is a title; else move it below the header.",
        )


def _columns_left_out(sheet: Sheet, recognition: Recognition) -> Iterator[Finding]:
    header, row = recognition.header, int(sheet.rows[recognition.position])
    for rival in header.rivals:
        others = [header.names[c] for c in rival.candidates if c != rival.chosen]
        if rival.chosen is not None and rival.role in header.roles:
            yield sheet_finding(
                sheet,
                "column-chosen",
                sheet.cell(row, rival.chosen),
                f"{header.names[rival.chosen]!r} was read as the {rival.role}, "
                f"not {', '.join(map(repr, others))}.",
                f"If that is wrong, name the column under [columns] as {rival.role}.",
            )
    numbered = _row_numbers(sheet, recognition)
    unknown = [header.names[c] for c in header.unknown if header.names[c] and c not in numbered]
    if unknown:
        yield sheet_finding(
            sheet,
            UNUSED,
            row_ranges([row]),
            not_used(unknown),
            "Nothing to do, unless one holds a reading: then name it under [columns].",
        )


def _row_numbers(sheet: Sheet, recognition: Recognition) -> set[int]:
    """The first column, where R or pandas wrote it to count the rows: no reading, and no doubt."""
    header = recognition.header
    if header.names[:1] == () or header.names[0].strip() not in _ABOVE_ROW_NUMBERS:
        return set()
    below = sheet.cells.iloc[recognition.position + recognition.depth :, 0].str.strip()
    texts = [text for text in below if text]
    counts = any(texts == list(map(str, range(first, first + len(texts)))) for first in (0, 1))
    return {0} if len(texts) > 1 and counts else set()


def _without_headers(
    sheet: Sheet, body: pd.DataFrame, recognition: Recognition
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    names, rows = recognition.header.names, body["row"].to_numpy()
    again, mice = _headers_again(sheet, body, recognition)
    new_names = {
        place: pair
        for place in np.flatnonzero(again | mice).tolist()
        if (pair := _new_name(sheet, body, place, recognition))
    }
    again[list(new_names)] = True
    if not again.any():
        return body, ()
    findings = [
        _header_changed(sheet, int(rows[place]), *new_names[place])
        if place in new_names
        else sheet_finding(
            sheet,
            "header-repeated",
            row_ranges([int(rows[place])]),
            f"The header ({', '.join(names[:3])}, …) stands here again; it was not read.",
            "Delete the line.",
        )
        for place in np.flatnonzero(again).tolist()
    ]
    return body[~again], tuple(findings)


def _headers_again(
    sheet: Sheet, body: pd.DataFrame, recognition: Recognition
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The rows that say in every role what the header says, and those that do for the mouse."""
    roles = recognition.header.roles
    again, mice = np.full((2, len(body)), bool(roles))
    for role, column in roles.items():
        head = sheet.grid[recognition.position, column]
        own = body.iloc[:, column]
        again &= own.to_numpy() == head
        if role == "mouse":
            mice &= own.str.strip().str.casefold().to_numpy() == head.strip().casefold()
    return again, mice if "mouse" in roles else again.copy()


def _new_name(
    sheet: Sheet, body: pd.DataFrame, place: int, recognition: Recognition
) -> tuple[str, str] | None:
    """The first column of numbers that a header standing again calls otherwise, if any."""
    first = sheet.texts(recognition.position)
    own = [text.strip() for text in body.iloc[place, : len(first)]]
    below = body.iloc[place + 1 :]
    for column, (was, now) in enumerate(zip(first, own, strict=True)):
        if was and now and not _are_alike(was, now) and below.iloc[:, column].map(_is_number).any():
            return was, now
    return None


def _are_alike(was: str, now: str) -> bool:
    """Whether two names of a column are one: ``Day 4`` beside ``day 4`` or ``4``."""
    if _is_number(was) or _is_number(now):
        return re.findall(r"\d+", was) == re.findall(r"\d+", now)
    return was.casefold() == now.casefold()


def _header_changed(sheet: Sheet, row: int, was: str, now: str) -> Finding:
    return sheet_finding(
        sheet,
        "header-changes",
        row_ranges([row]),
        f"The header stands here again with other names, {now!r} where the first has {was!r}: what "
        "stands below it would be read under the first names.",
        "Put the table below it into a file of its own and give both, or give both the same "
        "columns.",
        "error",
    )


def _without_blank_rows(body: pd.DataFrame, recognition: Recognition) -> pd.DataFrame:
    column = recognition.header.roles.get("mouse", 0)
    unnamed = np.flatnonzero(body.iloc[:, column].to_numpy() == "")
    texts = body.iloc[unnamed, :-1]
    blank = unnamed[~_says_something(texts)]
    return body.drop(index=body.index[blank]) if len(blank) else body


def _says_something(texts: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether any cell of a row holds more than blanks."""
    return np.array([any(map(str.strip, row)) for row in texts.to_numpy().tolist()], dtype=bool)


def _extra_cells(sheet: Sheet, body: pd.DataFrame, recognition: Recognition) -> Iterator[Finding]:
    """Cells to the right of the header: notes, or a row whose cells have shifted."""
    width = max(i for i, name in enumerate(recognition.header.names) if name) + 1
    if width >= body.shape[1] - 1:
        return
    beyond = body.iloc[:, width:-1]
    extra = _says_something(beyond)
    rows = body.loc[extra, "row"].tolist()
    # In a text file one stray delimiter moves every later cell of its line, a decimal comma the
    # usual one: 17,5 would be read as 17, and 5 as the next column.
    severity: Severity = "warning" if sheet.name else "error"
    if len(rows) > max(5, len(body) // 2):
        yield sheet_finding(
            sheet,
            "extra-cells",
            row_ranges(rows),
            f"{len(rows)} of {len(body)} rows have more cells than the header.",
            "Name the last columns, or, if decimal commas cut the cells, save with semicolons.",
            severity,
        )
        return
    for row, texts in zip(rows, beyond[extra].to_numpy().tolist(), strict=True):
        seen = next(text.strip() for text in texts if text.strip())
        yield sheet_finding(
            sheet,
            "extra-cells",
            row_ranges([row]),
            f"The row has more cells than the header: {seen!r}.",
            "Put a cell with a delimiter in it into quotes; give a column of notes a name.",
            severity,
        )
