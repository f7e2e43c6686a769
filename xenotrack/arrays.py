"""The types of arrays, each defined once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Real numbers: volumes, days, estimates."""

Bools = NDArray[np.bool_]
"""Yes or no of each row."""

Codes = NDArray[np.intp]
"""Positions: which mouse, arm or pattern each row belongs to."""

Counts = NDArray[np.int64]
"""Whole numbers: how many are at risk, how many events."""
