"""The calibration page is made by the commands that stand in it."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "benchmarks"


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("calibration", HERE / "calibration.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_table_of_the_page_says_what_makes_it(maker):
    page = maker.PAGE.read_text(encoding="utf-8")
    blocks = list(maker.BLOCK.finditer(page))
    assert len(blocks) > 20
    assert not re.search(r"^\|", maker.BLOCK.sub("", page), re.MULTILINE)
    for block in blocks:
        assert len(maker.tables_in(block[3])) == 1
        for command in maker.commands_of(block):
            assert (HERE / command.split()[0]).exists()


def test_rows_of_several_commands_stand_in_one_table(maker):
    page = "# Page\n<!-- table 2 of: a.py 1; b.py 2 -->\n| old |\n<!-- end -->\nwords\n"
    said = {
        "a.py 1": "| x |\n|---|\n| 0 |\n\n| y |\n|---|\n| 1 |\n",
        "b.py 2": "| x |\n|---|\n\n| y |\n|---|\n| 2 |\n| 3 |\n",
    }
    (found,) = maker.pages(page, said.__getitem__, [])
    assert maker.tables_in(found) == [["| y |", "|---|", "| 1 |", "| 2 |", "| 3 |"]]
    assert found.startswith("# Page\n<!-- table 2 of: a.py 1; b.py 2 -->\n| y |")
    assert found.endswith("<!-- end -->\nwords\n")
    assert not list(maker.pages(page, said.__getitem__, ["c.py"]))


def test_tables_of_unlike_heads_are_not_joined(maker):
    page = "<!-- table 1 of: a; b -->\n<!-- end -->\n"
    with pytest.raises(SystemExit, match="unlike heads"):
        list(maker.pages(page, lambda name: f"| {name} |\n|---|\n| 1 |\n", []))


def test_what_was_printed_is_not_asked_again(maker, tmp_path):
    kept = tmp_path / "no_script_7.txt"
    kept.write_text("| a |\n", encoding="utf-8")
    assert maker.printed("no_script.py 7", tmp_path, None) == "| a |\n"
    assert maker.printed("no_script.py 500", tmp_path, 7) == "| a |\n"
