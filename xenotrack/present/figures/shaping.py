"""Renderers that know how large a line of text is, whatever they write: it is measured once.

matplotlib lays out each line anew for the places, for the svg and for the png, and looks for its
font and the font's height each time. Without hinting all of them are one size times a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags, RenderMode
from numpy.typing import NDArray

from xenotrack.present.figures.fonts import forget_in_forks
from xenotrack.present.figures.measure import POINTS

LARGE = 100  # the size that lines are measured in: what is rounded there is not seen
IN_PIXELS = 64.0  # of a font's own count
FEW, FEW_CORNERS = 8, 4  # points, and corners of a symbol, which are shorter than links to it
PARTS = 4  # of a pixel, by which letters are moved
UNTURNED = np.array([[0x10000, 0], [0, 0x10000]])
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
        """A line whose letters stand where they were found to stand, to a quarter of a pixel.

        At 300 dpi that moves them by at most 0.03 points, and lets most be painted only once.
        """
        if how.get("ismath") or not hasattr(FT2Font, "_layout"):
            super().draw_text(gc, x, y, s, prop, angle, **how)
            return
        size = prop.get_size_in_points()
        pixels = self.points_to_pixels(size) / LARGE
        cos, sin = pixels * math.cos(math.radians(angle)), pixels * math.sin(math.radians(angle))
        floor = self.height - y
        for font, glyph, right, up in _letters(s, _fonts(prop)):
            left, part_right = divmod(round(PARTS * (x + right * cos - up * sin)), PARTS)
            over, part_up = divmod(round(PARTS * (floor + right * sin + up * cos)), PARTS)
            shape = Shape(font, glyph, size, self.dpi, angle, part_right, part_up)
            painted, beside, above = _painted(shape)
            bottom = int(self.height) - over - above + len(painted)
            self._renderer.draw_text_image(painted, left + beside, bottom, 0, gc)


class MeasuredSVG(_Measured, RendererSVG):
    """An svg, whose pixels are points."""

    def draw_path_collection(
        self, gc: Any, master: Any, paths: Any, transforms: Any, *looks: Any, **how: Any
    ) -> None:
        """Parts whose colours are tuples, of which matplotlib remembers what it found."""
        offsets, moved, faces, edges, *rest = looks
        faces, edges = ([tuple(each) for each in colours.tolist()] for colours in (faces, edges))
        looks = (offsets, moved, faces, edges, *rest)
        how["hatchcolors"] = []  # nothing is hatched
        if len(paths) != 1 or len(offsets) <= FEW or len(paths[0]) <= FEW_CORNERS:
            super().draw_path_collection(gc, master, paths, transforms, *looks, **how)
            return
        [(symbol, size)] = self._iter_collection_raw_paths(master, paths, transforms)
        points = self._iter_collection(gc, [self._symbol(symbol, size)], *looks, **how)
        self._draw_points(points, self._get_clip_attrs(gc))

    def _symbol(self, symbol: Any, size: Any) -> str:
        """The id of a symbol, which is written here."""
        drawn = self._convert_path(symbol, size.frozen().scale(1.0, -1.0), simplify=False)
        name = f"C{self._path_collection_id:x}_0_{self._make_id('', drawn)}"
        self._path_collection_id += 1
        self.writer.start("defs")
        self.writer.element("path", id=name, d=drawn)
        self.writer.end("defs")
        return name

    def _draw_points(self, points: Iterable[Any], clip: Mapping[str, str]) -> None:
        """Points, those of one owner together: matplotlib links and clips each by itself."""
        for url, own in groupby(points, key=lambda point: point[3].get_url()):
            if url is not None:
                self.writer.start("a", attrib={"xlink:href": url, "target": "_blank"})
            self.writer.start("g", **clip)
            for x, y, symbol, gc, face in own:
                place = {"x": _decimals(x), "y": _decimals(self.height - y)}
                look = {"style": self._get_style(gc, face)}
                self.writer.element("use", attrib={"xlink:href": f"#{symbol}", **place, **look})
            self.writer.end("g")
            if url is not None:
                self.writer.end("a")


def _decimals(number: float) -> str:
    return f"{number:f}".rstrip("0").rstrip(".")


class Ruler(FigureCanvasBase):
    """What a figure is laid out on: it knows how large words are, and has no pixels to clear."""

    def get_renderer(self) -> RendererAgg:
        return MeasuredAgg(1, 1, self.figure.dpi)


class Pixels(FigureCanvasAgg):
    """What a figure is painted on."""

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


class Shape(NamedTuple):
    """A letter as it stands on its pixels, of which it is moved by parts."""

    font: Any
    glyph: int
    size: float
    dpi: float
    angle: float
    part_right: int
    part_up: int


@lru_cache(4096)
def _painted(shape: Shape) -> tuple[NDArray[np.uint8], int, int]:
    """The pixels of a letter, and where its left and its top are."""
    font = shape.font
    font.set_size(shape.size, shape.dpi)
    cos, sin = math.cos(math.radians(shape.angle)), math.sin(math.radians(shape.angle))
    turned = np.round(0x10000 * np.array([[cos, -sin], [sin, cos]])).astype(int)
    font._set_transform(turned, [64 * part // PARTS for part in (shape.part_right, shape.part_up)])
    painted = font._render_glyph(shape.glyph, LoadFlags.NO_HINTING, RenderMode.NORMAL)
    font._set_transform(UNTURNED, [0, 0])
    return np.array(painted.buffer), painted.left, painted.top


forget_in_forks(_painted)


def _large(files: tuple[Any, ...]) -> FT2Font:
    font = get_font(files)
    font.set_size(LARGE, POINTS)
    return font
