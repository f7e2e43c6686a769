"""Growth: ln volume by day, an arm's mean of one shape and mice that depart from it.

The ladder: by arm, each its own REML fit (or pooled by name: one covariance for all arms); an arm
of fewer than three mice with three readings, or whose readings do not identify a mixed model, by
least-squares lines of its mice, compared by Welch; an arm with fewer than two mice of two usable
days is listed without a test. Never a random intercept alone: between-mouse differences in slope
would then pass for precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Floats
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.errors import FitError, RulesError, StudyError
from xenotrack.model.beginnings import beginnings_of
from xenotrack.model.blocks import PairedBlocks, doubt_blocks, one_mouse_a_cell
from xenotrack.model.follow_up import first_unmeasured
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_method import SHAPE_WORDS
from xenotrack.model.growth_verdicts import UNDECIDED
from xenotrack.model.late import late_growth
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.log_volume import LogVolumes, take_log_volumes
from xenotrack.model.piece import Piece
from xenotrack.model.pieces import fit_pieces, lines_piece, step_without
from xenotrack.model.placements import agreed_verdicts, other_placements
from xenotrack.model.shapes.registry import DAYS, FORMULAS, SHAPES
from xenotrack.model.shared_days import SharedDays
from xenotrack.model.trust import doubt_growth
from xenotrack.model.unmeasurable import unmeasurable_at_end, vanishing_p
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules
from xenotrack.study.study import Study


def fit_growth(study: Study) -> GrowthFit:
    """Fit the growth rates that the study's rules ask for, with their verdicts and doubts.

    Raises ``FitError`` where no arm has two mice measured on two days.
    """
    rows = take_log_volumes(study)
    fit = fit_log_volumes(rows, study.design)
    if study.design.rules.growth.shape != "line":
        fit = replace(fit, late=late_growth(fit))
    placements = other_placements(study, fit, fit_log_volumes)
    verdicts, unstable = agreed_verdicts(fit, placements)
    doubts = merge_doubts(fit.doubts, doubt_growth(study, rows.placed(), fit), unstable)
    # That no tumour appeared is no block of growth.
    awaited = fit.beginnings.awaited & fit.beginnings.waited
    verdicts = tuple(
        UNDECIDED if waited and word in ("shrinking", "blocked") else word
        for word, waited in zip(verdicts, awaited, strict=True)
    )
    return replace(fit, verdicts=verdicts, doubts=doubts, placements=placements)


def fit_log_volumes(rows: LogVolumes, design: Design) -> GrowthFit:
    """Fit the mean of every arm; no verdict yet."""
    k, rules = rows.n_arms, design.rules.growth
    follow_up, n_all = DAYS[rules.shape](rows), np.bincount(rows.arm, minlength=k)
    shrunk_p = vanishing_p(rows)
    begun = beginnings_of(rows, design.arm_names, rules.from_day is not None)
    gone = first_unmeasured(rows, follow_up)
    vanished = ~np.isnan(gone)
    rows = rows.at_limit_until(gone)
    follow_up = replace(follow_up, until_day=np.where(vanished, gone, follow_up.until_day))
    if rules.shape != "line":
        # A curve that ends with its arm's follow-up would go straight through what comes later.
        rows = rows.until(follow_up.until_day)
    n_measurements = np.bincount(rows.arm, minlength=k)
    pooled = _require_known_rules(design)
    _require_bearable(rows, rules)
    if rows.block is not None and not pooled and rules.df == "satterthwaite":
        raise StudyError(
            "Satterthwaite's degrees of freedom are not known for blocks with variances by arm. "
            "Choose --df kenward-roger, or --variances pooled."
        )
    testable = _units_with_lines(rows) >= 2
    if not testable.any() and rows.cage is None:
        raise FitError(
            "No arm has two mice that were each measured on two days, so no growth rate has a "
            "standard error. Check the days with `xenotrack check`, and those of --from and "
            "--until."
        )
    shapes = [SHAPES[rules.shape](rows, code, follow_up, rules) for code in range(k)]
    codes = np.flatnonzero(testable & ~vanished)
    pieces, doubts = fit_pieces(rows.of_arms(testable & ~vanished), codes, shapes, design, pooled)
    least = [lines_piece(rows, int(code)) for code in np.flatnonzero(testable & vanished)]
    first_day, last_day = rows.days_by_arm()
    return GrowthFit(
        design=design,
        variances="pooled" if pooled else "by_arm",
        pieces=(*pieces, *least),
        listed=tuple(lines_piece(rows, int(code)) for code in np.flatnonzero(~testable)),
        at_most=testable & vanished,
        n_unmeasurable=unmeasurable_at_end(rows),
        vanishing_p=shrunk_p,
        follow_up=follow_up.within(rules.window),
        n_mice=rows.mice_with(1),
        n_measurements=n_measurements,
        n_after=n_all - n_measurements,
        first_day=first_day,
        last_day=last_day,
        verdicts=("",) * k,
        doubts=merge_doubts(
            doubts,
            _untested(design, testable),
            _not_borne(design, pieces),
            _cut_short(design, follow_up.until_day),
            _vanished(design, np.where(testable, gone, np.nan)),
            doubt_blocks(rows, design.arm_names),
            begun.doubts(),
        ),
        beginnings=begun,
        narrow=_narrow(rows, design),
        blocked=rows.block is not None,
    )


def _narrow(rows: LogVolumes, design: Design) -> SharedDays | PairedBlocks | None:
    """What gives the fit of one contrast; straight lines of all mice say the same of any."""
    if one_mouse_a_cell(rows):
        return PairedBlocks(rows)
    return SharedDays(rows, design) if design.rules.growth.shape != "line" else None


def without_mouse(fit: GrowthFit, rows: LogVolumes, mouse: int) -> GrowthFit:
    """The same fit without one mouse (a code of ``rows``), its arms fitted anew; no verdicts.

    With readings below the limit by one step from the fit of all mice, which costs far less.
    Shapes, days and whether variances are pooled stay as they were chosen with all mice. An arm
    that is left with fewer than two mice of two days has no values.
    """
    k, arm = rows.n_arms, int(rows.mouse_arm[mouse])
    touched = [piece for piece in fit.pieces if arm in piece.arms]
    kept = tuple(piece for piece in fit.pieces if arm not in piece.arms)
    own = (rows if fit.narrow is None else fit.narrow.rows).without(mouse)
    enough = _units_with_lines(own) >= 2
    arms = np.array([code for piece in touched for code in piece.arms], dtype=np.intp)
    codes = arms[enough[arms]]
    again = own.of_arms(np.isin(np.arange(k), codes))
    pooled = fit.variances == "pooled"
    steps = [step_without(piece, mouse, fit.design) for piece in touched]
    pieces = tuple(step for step in steps if step is not None)
    if len(codes) and (not pieces or len(codes) < len(arms)):
        pieces = fit_pieces(again, codes, fit.shapes, fit.design, pooled)[0]
    lost = tuple(lines_piece(own, int(code)) for code in arms[~enough[arms]])
    return replace(
        fit,
        pieces=(*kept, *pieces),
        listed=(*fit.listed, *lost),
        verdicts=("",) * k,
        narrow=fit.narrow.without_mouse(own, mouse) if fit.narrow is not None else None,
        joined={},  # or those of every mouse would be kept
    )


def _units_with_lines(rows: LogVolumes) -> NDArray[np.intp]:
    """The mice of each arm that have a line of their own; or its cages, where they are the unit."""
    unit = np.arange(len(rows.mice)) if rows.cage is None else rows.cage
    known = ~np.isnan(fit_mouse_lines(rows.placed()).slope)
    pairs = np.unique(np.column_stack([rows.mouse_arm, unit])[known], axis=0)
    return np.bincount(pairs[:, 0], minlength=rows.n_arms)


def _units(design: Design) -> str:
    return "cages" if design.rules.study.experimental_unit == "cage" else "mice"


def _require_known_rules(design: Design) -> bool:
    """Whether one covariance is fitted to all arms; never chosen by a test, nor by an arm."""
    rules = design.rules.growth
    if rules.variances == "pooled" and design.rules.study.experimental_unit == "cage":
        raise RulesError(
            "Where cages are the unit each arm has its own variance, from its cages. Choose "
            "--variances by_arm."
        )
    if rules.baseline != "arm" and rules.shape != "line":
        raise RulesError(
            f"`baseline = {rules.baseline}` is a model of straight lines, and `shape` is "
            f"{rules.shape}. Choose --shape line as well, or --baseline arm."
        )
    _require_phases(rules)
    _require_alike(rules)
    if rules.window is not None:
        _require_window(rules.shape, *rules.window)
    if rules.baseline == "common" and rules.variances != "pooled":
        raise RulesError(
            "`baseline = common` ties the arms together, so that they cannot be fitted by "
            "arm. Choose --variances pooled or --baseline arm."
        )
    return rules.variances == "pooled"


def _require_alike(rules: GrowthRules) -> None:
    """Readings that do not scatter alike, where the model cannot have them."""
    if rules.residual == "constant":
        return
    if rules.shape in FORMULAS:
        raise RulesError(
            f"`residual = {rules.residual}` is of curves, phases and lines, and `shape` is "
            f"{rules.shape}. Choose --shape curve, or --residual constant."
        )
    if rules.baseline != "arm":
        raise RulesError(
            f"`residual = {rules.residual}` needs an intercept of each arm, and `baseline` is "
            f"{rules.baseline}. Choose --baseline arm, or --residual constant."
        )


def _require_bearable(rows: LogVolumes, rules: GrowthRules) -> None:
    """Studies for which the declared model is not known."""
    if rules.shape in FORMULAS and rows.block is not None:
        raise StudyError(
            f"`shape = {rules.shape}` is fitted to each arm alone, and blocks tie arms together. "
            "Choose --shape curve, or name the column of blocks under `ignore` in [columns]."
        )
    if rules.residual != "constant" and rows.block is not None and rules.variances == "by_arm":
        raise StudyError(
            f"`residual = {rules.residual}` is not known for blocks with variances by arm. Choose "
            "--variances pooled, or --residual constant."
        )
    if rows.ends is not None:
        _require_roundable(rows, rules)
    if rules.residual == "car1" and rows.n_below:
        raise StudyError(
            f"`residual = car1` needs measured readings, and {rows.n_below} are below the limit. "
            "Choose --below-limit first, or another --residual."
        )


def _require_roundable(rows: LogVolumes, rules: GrowthRules) -> None:
    """Models of which the likelihood of rounded readings is not known."""
    for is_asked, asked, other in (
        (rules.baseline == "ratio", "`baseline = ratio`", "--baseline arm"),
        (rules.residual != "constant", f"`residual = {rules.residual}`", "--residual constant"),
        (rules.shape in FORMULAS, f"`shape = {rules.shape}`", "--shape curve"),
        (
            rows.block is not None and rules.variances == "by_arm",
            "blocks with variances by arm",
            "--variances pooled",
        ),
    ):
        if is_asked:
            raise StudyError(
                f"`rounding_mm` is not known for {asked}. Choose {other}, or leave it out."
            )


def _require_phases(rules: GrowthRules) -> None:
    days = rules.phase_days or ()
    if rules.shape == "phases" and not days:
        raise RulesError(
            "`shape = phases` has a rate before and after declared days, and `phase_days` names "
            "none. Give them: --phase-days 14,28."
        )
    if days and rules.shape != "phases":
        raise RulesError(
            f"`phase_days` are of `shape = phases`, and `shape` is {rules.shape}. Choose --shape "
            "phases, or leave them out."
        )
    if any(later <= earlier for earlier, later in pairwise(days)):
        listed = ", ".join(f"{day:g}" for day in days)
        raise RulesError(f"`phase_days` is [{listed}]. Give days that increase.")


def _require_window(shape: str, first: float, last: float) -> None:
    if shape == "line":
        raise RulesError(
            "`window` is of curves: a straight line has one rate for all days fitted. Choose these "
            "days with --from and --until."
        )
    if not first < last:
        raise RulesError(
            f"`window` is [{first:g}, {last:g}]. Give two days, the first before the last."
        )


def _cut_short(design: Design, until_day: Floats) -> Iterator[Doubt]:
    """Arms that were not followed to the end of the declared window."""
    window = design.rules.growth.window
    short = [
        (name, last)
        for name, last in zip(design.arm_names, until_day, strict=True)
        if window is not None and last < window[1]
    ]
    if window is not None and short:
        listed = "; ".join(f"{name} to day {last:g}" for name, last in short)
        yield Doubt(
            "window-cut-short",
            tuple(name for name, _ in short),
            "growth",
            f"Rates were to be of days {window[0]:g} to {window[1]:g}, and arms were followed for "
            f"less: {listed}. What is said of them, and of contrasts with them, ends there.",
        )


def _not_borne(design: Design, pieces: Sequence[Piece]) -> Iterator[Doubt]:
    """Arms that were to grow by a formula, and whose readings do not identify its parameters."""
    asked = design.rules.growth.shape
    others = [
        design.arm_names[code]
        for piece in pieces
        for code, shape in zip(piece.arms, piece.shapes, strict=True)
        if piece.mixed is not None and shape.name != asked
    ]
    if asked in FORMULAS and others:
        listed = ", ".join(others)
        yield Doubt(
            "shape-not-borne",
            tuple(others),
            "growth",
            f"The readings of {listed} do not bear {SHAPE_WORDS[asked]}: they do not identify its "
            "parameters, or lie far from what it can be. A smooth curve was fitted instead (a line "
            "where days are few).",
        )


def _vanished(design: Design, day: Floats) -> Iterator[Doubt]:
    """Arms of which only a limit of the rate is known."""
    for name, first in zip(design.arm_names, day, strict=True):
        if not np.isnan(first):
            yield Doubt(
                "tumors-vanished",
                (name,),
                "growth",
                f"The tumours of {name} could not be measured any more on day {first:g}: it "
                "shrank at least as fast as its rate to the limit says, and nobody knows how much "
                "faster.",
            )


def _untested(design: Design, testable: Bools) -> tuple[Doubt, ...]:
    return tuple(
        Doubt(
            "arm-not-tested",
            (name,),
            "growth",
            f"{name} has fewer than two {_units(design)} measured on two days: listed without a "
            "test.",
        )
        for name, tested in zip(design.arm_names, testable, strict=True)
        if not tested
    )
