"""``run``: one whole folder or none, the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from costs import often

from xenotrack import __version__
from xenotrack.credits import RESTS_ON
from xenotrack.glossary import TABLES
from xenotrack.present import studio
from xenotrack.present.figures.catalogue import FIGURES
from xenotrack.present.tables import SCHEMA_VERSION

ROOT = Path(__file__).parent.parent
FILES = {
    "README.txt",
    "report.html",
    "methods.md",
    "tables.xlsx",
    "prism.pzfx",
    "xenotrack_mqc.json",
    "manifest.json",
    "results.json",
    *(f"tables/{name}.csv" for name in TABLES),
    *(
        f"figures/{figure.name}.{form}"
        for figure in FIGURES
        if not figure.on_request
        for form in ("svg", "png")
    ),
    *(f"figures/{figure.name}_narrow.svg" for figure in FIGURES if not figure.on_request),
}
ENDS_WITH = {"SIGTERM": 143, "SIGINT": 130, "SIGKILL": -9}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
LONELY = "mouse,arm,day,volume\n" + "".join(
    f"m{mouse},drug,{day},{100 * 1.1**day + mouse:.1f}\n" for mouse in range(3) for day in (0, 3, 7)
)
TWO_STUDIES = "study,mouse,arm,day,volume\n" + "".join(
    f"{study},{arm} {mouse},{arm},{day},{100 * rate**day + 5 * mouse * (day + 1):.1f}\n"
    for study in ("Study 1", "study/1")
    for arm, rate in (("vehicle", 1.08), ("drug", 1.01))
    for mouse in range(3)
    for day in (0, 3, 7)
)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def strict_json(data: bytes) -> dict:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(data, parse_constant=refuse)


@pytest.fixture
def unpainted(monkeypatch) -> None:
    """Figures without drawing, which takes seconds, for tests of everything else."""

    def drawn(kinds, drawable):
        for kind in kinds:
            yield from ((f"{kind}.{form}", PICTURE) for form in studio.FORMATS)
        yield from ((f"{kind}_narrow.svg", PICTURE) for kind in kinds)

    monkeypatch.setattr(studio, "_draw", drawn)
    monkeypatch.setattr(studio, "_can_share_work", lambda: False)


@pytest.fixture
def sheet(tmp_path, sample) -> Path:
    """A sheet in a folder of its own."""
    folder = tmp_path / "bench"
    folder.mkdir()
    return Path(shutil.copy(sample("two_arm.csv"), folder / "sheet.csv"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory, ask) -> tuple[Path, str, Path]:
    """A folder with real figures, the summary, and the folder with the sheet."""
    bench = tmp_path_factory.mktemp("whole")
    shutil.copy(ROOT / "sample_data" / "combination.csv", bench / "sheet.csv")
    (bench / "study.toml").write_text(
        '[study]\nname = "Pair"\nsheet = "sheet.csv"\n[growth]\nuntil = 21\n', encoding="utf-8"
    )
    answer = ask("run", bench / "study.toml", "-o", bench / "out", "--value", "3", code=0)
    return bench / "out", answer.stdout, bench


def test_the_folder_holds_what_the_contract_names(whole) -> None:
    assert set(files_in(whole[0])) == FILES


def test_figures_are_pictures(whole) -> None:
    for name, data in files_in(whole[0] / "figures").items():
        if name.endswith(".svg"):
            assert ElementTree.fromstring(data).tag == "{http://www.w3.org/2000/svg}svg"
        else:
            assert data.startswith(b"\x89PNG\r\n\x1a\n")


def test_the_tables_are_what_the_commands_say(whole, ask) -> None:
    out, _, bench = whole
    for name in ("tidy", "growth", "compare", "synergy", "tolerability"):
        rules = ["--value", "3"] if name == "compare" else []
        said = ask(name, bench / "study.toml", "-f", "csv", *rules, code=0).stdout
        assert (out / "tables" / f"{name}.csv").read_text(encoding="utf-8") == said


def test_every_table_has_its_columns(whole) -> None:
    for name, columns in TABLES.items():
        text = (whole[0] / "tables" / f"{name}.csv").read_text(encoding="utf-8")
        assert tuple(next(csv.reader(io.StringIO(text)))) == columns


def test_the_manifest_says_versions_rules_and_inputs(whole) -> None:
    out, _, bench = whole
    manifest = strict_json((out / "manifest.json").read_bytes())
    assert manifest["xenotrack"] == __version__
    assert set(manifest["libraries"]) == {"numpy", "scipy", "pandas", "plotnine", "matplotlib"}
    assert manifest["rests_on"] == {
        **{table: list(libraries) for table, libraries in RESTS_ON.items()},
        "figures": ["matplotlib", "plotnine"],
    }
    assert {one["name"]: one["sha256"] for one in manifest["outputs"]} == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files_in(out).items()
        if name != "manifest.json"
    }
    assert manifest["rules"]["growth"]["until"] == 21
    assert manifest["rules"]["progression"]["value"] == 3
    assert manifest["inputs"] == [
        {"name": name, "sha256": hashlib.sha256((bench / name).read_bytes()).hexdigest()}
        for name in ("study.toml", "sheet.csv")
    ]


def test_no_output_names_a_folder(whole) -> None:
    for name, data in files_in(whole[0]).items():
        assert str(whole[2]).encode() not in data, name


def test_results_hold_every_table_and_doubt(whole) -> None:
    out, summary, _ = whole
    results = strict_json((out / "results.json").read_bytes())
    assert results["schema_version"] == SCHEMA_VERSION
    assert {one["kind"] for one in results["claims"]} >= {"contrast", "synergy"}
    assert {name: tuple(rows[0]) for name, rows in results["tables"].items() if rows} == {
        name: TABLES[name] for name, rows in results["tables"].items() if rows
    }
    assert set(results["tables"]) == set(TABLES)
    said = " ".join(summary.split())
    for doubt in results["doubts"]:
        assert " ".join(doubt["text"].split()) in said


def test_the_contents_page_lists_every_table_and_figure(whole) -> None:
    text = (whole[0] / "README.txt").read_text(encoding="utf-8")
    assert set(text.split()) >= {name.rpartition("/")[2] for name in FILES - {"README.txt"}}


@pytest.mark.slow
def test_another_run_elsewhere_gives_the_same_bytes(whole, run, tmp_path) -> None:
    out, summary, bench = whole
    for name in ("sheet.csv", "study.toml"):
        shutil.copy(bench / name, tmp_path / name)
    done = run(
        *("run", "study.toml", "-o", "deep/er", "--value", "3"),
        cwd=tmp_path,
        env={"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "3", "COLUMNS": "30"},
    )
    assert done.stdout == summary
    again = files_in(tmp_path / "deep" / "er")
    assert {name for name, data in files_in(out).items() if again[name] != data} == set()


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize(
    "study", ["naive.toml", "resistant.toml", "combination.csv", "two_arm.csv", "wide.csv"]
)
def test_what_is_told_of_a_sample_stays(ask, golden, sample, tmp_path, study) -> None:
    answer = ask("run", sample(study), "-o", tmp_path / "out", code=0)
    golden(f"summary.{study.partition('.')[0]}.txt", answer.stdout)
    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    if study.endswith(".toml"):
        # The declared samples know all their doubts.
        findings = (tmp_path / "out" / "tables" / "findings.csv").read_text("utf-8")
        told = [*csv.DictReader(io.StringIO(findings)), *results["doubts"]]
        assert told
        assert all(each["accepted"] for each in told)
    story = results["story"]
    # Which versions of libraries were there changes no word else.
    story["methods"] = [re.sub(r" \(numpy .*\)", "", text) for text in story["methods"]]
    golden(
        f"story.{study.partition('.')[0]}.json",
        json.dumps(story, ensure_ascii=False, indent=1) + "\n",
    )


@pytest.mark.usefixtures("unpainted")
def test_a_study_without_control_has_empty_comparisons_with_headers(ask, tmp_path) -> None:
    (tmp_path / "sheet.csv").write_text(LONELY, encoding="utf-8")
    ask("run", tmp_path / "sheet.csv", "-o", tmp_path / "out", code=0)
    for name in ("compare", "synergy"):
        text = (tmp_path / "out" / "tables" / f"{name}.csv").read_text(encoding="utf-8")
        assert text == ",".join(TABLES[name]) + "\n"


@pytest.mark.usefixtures("unpainted")
def test_earlier_results_are_replaced_and_all_else_stays(ask, sheet, tmp_path) -> None:
    out = tmp_path / "out"
    ask("run", sheet, "-o", out, code=0)
    first = files_in(out)
    mine = {"tables/my own.csv": b"1", "notes.txt": b"2", ".git/config": b"3"}
    for name, data in mine.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(data)
    (out / "methods.md").write_text("edited", encoding="utf-8")
    said = ask("run", sheet, "-o", out, code=0).stderr
    assert files_in(out) == first | mine | {"methods.md.kept": b"edited"}
    assert "methods.md is methods.md.kept now" in said
    assert "Left as it was in" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bench", "out"]


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("manifest", [None, b"{}", b'{"manifest_version": 3}', b"\xff", b"[1]"])
def test_a_folder_of_somebody_else_is_refused(ask, sheet, tmp_path, manifest) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.txt").write_text("dear", encoding="utf-8")
    if manifest is not None:
        (out / "manifest.json").write_bytes(manifest)
    before = files_in(out)
    answer = ask("run", sheet, "-o", out, code=1)
    assert answer.stdout == ""
    why = "is not empty" if manifest is None else "of another program"
    assert why in answer.stderr
    assert files_in(out) == before


@pytest.mark.usefixtures("unpainted")
def test_an_empty_folder_is_filled(ask, sheet, tmp_path) -> None:
    (tmp_path / "out").mkdir()
    ask("run", sheet, "-o", tmp_path / "out", code=0)
    assert set(files_in(tmp_path / "out")) == FILES


@pytest.mark.usefixtures("unpainted")
def test_the_empty_folder_one_stands_in_is_filled_and_stays_the_same(
    ask, sheet, tmp_path, monkeypatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = os.stat(".")
    for _ in range(2):
        ask("run", sheet, "-o", ".", code=0)
    assert os.path.samestat(os.stat(tmp_path / "here"), before)
    assert set(files_in(tmp_path / "here")) == FILES


@pytest.mark.usefixtures("unpainted")
def test_a_link_stays_a_link(ask, sheet, tmp_path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    ask("run", sheet, "-o", tmp_path / "link", code=0)
    assert (tmp_path / "link").is_symlink()
    assert set(files_in(tmp_path / "real")) == FILES


@pytest.mark.usefixtures("unpainted")
def test_a_refused_sheet_leaves_no_folder(ask, tmp_path) -> None:
    (tmp_path / "sheet.csv").write_text("mouse,arm,day,volume\n", encoding="utf-8")
    answer = ask("run", tmp_path / "sheet.csv", "-o", tmp_path / "a" / "b", code=1)
    assert answer.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.csv"]


@pytest.mark.usefixtures("unpainted")
def test_strict_leaves_earlier_results_alone(ask, sheet, sample, tmp_path) -> None:
    out = tmp_path / "out"
    ask("run", sheet, "-o", out, code=0)
    before = files_in(out)
    answer = ask("run", sample("combination.csv"), "-o", out, "--strict", code=1)
    assert answer.stdout == ""
    assert files_in(out) == before


@pytest.mark.usefixtures("unpainted")
def test_each_study_of_a_sheet_has_a_folder_of_its_own(ask, tmp_path) -> None:
    (tmp_path / "sheet.csv").write_text(TWO_STUDIES, encoding="utf-8")
    for _ in range(2):  # the second run replaces the first
        answer = ask("run", tmp_path / "sheet.csv", "-o", tmp_path / "out", code=0)
        assert {path.name for path in (tmp_path / "out").iterdir()} == {
            "Study_1",
            "study_1_2",
            "index.html",
        }
    assert answer.stdout.count("2 arms, 6 mice") == 2
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    for name in ("Study_1", "study_1_2"):
        assert set(files_in(tmp_path / "out" / name)) == FILES
        assert f'href="{name}/report.html"' in page


@pytest.mark.usefixtures("unpainted")
def test_a_page_of_studies_that_a_person_changed_is_kept(ask, tmp_path) -> None:
    (tmp_path / "sheet.csv").write_text(TWO_STUDIES, encoding="utf-8")
    page = tmp_path / "out" / "index.html"
    for _ in range(2):
        ask("run", tmp_path / "sheet.csv", "-o", tmp_path / "out", code=0)
        page.write_bytes(page.read_bytes() + b"mine")
    kept = page.with_name("index.html.kept")
    assert kept.read_bytes().endswith(b"mine")
    assert page.read_bytes() == kept.read_bytes()


def two_tomls(folder: Path) -> list[Path]:
    """A study.toml of a sheet that is there, and one of a sheet that is not."""
    (folder / "there.csv").write_text(LONELY, encoding="utf-8")
    tomls = [folder / "there.toml", folder / "gone.toml"]
    for path in tomls:
        path.write_text(f'[study]\nsheet = "{path.stem}.csv"\n', encoding="utf-8")
    return tomls


@pytest.mark.usefixtures("unpainted")
def test_several_studies_have_a_folder_each_and_a_page_with_failures_first(ask, tmp_path) -> None:
    tomls, out = two_tomls(tmp_path), tmp_path / "out"
    for _ in range(2):
        answer = ask("run", *tomls, "-o", out, code=1)
    assert answer.stdout.startswith("there: ")
    assert "Failed: gone: There is no file" in answer.stderr
    assert {path.name for path in out.iterdir()} == {"there", "gone.failed.json", "index.html"}
    assert set(files_in(out / "there")) == FILES
    page = (out / "index.html").read_text("utf-8")
    assert page.index("<strong>gone</strong>") < page.index('href="there/report.html"')


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("-o", "-"), "are written into a folder"),
        (("-o", "out", "--depfile", "out.d"), "are about one study"),
        (("there.csv", "-o", "out"), "Several sheets are the parts of one study"),
    ],
)
def test_what_needs_one_study_is_refused_of_several(ask, tmp_path, monkeypatch, more, why) -> None:
    monkeypatch.chdir(tmp_path)
    answer = ask("run", *two_tomls(tmp_path), *more, code=2)
    assert why in answer.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("unpainted")
def test_each_phase_of_a_study_has_a_folder_of_its_own(ask, tmp_path) -> None:
    days = {"led in": (0, 5, 10), "vehicle": (14, 18, 22), "A": (14, 18, 22)}
    rows = [
        f"m{mouse},{arm},{day},{100 + 3 * day + mouse * day}"
        for mouse in range(8)
        for arm in ("led in", "A" if mouse % 2 else "vehicle")
        for day in days[arm]
    ]
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("\n".join(["mouse,arm,day,volume", *rows]), encoding="utf-8")
    answer = ask("run", sheet, "-o", tmp_path / "out", code=0)
    folders = {path.name for path in (tmp_path / "out").iterdir()}
    assert folders == {"sheet_phase_1", "sheet_phase_2", "index.html"}
    assert "sheet, phase 2: 2 arms, 8 mice, 24 readings on days 0 to 8" in answer.stdout
    facts = json.loads((tmp_path / "out/sheet_phase_2/results.json").read_text("utf-8"))
    assert facts["study"]["phase"] == "2"
    rules = json.loads((tmp_path / "out/sheet_phase_2/manifest.json").read_text("utf-8"))["rules"]
    assert rules["study"]["phase"] == "2"
    listed = ask("check", sheet, "-f", "csv", code=0).stdout
    assert listed.count("phases-recognised") == 1
    assert "phases: 1 (led in); 2 (vehicle, A)" in ask("growth", sheet, code=1).stderr


@pytest.mark.usefixtures("unpainted")
def test_one_of_several_studies_can_be_selected(ask, tmp_path) -> None:
    (tmp_path / "sheet.csv").write_text(TWO_STUDIES, encoding="utf-8")
    asked = ("run", tmp_path / "sheet.csv", "-o", tmp_path / "out", "--select", "study/1")
    assert ask(*asked, code=0).stdout.startswith("study/1: ")
    assert set(files_in(tmp_path / "out")) == FILES


KILLED = (
    "import os, sys\n"
    "from xenotrack.present import folder, studio\n"
    "studio._can_share_work = lambda: False\n"
    "studio._draw = lambda kinds, drawable: []\n"
    "folder.manifest = lambda results: os.kill(os.getpid(), {signal})\n"
    "from xenotrack.cli.app import main\n"
    "sys.argv = ['xenotrack', 'run', {sheet!r}, '-o', {out!r}]\n"
    "main()\n"
)


def killed(sheet: Path, out: Path, how: signal.Signals) -> int:
    """``run``, killed when all but the last file is written; its exit code."""
    code = KILLED.format(signal=int(how), sheet=str(sheet), out=str(out))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT)
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
    return done.returncode


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("how", often(ENDS_WITH, ["SIGTERM"]))
def test_a_killed_run_leaves_the_old_results(ask, sheet, tmp_path, how) -> None:
    code = ENDS_WITH[how]
    out = tmp_path / "out"
    ask("run", sheet, "-o", out, code=0)
    before = files_in(out)
    assert killed(sheet, out, signal.Signals[how]) == code
    assert files_in(out) == before
    if how != "SIGKILL":
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bench", "out"]


def test_a_killed_first_run_leaves_no_folder(sheet, tmp_path) -> None:
    assert killed(sheet, tmp_path / "a" / "out", signal.SIGTERM) == 143
    assert [path.name for path in tmp_path.iterdir()] == ["bench"]


STOPPED = (
    "import sys, time\n"
    "from xenotrack.present import collect, studio\n"
    "studio._can_share_work = lambda: True\n"
    "studio._warm_up = lambda kinds: None\n"
    "studio._draw = lambda kinds, drawable: time.sleep(1) or [('rates.svg', b'.' * 10**6)]\n"
    "def collect_tables(results):\n"
    "    time.sleep(0.5)\n"
    "    raise AssertionError\n"
    "collect.collect_tables = collect_tables\n"
    "from xenotrack.cli.app import main\n"
    "sys.argv = ['xenotrack', 'run', {sheet!r}, '-o', {out!r}]\n"
    "main()\n"
)


def test_a_run_that_stops_leaves_no_process_behind(sheet, tmp_path) -> None:
    code = STOPPED.format(sheet=str(sheet), out=str(tmp_path / "out"))
    # Whoever still holds the pipe keeps this waiting.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, timeout=60)
    assert done.returncode == 70
    assert done.stderr.count(b"Traceback") == 1


def test_an_artist_that_dies_costs_no_figure(ask, sheet, tmp_path, monkeypatch) -> None:
    def drawn(kinds, drawable):
        yield from ((f"{kind}.{form}", PICTURE) for kind in kinds for form in studio.FORMATS)

    monkeypatch.setattr(studio, "_draw", drawn)
    monkeypatch.setattr(studio, "_work", lambda ours, theirs: None)
    monkeypatch.setattr(studio, "_can_share_work", lambda: True)
    ask("run", sheet, "-o", tmp_path / "out", code=0)
    assert (tmp_path / "out" / "figures" / "rates.png").read_bytes() == PICTURE
