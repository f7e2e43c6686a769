"""Every figure by name, on the canvas that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from xenotrack.errors import InputError
from xenotrack.present.figures.catalogue import NARROW, figure_names
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.save import say_readout
from xenotrack.present.figures.style import MILLIMETRES, USUAL, Canvas, on

if TYPE_CHECKING:
    from plotnine import ggplot

    from xenotrack.compare.across import Pool

LARGEST = 1000  # millimetres: a poster


def draw(kind: str, results: Results, canvas: Canvas = USUAL) -> ggplot:
    """One figure of a study; where a result is missing, the figure says so in words.

    Raises ``InputError`` where the size asked for is too small for its words, or beyond all paper.
    """
    width, height = MILLIMETRES * canvas.width, MILLIMETRES * (canvas.height or 0)
    if width < NARROW - 1e-6:
        raise InputError(
            f"The words of {kind} would meet at a width of {width:.0f} mm. "
            f"Draw it at least {NARROW} mm wide (--width)."
        )
    if max(width, height) > LARGEST + 1e-6:
        raise InputError(
            f"A figure of {max(width, height):.0f} mm is larger than any paper. "
            f"Draw it at most {LARGEST} mm wide and high (--width, --height)."
        )
    with on(canvas):
        plot = drawing(kind)(results)
    say_readout(plot, results.study.design)
    return plot


def draw_lines(kind: str, pool: Pool, canvas: Canvas = USUAL) -> ggplot:
    """One figure of a pool over lines."""
    with on(canvas):
        plot: ggplot = import_module(f"{__package__}.{kind}").draw(pool)
    say_readout(plot, pool.design)
    return plot


def figure_of(kind: str, results: Results, width_mm: float | None = None) -> ggplot:
    """A figure as a library gives it: of a name that anybody may have typed.

    Raises ``InputError`` where no figure has this name, or its words need more width.
    """
    if kind not in figure_names():
        raise InputError(f"No figure is called {kind!r}. Figures: {', '.join(figure_names())}.")
    return draw(kind, results, USUAL if width_mm is None else Canvas(width_mm / MILLIMETRES, None))


def drawing(kind: str) -> Callable[[Results], ggplot]:
    """``draw`` of the figure's own file."""
    draw_it: Callable[[Results], ggplot] = import_module(f"{__package__}.{kind}").draw
    return draw_it
