"""``xenotrack run``: every answer of a study, in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, reads_study
from xenotrack.cli.request import Request

if TYPE_CHECKING:
    from xenotrack.present.results import Results


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

    A sheet of several studies gives one folder a study.

    \b
    Examples
      xenotrack run sample_data/naive.toml -o results
      xenotrack run sheet.csv --control Vehicle -o results
    """
    from xenotrack.cli.output import replaced_folder, require_replaceable
    from xenotrack.present.results import Results

    assert request.output is not None  # -o is required
    require_replaceable(request.output)
    studies = request.studies()
    for study in studies:
        request.refuse_findings(study)
    with replaced_folder(request.output) as fresh:
        for study in studies:
            results = Results(study)
            folder = fresh if len(studies) == 1 else fresh / folder_name(study.design.name)
            if request.strict:
                request.say_doubts(results.doubts)
            _write(results, folder)
    request.say(f"Wrote {request.output}/: README.txt there says what is what.")


def _write(results: Results, folder: Path) -> None:
    from xenotrack.present.figures.gallery import draw_all
    from xenotrack.present.folder import write_folder
    from xenotrack.present.summary import summarise

    folder.mkdir(exist_ok=True)
    write_folder(results, folder, draw_all(results))
    click.echo(summarise(results), nl=False)


def folder_name(study: str) -> str:
    """A study's name as the name of a folder.

    >>> folder_name("../Study 1: naive")
    'Study_1_naive'
    """
    words = "".join(mark if mark.isalnum() or mark in "-." else " " for mark in study).split()
    return "_".join(words).strip("._-") or "study"
