"""Writing so that a killed run leaves nothing half done."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xenotrack.errors import InputError

OURS = "manifest.json"


@contextlib.contextmanager
def _cannot_write(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into a message that names ``path``."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror or error}.") from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it, then rename it."""
    with _cannot_write(path):
        # A link stays one: what it points to is replaced.
        path = Path(os.path.realpath(path))
        if path.exists() and not path.is_file():
            # A pipe or a device, such as /dev/null, must not give way to a file.
            path.write_bytes(data)
            return
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


def write_both(first: tuple[Path, bytes], second: tuple[Path, bytes]) -> None:
    """Write two files that belong together: neither stays where the other cannot be written."""
    path, _ = first
    before = path.read_bytes() if path.is_file() else None
    write_bytes(*first)
    try:
        write_bytes(*second)
    except BaseException:
        if before is None:
            path.unlink()
        else:
            write_bytes(path, before)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def require_replaceable(out: Path) -> None:
    """Refuse a folder that holds anything but our own results."""
    with _cannot_write(out):
        if out.is_file():
            raise InputError(f"{out} is a file. Name a folder for the results with -o.")
        if out.is_dir() and any(out.iterdir()) and not _is_ours(out) and not _are_ours(out):
            raise InputError(
                f"{out} is not empty and holds no results of xenotrack ({OURS}). "
                "Choose another folder with -o, or empty it."
            )
        if Path(os.path.realpath(".")).is_relative_to(os.path.realpath(out)):
            raise InputError(
                f"{out} holds the folder that you are in, which would vanish under you. "
                "Name a folder inside it with -o, such as -o results."
            )


def _is_ours(out: Path) -> bool:
    """Whether a run made the folder: other programs have a manifest.json, too."""
    try:
        return "xenotrack" in json.loads((out / OURS).read_bytes())
    except (OSError, ValueError, TypeError):
        return False


def _are_ours(out: Path) -> bool:
    """Whether the folder holds one folder a study, and nothing else."""
    return all(_is_ours(folder) for folder in out.iterdir())


@contextlib.contextmanager
def replaced_folder(out: Path) -> Iterator[Path]:
    """A new folder beside ``out`` that takes its place after success, and vanishes otherwise."""
    require_replaceable(out)
    with _cannot_write(out):
        out = Path(os.path.realpath(out))
        missing = [folder for folder in out.parents if not folder.exists()]
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            yield fresh
            fresh.chmod(0o777 & ~_umask())
            _exchange(fresh, out)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            with contextlib.suppress(OSError):  # somebody put something there meanwhile
                for folder in missing:
                    folder.rmdir()
            raise


def _exchange(fresh: Path, out: Path) -> None:
    """Put ``fresh`` where ``out`` is; the old results go only once the new ones stand."""
    if not out.exists():
        os.replace(fresh, out)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
    try:
        os.replace(out, aside / "old")
        os.replace(fresh, out)
    except BaseException:
        if not out.exists():
            os.replace(aside / "old", out)
        raise
    finally:
        # Where nothing stands, the old results must not go either.
        if out.exists():
            shutil.rmtree(aside, ignore_errors=True)
