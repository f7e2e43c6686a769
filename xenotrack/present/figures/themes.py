"""Other looks of a finished drawing: for slides, for the last row, for print without colour.

A figure is laid out once, for paper; a theme changes its colours and the weight of its lines, and
never a place or a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xenotrack.present.theme import COLOURS, CONTROL_COLOUR, RESPONSES, arm_colours
from xenotrack.study.design import Design

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

RGBA = tuple[float, float, float, float]
HEAVIER = 1.6  # times the width of a line
BAR = 2.5  # points from which a line is a bar, whose width says nothing more when it grows
NIGHT = 0.106  # the paper of a dark figure, where white is 1
LIGHTEST_GREY = 0.58  # a contrast of 3 : 1 on white
CONTRAST = 3.0  # to 1, of what is seen
# The arms' colours on dark paper, in the order of COLOURS. White and the first seven keep the hue
# of their counterparts as far as they are at least 29 apart (CIE 1976) to normal and to
# colour-blind eyes; the rest as far as they are 11 apart. All have a contrast of 3 : 1.
AT_NIGHT = (
    *("#a8b4f2", "#b86e29", "#4bf543", "#af18ff", "#00838c", "#8061c5", "#c8ad87"),
    *("#ee3399", "#bb88ff", "#cc5555", "#ff99bb", "#ff66cc", "#cc44ff", "#cc2266"),
    *("#ffbbee", "#cc9900", "#5566dd", "#99ffbb", "#99dd77"),
)


@dataclass(frozen=True)
class Theme:
    """What becomes of the arms' colours, of greys, and of the width of lines."""

    recolour: Callable[[Design], Mapping[str, str]] = lambda design: {}
    grey: Callable[[float], float] = lambda value: value
    heavier: float = 1.0


def _at_night(design: Design) -> dict[str, str]:
    others = [*design.rules.colours.values(), *(colour for _, colour, _ in RESPONSES.values())]
    lighter = {colour: _lightened(colour) for colour in others}
    return lighter | dict(zip(COLOURS, AT_NIGHT, strict=True))


def _lightened(colour: str) -> str:
    """A colour with so much white that it is seen on dark paper."""
    paper = luminance((NIGHT, NIGHT, NIGHT))
    channels = _shares(colour)
    for share in np.linspace(0, 1, 21):
        lighter = [channel + share * (1 - channel) for channel in channels]
        if (luminance(lighter) + 0.05) / (paper + 0.05) >= CONTRAST:
            break
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in lighter)


def _shares(colour: str) -> list[float]:
    return [channel / 255 for channel in _rgb(colour)]


def luminance(channels: Sequence[float]) -> float:
    """How light a colour of sRGB is, from 0 to 1.

    >>> luminance((0, 0, 0)), round(luminance((1, 1, 1)), 6)
    (0.0, 1.0)
    """
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def _without_colour(design: Design) -> dict[str, str]:
    """The other arms from dark to light grey in their order; symbols and lines tell them apart."""
    colours = [colour for colour in arm_colours(design).values() if colour != CONTROL_COLOUR]
    colours = list(dict.fromkeys(colours))
    darkest = 0.25 if len(colours) < len(design.arms) else 0.0  # the control is black
    step = (LIGHTEST_GREY - darkest) / max(len(colours) - 1, 1)
    classes = {colour: _grey_of(luminance(_shares(colour))) for _, colour, _ in RESPONSES.values()}
    return classes | {
        colour: _grey_of(darkest + place * step) for place, colour in enumerate(colours)
    }


def _grey_of(value: float) -> str:
    return "#" + 3 * f"{round(255 * min(value, LIGHTEST_GREY)):02x}"


THEMES = {
    "paper": Theme(),
    "bold": Theme(heavier=HEAVIER),
    "slide": Theme(),
    "dark": Theme(_at_night, lambda value: 1 - (1 - NIGHT) * value, HEAVIER),
    "grey": Theme(_without_colour),
}


def dress(drawn: Figure, theme: str, design: Design) -> None:
    """Give a drawing of a study the look of one of ``THEMES``."""
    look = THEMES[theme]
    recoloured = {_rgb(old): _rgb(new) for old, new in look.recolour(design).items()}

    def coloured(colour: Any) -> RGBA:
        from matplotlib.colors import to_rgba

        red, green, blue, alpha = to_rgba(colour)
        known = recoloured.get(tuple(round(255 * each) for each in (red, green, blue)))
        if known is not None:
            red, green, blue = (each / 255 for each in known)
        elif red == green == blue:
            red = green = blue = look.grey(red)
        return red, green, blue, alpha

    for artist in drawn.findobj():
        _dress(artist, coloured, look.heavier)


def _dress(artist: Artist, coloured: Callable[[Any], RGBA], heavier: float) -> None:
    """One artist of a drawing, of the four kinds that have a colour."""
    from matplotlib.collections import Collection, PathCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    if isinstance(artist, Text):
        artist.set_color(coloured(artist.get_color()))
        box = artist.get_bbox_patch()  # no child of the text, and so not found by itself
        if box is not None:
            _dress(box, coloured, heavier)
    elif isinstance(artist, Line2D):
        artist.set_color(coloured(artist.get_color()))
        artist.set_markeredgecolor(coloured(artist.get_markeredgecolor()))
        artist.set_markerfacecolor(coloured(artist.get_markerfacecolor()))
        artist.set_linewidth(_wider(artist.get_linewidth(), heavier))
        artist.set_markeredgewidth(_wider(artist.get_markeredgewidth(), heavier))
    elif isinstance(artist, Patch):
        artist.set_facecolor(coloured(artist.get_facecolor()))
        artist.set_edgecolor(coloured(artist.get_edgecolor()))
        artist.set_linewidth(_wider(artist.get_linewidth(), heavier))
    elif isinstance(artist, Collection):
        faces, edges = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_facecolor([coloured(colour) for colour in faces])
        artist.set_edgecolor([coloured(colour) for colour in edges])
        widths = np.atleast_1d(artist.get_linewidth()).tolist()
        artist.set_linewidth([_wider(width, heavier) for width in widths])
        if isinstance(artist, PathCollection):
            # Symbols whose lines are heavier need room for them: their areas grow alike.
            artist.set_sizes(artist.get_sizes() * heavier)


def _wider(width: float, heavier: float) -> float:
    return width * heavier if width < BAR else width


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
