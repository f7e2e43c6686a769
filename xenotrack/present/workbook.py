"""All tables in one workbook: a sheet a table, typed cells, text that no spreadsheet runs.

Ours, because xlsxwriter takes six times as long: here are neither formulas nor formats, and each
column is written in one go.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import escape

from xenotrack.glossary import COLUMNS, Column
from xenotrack.present.tables import plain_values
from xenotrack.present.xml_text import xml_text

# A workbook holds a time of making; the same results are to be the same bytes.
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
WIDEST = 40
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767  # characters that a cell holds

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# What a spreadsheet would read as the code of a character, and what a parser would drop.
CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f]")
STYLES = f"""{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="2">\
<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>\
<border><left/><right/><top/><bottom style="thin"><color auto="1"/></bottom><diagonal/></border>\
</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>\
</cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1"/>\
</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""
CORE = f"""{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
<dc:description>Tables of xenotrack</dc:description>\
<dcterms:created xsi:type="dcterms:W3CDTF">{MADE:%Y-%m-%dT%H:%M:%SZ}</dcterms:created>\
</cp:coreProperties>"""
ROOT = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>\
<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" \
Target="docProps/core.xml"/></Relationships>"""


def to_workbook(
    tables: Mapping[str, pd.DataFrame], glossary: Mapping[str, Column] = COLUMNS
) -> bytes:
    """An .xlsx file: a sheet for each table, and last one that says what their columns mean.

    ``glossary`` is that of the study's readout.

    A table of more rows than a sheet holds (1 048 576) is left to its csv.
    """
    used = {str(name) for frame in tables.values() for name in frame}
    meanings = pd.DataFrame(
        [(name, each.unit, each.meaning) for name, each in glossary.items() if name in used],
        columns=["column", "unit", "meaning"],
    )
    texts: dict[str, int] = {}
    sheets = {
        name[:31]: _sheet(frame, texts)
        for name, frame in {**tables, "columns": meanings}.items()
        if len(frame) < MOST_ROWS
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, part in _parts(sheets, texts):
            archive.writestr(_undated(path), part)
    return made.getvalue()


def _undated(path: str) -> zipfile.ZipInfo:
    """A part of an archive, with the time of making that all have."""
    part = zipfile.ZipInfo(path, MADE.timetuple()[:6])
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _parts(sheets: Mapping[str, str], texts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The parts of the package, each with its path."""
    paths = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    kinds = {"worksheet": paths, "styles": ["styles.xml"], "sharedStrings": ["sharedStrings.xml"]}
    targets = [(path, kind) for kind, own in kinds.items() for path in own]
    yield "[Content_Types].xml", _content_types([("workbook.xml", "sheet.main"), *targets])
    yield "_rels/.rels", ROOT
    yield "docProps/core.xml", CORE
    yield "xl/workbook.xml", _workbook(sheets)
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{path}"/>'
        for number, (path, kind) in enumerate(targets, 1)
    )
    relations = f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
    yield "xl/_rels/workbook.xml.rels", HEAD + relations
    yield "xl/styles.xml", STYLES
    yield "xl/sharedStrings.xml", _shared(texts)
    yield from zip((f"xl/{path}" for path in paths), sheets.values(), strict=True)


def _content_types(targets: Sequence[tuple[str, str]]) -> str:
    """What each part is."""
    of_parts = "".join(
        f'<Override PartName="/xl/{path}" ContentType="{SPREADSHEET}.{kind}+xml"/>'
        for path, kind in targets
    )
    properties = "application/vnd.openxmlformats-package.core-properties+xml"
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{properties}"/>{of_parts}</Types>'
    )


def _workbook(names: Mapping[str, str]) -> str:
    """The names of the sheets, in their order."""
    each = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{each}</sheets></workbook>'


def _shared(texts: Mapping[str, int]) -> str:
    """Every text once, each as its number says."""
    each = "".join(
        f'<si><t xml:space="preserve">{escape(xml_text(CODED.sub(_code, text)))}</t></si>'
        for text in texts
    )
    return f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(texts)}">{each}</sst>'


def _code(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _sheet(frame: pd.DataFrame, texts: dict[str, int]) -> str:
    """A table: its header, frozen and filtered, and its cells."""
    if not len(frame.columns):
        return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    columns = [[str(name), *plain_values(frame[name])] for name in frame]
    letters = [_letter(place) for place in range(len(columns))]
    cells = [_cells(own, letter, texts) for own, letter in zip(columns, letters, strict=True)]
    rows = "".join(
        f'<row r="{number}">{"".join(row)}</row>'
        for number, row in enumerate(zip(*cells, strict=True), 1)
    )
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{_width(own) + 0.7109375}" customWidth="1"/>'
        for place, own in enumerate(columns, 1)
    )
    last = letters[-1]
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><dimension ref="A1:{last}{len(frame) + 1}"/>'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData>{rows}</sheetData><autoFilter ref="A1:{last}'
        f'{max(len(frame), 1) + 1}"/></worksheet>'
    )


def _letter(place: int) -> str:
    """The letters of a column.

    >>> _letter(0), _letter(25), _letter(26), _letter(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    before, own = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + own)


def _width(column: Sequence[Any]) -> int:
    """The characters that a column shows, its filter's arrow beside its name."""
    texts = [len(value) for value in column if isinstance(value, str)]
    return min(max(len(column[0]) + 3, *texts), WIDEST)


def _cells(column: Sequence[Any], letter: str, texts: dict[str, int]) -> list[str]:
    """A column's cells, the header first; nothing where one is empty."""
    head, *rest = (_cell(value, f"{letter}{row}", texts) for row, value in enumerate(column, 1))
    return [head.replace("<c ", '<c s="1" ', 1), *rest]


def _cell(value: Any, place: str, texts: dict[str, int]) -> str:
    """A number, a truth, or the number of a text, whatever that begins with."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    number = texts.setdefault(str(value)[:LONGEST_TEXT], len(texts))
    return f'<c r="{place}" t="s"><v>{number}</v></c>'
