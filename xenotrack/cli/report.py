"""``xenotrack report``: the report of results that were computed before."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Write OUT/report.html anew from the results in OUT; nothing is fitted again.

    OUT is a folder that `xenotrack run` wrote; one of several studies gives a report each.

    \b
    Examples
      xenotrack report results
    """
    from xenotrack.cli.output import write_bytes
    from xenotrack.present.report import render_report
    from xenotrack.present.stored import read_run, run_folders

    pages = {each / "report.html": render_report(read_run(each)) for each in run_folders(folder)}
    for path, page in pages.items():
        write_bytes(path, page)
        click.echo(f"Wrote {path}.", err=True)
