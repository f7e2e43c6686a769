"""A look into a workbook's archive before a reader opens it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from xenotrack.errors import InputError
from xenotrack.study.files.worksheet import Worksheet, survey_worksheet

# A sheet of a million rows unpacks to some 500 MB; whatever is larger is not a caliper sheet.
MOST_BYTES = 1_000_000_000

_DOCTYPE = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What a zip archive or its xml may be damaged by: a directory that points before the file, an
# encoding that nobody knows, a tag that never closes.
_DAMAGED = (
    *(zipfile.BadZipFile, ElementTree.ParseError, EOFError, OSError, ValueError, LookupError),
    *(struct.error, OverflowError),
)


def survey_workbook(data: bytes, file: str) -> dict[str, Worksheet]:
    """What each worksheet hides; refused where the archive would exhaust the machine."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_hostile(archive, file)
            sheets = dict(_sheet_parts(archive))
            parts = {name: archive.read(part) for name, part in sheets.items()}
        return {name: survey_worksheet(xml, f"{file}, sheet {name}") for name, xml in parts.items()}
    except _DAMAGED as error:
        raise InputError(
            f"{file} is a damaged workbook: {error}. Open it and save it again as xlsx."
        ) from error
    except (NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError(
            f"{file} cannot be unpacked: {error}. Save it without a password."
        ) from error


def is_plain_workbook(data: bytes) -> bool:
    """Whether the bytes are an xlsx, whose worksheets are surveyed before they are read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except _DAMAGED:
        return False


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
