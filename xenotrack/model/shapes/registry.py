"""The growth shapes by name: which one describes an arm, given its readings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.errors import FitError
from xenotrack.model.follow_up import FollowUp, all_days, half_and_three
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.shapes.curve import Curve, inner_knots, knots_for
from xenotrack.model.shapes.gompertz import Gompertz
from xenotrack.model.shapes.line import Line, Ray
from xenotrack.model.shapes.phases import Phases, read_between
from xenotrack.model.shapes.regrowth import Regrowth
from xenotrack.model.shapes.shape import Shape
from xenotrack.model.shapes.tangent import Tangent
from xenotrack.model.touching import touching
from xenotrack.study.rules import GrowthRules


def line_of(rows: LogVolumes, code: int, follow_up: FollowUp, rules: GrowthRules) -> Shape:
    """A straight line, through the origin where volumes are relative to the baseline."""
    return Ray() if rows.through_origin else Line()


def phases_of(rows: LogVolumes, code: int, follow_up: FollowUp, rules: GrowthRules) -> Shape:
    """Straight lines that meet on the declared days, where the arm was read on either side."""
    day, (low, high) = _days_of(rows.placed(), code, follow_up)
    if len(day) == 0 or not low < high:
        return Line()
    knots = read_between(np.array(rules.phase_days or ()), day, low, high)
    return Phases(knots) if len(knots) > 2 else Line()


def _days_of(
    rows: LogVolumes, code: int, follow_up: FollowUp
) -> tuple[Floats, tuple[float, float]]:
    """The days of an arm's readings within its follow-up, and the two ends."""
    low, high = follow_up.from_day[code], follow_up.until_day[code]
    return rows.day[(rows.arm == code) & (rows.day >= low) & (rows.day <= high)], (low, high)


def arm_curve(rows: LogVolumes, code: int, follow_up: FollowUp, rules: GrowthRules) -> Shape:
    """A curve with as many knots as the visits of the arm's mice bear."""
    return curve_of(rows, code, follow_up)


def curve_of(rows: LogVolumes, code: int, follow_up: FollowUp, most: int | None = None) -> Shape:
    """A curve with as many knots as the visits of the arm's mice bear, and at most ``most``."""
    rows = rows.placed()  # a run of readings below the limit bears no more knots than one
    day, (low, high) = _days_of(rows, code, follow_up)
    visits = rows.readings_by_mouse()[rows.mouse_arm == code]
    if len(day) == 0 or not low < high:
        return Line()
    # Heights at the knots need as many days as there are of them.
    count = min(knots_for(np.median(visits[visits > 0])), len(np.unique(day)) - 2)
    knots = inner_knots(day, count if most is None else min(most, count), low, high)
    return Curve(knots) if len(knots) > 2 else Line()


def touching_of(kind: type[Tangent]) -> Callable[..., Shape]:
    """What gives an arm a mean of this kind; a curve where its readings do not bear the kind."""

    def of(rows: LogVolumes, code: int, follow_up: FollowUp, rules: GrowthRules) -> Shape:
        curve = curve_of(rows, code, follow_up)
        own = rows.of_arms(np.arange(rows.n_arms) == code)
        try:
            return touching(own, code, kind, curve) if isinstance(curve, Curve) else curve
        except FitError:
            return curve

    return of


FORMULAS: dict[str, type[Tangent]] = {"gompertz": Gompertz, "regrowth": Regrowth}
SHAPES: dict[str, Callable[[LogVolumes, int, FollowUp, GrowthRules], Shape]] = {
    "curve": arm_curve,
    "phases": phases_of,
    "line": line_of,
    **{name: touching_of(kind) for name, kind in FORMULAS.items()},
}
DAYS: dict[str, Callable[[LogVolumes], FollowUp]] = {
    "curve": half_and_three,
    "phases": half_and_three,
    "line": all_days,
    **dict.fromkeys(FORMULAS, half_and_three),
}
