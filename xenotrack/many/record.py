"""What a folder of a batch says of a study: its results are whole, or why there are none.

The results are the truth: what is written here of a failure stands beside them as
``NAME.failed.json``, and goes when the study is done.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Literal

import msgspec

from xenotrack import __version__
from xenotrack.errors import InputError
from xenotrack.many.names import FAILED
from xenotrack.present.manifest import MANIFEST, Listed, digest
from xenotrack.present.safe_files import write_bytes
from xenotrack.present.tables import json_bytes

State = Literal["new", "changed", "unchanged", "failed"]


class Made(msgspec.Struct, frozen=True):
    """What a manifest says of how a folder was made."""

    request: str = ""
    inputs: tuple[Listed, ...] = ()
    outputs: tuple[Listed, ...] = ()
    folders: int = 1


class Failure(msgspec.Struct, frozen=True):
    """Why a study has no results of its present input.

    ``settled``: the same input would fail again; else (a full disk, a worker that was killed) it
    may succeed another time.
    """

    study: str
    source: str
    message: str
    request: str
    settled: bool
    xenotrack: str = __version__


def state_of(out: Path, name: str, request: str) -> State:
    """What is there of a study that is asked for by a request.

    Raises ``InputError`` where nobody may look.
    """
    folders = made_folders(out / name)
    made = {folder: one for folder in folders if (one := _made(folder)) is not None}
    # Others are of studies that were in the sheet before.
    asked = {folder: one for folder, one in made.items() if one.request == request}
    if len(asked) in {one.folders for one in asked.values()} and all(map(is_whole, asked)):
        return "unchanged"
    failure = failure_of(out, name)
    if failure is not None and failure.settled and failure.request == request:
        return "failed"
    return "changed" if made or failure is not None else "new"


def made_folders(folder: Path) -> list[Path]:
    """The folders of results of one source: its own, or one for each of its studies.

    Raises ``InputError`` where nobody may look: what is there is not nothing.
    """
    try:
        if _has_manifest(folder):
            return [folder]
        return [one for one in sorted(folder.iterdir()) if _has_manifest(one)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(
            f"Cannot read {error.filename}: {error.strerror}. Give whoever runs this the right to "
            "read and write there."
        ) from error


def _has_manifest(folder: Path) -> bool:
    try:
        return stat.S_ISREG((folder / MANIFEST).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_pool(folder: Path) -> bool:
    """Whether a folder of results is that of a pool over lines, and of no study."""
    return os.path.isfile(folder / "tables" / "pool.csv")


def is_whole(folder: Path) -> bool:
    """Whether the results are there as they were written: a power cut may leave half a file."""
    made = _made(folder)
    if made is None or not all(_has_content(folder / one.name) for one in made.outputs):
        return False
    expected = {one.name: one.sha256 for one in made.outputs}
    try:
        return digest((folder / "results.json").read_bytes()) == expected.get("results.json")
    except OSError:
        return False


def _has_content(path: Path) -> bool:
    """Whether a file is there and not empty, as one is that was not yet on the disk."""
    try:
        status = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > 0


def _made(folder: Path) -> Made | None:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Made)
    except (OSError, msgspec.DecodeError):
        return None


def inputs_of(folder: Path) -> set[str]:
    """The digests of the files that results were made of; none where the manifest says none."""
    made = _made(folder)
    return {one.sha256 for one in made.inputs} if made is not None else set()


def failure_of(out: Path, name: str) -> Failure | None:
    """Why a study failed last; nothing where it did not, or where the file is none of ours."""
    try:
        return msgspec.json.decode(_place(out, name).read_bytes(), type=Failure)
    except (OSError, msgspec.DecodeError):
        return None


def failures_in(out: Path) -> list[Failure]:
    """Every failure that stands in a folder, by the name of its study."""
    names = sorted(path.name.removesuffix(FAILED) for path in out.glob(f"*{FAILED}"))
    return [failure for name in names if (failure := failure_of(out, name)) is not None]


def note_failure(out: Path, failure: Failure) -> None:
    """Write why a study failed."""
    write_bytes(_place(out, failure.study), json_bytes(failure), lambda path: _is_failure(path))


def forget_failure(out: Path, name: str) -> None:
    """Remove what is written of a failure that is over."""
    if failure_of(out, name) is not None:
        with contextlib.suppress(FileNotFoundError):  # another batch was first
            _place(out, name).unlink()


def _is_failure(path: Path) -> bool:
    return failure_of(path.parent, path.name.removesuffix(FAILED)) is not None


def _place(out: Path, name: str) -> Path:
    return out / f"{name}{FAILED}"
