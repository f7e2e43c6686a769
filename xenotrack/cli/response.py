"""``xenotrack response``: what each mouse did: best response, mRECIST, progression, own rate."""

from __future__ import annotations

import click

from xenotrack.cli.options import StudyCommand, reads_study, writes_table
from xenotrack.cli.request import Request


@click.command(cls=StudyCommand)
@click.option("--by-arm", is_flag=True, help="Counts by arm with exact intervals.")
@writes_table
@reads_study("response", "progression", "compare.level")
def response(request: Request, *, by_arm: bool) -> None:
    """What each mouse did: best response, mRECIST, progression, own rate.

    \b
    Examples
      xenotrack response sample_data/naive.toml
      xenotrack response sheet.csv --by-arm -f csv
    """
    from xenotrack.response.by_arm import response_by_arm

    results = request.results()
    if by_arm:
        frame = response_by_arm(results.study, results.responses)
    else:
        frame = results.responses.to_frame()
    request.write(frame, results.responses.doubts)
