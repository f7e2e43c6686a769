"""``xenotrack report``: the report of results that were computed before."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--docx", is_flag=True, help="Write OUT/methods.docx, too: methods for a paper.")
def report(folder: Path, docx: bool) -> None:
    """Write OUT/report.html anew from the results in OUT; nothing is fitted again.

    OUT is a folder that `xenotrack run` wrote; one of several studies gives a report each.

    \b
    Examples
      xenotrack report results
      xenotrack report results --docx
    """
    from xenotrack.present.report import render_report
    from xenotrack.present.safe_files import write_bytes
    from xenotrack.present.stored import read_run, run_folders

    runs = {each: read_run(each) for each in run_folders(folder)}
    pages = {each / "report.html": render_report(run) for each, run in runs.items()}
    if docx:
        from xenotrack.present.docx import to_docx

        pages |= {each / "methods.docx": to_docx(run.results.story) for each, run in runs.items()}
    for path, page in pages.items():
        write_bytes(path, page)
        click.echo(f"Wrote {path}.", err=True)
