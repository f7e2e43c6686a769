"""Days gained if mice that left unexplained had fared as badly, or as well, as they could."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from xenotrack.arrays import Bools
from xenotrack.compare.contrasts import finite
from xenotrack.compare.days_gained import Kept, days_gained
from xenotrack.compare.definitions import with_rules
from xenotrack.compare.families import control_family, pair_weights
from xenotrack.glossary import TABLES
from xenotrack.model.progression import ProgressionFit, fit_mice
from xenotrack.model.times import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd


def supposed(fit: ProgressionFit, progressed: Bools, stayed: Bools, until: float) -> ProgressionFit:
    """The fit if some mice had progressed when last read, and others stayed free to the last day.

    Means are to a day that does not move with what is supposed.
    """
    changed = fit.mice_that_stayed(stayed).assign(
        day_high=np.where(progressed, fit.mice["day"], fit.mice["day_high"]),
        event=fit.mice["event"] | progressed,
    )
    rules = msgspec.structs.replace(fit.design.rules.progression, rmst_until=until)
    return fit_mice(changed, with_rules(fit.design, rules), fit.visit_gaps)


def unknown_fates(fit: ProgressionFit) -> pd.DataFrame:
    """The table ``unknown_fates``: days gained against control, and their bounds; a row an arm.

    In the worst case each mouse of the arm that left unexplained before the last day progressed
    when it was last read, and each of control stayed free to the last day; in the best case the
    other way round. Only arms for which there is such a mouse, in them or in control.
    """
    import pandas as pd

    fit = fit.claimed
    design, names, control = fit.design, fit.design.arm_names, fit.design.control
    last = float(fit.times.day.max(initial=0.0))
    unknown = fit.times.left_for(UNKNOWN) & (fit.times.day < last)
    drawn: Kept = {}
    rows: list[dict[str, object]] = []
    for pair in control_family(design).pairs if control is not None else ():
        of_arm, of_control = (
            unknown & (fit.times.arm == names.index(name)) for name in (pair.arm, pair.other)
        )
        until = fit.last_day_shared_by((pair.arm, pair.other))
        if not (of_arm | of_control).any() or np.isnan(until):
            continue
        weights = pair_weights([pair], names)
        censored, worst, best = (
            days_gained(each, drawn).contrast_of(weights, design.rules.compare.level)
            for each in (
                fit,
                supposed(fit, of_arm, of_control, until),
                supposed(fit, of_control, of_arm, until),
            )
        )
        rows.append(
            {
                "contrast": pair.label,
                "arm": pair.arm,
                "against": pair.other,
                "n_unknown": int(of_arm.sum()),
                "n_unknown_control": int(of_control.sum()),
                "estimate": finite(censored.estimate)[0],
                "worst": finite(worst.estimate)[0],
                "worst_low": finite(worst.conf_low)[0],
                "worst_p": finite(worst.p_value)[0],
                "best": finite(best.estimate)[0],
                "best_high": finite(best.conf_high)[0],
                "best_p": finite(best.p_value)[0],
            }
        )
    return pd.DataFrame(rows, columns=list(TABLES["unknown_fates"]))
