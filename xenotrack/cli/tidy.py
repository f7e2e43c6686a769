"""``xenotrack tidy``: the canonical long table, from any layout."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@writes_table
@reads_study()
def tidy(request: Request) -> None:
    """The canonical long table, from any layout.

    \b
    Examples
      xenotrack tidy sample_data/wide.csv -o long.csv
    """
    study = request.read()
    request.refuse_findings(study)
    request.write(study.measurements)
