"""Sheets → one long table: text by role, its numbers and days, and where each row stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.errors import InputError
from xenotrack.study.checks.pooled import pooled_arms
from xenotrack.study.column_words import UNIT_WORDS
from xenotrack.study.columns import Header
from xenotrack.study.days import find_date_order, read_days
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.frames import with_columns
from xenotrack.study.identity import trim_names
from xenotrack.study.layouts.evidence import Said, light_columns
from xenotrack.study.layouts.file_names import named_by_files
from xenotrack.study.layouts.layout import LongText
from xenotrack.study.layouts.one_arm import with_only_arm
from xenotrack.study.layouts.registry import Read, lengthen
from xenotrack.study.layouts.together import shared_date_order
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.ledger import Origin
from xenotrack.study.measures import declared_unit
from xenotrack.study.numbers import (
    Column,
    Undressed,
    column_of,
    find_decimals,
    read_numbers,
    undress,
)
from xenotrack.study.rules import Rules

# What may be a thousand and more, and written with a blank there.
BIG = ("area", "volume")
NUMBERS = ("length", "width", "height", "area", "volume", "body_weight")

# What is no number of days, or of nobody knows how many.
_NO_DAYS = ("month", "months", "mo", "year", "years", "min", "mins", "minutes", "sec", "seconds")


@dataclass(frozen=True)
class LongTable:
    """All rows of a study's sheets, each with its ``part``: the origin and header it came from.

    Beside the text of each role stand ``day_number day_is_date`` and ``<role>_number``.
    """

    rows: pd.DataFrame
    origins: tuple[Origin, ...]
    headers: tuple[Header, ...]
    layouts: tuple[str, ...]
    findings: tuple[Finding, ...]


def is_text(values: pd.Series) -> bool:
    """Whether a column holds words: pandas 2 calls them objects, pandas 3 texts.

    >>> is_text(pd.Series(["a"])), is_text(pd.Series([1.0])), is_text(pd.Series([True]))
    (True, False, False)
    """
    return not pd.api.types.is_numeric_dtype(values)


def stack(tables: list[LongTable]) -> LongTable:
    """The tables of several sheets as one."""
    if len(tables) == 1:
        return tables[0]
    before = np.cumsum([0, *(len(table.origins) for table in tables)])
    rows = [
        table.rows.assign(part=table.rows["part"] + first)
        for table, first in zip(tables, before[:-1], strict=True)
    ]
    stacked = pd.concat(rows, ignore_index=True)
    texts = [name for name in stacked if is_text(stacked[name]) and name != "day_is_date"]
    return LongTable(
        stacked.fillna(dict.fromkeys(texts, "")),
        tuple(origin for table in tables for origin in table.origins),
        tuple(header for table in tables for header in table.headers),
        tuple(layout for table in tables for layout in table.layouts),
        tuple(finding for table in tables for finding in table.findings),
    )


def read_long_tables(
    files: Sequence[list[Sheet]],
    rules: Rules,
    decimal: str | None = None,
    layout: str | None = None,
) -> list[LongTable]:
    """The readings of each file, in the layout that recognises itself or is named.

    Where day and month of a date may be either, the dates of the other sheets decide.
    """
    if len(rules.arms) == 1:
        (arm,) = rules.arms
        files = [
            [with_only_arm(sheet, arm.strip(), rules.named_columns) for sheet in sheets]
            for sheets in files
        ]
    files = named_by_files(files, rules.named_columns)
    reads = [_read_of(sheets, rules, layout) for sheets in files]
    longs = [long for read in reads for _, _, long in read.longs]
    order = shared_date_order([long.frame["day"].unique().tolist() for long in longs])
    return [
        _table_of_file(sheets, read, rules, decimal, order)
        for sheets, read in zip(files, reads, strict=True)
    ]


def _read_of(sheets: list[Sheet], rules: Rules, layout: str | None) -> Read:
    """What is read of one file's sheets; of light the column that says it, where one does."""
    named, readout = rules.named_columns, rules.volume.readout
    if readout == "flux" and "volume_mm3" not in named:
        names = list(dict.fromkeys(name for sheet in sheets for name in light_columns(sheet)))
        if len(names) == 1:
            # A row of visits may say it of its first column, and is no column of light.
            with suppress(InputError):
                return lengthen(sheets, {**named, "volume_mm3": names[0]}, layout, readout)
        elif names and (fits := _of_one_column(sheets, names, rules, layout)):
            raise InputError(
                f"{sheets[0].title}: the columns {', '.join(map(repr, fits))} could each be the "
                f'light. Choose one under [columns]: `volume_mm3 = "{fits[0]}"`.'
            )
    return lengthen(sheets, named, layout, readout)


def _of_one_column(
    sheets: list[Sheet], names: Sequence[str], rules: Rules, layout: str | None
) -> list[str]:
    """Those of some columns that alone would hold all light of a sheet."""
    fits = []
    for name in names:
        with suppress(InputError):
            lengthen(sheets, {**rules.named_columns, "volume_mm3": name}, layout, "flux")
            fits.append(name)
    return fits


def _table_of_file(
    sheets: list[Sheet], read: Read, rules: Rules, decimal: str | None, order: str | None
) -> LongTable:
    tables = [
        table_of(sheet, name, long, rules, decimal, order) for sheet, name, long in read.longs
    ]
    table, used = stack(tables), {sheet.name for sheet, _, _ in read.longs}
    unread = [sheet for sheet in sheets if sheet.name not in used]
    return replace(table, findings=(*table.findings, *_sheets_not_read(unread, read.others)))


