"""Geoms of figures with several panels, whose places are plotnine's: each part knows whose it is.

A page can then light up one arm in them, as in the figures of ``artists``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from plotnine import geom_col, geom_line, geom_tile

from xenotrack.present.figures.artists import OWNER, add_areas, add_lines, groups_together
from xenotrack.present.figures.placed import Columns

CORNERS = ("xmin", "ymin", "xmin", "ymax", "xmax", "ymax", "xmax", "ymin")


class geom_owned_lines(geom_line):  # noqa: N801 (plotnine's geoms are named like this)
    """A line for each group, by x."""

    DEFAULT_AES = geom_line.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        placed, starts = groups_together(_placed(data, panel_params, coord))
        lines = np.split(placed.floats("x", "y"), starts[1:])
        add_lines(lines, placed.take(starts), ax, self.params["zorder"])


class geom_owned_columns(geom_col):  # noqa: N801
    """A bar a row, from zero."""

    DEFAULT_AES = geom_col.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        _draw_boxes(_placed(data, panel_params, coord), ax, self.params["zorder"])


class geom_owned_tiles(geom_tile):  # noqa: N801
    """A field a row."""

    DEFAULT_AES = geom_tile.DEFAULT_AES | OWNER

    def draw_panel(self, data: pd.DataFrame, panel_params: Any, coord: Any, ax: Any) -> None:
        _draw_boxes(_placed(data, panel_params, coord), ax, self.params["zorder"])


def _placed(data: pd.DataFrame, panel_params: Any, coord: Any) -> Columns:
    """The rows where they lie in the panel."""
    placed = coord.transform(data, panel_params)
    return Columns({str(name): placed[name].to_numpy() for name in placed})


def _draw_boxes(rows: Columns, ax: Any, zorder: float) -> None:
    add_areas(list(rows.floats(*CORNERS).reshape(-1, 4, 2)), rows, ax, zorder)
