"""``xenotrack compare``: how arms differ in growth, hazard, days gained and responses."""

from __future__ import annotations

from typing import Any

import click

from xenotrack.cli.options import StudyCommand, Words, reads_study, writes_table
from xenotrack.cli.request import Request
from xenotrack.compare.outcomes import OUTCOMES

FAMILIES = {
    "control": ("control",),
    "parts": ("parts",),
    "planned": ("control", "parts"),
    "all": ("all",),
}


class OutcomeName(Words):
    """An outcome; the change of light is called by its own name as well."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        own = value.replace("ln_flux", "ln_volume") if isinstance(value, str) else value
        return super().convert(own, param, ctx)


@click.command(cls=StudyCommand)
@click.option(
    "--contrasts",
    type=Words(list(FAMILIES)),
    default="planned",
    help="Arms against control, combinations against their parts, both [planned], or all pairs.",
)
@click.option(
    "--outcome",
    "outcomes",
    type=OutcomeName(list(OUTCOMES)),
    multiple=True,
    help="Only this outcome [all but ln_volume, mean_ln_volume]. May be repeated.",
)
@click.option("--day", type=float, help="Day of --outcome ln_volume [the last day fitted].")
@writes_table
@reads_study("growth", "progression", "response", "compare")
def compare(
    request: Request, *, contrasts: str, outcomes: tuple[str, ...], day: float | None
) -> None:
    """How arms differ: growth rates, hazards, days gained, response rates.

    p_adjusted holds for all claims of one family and outcome; p_value for one read alone.

    \b
    Examples
      xenotrack compare sample_data/combination.csv
      xenotrack compare sheet.csv --contrasts control --adjust dunnett
      xenotrack compare sheet.csv --outcome ln_volume --day 21
    """
    from xenotrack.compare.by_mouse import told_together
    from xenotrack.doubts import merge_doubts
    from xenotrack.present.tables import stack

    if day is not None and "ln_volume" not in outcomes:
        raise click.UsageError("--day is the day of ln_volume: add --outcome ln_volume.")

    adjust = request.overrides.get("compare", {}).get("adjust", "none")
    if contrasts == "all" and adjust != "none":
        raise click.UsageError(
            "All pairs are adjusted together by Tukey's method: leave --adjust out, or say none."
        )
    results = request.results()
    if contrasts != "all":
        results.study.design.require_control()
    found = results.compare(outcomes, FAMILIES[contrasts], day)
    # Where nothing is asked for by name, also why an outcome is missing.
    missing = () if outcomes else results.fit_doubts
    doubts = told_together(merge_doubts(missing, *(each.doubts for each in found)))
    request.write(stack([each.to_frame() for each in found]), doubts)
