"""``xenotrack pool``: does it hold in other lines?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, Words, draws_figures, reads_study, writes_table
from xenotrack.cli.request import Request
from xenotrack.compare.outcomes import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xenotrack.many.lines import Entry

TABLES = {"means": "pool", "lines": "pool_lines", "response": "pool_response"}
TABLES["blocked"] = "pool_blocked"


@click.command(cls=StudyCommand)
@click.option(
    "--outcome",
    "outcomes",
    type=Words([name for name in OUTCOMES if not name.startswith("composite")]),
    multiple=True,
    help="Only this outcome [all of them]. May be repeated.",
)
@click.option("--day", type=float, help="Day of ln_volume [the last that every line reaches].")
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="FACTOR:GROUP=LINE,LINE",
    help="A group of lines, as under [lines]. May be repeated.",
)
@click.option(
    "--table",
    "which",
    type=Words(list(TABLES)),
    default="means",
    help="Means over lines [means], each line's own contrasts, its response, or in how many lines "
    "an arm blocked progression.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Also write the report of the pool into this folder, with its tables and figures.",
)
@draws_figures("all", "Whether the report has its figures; key ones are all of them here")
@writes_table
@reads_study("growth", "progression", "response", "compare", many=True)
def pool(
    request: Request,
    *,
    named: tuple[str, ...],
    outcomes: tuple[str, ...],
    day: float | None,
    groups: tuple[str, ...],
    which: str,
    report: Path | None,
    figures: str,
) -> None:
    """Does it hold in other lines: contrasts of arms pooled over xenograft lines.

    STUDY is a sheet with a column of lines, or one of several sheets or folders of results
    (DIR) with a line each. Arms are compared within lines; the spread between lines is in every
    interval.

    \b
    Examples
      xenotrack pool sample_data/models.toml
      xenotrack pool sample_data/models.toml --table blocked --report across --figures none
      xenotrack pool sample_data/models.toml --table lines --outcome growth_rate -f csv
    """
    from xenotrack.many.lines import known_outcomes
    from xenotrack.many.pool import read_pool, write_report

    lines = _groups(groups)
    overrides = {**request.overrides, **({"lines": lines} if lines else {})}
    if not named:
        raise click.UsageError("Name a sheet with a column of lines, or folders of results.")
    tomls = tuple(name for name in named if name.endswith(".toml"))
    request = replace(request, overrides=overrides, sources=tomls[:1] or named[:1])
    asked = known_outcomes(outcomes)
    found = read_pool(
        named,
        lambda source: _entries(replace(request, sources=(source,))),
        request.rules(),
        overrides,
        asked,
        day,
    )
    design = found.design
    frame = design.readout.table(found.tables[TABLES[which]], design.names)
    request.write(frame, design.in_words(found.doubts))
    if report is not None:
        write_report(found, named, report, figures != "none", request.say)
        request.say(f"Wrote {report}/: report.html is the page of the pool.")


def _entries(request: Request) -> Sequence[Entry]:
    """The lines of a sheet, each a study of its own; of a panel read at once."""
    from xenotrack.many.lines import read_panel
    from xenotrack.present.results import Results

    if request.source != "-":
        panel = read_panel(Path(request.source), request.rules(), request.reading)
        if panel:
            return panel
    studies = request.studies()
    for study in studies:
        request.refuse_errors(study)
    return [Results(study) for study in studies]


def _groups(typed: tuple[str, ...]) -> dict[str, dict[str, list[str]]]:
    """``[lines]`` as ``--group`` gives it."""
    groups: dict[str, dict[str, list[str]]] = {}
    for text in typed:
        name, sign, listed = text.partition("=")
        factor, mark, group = (part.strip() for part in name.partition(":"))
        if not (sign and mark and factor and group):
            raise click.UsageError(f"--group takes FACTOR:GROUP=LINE,LINE, not {text!r}.")
        own = [line.strip() for line in listed.split(",") if line.strip()]
        groups.setdefault(factor, {}).setdefault(group, []).extend(own)
    return groups
