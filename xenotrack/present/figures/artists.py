"""Geoms that draw everything of a panel as one artist, and know whose each part is.

plotnine's own pass each line and each band through pandas alone, which for the mice of a study
is most of the time that a figure takes. The aesthetics ``arm`` and ``mouse`` are not seen: an svg
carries them as ``data-arm`` and ``data-mouse``, so that a page can light up one arm or one mouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import pi, sqrt
from typing import Any

import numpy as np
from plotnine import (
    geom_path,
    geom_point,
    geom_rect,
    geom_ribbon,
    geom_segment,
    geom_text,
)

from xenotrack.arrays import Codes, Floats
from xenotrack.present.figures.catalogue import SENTENCE
from xenotrack.present.figures.owners import owners
from xenotrack.present.figures.placed import Columns, Joined, Placed

POINTS = sqrt(pi)  # plotnine's own factor from its line sizes to points
OWNER: dict[str, Any] = {"arm": "", "mouse": ""}


class geom_polylines(Joined, geom_path):  # noqa: N801 (plotnine's geoms are named like this)
    """A line for each group, in the order of its rows, with the looks of its first row."""

    DEFAULT_AES = geom_path.DEFAULT_AES | OWNER

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        data, starts = groups_together(data)
        lines = np.split(data.floats("x", "y"), starts[1:])
        add_lines(lines, data.take(starts), ax, self.params["zorder"])


class geom_ghosts(Joined, geom_path):  # noqa: N801
    """Thin lines, a line a group, that are drawn once and seen at each of some places."""

    DEFAULT_AES = geom_path.DEFAULT_AES | {"size": 0.25}

    def __init__(self, places: Sequence[tuple[float, float]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        from matplotlib.collections import PathCollection
        from matplotlib.path import Path
        from matplotlib.transforms import AffineDeltaTransform

        data, starts = groups_together(data)
        codes = np.full(len(data), Path.LINETO)
        codes[starts] = Path.MOVETO
        drawn = PathCollection(
            [Path(data.floats("x", "y"), codes)],
            offsets=self.places,
            offset_transform=AffineDeltaTransform(ax.transData),
            facecolors="none",
            edgecolors=_colours(data.take(starts[:1]), "color"),
            linewidths=float(data["size"][0]) * POINTS,
            zorder=self.params["zorder"],
        )
        drawn.set_transform(ax.transData)
        ax.add_collection(drawn, autolim=False)


class geom_segments(Placed, geom_segment):  # noqa: N801
    """Straight lines that know whose they are."""

    DEFAULT_AES = geom_segment.DEFAULT_AES | OWNER

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        ends = data.floats("x", "y", "xend", "yend").reshape(-1, 2, 2)
        add_lines(list(ends), data, ax, self.params["zorder"])


class geom_bands(Joined, geom_ribbon):  # noqa: N801
    """A band without outline for each group, with the looks of its first row."""

    DEFAULT_AES = geom_ribbon.DEFAULT_AES | OWNER

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        data, starts = groups_together(data.take(np.argsort(data["x"], kind="stable")))
        below = np.split(data.floats("x", "ymin"), starts[1:])
        above = np.split(data.floats("x", "ymax"), starts[1:])
        bands = [np.vstack([low, high[::-1]]) for low, high in zip(below, above, strict=True)]
        looks = data.take(starts)
        looks["color"] = "none"
        add_areas(bands, looks, ax, self.params["zorder"])


class geom_boxes(Placed, geom_rect):  # noqa: N801
    """Rectangles that know whose they are; without a colour they have no outline."""

    DEFAULT_AES = geom_rect.DEFAULT_AES | OWNER

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        corners = ["xmin", "ymin", "xmin", "ymax", "xmax", "ymax", "xmax", "ymin"]
        boxes = data.floats(*corners).reshape(-1, 4, 2)
        add_areas(list(boxes), data, ax, self.params["zorder"])


class geom_points(Placed, geom_point):  # noqa: N801
    """Points that know whose they are, a collection a symbol."""

    DEFAULT_AES = geom_point.DEFAULT_AES | OWNER

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        for shape in dict.fromkeys(data["shape"]):
            same = data.take(data["shape"] == shape)
            _add_points(shape, same, ax, self.params["zorder"])


def add_lines(lines: list[Floats], looks: Columns, ax: Any, zorder: float) -> None:
    from matplotlib.collections import LineCollection

    drawn = LineCollection(
        lines,
        colors=_colours(looks, "color"),
        linewidths=looks.floats("size")[:, 0] * POINTS,
        linestyles=looks["linetype"].tolist(),
        capstyle="butt",
        joinstyle="round",
        zorder=zorder,
        urls=owners(looks["arm"], looks["mouse"]),
    )
    ax.add_collection(drawn, autolim=False)


def add_areas(areas: list[Floats], looks: Columns, ax: Any, zorder: float) -> None:
    from matplotlib.collections import PolyCollection

    lined = looks.complete(["color"]).all() and not (looks["color"] == "none").all()
    drawn = PolyCollection(
        areas,
        facecolors=_colours(looks, "fill"),
        edgecolors=looks["color"].tolist() if lined else "none",
        linewidths=looks.floats("size")[:, 0] * POINTS if lined else 0,
        zorder=zorder,
        urls=owners(looks["arm"], looks["mouse"]),
    )
    ax.add_collection(drawn, autolim=False)


def _add_points(shape: str, points: Columns, ax: Any, zorder: float) -> None:
    """Points of one symbol, which an svg holds once where they are of one size."""
    from matplotlib.collections import PathCollection
    from matplotlib.transforms import IdentityTransform

    path, is_filled = _symbol(shape)
    colours = _colours(points, "color")
    faces = _colours(points, "fill") if points.complete(["fill"]).all() else colours
    size, stroke = points.floats("size", "stroke").T
    areas = pi * (size + stroke) ** 2
    drawn = PathCollection(
        (path,),
        areas[:1] if (areas == areas[0]).all() else areas,
        offsets=points.floats("x", "y"),
        offset_transform=ax.transData,
        facecolors=faces if is_filled else "none",
        edgecolors=colours,
        linewidths=stroke * POINTS,
        zorder=zorder,
        urls=owners(points["arm"], points["mouse"]),
    )
    drawn.set_transform(IdentityTransform())
    ax.add_collection(drawn, autolim=False)


@cache
def _symbol(shape: str) -> tuple[Any, bool]:
    """A symbol's outline of the size 1, and whether it can be filled."""
    from matplotlib.markers import MarkerStyle

    marker = MarkerStyle(shape)
    return marker.get_path().transformed(marker.get_transform()), bool(marker.is_filled())


