"""Writing so that a killed run leaves nothing half done."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xenotrack.errors import InputError

OURS = "manifest.json"


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it, then rename it."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent or ".")
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException as error:
        os.unlink(name)
        if isinstance(error, OSError):
            raise InputError(f"Cannot write {path}: {error.strerror}.") from error
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def require_replaceable(out: Path) -> None:
    """Refuse a folder that holds anything but our own results."""
    if out.is_file():
        raise InputError(f"{out} is a file. Name a folder for the results with -o.")
    if out.is_dir() and any(out.iterdir()) and not (out / OURS).is_file():
        raise InputError(
            f"{out} is not empty and holds no results of xenotrack ({OURS}). "
            "Choose another folder with -o, or empty it."
        )


@contextlib.contextmanager
def replaced_folder(out: Path) -> Iterator[Path]:
    """A new folder beside ``out`` that takes its place after success, and vanishes otherwise."""
    require_replaceable(out)
    out = Path(os.path.abspath(out))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise InputError(f"Cannot write {out}: {error.strerror}.") from error
    try:
        yield fresh
        fresh.chmod(0o777 & ~_umask())
        _exchange(fresh, out)
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError):
            raise InputError(f"Cannot write {out}: {error.strerror}.") from error
        raise


def _exchange(fresh: Path, out: Path) -> None:
    """Put ``fresh`` where ``out`` is; the old results go only once the new ones stand."""
    if not out.exists():
        os.replace(fresh, out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
    os.replace(out, old)
    try:
        os.replace(fresh, out)
    except BaseException:
        os.replace(old, out)
        raise
    shutil.rmtree(old)
