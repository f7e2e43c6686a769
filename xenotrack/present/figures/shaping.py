"""Renderers that know how large a line of text is, whatever they write: it is measured once.

matplotlib lays out each line anew for the places, for the svg and for the png, and looks for its
font and the font's height each time. Without hinting all of them are one size times a number.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

from xenotrack.present.figures.fonts import forget_in_forks
from xenotrack.present.figures.measure import POINTS

LARGE = 100  # the size that lines are measured in: what is rounded there is not seen
IN_PIXELS = 64.0  # of a font's own count
TABLES = (
    ("OS/2", "sTypoAscender", "sTypoDescender", "sTypoLineGap"),
    ("hhea", "ascent", "descent", "lineGap"),
)


class _Measured:
    """What a renderer is asked about text, told from what was measured before."""

    points_to_pixels: Any

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: object
    ) -> tuple[float, float, float]:
        """Width, height and descent of a line in the renderer's pixels."""
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[misc]
        pixels = self.points_to_pixels(prop.get_size_in_points()) / LARGE
        width, height, descent = _line(s, _fonts(prop))
        return pixels * width, pixels * height, pixels * descent

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float | None, ...]:
        """Ascent, descent and line gap of a font; none where its file does not say."""
        pixels = self.points_to_pixels(prop.get_size_in_points())
        return tuple(None if ems is None else pixels * ems for ems in _heights(_fonts(prop)))


class MeasuredAgg(_Measured, RendererAgg):
    """Pixels."""

    def _prepare_font(self, font_prop: FontProperties) -> FT2Font:
        font = get_font(_fonts(font_prop))
        font.set_size(font_prop.get_size_in_points(), self.dpi)
        return font

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float, **how: Any
    ) -> None:
        """A line whose letters stand where they were found to stand."""
        if how.get("ismath") or not hasattr(FT2Font, "_layout"):
            super().draw_text(gc, x, y, s, prop, angle, **how)
            return
        size = prop.get_size_in_points()
        pixels = self.points_to_pixels(size) / LARGE
        placed = (
            (font, size, glyph, 0, 1, pixels * right, pixels * up)
            for font, glyph, right, up in _letters(s, _fonts(prop))
        )
        self._draw_text_glyphs_and_boxes(gc, x, y, angle, placed, [])


class MeasuredSVG(_Measured, RendererSVG):
    """An svg, whose pixels are points."""


class Pixels(FigureCanvasAgg):
    """What a figure is laid out and painted on."""

    _size: tuple[float, ...] | None = None

    def get_renderer(self) -> RendererAgg:
        """The renderer of the figure's present size, kept while that stays."""
        asked = (*self.get_width_height(physical=True), self.figure.dpi)
        if self._size != asked:
            self.renderer, self._size = MeasuredAgg(*asked), asked
        return self.renderer


def _fonts(prop: FontProperties) -> Any:
    """The files of a text's font and of those that lend it letters."""
    return _files(tuple(prop.get_family()), prop.get_style(), prop.get_weight())


@lru_cache(256)
def _files(family: tuple[str, ...], style: Any, weight: str | int) -> tuple[Any, ...]:
    looks = FontProperties(family=list(family), style=style, weight=weight)
    return tuple(fontManager._find_fonts_by_props(looks))


@lru_cache(256)
def _heights(files: tuple[Any, ...]) -> tuple[float | None, ...]:
    """Ascent, descent and line gap of a font of size 1."""
    font: Any = get_font(files)
    for name, ascent, descent, gap in TABLES:
        table = font.get_sfnt_table(name)
        if table is not None:
            ems = font.get_sfnt_table("head")["unitsPerEm"]
            return table[ascent] / ems, -table[descent] / ems, table[gap] / ems
    return None, None, None


@lru_cache(4096)
def _line(text: str, files: tuple[Any, ...]) -> tuple[float, float, float]:
    font = _large(files)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width, height = font.get_width_height()
    return width / IN_PIXELS, height / IN_PIXELS, font.get_descent() / IN_PIXELS


@lru_cache(4096)
def _letters(text: str, files: tuple[Any, ...]) -> tuple[tuple[FT2Font, int, float, float], ...]:
    items = _large(files)._layout(text, flags=LoadFlags.NO_HINTING, features=None, language=None)
    return tuple((item.ft_object, item.glyph_index, item.x, item.y) for item in items)


forget_in_forks(_letters)


def _large(files: tuple[Any, ...]) -> FT2Font:
    font = get_font(files)
    font.set_size(LARGE, POINTS)
    return font
