"""The page of many studies: failures first, a line a study, the same row an arm."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from xenotrack.present.manifest import digests
from xenotrack.present.page.index import (
    MOST_WITH_ARMS,
    Entry,
    entry_of,
    failure_of,
    render_index,
)
from xenotrack.present.stored import read_run
from xenotrack.present.story import ArmRow, Tile

from ..story import told, written_run


def row(arm: str, rate: float | None) -> ArmRow:
    limits = (None, None) if rate is None else (rate - 0.01, rate + 0.01)
    return ArmRow(
        arm=arm,
        short=arm[:1],
        mice=5,
        rate=rate,
        rate_low=limits[0],
        rate_high=limits[1],
        doubling="",
        p_value="",
        progressed=1,
        judged=5,
        median="12 d",
        responders="",
        weight="",
        verdict="grew",
        shape="▲",
        course=() if rate is None else ((0.0, 100.0), (10.0, 100.0 + 1000 * rate)),
    )


def study(name: str) -> Entry:
    return Entry(
        name=name,
        place=f"{name}/report.html",
        tiles=(Tile("Primary: A vs vehicle", "Grew slower", "p = 0.01", "good", "slowed"),),
        arms=(row("vehicle", 0.05), row("alpelisib", -0.01), row("lost", None)),
        colours=("#000000", "#004c06", "#df7b05"),
        blocked_below=0.01,
    )


def page(*entries: Entry) -> str:
    return render_index("All of them", entries).decode()


def test_failures_stand_before_all_other_studies_and_keep_their_reason() -> None:
    text = page(study("one"), failure_of("two <b>", "sheet.csv, row 3: no mouse. Name it."))
    assert text.index("two &lt;b&gt;") < text.index("one/report.html")
    assert "row 3: no mouse" in text
    assert "2 studies, 1 without results" in text


def test_the_rates_of_all_studies_stand_on_one_scale() -> None:
    wide = study("wide")._replace(arms=(row("vehicle", 0.5),), colours=("#000000",))
    alone, beside = page(study("one")), page(study("one"), wide)
    places = [re.findall(r'class="mark"[^>]* cx="([\d.]+)"', text)[0] for text in (alone, beside)]
    assert float(places[1]) < float(places[0])


def test_the_curves_of_all_studies_stand_on_one_scale() -> None:
    days = study("days")._replace(
        arms=(msgspec.structs.replace(row("vehicle", 0.1), course=((0, 100), (20, 900))),)
    )
    alone, beside = page(study("one")), page(study("one"), days)
    ends = [re.findall(r'curve"[^>]* d="M34.0 [\d.]+L([\d.]+)', text) for text in (alone, beside)]
    assert ends == [["224.0"] * 2, ["129.0"] * 2 + ["224.0"]]
    assert 'aria-label="v: 100 to 900 mm³ by day 20"' in beside


def test_studies_of_another_unit_have_their_own_scale() -> None:
    light = study("light")._replace(
        unit="p/s",
        arms=(msgspec.structs.replace(row("vehicle", 0.1), course=((0, 1e6), (10, 1e8))),),
    )
    text = page(study("one"), light)
    assert "one scale for all of one unit" in text
    assert 'aria-label="v: 1000000 to 100000000 p/s by day 10"' in text
    assert re.findall(r'curve"[^>]* d="M34.0 [\d.]+L([\d.]+)', text) == ["224.0"] * 3


def test_a_page_that_a_person_changed_is_no_longer_sealed(tmp_path) -> None:
    path = tmp_path / "index.html"
    path.write_bytes(render_index("All of them", [study("one")]))
    assert set(digests(tmp_path)) == {"index.html"}
    path.write_bytes(path.read_bytes().replace(b"All of", b"Some of"))
    assert digests(tmp_path) == {}


def test_weight_has_a_column_where_somebody_was_weighed() -> None:
    weighed = study("w")._replace(
        arms=(row("vehicle", 0.05), msgspec.structs.replace(row("A", 0.01), weight="−4 %"))
    )
    assert 'data-label="weight"' not in page(study("one"))
    assert page(weighed).count('data-label="weight"') == 2


def test_arms_of_one_colour_have_one_number_in_all_studies() -> None:
    other = study("two")._replace(arms=(row("alpelisib", 0.01),), colours=("#004c06",))
    text = page(study("one"), other)
    assert text.count("background: #004c06") == 1
    assert 'data-arm="1"' in text.split('href="two/report.html"')[1]


def test_beyond_many_studies_the_arms_stand_in_their_own_reports() -> None:
    many = [study(f"s{number}") for number in range(MOST_WITH_ARMS + 1)]
    assert 'class="arms"' not in page(*many)
    assert 'class="arms"' in page(*many[1:])


def test_the_entry_of_a_run_has_what_its_report_begins_with(tmp_path, sample) -> None:
    story = told(arms=(row("vehicle", 0.05),))
    folder = written_run(Path(sample("two_arm.csv")), tmp_path / "out", story)
    entry = entry_of(read_run(folder), "out/report.html")
    assert (entry.name, entry.facts) == ("A study", "2 arms, 16 mice")
    assert entry.arms == story.arms
    assert entry.colours[0] == "#000000"


@pytest.mark.parametrize("name", ["", "javascript"])
def test_nothing_is_fetched_and_nothing_in_a_name_is_run(name) -> None:
    text = page(study(f"<script>{name}</script>"))
    assert f"<script>{name}</script>" not in text
    assert "default-src 'none'" in text.replace("&#39;", "'")
