"""``xenotrack growth``: growth rate and doubling time of each arm, with what it means."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@writes_table
@reads_study("growth", "compare")
def growth(request: Request) -> None:
    """Growth rate and doubling time of each arm, with what it means.

    \b
    Examples
      xenotrack growth sample_data/naive.toml
      xenotrack growth sheet.csv --until 28 --variances pooled -f json
    """
    from xenotrack.present.tables import first_row

    results = request.results()
    request.write(
        results.growth.to_frame(), results.growth.doubts, model=first_row(results.growth.facts())
    )
