"""The library: what its page says is so, and each name of it is on the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import xenotrack
from xenotrack import Design, Results, read_study
from xenotrack.errors import InputError
from xenotrack.glossary import TABLES

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")


def test_the_page_names_what_the_package_gives_and_nothing_else() -> None:
    named = re.findall(r"^\| `(\w+)", PAGE, re.M)
    assert sorted(named) == sorted({*xenotrack.__all__})
    assert all(getattr(xenotrack, name).__doc__ for name in named)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_notebook_shows_headline_arms_and_doubts(results_of) -> None:
    results = results_of("two_arm.csv")
    html = results._repr_html_()
    assert Tags(html).open == []
    assert not Tags(html).seen & {"script", "style", "link", "img"}
    assert html.count("<tr>") == 1 + len(results.study.design.arms)
    text = re.sub("<[^>]*>", "", html)
    assert "alpelisib" in text
    assert all(doubt.text.split(";")[0][:30] in text for doubt in results.doubts)


def test_names_are_text_in_a_notebook() -> None:
    rows = "".join(
        f"m{mouse},{arm},{day},{100 + mouse + day}\n"
        for mouse, arm in enumerate(("vehicle",) * 3 + ("<b>x",) * 3)
        for day in (0, 4, 8)
    )
    study = read_study(f"mouse,arm,day,volume\n{rows}".encode())
    assert "<b>" not in Results(study)._repr_html_()


def test_every_table_is_a_frame_and_a_figure_is_asked_by_name(results_of) -> None:
    results = results_of("two_arm.csv")
    assert set(results.tables) == set(TABLES)
    assert list(results.tables["growth"].columns) == list(TABLES["growth"])
    assert type(results.figure("rates", 120)).__name__ == "ggplot"
    with pytest.raises(InputError, match="Figures: growth_by_arm"):
        results.figure("growht")


def test_a_design_declares_the_arms_of_a_sheet(sample) -> None:
    sheet = Path(sample("two_arm.csv"))
    study = read_study(sheet, Design.of_names("mine", ["alpelisib", "vehicle"]))
    assert study.design.name == "mine"
    assert study.design.arm_names == ("alpelisib", "vehicle")
    assert not study.errors
    other = read_study(sheet, Design.of_names("mine", ["vehicle"]))
    assert [error.rule for error in other.errors] == ["arm-not-declared"]
