"""``xenotrack batch``: what it writes is what ``run`` writes, and nobody's name leads out of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_each_study_is_what_run_writes_and_those_that_fail_are_named(run, sample, tmp_path) -> None:
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    shutil.copy(sample("two_arm.csv"), sheets / "good.csv")
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


def many_studies(folder: Path, source: Path, number: int) -> None:
    folder.mkdir()
    text = source.read_text(encoding="utf-8")
    for name in range(number):
        (folder / f"s{name:02d}.csv").write_text(
            text.replace("alpelisib", f"drug {name}"), encoding="utf-8"
        )


def started(*arguments: object, stderr: int = subprocess.PIPE) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "xenotrack", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=stderr,
    )


def wait_for(out: Path, number: int) -> None:
    """Until so many studies are done."""
    for _ in range(1200):
        if len(list(out.glob("*/manifest.json"))) >= number:
            return
        time.sleep(0.05)
    raise AssertionError("no study was done")


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_driver_that_is_ended_and_started_again_does_every_study_once(
    run, sample, tmp_path, how
) -> None:
    sheets, out = tmp_path / "sheets", tmp_path / "out"
    many_studies(sheets, Path(sample("two_arm.csv")), 12)
    asked = ("batch", sheets, "--tables", "growth", "--jobs", 2)
    driver = started(*asked, "-o", out, stderr=subprocess.DEVNULL)
    wait_for(out, 3)
    driver.send_signal(how)
    assert driver.wait(60) == {9: -9, 15: 143, 2: 130}[how]
    time.sleep(1)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/results.json")}
    assert 3 <= len(before) < 12
    run(*asked, "-o", out)
    assert all(path.stat().st_mtime_ns == at for path, at in before.items())
    run(*asked, "-o", tmp_path / "whole")
    assert held(out) == held(tmp_path / "whole")


@pytest.mark.slow
def test_two_batches_into_one_folder_do_every_study(run, sample, tmp_path) -> None:
    sheets, out = tmp_path / "sheets", tmp_path / "out"
    many_studies(sheets, Path(sample("two_arm.csv")), 10)
    asked = ("batch", sheets, "--tables", "growth", "--jobs", 2)
    both = [started(*asked, "-o", out) for _ in range(2)]
    said = [each.communicate(timeout=300)[1].decode() for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    run(*asked, "-o", tmp_path / "whole")
    assert held(out) == held(tmp_path / "whole")


@pytest.mark.slow
def test_a_full_disk_fails_studies_by_name_and_the_next_batch_does_them(
    run, sample, tmp_path
) -> None:
    sheets, disk = tmp_path / "sheets", tmp_path / "disk"
    many_studies(sheets, Path(sample("two_arm.csv")), 6)
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    try:
        asked = ("batch", sheets, "-o", disk / "out", "--tables", "growth")
        done = run(*asked, code=1)
        assert "No space left" in done.stderr
        left = [path for path in (disk / "out").iterdir() if path.name.startswith(".")]
        assert left == []
        remount = ["mount", "-o", "remount,size=8m", str(disk)]
        subprocess.run(remount, capture_output=True, check=True)
        run(*asked)
        whole = run("batch", sheets, "-o", tmp_path / "whole", "--tables", "growth")
        assert held(disk / "out") == held(tmp_path / "whole"), whole.stderr
    finally:
        subprocess.run(["umount", str(disk)], capture_output=True, check=False)
