"""What a long command is at, shown on a terminal once it has taken a few seconds."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

Say = Callable[[str], None]
PATIENCE = 3.0  # seconds before anything is shown
EVERY = 1.0
CLEAR = "\r\033[K"


class Steps:
    """The present step of a work; nothing is shown before PATIENCE is over."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._began = time.monotonic()
        self._step = ""
        self._shown = False

    def begin(self, step: str) -> None:
        """What is done now."""
        self._step = step

    def show(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Write the step over the one before, with the seconds so far."""
        self._shown = True
        seconds = time.monotonic() - self._began
        self._put(f"{CLEAR}{self._step} … {seconds:.0f} s")

    def clear(self) -> None:
        """Leave the line to what is said next."""
        if self._shown:
            self._put(CLEAR)

    def around(self, say: Say) -> Say:
        """``say``, on a line of its own."""

        def said(text: str) -> None:
            self.clear()
            say(text)

        return said

    def _put(self, text: str) -> None:
        # Past Python's buffer, which a signal may find in use.
        os.write(self._descriptor, text.encode())


@contextmanager
def shown_steps(stream: TextIO, hidden: bool = False) -> Iterator[Steps]:
    """Steps that stand on a stream while the block runs, if it is a terminal; not where hidden.

    A timer of the system wakes us, since processes are forked meanwhile, and a thread would be in
    their way.
    """
    if hidden or not (stream.isatty() and _can_be_woken()):
        yield Steps(-1)
        return
    steps = Steps(stream.fileno())
    before = signal.signal(signal.SIGALRM, steps.show)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, EVERY)
    try:
        yield steps
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        steps.clear()


def _can_be_woken() -> bool:
    here = threading.current_thread() is threading.main_thread()
    return here and hasattr(signal, "setitimer")
