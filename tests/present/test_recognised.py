"""A table or figure of ours is known as such; a file of a person is not."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from xenotrack.glossary import TABLES
from xenotrack.present.recognised import is_output
from xenotrack.present.tables import FORMATS, SUFFIXES

FORMS = {form: suffix for suffix, form in SUFFIXES.items()}
EMPTY = pd.DataFrame(columns=list(TABLES["growth"]))


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("table", [name for name in TABLES if name != "tidy"])
def test_every_table_is_known_in_every_format(tmp_path, form, table) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    frame = pd.DataFrame({name: ["a", "b"] for name in TABLES[table]})
    made = FORMATS[form](frame, (), {"model": {"method": "any"}})
    if form == "xlsx" or table != "findings":
        assert is_output(written(tmp_path, f"x{FORMS[form]}", made))


@pytest.mark.parametrize("form", ["csv", "tsv", "table"])
def test_a_canonical_sheet_is_none_of_them_since_people_correct_it(tmp_path, form) -> None:
    frame = pd.DataFrame({name: ["a"] for name in TABLES["tidy"]})
    assert not is_output(written(tmp_path, "tidy.csv", FORMATS[form](frame, (), {})))


def saved_by_another(workbook: bytes) -> bytes:
    """A workbook as a spreadsheet saves it: modified now."""
    old, new = zipfile.ZipFile(io.BytesIO(workbook)), io.BytesIO()
    with zipfile.ZipFile(new, "w") as book:
        for entry in old.namelist():
            text = old.read(entry)
            if entry == "docProps/core.xml":
                now = b">2024-05-06T07:08:09Z</dcterms:modified>"
                text = text.replace(b">2000-01-01T00:00:00Z</dcterms:modified>", now)
            book.writestr(entry, text)
    return new.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"mouse 7 looked ill on day 3\n"),
        ("sheet.csv", b"mouse,arm,day,volume\n1,A,0,100\n"),
        ("growth.csv", FORMATS["csv"](EMPTY, (), {}).replace(b"arm,", b"arm,comment,")),
        *(
            (f"noted.{form}", FORMATS[form](EMPTY, (), {}) + b"\n# looked ill")
            for form in ("csv", "tsv", "json", "txt")
            if form in FORMATS
        ),
        ("study.toml", b'[study]\nsheet = "sheet.csv"\n'),
        ("any.json", b'{"schema_version": 1, "rows": []}'),
        ("manifest.json", b'{\n "schema_version": 1,\n "xenotrack": "0.1.0"\n}\n'),
        ("photo.png", b"\x89PNG\r\n\x1a\n tEXtSoftware\0GIMP"),
        ("drawn.svg", b'<?xml version="1.0"?>\n<svg inkscape:version="1.2">xenotrack</svg>'),
        ("paper.pdf", b"%PDF-1.4\n/Creator (Word)"),
        ("broken.xlsx", b"PK\x03\x04 and no more"),
        ("broken.parquet", b"PAR1 and no more"),
        ("saved.xlsx", saved_by_another(FORMATS["xlsx"](EMPTY, (), {}))),
        ("bytes", bytes(range(256))),
    ],
)
def test_what_a_person_made_or_changed_is_not_known(tmp_path, name, data) -> None:
    assert not is_output(written(tmp_path, name, data))


def test_an_empty_file_is_nothing_to_lose(tmp_path) -> None:
    assert is_output(written(tmp_path, "new.csv", b""))


def test_findings_as_people_read_them_are_known(ask, sample, tmp_path) -> None:
    out = tmp_path / "findings.txt"
    ask("check", sample("wide.csv"), "-o", out, code=0)
    assert out.read_bytes()
    assert is_output(out)


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_figures_are_known(ask, sample, tmp_path, form) -> None:
    out = tmp_path / f"rates.{form}"
    ask("plot", "rates", sample("two_arm.csv"), "-o", out, code=0)
    assert is_output(out)


def test_a_table_of_which_one_cell_was_changed_is_a_persons(ask, sample, tmp_path) -> None:
    out = tmp_path / "growth.csv"
    ask("growth", sample("wide.csv"), "-o", out, code=0)
    if not hasattr(os, "listxattr") or not os.listxattr(out):
        pytest.skip("this file system keeps no notes beside files")
    assert is_output(out)
    with out.open("r+b") as file:  # as an editor saves in place
        data = file.read()
        file.seek(0)
        file.write(data[::-1].replace(b"1", b"2", 1)[::-1])
    assert not is_output(out)
    answer = ask("growth", sample("wide.csv"), "-o", out, "--level", "0.9", code=1)
    assert "--force" in answer.stderr


def test_a_table_that_was_copied_is_ours_as_long_as_it_looks_so(tmp_path) -> None:
    assert is_output(written(tmp_path, "growth.csv", FORMATS["csv"](EMPTY, (), {})))
