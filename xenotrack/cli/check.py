"""``xenotrack check``: every doubt about the sheet, with its place and its mend."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request, count


@click.command(cls=StudyCommand)
@click.option("--template", is_flag=True, help="Print a study.toml to start from.")
@writes_table
@reads_study("growth", "progression", "response", "compare")
def check(request: Request, *, template: bool) -> None:
    """Every doubt about the sheet: file, cell, what was seen, what to do.

    Exits 1 when one is an error (--strict: or a warning).

    \b
    Examples
      xenotrack check sample_data/naive.toml
      xenotrack check sheet.csv --template > study.toml
    """
    from xenotrack.present.tables import stack
    from xenotrack.study.finding import findings_frame
    from xenotrack.study.template import template as study_template

    studies = request.studies()
    if template:
        named = request.source if not request.source.endswith((".toml", "-")) else None
        click.echo(study_template(studies[0], named), nl=False)
        return
    # What concerns the whole sheet stands in every study and phase of it.
    request.write(stack([findings_frame(study) for study in studies]).drop_duplicates())
    findings = dict.fromkeys(finding for study in studies for finding in study.findings)
    errors = sum(finding.severity == "error" for finding in findings)
    request.say(
        f"{count(len(findings), 'finding')}, {count(errors, 'error')}."
        if findings
        else "Nothing doubtful was found."
    )
    if errors or (request.strict and findings):
        click.get_current_context().exit(1)
