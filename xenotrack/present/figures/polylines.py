"""Many lines as one artist: a study's mice would otherwise each cost a pass through pandas."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import pandas as pd
from plotnine import geom_path

POINTS = sqrt(pi)  # plotnine's own factor from its line sizes to points


class geom_polylines(geom_path):  # noqa: N801 (plotnine's geoms are named like this)
    """The lines of all groups of a panel in one collection, each with its first row's looks."""

    @staticmethod
    def _corners(data: pd.DataFrame) -> list[Any]:
        points = data[["x", "y"]].to_numpy(dtype=float)
        group = data["group"].to_numpy()
        starts = (group[1:] != group[:-1]).nonzero()[0] + 1
        edges = [0, *starts.tolist(), len(points)]
        return [points[low:high] for low, high in zip(edges, edges[1:], strict=False)]

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        """Draw a panel; rows of one group are consecutive after sorting."""
        from matplotlib.collections import LineCollection
        from matplotlib.colors import to_rgba

        data = data.sort_values("group", kind="stable")
        data = coord.transform(data, panel_params)
        first = data.drop_duplicates("group")
        colours = [
            to_rgba(colour, alpha)
            for colour, alpha in zip(first["color"], first["alpha"], strict=True)
        ]
        lines = LineCollection(
            self._corners(data),
            colors=colours,
            linewidths=(first["size"] * POINTS).tolist(),
            linestyles=first["linetype"].tolist(),
            capstyle="butt",
            joinstyle="round",
            zorder=self.params["zorder"],
        )
        ax.add_collection(lines)

