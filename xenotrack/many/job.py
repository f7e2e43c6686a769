"""One job of ``run``: a source, its rules and a folder; every answer of it is written there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.present.results import Results
    from xenotrack.present.story import Story
    from xenotrack.present.studio import Studio
    from xenotrack.study.rules import Rules
    from xenotrack.study.study import Study

Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What is read, by which rules, and the folder for the results (none: only the summary).

    ``source`` is a path, or the bytes of a sheet; ``name`` is what a person typed for it.
    ``figures`` are all, the key ones or none; ``sensitivity`` asks for the claims under other
    definitions of progression. ``inputs`` are files behind the source that its path
    does not tell, such as what stdin comes from.
    """

    source: Path | bytes
    rules: Rules
    folder: Path | None
    name: str
    reading: Mapping[str, Any] = field(default_factory=dict)
    figures: str = "all"
    strict: bool = False
    inputs: Sequence[os.stat_result] = ()
    sensitivity: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a job left: its studies, and the summary of each."""

    studies: tuple[Study, ...]
    summaries: tuple[str, ...]


def run_job(job: Job, say: Say) -> Outcome:
    """Read, analyse and write; ``say`` hears what a person should know on the way.

    Raises ``XenotrackError`` where the sheet, the results or the folder do not allow it; then the
    folder is as it was.
    """
    return _summarised(job, say) if job.folder is None else _written(job, job.folder, say)


def _summarised(job: Job, say: Say) -> Outcome:
    studies = _read(job, say)
    summaries = (_answered(job, _results(job, study))[-1] for study in studies)
    return Outcome(studies, tuple(summaries))


def _results(job: Job, study: Study) -> Results:
    from xenotrack.present.results import Results

    return Results(study, with_sensitivity=job.sensitivity)


def _written(job: Job, out: Path, say: Say) -> Outcome:
    from xenotrack.present.safe_files import stats_of
    from xenotrack.present.safe_folder import replaced_folder, require_replaceable
    from xenotrack.study.contents import input_paths

    inputs = [*stats_of(input_paths(job.source, job.rules)), *job.inputs]
    require_replaceable(out, inputs, say)
    # The studio first: a process forked later would hold the lock of the folder.
    with _studio(job) as studio, replaced_folder(out, inputs, say) as fresh:
        studies = _read(job, say)
        names = folder_names(studies)
        for name in names if len(names) > 1 else ():
            require_replaceable(out / name, inputs, say)
        summaries = [
            _analyse(job, study, fresh, name, studio, say)
            for study, name in zip(studies, names, strict=True)
        ]
    return Outcome(studies, tuple(summaries))


@contextmanager
def _studio(job: Job) -> Iterator[Studio | None]:
    """Who draws the figures of a job, if anybody."""
    from xenotrack.present.studio import open_studio

    if job.figures == "none":
        yield None
        return
    with open_studio(key=job.figures == "key") as studio:
        yield studio


def _read(job: Job, say: Say) -> tuple[Study, ...]:
    """The studies of the source, none of them with errors."""
    from xenotrack.study.ingest import read_studies
    from xenotrack.study.refusal import about_warnings, refuse_findings

    studies = read_studies(job.source, job.rules, **job.reading)
    for exclusion in chain.from_iterable(study.exclusions for study in studies):
        say(f"Excluded: {exclusion.text}")
    for finding in chain.from_iterable(study.findings for study in studies):
        if finding.accepted:
            say(f"Known: {finding.told}")
    for study in studies:
        refuse_findings(study, job.strict, job.name)
        if study.unaccepted:
            say(about_warnings(study, job.name))
    return studies


def _analyse(
    job: Job, study: Study, fresh: Path, name: str, studio: Studio | None, say: Say
) -> str:
    """Write a study's folder; its summary."""
    from xenotrack.present.figures.fonts import about_letters
    from xenotrack.present.folder import write_folder

    results = _results(job, study)
    if studio is not None:
        studio.ask(results)
    tables, story, summary = _answered(job, results)
    (fresh / name).mkdir(exist_ok=True)
    fetch = studio.fetch if studio else dict
    write_folder(results, tables, story, fresh / name, fetch, name if name != "." else None)
    letters = about_letters((*study.design.arm_names, *study.mice["mouse"].astype(str)))
    if letters and studio is not None:
        say(letters)
    return summary


def _answered(job: Job, results: Results) -> tuple[dict[str, pd.DataFrame], Story, str]:
    """Every table, the text of the report, and the summary."""
    from xenotrack.present.collect import collect_tables
    from xenotrack.present.summary import summarise
    from xenotrack.present.tell.whole import tell
    from xenotrack.study.refusal import refuse_doubts

    if job.strict:
        refuse_doubts(results.doubts)
    tables = collect_tables(results)
    story = tell(results, tables)
    return tables, story, summarise(results, story)


def folder_names(studies: Sequence[Study]) -> list[str]:
    """A folder for each study, no two the same; one study needs none of its own."""
    if len(studies) == 1:
        return ["."]
    names: list[str] = []
    for study in studies:
        name = folder_name(study.title)
        # Case does not tell files apart on every machine.
        taken = [one.casefold() for one in names]
        numbered = (f"{name}_{number}" for number in count(2))
        names.append(next(one for one in chain([name], numbered) if one.casefold() not in taken))
    return names


def folder_name(study: str) -> str:
    """A study's name as the name of a folder.

    >>> folder_name("../Study 1: naive")
    'Study_1_naive'
    """
    words = "".join(mark if mark.isalnum() or mark in "-." else " " for mark in study).split()
    return "_".join(words)[:60].strip("._-") or "study"
