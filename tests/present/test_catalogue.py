"""A figure is a file and an entry of the catalogue, and is then known everywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from xenotrack.present.captions import TELLINGS
from xenotrack.present.figures.catalogue import FIGURES, figure_names, hands, owed

ROOT = Path(__file__).parents[2]
DRAWING = '''"""A figure that stays for one test."""

import pandas as pd
from plotnine import aes

from xenotrack.present.figures.artists import geom_words
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import begin


def draw(results: Results) -> object:
    text = f"Here {len(results.response)} mice are counted, {len(results.doubts)} doubts."
    rows = pd.DataFrame({"x": [0.0], "y": [0.0], "label": [text]})
    return begin(rows, aes("x", "y")) + geom_words(aes(label="label"))
'''
ENTRY = """
FIGURES += (
    Figure(
        name="throwaway",
        title="Mice that were counted",
        note="Read it once.",
        alt="{mice} mice.",
        help="stays for one test",
        question="price",
        share=5,
    ),
)
"""
NEED = """
    @property
    def doubts(self) -> tuple[Doubt, ...]: ...
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Path:
    """A copy of the package with one file and one entry of the catalogue more.

    The figure asks for a result that no other has asked for: one property more in ``needs.py``.
    """
    root = tmp_path_factory.mktemp("planted")
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "xenotrack", root / "xenotrack", ignore=left_out)
    figures = root / "xenotrack" / "present" / "figures"
    (figures / "throwaway.py").write_text(DRAWING, encoding="utf-8")
    needs = (figures / "needs.py").read_text(encoding="utf-8")
    (figures / "needs.py").write_text(
        needs.replace("\n\n# What", f"{NEED}\n\n# What"), encoding="utf-8"
    )
    before, mark, after = (figures / "catalogue.py").read_text(encoding="utf-8").partition("\ndef ")
    text = f"{before}{ENTRY}\n{mark}{after}"
    (figures / "catalogue.py").write_text(text, encoding="utf-8")
    return root


def ask(root: Path, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "xenotrack", *map(str, arguments)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_figure_is_known_to_plot(planted) -> None:
    assert "throwaway             stays for one test" in ask(planted, "plot", "--help")
    ask(planted, "plot", "throwaway", ROOT / "sample_data/two_arm.csv", "-o", "a.svg")
    assert "mice are counted" in (planted / "a.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_new_figure_is_known_to_run_and_report(planted) -> None:
    ask(planted, "run", ROOT / "sample_data/two_arm.csv", "-o", "out")
    out = planted / "out"
    assert (out / "figures" / "throwaway.png").read_bytes().startswith(b"\x89PNG")
    assert "doubts" in (out / "figures" / "throwaway.svg").read_text(encoding="utf-8")
    story = json.loads((out / "results.json").read_text(encoding="utf-8"))["story"]
    (caption,) = [one for one in story["captions"] if one["figure"] == "throwaway"]
    assert caption["alt"].endswith(" mice.")
    (price,) = [one for one in story["answers"] if one["id"] == "price"]
    assert price["figures"] == ["weight", "trade_off", "throwaway"]
    assert 'id="figure-throwaway"' in (out / "report.html").read_text(encoding="utf-8")
    told = (out / "README.txt").read_text(encoding="utf-8")
    assert "throwaway.png throwaway.svg throwaway_narrow.svg  Mice that were counted" in told


def test_each_figure_has_its_file() -> None:
    for name in figure_names():
        assert callable(import_module(f"xenotrack.present.figures.{name}").draw)


def test_each_telling_fills_some_words() -> None:
    words = " ".join(f"{one.note} {one.alt}" for one in FIGURES)
    assert [name for name in TELLINGS if f"{{{name}}}" not in words] == []


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("requested", [False, True])
def test_two_hands_have_each_figure_once_and_about_the_same_work(key, requested) -> None:
    due = owed(figure_names(key=key), requested)
    parts = hands(2, due)
    assert sorted(name for part in parts for name in part) == sorted(due)
    share = {one.name: one.share for one in FIGURES}
    work = [sum(share[name] for name in part) for part in parts]
    assert max(work) < 1.1 * min(work)


def test_a_question_has_its_figures_and_there_are_some_key_ones() -> None:
    assert figure_names("how-long") == ("progression", "volume_progression", "swimmer")
    assert {one.name for one in FIGURES if one.key} >= {"growth", "progression"}
