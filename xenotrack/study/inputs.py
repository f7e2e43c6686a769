"""The files that a study is read from: their bytes, their names, their digests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from xenotrack.errors import InputError
from xenotrack.study.files.delimited import read_delimited
from xenotrack.study.files.parquet import is_parquet, read_parquet
from xenotrack.study.files.prism import is_prism, read_prism
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.files.strays import without_strays
from xenotrack.study.files.workbook import is_workbook, read_workbook
from xenotrack.study.rules import Rules
from xenotrack.study.study import Source

STDIN_NAME = "stdin"


@dataclass(frozen=True)
class Input:
    """A sheet file: its name as findings write it, and its bytes."""

    name: str
    data: bytes


def read_inputs(source: Path | bytes, rules: Rules) -> tuple[list[Input], tuple[Source, ...]]:
    """The sheets that a source names, and every file that was read for them.

    A source is a sheet, a study.toml whose ``sheet`` lies relative to it, or the bytes of stdin.
    """
    if isinstance(source, bytes):
        inputs = [Input(STDIN_NAME, source)]
        return inputs, _sources(inputs)
    if source.suffix.casefold() != ".toml":
        inputs = [Input(_as_text(source.name), _bytes(source))]
        return inputs, _sources(inputs)
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
    toml = Input(_as_text(source.name), _bytes(source))
    return inputs, _sources([toml, *inputs])


def input_paths(source: Path | bytes, rules: Rules) -> list[Path]:
    """Every file that a source is read from: the sheet, or the study.toml and its sheets."""
    if isinstance(source, bytes):
        return []
    if source.suffix.casefold() != ".toml":
        return [source]
    declared = rules.study.sheet
    names = [declared] if isinstance(declared, str) else declared or []
    return [source, *(source.parent / name for name in names)]


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


def _sources(inputs: list[Input]) -> tuple[Source, ...]:
    return tuple(
        Source(Path(one.name).name, hashlib.sha256(one.data).hexdigest()) for one in inputs
    )


def read_sheets(
    one: Input,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet_name: str | None = None,
) -> list[Sheet]:
    """The sheets of one file that hold anything, told apart by what is in it, not by its name."""
    if is_workbook(one.data):
        sheets = read_workbook(one.data, one.name, sheet_name)
    elif is_parquet(one.data):
        sheets = read_parquet(one.data, one.name)
    elif is_prism(one.data):
        sheets = read_prism(one.data, one.name, sheet_name)
    else:
        sheets = [read_delimited(one.data, one.name, encoding, delimiter)]
    if not sheets:
        raise InputError(f"{one.name} is empty. Save the sheet again, with its column names.")
    return [without_strays(sheet) for sheet in sheets]


def _as_text(name: str) -> str:
    """A file's name that can be written: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
