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
import pandas as pd
from numpy.typing import NDArray
from plotnine import (
    aes,
    geom_path,
    geom_point,
    geom_rect,
    geom_ribbon,
    geom_segment,
    geom_text,
)
from plotnine.layer import layer

from xenotrack.arrays import Floats
from xenotrack.present.figures.catalogue import SENTENCE
from xenotrack.present.figures.owners import owners

POINTS = sqrt(pi)  # plotnine's own factor from its line sizes to points
OWNER: dict[str, Any] = {"arm": "", "mouse": ""}


class _PlacedLayer(layer):
    """A layer whose rows are drawn as they are: no statistic, no shift, columns by their names.

    plotnine's passes over such layers change nothing and are a third of what a figure takes.
    """

    data: pd.DataFrame

    def compute_aesthetics(self, plot: Any) -> None:
        named = {str(name): str(column) for name, column in self.mapping._starting.items()}
        shown = pd.DataFrame({name: self.data[column] for name, column in named.items()})
        # What has no group of its own goes by arms: one band for two would join them.
        by = next((name for name in ("group", "arm") if name in named), None)
        group = pd.factorize(shown[by])[0] if by else -1
        self.data = shown.assign(group=group, PANEL=1)
        plot.scales.add_defaults(self.data, aes(**{name: name for name in named}))

    def compute_statistic(self, layout: Any) -> None: ...

    def map_statistic(self, plot: Any) -> None: ...

    def compute_position(self, layout: Any) -> None: ...

    def use_defaults(
        self, data: pd.DataFrame, aes_modifiers: Any, scales: Any = None
    ) -> pd.DataFrame:
        usual = {k: v for k, v in self.geom.DEFAULT_AES.items() if k not in data}
        looks = usual | self.geom.aes_params
        return data.assign(**{name: [value] * len(data) for name, value in looks.items()})


class _Placed:
    """A geom whose positions are final."""

    def to_layer(self) -> layer:
        made: layer = super().to_layer()  # type: ignore[misc]
        made.__class__ = _PlacedLayer
        return made

    def draw_layer(self: Any, data: pd.DataFrame, layout: Any, coord: Any) -> None:
        """All figures are one panel."""
        if len(data):
            self.draw_panel(data, None, coord, layout.axs[0])


class geom_polylines(_Placed, geom_path):  # noqa: N801 (plotnine's geoms are named like this)
    """A line for each group, in the order of its rows, with the looks of its first row."""

    DEFAULT_AES = geom_path.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        data = _groups_together(data)
        first = data.drop_duplicates("group")
        lines = split_groups(data[["x", "y"]].to_numpy(float), data["group"].to_numpy())
        _add_lines(lines, first, ax, self.params["zorder"])


