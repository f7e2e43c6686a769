"""One batch does a study at a time, however many work into one folder.

``.NAME.claim`` beside the folder of a study is locked while a batch is at it. The system lets go of
the lock of a process that dies, so that nothing is left for a person to clear; where the system or
the disk has no locks every claim is granted.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from xenotrack.present.safe_files import cannot_write

try:
    import fcntl
except ImportError:  # not on this system
    fcntl = None  # type: ignore[assignment]


class Claim:
    """A study that this process alone is at; without a file where the system has no locks."""

    def __init__(self, path: Path, file: BinaryIO | None) -> None:
        self._path, self._file = path, file

    def release(self) -> None:
        """Let others have it. The file goes first: who waits for its lock sees that it is gone."""
        if self._file is not None:
            with suppress(OSError):  # somebody removed the folder, or may not be written to now
                self._path.unlink()
            self._file.close()


def claim(out: Path, name: str) -> Claim | None:
    """The study of this name in a folder; None while another batch is at it.

    Raises ``WriteError`` where nothing can be written there.
    """
    path = out / f".{name}.claim"
    if fcntl is None:
        return Claim(path, None)
    with cannot_write(path):
        while True:
            file = path.open("ab")
            if not _lock(file):
                file.close()
                return None
            if _is_at(path, file):
                return Claim(path, file)
            file.close()  # it was released and removed between the two


def _lock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True


def _is_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
