"""Progression between two visits, by arm: Turnbull's estimate, and models of accelerated time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from xenotrack.doubts import Doubt, merge_doubts, p_words
from xenotrack.glossary import TABLES
from xenotrack.model.accelerated import LAWS, AcceleratedFit, fit_accelerated
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.turnbull import turnbull_curve

LAW_WORDS = {"weibull": "Weibull", "lognormal": "log-normal"}


def turnbull_frame(fit: ProgressionFit) -> pd.DataFrame:
    """Where the mice of each arm progressed: a row an interval between visits."""
    level, frames = fit.design.rules.compare.level, []
    for code, name in enumerate(fit.design.arm_names):
        own = fit.times.of_arms((code,))
        if not own.low.size:
            continue
        curve = turnbull_curve(own.low, own.high, level)
        frames.append(
            pd.DataFrame(
                {
                    "arm": name,
                    "day_low": curve.low,
                    "day_high": np.where(np.isinf(curve.high), np.nan, curve.high),
                    "share": curve.mass,
                    "estimate": curve.free,
                    "conf_low": [limits.low for limits in curve.limits],
                    "conf_high": [limits.high for limits in curve.limits],
                }
            )
        )
    columns = list(TABLES["turnbull"])
    return (
        pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
    )


def accelerated_frame(fit: ProgressionFit) -> pd.DataFrame:
    """How many times as long each arm takes as control, as the logarithm, under two laws."""
    rows = [
        row
        for law in LAWS
        for row in _time_ratios(
            fit, law, fit_accelerated(fit.times.low, fit.times.high, fit.times.arm, fit.n_arms, law)
        )
    ]
    return pd.DataFrame(rows, columns=list(TABLES["accelerated"]))


def _time_ratios(
    fit: ProgressionFit, law: str, model: AcceleratedFit
) -> Iterator[dict[str, object]]:
    names, control = fit.design.arm_names, fit.design.control
    reach = float(ndtri((1 + fit.design.rules.compare.level) / 2))
    if control not in names:
        return
    reference = names.index(control)
    idle = set(range(len(names))).difference(fit.times.arm[fit.times.events].tolist())
    for code in np.unique(fit.times.arm[fit.times.arm != reference]):
        weights = np.zeros(len(names))
        weights[[code, reference]] = 1, -1
        used = weights != 0
        estimate = float(weights[used] @ model.means[used])
        spread = model.covariance[np.ix_(used, used)]
        error = float(np.sqrt(weights[used] @ spread @ weights[used]))
        yield {
            "law": law,
            "contrast": f"{names[code]} - {control}",
            "arm": names[code],
            "against": control,
            "estimate": estimate,
            "std_error": error,
            "statistic": estimate / error,
            "p_value": float(2 * ndtr(-abs(estimate / error))),
            "conf_low": estimate - reach * error,
            "conf_high": estimate + reach * error,
            "scale": model.scale,
            "log_likelihood": model.log_likelihood,
            "method": _method(law, model, [names[own] for own in (code, reference) if own in idle]),
        }


def _method(law: str, model: AcceleratedFit, idle: Sequence[str]) -> str:
    """How the row was found, or why it is empty: which of its arms are ``idle``, without event."""
    if idle:
        return f"not estimable: no mouse of {' nor of '.join(idle)} progressed"
    if np.isnan(model.scale):
        return "not estimable: each arm progressed between two visits alone, or as good as"
    return f"{LAW_WORDS[law]} days between visits, one scale for all arms; Wald"


def with_schedules(fit: ProgressionFit) -> ProgressionFit:
    """The fit with its doubts about arms that are read at unlike visits."""
    return replace(fit, doubts=merge_doubts(fit.doubts, tuple(doubt_schedules(fit))))


def doubt_schedules(fit: ProgressionFit) -> Iterator[Doubt]:
    """Arms that are read at visits farther apart than another arm's, with both p."""
    names, control = fit.design.arm_names, fit.design.control
    widths = np.array(fit.visit_gaps)
    followed = np.unique(fit.times.arm)
    if not followed.size or not np.isfinite(widths[followed]).any():
        return
    narrowest = int(followed[np.nanargmin(widths[followed])])
    reference = names.index(control) if control in names else narrowest
    for code in followed[np.isfinite(widths[followed])]:
        # Control first, as arms are compared with it; of two that are read alike nothing is said.
        other = reference if fit.read_unlike(int(code), reference) else narrowest
        if code == narrowest or not fit.read_unlike(int(code), other):
            continue
        plain = fit.log_rank_of_pair(other, int(code)).p_permutation
        between = fit.interval_test_of_pair(other, int(code)).p
        yield Doubt(
            "schedules-differ",
            (names[code], names[other]),
            "progression",
            f"{names[code]} was read every {widths[code]:.3g} days, {names[other]} every "
            f"{widths[other]:.3g}: {p_words(plain)} for the difference on the "
            f"days that the rule gives, {p_words(between)} between the visits. Hazards have the "
            "larger p.",
        )
