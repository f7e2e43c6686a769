"""``xenotrack check``: every doubt about the sheet, with its place and its mend."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request

if TYPE_CHECKING:
    from xenotrack.study.finding import Finding
    from xenotrack.study.study import Study


@click.command(cls=StudyCommand)
@click.option(
    "--template", is_flag=True, help="Print a study.toml to start from, or write it to -o."
)
@click.option(
    "--fix",
    is_flag=True,
    help="Write the corrected long sheet to -o, and beside it NAME.ledger.csv with every change.",
)
@writes_table
@reads_study("growth", "progression", "response", "compare")
def check(request: Request, *, template: bool, fix: bool) -> None:
    """Every doubt about the sheet: file, cell, what was seen, what to do.

    Exits 1 when one is an error (--strict: or a warning). With --fix what is certain is mended:
    rows written twice, diameters in each other's cell, spellings that split an arm; all else is
    left and listed.

    \b
    Examples
      xenotrack check sample_data/naive.toml
      xenotrack check sheet.csv --template -o study.toml
      xenotrack check sheet.csv --fix -o corrected.csv
    """
    from xenotrack.present.findings import findings_text
    from xenotrack.present.tables import stack
    from xenotrack.study.finding import findings_frame

    if fix:
        _fix(request)
        return
    studies = request.studies()
    if template:
        _write_template(request, studies[0])
        return
    # What concerns the whole sheet stands in every study and phase of it.
    findings = list(dict.fromkeys(one for study in studies for one in study.findings))
    frame = stack([findings_frame(study.findings) for study in studies]).drop_duplicates()
    request.write(frame, text=findings_text(findings))
    _close(request, findings)


def _write_template(request: Request, study: Study) -> None:
    """Print the study.toml, or write it to -o with the sheet's path from there."""
    from xenotrack.present.safe_files import write_bytes
    from xenotrack.study.template import template

    named = request.source if not request.source.endswith((".toml", "-")) else None
    out = request.output
    if out is None:
        click.echo(template(study, named), nl=False)
        return
    if out.suffix != ".toml":
        raise click.UsageError(f"--template writes a study.toml, not {out.name}.")
    _refuse_source(request, study, out)
    if named is not None:
        named = Path(os.path.relpath(named, out.parent)).as_posix()
    write_bytes(out, template(study, named).encode())
    request.say(f"Wrote {out}.")


def _close(request: Request, findings: Sequence[Finding], left: str = "") -> None:
    """Count the findings, and leave with 1 where they are errors."""
    from xenotrack.study.refusal import count

    errors = sum(finding.severity == "error" for finding in findings)
    known = sum(finding.accepted != "" for finding in findings)
    accepted = f", {known} of them known and accepted" if known else ""
    request.say(
        f"{count(len(findings), 'finding')}{left}, {count(errors, 'error')}{accepted}."
        if findings
        else f"Nothing doubtful {'is left' if left else 'was found'}."
    )
    if errors or (request.strict and len(findings) > known):
        click.get_current_context().exit(1)


def _fix(request: Request) -> None:
    """Write the corrected sheet and its ledger, then list what is left to people."""
    from xenotrack.present.findings import findings_text
    from xenotrack.present.safe_files import write_both
    from xenotrack.present.tables import FORMATS, SUFFIXES, stack
    from xenotrack.study.changes import changes, remaining, swaps
    from xenotrack.study.finding import findings_frame
    from xenotrack.study.ingest import only_study
    from xenotrack.study.refusal import count

    out = request.output
    if out is None or SUFFIXES.get(out.suffix) not in ("csv", "tsv"):
        raise click.UsageError("--fix writes a sheet: name it with -o NAME.csv or -o NAME.tsv.")
    study = only_study(request.studies(trace=True))
    _refuse_source(request, study, out)
    request.refuse_errors(study)
    corrected, swapped = swaps(study)
    ledger = stack([changes(study), swapped])
    form = SUFFIXES[out.suffix]
    beside = out.with_suffix(f".ledger{out.suffix}")
    write_both((beside, FORMATS[form](ledger, (), {})), (out, FORMATS[form](corrected, (), {})))
    trace = study.trace
    assert trace is not None  # as it was asked for
    gone = len(trace.written) - len(corrected)
    request.say(
        f"Wrote {out}: {count(len(corrected), 'row')}, one a reading, of {len(trace.written)} in "
        f"the sheet; {count(gone, 'row')} left out. Wrote {beside}: "
        f"{count(len(ledger), 'line')}, what was changed and where."
    )
    left = remaining(study.findings, ledger)
    asked = request.form or "table"
    in_words = asked == "table"
    request.put(findings_text(left) if in_words else FORMATS[asked](findings_frame(left), (), {}))
    _close(request, left, " left to you")


def _refuse_source(request: Request, study: Study, out: Path) -> None:
    """Never write over what was read."""
    folder = Path(request.source).parent
    read = [folder / source.name for source in study.sources] + [Path(request.source)]
    if os.path.realpath(out) in {os.path.realpath(path) for path in read}:
        raise click.UsageError(f"{out} is what was read; name another file with -o.")
