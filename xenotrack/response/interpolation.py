"""A tumour's volume on a day between two readings of it."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats

SAME_DAY = 1e-9


def volumes_between(
    owner: Codes, day: Floats, volume: Floats, mouse: Codes, when: Floats
) -> tuple[Floats, Bools]:
    """The volume of each ``mouse`` at each ``when``, and whether it lies between two readings.

    Readings are sorted by owner and day. Between two readings ln volume runs straight; from or to
    a tumour of 0 mm³ the volume itself does. NaN before a mouse's first reading and after its last.

    >>> owner, day = np.array([0, 0, 1]), np.array([0.0, 10.0, 0.0])
    >>> asked = np.array([0, 0, 1]), np.array([5.0, 10.0, 5.0])
    >>> found, between = volumes_between(owner, day, np.array([100.0, 400.0, 90.0]), *asked)
    >>> found.round(6).tolist(), between.tolist()
    ([200.0, 400.0, nan], [True, False, False])
    """
    volumes, between = np.full(len(when), np.nan), np.zeros(len(when), dtype=bool)
    if not len(day) or not len(when):
        return volumes, between
    # One sorted key for mouse and day: whole mice apart, so that no day reaches into another mouse.
    start = min(day.min(), when.min())
    span = 2 + max(day.max(), when.max()) - start
    position = np.searchsorted(owner * span + (day - start), mouse * span + (when - start))
    for near in (position - 1, position):
        inside = (near >= 0) & (near < len(day))
        read = np.where(inside, near, 0)
        here = inside & (owner[read] == mouse) & (np.abs(day[read] - when) <= SAME_DAY)
        volumes[here] = volume[read[here]]
    before, after = position - 1, position
    between = np.isnan(volumes) & (before >= 0) & (after < len(day))
    between[between] &= (owner[before[between]] == mouse[between]) & (
        owner[after[between]] == mouse[between]
    )
    before, after = before[between], after[between]
    share = (when[between] - day[before]) / (day[after] - day[before])
    volumes[between] = _part_of_the_way(volume[before], volume[after], share)
    return volumes, between


def _part_of_the_way(first: Floats, last: Floats, share: Floats) -> Floats:
    """The volume so far on the way from one to another, by ln volume where neither is 0."""
    measurable = (first > 0) & (last > 0)
    low, high = (np.log(np.where(measurable, each, 1.0)) for each in (first, last))
    straight = first + share * (last - first)
    return np.where(measurable, np.exp(low + share * (high - low)), straight)
