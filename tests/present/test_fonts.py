"""Letters beyond Latin: written where an installed font has them, and said where none has."""

from __future__ import annotations

import re

import pytest

from xenotrack.present.figures import fonts
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.save import render

ARMS = {"vehicle": 0.06, "対照": 0.03}


@pytest.fixture
def no_lender(monkeypatch) -> None:
    monkeypatch.setattr(fonts, "_families", lambda: ())


def test_the_usual_font_has_latin_and_greek() -> None:
    assert fonts.lending(fonts._uncommon("vehicle µ-drug β ≥ −")) == ()


def test_an_installed_font_lends_the_letters_that_the_usual_one_lacks(grown) -> None:
    lenders = fonts.lending(fonts._uncommon("対照"))
    if not lenders:
        pytest.skip("no installed font has Japanese letters")
    svg = render(draw("rates", grown(ARMS, control="vehicle")), ("svg",))["svg"].decode()
    family = re.search(r'font-family: ([^;"]*)[^>]*>対照<', svg)
    assert family is not None
    assert lenders[0] in family[0]


def test_without_such_a_font_one_sentence_names_the_letters(no_lender) -> None:
    said = fonts.about_letters(["vehicle", "対照", "対 2"])
    assert said.startswith("No installed font can write 対 照: figures show boxes")
    assert fonts.about_letters(["vehicle", "µ-drug"]) == ""


def test_a_letter_of_no_font_is_no_warning(grown, no_lender) -> None:
    # Warnings are errors here.
    results = grown({"vehicle": 0.06, "対照": 0.03}, control="vehicle")
    assert render(draw("rates", results), ("png", "pdf"))


def test_plot_says_which_letters_are_boxes(ask, tmp_path, no_lender) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = [f"m{m},{arm},{d},{100 + d + m}" for m, arm in enumerate(ARMS) for d in (0, 4, 8)]
    sheet.write_text("mouse,arm,day,volume\n" + "\n".join(rows) + "\n", encoding="utf-8")
    answer = ask("plot", "spider", sheet, "-o", tmp_path / "a.svg", code=0)
    assert answer.stderr.count("No installed font can write 対 照") == 1
    assert "Glyph" not in answer.stderr
