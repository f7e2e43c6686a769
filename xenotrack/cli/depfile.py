"""What make asks of a depfile: the results, and every file that they depend on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def depfile(target: Path, inputs: Iterable[Path]) -> bytes:
    """A rule of make without a recipe; each input may be gone without an error.

    >>> print(depfile(Path("out/manifest.json"), [Path("a b.csv")]).decode(), end="")
    out/manifest.json: a\\ b.csv
    a\\ b.csv:
    """
    names = [_escaped(path) for path in inputs]
    lines = [f"{_escaped(target)}: {' '.join(names)}", *(f"{name}:" for name in names)]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _escaped(path: Path) -> str:
    """A path as make reads it."""
    text = str(path).replace("\\", "\\\\").replace("$", "$$")
    return "".join(f"\\{mark}" if mark in " #:%" else mark for mark in text)
