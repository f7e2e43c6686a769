"""The documentation says what the code does: examples, generated pages, links, names."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import console  # noqa: E402, the tools of the docs live beside them
import generate  # noqa: E402
import rule_texts  # noqa: E402
import rule_words  # noqa: E402
import study_toml  # noqa: E402

from xenotrack.cli.app import cli  # noqa: E402
from xenotrack.glossary import TABLES  # noqa: E402
from xenotrack.study.columns import COLUMN_ROLES  # noqa: E402
from xenotrack.study.rulebook import KEYS  # noqa: E402
from xenotrack.study.rules import Rules  # noqa: E402

LOADED = cli.loaded()

Outcomes = list[tuple[console.Example, list[str]]]
PAGES = [*generate.written_pages(), *(DOCS / name for name in generate.PAGES)]
EVERY_PAGE = [*PAGES, ROOT / "sample_data" / "README.md"]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_the_gallery_shows_every_figure() -> None:
    from xenotrack.present.figures.catalogue import figure_names

    page = text_of("gallery.md")
    shown = re.findall(r"\(figures/(\w+)\.svg\)", page)
    assert sorted(shown) == sorted(figure_names())
    assert all((DOCS / "figures" / f"{name}.svg").is_file() for name in shown)


@pytest.mark.parametrize("name", generate.PAGES)
def test_generated_pages_are_current(name: str) -> None:
    assert text_of(name) == generate.PAGES[name](), "run `make docs`"


def test_the_page_of_the_manual_is_current() -> None:
    assert text_of("xenotrack.1") == generate.man_page(), "run `make docs`"


def wrong_examples(outcomes: Outcomes) -> list[str]:
    """The commands of a page that print something else than it says."""
    wrong = []
    for example, printed in outcomes:
        expected = console.trimmed(example.expected)
        if not console.agrees(expected, console.narrowed(printed, expected)):
            wrong.append("\n".join([f"$ {example.command}", *printed]))
    return wrong


def outcomes_of(path: Path) -> Outcomes:
    return list(console.outcomes(console.Page.read(path)))


WITH_EXAMPLES = [p for p in PAGES if any(console.Page.read(p).steps())]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> dict[Path, Outcomes]:
    """What the examples of the pages under test print, a page beside the other: they are many."""
    wanted = [
        item.callspec.params["path"]
        for item in request.session.items
        if getattr(item, "originalname", "") == test_examples_print_what_the_page_says.__name__
    ]
    with ThreadPoolExecutor() as pool:
        return dict(zip(wanted, pool.map(outcomes_of, wanted), strict=True))


@pytest.mark.parametrize(
    "path",
    [
        page if page.name == "README.md" else pytest.param(page, marks=pytest.mark.slow)
        for page in WITH_EXAMPLES
    ],
    ids=names(WITH_EXAMPLES),
)
def test_examples_print_what_the_page_says(path: Path, outcomes: dict[Path, Outcomes]) -> None:
    wrong = "\n\n".join(wrong_examples(outcomes[path]))
    assert not wrong, "run `make docs` and read what changed"


def test_a_wrong_example_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(
        "```console\n$ echo one\none\n$ printf 'a\\nb\\nc\\n'\na\n…\nc\n$ echo two\nthree\n```\n",
        encoding="utf-8",
    )
    assert wrong_examples(outcomes_of(path)) == ["$ echo two\ntwo"]


def test_a_table_is_cut_to_the_columns_that_its_header_names() -> None:
    printed = [
        "Doubt: a text.",
        "arm    n  estimate  low",
        "a b    1      -0.1",
        "c     10       0.2    3",
    ]
    expected = ["Doubt: a text.", "arm  …  estimate", "a b         -0.1", "c            0.2"]
    assert console.narrowed(printed, expected) == expected


def test_readme_is_short_and_shows_the_two_commands_of_a_fresh_clone() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    for word in ("make demo", "make test", "pip install ."):
        assert word in text


def broken_links(path: Path) -> list[str]:
    """Relative links of a page whose file or heading does not exist."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, heading = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (heading and heading not in anchors(target)):
            broken.append(link)
    return broken


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings have on the usual hosts."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("path", EVERY_PAGE, ids=names(EVERY_PAGE))
def test_links_lead_somewhere(path: Path) -> None:
    assert not broken_links(path)


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A heading\n", encoding="utf-8")
    path = tmp_path / "page.md"
    path.write_text("[a](other.md#a-heading) [b](other.md#none) [c](gone.md)", encoding="utf-8")
    assert broken_links(path) == ["other.md#none", "gone.md"]


