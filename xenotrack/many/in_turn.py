"""Several studies of one ``run``: each in its own folder, one after another, and a page of all."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xenotrack.many.asked import Asked
from xenotrack.many.batch import Batch, Ended
from xenotrack.many.gather import index_of_run
from xenotrack.many.job import Job, Say, run_job
from xenotrack.many.plan import plan_studies
from xenotrack.many.worker import Reply, attempted
from xenotrack.present.manifest import INDEX, digests
from xenotrack.present.safe_files import write_bytes


@dataclass
class InTurn:
    """A crew of this process alone, which a person follows; ``summaries`` are those so far."""

    say: Say
    begin: Say
    summaries: list[str] = field(default_factory=list)
    _ended: deque[tuple[str, Reply]] = field(default_factory=deque)

    @property
    def n_at_work(self) -> int:
        return len(self._ended)

    def has_room(self) -> bool:
        return not self._ended

    def give(self, name: str, job: Job) -> None:
        self._ended.append((name, attempted(lambda say: self._run(name, job, say))))

    def take(self, seconds: float) -> Sequence[tuple[str, Reply]]:
        return [self._ended.popleft()] if self._ended else []

    def _run(self, name: str, job: Job, say_of_folder: Say) -> None:
        # Others draw its figures meanwhile: no other study is at work.
        alone = replace(job, alone=False)
        done = run_job(alone, lambda text: self.say(f"{name}: {text}"), say_of_folder, self.begin)
        self.summaries += done.summaries


def run_in_turn(sources: Sequence[Path], asked: Asked, out: Path, crew: InTurn) -> list[Ended]:
    """What became of each study; ``out`` gets a folder of each and the page that leads to them."""
    planned = plan_studies(sources)
    ended = list(Batch(planned, asked, out, rerun="all").work(crew))
    page = index_of_run(out.resolve().name, out, [one.name for one in planned])
    write_bytes(out / INDEX, page, lambda there: bool(digests(there.parent)))
    return ended
