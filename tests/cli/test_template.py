"""The study.toml that ``check --template`` writes to a file."""

from __future__ import annotations

SHEET = "mouse,arm,day,volume\n" + "".join(
    f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{200 + 10 * day}\n"
    for mouse in range(6)
    for day in (0, 3, 7)
)


def test_a_template_in_a_file_finds_its_sheet_from_there(ask, tmp_path) -> None:
    sheet, out = tmp_path / "sheet.csv", tmp_path / "toml" / "study.toml"
    sheet.write_text(SHEET, encoding="utf-8")
    out.parent.mkdir()
    answer = ask("check", sheet, "--template", "-o", out, code=0)
    assert answer.stdout == ""
    assert 'sheet = "../sheet.csv"' in out.read_text(encoding="utf-8")
    ask("tidy", out, code=0)


def test_a_template_that_fails_leaves_no_file(ask, tmp_path) -> None:
    sheet, out = tmp_path / "sheet.csv", tmp_path / "study.toml"
    sheet.write_text("a,b\n1,2\n", encoding="utf-8")
    ask("check", sheet, "--template", "-o", out, code=1)
    assert not out.exists()


def test_a_template_takes_the_place_of_nothing_that_was_read(ask, tmp_path) -> None:
    out = tmp_path / "study.toml"
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    out.write_text('[study]\nsheet = "sheet.csv"\n', encoding="utf-8")
    assert "is what was read" in ask("check", out, "--template", "-o", out, code=2).stderr
    ask("check", out, "--template", "-o", tmp_path / "study.csv", code=2)
