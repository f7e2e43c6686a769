"""The study.toml that ``check --template`` writes to a file."""

from __future__ import annotations

import re

from xenotrack.study.rulebook import KEYS, named_shapes
from xenotrack.study.settings import read_rules

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


def test_a_template_has_every_rule_and_each_can_be_uncommented(ask, tmp_path) -> None:
    sheet, out = tmp_path / "sheet.csv", tmp_path / "study.toml"
    sheet.write_text(SHEET, encoding="utf-8")
    text = ask("check", sheet, "--template", code=0).stdout
    for section, keys in KEYS.items():
        block = re.split(rf"^(?:# )?\[+{section}\]+$", text, flags=re.MULTILINE)[1]
        own = re.split(r"^(?:# )?\[", block, flags=re.MULTILINE)[0]
        plain = [key.name for key in keys if not any(named_shapes(key.takes))]
        assert re.findall(r"^(?:# )?(\w+) = ", own, flags=re.MULTILINE) == plain
    # Without the marks of comments every line is read, and each default is the one in force.
    out.write_text(
        re.sub(r"^# (?=[\w\[]+ ?[=\w\]])(?!What)", "", text, flags=re.MULTILINE), "utf-8"
    )
    rules = read_rules(out)
    for section, keys in KEYS.items():
        declared = getattr(rules, section)
        for key in keys if section not in ("exclude", "accept") else ():
            field = {"from": "from_day", "until": "until_day"}.get(key.name, key.name)
            if not any(named_shapes(key.takes)):
                assert key.default in (None, getattr(declared, field))
    assert rules.exclude[0].mouse
    assert rules.accept[0].rule


def test_a_template_keeps_what_the_study_declares(ask, tmp_path) -> None:
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    toml = tmp_path / "study.toml"
    toml.write_text(
        '[study]\nsheet = "sheet.csv"\n[growth]\nuntil = 3\n[progression]\nconfirm = true\n'
        '[progression.rules]\n"off drug" = { value = 4, confirm = true, from = 28 }\n'
        '[arrive]\nblinding = "nobody knew \\"A\\""\n[[exclude]]\nmouse = "m1"\nreason = "lost"\n',
        encoding="utf-8",
    )
    again = tmp_path / "again.toml"
    again.write_text(ask("check", toml, "--template", code=0).stdout, encoding="utf-8")
    first, second = read_rules(toml), read_rules(again)
    sections = ("growth", "progression", "arrive", "exclude", "compare")
    assert [getattr(first, one) for one in sections] == [getattr(second, one) for one in sections]
