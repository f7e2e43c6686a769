"""Sheets that were made to harm: refused in words, or rendered harmless."""

from __future__ import annotations

import csv
import io
import struct
import zipfile

import pytest
from costs import often

from xenotrack.errors import InputError
from xenotrack.present import studio

from .files.test_workbook import long_rows, workbook
from .sheets import read

HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
LAUGHS = "<!DOCTYPE lolz [<!ENTITY a0 'lol'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)
LAUGHS += "]>"
SHEET = "mouse,arm,day,volume\n" + "".join(
    f"{mouse},{arm},{day},{100 + 10 * day}\n"
    for mouse, arm in (("{0}1", "{1}"), ("{0}2", "{1}"), ("m3", "vehicle"), ("m4", "vehicle"))
    for day in (0, 3, 7)
)


def rebuilt(data: bytes, changed: dict[str, bytes]) -> bytes:
    """The archive with some parts replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *changed]):
            part = changed[name] if name in changed else old.read(name)
            new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@pytest.mark.parametrize(
    "part",
    ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"],
)
@pytest.mark.parametrize("comment", ["", "<!--" + " " * 100_000 + "-->"], ids=["first", "late"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_billion_laughs_are_not_laughed(part, comment, encoding) -> None:
    data = workbook({"Data": long_rows()})
    xml = f'<?xml version="1.0"?>{comment}{LAUGHS}<x>&a9;</x>'.encode(encoding)
    with pytest.raises(InputError, match="document type"):
        read(rebuilt(data, {part: xml}))


def test_a_bomb_that_says_how_large_it_is_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("xenotrack.study.files.archive.MOST_BYTES", 5_000_000)
    bomb = rebuilt(workbook({"Data": long_rows()}), {"xl/media.xml": b" " * 6_000_000})
    assert len(bomb) < 50_000
    with pytest.raises(InputError, match=r"would unpack to 0\.0 GB"):
        read(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    size = 6_000_000
    data = rebuilt(workbook({"Data": long_rows()}), {"xl/sharedStrings.xml": b" " * size})
    lie = data.replace(struct.pack("<I", size), struct.pack("<I", 100))
    assert lie != data
    with pytest.raises(InputError, match=r"damaged workbook"):
        read(lie)


@pytest.mark.parametrize(
    "text", ["a", "1,", "\u00e9", '"a'], ids=["cell", "cells", "wide", "quoted"]
)
def test_a_line_without_end_is_refused(text, monkeypatch) -> None:
    monkeypatch.setattr("xenotrack.study.files.delimited._LONGEST_LINE", 100_000)
    with pytest.raises(InputError, match=r"row 2, is a line of more than 0\.1 MB"):
        read("mouse,arm,day,volume\n" + text * 150_000)


def test_many_short_lines_are_no_long_line(monkeypatch) -> None:
    monkeypatch.setattr("xenotrack.study.files.delimited._LONGEST_LINE", 100)
    assert len(read(SHEET.format("m", "drug")).measurements) == 12


@pytest.mark.parametrize(
    "name", ["=1+1", '=HYPERLINK("http://example.org")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"]
)
def test_a_formula_as_a_name_is_a_name_and_comes_back(ask, tmp_path, name) -> None:
    rows = [["mouse", "arm", "day", "volume"]]
    rows += [[f"{name}{m}", name, day, 100.0 + day] for m in range(2) for day in (0, 3, 7)]
    rows += [[f"m{m}", "vehicle", day, 100.0 + 9 * day] for m in range(2) for day in (0, 3, 7)]
    with (tmp_path / "s.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    ask("tidy", tmp_path / "s.csv", "-q", "-o", tmp_path / "t.csv", code=0)
    ask("tidy", tmp_path / "t.csv", "-q", "-o", tmp_path / "u.csv", code=0)
    written, again = (
        list(csv.reader((tmp_path / one).read_text(encoding="utf-8").splitlines()))
        for one in ("t.csv", "u.csv")
    )
    cells = [row[place] for row in written[1:] for place in (1, 3)]
    assert "'" + name in cells
    assert not [cell for cell in cells if cell[0] in "=@+-"]
    assert [row[:-1] for row in again] == [row[:-1] for row in written]


def test_html_in_names_is_text_in_the_report(ask, tmp_path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text(SHEET.format("<script>alert(1)</script>", "<img src=x onerror=alert(2)>"))
    ask("run", sheet, "-q", "-o", tmp_path / "out", "--figures", "key", code=0)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<script>") == 1
    assert "<img" not in page
    for drawing in (tmp_path / "out" / "figures").glob("*.svg"):
        assert "<script" not in drawing.read_text(encoding="utf-8")
        assert "<img" not in drawing.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    often(
        ["../../escaped", "/etc/escaped", "..", "a/../../b", "CON", "\u202ex"], ["../../escaped"]
    ),
)
def test_a_study_named_like_a_path_stays_in_its_folder(ask, tmp_path, name, monkeypatch) -> None:
    monkeypatch.setattr(studio, "_can_share_work", lambda: False)
    monkeypatch.setattr(studio, "_draw", lambda kinds, drawable: iter(()))
    lines = SHEET.format("m", "drug").splitlines()
    rows = [f"study,{lines[0]}", *(f"{name},{line}" for line in lines[1:])]
    rows += [f"other,{line}" for line in lines[1:]]
    sheet = tmp_path / "in" / "s.csv"
    sheet.parent.mkdir()
    sheet.write_text("\n".join(rows), encoding="utf-8")
    ask("run", sheet, "-q", "-o", tmp_path / "in" / "out", code=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["out", "s.csv"]
    made = [path for path in (tmp_path / "in" / "out").iterdir() if path.name != "index.html"]
    assert len(made) == 2
    assert all((path / "manifest.json").is_file() for path in made)


@pytest.mark.parametrize(
    "name", ["m\x1b[2J1", "m\x0b1", "m\x7f1", "\u202em1", "m\u200b1"], ids=ascii
)
def test_a_name_that_cannot_be_seen_whole_is_told_and_writes_nothing_to_a_terminal(
    ask, tmp_path, name
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "mouse,arm,day,volume\n" + "".join(f"{name},a,{d},{100 + d}\n" for d in (0, 3, 7)), "utf-8"
    )
    answer = ask("check", path, "-f", "csv", code=0)
    assert "name-with-control-character" in answer.stdout
    for command in ("check", "tidy", "growth", "response", "compare"):
        answer = ask(command, path)
        assert all(mark.isprintable() or mark in "\n\t" for mark in answer.stderr)
        assert "\x1b" not in answer.stdout


def test_a_message_about_a_file_writes_nothing_to_a_terminal(ask) -> None:
    assert "\x1b" not in ask("check", "no\x1b[31m.csv", code=1).stderr


@pytest.mark.parametrize("name", ["＝1+1", "＋1", "－cmd", "＠SUM(1)"])
def test_full_width_signs_begin_formulas_as_well(ask, tmp_path, name) -> None:
    path, out = tmp_path / "s.csv", tmp_path / "tidy.csv"
    path.write_text(f"mouse,arm,day,volume\n{name},a,0,100\n{name},a,3,110\n", "utf-8")
    ask("tidy", path, "-o", out, code=0)
    assert f"'{name}" in out.read_text("utf-8")
    assert name in ask("tidy", out, "-f", "json", code=0).stdout
