"""``xenotrack simulate``: a study with known truth, as a sheet to analyse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_folder
from xenotrack.cli.request import Request

if TYPE_CHECKING:
    from xenotrack.plan.truth import Scenario


@click.command(cls=StudyCommand)
@reads_study("growth")
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Seed of chance.")
@click.option(
    "--like",
    is_flag=True,
    help="More like this study: rates, spreads, visits and losses as they were measured.",
)
@writes_folder("The folder for the sheet, its study.toml and the truth; - prints the sheet.")
def simulate(request: Request, *, seed: int, like: bool) -> None:
    """A study whose truth is known: drawn from [truth], or like a study that was done.

    STUDY is a study.toml with [truth]: the arms with their rates, the visits, the calipers, the
    limits; it needs no sheet. With --like it is any study. The folder holds sheet.csv, study.toml
    (run it), truth.csv (each mouse as it really is) and truth.toml (simulate it again).

    \b
    Examples
      xenotrack simulate sample_data/plan/next.toml --seed 1 -o simulated
      xenotrack simulate sample_data/two_arm.csv --like --seed 1 -o again
    """
    from xenotrack.present.simulated import Simulated

    scenario = _scenario(request, like)
    made = Simulated(scenario, request.rules(), seed)
    if request.output is None:
        from xenotrack.cli.stdout import put

        put(made.files()["sheet.csv"])
        return
    made.write(request.output, request.say)
    request.say(f"Wrote {request.output}/: xenotrack run {request.output}/study.toml")


def _scenario(request: Request, like: bool) -> Scenario:
    from xenotrack.errors import InputError
    from xenotrack.plan.declared import declared_scenario
    from xenotrack.plan.like import scenario_like

    if like:
        study = request.read()
        request.refuse_findings(study)
        return scenario_like(study)
    of_toml = request.source.endswith(".toml")
    found = declared_scenario(Path(request.source), request.rules()) if of_toml else None
    if found is None:
        raise InputError(
            f"{request.source} has no [truth] to simulate. Write one into a study.toml, as\n\n"
            "[truth.arms.vehicle]\nrate = 0.05\nrate_sd = 0.012\n\n"
            "or say --like for a study like this one."
        )
    return found
