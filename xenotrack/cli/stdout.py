"""Stdout: data goes there whole, and a reader that has seen enough is no failure. Stderr: words."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from xenotrack.errors import InputError


def put(data: bytes) -> None:
    """Write data to stdout."""
    if is_closed():
        raise InputError("Cannot write to stdout: it is closed. Name a file with -o.")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. Click would make an error of it.
        forget_stdout()
    except OSError as error:
        forget_stdout()
        raise InputError(f"Cannot write to stdout: {error.strerror}.") from error


def open_closed_streams() -> None:
    """Put the null device where the shell closed stdout or stderr, which Python leaves without."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - as long as the process


class Unheard(io.FileIO):
    """Where words go that stop no work: a log on a full disk, a reader that has gone."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(memoryview(data))


def let_words_be_lost() -> None:
    """Go on where nobody can hear what is said: what is done and the exit code are the answer."""
    sys.stderr.flush()
    heard = io.BufferedWriter(Unheard(sys.stderr.fileno(), "w", closefd=False))
    sys.stderr = io.TextIOWrapper(heard, "utf-8", "backslashreplace", line_buffering=True)


def is_closed() -> bool:
    """Whether the shell closed stdout, and ``open_closed_streams`` put the null device there."""
    return getattr(sys.stdout, "name", None) == os.devnull


def forget_stdout() -> None:
    """Let nothing more go to a stdout that takes no more: Python would try again as it leaves."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def behind(stream: object) -> os.stat_result | None:
    """What a standard stream comes from or goes to; nothing where it has no descriptor."""
    try:
        return os.fstat(stream.fileno())  # type: ignore[attr-defined]
    except (OSError, ValueError, AttributeError):
        return None
