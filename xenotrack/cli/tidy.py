"""``xenotrack tidy``: the canonical long table, from any layout."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@writes_table
@reads_study()
def tidy(request: Request) -> None:
    """The canonical long table, from any layout.

    A file that ends in .pzfx is for GraphPad Prism: a table of volumes and one of body weights,
    a column a mouse.

    \b
    Examples
      xenotrack tidy sample_data/wide.csv -o long.csv
      xenotrack tidy sample_data/naive.toml -o naive.pzfx
    """
    study = request.read()
    request.refuse_findings(study)
    if request.output is not None and request.output.suffix.lower() == ".pzfx":
        if request.form is not None:
            raise click.UsageError(f"-f {request.form} contradicts the suffix of .pzfx.")
        from xenotrack.present.prism import measured_tables, to_prism

        request.save(to_prism(measured_tables(study)), edited=True)
        return
    request.write(study.tidy, edited=True)