def table_of(
    sheet: Sheet,
    name: str,
    long: LongText,
    rules: Rules,
    decimal: str | None,
    shown_order: str | None = None,
) -> LongTable:
    """The long table of one sheet with its numbers and days; ``name`` is its layout's.

    ``shown_order`` is the order of day and month that the dates of all sheets show.
    """
    if long.frame.empty:
        raise InputError(f"{sheet.title} has column names and no rows. Add the readings.")
    dressed = {
        role: undress(
            column_of(long.frame[role]), _unit_words(role, long.header, rules), role in BIG
        )
        for role in NUMBERS
        if role in long.frame
    }
    columns = {role: one.column for role, one in dressed.items()}
    decimals = _decimals(columns, long, sheet.title, decimal)
    roles = dict(long.header.roles)
    origin = Origin(sheet.file, sheet.name, roles, sheet.title, decimals, long.bare)
    numbers, findings = _numbers(dressed, long, sheet, decimals, declared=decimal is not None)
    given = rules.study.date_order or shown_order
    starts = long.frame["start"].unique() if "start" in long.frame else ()
    order = find_date_order(long.frame["day"].unique(), sheet.title, given, beside=starts)
    days, dates = read_days(long.frame["day"], long.day_kind, decimals["day"], order)
    if long.day_kind == "day":
        days = _as_in_headers(long.frame["day"], days)
    if long.header.units.get("day") in _NO_DAYS:
        raise InputError(_no_days(sheet, long))
    if long.header.units.get("day") == "hours":
        days, told = _days_of_hours(sheet, long, days)
        findings = [*findings, told]
    rows = with_columns(
        trim_names(long.frame), part=0, day_number=days, day_is_date=dates, **numbers
    )
    pooled = pooled_arms(sheet, long, rows, rules.named_columns)
    findings = [*long.findings, *findings, *pooled]
    return LongTable(rows, (origin,), (long.header,), (name,), tuple(findings))


def _as_in_headers(texts: pd.Series, days: Floats) -> Floats:
    """The days, with those of cells that are written as above columns: Week 1 Day 4."""
    unread = np.isnan(days)
    named = {text: day_of_header(text) for text in set(texts[unread].tolist())}
    counts = {"day": 1.0, "week": 7.0}
    read = {
        text: counts[named_day[0]] * float(named_day[1])
        for text, named_day in named.items()
        if named_day is not None and named_day[0] in counts
    }
    return np.where(unread & texts.isin(read).to_numpy(), texts.map(read).astype(float), days)


def _no_days(sheet: Sheet, long: LongText) -> str:
    name = long.header.names[long.header.roles["day"]]
    return (
        f"{sheet.title}: the column {name!r} counts {long.header.units['day']}, of which no days "
        "can be made. Write days, weeks, hours or dates, or mend its name if it holds days."
    )


def _days_of_hours(sheet: Sheet, long: LongText, hours: np.ndarray) -> tuple[np.ndarray, Finding]:
    name = long.header.names[long.header.roles["day"]]
    finding = Finding(
        "hours-are-days",
        "warning",
        sheet.file,
        sheet.name,
        "",
        "",
        f"The column {name!r} counts hours; each was divided by 24.",
        "Nothing to do if it does; else mend its name.",
    )
    return hours / 24, finding


def _decimals(
    columns: dict[str, Column], long: LongText, title: str, given: str | None
) -> dict[str, str]:
    days = column_of(pd.Series(long.frame["day"].unique(), dtype=object))
    marks = find_decimals({**columns, "day": days}, title, given)
    return marks if long.day_kind != "date" else {**marks, "day": "."}


def _numbers(
    columns: dict[str, Undressed],
    long: LongText,
    sheet: Sheet,
    decimals: dict[str, str],
    declared: bool,
) -> tuple[dict[str, np.ndarray], list[Finding]]:
    """The numbers of each column, and findings where thousands marks or units were taken out."""
    numbers, findings = {}, []
    for role, one in columns.items():
        values, grouped = read_numbers(one.column, decimals[role], thousands=declared)
        numbers[f"{role}_number"] = values
        for taken, finding in ((grouped | one.blanks, _thousands), (one.unit, _units_in_cells)):
            if taken.any():
                rows = row_ranges(long.frame["row"][taken].tolist())
                findings.append(finding(sheet, role, rows, long.frame[role][taken].iloc[0]))
    return numbers, findings


def _unit_words(role: str, header: Header, rules: Rules) -> set[str]:
    """The words for the unit in which a column's numbers are read."""
    unit = header.units.get(role) or declared_unit(role, rules)
    return {word for word, unit_of_word in UNIT_WORDS.items() if unit_of_word == unit}


def _units_in_cells(sheet: Sheet, role: str, rows: str, first: str) -> Finding:
    return Finding(
        "unit-in-cells",
        "warning",
        sheet.file,
        sheet.name,
        rows,
        "",
        f"Cells for the {role.replace('_', ' ')} hold their unit, as {first.strip()!r}; "
        "the numbers were read.",
        "Nothing to do; the unit may stand in the header.",
    )


def _thousands(sheet: Sheet, role: str, rows: str, first: str) -> Finding:
    return Finding(
        "thousands-marks",
        "warning",
        sheet.file,
        sheet.name,
        rows,
        "",
        f"Numbers for the {role.replace('_', ' ')} have thousands marks, as {first.strip()!r}.",
        "Write numbers without them.",
    )


def _sheets_not_read(sheets: list[Sheet], others: Mapping[str, Said]) -> list[Finding]:
    contents = {name: said.meaning.noun for name, said in others.items()}
    contents |= {one.name: "no readings" for one in sheets if one.name not in contents}
    return [
        Finding(
            "sheet-not-read",
            "warning",
            sheet.file,
            sheet.name,
            "",
            "",
            f"The sheet {sheet.name!r} holds {contents[sheet.name]} and was not read.",
            "Choose another with --sheet if it does.",
        )
        for sheet in sheets
    ]
