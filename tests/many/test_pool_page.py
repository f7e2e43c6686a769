"""The page of a pool over lines: what can be touched on it does something."""

from __future__ import annotations

import json
import re

import pytest

from many.test_pool import sheet_of, two_arms


@pytest.fixture(scope="module")
def page(ask, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("pool")
    sheet_of({"X": two_arms(3), "Y": two_arms(3)}).to_csv(folder / "sheet.csv", index=False)
    asked = ("--column", "line=line", "--figures", "key", "-q", "-o", folder / "out")
    ask("run", folder / "sheet.csv", *asked, code=0)
    return (folder / "out" / "pool" / "report.html").read_text(encoding="utf-8")


def test_every_figure_lights_up_its_arms(page) -> None:
    figures = re.findall(r'<figure id="figure-([a-z-]+)".*?</figure>', page, re.DOTALL)
    drawn = re.findall(r"<figure .*?</figure>", page, re.DOTALL)
    assert figures == ["forest-by-line", "growth-by-line", "response-by-line", "waterfall-by-line"]
    assert [name for name, one in zip(figures, drawn, strict=True) if "data-arm" not in one] == []


def test_a_figure_is_taken_as_numbers_where_they_are_in_the_page(page) -> None:
    data = json.loads(re.search(r' id="data">(.*?)</script>', page)[1])
    assert data["tables"] == {
        "forest_by_line": "pool_lines",
        "waterfall_by_line": "pool_response",
        "response_by_line": "pool_response",
    }
    assert all(f'id="table-{name.replace("_", "-")}"' in page for name in data["tables"].values())


def test_a_page_without_mice_offers_none_to_choose(page) -> None:
    assert '<select id="mouse" hidden>' in page
