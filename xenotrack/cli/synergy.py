"""``xenotrack synergy``: is a combination more than its parts."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, Words, reads_study, writes_table
from xenotrack.cli.request import Request

REFERENCES = ("bliss", "bliss_doublet", "hsa", "hsa_doublet", "additivity", "interaction")
SCALES = ("rate", "ln_volume", "relative_volume")


@click.command(cls=StudyCommand)
@click.option("--factorial", "what", flag_value="factorial", help="Main effects, interactions.")
@click.option("--dose-grid", "what", flag_value="dose_grid", help="Bliss excess by pair of doses.")
@click.option("--by-day", is_flag=True, help="Volumes at every visit day.")
@click.option(
    "--day",
    "days",
    type=click.FloatRange(min=0, min_open=True),
    multiple=True,
    help="Volumes at this day [the last fitted]. May be repeated.",
)
@click.option(
    "--reference",
    "references",
    type=Words(REFERENCES),
    multiple=True,
    help="Only this reference. May be repeated.",
)
@click.option(
    "--scale",
    "scales",
    type=Words(SCALES),
    multiple=True,
    help="Only this scale. May be repeated.",
)
@writes_table
@reads_study("growth", "compare.level")
def synergy(
    request: Request,
    *,
    what: str | None,
    by_day: bool,
    days: tuple[float, ...],
    references: tuple[str, ...],
    scales: tuple[str, ...],
) -> None:
    """Is a combination more than its parts.

    Against independent action (Bliss), the best part (HSA), added responses, and what all smaller
    combinations explain. Negative is synergy.

    \b
    Examples
      xenotrack synergy sample_data/naive.toml
      xenotrack synergy sample_data/naive.toml --reference bliss_doublet --scale rate
      xenotrack synergy sample_data/naive.toml --factorial
      xenotrack synergy sheet.csv --by-day -f csv
    """
    if what is not None and (by_day or days or references or scales):
        raise click.UsageError(f"--{what.replace('_', '-')} is a table of its own: ask it alone.")
    if by_day and days:
        raise click.UsageError("Choose --by-day or --day, not both.")
    results = request.results()
    results.study.design.require_control()
    if not dict(results.study.design.combinations()):
        request.say("The study has no arm of two or more drugs whose parts are arms too.")
    if what is not None:
        request.write(getattr(results, what), results.growth.doubts)
        return
    excess = results.synergy_at((results.visit_days if by_day else days) or None)
    doubts = (*results.growth.doubts, *excess.doubts)
    request.write(excess.only(references, scales).to_frame(), doubts)
