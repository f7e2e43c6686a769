"""``xenotrack indices``: TGI, T/C, growth delay and their kin, each with its formula."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request

DAYS = click.FloatRange(min=0, min_open=True)


@click.command(cls=StudyCommand)
@click.option(
    "--day", type=DAYS, help="Day of the volumes [the last visit that all control mice reach]."
)
@click.option(
    "--treatment-days", type=DAYS, help="Days of treatment, for net log cell kill [none: gross]."
)
@writes_table
@reads_study("growth", "progression", "compare.level")
def indices(request: Request, *, day: float | None, treatment_days: float | None) -> None:
    """TGI, T/C, growth delay and their kin, each with its formula.

    Means are of the mice followed to that day: a mouse read before and after it counts by its ln
    volume between, and nothing is carried forward for those that left.

    \b
    Examples
      xenotrack indices sample_data/naive.toml
      xenotrack indices sheet.csv --day 21 --treatment-days 14
    """
    results = request.results()
    results.study.design.require_control()
    group_indices = results.group_indices_at(day, treatment_days)
    request.write(group_indices.to_frame(), (*results.fit_doubts, *group_indices.doubts))
