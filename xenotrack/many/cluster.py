"""Workers of a Dask cluster that is there: a study's content goes there, its results return.

No shared disk is needed. ``distributed`` is imported only here, and only when a cluster is named.
"""

from __future__ import annotations

import gc
import logging
import platform
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from xenotrack import __version__
from xenotrack.errors import InputError
from xenotrack.many.job import Job, Say
from xenotrack.many.worker import FEW_LOOKS, Reply, about_error, attempted, perform
from xenotrack.present.safe_folder import replaced_folder

# What the bytes of results depend on.
LIBRARIES = ("numpy", "scipy", "pandas", "msgspec", "jinja2", "xlsxwriter")
WAIT = 30  # seconds for the scheduler to answer, and for a worker to come
KEPT = 2  # studies sent ahead to each worker
# Drawing is not made for threads, and a worker may have several.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Returned:
    """What a worker sends back: its reply, and the files of the folder that it made."""

    reply: Reply
    files: Mapping[str, bytes]


def versions() -> dict[str, str]:
    """The versions on this machine, as they must be on all."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "xenotrack": __version__,
        "python": python,
        **{name: version(name) for name in LIBRARIES},
    }


def perform_away(job: Job, expected: Mapping[str, str]) -> Returned:
    """Do a job in a folder of the worker's own, and send back what lies in it.

    A worker of other versions refuses: it may have come to the cluster after the others were asked.
    """
    if (other := difference(expected, versions())) is not None:
        return Returned(Reply("unwritten", f"A worker of the cluster {other}"), {})
    folder = Path(tempfile.mkdtemp(prefix="xenotrack."))
    try:
        out = folder / "out"
        with _ONE_AT_A_TIME, _few_looks_for_garbage():
            reply = perform(replace(job, folder=out))
        made = sorted(path for path in out.rglob("*") if path.is_file()) if out.is_dir() else []
        return Returned(
            reply, {path.relative_to(out).as_posix(): path.read_bytes() for path in made}
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _few_looks_for_garbage() -> Iterator[None]:
    """As our own workers have it; this one may do other work as well."""
    usual = gc.get_threshold()
    gc.set_threshold(FEW_LOOKS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def difference(expected: Mapping[str, str], found: Mapping[str, str]) -> str | None:
    """In what a machine differs from this one.

    >>> difference({"pandas": "2.3.3"}, {"pandas": "2.2.0"})
    'has pandas 2.2.0, this machine 2.3.3: install the same on both.'
    """
    for name, here in expected.items():
        there = found.get(name, "none")
        if there != here:
            return f"has {name} {there}, this machine {here}: install the same on both."
    return None


class Cluster:
    """The workers of a Dask cluster."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._expected = versions()
        self._jobs: dict[str, Job] = {}
        self._futures: dict[str, Any] = {}
        self._ended: Queue[str] = Queue()
        self._room = KEPT * max(1, len(client.nthreads()))

    @property
    def n_at_work(self) -> int:
        return len(self._futures)

    def has_room(self) -> bool:
        return len(self._futures) < self._room

    def give(self, name: str, job: Job) -> None:
        self._require_scheduler()
        sent = replace(job, inputs=())
        future = self._client.submit(perform_away, sent, self._expected, pure=False)
        self._jobs[name], self._futures[name] = job, future
        future.add_done_callback(lambda ended, name=name: self._ended.put(name))

    def take(self, seconds: float) -> list[tuple[str, Reply]]:
        if not self._futures:
            return []
        try:
            name = self._ended.get(timeout=seconds)
        except Empty:
            self._require_scheduler()
            return []
        return [(name, self._fetch(name))]

    def _fetch(self, name: str) -> Reply:
        """Bring the results of a study here."""
        job, future = self._jobs.pop(name), self._futures.pop(name)
        try:
            if future.status == "error":
                return _about_error(future.exception())
            returned: Returned = future.result()
        except (CancelledError, OSError):
            self._require_scheduler()
            return Reply("killed", "The cluster lost it.")
        future.release()
        return put_results(job, returned)

    def _require_scheduler(self) -> None:
        if self._client.status != "running":
            raise InputError(
                "The scheduler of the cluster is gone. What is done is done: the same command goes "
                "on with the rest."
            )


def _about_error(error: BaseException) -> Reply:
    """What a study met whose worker died, or that met a bug."""
    if type(error).__name__ == "KilledWorker":
        return Reply("unwritten", f"The workers that analysed it died: {error}")
    return about_error(error, f"{type(error).__name__}: {error}")


def put_results(job: Job, returned: Returned) -> Reply:
    """Put what a worker made into the folder of the study, as a run here would."""
    if returned.reply.kind != "done":
        return returned.reply
    return attempted(lambda say: _put_files(job, returned.files, say))


def _put_files(job: Job, files: Mapping[str, bytes], say: Say) -> None:
    assert job.folder is not None
    with replaced_folder(job.folder, job.inputs, say) as fresh:
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)


@contextmanager
def cluster(address: str | None, file: Path | None) -> Iterator[Cluster]:
    """The workers of the cluster at an address, or of the one that a scheduler file names.

    Raises ``InputError`` where it does not answer, has no workers, or where they have other
    versions than this machine.
    """
    distributed = _distributed()
    # What it writes of a lost connection, with a traceback, is told in a sentence.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    where = {"scheduler_file": str(file)} if file is not None else {"address": address}
    shown = file if file is not None else address
    try:
        client = distributed.Client(**where, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"No Dask scheduler answers at {shown}: {error}. Start one with `dask scheduler`, and "
            "workers with `dask worker`."
        ) from error
    try:
        _require_same_versions(client, str(shown))
        yield Cluster(client)
    finally:
        with suppress(OSError, CancelledError):  # a scheduler that is gone says no goodbye
            client.close(timeout=5)


def _require_same_versions(client: Any, shown: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT)  # a script may have started them just now
    except TimeoutError as error:
        raise InputError(
            f"The cluster at {shown} has no workers. Start one with `dask worker`."
        ) from error
    found = client.run(versions)
    for worker, there in found.items():
        if (other := difference(versions(), there)) is not None:
            raise InputError(f"The worker {worker} {other}")


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise InputError(
            "To use a Dask cluster, distributed is needed. Install it in the folder of the source "
            "with: pip install '.[dask]'"
        ) from error
    return distributed
