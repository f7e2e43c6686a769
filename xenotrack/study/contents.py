"""The files that a study is read from: their bytes, their names, their digests.

What is read once can be analysed anywhere: contents travel to another process or machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from xenotrack.errors import InputError
from xenotrack.study.rules import Rules

STDIN_NAME = "stdin"


@dataclass(frozen=True)
class Source:
    """An input file: its name without folders, and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Input:
    """A sheet file: its name as findings write it, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Contents:
    """The sheets of a study, every file that was read for them, and the allocation if any."""

    inputs: tuple[Input, ...]
    sources: tuple[Source, ...]
    allocation: Input | None = None


# A sheet, a study.toml whose ``sheet`` lies relative to it, several sheets, or stdin's bytes.
Given = Path | bytes | Sequence[Path]


def read_contents(source: Given, rules: Rules) -> Contents:
    """What a source holds; several sheets are the parts of one study."""
    path = allocation_path(source, rules)
    allocation = None if path is None else Input(_as_text(path.name), _bytes(path))
    if isinstance(source, bytes):
        return _contents([Input(STDIN_NAME, source)], [], allocation)
    if not isinstance(source, Path):
        parts = [Input(_as_text(path.name), _bytes(path)) for path in source]
        return _contents(parts, [], allocation)
    if source.suffix.casefold() != ".toml":
        return _contents([Input(_as_text(source.name), _bytes(source))], [], allocation)
    declared = rules.study.sheet
    names = [declared] if isinstance(declared, str) else declared or []
    if not names:
        raise InputError(
            f"{source.name} names no sheet. Add it under [study], relative to the file:\n\n"
            '[study]\nsheet = "calipers.csv"'
        )
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise InputError(
            f"{source.name} lists {twice[0]} {names.count(twice[0])} times under `sheet`. "
            "List each sheet once."
        )
    inputs = [_named_input(source.parent, name) for name in names]
    return _contents(inputs, [Input(_as_text(source.name), _bytes(source))], allocation)


def input_paths(source: Given, rules: Rules) -> list[Path]:
    """Every file that a source is read from: the sheets, or the study.toml and its sheets."""
    allocation = allocation_path(source, rules)
    beside = [] if allocation is None else [allocation]
    if isinstance(source, bytes):
        return beside
    if not isinstance(source, Path):
        return [*source, *beside]
    if source.suffix.casefold() != ".toml":
        return [source, *beside]
    declared = rules.study.sheet
    names = [declared] if isinstance(declared, str) else declared or []
    return [source, *(source.parent / name for name in names), *beside]


def allocation_path(source: Given, rules: Rules) -> Path | None:
    """The file that ``[study] allocation`` names, relative to the study.toml."""
    if rules.study.allocation is None:
        return None
    of_toml = isinstance(source, Path) and source.suffix.casefold() == ".toml"
    folder = source.parent if isinstance(source, Path) and of_toml else Path()
    return folder / rules.study.allocation


def named_after(names: Sequence[str]) -> str:
    """What a study is called after its files: what their names share, else the names.

    >>> named_after(["x12.csv"]), named_after(["x12_vehicle.csv", "x12_drug A.csv"])
    ('x12', 'x12')
    >>> named_after(["vehicle.csv", "drug A.csv", "drug B.csv"])
    'vehicle, drug A and 1 more'
    """
    stems = [Path(name).stem for name in names]
    if len(stems) == 1:
        return stems[0]
    whole = re.sub(r"[^\s_.-]*$", "", shared_beginning(stems)).strip(" _.-")
    more = f" and {len(stems) - 2} more" if len(stems) > 2 else ""
    return whole or ", ".join(stems[:2]) + more


def shared_beginning(names: Sequence[str]) -> str:
    """The letters with which all of these names begin.

    >>> shared_beginning(["x12_vehicle", "x12_drug"])
    'x12_'
    """
    shared = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in shared)


def _named_input(folder: Path, name: str) -> Input:
    path = Path(name)
    shown = _as_text(path.name if path.is_absolute() else path.as_posix())
    return Input(shown, _bytes(folder / path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}. Look at its name and folder.") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{str(path)!r} is no file name: {error}.") from error


def _contents(inputs: list[Input], declared: list[Input], allocation: Input | None) -> Contents:
    files = [*declared, *inputs, *([] if allocation is None else [allocation])]
    sources = (Source(Path(one.name).name, hashlib.sha256(one.data).hexdigest()) for one in files)
    return Contents(tuple(inputs), tuple(sources), allocation)


def _as_text(name: str) -> str:
    """A file's name that can be written: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
