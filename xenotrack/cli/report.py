"""``xenotrack report``: the report of results that were computed before."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--docx", is_flag=True, help="Write OUT/methods.docx, too: methods for a paper.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was written or kept.")
def report(folder: Path, docx: bool, quiet: bool) -> None:
    """Write OUT/report.html anew from the results in OUT; nothing is fitted again.

    OUT is a folder that `xenotrack run` wrote; one of several studies gives a report each.

    \b
    Examples
      xenotrack report results
      xenotrack report results --docx
    """
    from xenotrack.present.report import render_report
    from xenotrack.present.safe_folder import amend_folder, end_killed_runs
    from xenotrack.present.stored import read_run, run_folders

    def say(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    end_killed_runs(folder, (), say)
    runs = {each: read_run(each) for each in run_folders(folder)}
    pages = {each: {"report.html": render_report(run)} for each, run in runs.items()}
    if docx:
        from xenotrack.present.docx import to_docx

        for each, run in runs.items():
            pages[each]["methods.docx"] = to_docx(run.results.story)
    for each, files in pages.items():
        amend_folder(each, files, say)
        for name in files:
            say(f"Wrote {each / name}.")
