"""Drawings for phones and further rows lie packed in the page; their places wait for them."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from pathlib import Path

import pytest

from .story import PICTURES, SVG, written_run

FIRST = 10
NARROW = {name.replace(".svg", "_narrow.svg"): SVG.encode() for name in PICTURES}


@pytest.fixture(scope="module")
def page(tmp_path_factory, sample) -> str:
    folder = tmp_path_factory.mktemp("run") / "out"
    written_run(Path(sample("two_arm.csv")), folder, pictures=PICTURES | NARROW)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_each_figure_has_a_narrow_drawing_and_a_place_for_it(page) -> None:
    (packed,) = re.findall(r'<script type="text/plain" id="packed">([^<]+)</script>', page)
    drawings = json.loads(zlib.decompress(b64decode(packed)))

    places = re.findall(r"""<div class="narrow" data-narrow="([^"]+)"></div>""", page)
    assert set(places) == set(drawings)
    assert len(drawings) == page.count("<figure")
    for drawing in drawings.values():
        assert drawing.startswith("<svg")
        assert not re.search(r"\sstyle=|\son\w+=|<script", drawing)


def test_ids_of_a_narrow_drawing_are_its_own(page) -> None:
    (packed,) = re.findall(r'id="packed">([^<]+)<', page)
    narrow = "".join(json.loads(zlib.decompress(b64decode(packed))).values())
    own = re.findall(r'\sid="([^"]+)"', narrow)
    assert own
    assert len(own) == len(set(own))
    assert not set(own) & set(re.findall(r'\sid="([^"]+)"', page))


def test_a_page_of_few_arms_is_whole_without_script(page) -> None:
    assert 'id="packed-rows"' not in page
    assert "<tbody data-rest" not in page


def test_of_many_arms_further_rows_of_a_long_table_lie_packed_in_order(
    tmp_path, sample, monkeypatch
) -> None:
    monkeypatch.setattr("xenotrack.present.report.MANY_ARMS", 1)
    written_run(Path(sample("two_arm.csv")), tmp_path / "out", pictures=PICTURES | NARROW)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    (packed,) = re.findall(r'id="packed-rows">([^<]+)<', page)
    further = json.loads(zlib.decompress(b64decode(packed)))
    assert "tidy" in further
    for name, rows in further.items():
        section = page.split(f'<details id="table-{name.replace("_", "-")}">')[1]
        (body,) = re.findall(f'<tbody data-rest="{name}">(.*?)</tbody>', section, re.DOTALL)[:1]
        assert body.count("<tr") == FIRST
        n_rows = int(re.findall(r'class="count">(\d+) rows', section)[0])
        assert rows.count("<tr") == n_rows - FIRST > 30
        assert f"The first {FIRST} of {n_rows} rows" in section.split("</details>")[0]
    readings = Path(sample("two_arm.csv")).read_text(encoding="utf-8").splitlines()
    mice = re.findall(r'<th scope="row">([^<]+)</th>', further["tidy"])
    assert mice == [line.split(",")[0] for line in readings[1 + FIRST :]]
