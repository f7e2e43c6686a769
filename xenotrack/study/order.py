"""The order of measurements: by arm, mouse, tumour and day, numbers within names as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from xenotrack.arrays import Codes

_DIGITS = re.compile(r"\d+")


def row_order(rows: pd.DataFrame, arms: Sequence[str]) -> Codes:
    """The rows' positions by arm in display order, then mouse, tumour and day."""
    return np.lexsort(
        (
            rows["day"].to_numpy(dtype=float),
            _ranks(rows["tumor"]),
            _ranks(rows["mouse"]),
            pd.Index(arms).get_indexer(pd.Index(rows["arm"])),
        )
    )


def _ranks(names: pd.Series) -> Codes:
    """The place of each name when numbers within names are read as numbers."""
    codes, uniques = pd.factorize(names)
    keys = [natural_key(name) for name in uniques]
    ranks = np.empty(len(uniques), dtype=np.intp)
    ranks[sorted(range(len(uniques)), key=keys.__getitem__)] = np.arange(len(uniques))
    return ranks[codes] if len(ranks) else codes


def natural_key(name: str) -> tuple[str, str]:
    """A key that sorts numbers within names as numbers.

    >>> sorted(["m10", "m9", "m09"], key=natural_key)
    ['m09', 'm9', 'm10']
    """
    return _DIGITS.sub(lambda match: match[0].zfill(20), name), name
