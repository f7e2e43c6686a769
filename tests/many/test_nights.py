"""A batch night after night: what stood in its way is tried again, and what is told is of now."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from many.batches import held, sheets_like
from many.crews import Here
from xenotrack.errors import InputError
from xenotrack.many.asked import Asked
from xenotrack.many.batch import Batch
from xenotrack.many.gather import Found, studies_of
from xenotrack.many.plan import plan_studies
from xenotrack.many.record import failure_of


def night(folder: Path, crew: Here | None = None) -> str:
    """What becomes of each study, by the order of their names."""
    batch = Batch(plan_studies([folder]), Asked(tables=("tidy",)), folder.parent / "out")
    ended = {one.planned.name: one.how for one in batch.work(crew or Here())}
    return " ".join(ended[name] for name in sorted(ended))


@pytest.fixture
def sheets(sample, tmp_path) -> Path:
    """Two studies that differ."""
    return sheets_like(Path(sample("two_arm.csv")), "ab", tmp_path / "sheets")


def statuses(folder: Path) -> dict[str, Found]:
    return {one.name: one for one in studies_of(folder.parent / "out", plan_studies([folder]))}


def occupied(place: Path) -> None:
    place.mkdir(parents=True)
    (place / "photo.jpg").write_bytes(b"of a mouse")


def no_folder(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")


def link_to_nothing(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.symlink_to(place.parent / "gone")


@pytest.mark.parametrize("occupy", [occupied, no_folder, link_to_nothing])
def test_a_study_whose_place_was_taken_is_done_once_it_is_free(sheets, occupy) -> None:
    place = sheets.parent / "out" / "a"
    occupy(place)
    assert night(sheets) == "failed done"
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    assert night(sheets) == "done unchanged"
    assert failure_of(place.parent, "a") is None


def test_a_manifest_that_is_cut_is_told_and_its_study_is_done_once_the_folder_is_gone(
    sheets,
) -> None:
    night(sheets)
    place = sheets.parent / "out" / "a"
    (place / "manifest.json").write_bytes((place / "manifest.json").read_bytes()[:50])
    assert night(sheets) == "failed unchanged"
    assert "manifest.json is cut short" in failure_of(place.parent, "a").message
    shutil.rmtree(place)
    assert night(sheets) == "done unchanged"


def test_a_manifest_that_may_not_be_read_is_not_said_to_be_cut(sheets, monkeypatch) -> None:
    night(sheets)
    manifest = sheets.parent / "out" / "a" / "manifest.json"
    manifest.write_bytes(b"")  # to the superuser no file is closed
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != manifest)
    assert night(sheets) == "failed unchanged"
    assert "manifest.json may not be read" in failure_of(sheets.parent / "out", "a").message


def test_results_of_which_a_power_cut_left_an_empty_file_are_made_again(sheets) -> None:
    night(sheets)
    table = sheets.parent / "out" / "a" / "tables" / "tidy.csv"
    before = table.read_bytes()
    table.write_bytes(b"")
    assert night(sheets) == "done unchanged"
    assert table.read_bytes() == before


def test_a_library_that_was_missing_is_looked_for_each_time(sheets, monkeypatch) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    rows = pandas.read_csv(sheets / "a.csv")
    (sheets / "a.csv").unlink()
    rows.to_parquet(sheets / "a.parquet")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pyarrow", None)
        assert night(sheets) == "failed done"
    assert night(sheets) == "done unchanged"


def test_a_study_whose_sheet_was_changed_since_is_undone_for_who_collects(sheets) -> None:
    night(sheets)
    assert {one.status for one in statuses(sheets).values()} == {"done"}
    text = (sheets / "a.csv").read_text(encoding="utf-8")
    (sheets / "a.csv").write_text(text.replace("drug a", "drug c"), encoding="utf-8")
    os.utime(sheets / "a.csv", (0, 0))  # whatever the clock says
    found = statuses(sheets)
    assert (found["a"].status, found["a"].folder, found["b"].status) == ("undone", None, "done")
    assert "changed since" in found["a"].failure
    (sheets / "a.csv").write_text(text, encoding="utf-8")
    assert statuses(sheets)["a"].status == "done"


def test_a_study_toml_that_was_edited_since_is_undone_as_well(sheets) -> None:
    toml = sheets / "c.toml"
    toml.write_text('[study]\nsheet = "a.csv"\n', encoding="utf-8")
    night(sheets)
    assert sorted(statuses(sheets)) == ["b", "c"]
    toml.write_text('[study]\nsheet = "a.csv"\ncontrol = "vehicle"\n', encoding="utf-8")
    assert statuses(sheets)["c"].status == "undone"
    assert night(sheets) == "unchanged done"
    assert statuses(sheets)["c"].status == "done"


def test_where_no_folder_of_results_is_nothing_is_gathered(tmp_path) -> None:
    with pytest.raises(InputError, match="no folder of a batch"):
        studies_of(tmp_path / "none", [])


@pytest.mark.parametrize("by_link", [False, True])
def test_a_folder_whose_disk_is_not_there_is_no_study_and_leaves_all_as_it_was(
    ask, sheets, tmp_path, monkeypatch, by_link
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("sheets", "-o", "out", "--tables", "tidy", "--jobs", "1")
    collected = ("collect", "out", "--only", "sheets", "-o", "all.sqlite", "--index", "all.html")
    ask("batch", *asked, code=0)
    ask(*collected, code=0)
    before = held(tmp_path)
    shutil.rmtree(sheets)
    if by_link:
        sheets.symlink_to(tmp_path / "disk")
    for command in (("batch", *asked), collected):
        assert "There is no folder sheets. Look" in ask(*command, code=1).stderr
    kept = {name: data for name, data in before.items() if not name.startswith("sheets/")}
    assert held(tmp_path) == kept


@pytest.fixture
def bench(sample, tmp_path, monkeypatch) -> Path:
    """A folder as the examples of help have it: samples, and a sheet of one's own."""
    (tmp_path / "sample_data").mkdir()
    for name in ("naive.toml", "naive.csv", "two_arm.csv"):
        shutil.copy(sample(name), tmp_path / "sample_data")
    text = Path(sample("combination.csv")).read_text(encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(text.replace("vehicle", "Vehicle"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_of_help_run_one_after_another(ask, bench) -> None:
    for command in ("batch", "collect"):
        _, _, examples = ask(command, "-h", code=0).stdout.partition("Examples")
        lines = [line for line in examples.splitlines() if line.startswith("    xenotrack ")]
        assert len(lines) > 2
        for line in lines:
            words = [*shlex.split(line)[1:], *(["--jobs", "1"] if command == "batch" else [])]
            ask(*words, *(["--tables", "growth"] if "key" in words else []), code=0)


def test_quiet_leaves_failures_alone(ask, sheets, tmp_path) -> None:
    asked = ("batch", sheets, "-o", tmp_path / "out", "--tables", "tidy", "--jobs", "1", "-q")
    assert ask(*asked, code=0).stderr == ""
    (sheets / "a.csv").write_text("mouse,arm\n1,vehicle\n", encoding="utf-8")
    said = ask(*asked, code=1).stderr
    assert said.startswith("Failed: a: ")
    assert "done" not in said.partition("Error: ")[0]
    assert "Only failures on stderr." in ask("batch", "-h", code=0).stdout
