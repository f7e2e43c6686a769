"""``xenotrack tolerability``: body weight and treatment-related loss, by arm."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@writes_table
@reads_study()
def tolerability(request: Request) -> None:
    """Body weight and treatment-related loss, by arm.

    \b
    Examples
      xenotrack tolerability sample_data/resistant.toml
    """
    results = request.results()
    request.write(results.tolerability)
