"""New results are made in a folder of their own beside the old ones; a kill leaves it behind.

::

    .OUT.ab12cd34/
        xenotrack.lock   held while the run lives: it tells a run that goes on from a leftover
        new/             what the run writes
        journal.json     from when all of it is written until all of it is in OUT
        old/             what was replaced so far, to bring back if the rest cannot be moved

Where that folder cannot lie beside OUT (a mount point, a parent that is read-only) it lies in it.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from xenotrack import __version__
from xenotrack.errors import InputError

try:
    import fcntl
except ImportError:  # not on this system: a leftover is then always taken for dead
    fcntl = None  # type: ignore[assignment]

LOCK = "xenotrack.lock"


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
            raise InputError(
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
    staging = _make(out)
    with _locked(staging.path) as alone:
        try:
            others = [each.path for each in _stagings(out) if each.path != staging.path]
            if not alone or any(map(_is_live, others)):
                raise InputError(_about_another_run(out))
            staging.new.mkdir()
        except BaseException:
            staging.discard(out)
            raise
        yield staging


@contextlib.contextmanager
def leftovers(out: Path) -> Iterator[list[Staging]]:
    """The staging folders of killed runs into ``out``, locked; a live one is left alone."""
    with contextlib.ExitStack() as locks:
        for path in _candidates(out):
            with contextlib.suppress(OSError):  # killed as it was made or removed: it is empty
                path.rmdir()
        found = _stagings(out)
        for staging in found:
            if not locks.enter_context(_locked(staging.path)):
                raise InputError(_about_another_run(out))
        yield found


def _stagings(out: Path) -> list[Staging]:
    """The staging folders for ``out``, whoever made them."""
    return [Staging(path) for path in _candidates(out) if (path / LOCK).is_file()]


def _candidates(out: Path) -> list[Path]:
    """What is called as ``mkdtemp`` would call a staging folder."""
    pattern = f".{glob.escape(out.name)}.{'[a-z0-9_]' * 8}"
    found = [path for place in (out.parent, out) for path in sorted(place.glob(pattern))]
    return [path for path in found if path.is_dir() and not path.is_symlink()]


def _is_live(path: Path) -> bool:
    with _locked(path) as alone:
        return not alone


def _about_another_run(out: Path) -> str:
    return (
        f"Another run is writing into {out}. Wait until it is done, or name another folder with -o."
    )


def _make(out: Path) -> Staging:
    """A staging folder from which files can be renamed into ``out``."""
    *others, last = _places(out)
    for place in others:
        with contextlib.suppress(OSError):
            return _make_in(place, out)
    return _make_in(last, out)


def _places(out: Path) -> list[Path]:
    """Where it may lie, best first."""
    return [out.parent, out] if out.is_dir() else [out.parent]


def _make_in(place: Path, out: Path) -> Staging:
    staging = Staging(Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=place)))
    try:
        (staging.path / LOCK).touch()
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


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether nobody else holds the lock, which is ours then while the block runs."""
    with (path / LOCK).open("ab") as lock:
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a file system without locks
        yield True
