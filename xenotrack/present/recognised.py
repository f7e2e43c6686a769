"""Which files our commands wrote: only these give way to the next table or figure.

A sheet that people correct (``tidy``, ``check --fix``, a template) is never among them, nor a
table that has other columns by now, nor a picture that another program saved.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from pathlib import Path

from xenotrack.errors import InputError
from xenotrack.glossary import TABLES
from xenotrack.glossary_plan import PLAN_TABLES
from xenotrack.glossary_pool import POOL_TABLES
from xenotrack.present.safe_files import is_edited

START = 65_536
HEADERS = {
    columns for name, columns in (TABLES | POOL_TABLES | PLAN_TABLES).items() if name != "tidy"
}
FINDING = re.compile(r"(error|warning): .*\[[a-z-]+\]")
# How our pictures begin, and what they say of who made them.
PICTURES = (
    (b'<?xml version="1.0" encoding="utf-8" standalone="no"?>\n<!DOCTYPE svg', b">xenotrack<"),
    (b"\x89PNG", b"tEXtSoftware\0xenotrack"),
)


def is_output(path: Path) -> bool:
    """Whether a file is empty, or a table or figure as one of our commands writes it."""
    with path.open("rb") as file:
        start = file.read(START)
    if not start:
        return True
    if is_edited(path):
        return False
    if start.startswith(b"PK"):
        return _is_workbook(path)
    if start.startswith(b"%PDF"):
        return b"/Creator (xenotrack)" in path.read_bytes()
    if start.startswith(b"PAR1"):
        return _is_parquet(path)
    if any(start.startswith(first) and maker in start for first, maker in PICTURES):
        return True
    first = start.partition(b"\n")[0].decode("utf-8", "replace")
    if not _is_first_line(first, start):
        return False
    return _is_whole(path.read_text(encoding="utf-8", errors="replace"), first)


def _is_first_line(first: str, start: bytes) -> bool:
    """A header of ours above csv, tsv or aligned columns; json; findings as people read them."""
    headers = (first.split(","), first.split("\t"), first.split())
    if any(tuple(names) in HEADERS for names in headers):
        return True
    if start.startswith(b'{\n "schema_version":') and b'\n "rows":' in start:
        return True
    return FINDING.fullmatch(first) is not None


def _is_whole(text: str, first: str) -> bool:
    """Whether nobody wrote below a table of ours: a line of notes makes a file a person's."""
    if first == "{":
        try:
            return bool(json.loads(text))
        except ValueError:
            return False
    for mark in ",\t":
        if tuple(first.split(mark)) in HEADERS:
            width = len(first.split(mark))
            return all(len(row) == width for row in csv.reader(io.StringIO(text), delimiter=mark))
    return FINDING.fullmatch(first) is not None or "\n\n" not in text


def _is_workbook(path: Path) -> bool:
    """Our workbook, which no spreadsheet has saved since: it would change the time of making."""
    try:
        with zipfile.ZipFile(path) as book, book.open("docProps/core.xml") as part:
            head = part.read(START)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, zlib.error):
        return False
    return b">Tables of xenotrack<" in head and b">2000-01-01T00:00:00Z</dcterms:modified>" in head


def _is_parquet(path: Path) -> bool:
    from xenotrack.study.files.parquet import pyarrow

    try:
        arrow, parquet = pyarrow("To know a table")
    except InputError:
        return False
    try:
        return tuple(parquet.read_schema(path).names) in HEADERS
    except (arrow.ArrowInvalid, OSError):
        return False
