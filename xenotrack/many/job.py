"""One job of ``run``: a source, its rules and a folder; every answer of it is written there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xenotrack.present.studio import Studio
    from xenotrack.study.rules import Rules
    from xenotrack.study.study import Study


@dataclass(frozen=True)
class Job:
    """What is read, by which rules, and the folder for the results.

    ``source`` is a path, or the bytes of a sheet; ``name`` is what a person typed for it.
    """

    source: Path | bytes
    rules: Rules
    folder: Path
    name: str
    reading: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a job left: its studies, and the summary of each."""

    studies: tuple[Study, ...]
    summaries: tuple[str, ...]


def run_job(job: Job, say: Callable[[str], None]) -> Outcome:
    """Read, analyse and write; ``say`` hears what a person should know on the way.

    Raises ``XenotrackError`` where the sheet, the results or the folder do not allow it; then the
    folder is as it was.
    """
    from xenotrack.present.safe_files import replaced_folder, require_replaceable
    from xenotrack.present.studio import open_studio

    require_replaceable(job.folder)
    with open_studio() as studio, replaced_folder(job.folder) as fresh:
        studies = _read(job, say)
        summaries = [
            _analyse(job, study, fresh / name, studio, say)
            for study, name in zip(studies, folder_names(studies), strict=True)
        ]
    return Outcome(studies, tuple(summaries))


def _read(job: Job, say: Callable[[str], None]) -> tuple[Study, ...]:
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
    job: Job, study: Study, folder: Path, studio: Studio, say: Callable[[str], None]
) -> str:
    """Write a study's folder; its summary."""
    from xenotrack.present.collect import collect_tables
    from xenotrack.present.figures.fonts import about_letters
    from xenotrack.present.folder import write_folder
    from xenotrack.present.results import Results
    from xenotrack.present.summary import summarise
    from xenotrack.present.tell.whole import tell
    from xenotrack.study.refusal import refuse_doubts

    results = Results(study)
    studio.ask(results)
    if job.strict:
        refuse_doubts(results.doubts)
    folder.mkdir(exist_ok=True)
    tables = collect_tables(results)
    story = tell(results, tables)
    summary = summarise(results, story)
    write_folder(results, tables, story, folder, studio.fetch)
    letters = about_letters((*study.design.arm_names, *study.mice["mouse"].astype(str)))
    if letters:
        say(letters)
    return summary


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
