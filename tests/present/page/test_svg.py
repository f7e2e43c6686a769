"""A figure within a page: its own ids, marks of arms and mice, and nothing that acts."""

from __future__ import annotations

import re

import pytest

from xenotrack.errors import InputError
from xenotrack.present.page.svg import inline_svg
from xenotrack.present.page.tables import Marks

from ..story import SVG

MARKS = Marks({"A": 0, "B": 1}, {"5": 0, "6": 1, "<7>": 2})


@pytest.fixture
def drawn() -> str:
    return inline_svg("growth", SVG.encode(), 'slower & "flat"', MARKS)


def test_ids_are_the_figures_own_and_still_found(drawn) -> None:
    again = inline_svg("growth", SVG.encode(), "", MARKS, "f2-")
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (drawn, again)]
    assert len(ids[0]) == len(ids[1]) == 2
    assert not ids[0] & ids[1]
    referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', drawn))
    assert referred == ids[0]
    assert "figure_1" not in drawn


def test_arms_and_mice_are_marked(drawn) -> None:
    assert '<path data-arm="1" d=' in drawn
    assert 'data-arm="1" data-mouse="2"><use' in drawn


def test_points_that_look_alike_say_so_once(drawn) -> None:
    use = '<use xlink:href="#tick" x="{}" y="2.345" style="fill: #123456"/>'
    points = "".join(use.format(x) for x in (1, 2, 3))
    two = SVG.replace('<use xlink:href="#tick"/>', points)
    text = inline_svg("growth", two.encode(), "", MARKS)
    assert text.count("#123456") == 1
    assert re.findall(r'<use x="(\d)" y="2.3"', text) == ["1", "2", "3"]


def test_an_arm_that_the_page_does_not_know_is_not_marked() -> None:
    nobody = Marks({}, {})
    assert "data-" not in inline_svg("growth", SVG.encode(), "", nobody)


def test_styles_are_attributes_and_the_font_is_the_pages(drawn) -> None:
    assert 'fill="none" stroke="#df7b05"' in drawn
    assert "style" not in drawn
    assert "Arial" not in drawn


@pytest.mark.parametrize("acting", ["script", "onclick", "example.org", "metadata", "steal"])
def test_only_what_draws_is_left(drawn, acting) -> None:
    assert acting not in drawn


def test_what_it_shows_is_said_to_who_cannot_see(drawn) -> None:
    assert 'role="img" aria-label="slower &amp; &quot;flat&quot;"' in drawn


def test_coordinates_keep_two_decimals(drawn) -> None:
    assert 'd="m1.23 2 1.77 2"' in drawn


@pytest.mark.parametrize(
    "data", [b"a picture", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'], ids=["png", "entity"]
)
def test_what_is_no_drawing_is_refused(data) -> None:
    with pytest.raises(InputError, match=r"figures/growth\.svg cannot be read as a picture"):
        inline_svg("growth", data, "", MARKS)


def test_paths_and_words_that_look_alike_say_so_once() -> None:
    path = '<path d="M {} 1 L 2 2" style="fill: none; stroke: #123456" clip-path="url(#box)"/>'
    words = '<text style="font-size: 7px; fill: #654321" x="{}" y="2">{}</text>'
    drawn = "".join(path.format(x) for x in range(3)) + "".join(words.format(x, x) for x in (1, 2))
    text = inline_svg("growth", SVG.replace("<text", f"{drawn}<text", 1).encode(), "", MARKS)
    assert text.count("#123456") == text.count("#654321") == 1
    assert re.findall(r'<path d="m(\d)', text)[:3] == ["0", "1", "2"]


def test_what_is_half_seen_through_stays_by_itself() -> None:
    path = '<path d="M {} 1 L 2 2" style="fill: #123456; opacity: 0.5"/>'
    drawn = "".join(path.format(x) for x in range(3))
    text = inline_svg("growth", SVG.replace("<text", f"{drawn}<text", 1).encode(), "", MARKS)
    assert text.count('opacity="0.5"') == 3


CIRCLE = "M 0 1 C 0.2652 1 0.5196 0.895 0.7071 0.7071 C 0.5 0.5 0.2 0.1 0 1 z"


def with_parts(drawn: str) -> str:
    svg = SVG.replace("<text", f"{drawn}<text", 1)
    return inline_svg("growth", svg.encode(), "", MARKS)


def test_full_circles_of_a_mouse_are_the_dots_of_one_path() -> None:
    use = '<use xlink:href="#dot" x="{}" y="2" style="fill: #123456"/>'
    points = "".join(use.format(x) for x in (1, 3, 6))
    symbol = f'<defs><path id="dot" d="{CIRCLE}"/></defs>'
    text = with_parts(f'{symbol}<g data-arm="A" data-mouse="5">{points}</g>')
    (dots,) = re.findall(r'<path data-arm="0" data-mouse="0" d="m1 2v0m2 0v0m3 0v0"[^>]+>', text)
    assert 'stroke="#123456" stroke-width="2.00" stroke-linecap="round"' in dots
    assert "fill" not in dots


def test_circles_with_an_edge_stay_symbols() -> None:
    use = '<use xlink:href="#dot" x="{}" y="2" style="fill: #123456; stroke: #000"/>'
    points = "".join(use.format(x) for x in (1, 3, 6))
    text = with_parts(f'<defs><path id="dot" d="{CIRCLE}"/></defs>{points}')
    assert len(re.findall(r'<use x="\d" y="2"', text)) == 3


def test_what_leaves_no_ink_is_left_out() -> None:
    assert "#1f77b4" not in with_parts('<path d="M 29.456 410.81" style="stroke: #1f77b4"/>')


def test_a_straight_course_needs_two_corners_but_that_of_a_mouse_keeps_its_readings() -> None:
    course = "M 0 0 " + " ".join(f"L {x} {2 * x}" for x in range(1, 40))
    line = f'<path d="{course}" style="stroke: #123456"/>'
    assert '<path d="m0 0 39 78"' in with_parts(line)
    of_mouse = with_parts(f'<g data-arm="A" data-mouse="5">{line}</g>')
    assert len(re.findall(r"1 2", of_mouse)) == 39


def test_a_group_hands_what_it_says_to_the_one_part_in_it() -> None:
    part = '<path d="M 1 1 L 2 2" style="stroke: #123456" transform="scale(2)"/>'
    text = with_parts(f'<g data-arm="A">{part}</g>')
    assert '<path data-arm="0" d="m1 1 1 1"' in text
    cut = with_parts(f'<g clip-path="url(#clip)">{part}</g>')  # of another place than the part's
    assert re.search(r'<g clip-path="[^"]+"><path d="m1 1 1 1"', cut)
