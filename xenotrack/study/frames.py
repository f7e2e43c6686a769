"""Large frames, changed without copying what does not change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Codes, Floats


def with_columns(frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """A new frame with these columns added or replaced; all others are shared, not copied.

    ``DataFrame.assign`` copies every column each time, which on a million rows is most of the
    time that reading takes. Replacing a column of the new frame leaves the old one as it was.

    >>> old = pd.DataFrame({"day": [0, 3]})
    >>> with_columns(old, day=[1, 4]).day.tolist(), old.day.tolist()
    ([1, 4], [0, 3])
    """
    new = frame.copy(deep=False)
    for name, values in columns.items():
        new[name] = values
    return new


def row_by_row(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows as named tuples, for what is said of few; where there are none nothing is made.

    Most checks of most sheets find no row, and pandas would take every column apart to say so.
    """
    return frame.itertuples() if len(frame) else ()


@dataclass(frozen=True)
class Groups:
    """The rows of each name, names in the order in which they are first met.

    ``codes`` number the name of each row; ``order`` puts the rows of a name beside each other, as
    they followed, and there those of a name begin at ``starts``. What pandas' groupby tells of few
    rows costs a hundred times what it takes to compute.
    """

    names: NDArray[np.object_]
    codes: Codes
    order: Codes
    starts: Codes

    @classmethod
    def of(cls, names: pd.Series) -> Groups:
        codes, uniques = pd.factorize(names.to_numpy())
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(uniques)))
        return cls(np.asarray(uniques, dtype=object), codes, order, starts)

    @property
    def first(self) -> Codes:
        """The first row of each."""
        return self.order[self.starts]

    def agree(self, values: pd.Series) -> bool:
        """Whether each has one value on all its rows.

        >>> groups = Groups.of(pd.Series(["a", "b", "a"]))
        >>> groups.agree(pd.Series([1, 2, 1])), groups.agree(pd.Series([1, 2, 3]))
        (True, False)
        """
        codes = pd.factorize(values.to_numpy())[0]
        return bool((codes == codes[self.first][self.codes]).all())

    def largest(self, values: Floats) -> Floats:
        """The largest of each that is known, NaN where none is.

        >>> groups = Groups.of(pd.Series(["a", "b", "a"]))
        >>> groups.largest(np.array([1.0, np.nan, 3.0])).tolist()
        [3.0, nan]
        """
        if not len(values):
            return np.empty(0)
        return np.asarray(np.fmax.reduceat(values[self.order], self.starts))

    def medians(self, values: Floats) -> Floats:
        """The median of each, of numbers that are all known."""
        ordered = values[np.lexsort((values, self.codes))]
        size = np.bincount(self.codes, minlength=len(self.names))
        low, high = self.starts + (size - 1) // 2, self.starts + size // 2
        return np.asarray((ordered[low] + ordered[high]) / 2)

    def shifted(self, values: Floats, by: int) -> Floats:
        """The value ``by`` rows before each among those of its name, NaN where there is none.

        >>> groups = Groups.of(pd.Series(["a", "b", "a"]))
        >>> groups.shifted(np.array([1.0, 2.0, 3.0]), 1).tolist()
        [nan, nan, 1.0]
        """
        order, codes = self.order, self.codes[self.order]
        shifted = np.full(len(values), np.nan)
        before, after = slice(None, -abs(by)), slice(abs(by), None)
        same = codes[before] == codes[after]
        source, target = (before, after) if by > 0 else (after, before)
        shifted[order[target][same]] = values[order[source][same]]
        return shifted

    def first_known(self, values: pd.Series) -> NDArray[np.object_]:
        """The first of each that is not missing, None where all are."""
        known = self.order[values.notna().to_numpy()[self.order]][::-1]
        found = np.full(len(self.names), None, dtype=object)
        found[self.codes[known]] = values.to_numpy()[known]
        return found
