"""The smallest volume that the calipers tell from nothing, declared or guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.study.ledger import Ledger
from xenotrack.study.rules import Rules

# Calipers write no tumour below this diameter that is surely one; its volume is ½ · 4³ mm³.
_SMALLEST_MM = 4.0


def find_limit(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> float:
    """The smallest volume that the calipers tell from nothing; 0 where there is no need of one."""
    if rules.volume.limit_mm3 is not None:
        return rules.volume.limit_mm3
    volume = rows["volume_mm3"]
    zeros = volume == 0
    if not zeros.any():
        return 0.0
    positive = volume[volume > 0]
    if positive.empty:
        ledger.note(
            "no-growth",
            "Every volume is zero: no growth can be measured.",
            "Look at the column that was read as the volume.",
            severity="error",
        )
        return 0.0
    limit = min(_of_calipers(rows), float(positive.min()))
    n = int(zeros.sum())
    count = "1 volume is zero; it is" if n == 1 else f"{n} volumes are zero; they are"
    ledger.note(
        "zeros-below-limit",
        f"{count} taken to lie below {limit:.4g} mm³, a guess of what the calipers can tell from "
        "nothing.",
        "Declare what the calipers can tell from nothing: `limit_mm3 = 15` under [volume].",
    )
    return limit


def _of_calipers(rows: pd.DataFrame) -> float:
    """The volume ½ · d³ of the smallest diameter that was written, of 4 mm at most."""
    written = rows[["length_mm", "width_mm"]].to_numpy(dtype=float)
    written = written[written > 0]
    return 0.5 * min(_SMALLEST_MM, float(np.min(written, initial=_SMALLEST_MM))) ** 3
