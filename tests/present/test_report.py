"""The report: a whole page, of nothing but the run's folder, that fetches nothing."""

from __future__ import annotations

import base64
import csv
import hashlib
import html as markup
import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from xenotrack.errors import InputError
from xenotrack.present.figures.save import render
from xenotrack.present.figures.style import say
from xenotrack.present.report import render_report
from xenotrack.present.stored import read_run, run_folders
from xenotrack.present.story import Answer, Sentence

from .story import PICTURES, SVG, told, written_run

VOID = {"meta", "link", "br", "img", "input", "hr", "wbr"}
HOSTILE = "<script>alert(1)</script>"


class Page(HTMLParser):
    """What stands in a page, and whether what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sample) -> Path:
    return written_run(Path(sample("combination.csv")), tmp_path_factory.mktemp("run") / "out")


@pytest.fixture(scope="module")
def html(folder) -> str:
    return render_report(read_run(folder)).decode()


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_every_element_is_closed_and_every_id_is_its_own(page) -> None:
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = [a["href"][1:] for _, a in page.tags if (a.get("href") or "").startswith("#")]
    assert set(inner) <= set(ids)


def test_a_run_writes_what_is_made_of_its_folder(folder, html) -> None:
    assert (folder / "report.html").read_text(encoding="utf-8") == html


def test_the_same_results_give_the_same_bytes(folder) -> None:
    assert render_report(read_run(folder)) == render_report(read_run(folder))


def test_chips_have_the_colours_that_the_study_declares(folder, tmp_path) -> None:
    declared = tmp_path / "out"
    shutil.copytree(folder, declared)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["rules"]["colours"] = {"fulvestrant": "#123456"}
    (declared / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "background: #123456" in render_report(read_run(declared)).decode()


def test_it_fetches_nothing(html, page) -> None:
    outside = {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "base", "form"}
    assert outside == set()
    for tag, attributes in page.tags:
        for key in ("src", "href", "xlink:href", "action", "style", "onclick"):
            value = attributes.get(key)
            assert value is None or (key == "href" and (value[0] == "#" or tag == "a"))
    links = [a["href"] for tag, a in page.tags if tag == "a" and a["href"][0] != "#"]
    assert links == ["https://doi.org/10.1038/nm.3954"]
    assert "url(" not in html.replace("url(#", "")
    assert "example.org" not in html


def test_the_policy_knows_the_script_and_the_style_by_their_digests(html) -> None:
    policy = markup.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1])
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_names_are_text_and_never_markup(tmp_path) -> None:
    rows = "".join(
        f"{HOSTILE} {mouse},{arm},{day},{100 * rate**day + mouse}\n"
        for arm, rate, first in (("vehicle", 1.1, 0), (f'{HOSTILE}"', 1.02, 4))
        for mouse in range(first, first + 4)
        for day in (0, 3, 7, 10)
    )
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(f"mouse,arm,day,volume\n{rows}".replace('"', ""), encoding="utf-8")
    story = told(
        title=HOSTILE,
        quality=(HOSTILE,),
        headline=(Sentence(HOSTILE, HOSTILE, HOSTILE),),
        methods=(HOSTILE,),
    )
    text = render_report(read_run(written_run(sheet, tmp_path / "out", story))).decode()
    assert "<script>alert" not in text
    assert text.count("<script>") == 1
    assert HOSTILE in Page(text).text


def test_it_answers_question_by_question(page) -> None:
    titles = re.compile(
        "At a glance.*In words.*Did it slow growth.*At what price.*Data quality.*Methods.*ARRIVE"
    )
    assert titles.search(page.text)
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_what_nobody_supplied_is_said(page) -> None:
    assert "2. Sample size How many. Not supplied" in page.text


def test_a_doubt_stands_in_words_where_it_touches(page) -> None:
    assert "Low. Doubt Few." in page.text


def test_figures_and_tables_are_numbered_in_the_order_of_the_page(page) -> None:
    numbers = {
        kind: re.findall(rf"{kind} (\d+)\. [A-Z]", page.text) for kind in ("Figure", "Table")
    }
    for found in numbers.values():
        assert found == [str(number) for number in range(1, len(found) + 1)]
    assert len(numbers["Figure"]) == 3
    assert len(numbers["Table"]) > 3


def test_what_a_table_says_is_folded_and_not_printed_with_the_summary(page) -> None:
    details = [attributes for tag, attributes in page.tags if tag == "details"]
    assert all("open" not in attributes for attributes in details)
    printed = [a["id"] for tag, a in page.tags if tag == "section" and a.get("class") != "extra"]
    assert printed == ["answer", "words", "price", "methods"]


def test_a_figure_is_drawn_once_and_says_what_it_shows(page) -> None:
    labels = [a["aria-label"] for tag, a in page.tags if tag == "svg" and a["role"] == "img"]
    assert labels == ["Tumours of A grew slower.", "Weight", "Of mine"]


def test_headers_of_tables_say_what_they_head(page) -> None:
    scopes = {attributes.get("scope") for tag, attributes in page.tags if tag == "th"}
    assert scopes == {"col", "row"}
    tables = [tag for tag, _ in page.tags if tag in ("table", "caption")]
    assert tables == ["table", "caption"] * (len(tables) // 2)


def test_ten_digits_of_a_cell_are_those_of_the_tables(folder, page) -> None:
    exact = {
        value
        for path in (folder / "tables").glob("*.csv")
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines())
        for value in row
    }
    titles = [a["title"] for tag, a in page.tags if tag in ("td", "th") and a.get("title")]
    numbers = [part for title in titles for part in re.findall(r"-?\d[\d.e-]*", title)]
    numeric = [value for value in exact if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)]
    written = {float(f"{float(value):.10g}") for value in numeric}
    values = [float(part) for part in numbers if re.fullmatch(r"-?\d+\.\d{5,}(e-?\d+)?", part)]
    assert len(values) > 500
    assert [value for value in values if value not in written] == []


def test_a_long_table_shows_its_beginning_and_names_its_file(tmp_path, sample, monkeypatch) -> None:
    monkeypatch.setattr("xenotrack.present.page.tables.MOST_ROWS", 397)
    out = written_run(Path(sample("wide.csv")), tmp_path / "out")
    data = render_report(read_run(out))
    text = Page(data.decode()).text
    assert "The first 40 of 398 rows; all of them are in tables/tidy.csv" in text
    assert len(data) < 3_000_000


def test_a_figure_that_was_not_drawn_is_left_out(tmp_path, sample) -> None:
    answer = Answer("slowed", "Did it?", (Sentence("No"),), ("nowhere",), ("growth", "dose_grid"))
    story = told(key_figure="missing", answers=(answer,))
    out = written_run(Path(sample("combination.csv")), tmp_path / "out", story)
    assert "nowhere" not in render_report(read_run(out)).decode()


def test_a_folder_that_no_run_wrote_is_refused(tmp_path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "another"}', encoding="utf-8")
    with pytest.raises(InputError, match="holds no results of xenotrack"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("results.json", {"schema_version": 99}, "schema version 99"),
        ("manifest.json", {"schema_version": None}, "schema version None"),
        ("results.json", {"story": None}, "holds no `story`"),
        (
            "results.json",
            {"story": {"title": 1}},
            r"Expected `str`, got `int` - at `\$.story.title`",
        ),
        ("manifest.json", {"inputs": 3}, r"manifest\.json is not what this xenotrack writes"),
    ],
)
def test_results_of_another_version_are_refused(tmp_path, sample, name, changed, said) -> None:
    out = written_run(Path(sample("two_arm.csv")), tmp_path / "out")
    path = out / name
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changed), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_run(out)


def test_results_that_are_gone_are_named(tmp_path, sample) -> None:
    out = written_run(Path(sample("two_arm.csv")), tmp_path / "out")
    (out / "results.json").unlink()
    with pytest.raises(InputError, match=r"results\.json cannot be read: No such file"):
        read_run(out)


def test_a_folder_of_several_studies_has_a_run_in_each(tmp_path) -> None:
    for name in ("b", "a", "no run"):
        (tmp_path / name).mkdir()
    for name in ("b", "a"):
        (tmp_path / name / "manifest.json").write_text('{"xenotrack": "0"}', encoding="utf-8")
    assert run_folders(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    assert run_folders(tmp_path / "a") == [tmp_path / "a"]


def test_a_figure_that_is_only_a_sentence_is_left_out_of_the_page(tmp_path, sample) -> None:
    picture = render(say("Nobody was weighed."), ("svg",))["svg"]
    pictures = {**PICTURES, "weight.svg": picture, "lattice.svg": SVG.encode()}
    folder = written_run(Path(sample("two_arm.csv")), tmp_path / "out", pictures=pictures)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="figure-growth"' in page
    assert 'id="figure-weight"' not in page
    # Nor is one of a question that this study does not ask.
    assert 'id="figure-lattice"' not in page
