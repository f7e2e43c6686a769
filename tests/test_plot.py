"""``plot``: one figure, in the format that its name asks for."""

from __future__ import annotations

import re

import pytest
from costs import often

from xenotrack.present.figures.catalogue import FIGURES, NARROW, figure_names

BEGINS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}

BY_NAME = {figure.name: figure for figure in FIGURES}


@pytest.mark.parametrize("kind", figure_names())
def test_every_kind_is_drawn(ask, sample, tmp_path, kind) -> None:
    path = tmp_path / f"{kind}.svg"
    answer = ask("plot", kind, sample("two_arm.csv"), "-o", path, code=0)
    assert answer.stdout == ""
    assert path.read_bytes().startswith(BEGINS["svg"])
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("form", list(BEGINS))
def test_the_suffix_is_the_format_and_the_bytes_stay(ask, sample, tmp_path, form) -> None:
    drawn = []
    for name in ("one", "other"):
        path = tmp_path / f"{name}.{form}"
        ask("plot", "rates", sample("two_arm.csv"), "-o", path, code=0)
        drawn.append(path.read_bytes())
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(BEGINS[form])


def test_an_unknown_suffix_is_refused(ask, sample, tmp_path) -> None:
    answer = ask("plot", "rates", sample("two_arm.csv"), "-o", tmp_path / "rates.doc", code=1)
    assert ".svg" in answer.stderr
    assert answer.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_figure_is_that_of_run(ask, sample, tmp_path) -> None:
    """What a figure shows of a study does not depend on the command that draws it."""
    path = tmp_path / "weight.svg"
    ask("plot", "weight", sample("two_arm.csv"), "-o", path, code=0)
    words = path.read_text(encoding="utf-8")
    assert "vehicle" in words
    assert "alpelisib" in words


def test_a_study_that_cannot_be_fitted_still_has_its_figures(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("mouse,arm,day,volume\nm1,vehicle,0,100\n", encoding="utf-8")
    for kind in ("growth", "rates", "progression"):
        ask("plot", kind, sheet, "-o", tmp_path / f"{kind}.svg", code=0)


def size_of(svg: str) -> tuple[float, float]:
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    return float(found[1]) * 25.4 / 72, float(found[2]) * 25.4 / 72


def test_a_figure_is_as_wide_and_high_as_asked(ask, sample, tmp_path) -> None:
    out = tmp_path / "a.svg"
    size = ("--width", "90", "--height", "70")
    ask("plot", "spider", sample("two_arm.csv"), "-o", out, *size, code=0)
    assert size_of(out.read_text()) == pytest.approx((90, 70), abs=0.1)


def test_a_journal_names_a_width(ask, sample, tmp_path) -> None:
    out = tmp_path / "a.svg"
    ask("plot", "growth_by_arm", sample("two_arm.csv"), "-o", out, "--journal", "cell-half", code=0)
    assert size_of(out.read_text())[0] == pytest.approx(114, abs=0.1)


def test_a_width_at_which_words_would_meet_is_refused(ask, sample, tmp_path) -> None:
    out = tmp_path / "a.svg"
    asked = ("plot", "lattice", sample("combination.csv"), "-o", out)
    answer = ask(*asked, "--width", "60", code=1)
    assert "The words of lattice would meet at a width of 60 mm" in answer.stderr
    assert "at least 78 mm" in answer.stderr
    assert not out.exists()
    both = ask(*asked, "--journal", "cell", "--width", "9", code=2)
    assert "say one of it and --width" in both.stderr


@pytest.mark.parametrize(("kind", "journal"), [("growth", "plos-half"), ("growth_by_arm", "pnas")])
def test_a_journal_that_is_as_wide_as_a_figure_needs_is_wide_enough(
    ask, sample, tmp_path, kind, journal
) -> None:
    ask("plot", kind, sample("two_arm.csv"), "-o", tmp_path / "a.svg", "--journal", journal, code=0)


@pytest.mark.parametrize("size", [("--height", "5"), ("--width", "10000")])
def test_a_size_that_cannot_be_is_refused_with_a_sentence(ask, sample, tmp_path, size) -> None:
    out = tmp_path / "a.svg"
    answer = ask("plot", "growth", sample("two_arm.csv"), "-o", out, *size, code=1)
    assert "Draw it at" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not out.exists()


@pytest.mark.parametrize("kind", often(figure_names(), ["contrasts", "growth", "lattice"]))
def test_every_figure_is_drawn_as_narrow_as_it_says(ask, sample, tmp_path, kind) -> None:
    figure = BY_NAME[kind]
    out, width = tmp_path / "a.svg", NARROW
    ask("plot", figure.name, sample("combination.csv"), "-o", out, "--width", width, code=0)
    assert size_of(out.read_text())[0] == pytest.approx(width, abs=0.1)


def test_a_theme_and_no_caption(ask, sample, tmp_path) -> None:
    out = tmp_path / "a.svg"
    asked = ("plot", "rates", sample("two_arm.csv"), "-o", out)
    ask(*asked, "--theme", "dark", "--no-caption", code=0)
    svg = out.read_text(encoding="utf-8")
    assert "#1b1b1b" in svg
    assert "Rates with their" not in svg
    ask(*asked, "--theme", "neon", code=2)


@pytest.mark.parametrize("kind", often(figure_names(), ["growth", "swimmer"]))
def test_each_figure_has_room_on_a_slide_whose_words_are_larger(
    ask, sample, tmp_path, kind
) -> None:
    figure = BY_NAME[kind]
    out = tmp_path / "a.svg"
    asked = ("plot", figure.name, sample("naive.toml"), "-o", out, "--theme", "slide")
    ask(*asked, code=0)
    svg = out.read_text(encoding="utf-8")
    across, down = size_of(svg)
    assert (across, down) == pytest.approx((13.333 * 25.4, 7.5 * 25.4), abs=0.3)
    own = float(re.search(r'viewBox="0 0 ([\d.]+) ', svg)[1])
    assert across / 25.4 * 72 / own >= (1.0 if figure.name == "swimmer" else 1.3)
    refused = ask(*asked, "--width", "100", code=2)
    assert "--theme slide is 16:9" in refused.stderr
