"""A figure on a slide: 16 : 9, with words that are read from the last row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenotrack.errors import InputError
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.style import Canvas

if TYPE_CHECKING:
    from plotnine import ggplot

WIDTH, HEIGHT = 40 / 3, 7.5  # inches
# Times that all of a figure grows, its words too: the first at which it has room.
GROWN = (2.0, 1.8, 1.6, 1.45, 1.3, 1.15, 1.0)
ROOM = 0.8  # of the height that a figure has by itself
ROOM_OF = {"swimmer": 0.5}  # its bars can be thinner, and its words are then read from afar


def draw_slide(kind: str, results: Results, caption: bool) -> tuple[ggplot, float]:
    """The figure, and how many times as large it is to be written.

    Raises ``InputError`` where it has more words than a slide.
    """

    def usual(times: float) -> float:
        figure = draw(kind, results, Canvas(WIDTH / times, None, caption))
        return float(figure.theme.getp("figure_size")[1])

    room = ROOM_OF.get(kind, ROOM)
    roomy = [times for times in GROWN if HEIGHT / times >= room * usual(times)]
    for times in dict.fromkeys([*roomy, *GROWN[::-1]]):
        try:
            return draw(kind, results, Canvas(WIDTH / times, HEIGHT / times, caption)), times
        except InputError as error:
            refused = error
    raise InputError(f"{kind} has no room on a slide. {refused}")
