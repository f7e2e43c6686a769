"""GraphPad Prism's ``.pzfx`` → Sheet: one sheet a table of days and columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.compound_names import Key, labels_of
from xenotrack.study.days import is_baseline, read_days
from xenotrack.study.files.sheet import Sheet, cell_at
from xenotrack.study.finding import Finding

_HEAD = 4096
_ROW_TITLES = "RowTitlesColumn"
# A Prism table has some hundred cells; a file that claims millions is no table of mice.
_MOST_CELLS = 5_000_000
# Prism's names for tables whose subcolumns are no replicates.
_STATISTICS = {
    "SDN": "mean, SD and N",
    "SEN": "mean, SEM and N",
    "CVN": "mean, CV and N",
    "SD": "mean and SD",
    "SE": "mean and SEM",
    "CV": "mean and CV",
    "low-high": "mean and error",
    "upper-lower-limits": "mean and limits",
    "error": "mean and error",
}


def is_prism(data: bytes) -> bool:
    """Whether the bytes are Prism's xml, as its root says.

    >>> is_prism(b'<?xml version="1.0"?><GraphPadPrismFile>'), is_prism(b"mouse,arm")
    (True, False)
    """
    # Of UTF-16 every other byte is 0.
    return b"<GraphPadPrismFile" in data[: 2 * _HEAD].replace(b"\0", b"")[:_HEAD]


def read_prism(data: bytes, file: str, sheet_name: str | None = None) -> list[Sheet]:
    """The tables by day, or the one named: their days, then each group's replicates.

    Days are the X column, or in a grouped table the titles of its rows.

    A replicate is a column under its group's title and, where it has one, its own: a table of one
    mouse a replicate has the layout of a column a mouse. Values that were excluded in Prism are
    left out and named. Tables of body weights and of survival are not asked for volumes, unless
    named.
    """
    root = _parsed(data, file)
    tables = [element for element in root.iter() if _tag(element) in ("Table", "HugeTable")]
    names = [_title(table) for table in tables]
    if sheet_name is not None:
        chosen = [
            t for t, n in zip(tables, names, strict=True) if n.casefold() == sheet_name.casefold()
        ]
        if not chosen:
            raise InputError(
                f"{file} has no table {sheet_name!r}. Its tables are: {', '.join(names)}."
            )
        tables = chosen[:1]
    else:
        tables = [table for table in tables if table.get("TableType") != "Survival"]
    means = {_title(table): held for table in tables if (held := _summary_of(table))}
    read = [table for table in tables if not _summary_of(table)]
    sheets = [sheet for table in read if (sheet := _sheet(table, file)) is not None]
    if means and not sheets:
        summaries = "; ".join(f"{name!r} holds {words}" for name, words in means.items())
        raise InputError(
            f"{file} has statistics of groups, not mice: {summaries}. Take the table of single "
            "readings, which Prism calls replicates."
        )
    if means:
        findings = (*sheets[0].findings, *(_not_read(file, *one) for one in means.items()))
        sheets[0] = replace(sheets[0], findings=findings)
    if not sheets:
        held = f"Its tables are: {', '.join(names)}" if names else "It has none"
        raise InputError(
            f"{file} has no table of volumes by day, which Prism calls XY. {held}. Name one with "
            "--sheet if it is."
        )
    return sheets


def _parsed(data: bytes, file: str) -> ElementTree.Element:
    """The tree of a file that declares neither a document type nor entities."""
    # Entities are declared inside a document type alone: without one there is nothing to blow up.
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
        return ElementTree.fromstring(data)
    except (expat.ExpatError, ElementTree.ParseError, LookupError, ValueError) as error:
        raise InputError(
            f"{file} is not a Prism file that can be read: {error}. Export its table as csv."
        ) from error


def _refuse_doctype(name: str, *_: object) -> None:
    raise ValueError(f"it declares the document type {name}")


def _summary_of(table: ElementTree.Element) -> str:
    """What the subcolumns of a table are, where they are statistics and no replicates."""
    form = table.get("YFormat", "replicates")
    if form == "replicates" or not _children(table, "YColumn"):
        return ""
    return _STATISTICS.get(form, f"statistics ({form})")


def _not_read(file: str, name: str, held: str) -> Finding:
    return Finding(
        "sheet-not-read",
        "warning",
        file,
        name,
        "",
        "",
        f"The table {name!r} holds {held} of groups, not mice, and was not read.",
        "Nothing to do if another table holds the mice.",
    )


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [child for child in element if _tag(child) == tag]


def _title(element: ElementTree.Element) -> str:
    titles = _children(element, "Title")
    return " ".join("".join(titles[0].itertext()).split()) if titles else ""


class _Column(NamedTuple):
    """A replicate: its group, its own name where any of the table has one, and its values."""

    group: str
    name: str
    values: ElementTree.Element


def _columns(table: ElementTree.Element) -> Iterator[_Column]:
    """The replicates of all groups, but for those that only a larger group has."""
    columns = [
        _Column(_title(group), _name_of(table, number, place), values)
        for number, group in enumerate(_children(table, "YColumn"))
        for place, values in enumerate(_children(group, "Subcolumn"))
    ]
    if not any(column.name for column in columns):
        yield from columns
        return
    seen = Counter[str]()
    keys: list[Key] = []
    for column in columns:
        seen[column.group] += 1
        keys.append((column.name,) if column.name else (column.group, str(seen[column.group])))
    labels = labels_of(keys)
    for column, key in zip(columns, keys, strict=True):
        if column.name or any(map(_value, _children(column.values, "d"))):
            yield column._replace(name=labels[key])


def _sheet(table: ElementTree.Element, file: str) -> Sheet | None:
    """A table as cells: a row of names, then a row for each X."""
    days = _children(table, "XColumn") or _days_of_rows(table)
    if not days:
        return None
    name = _title(table) or table.get("ID", "table")
    columns = list(_columns(table))
    above = 2 if any(one.name for one in columns) else 1
    heads = [[one.group, one.name][:above] for one in columns]
    x_name = _title(days[0]) or ("Day" if _tag(days[0]) == _ROW_TITLES else "X")
    subs = [*_children(days[0], "Subcolumn")[:1], *(one.values for one in columns)]
    heads = [["", x_name][-above:], *heads]
    texts = [
        [*head, *map(_value, _children(sub, "d"))] for head, sub in zip(heads, subs, strict=True)
    ]
    height = max(map(len, texts), default=0)
    if height * len(texts) > _MOST_CELLS:
        raise InputError(f"{file}, table {name}, has {height} rows, too many for a table of mice.")
    padded = [column + [""] * (height - len(column)) for column in texts]
    excluded = [
        (row, column)
        for column, sub in enumerate(subs)
        for row, cell in enumerate(_children(sub, "d"), start=above)
        if cell.get("Excluded") == "1"
    ]
    cells = pd.DataFrame(dict(enumerate(padded)), dtype=object)
    findings = tuple(_excluded(cells, file, name, row, column) for row, column in excluded)
    return Sheet(file, name, _without(cells, excluded), np.arange(1, height + 1), findings)


def _days_of_rows(table: ElementTree.Element) -> list[ElementTree.Element]:
    """The column of a grouped table's row titles, where all that say anything are days."""
    for titles in _children(table, _ROW_TITLES):
        subs = _children(titles, "Subcolumn")
        texts = [text for sub in subs[:1] for d in _children(sub, "d") if (text := _value(d))]
        days, _ = read_days(pd.Series(texts, dtype=object), "day", ".", "day")
        if len(texts) > 1 and (np.isfinite(days) | [is_baseline(text) for text in texts]).all():
            return [titles]
    return []


def _name_of(table: ElementTree.Element, group: int, place: int) -> str:
    """What Prism's user called a replicate of a group: for each place, a name a group or one."""
    titles = _children(table, "SubColumnTitles")
    places = _children(titles[0], "Subcolumn") if titles else []
    names = _children(places[place], "d") if place < len(places) else []
    if not names:
        return ""
    shared = titles[0].get("OwnSet") != "1"
    return _value(names[0 if shared else group]) if shared or group < len(names) else ""


def _value(cell: ElementTree.Element) -> str:
    return "".join(cell.itertext()).strip()


def _without(cells: pd.DataFrame, places: list[tuple[int, int]]) -> pd.DataFrame:
    kept = cells.copy()
    for row, column in places:
        kept.iat[row, column] = ""
    return kept


def _excluded(cells: pd.DataFrame, file: str, name: str, row: int, column: int) -> Finding:
    return Finding(
        "excluded-in-prism",
        "warning",
        file,
        name,
        cell_at(row + 1, column),
        "",
        f"The value {cells.iat[row, column]!r} of {cells.iat[0, column]!r} was excluded in Prism; "
        "it was left out.",
        "Nothing to do if it was meant so; else include it in Prism and save.",
    )
