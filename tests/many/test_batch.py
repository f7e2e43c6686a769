"""Many studies: each done once, or named with what is wrong with it, whatever happens."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import time
from pathlib import Path
from threading import Thread

import pytest

from many.batches import held, sheets_like
from many.crews import Here
from xenotrack.errors import InputError
from xenotrack.many.asked import Asked
from xenotrack.many.batch import Batch, Ended, strangers
from xenotrack.many.claim import claim
from xenotrack.many.crew import Processes
from xenotrack.many.job import Job
from xenotrack.many.plan import in_shard, names_of, plan_studies
from xenotrack.many.record import Failure, failure_of, note_failure
from xenotrack.many.worker import Reply, about_error, work
from xenotrack.present.staging import staging_for

GROWTH = Asked(tables=("growth",))
TIDY = Asked(tables=("tidy",))  # nothing is fitted: what is done with studies is tested


@pytest.fixture(scope="module")
def once(sample, tmp_path_factory) -> Path:
    """Three studies that differ, in a folder ``sheets``, and their results in ``out``."""
    folder = tmp_path_factory.mktemp("once")
    batch(sheets_like(Path(sample("two_arm.csv")), "abc", folder / "sheets"))
    return folder


@pytest.fixture
def sheets(once, tmp_path) -> Path:
    """Three studies that differ, in a folder."""
    return shutil.copytree(once / "sheets", tmp_path / "sheets")


@pytest.fixture
def done(once, sheets) -> Path:
    """Their folder, where their results lie beside it."""
    shutil.copytree(once / "out", sheets.parent / "out")
    return sheets


def batch(
    folder: Path, crew: Here | None = None, asked: Asked = TIDY, **how: str
) -> dict[str, Ended]:
    """What becomes of the studies of a folder, by name."""
    planned = plan_studies([folder])
    ended = list(Batch(planned, asked, folder.parent / "out", **how).work(crew or Here()))
    assert sorted(one.planned.name for one in ended) == sorted(one.name for one in planned)
    return {one.planned.name: one for one in ended}


def hows(ended: dict[str, Ended]) -> str:
    return " ".join(ended[name].how for name in sorted(ended))


def test_what_is_done_is_not_done_again_until_something_changes(done) -> None:
    before = held(done.parent / "out")
    crew = Here()
    assert hows(batch(done, crew)) == "unchanged unchanged unchanged"
    assert crew.begun == []
    text = (done / "b.csv").read_text(encoding="utf-8")
    (done / "b.csv").write_text(text.replace("drug b", "drug d"), encoding="utf-8")
    assert hows(batch(done)) == "unchanged done unchanged"
    other = Asked({"growth": {"until": 14.0}}, tables=("tidy",))
    assert hows(batch(done, asked=other)) == "done done done"
    assert hows(batch(done, rerun="all")) == "done done done"
    (done / "b.csv").write_text(text, encoding="utf-8")
    batch(done)
    assert held(done.parent / "out") == before


@pytest.mark.parametrize("harm", ["cut", "missing", "no manifest"])
def test_results_that_are_not_whole_are_made_again(done, harm) -> None:
    before = held(done.parent / "out")
    results = done.parent / "out" / "a" / "results.json"
    if harm == "cut":
        results.write_bytes(results.read_bytes()[:100])
    elif harm == "missing":
        (results.parent / "tables" / "tidy.csv").unlink()
    else:
        shutil.rmtree(results.parent)
    assert hows(batch(done)) == "done unchanged unchanged"
    after = held(done.parent / "out")
    assert {name: after[name] for name in before} == before


def test_a_study_that_fails_is_named_and_the_rest_goes_on(sheets) -> None:
    (sheets / "b.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    out, crew = sheets.parent / "out", Here()
    first = batch(sheets, crew)
    assert hows(first) == "done failed done"
    assert "volume" in first["b"].message
    again = Here()
    second = batch(sheets, again)
    assert second["b"] == first["b"]
    assert again.begun == []
    retried = Here()
    assert hows(batch(sheets, retried, rerun="failed")) == "unchanged failed unchanged"
    assert retried.begun == ["b"]
    shutil.copy(sheets / "a.csv", sheets / "b.csv")
    assert hows(batch(sheets)) == "unchanged done unchanged"
    assert failure_of(out, "b") is None
    assert not (out / "b.failed.json").exists()


def test_a_file_that_is_not_there_fails_alone_and_is_looked_for_each_time(sheets) -> None:
    planned = plan_studies([sheets / "a.csv", sheets / "gone.csv"])
    ended = list(Batch(planned, TIDY, sheets.parent / "out").work(Here()))
    assert sorted((one.planned.name, one.how) for one in ended) == [
        ("a", "done"),
        ("gone", "failed"),
    ]
    shutil.copy(sheets / "b.csv", sheets / "gone.csv")
    ended = list(Batch(planned, TIDY, sheets.parent / "out").work(Here()))
    assert [one.how for one in ended] == ["unchanged", "done"]


def test_a_study_whose_worker_is_killed_once_is_tried_again(sheets) -> None:
    crew = Here(lambda name, turn: Reply("killed", "died") if turn == 1 else None)
    assert hows(batch(sheets, crew)) == "done done done"


def test_a_study_that_kills_its_worker_is_named_and_tried_another_night(sheets) -> None:
    crew = Here(lambda name, turn: Reply("killed", "died") if name == "b" else None)
    ended = batch(sheets, crew)
    assert (hows(ended), ended["b"].message) == ("done failed done", "died")
    assert hows(batch(sheets)) == "unchanged done unchanged"


def test_a_disk_that_was_full_is_tried_again(sheets) -> None:
    crew = Here(lambda name, turn: Reply("unwritten", "No space left") if name == "b" else None)
    assert hows(batch(sheets, crew)) == "done failed done"
    assert hows(batch(sheets)) == "unchanged done unchanged"


def test_a_sheet_that_is_still_being_written_is_done_again_once(sheets) -> None:
    whole = {name: (sheets / f"{name}.csv").read_bytes() for name in "abc"}
    for name, size in (("a", 400), ("b", 20)):  # half a study; no study yet
        (sheets / f"{name}.csv").write_bytes(whole[name][:size])

    def write(name: str, turn: int) -> None:
        with (sheets / f"{name}.csv").open("ab") as file:
            if name == "c":  # it never rests
                file.write(b"\n")
            elif turn == 1:
                file.write(whole[name][file.tell() :])

    crew = Here(write)
    assert hows(batch(sheets, crew)) == "done done done"
    assert sorted(crew.begun) == ["a", "a", "b", "b", "c", "c"]
    assert {name: (sheets / f"{name}.csv").read_bytes() for name in "ab"} == {
        name: whole[name] for name in "ab"
    }
    assert hows(batch(sheets)) == "unchanged unchanged done"


@pytest.mark.parametrize("gone", ["a.csv", "."])
def test_a_sheet_that_goes_while_it_is_analysed_is_done_of_what_it_held(sheets, gone) -> None:
    def remove(name: str, turn: int) -> None:
        if gone == ".":
            shutil.rmtree(sheets, ignore_errors=True)
        else:
            (sheets / gone).unlink(missing_ok=True)

    expected = "done done done" if gone == "a.csv" else "done failed failed"
    assert hows(batch(sheets, Here(remove))) == expected


@pytest.mark.parametrize(
    ("error", "settled", "word"),
    [
        (MemoryError(), False, "The memory did not suffice"),
        (ImportError("cannot import name 'x'"), False, "The machine stopped it: cannot import"),
        (
            OSError(errno.EMFILE, "Too many open files"),
            False,
            "The machine stopped it: [Errno 24] Too many",
        ),
        (KeyError("x"), True, "This is a bug in xenotrack"),
    ],
)
def test_what_a_bad_night_stopped_is_tried_again_and_a_bug_is_not(
    sheets, error, settled, word
) -> None:
    crew = Here(lambda name, turn: about_error(error, "trace") if name == "b" else None)
    ended = batch(sheets, crew)
    assert hows(ended) == "done failed done"
    assert ended["b"].message.startswith(word)
    assert hows(batch(sheets)) == (
        "unchanged failed unchanged" if settled else "unchanged done unchanged"
    )


def test_a_study_that_another_run_is_writing_is_waited_for(sheets) -> None:
    out = sheets.parent / "out"
    out.mkdir()
    with staging_for(out / "b") as staging:
        crew = Here(lambda name, turn: staging.discard(out / "b") if turn == 3 else None)
        assert hows(batch(sheets, crew)) == "done done done"
    assert crew.begun.count("b") == 3


def test_of_two_batches_at_once_one_does_a_study_and_the_other_finds_it_done(sheets) -> None:
    other, found = Here(), {}
    second = Thread(target=lambda: found.update(batch(sheets, other)))

    def meanwhile(name: str, turn: int) -> None:
        if name == "a":  # the second begins now, and does what is free
            second.start()
            until = time.monotonic() + 60
            while len(other.begun) < 2 and time.monotonic() < until:
                time.sleep(0.01)

    first = Here(meanwhile)
    assert hows(batch(sheets, first)) == "done unchanged unchanged"
    second.join()
    assert hows(found) == "unchanged done done"
    assert (first.begun, other.begun) == (["a"], ["b", "c"])
    assert [path.name for path in (sheets.parent / "out").glob(".*")] == []


def test_a_study_claimed_by_a_batch_that_died_is_free(done) -> None:
    out = done.parent / "out"
    for name in "ab":
        (out / f".{name}.claim").touch()
    (done / "b.csv").write_bytes((done / "c.csv").read_bytes())
    assert hows(batch(done)) == "unchanged done unchanged"
    assert list(out.glob(".*")) == []


def test_a_claim_is_one_at_a_time(tmp_path) -> None:
    first = claim(tmp_path, "a")
    assert first is not None
    assert claim(tmp_path, "a") is None
    first.release()
    again = claim(tmp_path, "a")
    assert again is not None
    again.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lacks", ["system", "disk"])
def test_without_locks_every_claim_is_granted(tmp_path, monkeypatch, lacks) -> None:
    def refuse(*asked: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    if lacks == "system":
        monkeypatch.setattr("xenotrack.many.claim.fcntl", None)
    else:
        monkeypatch.setattr("xenotrack.many.claim.fcntl.flock", refuse)
    both = [claim(tmp_path, "a"), claim(tmp_path, "a")]
    for one in both:
        assert one is not None
        one.release()
    assert list(tmp_path.iterdir()) == []


def test_what_a_person_changed_is_kept_and_said(done) -> None:
    (done.parent / "out" / "a" / "tables" / "tidy.csv").write_text("mine", encoding="utf-8")
    ended = batch(done, rerun="all")
    assert "tidy.csv.kept" in ended["a"].said[0]
    assert ended["b"].said == ()


def test_what_a_killed_run_left_beside_results_that_are_done_goes(done) -> None:
    left = done.parent / "out" / ".a.pf547k23"
    left.mkdir()
    (left / "xenotrack.lock").touch()
    ended = batch(done)
    assert hows(ended) == "unchanged unchanged unchanged"
    assert "left by a run that was cut short" in ended["a"].said[0]
    assert not left.exists()


def test_a_file_of_a_person_in_the_place_of_a_failure_stays(sheets) -> None:
    out = sheets.parent / "out"
    out.mkdir()
    (out / "b.failed.json").write_text("mine", encoding="utf-8")
    (sheets / "b.csv").write_text("nothing", encoding="utf-8")
    ended = batch(sheets)
    assert "is there already" in ended["b"].message
    assert (out / "b.failed.json").read_text(encoding="utf-8") == "mine"


def test_the_results_of_one_study_are_no_folder_for_many(done) -> None:
    one = done.parent / "out" / "a"
    with pytest.raises(InputError, match="results of one study"):
        list(Batch(plan_studies([done]), TIDY, one).work(Here()))
    assert not (one / "b").exists()


def test_a_folder_gives_its_studies_and_none_of_its_results(sheets) -> None:
    (sheets / "more").mkdir()
    shutil.move(sheets / "c.csv", sheets / "more" / "c.csv")
    (sheets / "c.toml").write_text('[study]\nsheet = "more/c.csv"\n', encoding="utf-8")
    (sheets / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (sheets / "README.txt").write_text("about", encoding="utf-8")
    (sheets / ".hidden.csv").write_text("", encoding="utf-8")
    planned = plan_studies([sheets, sheets / "a.csv"])
    assert [one.source.name for one in planned] == ["a.csv", "b.csv", "c.toml"]
    list(Batch(planned, TIDY, sheets / "results").work(Here()))
    assert plan_studies([sheets, sheets / "a.csv"]) == planned


def test_a_folder_that_is_a_link_is_looked_into_once(sheets, tmp_path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    shutil.move(sheets / "c.csv", archive / "c.csv")
    for place, target in (("old", archive), ("twice", archive), ("round", sheets)):
        (sheets / place).symlink_to(target)
    (archive / "back").symlink_to(sheets)
    assert [one.name for one in plan_studies([sheets])] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/x.csv", "b/x.csv", "y.csv"], ["a_x", "b_x", "y"]),
        (["p/a/x.csv", "q/a/x.csv"], ["p_a_x", "q_a_x"]),
        (["a/x.csv", "a/X.csv"], ["x_csv", "X_csv_2"]),
        (["a/y.csv", "b/y.csv", "b/y.xlsx"], ["y", "y_csv", "y_xlsx"]),
        (["a/..csv", "a/...csv"], ["study", "study_2"]),
    ],
)
def test_equal_stems_are_parted_and_every_name_stays_inside(paths, names, tmp_path) -> None:
    found = names_of([tmp_path / path for path in paths])
    assert len({name.casefold() for name in found}) == len(paths)
    assert all(Path(name).name == name and not name.startswith(".") for name in found)
    assert found == names


def test_what_a_study_is_called_does_not_depend_on_the_order_of_a_list(tmp_path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "A.csv", "x\u0301.csv", "b/a.csv", "b/A.csv")]
    names = {one.source: one.name for one in plan_studies(paths)}
    assert len(set(names.values())) == len(paths)
    for turn in range(len(paths)):
        turned = paths[turn:] + paths[:turn]
        assert [one.source for one in plan_studies(turned)] == turned
        assert {one.source: one.name for one in plan_studies(turned)} == names


def test_shards_have_every_study_once_and_none_moves_when_another_comes() -> None:
    paths = [Path(f"study{number}.csv") for number in range(100)]
    planned = plan_studies(paths)
    shards = [in_shard(planned, number, 7) for number in range(1, 8)]
    assert sorted(one.name for shard in shards for one in shard) == sorted(
        one.name for one in planned
    )
    fewer = in_shard(planned[:50], 3, 7)
    assert [one for one in shards[2] if one in planned[:50]] == fewer


def test_shards_write_between_them_what_one_batch_writes(once, sheets) -> None:
    planned, out = plan_studies([sheets]), sheets.parent / "out"
    for number in range(1, 4):
        ended = list(Batch(in_shard(planned, number, 3), TIDY, out).work(Here()))
        assert {one.how for one in ended} <= {"done"}
    assert held(out) == held(once / "out")


def test_results_of_studies_that_are_gone_are_named(done) -> None:
    out = done.parent / "out"
    (done / "c.csv").unlink()
    note_failure(out, Failure("b2", "b2.csv", "No mouse is there.", "", settled=True))
    assert strangers(out, plan_studies([done])) == ["b2", "c"]


def parts_of(path: Path, column: str, names: str) -> None:
    """Write a sheet with a column of studies, phases or lines."""
    rows = [f"{column},mouse,arm,day,volume"]
    for name in names:
        for mouse in range(6):
            arm, grown = ("vehicle", 9) if mouse < 3 else ("drug", 5)
            rows += [
                f"{name},m{name}{mouse},{arm},{day},{100 + (grown + mouse) * day}"
                for day in (0, 4, 8, 12)
            ]
    path.write_text("\n".join(rows), encoding="utf-8")


def test_a_panel_is_not_done_again_and_its_pool_is_one_of_its_results(tmp_path) -> None:
    (tmp_path / "sheets").mkdir()
    parts_of(tmp_path / "sheets" / "panel.csv", "line", "ABC")
    asked = Asked({"columns": {"line": "line"}})
    assert hows(batch(tmp_path / "sheets", asked=asked)) == "done"
    assert hows(batch(tmp_path / "sheets", asked=asked)) == "unchanged"
    (tmp_path / "out" / "panel" / "pool" / "results.json").unlink()
    assert hows(batch(tmp_path / "sheets", asked=asked)) == "done"
    assert hows(batch(tmp_path / "sheets", asked=asked)) == "unchanged"


@pytest.mark.parametrize("column", ["study", "phase"])
def test_a_sheet_that_loses_a_study_is_done_once_and_keeps_no_results_of_it(
    column, tmp_path
) -> None:
    sheet, out = tmp_path / "sheets" / "x.csv", tmp_path / "out" / "x"
    sheet.parent.mkdir()
    for names in ("ABC", "AB", "A", "BC"):
        parts_of(sheet, column, names)
        assert hows(batch(sheet.parent, asked=GROWTH)) == "done"
        assert hows(batch(sheet.parent, asked=GROWTH)) == "unchanged"
        made = sorted(path.parent.relative_to(out) for path in out.rglob("results.json"))
        assert len(made) == len(names)
        assert (made == [Path()]) == (len(names) == 1)


def test_a_file_that_a_person_changed_stays_when_its_study_goes(tmp_path) -> None:
    sheet, out = tmp_path / "sheets" / "x.csv", tmp_path / "out" / "x"
    sheet.parent.mkdir()
    parts_of(sheet, "study", "ABC")
    batch(sheet.parent, asked=GROWTH)
    (out / "C" / "tables" / "growth.csv").write_text("mine", encoding="utf-8")
    parts_of(sheet, "study", "AB")
    ended = batch(sheet.parent, asked=GROWTH)
    assert "growth.csv.kept" in "".join(ended["x"].said)
    assert held(out / "C") == {"tables/growth.csv.kept": b"mine"}
    assert hows(batch(sheet.parent, asked=GROWTH)) == "unchanged"


def deadly(orders) -> None:
    """A worker that dies of the study b, and once of a."""
    received = orders.recv

    class Orders:
        send = orders.send

        def recv(self) -> Job:
            job = received()
            mark = job.folder.parent / "died once"
            if job.folder.name == "b" or (job.folder.name == "a" and not mark.exists()):
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return job

    work(Orders())


def test_workers_that_are_killed_lose_nothing_and_results_are_those_of_one_process(
    sheets,
) -> None:
    crew = Processes(2, deadly)
    try:
        ended = batch(sheets, crew, GROWTH)
    finally:
        crew.close()
    assert hows(ended) == "done failed done"
    assert "signal 9" in ended["b"].message
    out = sheets.parent / "out"
    found = {name: data for name, data in held(out).items() if name[0] in "ac"}
    shutil.rmtree(out)
    batch(sheets, asked=GROWTH)
    serial = {name: data for name, data in held(out).items() if name[0] in "ac"}
    assert found == serial


def test_a_failure_is_noted_by_name(tmp_path) -> None:
    from xenotrack.many.record import Failure

    failure = Failure("a", "a.csv", "No mouse.", "0" * 64, settled=True)
    note_failure(tmp_path, failure)
    note_failure(tmp_path, failure)
    assert failure_of(tmp_path, "a") == failure
