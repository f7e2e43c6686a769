"""Names made of several names: one for each combination, and never one for two."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Key = tuple[str, ...]


def labels_of(keys: Iterable[Key]) -> dict[Key, str]:
    """A name of each key, its parts joined by a slash; where two would be alike, in quotes.

    >>> labels_of([("v1", "L"), ("v2",)])
    {('v1', 'L'): 'v1/L', ('v2',): 'v2'}
    >>> labels_of([("v1", "L"), ("v1/L",)])
    {('v1', 'L'): 'v1/L', ('v1/L',): '"v1/L"'}
    """
    distinct = list(dict.fromkeys(keys))
    plain = {key: "/".join(filter(None, key)) for key in distinct}
    alike = Counter(plain.values())
    labels: dict[Key, str] = {}
    taken = {name for name, count in alike.items() if count == 1}
    for key, name in plain.items():
        if alike[name] > 1:
            name = _untaken("/".join(map(_quoted, filter(None, key))), taken)
            taken.add(name)
        labels[key] = name
    return labels


def joined_names(*columns: pd.Series) -> NDArray[np.object_]:
    """One name for each row, the same for rows alike in every column and for no others."""
    frame = pd.DataFrame({place: column.to_numpy() for place, column in enumerate(columns)})
    codes = frame.groupby(list(frame), sort=False, dropna=False).ngroup().to_numpy()
    keys = list(frame.drop_duplicates().itertuples(index=False, name=None))
    labels = labels_of(keys)
    return np.array([labels[key] for key in keys], dtype=object)[codes]


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if "/" in name or '"' in name else name


def _untaken(name: str, taken: set[str]) -> str:
    """The name, or where it is taken its first free number."""
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return (
        name
        if name not in taken
        else next(candidate for candidate in numbered if candidate not in taken)
    )
