"""``xenotrack run``: every answer of a study, in one folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from xenotrack.cli.options import StudyCommand, draws_figures, reads_study, writes_folder
from xenotrack.cli.request import Request
from xenotrack.cli.stdout import put
from xenotrack.cli.steps import shown_steps


@click.command(cls=StudyCommand)
@reads_study("growth", "progression", "response", "compare", several=True)
@writes_folder(
    "The folder for the results, new or of an earlier run; - writes none, only the summary."
)
@draws_figures("all", "How many figures: the key ones take two thirds of the time, none a third")
@click.option(
    "--sensitivity",
    is_flag=True,
    help="Also the claims of days gained under other definitions of progression.",
)
@click.option(
    "--declared",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="What check --declare wrote: the results say whether the rules are those.",
)
@click.option(
    "--depfile",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write here, for make, which files the results depend on.",
)
def run(
    request: Request,
    *,
    named: tuple[str, ...],
    figures: str,
    sensitivity: bool,
    declared: str | None,
    depfile: Path | None,
) -> None:
    """Everything in one folder: tables, figures, doubts; the summary goes to stdout.

    Results of an earlier run are replaced: the files that it wrote and nobody changed. All else in
    the folder stays, a changed one as NAME.kept. A sheet of several studies, or of mice treated
    in several phases, gives one folder each, and so do several study.toml; index.html leads to
    them.

    \b
    Examples
      xenotrack run sample_data/naive.toml -o results
      xenotrack run sheet.csv --control Vehicle --figures key -o results
      xenotrack run naive.toml resistant.toml -o both
      xenotrack run sheet.csv -o -
    """
    from xenotrack.many.job import run_job
    from xenotrack.study.contents import input_paths

    if named:
        if declared is not None or depfile is not None:
            raise click.UsageError("--declared and --depfile are about one study: run it alone.")
        _run_in_turn(request, named, figures, sensitivity)
        return
    if depfile is not None and request.output is None:
        raise click.UsageError("--depfile is about a folder of results: name one with -o.")
    job = request.job(figures, sensitivity, declared, [depfile] if depfile else [])
    with shown_steps(sys.stderr, hidden=request.quiet) as steps:
        outcome = run_job(job, steps.around(request.say), begin=steps.begin)
    if depfile is not None and request.output is not None:
        several = len(outcome.studies) > 1
        write_depfile(depfile, request.output, several, input_paths(request.paths, job.rules))
    # Only now: a run that fails says nothing on stdout.
    put("\n".join(outcome.summaries).encode())
    if request.output is not None:
        guide = "README.txt there says what is what"
        leads = "index.html there leads to each study"
        request.say(f"Wrote {request.output}/: {leads if len(outcome.studies) > 1 else guide}.")


def _run_in_turn(request: Request, named: Sequence[str], figures: str, sensitivity: bool) -> None:
    """Several studies, a folder each, and the page of all; those that fail are named."""
    from xenotrack.cli.batch import about_failure, about_failures, refuse_undone
    from xenotrack.many.asked import Asked
    from xenotrack.many.in_turn import InTurn, run_in_turn

    if request.output is None:
        raise click.UsageError("Several studies are written into a folder: name one with -o.")
    asked = Asked(
        *(request.overrides, request.reading, figures),
        strict=request.strict,
        sensitivity=sensitivity,
    )
    with shown_steps(sys.stderr, hidden=request.quiet) as steps:
        crew = InTurn(steps.around(request.say), steps.begin)
        ended = run_in_turn([Path(name) for name in named], asked, request.output, crew)
    put("\n".join(crew.summaries).encode())
    for each in ended:
        if each.how == "failed":
            click.echo(about_failure(each), err=True)
        for text in each.said:
            request.say(f"{each.planned.name}: {text}")
    request.say(f"Wrote {request.output}/: index.html there leads to each study.")
    failed = [each for each in ended if each.how == "failed"]
    refuse_undone(about_failures(failed, len(ended), request.output))


def write_depfile(path: Path, out: Path, several: bool, inputs: Sequence[Path]) -> None:
    """Write for make what the results depend on; a file that is no depfile of ``out`` stays.

    The target is what is written last: the manifest, and of several studies the page of all.
    """
    from xenotrack.cli.depfile import depfile
    from xenotrack.present.manifest import INDEX, MANIFEST
    from xenotrack.present.safe_files import write_bytes

    heads = tuple(depfile(out / name, []).strip() for name in (MANIFEST, INDEX))
    data = depfile(out / (INDEX if several else MANIFEST), inputs)
    write_bytes(path, data, lambda there: there.read_bytes().startswith(heads))
