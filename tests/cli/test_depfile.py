"""``run --depfile``: make does a study again when its sheet changes, not only its study.toml."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MAKEFILE = """\
results/%/manifest.json: %.toml
\t$(XENOTRACK) run -q $< -o results/$* --figures none --depfile results/$*.d > /dev/null

-include results/*.d
"""


SHEET = "mouse,arm,day,volume\n" + "".join(
    f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{100 + (9 + mouse) * day}\n"
    for mouse in range(6)
    for day in (0, 4, 8)
)


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    """A study.toml beside a sheet whose name holds a blank and a dollar."""
    (tmp_path / "a $b.csv").write_text(SHEET, encoding="utf-8")
    (tmp_path / "s.toml").write_text('[study]\nsheet = "a $b.csv"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_does_a_study_again_when_its_sheet_changes(study) -> None:
    (study / "Makefile").write_text(MAKEFILE, encoding="utf-8")

    def make() -> str:
        done = subprocess.run(
            ["make", "results/s/manifest.json", f"XENOTRACK={sys.executable} -m xenotrack"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert "run" in make()
    assert "up to date" in make()
    later = (study / "results" / "s" / "manifest.json").stat().st_mtime + 5
    os.utime(study / "a $b.csv", (later, later))
    assert "run" in make()


def test_of_several_studies_the_page_of_all_is_what_depends_on_the_sheet(ask, study) -> None:
    def depfile(text: str) -> str:
        (study / "s.csv").write_text(text, encoding="utf-8")
        ask("run", "s.csv", "-o", "out", "--figures", "none", "--depfile", "out.d", code=0)
        target, _, _ = (study / "out.d").read_text(encoding="utf-8").partition(":")
        assert (study / target).is_file()
        return target

    head, *rows = SHEET.splitlines()
    two = [f"study,{head}", *(f"{name},{name}{row}" for name in "AB" for row in rows)]
    assert depfile("\n".join(two)) == "out/index.html"
    assert depfile(SHEET) == "out/manifest.json"


def test_a_depfile_takes_the_place_of_nothing_else(ask, study) -> None:
    (study / "mine.d").write_text("mine", encoding="utf-8")
    asked = ("run", "s.toml", "-o", "out", "--figures", "none", "--depfile")
    assert "is there already" in ask(*asked, "mine.d", code=1).stderr
    assert (study / "mine.d").read_text(encoding="utf-8") == "mine"
    assert "what was read" in ask(*asked, "a $b.csv", code=2).stderr
    ask("run", "s.toml", "-o", "-", "--depfile", "out.d", code=2)
