"""Makes the tables of docs/calibration.md, each by the commands that stand above it.

    python tests/benchmarks/calibration.py FOLDER [--studies N] [WORD ...]

A table stands between ``<!-- table K of: COMMAND; COMMAND -->`` and ``<!-- end -->``: it is the
K-th that each command prints, their rows one below the other. ROWS in a command is a file in
FOLDER, in which its script keeps what it has simulated. What a command printed is kept there too
and not asked again, so that a run may be stopped and go on; an empty FOLDER makes the page anew.
With words only tables whose commands have one of them. With ``--studies`` all commands ask for so
few, and the page is written to FOLDER: to see that everything runs.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "calibration.md"
BLOCK = re.compile(r"<!-- table (\d+) of: (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)

Ask = Callable[[str], str]


def commands_of(block: re.Match[str]) -> list[str]:
    return [command.strip() for command in block[2].split(";")]


def tables_in(text: str) -> list[list[str]]:
    """Runs of lines that begin with a bar.

    >>> tables_in("| a |\\n|---|\\n| 1 |\\n\\nwords\\n| b |\\n|---|\\n")
    [['| a |', '|---|', '| 1 |'], ['| b |', '|---|']]
    """
    runs = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [run.splitlines() for run in runs]


def remade(block: re.Match[str], ask: Ask) -> str:
    """A block with the table that its commands print now."""
    found = [tables_in(ask(command))[int(block[1]) - 1] for command in commands_of(block)]
    heads = {tuple(table[:2]) for table in found}
    if len(heads) > 1:
        raise SystemExit(f"{block[2]}: the commands print tables of unlike heads")
    rows = [*found[0][:2], *(row for table in found for row in table[2:])]
    return f"<!-- table {block[1]} of: {block[2]} -->\n" + "\n".join(rows) + "\n<!-- end -->"


def printed(command: str, folder: Path, studies: int | None) -> str:
    """What a command prints, or printed before."""
    script, *words = shlex.split(command)
    if studies is not None:
        words[:1] = [str(studies)]
    rows = folder / f"{Path(script).stem}.csv"
    kept = folder / (re.sub(r"\W+", "_", " ".join([Path(script).stem, *words])) + ".txt")
    if not kept.exists():
        print(command, file=sys.stderr, flush=True)
        words = [str(rows) if word == "ROWS" else word for word in words]
        done = subprocess.run(
            [sys.executable, str(HERE / script), *words],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        kept.write_text(done.stdout, encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def pages(text: str, ask: Ask, asked_for: list[str]) -> Iterator[str]:
    """The page after each table that was made."""
    for block in list(BLOCK.finditer(text)):
        if not asked_for or any(word in block[2] for word in asked_for):
            text = text.replace(block[0], remade(block, ask))
            yield text


def main() -> None:
    words = sys.argv[1:]
    folder = Path(words.pop(0))
    folder.mkdir(parents=True, exist_ok=True)
    studies = None
    if "--studies" in words:
        place = words.index("--studies")
        studies = int(words[place + 1])
        del words[place : place + 2]
    to = PAGE if studies is None else folder / PAGE.name
    before = PAGE.read_text(encoding="utf-8")
    for page in pages(before, lambda command: printed(command, folder, studies), words):
        to.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
