"""Layers whose rows are drawn as they are: no statistic, no shift, columns by their names.

plotnine's passes over such layers change nothing, and its frames are read and written a column at a
time, which costs pandas up to 0.2 ms each: together half of what it takes to draw a figure.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, KeysView, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from plotnine import aes
from plotnine.exceptions import PlotnineWarning
from plotnine.layer import layer

from xenotrack.arrays import Bools, Codes, Floats


class Columns:
    """Rows of a layer as arrays by name: as much of a frame as plotnine's scales ask for.

    >>> rows = Columns({"x": np.array([1.0, 2.0])})
    >>> rows["shape"] = "o"
    >>> len(rows), "shape" in rows, rows["shape"].tolist(), rows.floats("x", "x").tolist()
    (2, True, ['o', 'o'], [[1.0, 1.0], [2.0, 2.0]])
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = dict(arrays)
        self._rows = len(next(iter(self._arrays.values()), ()))

    @property
    def columns(self) -> KeysView[str]:
        return self._arrays.keys()

    def __len__(self) -> int:
        return self._rows

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def __setitem__(self, name: str, values: Any) -> None:
        """Put a column: an array, a list, or a value of all rows; a list is never one value."""
        if not isinstance(values, np.ndarray):
            each = values if isinstance(values, list) else [values] * self._rows
            values = np.fromiter(each, object, self._rows)
        self._arrays[name] = values

    def floats(self, *names: str) -> Floats:
        """Some columns side by side: rows x names."""
        return np.column_stack([self[name].astype(float) for name in names])

    def take(self, rows: Codes | Bools) -> Columns:
        """Some rows, by their places or by a mask."""
        return Columns({name: values[rows] for name, values in self._arrays.items()})

    def complete(self, names: Iterable[str]) -> Bools:
        """Which rows lack none of some columns."""
        found = np.ones(self._rows, bool)
        for name in names:
            found &= ~pd.isna(self[name])
        return found


class PlacedLayer(layer):
    """A layer of a ``Placed`` geom, for which plotnine's passes have nothing to do."""

    data: Columns

    def setup(self, plot: Any) -> None:
        super().setup(plot)
        named = {str(name): str(column) for name, column in self.mapping._starting.items()}
        frame: Any = self.data
        self.data = Columns({name: frame[column].to_numpy() for name, column in named.items()})

    def _make_layer_data(self, plot_data: pd.DataFrame) -> None:
        """Nothing is written into the frame: it needs no copy."""
        self.data: Any = plot_data if self._data is None else self._data

    def compute_aesthetics(self, plot: Any) -> None:
        # What has no group of its own goes by arms: one band for two would join them.
        by = next((name for name in ("group", "arm") if name in self.data), None)
        named = aes(**{name: name for name in self.data.columns})
        plot.scales.add_defaults(self.data, named)
        # Numbered as they are met: by the alphabet names would decide which line lies on top.
        rows = len(self.data)
        self.data["group"] = pd.factorize(self.data[by])[0] if by else np.zeros(rows, int)

    def compute_statistic(self, layout: Any) -> None: ...

    def map_statistic(self, plot: Any) -> None: ...

    def compute_position(self, layout: Any) -> None: ...

    def use_defaults(self, data: Any, aes_modifiers: Any, scales: Any = None) -> Any:
        """``data`` with all looks: the layer's own, or the frame of the keys of a legend."""
        usual = {k: v for k, v in self.geom.DEFAULT_AES.items() if k not in data}
        looks = {name: [v] * len(data) for name, v in (usual | self.geom.aes_params).items()}
        if isinstance(data, pd.DataFrame):
            return pd.DataFrame({**data, **looks})
        for name, values in looks.items():
            data[name] = values
        return data


class Placed:
    """A geom whose positions are final, with all that it draws in the one panel of a figure."""

    def to_layer(self) -> layer:
        made: layer = super().to_layer()  # type: ignore[misc]
        made.__class__ = PlacedLayer
        return made

    def setup_data(self, data: Columns) -> Columns:
        return data

    def handle_na(self: Any, data: Columns) -> Columns:
        """Without the rows that lack a place or a look."""
        known = data.complete(self.REQUIRED_AES | self.NON_MISSING_AES & data.columns)
        if known.all():
            return data
        lost = len(data) - known.sum()
        told = f"{type(self).__name__}: Removed {lost} rows containing missing values."
        warnings.warn(told, PlotnineWarning, stacklevel=2)
        return data.take(known)

    def draw_layer(self: Any, data: Columns, layout: Any, coord: Any) -> None:
        if len(data):
            self.draw_panel(data, None, coord, layout.axs[0])


class Joined(Placed):
    """A geom that joins the rows of a group: where one is missing, it has a gap."""

    def handle_na(self, data: Columns) -> Columns:
        return data
