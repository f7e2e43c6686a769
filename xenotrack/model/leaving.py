"""Why mice left, by arm: the incidence of progression and of toxicity, each beside the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.glossary import TABLES
from xenotrack.model.fine_gray import NOT_ESTIMABLE, fine_gray
from xenotrack.model.gray import gray_test
from xenotrack.model.incidence import estimate_incidence
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.times import PROGRESSION, TOXICITY

CAUSES = (PROGRESSION, TOXICITY)


def incidence_frame(fit: ProgressionFit) -> pd.DataFrame:
    """The cumulative incidence of each cause in each arm, a row a day on which mice left."""
    days, cause, arm = _leaving(fit)
    parts = []
    for code, name in enumerate(fit.design.arm_names):
        of_arm = arm == code
        for one in CAUSES if of_arm.any() else ():
            incidence = estimate_incidence(
                days[of_arm],
                cause[of_arm] == one,
                np.isin(cause[of_arm], [other for other in CAUSES if other != one]),
                fit.design.rules.compare.level,
            )
            words = np.full((2, incidence.days.size), [[name], [one]], dtype=object)
            parts.append(dict(zip(("arm", "cause"), words, strict=True)) | incidence.columns())
    columns = list(TABLES["incidence"])
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame({name: np.concatenate([p[name] for p in parts]) for name in columns})


def gray_frame(fit: ProgressionFit) -> pd.DataFrame:
    """Gray's test of each cause, of all arms and of each against control, where causes compete.

    Of two arms with Fine and Gray's log subdistribution hazard ratio.
    """
    rows = list(_gray_tests(fit)) if fit.arms_with_toxicity else []
    return pd.DataFrame(rows, columns=list(TABLES["gray"]))


def _gray_tests(fit: ProgressionFit) -> Iterator[dict[str, object]]:
    days, cause, arm = _leaving(fit)
    names, control = fit.design.arm_names, fit.design.control
    present = np.unique(arm)
    groups = {"all arms": present}
    if control in names and names.index(control) in present:
        first = names.index(control)
        others = present[present != first]
        groups |= {f"{names[code]} - {control}": np.array([first, code]) for code in others}
    for label, codes in groups.items():
        chosen = np.isin(arm, codes)
        places = np.searchsorted(np.sort(codes), arm[chosen])
        for one in CAUSES:
            events = cause[chosen] == one
            competing = np.isin(cause[chosen], CAUSES) & ~events
            test = gray_test(days[chosen], events, competing, places, len(codes))
            ratio = NOT_ESTIMABLE
            if label != "all arms":
                against = arm[chosen] != names.index(str(control))
                ratio = fine_gray(days[chosen], events, competing, against)
            low, high = ratio.limits(fit.design.rules.compare.level)
            yield {
                "contrast": label,
                "cause": one,
                "chi_square": test.chi_square,
                "df": test.df,
                "p_value": test.p_value,
                "estimate": ratio.estimate,
                "std_error": ratio.std_error,
                "conf_low": low,
                "conf_high": high,
            }


def _leaving(fit: ProgressionFit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day, cause and arm: a mouse that left for toxicity did so on the day of leaving, not on that
    of its last reading."""
    last = fit.times if fit.composite is None else fit.composite.times
    return last.day, fit.times.cause.astype(str), fit.times.arm
