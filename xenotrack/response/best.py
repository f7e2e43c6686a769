"""The best a tumour did, and its mRECIST category (Gao 2015, Nat Med 21:1318)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Floats
from xenotrack.response.courses import Courses, at, lowest, running_mean
from xenotrack.response.relative import course_change
from xenotrack.study.rules import ResponseRules

MRECIST = ("CR", "PR", "SD", "PD", "NE")


@dataclass(frozen=True)
class BestResponses:
    """Each mouse's best response and best average response, in percent of its baseline.

    ``response`` is NaN without a measurable baseline or a reading after it on day ≥ ``min_day``;
    ``assessed`` says whether there was such a reading, whatever the baseline; ``gone`` whether the
    tumour was measurable no more at the mouse's last two readings.
    """

    response: Floats
    day: Floats
    average: Floats
    assessed: Bools
    gone: Bools


def best_responses(courses: Courses, rules: ResponseRules) -> BestResponses:
    """The smallest percent change, and the smallest running mean of it, on day ≥ ``min_day``.

    The running mean is over all readings since the baseline, its 0 % included. ``gao`` takes what
    reproduces the numbers published with Gao 2015: a smallest change that is a growth counts from
    twice ``min_day`` on (89 % of 3 451 curves), the running mean after ``min_day`` (98 %).
    """
    change = course_change(courses)
    average = running_mean(change, courses.owner)
    counts = courses.later & (courses.day >= rules.min_day)
    smallest, of_average = lowest(change, counts, courses.owner, courses.n_mice), counts
    if rules.mrecist == "gao":
        late = counts & (courses.day >= 2 * rules.min_day)
        later = lowest(change, late, courses.owner, courses.n_mice)
        grew = ~(at(change, smallest) < 0) & (later >= 0)
        smallest = np.where(grew, later, smallest)
        of_average = courses.later & (courses.day > rules.min_day)
    smallest_average = lowest(average, of_average, courses.owner, courses.n_mice)
    return BestResponses(
        response=at(change, smallest),
        day=at(courses.day, smallest),
        average=at(average, smallest_average),
        assessed=np.bincount(courses.owner[counts], minlength=courses.n_mice) > 0,
        gone=courses.vanished,
    )


def mrecist_category(best_response: Floats, best_average: Floats) -> NDArray[np.str_]:
    """The mRECIST category of best response and best average response, all bounds strict.

    CR below −95 % and −40 %, else PR below −50 % and −20 %, else SD below 35 % and 30 %, else PD;
    NE without a response.
    (The categories published with Gao 2015 rest on an unstated rule for the days, see
    ``best_responses``, and agree with the usual one for 88 % of its curves.)

    >>> mrecist_category(np.array([-96.0, -96.0, 34.0]), np.array([-41.0, -30.0, 30.0])).tolist()
    ['CR', 'PR', 'PD']
    """
    # −50.000000000000014 is the −50 % that somebody measured in cm³.
    best_response, best_average = np.round(best_response, 9), np.round(best_average, 9)
    return np.select(
        [
            np.isnan(best_response),
            (best_response < -95) & (best_average < -40),
            (best_response < -50) & (best_average < -20),
            (best_response < 35) & (best_average < 30),
        ],
        ["NE", "CR", "PR", "SD"],
        default="PD",
    )


def mrecist(best: BestResponses, worsened: Bools, rules: ResponseRules) -> NDArray[np.str_]:
    """The mRECIST category of each mouse; NE where it cannot be told.

    A mouse without a reading on day ≥ ``min_day`` is PD if it worsened (progressed, or left for
    tumour size): leaving it out would make the fastest tumours vanish from their arm. A tumour
    that was gone at the end is CR, however late it went. The published rules, ``xeva`` and
    ``gao``, know neither.
    """
    category = mrecist_category(best.response, best.average)
    if rules.mrecist != "usual":
        return np.where(np.isnan(best.average), "NE", category)
    category = np.where(best.gone & ~np.isnan(best.response), "CR", category)
    return np.where(~best.assessed & worsened, "PD", category)
