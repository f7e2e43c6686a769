"""How many mice of an arm are free of progression on a day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xenotrack.glossary import TABLES
from xenotrack.model.beta_product import share_limits
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.survival import SurvivalCurve


def milestone_frame(fit: ProgressionFit, days: Sequence[float] = ()) -> pd.DataFrame:
    """The share free of progression on each day, with limits by beta products.

    By default on the day up to which restricted means are taken. The limits hold for a handful of
    mice and without any event; without censoring they are Clopper and Pearson's.
    """
    level = fit.design.rules.compare.level
    asked = days or ([fit.until] if np.isfinite(fit.until) else [])
    rows = [
        {
            "arm": name,
            "day": day,
            "n_mice": curve.n_mice,
            "n_at_risk": at_risk_on(curve, day),
            "estimate": share_free(curve, day),
            **dict(zip(("conf_low", "conf_high"), share_limits(curve, day, level), strict=True)),
        }
        for day in asked
        for name, curve in zip(fit.design.arm_names, fit.curves, strict=True)
        if curve.n_mice
    ]
    return pd.DataFrame(rows, columns=list(TABLES["milestones"]))


def share_free(curve: SurvivalCurve, day: float) -> float:
    """The curve's height after a day; NaN where it is not known that far."""
    if day > curve.last_day and not curve.reaches_zero:
        return float("nan")
    passed = int(np.searchsorted(curve.days, day, side="right"))
    return float(curve.estimate[passed - 1]) if passed else 1.0


def at_risk_on(curve: SurvivalCurve, day: float) -> int:
    """The mice that were still followed just before a day."""
    place = int(np.searchsorted(curve.days, day, side="left"))
    return int(curve.n_at_risk[place]) if place < curve.days.size else 0
