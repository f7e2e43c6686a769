"""The smallest volume that the calipers tell from nothing, declared or guessed."""

from __future__ import annotations

import pandas as pd

from xenotrack.study.ledger import Ledger
from xenotrack.study.rules import Rules


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
    n = int(zeros.sum())
    count = "1 volume is zero; it is" if n == 1 else f"{n} volumes are zero; they are"
    ledger.note(
        "zeros-below-limit",
        f"{count} taken to lie below the study's smallest positive volume, "
        f"{positive.min():.4g} mm³.",
        "Declare what the calipers can tell from nothing: `limit_mm3 = 15` under [volume].",
    )
    return float(positive.min())
