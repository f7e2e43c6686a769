"""New results are made in a folder of their own beside the old ones; a kill leaves it behind.

::

    .OUT.ab12cd34/
        xenotrack.lock   held while the run lives: it tells a run that goes on from a leftover
        new/             what the run writes
        journal.json     from when all of it is written until all of it is in OUT
        old/             what was replaced so far, to bring back if the rest cannot be moved

It is made under another name and gets its own once it is locked, so that nobody takes a run that
just begins for a dead one. Where it cannot lie beside OUT (a mount point, a parent that is
read-only) it lies in it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from xenotrack import __version__
from xenotrack.errors import InputError, MachineError

try:
    import fcntl
except ImportError:  # not on this system: a leftover is then always taken for dead
    fcntl = None  # type: ignore[assignment]

LOCK = "xenotrack.lock"
DRAFT = ".draft"
DRAFT_IS_DEAD_AFTER = 60.0  # seconds


class AnotherRunError(InputError):
    """Another run is writing into the same folder."""


class Journal(msgspec.Struct, frozen=True):
    """What is being done to OUT: names to put there, and names to take away.

    ``before`` is the digest of each file that was ours in OUT, by which what a person changed
    meanwhile is told from it.
    """

    xenotrack: str
    before: dict[str, str]
    put: tuple[str, ...]
    drop: tuple[str, ...]


@dataclass(frozen=True)
class Staging:
    """The folder in which results are made."""

    path: Path

    @property
    def new(self) -> Path:
        return self.path / "new"

    @property
    def old(self) -> Path:
        return self.path / "old"

    @property
    def journal(self) -> Journal | None:
        """What was begun; nothing while the results are not complete."""
        try:
            return msgspec.json.decode((self.path / "journal.json").read_bytes(), type=Journal)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise MachineError(
                f"A run was killed as it moved its results, and {self.path} cannot be read: "
                f"{error}. Move that folder away."
            ) from error

    def begin(self, before: dict[str, str], put: tuple[str, ...], drop: tuple[str, ...]) -> Journal:
        """Write the journal: from now on a kill is followed by the rest of the work."""
        journal = Journal(__version__, before, put, drop)
        draft = self.path / "journal.draft"
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(journal))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.path / "journal.json")
        return journal

    def discard(self, out: Path) -> None:
        """Remove the folder, and what tried whether files can be renamed from it.

        The journal goes first, since without it nothing is begun, and the lock last, by which the
        folder is known if this is cut short.
        """
        with contextlib.suppress(OSError):
            (self.path / "journal.json").unlink(missing_ok=True)
            self.probe(out).unlink(missing_ok=True)
            for part in (self.new, self.old):
                shutil.rmtree(part, ignore_errors=True)
            for path in (*self.path.glob("[!x]*"), self.path / LOCK):
                path.unlink(missing_ok=True)
            self.path.rmdir()

    def probe(self, out: Path) -> Path:
        return out / f"{self.path.name}.probe"


@contextlib.contextmanager
def staging_for(out: Path) -> Iterator[Staging]:
    """A new staging folder, locked for as long as the block runs; the caller discards it."""
    with contextlib.ExitStack() as locks:
        staging = _make(out, locks)
        try:
            stagings = _stagings(_beside(out))
            others = [each.path for each in stagings if each.path != staging.path]
            if any(map(_is_live, others)):
                raise AnotherRunError(_about_another_run(out))
            staging.new.mkdir()
        except BaseException:
            staging.discard(out)
            raise
        yield staging


@contextlib.contextmanager
def leftovers(out: Path) -> Iterator[list[Staging]]:
    """The staging folders of killed runs into ``out``, locked; a live one is left alone."""
    with contextlib.ExitStack() as locks:
        beside = _beside(out)
        for path in (*_named_ones(beside), *_dead_drafts(beside, out)):
            with contextlib.suppress(OSError):  # killed as it was removed: it is empty
                path.rmdir()
        stagings = []
        for staging in _stagings(beside):
            try:
                alone = locks.enter_context(_locked(staging.path))
            except FileNotFoundError:
                continue  # its run ended meanwhile
            if not alone:
                raise AnotherRunError(_about_another_run(out))
            stagings.append(staging)
        yield stagings


def _beside(out: Path) -> list[Path]:
    """What is called as ``mkdtemp`` would call a staging folder for ``out``, or its draft.

    Each folder is listed once, by names alone: that of a batch has one entry a study, and every
    study asks.
    """
    called = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}({re.escape(DRAFT)})?")
    paths = [
        place / name
        for place in (out.parent, out)
        for name in sorted(_names_in(place))
        if called.fullmatch(name)
    ]
    return [path for path in paths if path.is_dir() and not path.is_symlink()]


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # not there, or not to be read: then nothing of ours is in it
        return []


def _stagings(beside: Sequence[Path]) -> list[Staging]:
    """The staging folders among them, whoever made them; a draft is none yet."""
    return [Staging(path) for path in _named_ones(beside) if (path / LOCK).is_file()]


def _named_ones(beside: Sequence[Path]) -> list[Path]:
    return [path for path in beside if path.suffix != DRAFT]


def _dead_drafts(beside: Sequence[Path], out: Path) -> Iterator[Path]:
    """What was killed before it had its name, emptied but for its folder."""
    for path in [one for one in beside if one.suffix == DRAFT]:
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > DRAFT_IS_DEAD_AFTER:
                Staging(path).discard(out)
                yield path


def _is_live(path: Path) -> bool:
    try:
        with _locked(path) as alone:
            return not alone
    except FileNotFoundError:
        return False  # its run ended meanwhile


def _about_another_run(out: Path) -> str:
    return (
        f"Another run is writing into {out}. Wait until it is done, or name another folder with -o."
    )


def _make(out: Path, locks: contextlib.ExitStack) -> Staging:
    """A staging folder, locked, from which files can be renamed into ``out``."""
    *others, last = _places(out)
    for place in others:
        with contextlib.suppress(OSError):
            return _make_in(place, out, locks)
    return _make_in(last, out, locks)


def _places(out: Path) -> list[Path]:
    """Where it may lie, best first."""
    return [out.parent, out] if out.is_dir() else [out.parent]


def _make_in(place: Path, out: Path, locks: contextlib.ExitStack) -> Staging:
    made = tempfile.mkdtemp(prefix=f".{out.name}.", suffix=DRAFT, dir=place)
    staging = Staging(Path(made))
    try:
        (staging.path / LOCK).touch()
        locks.enter_context(_locked(staging.path))
        staging = _named(staging)
        if out.is_dir():
            # Renaming fails between file systems, and where one of them is bound to a folder no
            # number of a device tells: it is tried.
            draft = staging.path / "probe"
            draft.touch()
            os.replace(draft, staging.probe(out))
            staging.probe(out).unlink()
    except BaseException:
        staging.discard(out)
        raise
    return staging


def _named(draft: Staging) -> Staging:
    """The locked draft under its own name."""
    path = draft.path.with_name(draft.path.name.removesuffix(DRAFT))
    draft.path.rename(path)
    return Staging(path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether nobody else holds the lock, which is ours then while the block runs."""
    # Not made where it is gone: whoever removes the folder takes the lock last.
    with (path / LOCK).open("r+b") as lock:
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a file system without locks
        yield True
