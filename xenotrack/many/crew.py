"""Workers on this machine, one process each.

A worker that is killed takes only its own study with it: each has a pipe of its own, so that it is
known which study it was, and another takes its place.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Protocol

from xenotrack.many.job import Job
from xenotrack.many.worker import Reply, work

GRACE = 5.0  # seconds that a worker has to tidy up


class Crew(Protocol):
    """Who does jobs."""

    def has_room(self) -> bool:
        """Whether a job given now would begin soon."""

    def give(self, name: str, job: Job) -> None:
        """Begin a job."""

    def take(self, seconds: float) -> Sequence[tuple[str, Reply]]:
        """The jobs that ended, after waiting for so long at most."""

    @property
    def n_at_work(self) -> int:
        """How many jobs are begun and not taken."""


@dataclass
class Hand:
    """A worker, the driver's end of its pipe, and the study that it is at."""

    process: BaseProcess
    pipe: Connection
    study: str | None = None


class Processes:
    """Workers on this machine."""

    def __init__(self, jobs: int, work: Callable[[Connection], None] = work) -> None:
        self._jobs, self._work = jobs, work
        self._hands: list[Hand] = []
        # Forked from a process that has loaded everything and runs nothing.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["xenotrack.many.warm"])

    @property
    def n_at_work(self) -> int:
        return sum(hand.study is not None for hand in self._hands)

    def has_room(self) -> bool:
        return self.n_at_work < self._jobs

    def give(self, name: str, job: Job) -> None:
        hand = self._idle() or self._hire()
        hand.study = name
        try:
            hand.pipe.send(job)
        except OSError:  # it was killed while it had nothing to do
            self._dismiss(hand)
            hand = self._hire()
            hand.study = name
            hand.pipe.send(job)

    def take(self, seconds: float) -> list[tuple[str, Reply]]:
        busy = {hand.pipe: hand for hand in self._hands if hand.study is not None}
        ready = wait(list(busy), seconds) if busy else []
        return [self._reply(hand) for pipe, hand in busy.items() if pipe in ready]

    def _reply(self, hand: Hand) -> tuple[str, Reply]:
        name, hand.study = hand.study or "", None
        try:
            reply = hand.pipe.recv()
        except (EOFError, OSError):
            return name, Reply("killed", about_exit(self._dismiss(hand)))
        if reply.kind in ("bug", "stopped"):  # it leaves
            self._dismiss(hand)
        return name, reply

    def _idle(self) -> Hand | None:
        return next((hand for hand in self._hands if hand.study is None), None)

    def _hire(self) -> Hand:
        here, there = self._context.Pipe()
        process = self._context.Process(target=self._work, args=(there,), daemon=True)
        process.start()
        there.close()
        hand = Hand(process, here)
        self._hands.append(hand)
        return hand

    def _dismiss(self, hand: Hand) -> int | None:
        """Let a worker go that ends or has ended; its exit code."""
        self._hands.remove(hand)
        hand.pipe.close()
        hand.process.join(GRACE)
        if hand.process.exitcode is None:
            hand.process.kill()
            hand.process.join()
        return hand.process.exitcode

    def close(self) -> None:
        """End all workers: those at work are asked to tidy up, and then are killed."""
        for hand in self._hands:
            hand.process.terminate()
        for hand in list(self._hands):
            self._dismiss(hand)


@contextmanager
def processes(jobs: int) -> Iterator[Processes]:
    """So many workers, gone when the block is left."""
    crew = Processes(jobs)
    try:
        yield crew
    finally:
        crew.close()


def about_exit(code: int | None) -> str:
    """Why a worker ended, as far as its exit code says."""
    how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
    return (
        f"The process that analysed it ended {how}, twice. Is the sheet too large for the memory? "
        "Try it alone with `xenotrack run`."
    )


def processors_allowed() -> int:
    """How many processors this process may use: what SLURM gave it, else the system's say."""
    given = os.environ.get("SLURM_CPUS_PER_TASK", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
