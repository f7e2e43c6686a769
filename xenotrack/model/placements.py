"""Whether what is said holds wherever readings below the limit are placed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xenotrack.doubts import Doubt
from xenotrack.errors import FitError
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_verdicts import UNDECIDED, judge_growth
from xenotrack.model.log_volume import LogVolumes, take_log_volumes
from xenotrack.study.design import Design
from xenotrack.study.study import Study


def other_placements(
    study: Study, fit_rows: Callable[[LogVolumes, Design], GrowthFit]
) -> tuple[GrowthFit, ...]:
    """The fits with readings below the limit at the limit, and at half of it.

    None where no reading is below the limit.
    """
    if not study.readings["below_limit"].any():
        return ()
    fits = []
    for treatment in ("limit", "half"):
        try:
            fits.append(fit_rows(take_log_volumes(study, treatment), study.design))
        except FitError:
            continue
    return tuple(fits)


def agreed_verdicts(
    fit: GrowthFit, others: Sequence[GrowthFit]
) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """The verdicts on which all placements agree; else undecided, with a doubt."""
    verdicts, names = judge_growth(fit), fit.design.arm_names
    elsewhere = [judge_growth(other) for other in others]
    agreed, doubts = [], []
    for arm, verdict, *rest in zip(names, verdicts, *elsewhere, strict=True):
        stable = not verdict or all(other in ("", verdict) for other in rest)
        agreed.append(verdict if stable else UNDECIDED)
        if not stable:
            doubts.append(
                Doubt(
                    "below-limit-verdict",
                    (arm,),
                    "growth",
                    f"{arm}: the verdict depends on where readings below the limit are placed "
                    f"({verdict}; {', '.join(rest)} at the limit and at half of it).",
                )
            )
    return tuple(agreed), tuple(doubts)
