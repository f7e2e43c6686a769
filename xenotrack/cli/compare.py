"""``xenotrack compare``: how arms differ in growth, hazard and days gained."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request

FAMILIES = {
    "control": ("control",),
    "parts": ("parts",),
    "planned": ("control", "parts"),
    "all": ("all",),
}


@click.command(cls=StudyCommand)
@click.option(
    "--contrasts",
    type=click.Choice(list(FAMILIES)),
    default="planned",
    help="Arms against control, combinations against their parts, both [planned], or all pairs.",
)
@click.option(
    "--outcome",
    "outcomes",
    type=click.Choice(["growth_rate", "log_hazard", "rmst_days"]),
    multiple=True,
    help="Only this outcome. May be repeated.",
)
@writes_table
@reads_study("growth", "progression", "compare")
def compare(request: Request, *, contrasts: str, outcomes: tuple[str, ...]) -> None:
    """How arms differ: growth rates, hazards, days gained.

    p_adjusted holds for all claims of one family and outcome; p_value for one read alone.

    \b
    Examples
      xenotrack compare sample_data/combination.csv
      xenotrack compare sheet.csv --contrasts control --adjust dunnett
    """
    from xenotrack.doubts import merge_doubts
    from xenotrack.present.tables import stack

    results = request.results()
    if contrasts != "all":
        results.study.design.require_control()
    found = results.compare(outcomes, FAMILIES[contrasts])
    doubts = merge_doubts(results.fit_doubts, *(each.doubts for each in found))
    request.write(stack([each.to_frame() for each in found]), doubts)
