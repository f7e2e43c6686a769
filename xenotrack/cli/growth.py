"""``xenotrack growth``: growth rate and doubling time of each arm, with what it means."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@click.option(
    "--blocked", is_flag=True, help="Mice of each arm that did not grow, with exact limits."
)
@writes_table
@reads_study("growth", "compare.level")
def growth(request: Request, *, blocked: bool) -> None:
    """Growth rate and doubling time of each arm, with what it means.

    \b
    Examples
      xenotrack growth sample_data/naive.toml
      xenotrack growth sheet.csv --until 28 --variances pooled -f json
      xenotrack growth sample_data/resistant.toml --blocked
    """
    from xenotrack.present.tables import first_row

    results = request.results()
    if blocked:
        request.write(results.blocked, results.growth.doubts)
        return
    request.write(
        results.growth.to_frame(), results.growth.doubts, model=first_row(results.growth.facts())
    )
