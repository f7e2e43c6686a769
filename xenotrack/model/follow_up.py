"""How long each arm is followed: the days of which its growth may be spoken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.model.log_volume import LogVolumes, last_days

Window = tuple[float, float]


@dataclass(frozen=True, eq=False)
class FollowUp:
    """The first and the last day of each arm's follow-up, (k,); NaN for an arm without readings."""

    from_day: Floats
    until_day: Floats

    def within(self, window: Window | None) -> FollowUp:
        """Cut to declared days; as it is where none are declared."""
        if window is None:
            return self
        first, last = window
        return FollowUp(np.maximum(self.from_day, first), np.minimum(self.until_day, last))

    def shared(self, arms: Iterable[int]) -> Window:
        """The days that all these arms (codes) share; the second is not after the first if none.

        NaN of no arms.
        """
        codes = list(arms)
        if not codes:
            return np.nan, np.nan
        return float(self.from_day[codes].max()), float(self.until_day[codes].min())


def half_and_three(rows: LogVolumes) -> FollowUp:
    """Each arm from the start of treatment to its half-and-three day.

    That is the last visit at which at least half of its mice, and three, are still read, with a
    measurable reading on that day or later in three. It begins once as many have been read, and
    not before day 0. An arm of fewer than three mice needs all of them.
    """
    first = -last_days(rows.mouse, -rows.day, len(rows.mice))
    own_last = last_days(rows.mouse, rows.day, len(rows.mice))
    read = own_last if rows.read_until is None else rows.read_until
    measurable = own_last if rows.measurable_until is None else rows.measurable_until
    begin, end = np.full((2, rows.n_arms), np.nan)
    for code in range(rows.n_arms):
        mice = (rows.mouse_arm == code) & np.isfinite(own_last)
        n = int(mice.sum())
        if not n:
            continue
        three = min(3, n)
        most = max((n + 1) // 2, three)
        begin[code] = np.sort(first[mice])[most - 1]
        last = min(np.sort(read[mice])[-most], np.sort(measurable[mice])[-three])
        end[code] = last if np.isfinite(last) else begin[code]  # measurable on no day
    starts = np.where((begin < 0) & (end > 0), 0.0, begin)
    return FollowUp(starts, end)


def first_unmeasured(rows: LogVolumes, follow_up: FollowUp) -> Floats:
    """The first visit after the start of each arm whose tumours were measurable on none, (k,).

    NaN for all other arms. Fewer than three of its mice, and fewer than half of them, were ever
    measurable after the start, so that nothing but a limit is known of its rate.
    """
    found = np.full(rows.n_arms, np.nan)
    if rows.below is None or rows.through_origin:
        return found
    for code in range(rows.n_arms):
        own, begin = rows.arm == code, follow_up.from_day[code]
        after = own & (rows.day > max(begin, 0.0))
        mice = len(np.unique(rows.mouse[own]))
        seen = len(np.unique(rows.mouse[after & ~rows.below]))
        read = len(np.unique(rows.mouse[after]))
        if seen < min(3, mice) and 2 * seen < mice and 2 * read >= mice:
            found[code] = rows.day[after].min()
    return found


def measurable_window(rows: LogVolumes, arms: Iterable[int], window: Window) -> Window:
    """Days that some arms share, cut to the last on which three mice of each are still measurable.

    An arm whose tumours vanish and come back is followed beyond, and has no height in between.
    """
    (first, last), codes = window, list(arms)
    while rows.below is not None:
        end = min(_measurable_until(rows, rows.below, code, last) for code in codes)
        if end >= last:
            break
        last = end
    return first, last


def _measurable_until(rows: LogVolumes, below: Bools, code: int, last: float) -> float:
    """The day up to which an arm is measurable, of those up to ``last``.

    The third-last of the days on which its mice were last measurable; of an arm that is measurable
    again later that of half of them, since those that came back first are the worst.
    """
    own = (rows.arm == code) & (rows.day <= last)
    if not below[own].any() or below[own].all():
        return last
    seen = own & ~below
    ends = last_days(rows.mouse[seen], rows.day[seen], len(rows.mice))
    ends = np.sort(ends[np.isfinite(ends)])
    again = ~below & (rows.arm == code) & (rows.day > last)
    most = max(3, (len(ends) + 1) // 2) if again.any() else 3
    return float(ends[-most:][0])


def all_days(rows: LogVolumes) -> FollowUp:
    """Each arm from its first reading to its last: what a straight line speaks of."""
    return FollowUp(*rows.days_by_arm())