def test_every_page_is_reached_from_the_index() -> None:
    linked = set(re.findall(r"\]\(([^)#\s]+)", text_of("index.md")))
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert pages - {"index.md"} <= linked


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as HTML, built as `make site` builds them."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", folder]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_the_site_has_every_page_and_leads_to_it(site: Path) -> None:
    margin = (site / "docs" / "index.html").read_text(encoding="utf-8")
    for path in DOCS.rglob("*.md"):
        page = path.relative_to(DOCS).with_suffix(".html")
        assert (site / "docs" / page).exists()
        assert path.name == "index.md" or f'href="{page.as_posix()}"' in margin


@pytest.mark.slow
def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    loads = re.compile(r'(?:src|<link[^>]*href)="(https?:[^"]*)"')
    for page in site.rglob("*.html"):
        assert loads.findall(page.read_text(encoding="utf-8")) == []


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert targets == set(
        re.findall(r"^\| `make ([a-z]+)`", text_of("contributing.md"), re.MULTILINE)
    )


@pytest.mark.parametrize("command", LOADED)
def test_every_option_is_documented(command: str) -> None:
    page = text_of("commands.md")
    own = page.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
    shared = page.partition("\n## Study and sheet\n")[2] if "#study-and-sheet" in own else ""
    section = own + shared
    for parameter in LOADED[command].params:
        hidden = getattr(parameter, "hidden", False)  # taken from a batch, without an effect
        for flag in (name for name in parameter.opts if name.startswith("-")):
            assert (flag in section) != hidden
    assert f"xenotrack {command}" in section


def test_every_command_has_an_example_that_is_run() -> None:
    run = [
        step.command
        for path in WITH_EXAMPLES
        for step in console.Page.read(path).steps()
        if isinstance(step, console.Example)
    ]
    shown = {name for name in LOADED for line in run if f"xenotrack {name} " in line}
    assert shown == set(LOADED)


def test_every_column_is_documented() -> None:
    page = text_of("columns.md")
    for table, columns in TABLES.items():
        section = page.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
        assert [name for name in columns if f"`{name}`" not in section] == []


def test_every_rule_of_study_toml_has_a_line() -> None:
    page = text_of("study-toml.md")
    for section in msgspec.structs.fields(Rules):
        name = section.encode_name
        part = page.partition(f"\n## [{name}]\n")[2].partition("\n## ")[0]
        assert part, name
        assert name in KEYS or name in study_toml.SECTIONS
        assert [key.name for key in KEYS.get(name, ()) if f"| `{key.name}`" not in part] == []
    assert [name for name in COLUMN_ROLES if f"`{name}`" not in page] == []


def test_methods_name_every_rule_of_the_analysis() -> None:
    page = text_of("methods.md")
    sections = ("growth", "progression", "response", "compare")
    keys = [key.name for section in sections for key in KEYS[section]]
    assert [key for key in keys if f"`{key}" not in page] == []


