"""The smallest volume that the calipers tell from nothing, declared or guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.study.ledger import Ledger
from xenotrack.study.rules import Rules

# Calipers write no tumour below this diameter that is surely one; its volume is ½ · 4³ mm³.
_SMALLEST_MM = 4.0
# A placeholder is smaller than a tumour of 2 mm, stands on several rows, and far below the next.
_GUESS = "a guess of what the calipers can tell from nothing"
_PLACEHOLDER_MM3, _OFTEN, _APART = 4.0, 3, 4.0


def find_limit(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> float:
    """The smallest volume that the calipers tell from nothing; 0 where there is no need of one.

    Cells such as ``<15`` say it themselves.
    """
    if rules.volume.limit_mm3 is not None:
        return rules.volume.limit_mm3
    if any(finding.rule == "column-misread" for finding in ledger.findings):
        return 0.0
    volume, light = rows["volume_mm3"], rules.volume.readout == "flux"
    placeholder = 0.0 if light else _placeholder(volume)
    small = (volume == 0) | (volume == placeholder)
    if not small.any():
        return 0.0
    positive = volume[(volume > 0) & ~small]
    if positive.empty:
        ledger.note(
            "no-growth",
            "Every volume is zero: no growth can be measured.",
            "Look at the column that was read as the volume.",
            severity="error",
        )
        return 0.0
    smallest = float(positive.min())
    if "below_mm3" in rows and rows["below_mm3"].notna().any():
        return float(rows["below_mm3"].max())
    limit = smallest if light else min(_of_calipers(rows), smallest)
    n = int(small.sum())
    value = "zero" if not placeholder else f"{placeholder:g} mm³"
    value = value if not ((volume == 0).any() and placeholder) else f"zero or {value}"
    count = f"1 volume is {value}; it is" if n == 1 else f"{n} volumes are {value}; they are"
    ledger.note(
        "zeros-below-limit",
        f"{count} taken to lie below {limit:.4g} mm³, "
        + ("the smallest above 0." if light else f"{_GUESS}."),
        f"Declare what {'the camera' if light else 'the calipers'} can tell from nothing: "
        f"`limit_mm3 = {smallest if light else 15:.3g}` under [volume].",
    )
    return limit


def _placeholder(volume: pd.Series) -> float:
    """The small number written where a tumour is too small to measure, as 1 mm³; 0 where none is.

    No tumour of less than 2 mm is measured, and between it and the next lies what calipers write.
    """
    values = np.sort(volume[volume > 0].to_numpy(dtype=float))
    if not len(values) or values[0] >= _PLACEHOLDER_MM3:
        return 0.0
    larger = values[values > values[0]]
    apart = bool(len(larger) and larger[0] >= _APART * values[0])
    return float(values[0]) if apart and (values == values[0]).sum() >= _OFTEN else 0.0


def _of_calipers(rows: pd.DataFrame) -> float:
    """The volume ½ · d³ of the smallest diameter that was written, of 4 mm at most."""
    written = rows[["length_mm", "width_mm"]].to_numpy(dtype=float)
    written = written[written > 0]
    return 0.5 * min(_SMALLEST_MM, float(np.min(written, initial=_SMALLEST_MM))) ** 3
