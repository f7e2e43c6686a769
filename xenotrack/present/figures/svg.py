"""A drawing as svg, written straight: savefig asks first what else it could be."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 72  # in an inch


def svg_of(drawn: Figure, about: Mapping[str, str | None]) -> str:
    """The svg of a figure; ``about`` is what the file says of itself."""
    from xenotrack.present.figures.shaping import MeasuredSVG

    written = StringIO()
    drawn.set_dpi(POINTS)
    width, height = POINTS * drawn.get_size_inches()
    renderer = MeasuredSVG(width, height, written, image_dpi=POINTS, metadata=dict(about))
    drawn.draw(renderer)
    renderer.finalize()
    return written.getvalue()
