import datetime
import io
import zipfile

import pytest
import xlsxwriter

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from ..sheets import clean_rows, finding_of, read, rules_of, sheet


def workbook(sheets, change=None):
    """An xlsx of rows by sheet name; text that is a number is written as one."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, datetime.date):
                        page.write_datetime(r, c, value, date)
                    else:
                        page.write(r, c, value)
            if change:
                change(page)
    return data.getvalue()


def typed(rows):
    return [[m, a, float(d), float(v)] for m, a, d, v in rows]


def long_rows():
    return [["mouse", "arm", "day", "volume"], *typed(clean_rows())]


def rewritten(data, part, old, new):
    """The archive with one text of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(entry, content)
    return out.getvalue()


def test_a_workbook_gives_what_its_csv_gives():
    study, csv = read(workbook({"Data": long_rows()})), read(sheet(clean_rows()))
    assert study.measurements.drop(columns=["source"]).equals(
        csv.measurements.drop(columns=["source"])
    )
    assert study.measurements["source"].iloc[0] == "Data!D2"


def test_findings_name_sheet_and_cell():
    rows = long_rows()
    rows[5][3] = "68*"
    found = finding_of(read(workbook({"Data": rows})), "not-a-number")
    assert (found.file, found.sheet, found.cell) == ("stdin", "Data", "D6")
    assert found.place == "stdin, sheet Data, D6"


def test_a_wide_sheet_names_the_cell_of_each_value():
    rows = [["Mouse", "Arm", 0, 3], ["m1", "a", 100, 110], ["m2", "a", 90, "x"]]
    study = read(workbook({"W": rows}))
    assert study.measurements["source"].tolist() == ["W!C2", "W!D2", "W!C3", "W!D3"]
    assert finding_of(study, "not-a-number").cell == "D3"


def test_dates_of_a_workbook_are_dates():
    rows = [["mouse", "arm", "date", "volume"]]
    rows += [["m1", "a", datetime.date(2024, 1, day), 100 + day] for day in (3, 6, 10)]
    assert read(workbook({"D": rows})).measurements["day"].tolist() == [0, 3, 7]


def test_the_only_sheet_of_readings_is_taken_and_the_others_named():
    data = workbook({"Notes": [["by", "AB"]], "Data": long_rows(), "Empty": []})
    assert finding_of(read(data), "sheet-not-read").sheet == "Notes"


def test_several_sheets_of_readings_are_asked_about():
    data = workbook({"A": long_rows(), "B": long_rows()})
    with pytest.raises(InputError, match=r"A, B.*--sheet"):
        read(data)
    assert read(data, sheet_name="b").measurements["source"].iloc[0].startswith("B!")
    with pytest.raises(InputError, match="A, B"):
        read(data, sheet_name="C")


def test_error_cells_are_named_and_empty():
    data = workbook(
        {"Data": long_rows()}, lambda page: page.write_formula("D6", "=1/0", None, "#DIV/0!")
    )
    study = read(data)
    found = finding_of(study, "error-cell")
    assert (found.cell, "#DIV/0!" in found.seen) == ("D6", True)
    assert study.measurements["volume_mm3"].isna().sum() == 1


def test_formulas_without_a_value_are_named():
    data = workbook({"Data": long_rows()}, lambda page: page.write_formula("D6", "=2*3", None, ""))
    data = rewritten(data, "xl/worksheets/sheet1.xml", b"<f>2*3</f><v></v>", b"<f>2*3</f>")
    assert finding_of(read(data), "formula-without-value").cell == "D6"


def test_many_formulas_without_a_value_are_one_finding():
    def write(page):
        for row in range(2, 8):
            page.write_formula(f"D{row}", "=2*3", None, "")

    data = workbook({"Data": long_rows()}, write)
    data = rewritten(data, "xl/worksheets/sheet1.xml", b"<f>2*3</f><v></v>", b"<f>2*3</f>")
    found = finding_of(read(data), "formula-without-value")
    assert (found.cell, found.seen.startswith("6 cells hold")) == ("2-7", True)


def test_formulas_with_a_value_are_values():
    data = workbook(
        {"Data": long_rows()}, lambda page: page.write_formula("D6", "=2*60", None, 120)
    )
    study = read(data)
    assert 120 in set(study.measurements["volume_mm3"])
    assert "formula-without-value" not in rules_of(study)


def test_hidden_rows_are_read_and_named():
    data = workbook(
        {"Data": long_rows()}, lambda page: page.set_row(4, None, None, {"hidden": True})
    )
    study = read(data)
    assert finding_of(study, "hidden-rows").cell == "5"
    assert len(study.measurements) == 24


def test_a_cell_at_the_far_corner_is_refused():
    data = workbook({"Data": long_rows()}, lambda page: page.write("XFD1048576", 1))
    with pytest.raises(InputError, match="stray cells"):
        read(data)


def test_a_document_type_is_refused():
    data = workbook({"Data": long_rows()})
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    bomb = head + b'<!DOCTYPE lolz [<!ENTITY lol "lol">]>'
    with pytest.raises(InputError, match="document type"):
        read(rewritten(data, "xl/workbook.xml", head, bomb))


def test_an_archive_that_unpacks_to_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr("xenotrack.study.files.archive.MOST_BYTES", 10_000)
    with pytest.raises(InputError, match="unpack"):
        read(workbook({"Data": long_rows()}))


@pytest.mark.parametrize("cut", [30, 200, 2000, -30])
def test_a_truncated_workbook_is_refused(cut):
    with pytest.raises(InputError):
        read(workbook({"Data": long_rows()})[:cut])


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_only_begins_like_a_workbook_is_refused(data):
    with pytest.raises(InputError):
        read(data)


def test_an_empty_workbook_is_refused():
    with pytest.raises(InputError, match="empty"):
        read(workbook({"A": []}))


def test_several_workbooks_name_their_file_too(tmp_path):
    rows = long_rows()
    (tmp_path / "a.xlsx").write_bytes(workbook({"S": rows[:13]}))
    (tmp_path / "b.xlsx").write_bytes(workbook({"S": [rows[0], *rows[13:], ["m9", "drug", 0, 90]]}))
    (tmp_path / "t.toml").write_text('[study]\nsheet = ["a.xlsx", "b.xlsx"]')
    study = read_study(tmp_path / "t.toml", read_rules(tmp_path / "t.toml"))
    assert study.measurements["source"].iloc[0] == "a.xlsx:S!D2"
    jump = rows[20]
    rows[20] = [*jump[:3], 3000.0]
    (tmp_path / "b.xlsx").write_bytes(workbook({"S": [rows[0], *rows[13:]]}))
    study = read_study(tmp_path / "t.toml", read_rules(tmp_path / "t.toml"))
    found = finding_of(study, "implausible-jump")
    assert (found.file, found.sheet, found.cell) == ("b.xlsx", "S", "D9")


def test_an_exclamation_mark_in_a_file_name_is_no_sheet(tmp_path):
    rows = clean_rows()
    rows[5][3] = "9000"
    (tmp_path / "my!sheet.csv").write_text(sheet(rows))
    found = finding_of(read_study(tmp_path / "my!sheet.csv"), "implausible-jump")
    assert (found.file, found.sheet, found.cell) == ("my!sheet.csv", "", "7")
