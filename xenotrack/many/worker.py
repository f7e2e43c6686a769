"""One worker: takes the jobs that come, one after another, and says what became of each."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal

from xenotrack import __version__
from xenotrack.errors import MachineError, XenotrackError
from xenotrack.many.job import Job, Say, run_job
from xenotrack.present.safe_folder import silent
from xenotrack.present.staging import AnotherRunError

FEW_LOOKS = 50_000  # new objects between two looks for garbage
Kind = Literal["done", "refused", "unwritten", "busy", "bug", "stopped", "killed"]


@dataclass(frozen=True)
class Reply:
    """What became of a job.

    ``done``; ``refused`` by the data; ``unwritten``, as a folder, a disk or a cluster failed, or a
    library is missing; ``busy``, as another run writes there; a ``bug`` of ours; ``stopped`` by the
    machine, which may do it another time; ``killed`` with its worker. ``said`` is what was kept
    aside or left in the folder.
    """

    kind: Kind
    message: str = ""
    said: tuple[str, ...] = ()


def perform(job: Job) -> Reply:
    """Do a job; a bug is raised."""
    return attempted(lambda say: run_job(job, silent, say))


def attempted(do: Callable[[Say], object]) -> Reply:
    """What became of what was done; ``do`` is given who hears what was kept or left in a folder."""
    said: list[str] = []
    try:
        do(said.append)
    except AnotherRunError as error:
        return Reply("busy", str(error))
    except MachineError as error:
        return Reply("unwritten", str(error))
    except XenotrackError as error:
        return Reply("refused", str(error))
    return Reply("done", said=tuple(said))


def about_error(error: BaseException, trace: str) -> Reply:
    """What is said of a study that nothing was to stop: by it a bug is told from a bad night."""
    if isinstance(error, MemoryError):
        mend = "Do fewer studies at once with --jobs, or try it alone with `xenotrack run`."
        return Reply("stopped", f"The memory did not suffice. {mend}")
    if isinstance(error, (OSError, ImportError)):  # a disk that fails, an upgrade meanwhile
        return Reply(
            "stopped", f"The machine stopped it: {error}. The next batch tries it.\n{trace}"
        )
    report = f"This is a bug in xenotrack {__version__}, not in your data. Please report it."
    return Reply("bug", f"{report}\n{trace}")


def work(orders: Connection) -> None:
    """Do what comes until the driver is gone."""
    # Libraries are no garbage: looking for some among them costs 8 % of a study.
    gc.freeze()
    gc.set_threshold(FEW_LOOKS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver decides
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    while True:
        try:
            job = orders.recv()
        except EOFError:
            return
        try:
            reply = perform(job)
        except BaseException as error:
            if isinstance(error, SystemExit):
                raise
            orders.send(about_error(error, traceback.format_exc()))
            os._exit(1)  # nobody knows in which state this process is
        try:
            orders.send(reply)
        except BrokenPipeError:
            return  # the driver was killed: what was done is written
        del job
        gc.collect()  # one study's memory is not to wait for the next ones'
