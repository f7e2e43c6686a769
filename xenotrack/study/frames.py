"""Large frames, changed without copying what does not change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd


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
