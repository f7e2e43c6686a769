"""New results take the place of old ones, file by file; what is not ours stays.

Ours is what the manifest of the old results lists with the digest that it still has. What was
changed since is kept as NAME.kept.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from xenotrack.errors import MachineError
from xenotrack.present.exchange import Exchange, HalfDoneError, about_input, is_manifest
from xenotrack.present.manifest import (
    MANIFEST,
    digests,
    holds_studies,
    is_ours,
    study_folders,
    with_outputs,
)
from xenotrack.present.safe_files import cannot_write, input_among, kind
from xenotrack.present.staging import Staging, leftovers, staging_for
from xenotrack.present.words import printable

Inputs = Sequence[os.stat_result]
Say = Callable[[str], None]
SHOWN = 8


def silent(text: str) -> None:
    """Say nothing."""


@contextlib.contextmanager
def replaced_folder(out: Path, inputs: Inputs = (), say: Say = silent) -> Iterator[Path]:
    """An empty folder whose files come into ``out`` when the block ends well.

    They take the place of all old results. After a failure ``out`` is as it was. ``say`` hears
    what was kept aside, and what stays.
    """
    with _changed_folder(out, inputs, say, whole=True) as fresh:
        yield fresh


def amend_folder(out: Path, files: Mapping[str, bytes], say: Say = silent) -> None:
    """Write some files of a folder of results anew, or more of them; the manifest follows."""
    manifest = with_outputs((out / MANIFEST).read_bytes(), files)
    with _changed_folder(out, (), say, whole=False) as fresh:
        for name, data in {**files, MANIFEST: manifest}.items():
            (fresh / name).write_bytes(data)


@contextlib.contextmanager
def _changed_folder(out: Path, inputs: Inputs, say: Say, whole: bool) -> Iterator[Path]:
    require_replaceable(out, inputs, say)
    with cannot_write(out):
        real = Path(os.path.realpath(out))
        with _parents_of(real), staging_for(real) as staging:
            try:
                yield staging.new
                put = tuple(_names_in(staging.new))
                kept = _bring(staging, real, put, inputs, whole)
            except HalfDoneError:
                raise  # what was not moved is still there
            except BaseException:
                staging.discard(real)
                raise
            staging.discard(real)
        _say_kept(kept, out, say)
        if whole:
            _say_others(real, {*put, *(now for _, now in kept)}, out, say)


@contextlib.contextmanager
def _parents_of(out: Path) -> Iterator[None]:
    """Make the folders above, and remove them again after a failure."""
    missing = [folder for folder in out.parents if not folder.exists()]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # somebody put something there meanwhile
            for folder in missing:
                folder.rmdir()
        raise


def require_replaceable(out: Path, inputs: Inputs = (), say: Say = silent) -> None:
    """Refuse all but a new folder, an empty one, and one of our own results.

    What a killed run left there is brought to its end first.
    """
    with cannot_write(out):
        _require_folder(out)
        end_killed_runs(out, inputs, say)
        real = Path(os.path.realpath(out))
        _require_ours(real, out, ())
        if (read := input_among(inputs, _listed_in(real))) is not None:
            raise MachineError(about_input(read))


def _require_folder(out: Path) -> None:
    """Refuse what is there and is no folder."""
    try:
        status = out.stat()
    except FileNotFoundError:
        if out.is_symlink():
            raise MachineError(
                f"{out} is a link to {os.readlink(out)}, and nothing is there. Name a folder for "
                "the results with -o."
            ) from None
        return
    if not stat.S_ISDIR(status.st_mode):
        raise MachineError(f"{out} is {kind(status)}. Name a folder for the results with -o.")


def _require_ours(out: Path, shown: Path, but: Collection[Path]) -> None:
    """Refuse a folder that holds anything, unless it is one of our results."""
    if not out.exists() or is_ours(out) or holds_studies(out):
        return
    if all(path in but for path in out.iterdir()):
        return
    raise MachineError(f"{_about_strange(out, shown)} Choose another folder with -o, or empty it.")


def _about_strange(out: Path, shown: Path) -> str:
    """Why a folder is not taken for one of our results."""
    if not os.path.isfile(out / MANIFEST):
        return f"{shown} is not empty and holds no results of xenotrack ({MANIFEST})."
    if not os.access(out / MANIFEST, os.R_OK):
        return f"{shown}/{MANIFEST} may not be read by whoever runs this."
    return (
        f"{shown}/{MANIFEST} is cut short, or of another program: which of the files there are "
        "xenotrack's cannot be told."
    )


def _listed_in(out: Path) -> Iterator[Path]:
    """The files that the manifests in a folder of results list."""
    inside = [folder for folder in out.iterdir() if is_ours(folder)] if out.exists() else []
    for folder in (out, *inside):
        yield from (folder / name for name in digests(folder))


def end_killed_runs(out: Path, inputs: Inputs, say: Say) -> None:
    """Bring to its end what killed runs began to write, and sweep what they left."""
    out = Path(os.path.realpath(out))
    with cannot_write(out), leftovers(out) as stagings:
        for staging in stagings:
            if staging.journal is None or not out.exists():
                say(f"Removed {staging.path.name}/, left by a run that was cut short.")
            else:
                say(f"Brought to its end what a run was writing into {out.name}/ when it was cut.")
                _say_kept(Exchange(staging, out).carry_out(inputs), out, say)
            staging.discard(out)


def _bring(
    staging: Staging, out: Path, put: tuple[str, ...], inputs: Inputs, whole: bool
) -> list[tuple[str, str]]:
    """Move what was written into ``out``; what had to be kept aside, with its new name."""
    if not out.exists():
        # Nothing is in the way: the folder appears as a whole.
        staging.new.rename(out)
        return []
    _require_ours(out, out, {staging.path})  # still: the analysis took its time
    top = PurePosixPath(".")
    folders = {PurePosixPath(name).parent for name in put if is_manifest(name)}
    if whole:  # the folders of studies that the sheet has no more are results of old, too
        folders |= set(map(PurePosixPath, study_folders(out)))
    before = {
        (folder / name).as_posix(): digest
        for folder in sorted({top, *folders})
        for name, digest in digests(out / folder).items()
    }
    drop = tuple(name for name in before if name not in put) if whole else ()
    staging.begin(before, put, drop)
    return Exchange(staging, out).carry_out(inputs)


def _names_in(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _say_kept(kept: Sequence[tuple[str, str]], out: Path, say: Say) -> None:
    if kept:
        listed = _some([f"{name} is {now} now" for name, now in kept])
        say(f"Kept in {out}/ what was changed there, or is not known to be ours: {listed}.")


def _say_others(out: Path, known: set[str], shown: Path, say: Say) -> None:
    """Name what lies among the results and is not one of them."""
    others = list(_strangers(out, PurePosixPath("."), known))
    if others:
        say(f"Left as it was in {shown}/: {_some(others)}.")


def _strangers(out: Path, folder: PurePosixPath, known: set[str]) -> Iterator[str]:
    """What is not known, in a folder and in the folders of what is known."""
    parents = {parent for name in known for parent in PurePosixPath(name).parents}
    for path in sorted((out / folder).iterdir()):
        name = folder / path.name
        if name in parents and not path.is_symlink():
            yield from _strangers(out, name, known)
        elif name.as_posix() not in known:
            yield f"{name}/" if path.is_dir() else str(name)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return printable(", ".join(names[:SHOWN]) + more)
