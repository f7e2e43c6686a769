"""``xenotrack run``: every answer of a study, in one folder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, reads_study
from xenotrack.cli.request import Request

if TYPE_CHECKING:
    from xenotrack.present.results import Results
    from xenotrack.present.studio import Studio
    from xenotrack.study.study import Study


@click.command(cls=StudyCommand)
@reads_study("growth", "progression", "response", "compare")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False),
    help="The folder for the results; results of an earlier run are replaced.",
)
def run(request: Request) -> None:
    """Everything in one folder: tables, figures, doubts; the summary goes to stdout.

    A sheet of several studies, or of mice treated in several phases, gives one folder each.

    \b
    Examples
      xenotrack run sample_data/naive.toml -o results
      xenotrack run sheet.csv --control Vehicle -o results
    """
    from xenotrack.cli.output import replaced_folder, require_replaceable
    from xenotrack.present.studio import open_studio

    assert request.output is not None  # -o is required
    require_replaceable(request.output)
    summaries = []
    with open_studio() as studio, replaced_folder(request.output) as fresh:
        from xenotrack.present.results import Results

        studies = request.studies()
        for study in studies:
            request.refuse_findings(study)
        for study, name in zip(studies, folder_names(studies), strict=True):
            results = Results(study)
            studio.ask(results)
            if request.strict:
                request.say_doubts(results.doubts)
            summaries.append(_write(results, fresh / name, studio))
            request.say_letters(study)
    # Only now: a run that fails says nothing on stdout.
    request.put("\n".join(summaries).encode())
    request.say(f"Wrote {request.output}/: README.txt there says what is what.")


def _write(results: Results, folder: Path, studio: Studio) -> str:
    """Write a study's folder; its summary."""
    from xenotrack.present.folder import write_folder
    from xenotrack.present.summary import summarise

    folder.mkdir(exist_ok=True)
    summary = summarise(results)
    write_folder(results, folder, studio.fetch)
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
