"""GraphPad Prism's ``.pzfx`` → Sheet: one sheet a table of days and columns."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.finding import Finding
from xenotrack.study.sheet import Sheet, cell_name

_HEAD = 4096
# A Prism table has some hundred cells; a file that claims millions is no table of mice.
_MOST_CELLS = 5_000_000


def is_prism(data: bytes) -> bool:
    """Whether the bytes are Prism's xml, as its root says.

    >>> is_prism(b'<?xml version="1.0"?><GraphPadPrismFile>'), is_prism(b"mouse,arm")
    (True, False)
    """
    return b"<GraphPadPrismFile" in data[:_HEAD]


def read_prism(data: bytes, file: str, sheet_name: str | None = None) -> list[Sheet]:
    """The tables that have an X column, or the one named: X, then each group's replicates.

    A replicate is a column under its group's title, so that a table of one mouse a replicate has
    the layout of a column a mouse. Values that were excluded in Prism are left out and named.
    """
    root = _parsed(data, file)
    tables = [element for element in root.iter() if _tag(element) == "Table"]
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
    sheets = [_sheet(table, file) for table in tables]
    return [sheet for sheet in sheets if sheet is not None]


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


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [child for child in element if _tag(child) == tag]


def _title(element: ElementTree.Element) -> str:
    found = _children(element, "Title")
    return " ".join("".join(found[0].itertext()).split()) if found else ""


def _sheet(table: ElementTree.Element, file: str) -> Sheet | None:
    """A table as cells: a row of names, then a row for each X."""
    days = _children(table, "XColumn")
    if not days:
        return None
    name = _title(table) or table.get("ID", "table")
    columns = [(_title(days[0]) or "X", sub) for sub in _children(days[0], "Subcolumn")[:1]]
    for group in _children(table, "YColumn"):
        columns += [(_title(group), sub) for sub in _children(group, "Subcolumn")]
    texts = [[title, *(_value(cell) for cell in _children(sub, "d"))] for title, sub in columns]
    height = max(map(len, texts), default=0)
    if height * len(texts) > _MOST_CELLS:
        raise InputError(f"{file}, table {name}, has {height} rows, too many for a table of mice.")
    padded = [column + [""] * (height - len(column)) for column in texts]
    excluded = [
        (row, column)
        for column, (_, sub) in enumerate(columns)
        for row, cell in enumerate(_children(sub, "d"), start=1)
        if cell.get("Excluded") == "1"
    ]
    cells = pd.DataFrame(dict(enumerate(padded)), dtype=object)
    findings = tuple(_excluded(cells, file, name, row, column) for row, column in excluded)
    return Sheet(file, name, _without(cells, excluded), np.arange(1, height + 1), findings)


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
        cell_name(row + 1, column),
        "",
        f"The value {cells.iat[row, column]!r} of {cells.iat[0, column]!r} was excluded in Prism; "
        "it was left out.",
        "Nothing to do if it was meant so; else include it in Prism and save.",
    )
