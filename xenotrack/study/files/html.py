"""Tables of a web page → Sheets: databases write such files, and call them ``.xls``."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.files.sheet import Sheet

_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<table|<\?xml[^>]*\?>\s*<html)", re.IGNORECASE)
_WORKBOOK = re.compile(rb"\s*<\?xml[^>]*\?>\s*(?:<\?mso-application[^>]*\?>\s*)?<(?:\w+:)?Workbook")
_MOST_SPAN = 1_000


def is_html(data: bytes) -> bool:
    """Whether the bytes are a web page, or a workbook written as xml."""
    head = data[:1_000].removeprefix(b"\xef\xbb\xbf")
    return _PAGE.match(head) is not None or _WORKBOOK.match(head) is not None


def read_html(data: bytes, file: str) -> list[Sheet]:
    """The tables of a page; merged cells are written once, at their first place."""
    if _WORKBOOK.match(data[:1_000].removeprefix(b"\xef\xbb\xbf")):
        raise InputError(
            f"{file} is a workbook of 2003 written as xml. Open it in a spreadsheet program and "
            "save it as xlsx."
        )
    page = _Tables()
    page.feed(data.decode("utf-8", errors="replace"))
    page.close()
    tables = [table for table in page.tables if any(map(any, table))]
    names = [f"table {number}" if len(tables) > 1 else "" for number in range(1, len(tables) + 1)]
    return [_sheet(file, name, table) for name, table in zip(names, tables, strict=True)]


def _sheet(file: str, name: str, table: list[list[str]]) -> Sheet:
    width = max(map(len, table))
    cells = pd.DataFrame([row + [""] * (width - len(row)) for row in table], dtype=object)
    return Sheet(file, name, cells, np.arange(1, len(cells) + 1))


class _Tables(HTMLParser):
    """The cells of all tables, each row a list of texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._below: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self._below = {}
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            self._begin_cell(dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _begin_cell(self, said: dict[str, str | None]) -> None:
        if not self.tables[-1]:
            self.tables[-1].append([])
        row = self.tables[-1][-1]
        # What a merged cell above covers is empty here.
        while self._below.get(len(row), 0) > 0:
            self._below[len(row)] -= 1
            row.append("")
        self._span = _number(said.get("colspan"))
        for column in range(len(row), len(row) + self._span):
            self._below[column] = _number(said.get("rowspan")) - 1
        self._cell = []

    def _end_cell(self) -> None:
        if self._cell is not None:
            text = " ".join("".join(self._cell).split())
            self.tables[-1][-1].extend([text, *[""] * (self._span - 1)])
            self._cell = None


def _number(text: str | None) -> int:
    return min(int(text), _MOST_SPAN) if text and text.isdigit() and int(text) > 0 else 1
