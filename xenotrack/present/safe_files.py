"""Writing that harms nothing on the disk: a new file, or one in place of a file of ours.

A killed process leaves no half of a file: each is written under another name and renamed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from xenotrack.errors import InputError, MachineError

# Kept beside the bytes by the file system: no byte of a table tells that one cell was changed.
_WRITTEN = "user.xenotrack.sha256"
GivesWay = Callable[[Path], bool]


class WriteError(MachineError):
    """The file system does not take what is written."""


def always(path: Path) -> bool:
    """Whatever is there gives way, as ``--force`` asks."""
    return True


def never(path: Path) -> bool:
    """What people edit gives way to nothing."""
    return False


@contextlib.contextmanager
def cannot_write(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into a message that names ``path``."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WriteError(f"Cannot write {path}: {error.strerror or error}.") from error


def write_bytes(path: Path, data: bytes, gives_way: GivesWay = always) -> None:
    """Write a file. One that is there with other content must give way, else it is refused.

    A link stays one: what it points to is replaced, and as readable as it was. A pipe, our terminal
    and the null device take what is written and stay; no other device is touched, nor a socket.
    """
    with cannot_write(path):
        if not require_file(path, data, gives_way):
            path.write_bytes(data)
            return
        with _in_place_of(path) as file:
            file.write(data)
            _remember(file.fileno(), data)


def _remember(descriptor: int, data: bytes) -> None:
    """Note beside a file what was written into it, where the file system keeps such notes."""
    with contextlib.suppress(OSError, AttributeError):
        os.setxattr(descriptor, _WRITTEN, hashlib.sha256(data).hexdigest().encode())


def is_edited(path: Path) -> bool:
    """Whether a file is known to hold something else than was written into it.

    Not every file system keeps the note, and an editor may write another file in its place.
    """
    try:
        written = os.getxattr(path, _WRITTEN)
    except (OSError, AttributeError):
        return False
    with path.open("rb") as file:
        return written != hashlib.file_digest(file, "sha256").hexdigest().encode()


def put_file(draft: Path, path: Path, gives_way: GivesWay = always) -> None:
    """Put a file that lies elsewhere in its place, as ``write_bytes`` would write its bytes.

    It may be larger than the memory.
    """
    put_files({path: draft}, gives_way)


def put_files(drafts: Mapping[Path, Path], gives_way: GivesWay = always) -> None:
    """Put files that belong together in their places, from where each lies: all of them or none."""
    with contextlib.ExitStack() as places:
        for path, draft in drafts.items():
            places.enter_context(cannot_write(path))
            if path.exists() and not path.is_file():
                raise InputError(f"{path} is {kind(path.stat())}. Name a file with -o.")
            if path.exists():
                require_file(path, b"", gives_way)
            file = places.enter_context(_in_place_of(path))
            with draft.open("rb") as source:
                shutil.copyfileobj(source, file)
            file.flush()  # a full disk says so now, while no name is taken


@contextlib.contextmanager
def _in_place_of(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends well, and is on the disk then.

    What a link points to is replaced, and stays as readable as it was.
    """
    real = Path(os.path.realpath(path))
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o666 & ~umask())
        os.replace(name, real)
    except BaseException:
        os.unlink(name)
        raise


def write_both(
    first: tuple[Path, bytes], second: tuple[Path, bytes], gives_way: GivesWay = always
) -> None:
    """Write two files that belong together: neither stays where the other cannot be written."""
    path, _ = first
    for each, data in (first, second):
        with cannot_write(each):
            require_file(each, data, gives_way)
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


def require_file(path: Path, data: bytes, gives_way: GivesWay) -> bool:
    """Whether to replace what is there, or (of a pipe) to write into it; other things are refused.

    ``data`` is what will be written: a file that holds just that may be written again.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return True
    if stat.S_ISREG(status.st_mode):
        if not gives_way(path) and status.st_size and not _holds(path, status.st_size, data):
            raise InputError(
                f"{path} is there already, and is no table or figure that xenotrack may replace. "
                "Name another file with -o, or add --force to replace it."
            )
        return True
    if not _takes_what_is_written(path, status):
        raise InputError(f"{path} is {kind(status)}. Name a file with -o.")
    return False


def _holds(path: Path, size: int, data: bytes) -> bool:
    return size == len(data) and path.read_bytes() == data


def _takes_what_is_written(path: Path, status: os.stat_result) -> bool:
    """A pipe, a terminal, the null device: bytes go through them and nothing is lost."""
    if stat.S_ISFIFO(status.st_mode):
        return True
    if not stat.S_ISCHR(status.st_mode):
        return False
    # Others are not even opened to be asked: that alone can start what a device does.
    return status.st_rdev in {os.stat(os.devnull).st_rdev, *_our_terminals()}


def _our_terminals() -> Iterator[int]:
    for descriptor in (0, 1, 2):
        with contextlib.suppress(OSError):
            if os.isatty(descriptor):
                yield os.fstat(descriptor).st_rdev


def kind(status: os.stat_result) -> str:
    """What something on the disk is, with its article."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFREG: "a file",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(status.st_mode), "no file")


def input_among(inputs: Iterable[os.stat_result], outputs: Iterable[Path]) -> Path | None:
    """The first output that is an input, by whatever name: a link, another link, another case."""
    read = list(inputs)
    for path in outputs:
        with contextlib.suppress(OSError, ValueError):
            if same_file(path.stat(), read):
                return path
    return None


def same_file(status: os.stat_result, others: Iterable[os.stat_result]) -> bool:
    """Whether something is one of other files; pipes and devices hold nothing to be lost."""
    return stat.S_ISREG(status.st_mode) and any(os.path.samestat(status, other) for other in others)


def stats_of(paths: Iterable[Path]) -> list[os.stat_result]:
    """What stands behind paths, those that lead nowhere left out."""
    stats = []
    for path in paths:
        with contextlib.suppress(OSError, ValueError):
            stats.append(path.stat())
    return stats


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
