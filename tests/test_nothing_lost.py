"""Whatever is typed: what lay on the disk before is there after, but for what a manifest lists."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TABLE_COMMANDS = ("check", "tidy", "response", "growth", "progression", "compare", "indices")
SHEET = "mouse,arm,day,volume\n" + "".join(
    f"{arm}{mouse},{arm},{day},{100 * rate**day + 7 * mouse + day * mouse % 5:.1f}\n"
    for arm, rate in (("vehicle", 1.09), ("drug", 1.03))
    for mouse in range(4)
    for day in (0, 4, 8, 12)
)
TWO_STUDIES = "study," + SHEET.splitlines()[0] + "\n"
TWO_STUDIES += "".join(f"{name},{row}\n" for name in "ab" for row in SHEET.splitlines()[1:])
SOURCES = (
    *("sheet.csv", "study.toml", "two.csv", "link.csv", "hard.csv", "theirs/raw.csv"),
    *("out/sheet.csv", "out/tables/tidy.csv", "broken.csv"),
)
FILES = (
    *("new.csv", "new.json", "made.csv", "made.tsv", "made.txt", "notes.txt", "photo.png"),
    *(
        "link.csv",
        "hard.csv",
        "sheet.csv",
        "study.toml",
        "new.toml",
        "out/report.html",
        "out/x.csv",
    ),
    *("out/tables/growth.csv", "theirs/raw.csv", "far/new.csv", "pipe", "theirs", "-"),
)
FOLDERS = (
    *("out", "out", "out", "out/", "./out", "to_out", "new", "many", "empty", "theirs", "."),
    *("notes.txt", "pipe", "to_pipe", "nowhere", "out/tables", "far/deep", "many/a", "sheet.csv"),
)


@dataclass(frozen=True)
class Seen:
    """Something on the disk: its kind, and its content or where it leads."""

    kind: int
    held: bytes


def look(root: Path) -> dict[str, Seen]:
    """All that lies in a folder, and below."""
    return {path.relative_to(root).as_posix(): seen(path) for path in root.rglob("*")}


def seen(path: Path) -> Seen:
    kind = stat.S_IFMT(path.lstat().st_mode)
    if kind == stat.S_IFLNK:
        return Seen(kind, os.readlink(path).encode())
    return Seen(kind, path.read_bytes() if kind == stat.S_IFREG else b"")


def listed(before: dict[str, Seen]) -> Iterator[str]:
    """What manifests list with the digest that it has, these themselves, and pages that are sealed.

    The page of several studies ends with the digest of all that stands before.
    """
    for name, manifest in before.items():
        folder, _, file = name.rpartition("/")
        page, seal, end = manifest.held.rpartition(b"<!-- xenotrack ")
        if file == "index.html" and seal:
            if end == f"{hashlib.sha256(page).hexdigest()} -->\n".encode():
                yield name
            continue
        if file != "manifest.json" or manifest.kind != stat.S_IFREG:
            continue
        said = json.loads(manifest.held)
        if "xenotrack" not in said:
            continue
        yield name
        for one in said["outputs"]:
            path = f"{folder}/{one['name']}"
            if path in before and hashlib.sha256(before[path].held).hexdigest() == one["sha256"]:
                yield path


@dataclass
class Bench:
    """A folder that commands and a person work in, by turns."""

    root: Path
    ask: Callable
    chance: random.Random
    # Files that commands wrote with -o, as they left them.
    made: dict[str, Seen] = field(default_factory=dict)

    def command(self) -> tuple[str, ...]:
        """Something that might be typed."""
        pick = self.chance.choice
        source, kind = pick(SOURCES), self.chance.random()
        if kind < 0.45:
            return "run", source, "-o", pick(FOLDERS), "--figures", "none"
        if kind < 0.55:
            return "report", pick(FOLDERS)
        if kind < 0.65:
            return "check", source, pick(("--template", "--fix")), "-o", pick(FILES)
        return pick(TABLE_COMMANDS), source, "-o", pick(FILES), *pick(((), ("-f", "csv")))

    def act(self) -> None:
        """Something that a person does between two commands."""
        files = [path for path in self.root.rglob("*") if path.is_file()]
        path = self.chance.choice(files)
        if self.chance.random() < 0.5 and path.name != "manifest.json":
            path.write_bytes(path.read_bytes() + b"\n# mine")
        else:
            path.with_name(f"note {self.chance.randrange(100)}.txt").write_bytes(b"mine")

    def try_once(self) -> None:
        before, typed = look(self.root), self.command()
        answer = self.ask(*typed)
        after = look(self.root)
        assert answer.code in (0, 1, 2), (typed, answer.stderr)
        free = {*listed(before), *(name for name, was in self.made.items() if before[name] == was)}
        for name, was in before.items():
            if name in free or after.get(name) == was:
                continue
            # Folders of ours may go, when all that was in them was ours.
            if was.kind == stat.S_IFDIR and name not in after and inside(name, before) <= free:
                continue
            kept = [other for other in after if other.startswith(f"{name}.kept")]
            fresh = [other for other in kept if other not in before and after[other] == was]
            assert fresh, (typed, name, "is lost")
            short = Path(fresh[0]).name
            assert short in answer.stderr or " more" in answer.stderr, (typed, answer.stderr)
        left = {Path(name).name for name in after if ".out." in name or name.endswith(".lock")}
        assert not left, typed
        if answer.code and typed[0] != "check":
            assert after == before, (typed, "failed, and wrote")
        self.remember(typed, before, after)

    def remember(self, typed: tuple[str, ...], before: dict, after: dict) -> None:
        """What the command wrote is ours from now on, but what people go on to edit."""
        self.made = {name: was for name, was in self.made.items() if after.get(name) == was}
        edited = typed[0] == "tidy" or "--template" in typed or "--fix" in typed
        if typed[0] in TABLE_COMMANDS and not edited:
            self.made |= {name: now for name, now in after.items() if before.get(name) != now}


def inside(folder: str, names: dict[str, Seen]) -> set[str]:
    return {
        name
        for name, was in names.items()
        if name.startswith(f"{folder}/") and was.kind != stat.S_IFDIR
    }


@pytest.fixture
def bench(tmp_path, ask, monkeypatch) -> Callable[[int], Bench]:
    """A bench as labs have them: sheets, notes, links, results of earlier runs."""

    def furnish(seed: int) -> Bench:
        root = tmp_path / str(seed)
        (root / "theirs").mkdir(parents=True)
        (root / "empty").mkdir()
        monkeypatch.chdir(root)
        texts = {
            "sheet.csv": SHEET,
            "two.csv": TWO_STUDIES,
            "broken.csv": "colour,shape\nred,round\n",
            "study.toml": '[study]\nsheet = "sheet.csv"\n',
            "notes.txt": "mine",
            "photo.png": "no picture",
            "theirs/raw.csv": SHEET.replace("drug", "other"),
            "theirs/manifest.json": '{"name": "a web page"}',
        }
        for name, text in texts.items():
            (root / name).write_text(text, encoding="utf-8")
        (root / "link.csv").symlink_to("sheet.csv")
        os.link(root / "sheet.csv", root / "hard.csv")
        os.mkfifo(root / "pipe")
        for name, target in (("to_out", "out"), ("to_pipe", "pipe"), ("nowhere", "gone")):
            (root / name).symlink_to(target)
        ask("run", "study.toml", "-o", "out", "--figures", "none", code=0)
        ask("run", "two.csv", "-o", "many", "--figures", "none", code=0)
        shutil.copy("sheet.csv", "out/sheet.csv")
        return Bench(root, ask, random.Random(seed))

    return furnish


@pytest.fixture(autouse=True)
def drained(monkeypatch) -> None:
    """Pipes whose reader is there: else a writer would wait for one."""
    opened = Path.write_bytes

    def write(path: Path, data: bytes) -> int:
        if path.exists() and stat.S_ISFIFO(path.stat().st_mode):
            return len(data)
        return opened(path, data)

    monkeypatch.setattr(Path, "write_bytes", write)


def nothing_is_lost(bench: Bench, turns: int) -> None:
    for _ in range(turns):
        bench.try_once()
        if bench.chance.random() < 0.5:
            bench.act()


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_by_ten_commands(bench, seed) -> None:
    nothing_is_lost(bench(seed), 10)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_nothing_is_lost_by_a_thousand_commands(bench, seed) -> None:
    nothing_is_lost(bench(seed), 20)


def test_a_loss_would_be_seen(bench, monkeypatch) -> None:
    from xenotrack.present import recognised

    monkeypatch.setattr(recognised, "is_output", lambda path: True)
    one = bench(0)
    monkeypatch.setattr(one, "command", lambda: ("growth", "sheet.csv", "-o", "notes.txt"))
    with pytest.raises(AssertionError, match="is lost"):
        one.try_once()
