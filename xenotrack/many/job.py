"""One job of ``run``: a source, its rules and a folder; every answer of it is written there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenotrack.many.names import folder_name
from xenotrack.present.safe_folder import silent

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.compare.across import Pool
    from xenotrack.present.results import Results
    from xenotrack.present.story import Story
    from xenotrack.present.studio import Studio
    from xenotrack.study.contents import Contents, Given
    from xenotrack.study.declaration import Declaration
    from xenotrack.study.rules import Rules
    from xenotrack.study.study import Study

Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What is read, by which rules, and the folder for the results (none: only the summary).

    ``source`` is a path, several of the parts of one study, the bytes of a sheet, or what was read
    of them; ``name`` is what a person typed for it. ``figures`` are all, the key ones or none;
    ``tables`` are those wanted instead of everything; ``sensitivity`` asks for the claims under
    other definitions of progression; ``declared`` are rules to hold those in force against.
    ``inputs`` are files behind the source that its path does not tell, such as what stdin comes
    from. ``alone``: this process does everything itself.
    """

    source: Given | Contents
    rules: Rules
    folder: Path | None
    name: str
    reading: Mapping[str, Any] = field(default_factory=dict)
    figures: str = "all"
    strict: bool = False
    inputs: Sequence[os.stat_result] = ()
    sensitivity: bool = False
    declared: Declaration | None = None
    tables: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a job left: its studies, and the summary of each."""

    studies: tuple[Study, ...]
    summaries: tuple[str, ...]


def run_job(job: Job, say: Say, say_of_folder: Say | None = None, begin: Say = silent) -> Outcome:
    """Read, analyse and write; ``say`` hears what a person should know on the way.

    ``say_of_folder`` hears what was kept and left in the folder, where another is to hear it, and
    ``begin`` the steps of the work, each as it begins.

    Raises ``XenotrackError`` where the sheet, the results or the folder do not allow it; then the
    folder is as it was.
    """
    if job.folder is None:
        return _summarised(job, say, begin)
    return _written(job, job.folder, say, say_of_folder or say, begin)


def _summarised(job: Job, say: Say, begin: Say) -> Outcome:
    from xenotrack.many.pool import pools_of
    from xenotrack.present.summary import summarise_pool
    from xenotrack.present.tell.across import tell_pool

    begin("Reading")
    studies = _read(job, say)
    begin("Analysing")
    results = [_results(job, study) for study in studies]
    pooled = [summarise_pool(pool, tell_pool(pool)) for _, pool in pools_of(results)]
    return Outcome(studies, (*pooled, *(_answered(job, one)[-1] for one in results)))


def _results(job: Job, study: Study) -> Results:
    from xenotrack.present.results import Results

    return Results(study, with_sensitivity=job.sensitivity, declared=job.declared)


def _written(job: Job, out: Path, say: Say, say_of_folder: Say, begin: Say) -> Outcome:
    from xenotrack.many.pool import pool_names, pools_of
    from xenotrack.present.safe_files import stats_of
    from xenotrack.present.safe_folder import replaced_folder, require_replaceable
    from xenotrack.study.contents import Contents, input_paths, read_contents

    paths = [] if isinstance(job.source, Contents) else input_paths(job.source, job.rules)
    inputs = [*stats_of(paths), *job.inputs]
    require_replaceable(out, inputs, say_of_folder)
    # The studio first: a process forked later would hold the lock of the folder.
    with _studio(job) as studio, replaced_folder(out, inputs, say_of_folder) as fresh:
        begin("Reading")
        read = job.source
        contents = read if isinstance(read, Contents) else read_contents(read, job.rules)
        job = replace(job, source=contents)
        studies = _read(job, say)
        names = folder_names(studies)
        every = names if job.tables else [*names, *pool_names(studies)]
        for name in every if len(names) > 1 else ():
            require_replaceable(out / name, inputs, say_of_folder)
        made_for = _made_for(job, every)
        done = [
            _analyse(job, study, fresh / name, made_for[name], studio, say, begin)
            for study, name in zip(studies, names, strict=True)
        ]
        pools = [] if job.tables else pools_of([results for results, _ in done])
        pooled = [_pool(job, pool, fresh / name, made_for[name], studies) for name, pool in pools]
        if len(names) > 1 and not job.tables:
            _index(studies, fresh)
    return Outcome(studies, (*pooled, *(summary for _, summary in done)))


@contextmanager
def _studio(job: Job) -> Iterator[Studio | None]:
    """Who draws the figures of a job, if anybody."""
    from xenotrack.present.studio import open_studio

    if job.figures == "none" or job.tables:
        yield None
        return
    with open_studio(key=job.figures == "key", alone=job.alone) as studio:
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
    # What is found in every line of a panel is said once.
    for text in dict.fromkeys(about_warnings(one, job.name) for one in studies if one.unaccepted):
        say(text)
    return studies


def _made_for(job: Job, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the manifest of each folder says of the job; one of several says which and of how many.

    By it a batch knows that nothing is to be done again.
    """
    from xenotrack.many.asked import digest_of
    from xenotrack.study.contents import Contents

    assert isinstance(job.source, Contents), "read before you write"
    request = {"request": digest_of(job, job.source)}
    if len(names) == 1:
        return {name: {**request, "folder": None} for name in names}
    return {name: {**request, "folder": name, "folders": len(names)} for name in names}