class geom_words(Placed, geom_text):  # noqa: N801
    """Text whose rows may differ in all their looks."""

    paper: dict[str, Any] | None = None  # what lies under each text
    mark: str | None = None  # the id of each text in an svg

    def draw_panel(self, data: Columns, panel_params: Any, coord: Any, ax: Any) -> None:
        names = ["x", "y", "label", "color", "size", "ha", "va", "angle", "lineheight"]
        for x, y, label, colour, size, ha, va, angle, height in zip(
            *(data[name].tolist() for name in names), strict=True
        ):
            ax.text(
                x,
                y,
                label,
                color=colour,
                size=size,
                ha=ha,
                va=va,
                rotation=angle,
                linespacing=height,
                bbox=self.paper,
                gid=self.mark,
                zorder=self.params["zorder"],
            )


class geom_sentence(geom_words):  # noqa: N801
    """All that a figure says where there is nothing to draw: a page leaves such a figure out."""

    mark = SENTENCE


class geom_labels(geom_words):  # noqa: N801
    """Words on white, to be read where lines cross them."""

    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # noqa: RUF012


def groups_together(data: Columns) -> tuple[Columns, Codes]:
    """The rows of each group one after another, and where each group starts."""
    group = data["group"]
    if (group[1:] < group[:-1]).any():
        data = data.take(np.argsort(group, kind="stable"))
        group = data["group"]
    return data, np.flatnonzero(np.r_[True, group[1:] != group[:-1]])


def _colours(looks: Columns, name: str) -> Floats:
    """Red, green, blue and alpha of each row."""
    from matplotlib.colors import to_rgba

    pairs = list(zip(looks[name], looks["alpha"], strict=True))
    known = {pair: to_rgba(*pair) for pair in set(pairs)}
    return np.array([known[pair] for pair in pairs])
