"""``xenotrack plot``: one figure."""

from __future__ import annotations

from pathlib import Path

import click

from xenotrack.cli.options import StudyCommand, reads_study
from xenotrack.cli.request import Request

KINDS = (
    "growth",
    "growth_by_arm",
    "waterfall",
    "progression",
    "rates",
    "weight",
    "contrasts",
    "swimmer",
    "spider",
)


@click.command(cls=StudyCommand)
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@reads_study("growth", "progression", "response", "compare")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False),
    help="The picture to write: .svg, .png or .pdf.",
)
def plot(request: Request, *, kind: str) -> None:
    """One figure.

    KIND is growth, growth_by_arm, waterfall, progression, rates, weight, contrasts, swimmer or
    spider.

    \b
    Examples
      xenotrack plot growth sample_data/naive.toml -o growth.svg
      xenotrack plot waterfall sheet.csv -o waterfall.png
    """
    from xenotrack.cli.output import write_bytes
    from xenotrack.doubts import merge_doubts
    from xenotrack.present.figures.save import give_matplotlib_a_home, picture_format, render

    give_matplotlib_a_home()
    from xenotrack.present.figures.gallery import draw

    path = request.output or Path(kind)
    form = picture_format(path)
    results = request.results()
    request.say_doubts(merge_doubts(results.fit_doubts, results.responses.doubts))
    write_bytes(path, render(draw(kind, results), (form,))[form])
