"""The workbook holds what the tables hold, as numbers and as text that nothing runs."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest
import python_calamine

from xenotrack.glossary import COLUMNS
from xenotrack.present.workbook import to_workbook

TABLE = pd.DataFrame(
    {
        "mouse": ["=1+1", "+A", "-1", "@x", "https://example.org"],
        "day": [0.0, 3.5, float("nan"), float("inf"), -1e-9],
        "event": [True, False, None, True, False],
        "n_mice": [1, 2, 3, 4, 5],
    }
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return to_workbook({"growth": TABLE, "empty": TABLE[:0]})


@pytest.fixture(scope="module")
def book(made):
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made))


def xml_of(made: bytes, sheet: int) -> str:
    return zipfile.ZipFile(io.BytesIO(made)).read(f"xl/worksheets/sheet{sheet}.xml").decode()


def test_text_stays_text_whatever_it_begins_with(made, book) -> None:
    rows = book.get_sheet_by_name("growth").to_python()
    assert [row[0] for row in rows[1:]] == TABLE["mouse"].tolist()
    xml = xml_of(made, 1)
    assert "<f>" not in xml
    assert "hyperlink" not in xml


def test_numbers_and_truths_have_their_type_and_gaps_are_empty(book) -> None:
    rows = book.get_sheet_by_name("growth").to_python()[1:]
    assert [row[1] for row in rows] == [0, 3.5, "", "", -1e-9]
    assert [row[2] for row in rows] == [True, False, "", True, False]
    assert [row[3] for row in rows] == [1, 2, 3, 4, 5]


def test_the_header_stays_in_sight_and_an_empty_table_has_its_own(made, book) -> None:
    assert 'state="frozen"' in xml_of(made, 1)
    assert book.get_sheet_by_name("empty").to_python() == [list(TABLE)]


def test_the_last_sheet_says_what_the_columns_of_the_tables_mean(book) -> None:
    assert book.sheet_names == ["growth", "empty", "columns"]
    meanings = book.get_sheet_by_name("columns").to_python()[1:]
    assert {row[0] for row in meanings} == set(TABLE) & set(COLUMNS)


def test_the_same_tables_are_the_same_bytes() -> None:
    assert to_workbook({"growth": TABLE}) == to_workbook({"growth": TABLE})


def test_a_text_that_looks_like_the_code_of_a_character_is_read_as_it_stands() -> None:
    made = to_workbook({"growth": pd.DataFrame({"mouse": ["_x0041_", "bell\x07", " <b> "]})})
    shared = zipfile.ZipFile(io.BytesIO(made)).read("xl/sharedStrings.xml").decode()
    assert "_x005F_x0041_" in shared
    assert "bell_x0007_" in shared
    assert '<t xml:space="preserve"> &lt;b&gt; </t>' in shared


def test_numbers_keep_the_digits_that_a_spreadsheet_has() -> None:
    numbers = [0.1 + 0.2, 1 / 3, 5e-324]
    made = to_workbook({"growth": pd.DataFrame({"rate": numbers})})
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made))
    rows = book.get_sheet_by_name("growth").to_python()[1:]
    assert [row[0] for row in rows] == pytest.approx(numbers, rel=1e-15)
