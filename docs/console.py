"""The examples of a Markdown page: run them, compare their output, write it anew.

A ``console`` fence holds lines that begin with ``$ `` (a command; ``> `` continues it) and below
each what it prints, stdout and stderr together. All commands of a page run in one folder that
holds a copy of ``sample_data/``. A line ``…`` stands for any number of lines. A table whose header
holds ``…`` is shown with the columns that the header names only. A fence with a second word in
its first line, such as ``csv doubtful.csv``, is a file of that name in the same folder, a
workbook where it is called ``.xlsx``. A ``python`` fence is run as a script there; a ``text``
fence below it is what it prints.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import workbook

ROOT = Path(__file__).parent.parent
ELIDED = "…"
WARM = multiprocessing.get_context("forkserver")
WARMED = [
    "xenotrack.cli.app",
    "xenotrack.study.ingest",
    "xenotrack.model.growth",
    "xenotrack.model.progression",
    "xenotrack.compare.synergy",
    "xenotrack.present.tables",
]


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language, its second word, its lines, and where they begin."""

    language: str
    name: str
    lines: tuple[str, ...]
    start: int


@dataclass(frozen=True)
class Example:
    """A command of a page and what the page says it prints (lines ``start`` to ``stop``)."""

    command: str
    expected: tuple[str, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Page:
    """A Markdown page as lines."""

    path: Path
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Page:
        return cls(path, tuple(path.read_text(encoding="utf-8").split("\n")))

    def fences(self) -> Iterator[Fence]:
        """Every fenced block, top to bottom."""
        opened: int | None = None
        for number, line in enumerate(self.lines):
            if line.startswith("```") and opened is None:
                opened = number
            elif line.startswith("```") and opened is not None:
                language, _, name = self.lines[opened][3:].strip().partition(" ")
                yield Fence(language, name, self.lines[opened + 1 : number], opened + 1)
                opened = None

    def steps(self) -> Iterator[Fence | Example]:
        """What the page's reader does, in order: files to write, commands to run."""
        script: Fence | None = None
        for fence in self.fences():
            if fence.language == "console":
                yield from examples(fence)
            elif fence.name:
                yield fence
            elif fence.language == "text" and script is not None:
                start = fence.start
                yield Example(run_script(script), fence.lines, start, start + len(fence.lines))
            script = fence if fence.language == "python" else None


def run_script(fence: Fence) -> str:
    """The command that runs a Python fence."""
    return "python - <<'END'\n" + "\n".join(fence.lines) + "\nEND"


def examples(fence: Fence) -> Iterator[Example]:
    """The commands of a console fence with what stands below each."""
    starts = [i for i, line in enumerate(fence.lines) if line.startswith("$ ")]
    for i, stop in zip(starts, [*starts[1:], len(fence.lines)], strict=True):
        command, first = [fence.lines[i][2:]], i + 1
        while first < stop and fence.lines[first].startswith("> "):
            command.append(fence.lines[first][2:])
            first += 1
        yield Example(
            "\n".join(command),
            fence.lines[first:stop],
            fence.start + first,
            fence.start + stop,
        )


@contextmanager
def bench() -> Iterator[Path]:
    """A folder with a copy of the sample data, as a newcomer finds it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bench"
        folder.mkdir()
        shutil.copytree(ROOT / "sample_data", folder / "sample_data")
        commands = Path(name) / "bin"
        commands.mkdir()
        for command, arguments in (("xenotrack", "-m xenotrack"), ("python", "")):
            script = commands / command
            script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
            script.chmod(0o755)
        yield folder


def run(command: str, folder: Path) -> list[str]:
    """The lines that a command prints, stdout and stderr in the order of writing."""
    words = command.split()
    # Most of a short command's time is spent on imports, which a warm process has behind it.
    # `run` and `plot` start processes of their own, and are started as users start them.
    plain = words[0] == "xenotrack" and not set(command) & set("|;<>&$*'\"\n")
    if plain and words[1] not in ("run", "plot"):
        return run_warm(words[1:], folder)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )
    return trimmed(done.stdout.decode().split("\n"))


def run_warm(arguments: list[str], folder: Path) -> list[str]:
    """The lines that ``xenotrack`` prints, in a process forked from one that has its imports."""
    WARM.set_forkserver_preload(WARMED)
    out = folder.parent / "printed.txt"
    process = WARM.Process(target=answer, args=(arguments, str(folder), str(out)))
    process.start()
    process.join(300)
    return trimmed(out.read_text(encoding="utf-8").split("\n"))


def answer(arguments: list[str], folder: str, out: str) -> None:
    """Be ``xenotrack`` for one command, with both streams going to a file."""
    from xenotrack.__main__ import main

    written = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(written, stream)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115, for life
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    os.chdir(folder)
    sys.argv = ["xenotrack", *arguments]
    main()


def outcomes(page: Page) -> Iterator[tuple[Example, list[str]]]:
    """Each example of a page with what its command printed just now."""
    with bench() as folder:
        for step in page.steps():
            if isinstance(step, Fence):
                if step.name.endswith(".xlsx"):
                    workbook.write_workbook(folder / step.name, step.lines)
                    continue
                text = "\n".join(step.lines) + "\n"
                (folder / step.name).write_text(text, encoding="utf-8")
            else:
                yield step, run(step.command, folder)


def trimmed(lines: tuple[str, ...] | list[str]) -> list[str]:
    """Lines without trailing spaces, and without empty ones at the end."""
    found = [line.rstrip() for line in lines]
    while found and not found[-1]:
        found.pop()
    return found


def narrowed(printed: list[str], expected: list[str]) -> list[str]:
    """The output with its tables cut to the columns that the page's headers name."""
    for header in expected:
        if ELIDED not in header.split() or header.strip() == ELIDED:
            continue
        wanted = header.split()
        names = [name for name in wanted if name != ELIDED]
        at = next((i for i, line in enumerate(printed) if _has(line.split(), names)), None)
        if at is not None:
            # What follows a table without a blank line cuts across its columns.
            end = next(i for i in range(len(printed), at, -1) if _is_table(printed[at:i]))
            printed = [*printed[:at], *_cut(printed[at:end], wanted), *printed[end:]]
    return printed


def _has(words: list[str], names: list[str]) -> bool:
    return bool(names) and set(names) <= set(words)


def _is_table(lines: list[str]) -> bool:
    return list(_columns(lines)) == lines[0].split()


def _columns(table: list[str]) -> dict[str, tuple[int, int]]:
    """Where each column of an aligned table stands, by what its first line says there."""
    width = max(map(len, table))
    used = "".join(
        " " if all(line[i : i + 1] in ("", " ") for line in table) else "x" for i in range(width)
    )
    spans = [found.span() for found in re.finditer(r"x+( x+)*", used)]
    return {table[0][low:high].strip(): (low, high) for low, high in spans}


def _cut(table: list[str], wanted: list[str]) -> list[str]:
    """The columns of an aligned table that are named, ``…`` where others were left out."""
    columns = _columns(table)
    width = max(map(len, table))
    cells = [
        [ELIDED, *[" "] * (len(table) - 1)]
        if name == ELIDED
        else [line.ljust(width)[slice(*columns[name])] for line in table]
        for name in wanted
    ]
    return ["  ".join(row).rstrip() for row in zip(*cells, strict=True)]


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether the output is what the page says, ``…`` lines standing for any but a traceback's."""
    if any(line.startswith("Traceback (most recent") for line in printed):
        return False
    if ELIDED not in (line.strip() for line in expected):
        return expected == printed
    parts = [re.escape(line) if line.strip() != ELIDED else None for line in expected]
    pattern = "".join("(?:.*\n)*?" if part is None else part + "\n" for part in parts)
    return re.fullmatch(pattern, "\n".join([*printed, ""])) is not None


def shown(expected: list[str], printed: list[str]) -> list[str]:
    """The output as the page shows it: as many lines before and after its ``…`` as before."""
    places = [i for i, line in enumerate(expected) if line.strip() == ELIDED]
    if agrees(expected, printed):
        return expected
    if not places or len(printed) <= len(expected):
        return printed
    if len(places) > 1:
        raise SystemExit(f"{expected[0]!r}: write an example with several … lines by hand")
    after = len(expected) - places[0] - 1
    return [*printed[: places[0]], ELIDED, *(printed[len(printed) - after :] if after else [])]


def refreshed(page: Page) -> str:
    """The page's text with the output that its commands print now."""
    lines = list(page.lines)
    for example, printed in reversed(list(outcomes(page))):
        expected = trimmed(example.expected)
        lines[example.start : example.stop] = shown(expected, narrowed(printed, expected))
    return "\n".join(lines)
