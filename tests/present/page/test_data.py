"""What the page's script draws from: the numbers of the tables, and no text that ends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xenotrack.present.page.data import MOST_READINGS, page_data
from xenotrack.present.page.tables import MOST_ROWS, Marks
from xenotrack.present.stored import StoredRun, read_run

from ..story import told, written_run


@pytest.fixture(scope="module")
def run(tmp_path_factory, sample) -> StoredRun:
    sheet = Path(sample("combination.csv"))
    return read_run(written_run(sheet, tmp_path_factory.mktemp("run") / "out"))


def marks(run: StoredRun) -> Marks:
    arms = [arm.name for arm in run.results.study.arms]
    return Marks.of(arms, run.results.tables["response"])


def read(text: str) -> dict[str, Any]:
    """The data as the page's script reads them."""
    data = json.loads(text)
    for name in ("mice", "claims"):
        keys, rows = data[name]["keys"], data[name]["rows"]
        data[name] = [dict(zip(keys, row, strict=True)) for row in rows]
    return data


def test_each_mouse_has_its_readings_in_the_order_of_its_number(run) -> None:
    data = read(page_data(run, marks(run)))
    names = list(marks(run).mice)
    assert [mouse["name"] for mouse in data["mice"]] == names
    for mouse in data["mice"][:5]:
        own = [row for row in run.results.tables["tidy"] if row["mouse"] == mouse["name"]]
        assert mouse["days"] == [row["day"] for row in own]
        assert mouse["volumes"] == pytest.approx([row["volume_mm3"] for row in own], rel=1e-5)


def test_a_progression_is_known_from_the_reading_after_it(run) -> None:
    data = read(page_data(run, marks(run)))
    events = [mouse for mouse in data["mice"] if mouse["event"]]
    assert events
    assert all(mouse["known"] >= mouse["day"] for mouse in events)
    assert any(mouse["known"] > mouse["day"] for mouse in events)


def test_of_very_many_readings_none_is_in_the_page(run) -> None:
    rows = run.results.tables["tidy"]
    many = {**run.results.tables, "tidy": rows * (MOST_READINGS // len(rows) + 1)}
    results = type(run.results)(run.results.study, many, [], told())
    data = read(page_data(run._replace(results=results), marks(run)))
    assert all(mouse["days"] == [] for mouse in data["mice"])


def test_a_name_cannot_end_the_script_that_holds_it(run) -> None:
    hostile = [{**row, "mouse": "</script><!--"} for row in run.results.tables["response"]]
    results = type(run.results)(run.results.study, {"response": hostile}, [], told())
    text = page_data(run._replace(results=results), marks(run))
    assert read(text)["mice"][0]["name"] == "</script><!--"
    assert "<" not in text


def test_each_claim_has_its_p_without_each_mouse_by_the_number_of_the_mouse(run) -> None:
    data = read(page_data(run, marks(run)))
    rows = run.results.tables["leave_one_out_mice"]
    for claim in data["without"]:
        own = {
            row["mouse"]: row["p_adjusted"] for row in rows if row["contrast"] == claim["contrast"]
        }
        for number, mouse in enumerate(data["mice"]):
            p = claim["each"].get(str(number), claim["p"])
            assert p == pytest.approx(own[mouse["name"]], rel=0.006)
    assert any(claim["each"] for claim in data["without"])


def test_a_figure_whose_table_is_not_whole_in_the_page_is_taken_without_its_numbers(run) -> None:
    whole = read(page_data(run, marks(run)))["tables"]
    assert {whole["waterfall"], whole["spider"]} == {"response", "tidy"}
    rows, readings = run.results.tables["response"], run.results.tables["tidy"]
    long = {"response": rows * (MOST_ROWS // len(rows) + 1)}
    long |= {"tidy": readings * (MOST_READINGS // len(readings) + 1)}
    results = type(run.results)(run.results.study, {**run.results.tables, **long}, [], told())
    left = read(page_data(run._replace(results=results), marks(run)))["tables"]
    assert not {"response", "tidy"} & set(left.values())
    assert left["contrasts"] == "compare"
