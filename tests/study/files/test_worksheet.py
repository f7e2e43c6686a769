"""How far the cells of a worksheet span, however its xml is written."""

import io
import subprocess
import sys
import zipfile

import pytest

from xenotrack.errors import InputError
from xenotrack.study.files.cells import read_cells, read_cells_apart
from xenotrack.study.files.worksheet import survey_worksheet

from ..sheets import finding_of, read, rules_of
from .test_workbook import long_rows, rewritten, workbook

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ODD = {
    "single quotes": FAR.replace('"', "'"),
    "blanks around =": FAR.replace("=", " = "),
    "a reference to a letter": FAR.replace("XFD", "&#88;FD"),
    "> within an attribute": FAR.replace("<c ", '<c x=">" '),
    "a line's end in the tag": FAR.replace("<c ", "<c\n"),
    "rows that name no place": "<row/>" * 5 + '<row r="9999999"><c r="A9999999"/></row>',
    "cells that name no place": "<row>" + "<c><v>1</v></c>" * 20000 + "</row>",
    "a column that is none": '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
    "a row that is none": '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
}


def worksheet(rows, prefix="", before=""):
    name = f":{prefix[:-1]}" if prefix else ""
    text = f'<{prefix}worksheet xmlns{name}="{NAMESPACE}">{before}<{prefix}sheetData>{rows}'
    return f"{text}</{prefix}sheetData></{prefix}worksheet>".encode()


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_cells_that_span_too_much_are_refused_however_they_are_written(rows):
    with pytest.raises(InputError, match="spans"):
        survey_worksheet(worksheet(rows), "a.xlsx, sheet S")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_cells_are_counted_in_any_encoding(encoding):
    text = worksheet(FAR).decode()
    if encoding == "utf-16":
        text = '<?xml version="1.0" encoding="UTF-16"?>' + text
    with pytest.raises(InputError, match="spans"):
        survey_worksheet(text.encode(encoding), "a.xlsx, sheet S")


def test_a_prefix_of_the_tags_changes_nothing():
    rows = FAR.replace("</", "</x:").replace("<row", "<x:row").replace("<c", "<x:c")
    with pytest.raises(InputError, match="spans"):
        survey_worksheet(worksheet(rows.replace("<v", "<x:v"), "x:"), "a.xlsx, sheet S")


def test_what_is_hidden_is_seen_however_it_is_written():
    cols = '<cols><col min="2" max="2" hidden="1"/><col min="3" max="16384" hidden="1"/></cols>'
    rows = '<row r="1" hidden="1"><c r="A1"/><c r="D1" t="e"><v>#N/A</v></c></row>'
    plain = survey_worksheet(worksheet(rows, before=cols), "S")
    assert (plain.hidden_rows, plain.hidden_columns) == ("1", "B, C-D")
    assert plain.error_cells == (("D1", "#N/A"),)
    odd = worksheet(rows.replace('"', "'"), before=cols.replace('"', "'"))
    assert survey_worksheet(odd, "S") == plain


def test_a_large_sheet_that_no_spreadsheet_program_wrote_is_refused(monkeypatch):
    monkeypatch.setattr("xenotrack.study.files.worksheet._MOST_ODD_BYTES", 100)
    with pytest.raises(InputError, match="not written by a spreadsheet program"):
        survey_worksheet(worksheet("<row><c r='A1'/></row>" * 9), "a.xlsx, sheet S")


def test_hidden_columns_are_read_and_named():
    data = workbook(
        {"Data": long_rows()}, lambda page: page.set_column(3, 3, None, None, {"hidden": True})
    )
    study = read(data)
    assert finding_of(study, "hidden-columns").cell == "D"
    assert study.measurements["volume_mm3"].notna().all()


@pytest.mark.parametrize("far", ["XFD2", "AAA1", "B5000"])
def test_a_cell_far_from_the_table_is_named_and_not_read(far):
    study = read(workbook({"Data": long_rows()}, lambda page: page.write(far, "x")))
    assert finding_of(study, "cells-far-away").cell == far
    assert len(study.measurements) == 24


def test_a_table_beside_another_is_not_far_away():
    def beside(page):
        for row in range(30):
            page.write(row, 200, row)

    assert "cells-far-away" not in rules_of(read(workbook({"Data": long_rows()}, beside)))


def test_what_is_damaged_where_nobody_looks_is_one_sentence():
    data = workbook({"Data": long_rows()})
    with pytest.raises(InputError, match="damaged workbook"):
        read(b"PK\x03\x04" + data[54:])  # a directory that points before the file
    odd = rewritten(data, "xl/workbook.xml", b'encoding="UTF-8"', b'encoding="utf-99"')
    with pytest.raises(InputError, match="damaged workbook"):
        read(odd)


def test_a_reader_that_panics_is_one_sentence():
    row = b'<row r="4294967295"><c><v>1</v></c></row><row><c><v>1</v></c></row>'
    data, part = workbook({"Data": [["x"]]}), "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(part)
    own = xml[xml.index(b"<row") : xml.index(b"</sheetData>")]
    data = rewritten(data, part, own, row)
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read_cells(data, None, "a.xlsx")


def ods(cell):
    """A small OpenDocument sheet."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="S"><table:table-row {cell[0]}>'
        f'<table:table-cell {cell[1]} office:value-type="float" office:value="7">'
        "<text:p>7</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            "/>",
        )
    return data.getvalue()


def test_other_workbooks_are_read_by_a_process_of_their_own():
    assert read_cells_apart(ods(("", "")), None, "a.ods") == {"S": [["7"]]}
    with pytest.raises(InputError, match=r"no sheet 'T'.*S"):
        read_cells_apart(ods(("", "")), "T", "a.ods")


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of memory there")
def test_a_reader_that_dies_takes_nobody_with_it():
    vast = ods(('table:number-rows-repeated="1048576"', 'table:number-columns-repeated="16384"'))
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read_cells_apart(vast, None, "a.ods")


def test_the_reader_needs_no_table_library():
    code = "import sys, xenotrack.study.files.cells; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"