def test_findings_and_doubts_that_results_carry_are_documented(sample) -> None:
    from xenotrack.present.results import Results
    from xenotrack.study.ingest import read_study
    from xenotrack.study.settings import read_rules

    page = text_of("findings.md")
    path = Path(sample("naive.toml"))
    study = read_study(path, read_rules(path))
    met = [doubt.rule for doubt in Results(study).doubts]
    met += [finding.rule for finding in read_study(Path(sample("wide.csv"))).findings]
    assert met
    assert [rule for rule in met if f"| `{rule}` |" not in page] == []


def test_a_new_finding_is_found_in_the_code(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(
        "def rule(study):\n"
        "    text = f'Mouse {study} flew.'\n"
        "    yield about_study(study, 'mouse-flew', text, 'Close the window.')\n",
        encoding="utf-8",
    )
    findings, doubts = rule_texts.collect(tmp_path)
    said = rule_texts.Said("warning", "Mouse … flew.", "Close the window.")
    assert (findings, doubts) == ([("mouse-flew", said)], [])


def test_a_finding_is_told_with_every_severity_and_text_that_it_can_have(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(
        "def rule(sheet, far):\n"
        "    severity: Severity = 'warning' if far else 'error'\n"
        "    for role in ('arm', 'mouse'):\n"
        "        yield sheet_finding(sheet, f'{role}-flew', '', f'The {role} flew.', mend(far), "
        "severity)\n"
        "def mend(far):\n"
        "    if far:\n"
        "        return f'Follow {far}.'\n"
        "    return 'Look under the ' + ('bed' if far else 'table') + '.'\n",
        encoding="utf-8",
    )
    mend = "Follow …. *Or:* Look under the bed / table."
    assert rule_texts.collect(tmp_path)[0] == [
        (f"{role}-flew", rule_texts.Said("error or warning", f"The {role} flew.", mend))
        for role in ("arm", "mouse")
    ]


def test_what_is_told_of_findings_and_doubts_by_hand_is_of_such_as_there_are() -> None:
    findings, doubts = map(dict, rule_texts.collect(ROOT / "xenotrack"))
    assert set(rule_words.MENDS) == set(doubts)
    assert set(rule_words.RETOLD) | set(rule_words.NAMED) <= set(findings) | set(doubts)
    assert set(rule_words.ASKED) <= set(findings)


def test_every_finding_says_what_was_seen_and_what_to_do() -> None:
    section = text_of("findings.md").partition("## Findings")[2].partition("## Doubts")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    assert rows
    assert [row for row in rows if not all(re.search("[a-z]{2} ", cell) for cell in row[2:])] == []


def test_the_page_lists_every_word_that_is_read_as_a_fate() -> None:
    from xenotrack.study.fate_words import FATE_WORDS

    section = text_of("formats.md").partition("### Fates")[2].partition("\n\nCase, ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", section, flags=re.MULTILINE)
    listed = {word: fate for fate, words in rows for word in words.split(", ")}
    assert listed == FATE_WORDS


def test_the_example_of_a_study_toml_is_read_and_its_rules_hold(ask, sample, tmp_path) -> None:
    sheet = Path(sample("combination.csv")).read_text(encoding="utf-8")
    sheet = sheet.replace("mouse,", "Animal ID,", 1).replace("length_mm", "Dmax (mm)", 1)
    began = datetime.date(2024, 3, 4)
    head, *rows = [line.split(",") for line in sheet.splitlines()]
    day = head.index("day")
    for row in rows:
        row[day] = str(began + datetime.timedelta(days=int(row[day])))
    head[day] = "date"
    text = "\n".join(",".join(row) for row in (head, *rows))
    (tmp_path / "calipers.csv").write_text(text, encoding="utf-8")
    toml = tmp_path / "study.toml"
    toml.write_text(study_toml.EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    found = json.loads(ask("compare", toml, "-f", "json", code=0).stdout)
    assert len(found["exclusions"]) == 2
    rows = [
        row for row in found["rows"] if row["contrast"] == "alpelisib+fulvestrant - fulvestrant"
    ]
    assert {row["adjustment"] for row in rows} == {"none"}