class geom_ghosts(_Placed, geom_path):  # noqa: N801
    """Thin lines, a line a group, that are drawn once and seen at each of some places."""

    DEFAULT_AES = geom_path.DEFAULT_AES | {"size": 0.25}

    def __init__(self, places: Sequence[tuple[float, float]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        from matplotlib.collections import PathCollection
        from matplotlib.path import Path
        from matplotlib.transforms import AffineDeltaTransform

        data = _groups_together(data)
        group = data["group"].to_numpy()
        starts = np.r_[True, group[1:] != group[:-1]]
        codes = np.where(starts, Path.MOVETO, Path.LINETO)
        drawn = PathCollection(
            [Path(data[["x", "y"]].to_numpy(float), codes)],
            offsets=self.places,
            offset_transform=AffineDeltaTransform(ax.transData),
            facecolors="none",
            edgecolors=_colours(data.head(1), "color"),
            linewidths=float(data["size"].iloc[0]) * POINTS,
            zorder=self.params["zorder"],
        )
        drawn.set_transform(ax.transData)
        ax.add_collection(drawn, autolim=False)


class geom_segments(_Placed, geom_segment):  # noqa: N801
    """Straight lines that know whose they are."""

    DEFAULT_AES = geom_segment.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        ends = data[["x", "y", "xend", "yend"]].to_numpy(float).reshape(-1, 2, 2)
        _add_lines(list(ends), data, ax, self.params["zorder"])


class geom_bands(_Placed, geom_ribbon):  # noqa: N801
    """A band without outline for each group, with the looks of its first row."""

    DEFAULT_AES = geom_ribbon.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        data = _groups_together(data, "x")
        group = data["group"].to_numpy()
        below = split_groups(data[["x", "ymin"]].to_numpy(float), group)
        above = split_groups(data[["x", "ymax"]].to_numpy(float), group)
        bands = [np.vstack([low, high[::-1]]) for low, high in zip(below, above, strict=True)]
        looks = data.drop_duplicates("group").assign(color="none")
        _add_areas(bands, looks, ax, self.params["zorder"])


class geom_boxes(_Placed, geom_rect):  # noqa: N801
    """Rectangles that know whose they are; without a colour they have no outline."""

    DEFAULT_AES = geom_rect.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        corners = ["xmin", "ymin", "xmin", "ymax", "xmax", "ymax", "xmax", "ymin"]
        boxes = data[corners].to_numpy(float).reshape(-1, 4, 2)
        _add_areas(list(boxes), data, ax, self.params["zorder"])


class geom_points(_Placed, geom_point):  # noqa: N801
    """Points that know whose they are, a collection a symbol."""

    DEFAULT_AES = geom_point.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        for shape, same in data.groupby("shape", sort=False):
            _add_points(str(shape), same, ax, self.params["zorder"])


def _add_lines(lines: list[Floats], looks: pd.DataFrame, ax: Any, zorder: float) -> None:
    from matplotlib.collections import LineCollection

    drawn = LineCollection(
        lines,
        colors=_colours(looks, "color"),
        linewidths=(looks["size"] * POINTS).tolist(),
        linestyles=looks["linetype"].tolist(),
        capstyle="butt",
        joinstyle="round",
        zorder=zorder,
        urls=owners(looks),
    )
    ax.add_collection(drawn, autolim=False)


def _add_areas(areas: list[Floats], looks: pd.DataFrame, ax: Any, zorder: float) -> None:
    from matplotlib.collections import PolyCollection

    lined = looks["color"].notna().all() and not looks["color"].eq("none").all()
    drawn = PolyCollection(
        areas,
        facecolors=_colours(looks, "fill"),
        edgecolors=looks["color"].tolist() if lined else "none",
        linewidths=(looks["size"] * POINTS).tolist() if lined else 0,
        zorder=zorder,
        urls=owners(looks),
    )
    ax.add_collection(drawn, autolim=False)


def _add_points(shape: str, points: pd.DataFrame, ax: Any, zorder: float) -> None:
    """Points of one symbol, which an svg holds once where they are of one size."""
    from matplotlib.collections import PathCollection
    from matplotlib.transforms import IdentityTransform

    path, is_filled = _symbol(shape)
    colours = _colours(points, "color")
    filled = points["fill"].notna().all()
    faces = _colours(points, "fill") if filled else colours
    sizes = (((points["size"] + points["stroke"]) ** 2) * pi).unique().tolist()
    if len(sizes) > 1:
        sizes = (((points["size"] + points["stroke"]) ** 2) * pi).tolist()
    drawn = PathCollection(
        (path,),
        sizes,
        offsets=points[["x", "y"]].to_numpy(float),
        offset_transform=ax.transData,
        facecolors=faces if is_filled else "none",
        edgecolors=colours,
        linewidths=(points["stroke"] * POINTS).tolist(),
        zorder=zorder,
        urls=owners(points),
    )
    drawn.set_transform(IdentityTransform())
    ax.add_collection(drawn, autolim=False)


@cache
def _symbol(shape: str) -> tuple[Any, bool]:
    """A symbol's outline of the size 1, and whether it can be filled."""
    from matplotlib.markers import MarkerStyle

    marker = MarkerStyle(shape)
    return marker.get_path().transformed(marker.get_transform()), bool(marker.is_filled())


class geom_words(_Placed, geom_text):  # noqa: N801
    """Text whose rows may differ in all their looks."""

    paper: dict[str, Any] | None = None  # what lies under each text
    mark: str | None = None  # the id of each text in an svg

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
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


def _groups_together(data: pd.DataFrame, *by: str) -> pd.DataFrame:
    """The rows of each group one after another, the group met first before the others.

    plotnine numbers groups by the alphabet: names would decide which line lies on top.
    """
    first_met = data.assign(group=pd.factorize(data["group"])[0])
    return first_met.sort_values(["group", *by], kind="stable")


def split_groups(points: Floats, group: NDArray[Any]) -> list[Floats]:
    """The points of each run of equal groups.

    >>> points = np.array([[0.0, 1], [1, 2], [0, 5]])
    >>> [part.tolist() for part in split_groups(points, np.array([1, 1, 2]))]
    [[[0.0, 1.0], [1.0, 2.0]], [[0.0, 5.0]]]
    """
    return np.split(points, np.flatnonzero(group[1:] != group[:-1]) + 1)


def _colours(first: pd.DataFrame, name: str) -> list[Any]:
    from matplotlib.colors import to_rgba

    return [to_rgba(*looks) for looks in zip(first[name], first["alpha"], strict=True)]
