"""How arms began: on which day, and with a tumour to measure or without one.

Growth begins when there is a tumour to grow. Arms that began otherwise than one another are on the
same days no tumours of one age: where growth slows down, the younger ones grow faster whatever they
were given. Thresholds are those at which `tests/benchmarks/beginning_error_rates.py` finds that
arms which are alike are said to differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.model.log_volume import LogVolumes, last_days

SHARE_APART = 0.2  # of an arm's mice: more than one of five, or two of eight
DAYS_APART = 2.0  # between the days on which arms began


@dataclass(frozen=True, eq=False)
class Beginnings:
    """How each arm began, (k,).

    ``day`` is that from which half of its mice, and three, had a tumour to measure (NaN where none
    had, or days are not compared); of its ``n_mice``, ``n_without`` had none when first read, and
    ``n_never`` none on any day.
    """

    names: tuple[str, ...]
    day: Floats
    n_mice: Codes
    n_without: Codes
    n_never: Codes

    @property
    def waited(self) -> Bools:
        """The arms most of whose mice began without a tumour."""
        return np.asarray(2 * self.n_without > self.n_mice)

    @property
    def awaited(self) -> Bools:
        """The arms that began with fewer tumours than another one, or whose tumours came later."""
        known = self.n_mice > 0
        fewer = _beyond(self._share(self.n_without)) | _beyond(self._share(self.n_never))
        later = self.waited & self._begun_late
        return np.asarray(known & (fewer | later))

    @property
    def late(self) -> Bools:
        """The arms that were first read long after another one, as if treated later."""
        return np.asarray(~self.waited & self._begun_late)

    @property
    def _begun_late(self) -> Bools:
        return np.asarray(self.day > np.nanmin(self.day, initial=np.inf) + DAYS_APART)

    def _share(self, count: Codes) -> Floats:
        return np.where(self.n_mice > 0, count / np.maximum(self.n_mice, 1), np.nan)

    def of(self, codes: Sequence[int]) -> Beginnings:
        """Those of some arms only."""
        at = np.asarray(codes, dtype=np.intp)
        return Beginnings(
            names=tuple(self.names[code] for code in codes),
            day=self.day[at],
            n_mice=self.n_mice[at],
            n_without=self.n_without[at],
            n_never=self.n_never[at],
        )

    def why_withheld(self, codes: Sequence[int]) -> str:
        """The rule of the doubt for which a difference between some arms is not claimed."""
        own = self.of(codes)
        if own.awaited.any():
            return "tumors-awaited"
        return "arms-begin-apart" if own.late.any() else ""

    def doubts(self) -> Iterator[Doubt]:
        """Tumours that were waited for in some arms, and arms that were read from later on."""
        if self.awaited.any():
            yield Doubt("tumors-awaited", self._named(self.awaited), "growth", self._of_tumors())
        if self.late.any():
            yield Doubt("arms-begin-apart", self._named(self.late), "growth", self._of_days())

    def _named(self, which: Bools) -> tuple[str, ...]:
        return tuple(name for name, is_one in zip(self.names, which, strict=True) if is_one)

    def _of_tumors(self) -> str:
        each = zip(self.names, self.n_without, self.n_mice, self.n_never, self.day, strict=True)
        told = "; ".join(
            f"{name} {without} of {n}"
            + (f", {never} of them to the end" if never else "")
            + (f", half of them with one by day {day:g}" if without and day == day else "")
            for name, without, n, never, day in each
            if n
        )
        return (
            f"Arms did not begin alike: without a tumour to measure were {told}. Growth is counted "
            "from a mouse's first tumour on, and tumours of unlike age or kind are compared: no "
            "difference in growth is claimed between such arms."
        )

    def _of_days(self) -> str:
        days = zip(self.names, self.day, strict=True)
        told = ", ".join(f"{name} from day {day:g}" for name, day in days if day == day)
        return (
            f"Arms were not read from one day on ({told}): growth is compared over the same days "
            "of the sheet, which are not the same days of treatment if that began with the "
            "readings, and no difference is claimed between such arms."
        )


def _beyond(share: Floats) -> Bools:
    """Which shares are larger than the smallest by more than chance and one mouse."""
    return np.asarray(share > np.nanmin(share, initial=np.inf) + SHARE_APART + 1e-9)


def beginnings_of(rows: LogVolumes, names: Sequence[str], declared: bool) -> Beginnings:
    """How the arms of these readings began; days are not compared where they were ``declared``."""
    k = rows.n_arms
    waiting = np.zeros(len(rows.mice), dtype=np.intp) if rows.n_waiting is None else rows.n_waiting
    read = rows.readings_by_mouse() > 0
    without = waiting > 0
    n_mice, n_without, n_never = (
        np.bincount(rows.mouse_arm[mice], minlength=k)
        for mice in (read | without, without, without & ~read)
    )
    compared = not declared and not rows.through_origin
    day = _first_tumors(rows, n_mice) if compared else np.full(k, np.nan)
    return Beginnings(tuple(names), day, n_mice, n_without, n_never)


def _first_tumors(rows: LogVolumes, n_mice: Codes) -> Floats:
    """The day (k,) on which half of an arm's mice, and three, had a tumour; not before day 0."""
    first = -last_days(rows.mouse, -rows.day, len(rows.mice))
    if rows.measurable_from is not None:
        first = rows.measurable_from
    begun = np.full(rows.n_arms, np.nan)
    for code in np.flatnonzero(n_mice):
        own = np.sort(first[(rows.mouse_arm == code) & np.isfinite(first)])
        most = max((len(own) + 1) // 2, min(3, len(own)))
        if most:
            begun[code] = max(own[most - 1], 0.0)
    return begun
