"""``xenotrack check``: every doubt about the sheet, with its place and its mend."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request
from xenotrack.cli.stdout import put

if TYPE_CHECKING:
    import pandas as pd

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
@click.option(
    "--declare",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write the rules of the analysis, with their digest, to FILE: date it before the data.",
)
@writes_table
@reads_study("growth", "progression", "response", "compare")
def check(request: Request, *, template: bool, fix: bool, declare: str | None) -> None:
    """Every doubt about the sheet: file, cell, what was seen, what to do.

    Exits 1 when one is an error (--strict: or a warning). With --fix what is certain is mended:
    rows written twice, diameters in each other's cell, spellings that split an arm; all else is
    left and listed.

    \b
    Examples
      xenotrack check sample_data/naive.toml
      xenotrack check sheet.csv --template -o study.toml
      xenotrack check sheet.csv --fix -o corrected.csv
      xenotrack check sample_data/naive.toml --declare declared.json
    """
    from xenotrack.present.findings import findings_text
    from xenotrack.present.tables import stack
    from xenotrack.study.finding import findings_frame

    if declare is not None and (template or fix):
        raise click.UsageError(
            "--declare writes a file of its own: say it without --template, --fix."
        )
    if fix:
        _fix(request)
        return
    studies = request.studies(beside=[Path(declare)] if declare else [])
    if declare is not None:
        _declare(request, studies[0], Path(declare))
        return
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
    from xenotrack.study.template import template

    named = [one for one in request.sources if not one.endswith(".toml") and one != "-"]
    out = request.output
    if out is not None:
        if out.suffix != ".toml":
            raise click.UsageError(f"--template writes a study.toml, not {out.name}.")
        named = [Path(os.path.relpath(one, out.parent)).as_posix() for one in named]
    request.save(template(study, named).encode(), edited=True)
    if out is not None:
        request.say(f"Wrote {out}.")


def _declare(request: Request, study: Study, file: Path) -> None:
    """Write the rules of the analysis to a file that the lab can date."""
    from xenotrack.present.safe_files import never, write_bytes
    from xenotrack.study.declaration import declaration_text, digest_of, rules_of

    request.refuse_errors(study)
    write_bytes(file, declaration_text(study.design), request.gives_way(never))
    digest = digest_of(rules_of(study.design))
    request.say(f"Wrote {file}: the rules of the analysis, digest {digest}.")


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
    from xenotrack.present.tables import FORMATS, stack
    from xenotrack.study.changes import changes, remaining, swaps
    from xenotrack.study.finding import findings_frame
    from xenotrack.study.ingest import only_study

    form, beside = _forms_of_fix(request)
    study = only_study(request.studies(trace=True, beside=[beside] if beside else []))
    request.refuse_errors(study)
    corrected, swapped = swaps(study)
    ledger = stack([changes(study), swapped])
    left = remaining(study, corrected)
    sheet, lines = (FORMATS[form](frame, (), {}) for frame in (corrected, ledger))
    if request.output is None or beside is None:
        # Stdout is the sheet's, and all else is said.
        put(sheet)
        for data in (lines, findings_text(left)):
            request.say(data.decode().rstrip("\n"))
    else:
        _write_fixed(request, (beside, lines), (request.output, sheet))
        _say_fixed(request, study, corrected, ledger, beside)
        asked = request.form or "table"
        in_words = asked == "table"
        put(findings_text(left) if in_words else FORMATS[asked](findings_frame(left), (), {}))
    _close(request, left, " left to you")


def _forms_of_fix(request: Request) -> tuple[str, Path | None]:
    """The format of the corrected sheet, and the file for its ledger; none beside stdout."""
    from xenotrack.present.tables import SUFFIXES

    out = request.output
    if request.to_stdout:
        form = request.form or "csv"
        if form in ("csv", "tsv"):
            return form, None
    elif out is not None and SUFFIXES.get(out.suffix) in ("csv", "tsv"):
        return SUFFIXES[out.suffix], out.with_suffix(f".ledger{out.suffix}")
    raise click.UsageError("--fix writes a sheet: name it with -o NAME.csv or -o NAME.tsv.")


def _write_fixed(request: Request, ledger: tuple[Path, bytes], sheet: tuple[Path, bytes]) -> None:
    from xenotrack.present.safe_files import never, write_both

    write_both(ledger, sheet, request.gives_way(never))


def _say_fixed(
    request: Request, study: Study, corrected: pd.DataFrame, ledger: pd.DataFrame, beside: Path
) -> None:
    from xenotrack.study.refusal import count

    assert study.trace is not None  # as it was asked for
    n_written = len(study.trace.written)
    request.say(
        f"Wrote {request.output}: {count(len(corrected), 'row')}, one a reading, of {n_written} in "
        f"the sheet; {count(n_written - len(corrected), 'row')} left out. Wrote {beside}: "
        f"{count(len(ledger), 'line')}, what was changed and where."
    )
