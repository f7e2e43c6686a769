"""What the xml of one worksheet says before a reader lays out its cells: how far they span, and
what the reader would pass over in silence.

Patterns are a hundred times faster than a parser, and right only where tags are written as
spreadsheet programs write them. A worksheet with any other tag is first written anew by the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from xenotrack.errors import InputError
from xenotrack.study.files.sheet import column_letters
from xenotrack.study.finding import row_ranges

# A reader lays out every cell of the rectangle that the used cells span, empty ones as well: a
# million rows of a dozen columns take half a gigabyte.
MOST_CELLS = 12_000_000
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of any spreadsheet program
# Which another program than a spreadsheet wrote: as large as it is parsed at once.
_MOST_ODD_BYTES = 30_000_000

_PREFIX = rb"<(?:[^\s<>/:]+:)?"
_ANY = re.compile(_PREFIX + rb"(?:c|row|col)(?=[\s/>])")
_PLAIN = re.compile(_PREFIX + rb'(?:c|row|col)(?:\s+[^\s=<>"\']+="[^"<>&]*")*\s*/?>')
_DECLARED = re.compile(rb'\s*<\?xml[^>]*?encoding\s*=\s*["\']([^"\']*)["\']')
_CELL = re.compile(_PREFIX + rb'c\b[^>]*?\br="([A-Z]+)(\d+)"')
_BARE_CELL = re.compile(_PREFIX + rb'c(?=[\s/>])(?![^>]*\sr=")')
_ROW = re.compile(_PREFIX + rb'row\b[^>]*?\br="(\d+)"')
_ANY_ROW = re.compile(_PREFIX + rb"row(?=[\s/>])")
_HIDDEN_ROW = re.compile(_PREFIX + rb'row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMNS = re.compile(
    _PREFIX
    + rb'col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")(?=[^>]*\bmax="(\d+)")[^>]*>'
)
_ERROR = re.compile(
    _PREFIX + rb'c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?'
    rb"<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_EMPTY_FORMULA = re.compile(
    _PREFIX + rb'c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f\b'
    rb"(?:[^>]*/>|(?:(?!</(?:\w+:)?f>).)*</(?:\w+:)?f>)\s*"
    rb"(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Worksheet:
    """What a reader would pass over in silence."""

    error_cells: tuple[tuple[str, str], ...]
    empty_formulas: tuple[str, ...]
    hidden_rows: str
    hidden_columns: str


def survey_worksheet(xml: bytes, title: str) -> Worksheet:
    """What one worksheet hides; refused where its cells span more than can be laid out."""
    if not _is_plain(xml):
        xml = _written_anew(xml, title)
    height, width = _extent(xml)
    if height > MOST_ROWS or width > MOST_COLUMNS or height * width > MOST_CELLS:
        raise InputError(
            f"{title} spans {height} rows and {width} columns, more than the {MOST_CELLS / 1e6:g} "
            "million cells that are laid out. Delete the stray cells far from the table, or save "
            "the table as csv."
        )
    return Worksheet(
        tuple(_error_cells(xml)),
        tuple(_empty_formulas(xml)),
        row_ranges(map(int, _HIDDEN_ROW.findall(xml))),
        _hidden_columns(xml, width),
    )


def _is_plain(xml: bytes) -> bool:
    """Whether every tag that counts is written so that the patterns see all of it."""
    declared = _DECLARED.match(xml[:200])
    if b"\0" in xml[:4] or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        return False
    return sum(1 for _ in _ANY.finditer(xml)) == sum(1 for _ in _PLAIN.finditer(xml))


def _written_anew(xml: bytes, title: str) -> bytes:
    if len(xml) > _MOST_ODD_BYTES:
        raise InputError(
            f"{title} was not written by a spreadsheet program, and is too large to look through. "
            "Open it in one and save it again."
        )
    return ElementTree.tostring(ElementTree.fromstring(xml))


def _extent(xml: bytes) -> tuple[int, int]:
    """The rows and columns that the cells span; what names no place follows what stands before."""
    named = [int(row) for row in _ROW.findall(xml)]
    unnamed = sum(1 for _ in _ANY_ROW.finditer(xml)) - len(named)
    last = max((int(match[1]) for match in _CELL.findall(xml[-2000:])), default=0)
    letters = {match[0] for match in _CELL.findall(xml)}
    widest = max(map(_column_number, letters), default=0)
    bare = 0
    if _BARE_CELL.search(xml):
        bare = max(sum(1 for _ in _BARE_CELL.finditer(row)) for row in _ANY_ROW.split(xml))
    return max([last, *named]) + unnamed, widest + bare


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _error_cells(xml: bytes) -> Iterator[tuple[str, str]]:
    if b't="e"' in xml:
        for match in _ERROR.finditer(xml):
            yield match[1].decode(), match[2].decode("utf-8", "replace")


def _empty_formulas(xml: bytes) -> Iterator[str]:
    if re.search(rb"<(?:\w+:)?f\b", xml):
        for match in _EMPTY_FORMULA.finditer(xml):
            yield match[1].decode()


def _hidden_columns(xml: bytes, width: int) -> str:
    """The letters of hidden columns that hold cells, as ``C, F-H``."""
    spans = ((int(low), min(int(high), width)) for low, high in _HIDDEN_COLUMNS.findall(xml))
    names = [
        (column_letters(low - 1), column_letters(high - 1))
        for low, high in spans
        if 0 < low <= high
    ]
    return ", ".join(low if low == high else f"{low}-{high}" for low, high in names)