def _analyse(
    job: Job,
    study: Study,
    folder: Path,
    made_for: Mapping[str, Any],
    studio: Studio | None,
    say: Say,
    begin: Say,
) -> tuple[Results, str]:
    """Write a study's folder; its results, and its summary where everything was asked for."""
    from xenotrack.present.figures.fonts import about_letters
    from xenotrack.present.folder import write_folder
    from xenotrack.present.part import write_part

    begin(f"Analysing {study.title}")
    results = _results(job, study)
    folder.mkdir(exist_ok=True)
    if job.tables:
        write_part(results, job.tables, folder, made_for, job.strict)
        return results, ""
    if studio is not None:
        studio.ask(results)
    tables, story, summary = _answered(job, results)
    fetch = studio.fetch if studio else dict
    begin(f"Drawing and writing {study.title}" if studio else f"Writing {study.title}")
    write_folder(results, tables, story, folder, fetch, made_for)
    letters = about_letters((*study.design.arm_names, *study.mice["mouse"].astype(str)))
    if letters and studio is not None:
        say(letters)
    return results, summary


def _pool(
    job: Job, pool: Pool, folder: Path, made_for: Mapping[str, Any], studies: Sequence[Study]
) -> str:
    """Write the folder of a pool over lines; its summary, which comes first."""
    from xenotrack.present.pool_folder import write_pool
    from xenotrack.present.summary import summarise_pool
    from xenotrack.present.tell.across import tell_pool

    story = tell_pool(pool)
    write_pool(pool, story, folder, studies[0].sources, job.figures != "none", made_for)
    return summarise_pool(pool, story)


def _index(studies: Sequence[Study], fresh: Path) -> None:
    """Write the page that leads to the report of each study."""
    from xenotrack.many.gather import index_of_run
    from xenotrack.present.manifest import INDEX

    names = dict.fromkeys(study.design.name for study in studies)
    (fresh / INDEX).write_bytes(index_of_run(", ".join(names), fresh))


def _answered(job: Job, results: Results) -> tuple[dict[str, pd.DataFrame], Story, str]:
    """Every table, the text of the report, and the summary."""
    from xenotrack.present.collect import collect_tables
    from xenotrack.present.figures.catalogue import figure_names
    from xenotrack.present.summary import summarise
    from xenotrack.present.tell.whole import tell
    from xenotrack.study.refusal import refuse_doubts

    if job.strict:
        refuse_doubts(results.doubts)
    tables = collect_tables(results)
    drawn = job.folder is not None and job.figures != "none"
    names = figure_names(key=job.figures == "key") if drawn else ()
    story = tell(results, tables, names)
    return tables, story, summarise(results, story)


def folder_names(studies: Sequence[Study]) -> list[str]:
    """A folder for each study, no two the same; one study needs none of its own."""
    if len(studies) == 1:
        return ["."]
    from xenotrack.many.pool import pool_names

    names: list[str] = []
    for study in studies:
        name = folder_name(study.title)
        # Case does not tell files apart on every machine.
        taken = [name_taken.casefold() for name_taken in (*names, *pool_names(studies))]
        numbered = (f"{name}_{number}" for number in count(2))
        names.append(
            next(
                name_taken
                for name_taken in chain([name], numbered)
                if name_taken.casefold() not in taken
            )
        )
    return names
