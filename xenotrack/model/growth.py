"""Growth rates: ln volume ~ arm × day with a random intercept and slope for each mouse.

The ladder: by arm (each arm its own REML fit) or pooled (one covariance for all arms); where the
readings do not identify a mixed model, least-squares lines by mouse, compared by Welch; an arm
with fewer than two mice of two usable days is listed without a test. Never a random intercept
alone: between-mouse differences in slope would then pass for precision.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.errors import FitError, StudyError
from xenotrack.model.growth_fit import GrowthFit, Piece, Variances, places
from xenotrack.model.lines import fit_mouse_lines, mean_line
from xenotrack.model.log_volume import LogVolumes, take_log_volumes
from xenotrack.model.pieces import fit_pieces
from xenotrack.model.trust import doubt_growth
from xenotrack.study.design import Design
from xenotrack.study.study import Study


def fit_growth(study: Study) -> GrowthFit:
    """Fit the growth rates that the study's rules ask for, with their verdicts and doubts.

    Raises ``FitError`` where no arm has two mice measured on two days.
    """
    rows = take_log_volumes(study)
    fit = fit_log_volumes(rows, study.design)
    verdicts, unstable = _agreed_verdicts(study, fit)
    doubts = merge_doubts(fit.doubts, doubt_growth(study, rows, fit), unstable)
    return replace(fit, verdicts=verdicts, doubts=doubts)


def fit_log_volumes(rows: LogVolumes, design: Design) -> GrowthFit:
    """Fit the lines of every arm; no verdict yet."""
    k = rows.n_arms
    lines = fit_mouse_lines(rows)
    testable = np.bincount(rows.mouse_arm[~np.isnan(lines.slope)], minlength=k) >= 2
    if not testable.any():
        raise FitError(
            "No arm has two mice that were each measured on two days, so no growth rate has a "
            "standard error. Check the days with `xenotrack check`."
        )
    variances, doubts = _choose_variances(rows, design, testable)
    fitted = rows.of_arms(testable)
    pieces, more = fit_pieces(fitted, np.flatnonzero(testable), design, variances)
    values, covariance = _assemble(pieces, k)
    for code in np.flatnonzero(~testable):
        values[[code, k + code]] = mean_line(lines, rows.mouse_arm == code)[0]
    first_day, last_day = rows.days_by_arm()
    return GrowthFit(
        design=design,
        variances=variances,
        pieces=pieces,
        values=values,
        covariance=covariance,
        tested=testable,
        n_mice=rows.mice_with(1),
        n_measurements=np.bincount(rows.arm, minlength=k),
        first_day=first_day,
        last_day=last_day,
        verdicts=("",) * k,
        doubts=merge_doubts(doubts, more, _untested(design, testable)),
    )


def without_mouse(fit: GrowthFit, rows: LogVolumes, mouse: int) -> GrowthFit:
    """The same fit without one mouse (a code of ``rows``), its arms fitted anew; no verdicts.

    Whether variances are by arm or pooled stays as it was chosen with all mice. An arm that is
    left with fewer than two mice of two days has no values.
    """
    k = rows.n_arms
    alone = fit.variances == "by_arm"
    touched = np.array([rows.mouse_arm[mouse]]) if alone else np.flatnonzero(fit.tested)
    kept = tuple(piece for piece in fit.pieces if not set(piece.arms) & set(touched.tolist()))
    own = rows.without(mouse)
    with_lines = rows.mouse_arm[~np.isnan(fit_mouse_lines(own).slope)]
    codes = touched[np.bincount(with_lines, minlength=k)[touched] >= 2]
    again = own.of_arms(np.isin(np.arange(k), codes))
    pieces = fit_pieces(again, codes, fit.design, fit.variances)[0] if len(codes) else ()
    values, covariance = _assemble((*kept, *pieces), k)
    return replace(
        fit,
        pieces=(*kept, *pieces),
        values=values,
        covariance=covariance,
        verdicts=("",) * k,
    )


def _choose_variances(
    rows: LogVolumes, design: Design, testable: NDArray[np.bool_]
) -> tuple[Variances, tuple[Doubt, ...]]:
    """By arm where every arm can bear it; never chosen by a test."""
    rules = design.rules.growth
    if rules.baseline == "common":
        if rules.variances == "by_arm":
            raise StudyError(
                "`baseline = common` ties the arms together, so that they cannot be fitted by "
                "arm. Choose --variances pooled or --baseline arm."
            )
        return "pooled", ()
    if rules.variances is not None:
        return rules.variances, ()
    thin = (rows.mice_with(3) < 4) & testable
    if not thin.any():
        return "by_arm", ()
    arms = tuple(np.array(design.arm_names, dtype=object)[thin].tolist())
    return "pooled", (
        Doubt(
            "pooled-variances",
            arms,
            "growth",
            f"One spread for all arms: fewer than four mice with three readings in "
            f"{', '.join(arms)}. "
            "If the arms' mice differ in spread, p-values and intervals are too narrow.",
        ),
    )


def _untested(design: Design, testable: NDArray[np.bool_]) -> tuple[Doubt, ...]:
    return tuple(
        Doubt(
            "arm-not-tested",
            (name,),
            "growth",
            f"{name} has fewer than two mice measured on two days: listed without a test.",
        )
        for name, tested in zip(design.arm_names, testable, strict=True)
        if not tested
    )


def _assemble(pieces: tuple[Piece, ...], k: int) -> tuple[Floats, Floats]:
    """All arms' values (2k,) and covariance (2k, 2k); NaN for an arm in no piece."""
    values = np.full(2 * k, np.nan)
    covariance = np.zeros((2 * k, 2 * k))
    fitted = np.zeros(2 * k, dtype=bool)
    for piece in pieces:
        own = places(piece.arms, k)
        values[own] = piece.values
        covariance[np.ix_(own, own)] = piece.covariance
        fitted[own] = True
    covariance[~fitted], covariance[:, ~fitted] = np.nan, np.nan
    return values, covariance


def judge_growth(fit: GrowthFit) -> tuple[str, ...]:
    """shrinking, blocked, growing or undecided for each arm, by its interval; "" without one."""
    growth = fit.to_frame()
    blocked_below = fit.design.rules.growth.blocked_below
    return tuple(
        _verdict(low, high, blocked_below)
        for low, high in zip(growth["conf_low"], growth["conf_high"], strict=True)
    )


def _verdict(low: float, high: float, blocked_below: float) -> str:
    if np.isnan(low):
        return ""
    if high < 0:
        return "shrinking"
    if high < blocked_below:
        return "blocked"
    return "growing" if low > 0 else "undecided"


def _agreed_verdicts(study: Study, fit: GrowthFit) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """Verdicts that hold wherever readings below the limit are placed; else undecided."""
    verdicts = judge_growth(fit)
    if not study.readings["below_limit"].any():
        return verdicts, ()
    others = []
    for treatment in ("limit", "half"):
        try:
            other = fit_log_volumes(take_log_volumes(study, treatment), study.design)
        except FitError:
            continue
        others.append(judge_growth(other))
    agreed, doubts = [], []
    for arm, verdict, *rest in zip(study.design.arm_names, verdicts, *others, strict=True):
        stable = not verdict or all(other in ("", verdict) for other in rest)
        agreed.append(verdict if stable else "undecided")
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
