"""``xenotrack plot``: one figure."""

from __future__ import annotations

from functools import partial

import click

from xenotrack.cli.options import StudyCommand, Words, may_force, reads_study
from xenotrack.cli.request import Request
from xenotrack.present.figures.catalogue import FIGURES, figure_names

KINDS = "\n".join(f"  {one.name:20}  {one.help}" for one in FIGURES)
HELP = f"""One figure; a png has 300 dots an inch.

\b
KIND is one of
{KINDS}

\b
Examples
  xenotrack plot growth sample_data/naive.toml -o growth.svg
  xenotrack plot waterfall sheet.csv -o waterfall.png
  xenotrack plot growth_by_arm sheet.csv --journal cell-half -o figure1.pdf
  xenotrack plot progression sheet.csv --theme dark -o slide.png
"""
THEMES = ("paper", "bold", "slide", "dark", "grey")
# Widths in mm that journals ask for: all their columns, one and a half, and one.
JOURNALS = {
    **{"nature": 183, "nature-column": 89},
    **{"cell": 174, "cell-half": 114, "cell-column": 85},
    **{"science": 184, "science-half": 121},
    **{"pnas": 178, "pnas-half": 114, "pnas-column": 87},
    **{"plos": 190.5, "plos-half": 132},
}


@click.command(cls=StudyCommand, help=HELP)
@click.argument("kind", type=Words(figure_names()), metavar="KIND")
@reads_study("growth", "progression", "response", "compare")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False),
    help="The picture to write: .svg, .png or .pdf; - is an svg on stdout.",
)
@may_force
@click.option(
    "--width",
    type=click.FloatRange(min=0, min_open=True),
    help="Width in mm; the layout follows it, words keep their size [183].",
)
@click.option(
    "--height",
    type=click.FloatRange(min=0, min_open=True),
    help="Height in mm [as the figure needs].",
)
@click.option(
    "--journal",
    type=Words(list(JOURNALS)),
    metavar="NAME",
    help=f"A journal's width: {', '.join(f'{name} {mm:g}' for name, mm in JOURNALS.items())} mm.",
)
@click.option(
    "--theme",
    type=Words(THEMES),
    default="paper",
    help="Its look: for paper, bold for posters, a slide (16:9, all of it larger), dark for dark "
    "slides, or in grey for print without colour [paper].",
)
@click.option(
    "--caption/--no-caption",
    default=True,
    help="Words below the figure that say how to read it [--caption].",
)
def plot(
    request: Request,
    *,
    kind: str,
    width: float | None,
    height: float | None,
    journal: str | None,
    theme: str,
    caption: bool,
) -> None:
    """One figure."""
    from xenotrack.doubts import merge_doubts
    from xenotrack.present.figures.save import (
        give_matplotlib_a_home,
        picture_format,
        render,
    )

    give_matplotlib_a_home()
    from xenotrack.present.figures.gallery import draw
    from xenotrack.present.figures.slide import draw_slide
    from xenotrack.present.figures.style import FIGURE_WIDTH, MILLIMETRES, Canvas
    from xenotrack.present.figures.themes import dress

    if journal is not None and width is not None:
        raise click.UsageError("--journal is a width: say one of it and --width.")
    wide = JOURNALS[journal] if journal is not None else width
    if theme == "slide" and (wide is not None or height is not None):
        raise click.UsageError("--theme slide is 16:9: say one of it and --width or --height.")
    form = "svg" if request.output is None else picture_format(request.output)
    results = request.results()
    request.say_doubts(merge_doubts(results.fit_doubts, results.responses.doubts))
    if theme == "slide":
        figure, times = draw_slide(kind, results, caption)
    else:
        across = FIGURE_WIDTH if wide is None else wide / MILLIMETRES
        down = None if height is None else height / MILLIMETRES
        figure, times = draw(kind, results, Canvas(across, down, caption)), 1.0
    dressed = partial(dress, theme=theme, design=results.study.design)
    request.save(render(figure, (form,), dress=dressed, times=times)[form])
    request.say_letters(results.study)
