"""Many studies, each analysed as ``run`` does it; the results on the disk are the truth.

A study is skipped whose results are those asked for. One that fails is noted beside its folder, and
the rest goes on. Whenever this ends, by whatever, the same command goes on with what is left. Of
several batches into one folder one does a study, and the others find it done.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from xenotrack.errors import InputError, XenotrackError
from xenotrack.many.asked import Asked, digest_of
from xenotrack.many.claim import Claim, claim
from xenotrack.many.crew import Crew
from xenotrack.many.job import Job
from xenotrack.many.plan import Planned
from xenotrack.many.record import Failure, State, forget_failure, note_failure, state_of
from xenotrack.many.worker import Reply
from xenotrack.present.manifest import is_ours
from xenotrack.present.safe_folder import end_killed_runs
from xenotrack.present.staging import AnotherRunError
from xenotrack.study.contents import Contents

Rerun = Literal["changed", "failed", "all"]
TRIES = 2
WAITING = 0.2  # seconds until it is looked again whether another run has ended
SETTLED = ("refused", "bug")


@dataclass(frozen=True)
class Ended:
    """What became of a study: done now, found done, or failed (now or as it was found).

    ``noted``: why it failed is written beside its folder.
    """

    planned: Planned
    how: Literal["done", "unchanged", "failed"]
    message: str = ""
    said: tuple[str, ...] = ()
    noted: bool = True


@dataclass
class Batch:
    """What is asked of which studies, and where results go."""

    planned: list[Planned]
    asked: Asked
    out: Path
    rerun: Rerun = "changed"
    _waiting: deque[Planned] = field(init=False)
    _busy: deque[Planned] = field(default_factory=deque)
    _at_work: dict[str, tuple[Planned, str, Claim]] = field(default_factory=dict)
    _deaths: dict[str, int] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    _hidden: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = deque(self.planned)

    def states(self) -> Iterator[tuple[Planned, State | XenotrackError]]:
        """What is there of each study, and nothing is done."""
        for planned in self.planned:
            try:
                _, request = self._job_of(planned)
                state = state_of(self.out, planned.name, request)
            except XenotrackError as error:
                yield planned, error
            else:
                yield planned, state

    def work(self, crew: Crew) -> Iterator[Ended]:
        """Do what is left to do, and say what became of each study."""
        make_folder(self.out)
        self._hidden = [path.name for path in self.out.glob(".*")]
        try:
            yield from self._all(crew)
        finally:
            for *_, claimed in self._at_work.values():
                claimed.release()

    def _all(self, crew: Crew) -> Iterator[Ended]:
        while self._waiting or self._busy or crew.n_at_work:
            while self._waiting and crew.has_room():
                ended = self._begin(self._waiting.popleft(), crew)
                if ended is not None:
                    yield ended
            if not self._waiting and not crew.n_at_work and self._busy:
                time.sleep(WAITING)
            if not self._waiting and crew.has_room():
                self._waiting, self._busy = self._busy, self._waiting
            for name, reply in crew.take(WAITING if self._busy else 10.0):
                ended = self._end(name, reply)
                if ended is not None:
                    yield ended

    def _job_of(self, planned: Planned) -> tuple[Job, str]:
        """The job of a study, and the digest of what is asked of it."""
        job = self.asked.job(planned.source, self.out / planned.name)
        assert isinstance(job.source, Contents)
        return job, digest_of(job, job.source)

    def _begin(self, planned: Planned, crew: Crew) -> Ended | None:
        """Give a study to the crew, or say why there is nothing to do."""
        try:
            job, request = self._job_of(planned)
            if (ended := self._settled(planned, job, request)) is not None:
                return ended
            claimed = claim(self.out, planned.name)
        except XenotrackError as error:
            return self._failed(planned, str(error), "", settled=False)
        if claimed is None:
            self._busy.append(planned)
            return None
        # Another batch may have done it while it was not yet claimed.
        if (ended := self._settled(planned, job, request)) is not None:
            claimed.release()
            return ended
        self._at_work[planned.name] = planned, request, claimed
        crew.give(planned.name, job)
        return None

    def _settled(self, planned: Planned, job: Job, request: str) -> Ended | None:
        """What became of a study that is not to be done again; None of one that is."""
        state = state_of(self.out, planned.name, request)
        if state == "unchanged" and self.rerun != "all":
            forget_failure(self.out, planned.name)
            return self._unchanged(planned, job)
        if state == "failed" and self.rerun == "changed":
            return Ended(planned, "failed", known_failure(self.out, planned.name))
        return None

    def _unchanged(self, planned: Planned, job: Job) -> Ended:
        """A study that is done; what a run that was killed left beside its results goes."""
        said: list[str] = []
        if any(name.startswith(f".{planned.name}.") for name in self._hidden):
            with suppress(AnotherRunError):
                end_killed_runs(self.out / planned.name, job.inputs, said.append)
            if (left := claim(self.out, planned.name)) is not None:
                left.release()
        return Ended(planned, "unchanged", said=tuple(said))

    def _end(self, name: str, reply: Reply) -> Ended | None:
        """What became of a study; nothing where it is tried again."""
        planned, request, claimed = self._at_work.pop(name)
        try:
            return self._ended(planned, request, reply)
        finally:
            claimed.release()

    def _ended(self, planned: Planned, request: str, reply: Reply) -> Ended | None:
        name = planned.name
        if reply.kind in ("done", "refused") and self._is_of_before(planned, request):
            self._waiting.append(planned)
            return None
        if reply.kind == "done":
            forget_failure(self.out, name)
            return Ended(planned, "done", said=reply.said)
        if reply.kind == "busy":
            self._busy.append(planned)
            return None
        if reply.kind == "killed":
            self._deaths[name] = self._deaths.get(name, 0) + 1
            if self._deaths[name] < TRIES:
                self._waiting.append(planned)
                return None
        return self._failed(planned, reply.message, request, settled=reply.kind in SETTLED)

    def _is_of_before(self, planned: Planned, request: str) -> bool:
        """Whether its files were written to meanwhile, as by whoever copies them: once a study.

        Those that never rest are done of what they held, and again by the next batch.
        """
        if planned.name in self._again:
            return False
        try:
            _, now = self._job_of(planned)
        except XenotrackError:
            return False  # gone meanwhile: the next batch says so
        if now != request:
            self._again.add(planned.name)
        return now != request

    def _failed(self, planned: Planned, message: str, request: str, settled: bool) -> Ended:
        source = planned.source.name.encode("utf-8", "replace").decode()
        failure = Failure(planned.name, source, message, request, settled)
        try:
            note_failure(self.out, failure)
        except XenotrackError as error:
            return Ended(planned, "failed", f"{message}\n{error}", noted=False)
        return Ended(planned, "failed", message)


def known_failure(out: Path, name: str) -> str:
    """The message of a failure noted earlier."""
    from xenotrack.many.record import failure_of

    failure = failure_of(out, name)
    return failure.message if failure is not None else ""


def make_folder(out: Path) -> None:
    """Make the folder of a batch; one that holds the results of one study is refused."""
    from xenotrack.present.safe_files import cannot_write

    if is_ours(out):
        raise InputError(
            f"{out} holds the results of one study. Name another folder with -o: each study of a "
            "batch gets a folder in it."
        )
    if os.path.lexists(out) and not os.path.isdir(out):
        raise InputError(f"{out} is no folder. Name a folder for the results with -o.")
    with cannot_write(out):
        out.mkdir(parents=True, exist_ok=True)


def strangers(out: Path, planned: Iterable[Planned]) -> list[str]:
    """The results, and the notes of failures, in ``out`` that belong to no study of the batch."""
    from xenotrack.many.record import failures_in

    found = {path.name for path in out.iterdir() if _holds_results(path)}
    found |= {failure.study for failure in failures_in(out)}
    return sorted(found - {one.name for one in planned})


def _holds_results(folder: Path) -> bool:
    from xenotrack.many.record import made_folders

    try:
        return bool(made_folders(folder))
    except InputError:
        return False  # closed: whose it is cannot be told
