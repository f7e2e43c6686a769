"""How arms began: on which day, with a tumour to measure or without one, and of which size.

Growth begins when there is a tumour to grow. Arms that began otherwise than one another are on the
same days no tumours of one age or size: where growth slows down, the younger and the smaller ones
grow faster whatever they were given. Thresholds are those at which
`tests/benchmarks/beginning_error_rates.py` finds that arms which are alike are said to differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import stdtr

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.model.log_volume import LogVolumes, last_days
from xenotrack.response.welch import welch_df

SHARE_APART = 0.2  # of an arm's mice: more than one of five, or two of eight
DAYS_APART = 2.0  # between the days on which arms began
BOTH = "growth progression"  # what a doubt about days or sizes touches
SIZES_APART = 0.01  # p below which first volumes differ by more than a random allocation leaves


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
    size: Floats
    size_variance: Floats
    size_df: Floats

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
            size=self.size[at],
            size_variance=self.size_variance[at],
            size_df=self.size_df[at],
        )

    def why_withheld(self, codes: Sequence[int]) -> str:
        """The rule of the doubt for which a difference in growth is not claimed between arms."""
        awaited = self.of(codes).awaited.any()
        return "tumors-awaited" if awaited else self.why_apart(codes)

    def why_apart(self, codes: Sequence[int]) -> str:
        """The same of a difference in time, which knows that tumours had yet to appear."""
        own = self.of(codes)
        if own.late.any():
            return "arms-begin-apart"
        pairs = own._pairs_by_p
        return "arms-unbalanced" if pairs and len(pairs) * pairs[0][0] < SIZES_APART else ""

    @property
    def _pairs_by_p(self) -> list[tuple[float, int, int]]:
        """p of Welch's test that two arms began with tumours of one size, of every pair."""
        pairs = list(combinations(np.flatnonzero(self.size_variance > 0).tolist(), 2))
        return sorted((self._p_of_sizes(*pair), *pair) for pair in pairs)

    def _p_of_sizes(self, one: int, other: int) -> float:
        pair = [one, other]
        variance = self.size_variance[pair]
        df = welch_df(variance[None], self.size_df[pair])
        apart = abs(self.size[one] - self.size[other]) / np.sqrt(variance.sum())
        return float(2 * stdtr(df, -apart)[0])

    def doubts(self) -> Iterator[Doubt]:
        """Tumours that were waited for in some arms, and arms that were read from later on."""
        if self.awaited.any():
            yield Doubt("tumors-awaited", self._named(self.awaited), "growth", self._of_tumors())
        yield from self.doubts_of_times()

    def doubts_of_times(self) -> Iterator[Doubt]:
        """Those for which no difference in time is claimed either."""
        if self.late.any():
            yield Doubt("arms-begin-apart", self._named(self.late), BOTH, self._of_days())
        apart = [pair for p, *pair in self._pairs_by_p if p < SIZES_APART]
        if apart:
            which = np.isin(np.arange(len(self.names)), apart)
            yield Doubt("arms-unbalanced", self._named(which), BOTH, self._of_sizes(which))

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
            f"Arms were not read from one day on ({told}): they are compared over the same days "
            "of the sheet, which are not the same days of treatment if that began with the "
            "readings, and no difference in growth or time is claimed between such arms."
        )

    def _of_sizes(self, which: Bools) -> str:
        sizes = zip(self._named(which), np.exp(self.size[which]), strict=True)
        told = ", ".join(f"{name} {size:.3g} mm³" for name, size in sizes)
        return (
            f"Arms began with tumours of unlike size ({told}), more than a random allocation "
            "leaves: where growth slows down larger tumours grow slower whatever they were given, "
            "and no difference in growth or time is claimed between such arms."
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
    treated = declared and rows.day.min(initial=np.inf) > 0  # sizes are what treatment made
    sizes = _first_sizes(rows, treated or rows.through_origin)
    return Beginnings(tuple(names), day, n_mice, n_without, n_never, *sizes)


def _first_sizes(rows: LogVolumes, unknown: bool) -> tuple[Floats, Floats, Floats]:
    """The mean ln volume (k,) at the first reading of mice that had a tumour then, the variance of
    this mean and its degrees of freedom.

    A tumour that was waited for is as large as when it was found, which is no size of the mouse.
    """
    mean, variance, df = np.full((3, rows.n_arms), np.nan)
    if unknown or not len(rows.y):
        return mean, variance, df
    first = rows.day == -last_days(rows.mouse, -rows.day, len(rows.mice))[rows.mouse]
    first &= True if rows.below is None else ~rows.below
    first &= True if rows.n_waiting is None else rows.n_waiting[rows.mouse] == 0
    arm, y = rows.arm[first], rows.y[first]
    if rows.block is not None:
        block = rows.block[rows.mouse[first]]
        of_block = np.bincount(block, y) / np.maximum(np.bincount(block), 1)
        y = y - of_block[block] + y.mean()
    for code in range(rows.n_arms):
        own = y[arm == code]
        if len(own) > 1:
            mean[code], variance[code] = own.mean(), own.var(ddof=1) / len(own)
            df[code] = len(own) - 1
    return mean, variance, df


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
