"""``xenotrack batch``: what it writes is what ``run`` writes, and nobody's name leads out of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from many.batches import WAIT, held

SHEET = "mouse,arm,day,volume\n" + "".join(
    f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{100 + (9 + mouse) * day}\n"
    for mouse in range(6)
    for day in (0, 4, 8)
)


def test_each_study_is_what_run_writes_and_those_that_fail_are_named(run, tmp_path) -> None:
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    (sheets / "good.csv").write_text(SHEET, encoding="utf-8")
    (sheets / "bad.csv").write_text("mouse,arm,day\n1,vehicle,0\n", encoding="utf-8")
    (sheets / "unread.csv").symlink_to(tmp_path / "gone.csv")
    run("run", sheets / "good.csv", "-o", tmp_path / "one", "--figures", "none")
    done = run("batch", sheets, "-o", tmp_path / "many", "--jobs", 2, code=1)
    assert held(tmp_path / "many" / "good") == held(tmp_path / "one")
    assert sorted(path.name for path in (tmp_path / "many").iterdir()) == [
        "bad.failed.json",
        "good",
        "unread.failed.json",
    ]
    assert done.stdout == ""
    failed = [line for line in done.stderr.splitlines() if line.startswith("Failed: ")]
    assert sorted(line.split(":")[1].strip() for line in failed) == ["bad", "unread"]
    assert "1 done, 0 unchanged, 2 failed" in done.stderr
    assert "2 of 3 studies failed" in done.stderr


def test_a_plan_is_shown_and_nothing_is_done(ask, sample, tmp_path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{sample('two_arm.csv')}\n\n{tmp_path}/gone.csv\n", encoding="utf-8")
    out = tmp_path / "out"
    answer = ask("batch", "--files-from", listed, "-o", out, "--dry-run", code=0)
    rows = [line.split("\t") for line in answer.stdout.splitlines()]
    assert [row[:2] for row in rows] == [
        ["what", "folder"],
        ["do, new", "two_arm"],
        ["cannot be read", "gone"],
    ]
    assert not out.exists()
    same = ask(
        *("batch", "--files-from", "-", "-o", out, "--dry-run"), stdin=listed.read_bytes(), code=0
    )
    assert same.stdout == answer.stdout


def test_a_folder_without_a_study_is_a_failure_and_the_others_are_done(ask, tmp_path) -> None:
    for name in ("gone", "sheets"):
        (tmp_path / name).mkdir()
    (tmp_path / "gone" / "README.txt").write_text("what lies here", encoding="utf-8")
    out = ("-o", tmp_path / "out", "--tables", "tidy", "--jobs", 1)
    answer = ask("batch", tmp_path / "gone", *out, code=1)
    assert f"no study in {tmp_path / 'gone'}." in answer.stderr
    assert not (tmp_path / "out").exists()
    (tmp_path / "sheets" / "s.csv").write_text(SHEET, encoding="utf-8")
    answer = ask("batch", tmp_path / "gone", tmp_path / "sheets", *out, code=1)
    assert "1 done" in answer.stderr
    assert f"no study in {tmp_path / 'gone'}." in answer.stderr
    # One of many shards may have no study, and so may a list.
    shards = [ask("batch", tmp_path / "sheets", *out, "--shard", f"{k}/2", code=0) for k in (1, 2)]
    assert sorted(shard.stderr for shard in shards) == [
        "0 done, 0 unchanged, 0 failed.\n",
        "0 done, 1 unchanged, 0 failed.\n",
    ]
    ask("batch", "--files-from", "-", *out, stdin=b"\n", code=0)


def test_what_is_no_file_is_named_and_nobody_waits_for_it(tmp_path) -> None:
    sheets, out = tmp_path / "sheets", tmp_path / "out"
    sheets.mkdir()
    (sheets / "good.csv").write_text(SHEET, encoding="utf-8")
    for name in ("pipe.csv", "pipe.toml"):
        os.mkfifo(sheets / name)
    (sheets / "of_pipe.toml").write_text('[study]\nsheet = "pipe.csv"\n', encoding="utf-8")
    (sheets / "endless.csv").symlink_to("/dev/zero")
    asked = ("-m", "xenotrack", "batch", sheets, "-o", out, "--tables", "tidy", "--jobs", 1)
    done = subprocess.run(
        [sys.executable, *map(str, asked)], capture_output=True, text=True, timeout=WAIT
    )
    assert done.returncode == 1
    failed = {line.partition(": ")[2] for line in done.stderr.splitlines() if "Failed: " in line}
    assert failed == {
        f"endless: {sheets}/endless.csv is a device. Of many studies each is a file.",
        f"of_pipe: {sheets}/pipe.csv is a pipe. Of many studies each is a file.",
        f"pipe: {sheets}/pipe.toml is a pipe. Of many studies each is a file.",
    }
    assert (out / "good" / "results.json").is_file()


def test_names_in_a_sheet_lead_nowhere(run, tmp_path) -> None:
    rows = ["study,mouse,arm,day,volume"]
    for study in ("../../up", "/etc"):
        for mouse in range(1, 4):
            for arm in ("vehicle", "A"):
                rows += [f"{study},{arm}{mouse},{arm},{day},{100 + 9 * day}" for day in (0, 4, 8)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "s.csv").write_text("\n".join(rows), encoding="utf-8")
    out = tmp_path / "deep" / "out"
    run("batch", tmp_path / "in", "-o", out, "--tables", "growth")
    assert sorted(path.parent for path in tmp_path.rglob("results.json")) == [
        out / "s" / "etc",
        out / "s" / "up",
    ]
    said = json.loads((out / "s" / "up" / "results.json").read_bytes())
    assert set(said["tables"]) == {"growth"}
    again = run("batch", tmp_path / "in", "-o", out, "--tables", "growth")
    assert "0 done, 1 unchanged" in again.stderr
