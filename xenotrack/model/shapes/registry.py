"""The growth shapes by name: which one describes an arm, given its readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from xenotrack.model.follow_up import FollowUp, all_days, half_and_three
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.shapes.curve import Curve, inner_knots, knots_for
from xenotrack.model.shapes.line import Line, Ray
from xenotrack.model.shapes.shape import Shape

ShapeName = Literal["curve", "line"]


def line_of(rows: LogVolumes, code: int, follow_up: FollowUp, most: int | None = None) -> Shape:
    """A straight line, through the origin where volumes are relative to the baseline."""
    return Ray() if rows.through_origin else Line()


def curve_of(rows: LogVolumes, code: int, follow_up: FollowUp, most: int | None = None) -> Shape:
    """A curve with as many knots as the visits of the arm's mice bear, and at most ``most``."""
    rows = rows.placed()  # a run of readings below the limit bears no more knots than one
    low, high = follow_up.from_day[code], follow_up.until_day[code]
    day = rows.day[(rows.arm == code) & (rows.day >= low) & (rows.day <= high)]
    visits = rows.readings_by_mouse()[rows.mouse_arm == code]
    if len(day) == 0 or not low < high:
        return Line()
    # Heights at the knots need as many days as there are of them.
    count = min(knots_for(np.median(visits[visits > 0])), len(np.unique(day)) - 2)
    knots = inner_knots(day, count if most is None else min(most, count), low, high)
    return Curve(knots) if len(knots) > 2 else Line()


SHAPES: dict[str, Callable[[LogVolumes, int, FollowUp, int | None], Shape]] = {
    "curve": curve_of,
    "line": line_of,
}
DAYS: dict[str, Callable[[LogVolumes], FollowUp]] = {"curve": half_and_three, "line": all_days}
