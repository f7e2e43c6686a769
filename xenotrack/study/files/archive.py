"""A look into a workbook's archive before a reader opens it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from xenotrack.errors import InputError
from xenotrack.study.finding import row_ranges

# A sheet of a million rows unpacks to some 500 MB; whatever is larger is not a caliper sheet.
MOST_BYTES = 1_000_000_000
# The reader lays out every cell of the rectangle that the used cells span, empty ones as well:
# one stray cell at XFD1048576 would ask for 17 thousand million.
MOST_CELLS = 60_000_000

_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?'
    rb"<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f\b'
    rb"(?:[^>]*/>|(?:(?!</(?:\w+:)?f>).)*</(?:\w+:)?f>)\s*"
    rb"(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)",
    re.DOTALL,
)
_DOCTYPE = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Survey:
    """What a reader would pass over in silence, by worksheet."""

    error_cells: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    empty_formulas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def survey_workbook(data: bytes, file: str) -> Survey:
    """Refuse an archive that would exhaust the machine, and say what its sheets hide."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_hostile(archive, file)
            sheets = dict(_sheet_parts(archive))
            parts = {name: archive.read(part) for name, part in sheets.items()}
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, OSError) as error:
        raise InputError(
            f"{file} is a damaged workbook: {error}. Open it and save it again as xlsx."
        ) from error
    except (NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError(
            f"{file} cannot be unpacked: {error}. Save it without a password."
        ) from error
    for name, xml in parts.items():
        _refuse_vast(xml, file, name)
    return Survey(
        {name: tuple(_error_cells(xml)) for name, xml in parts.items()},
        {name: tuple(_empty_formulas(xml)) for name, xml in parts.items()},
        {name: tuple(_hidden_rows(xml)) for name, xml in parts.items()},
    )


def _refuse_hostile(archive: zipfile.ZipFile, file: str) -> None:
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise InputError(
            f"{file} would unpack to {total / 1e9:.1f} GB. Save only the caliper sheet, as csv."
        )
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")) and _declares_a_type(archive, entry):
            raise InputError(
                f"{file} holds an XML document type ({entry.filename}), which no "
                "spreadsheet program writes. Save it again as xlsx."
            )


def _declares_a_type(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a part has a document type, without which no entity can be declared.

    All of it is unpacked: only so is an entry found whose size is not what it says.
    """
    before = b""
    with archive.open(entry) as part:
        while piece := part.read(1 << 20):
            seen = before + piece
            if any(sign in seen for sign in _DOCTYPE):
                return True
            before = piece[-32:]
    return False


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each worksheet's name and its part of the archive; nothing for ods."""
    if "xl/workbook.xml" not in archive.namelist():
        return
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    for item in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if item.tag.endswith("}sheet"):
            target = targets.get(item.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.namelist():
                yield item.get("name", ""), part


def _refuse_vast(xml: bytes, file: str, name: str) -> None:
    columns = {found[0] for found in _CELL.findall(xml)}
    rows = max((int(row) for row in _ROW.findall(xml)), default=0)
    rows = max([rows, *(int(found[1]) for found in _CELL.findall(xml[-2000:]))])
    widest = max((_column_number(letters) for letters in columns), default=0)
    if rows * widest > MOST_CELLS:
        raise InputError(
            f"{file}, sheet {name} spans {rows} rows and {widest} columns. Delete the stray cells "
            "far from the table, or save the table as csv."
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _error_cells(xml: bytes) -> Iterator[tuple[str, str]]:
    if b't="e"' in xml:
        for found in _ERROR.finditer(xml):
            yield found[1].decode(), found[2].decode("utf-8", "replace")


def _empty_formulas(xml: bytes) -> Iterator[str]:
    if re.search(rb"<(?:\w+:)?f\b", xml):
        for found in _EMPTY_FORMULA.finditer(xml):
            yield found[1].decode()


def _hidden_rows(xml: bytes) -> Iterator[str]:
    rows = [int(row) for row in _HIDDEN.findall(xml)]
    if rows:
        yield row_ranges(rows)
