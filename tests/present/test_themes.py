"""Other looks of a drawing: the same places and words in other colours and lines."""

from __future__ import annotations

import re
from functools import partial

import pytest
from costs import often

from xenotrack import Results, read_study
from xenotrack.cli.plot import THEMES as OFFERED
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.save import render
from xenotrack.present.figures.style import Canvas
from xenotrack.present.figures.themes import AT_NIGHT, HEAVIER, NIGHT, THEMES, dress
from xenotrack.present.theme import COLOURS, CONTROL_COLOUR, arm_colours
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import Rules

from .test_theme import luminance, smallest_distance

COLOUR = re.compile(r"#[0-9a-f]{6}")
PLACES = (re.compile(r' x="([^"]*)" y="([^"]*)"'), re.compile(r'transform="([^"]*)"'))
# A drawing of lines, one of bars, and one of many layers.
FEW = ("growth", "swimmer", "lattice")
# What matplotlib colours the line of a legend's symbol, which has one point and is not seen.
OF_A_POINT = "#1f77b4"
GREY = re.compile(r"#([0-9a-f]{2})\1\1")


@pytest.fixture(scope="module")
def study(request) -> Results:
    root = request.config.rootpath
    return Results(read_study(root / "sample_data" / "combination.csv"))


def drawn(study: Results, kind: str, theme: str | None) -> str:
    dressed = partial(dress, theme=theme, design=study.study.design) if theme else lambda _: None
    return render(draw(kind, study), ("svg",), dress=dressed)["svg"].decode()


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_the_command_offers_what_there_is() -> None:
    assert tuple(THEMES) == OFFERED


def test_paper_is_the_figure_itself(study) -> None:
    assert drawn(study, "rates", "paper") == drawn(study, "rates", None)


@pytest.mark.parametrize("theme", often(["bold", "dark", "grey"], ["dark"]))
@pytest.mark.parametrize("kind", often(figure_names(), FEW))
def test_a_theme_changes_no_place_and_no_word(study, kind, theme) -> None:
    plain, other = drawn(study, kind, None), drawn(study, kind, theme)
    assert plain != other
    assert words(plain) == words(other)
    for place in PLACES:
        assert place.findall(plain) == place.findall(other)


@pytest.mark.parametrize("kind", often(figure_names(), FEW))
def test_a_dark_figure_has_dark_paper_and_light_ink(study, kind) -> None:
    svg = drawn(study, kind, "dark")
    night = round(255 * NIGHT)
    assert f"fill: #{night:02x}{night:02x}{night:02x}" in svg
    inks = set(COLOUR.findall(svg))
    assert "#000000" not in inks
    arms = inks & set(COLOURS)
    assert not arms, "a colour meant for white paper"


@pytest.mark.parametrize("kind", often(figure_names(), FEW))
def test_a_grey_figure_has_no_colour(study, kind) -> None:
    colours = set(COLOUR.findall(drawn(study, kind, "grey"))) - {OF_A_POINT}
    assert all(GREY.fullmatch(colour) for colour in colours)


def test_arms_in_grey_are_apart_and_seen_on_white(study) -> None:
    recoloured = THEMES["grey"].recolour(study.study.design)
    colours = set(arm_colours(study.study.design).values()) - {CONTROL_COLOUR}
    assert len({recoloured[colour] for colour in colours}) == len(study.study.design.arms) - 1
    assert (1.05 / (luminance(list(recoloured.values())) + 0.05) >= 2.9).all()


def test_lines_of_bold_are_heavier_and_bars_are_not(study) -> None:
    def widths(theme: str | None, kind: str) -> list[float]:
        found = re.findall(r"stroke-width: ([\d.]+)", drawn(study, kind, theme))
        return sorted({float(each) for each in found})

    thin, heavy = widths(None, "growth"), widths("bold", "growth")
    assert max(heavy) == pytest.approx(HEAVIER * max(thin), rel=1e-3)
    assert max(widths("bold", "swimmer")) == max(widths(None, "swimmer"))


def test_colours_at_night_are_told_apart_by_all_eyes() -> None:
    assert len(AT_NIGHT) == len(COLOURS)
    assert smallest_distance(["#ffffff", *AT_NIGHT[:7]]) > 29
    assert smallest_distance(["#ffffff", *AT_NIGHT]) > 10
    paper = luminance([f"#{3 * f'{round(255 * NIGHT):02x}'}"])
    assert ((luminance(list(AT_NIGHT)) + 0.05) / (paper + 0.05) >= 3).all()


def test_a_declared_colour_is_seen_at_night() -> None:
    arms = (Arm("vehicle", frozenset()), Arm("A", frozenset({"A"})))
    design = Design("toy", arms, Rules(colours={"A": "#102030"}))
    night = THEMES["dark"].recolour(design)["#102030"]
    paper = luminance([f"#{3 * f'{round(255 * NIGHT):02x}'}"])
    assert (luminance([night]) + 0.05) / (paper + 0.05) >= 3


def test_a_canvas_without_caption_has_no_words_below(study) -> None:
    with_words = words(drawn(study, "rates", None))
    without = words(render(draw("rates", study, Canvas(caption=False)), ("svg",))["svg"].decode())
    assert any("Rates with their 95" in each for each in with_words)
    assert set(without) < set(with_words)
