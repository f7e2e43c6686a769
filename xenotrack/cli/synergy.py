"""``xenotrack synergy``: is a combination more than its parts: Bliss and interactions."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@writes_table
@reads_study("growth", "compare")
def synergy(request: Request) -> None:
    """Is a combination more than its parts: Bliss and interactions.

    \b
    Examples
      xenotrack synergy sample_data/naive.toml
    """
    results = request.results()
    results.study.design.require_control()
    request.write(results.synergy.to_frame(), (*results.growth.doubts, *results.synergy.doubts))
