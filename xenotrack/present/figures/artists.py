"""Geoms that draw everything of a panel as one artist, and know whose each part is.

plotnine's own pass each line and each band through pandas alone, which for the mice of a study
is most of the time that a figure takes. The aesthetics ``arm`` and ``mouse`` are not seen: an svg
carries them as ``data-arm`` and ``data-mouse``, so that a page can light up one arm or one mouse.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from plotnine import geom_path, geom_point, geom_rect, geom_ribbon, geom_segment, geom_text

from xenotrack.arrays import Floats
from xenotrack.present.figures.owners import owners

POINTS = sqrt(pi)  # plotnine's own factor from its line sizes to points
OWNER: dict[str, Any] = {"arm": "", "mouse": ""}


class geom_polylines(geom_path):  # noqa: N801 (plotnine's geoms are named like this)
    """A line for each group, in the order of its rows, with the looks of its first row."""

    DEFAULT_AES = geom_path.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        from matplotlib.collections import LineCollection

        data = coord.transform(_groups_together(data), panel_params)
        first = data.drop_duplicates("group")
        lines = LineCollection(
            split_groups(data[["x", "y"]].to_numpy(float), data["group"].to_numpy()),
            colors=_colours(first, "color"),
            linewidths=(first["size"] * POINTS).tolist(),
            linestyles=first["linetype"].tolist(),
            capstyle="butt",
            joinstyle="round",
            zorder=self.params["zorder"],
            urls=owners(first),
        )
        ax.add_collection(lines)


class geom_bands(geom_ribbon):  # noqa: N801
    """A band without outline for each group, with the looks of its first row."""

    DEFAULT_AES = geom_ribbon.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        from matplotlib.collections import PolyCollection

        data = coord.transform(_groups_together(data, "x"), panel_params)
        first = data.drop_duplicates("group")
        group = data["group"].to_numpy()
        below = split_groups(data[["x", "ymin"]].to_numpy(float), group)
        above = split_groups(data[["x", "ymax"]].to_numpy(float), group)
        bands = PolyCollection(
            [np.vstack([low, high[::-1]]) for low, high in zip(below, above, strict=True)],
            facecolors=_colours(first, "fill"),
            linewidths=0,
            zorder=self.params["zorder"],
            urls=owners(first),
        )
        ax.add_collection(bands)


class _OneCollection:
    """All rows of a panel drawn by plotnine as one collection, which is told whose they are."""

    def draw_panel(self: Any, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        rows = data.reset_index(drop=True)
        self.draw_group(rows, panel_params, coord, ax, self.params)
        ax.collections[-1].set_urls(owners(rows))


class geom_segments(_OneCollection, geom_segment):  # noqa: N801
    """Straight lines of one type that know whose they are."""

    DEFAULT_AES = geom_segment.DEFAULT_AES | OWNER


class geom_boxes(_OneCollection, geom_rect):  # noqa: N801
    """Rectangles that know whose they are."""

    DEFAULT_AES = geom_rect.DEFAULT_AES | OWNER


class geom_points(_OneCollection, geom_point):  # noqa: N801
    """Points that know whose they are, a collection a symbol."""

    DEFAULT_AES = geom_point.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        for _, same in data.groupby("shape", dropna=False):
            super().draw_panel(same, panel_params, coord, ax)
            if len(same[["size", "stroke"]].drop_duplicates()) == 1:
                # Of one size, a symbol is written once, and each point refers to it.
                points = ax.collections[-1]
                points.set_sizes(points.get_sizes()[:1])


class geom_words(geom_text):  # noqa: N801
    """Text whose rows may differ in place, direction and colour, but not in size."""

    paper: dict[str, Any] | None = None  # what lies under each text

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        data = coord.transform(data, panel_params)
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
                zorder=self.params["zorder"],
            )


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
