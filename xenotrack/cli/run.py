"""``xenotrack run``: every answer of a study, in one folder."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study
from xenotrack.cli.request import Request


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
    from xenotrack.many.job import run_job

    outcome = run_job(request.job(), request.say)
    # Only now: a run that fails says nothing on stdout.
    request.put("\n".join(outcome.summaries).encode())
    request.say(f"Wrote {request.output}/: README.txt there says what is what.")
