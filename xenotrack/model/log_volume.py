"""Which readings enter the growth model, and as which ln volume."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.errors import StudyError
from xenotrack.model.caliper import caliper_errors
from xenotrack.model.rounding import rounding_ends
from xenotrack.study.frames import Groups
from xenotrack.study.study import Study


@dataclass(frozen=True)
class LogVolumes:
    """The readings of a growth model, sorted by arm, mouse and day.

    ``arm`` (n,) codes 0…k−1 in the design's order, ``mouse`` (n,) codes into ``mice``; ``y`` is
    ln mm³, or ln(V/V₀) with ``day`` counted from the baseline reading where the model is a ratio.
    ``read_until`` and ``measurable_until`` (m,) are the days of each mouse's last reading and of
    its last measurable one, ``measurable_from`` (m,) that of its first, where readings below the
    limit stand for less than their days.
    ``cage`` (m,) is each mouse's where cages are the unit, ``block`` (m,) where arms are compared
    within blocks, whose names are ``block_names``. ``below`` (n,) are the readings of which only is
    known that they are at most ``y``. ``caliper`` (m,) is what a millimetre of error does to ln
    volume of a tumour of 1 mm³ of the mouse's shape. ``relative_sd`` (n,), by ``size_power`` where
    a power was estimated, and ``day_correlation`` are how readings scatter about the course of
    their mouse, where they are not alike: see ``residual``. ``n_waiting`` (m,) is the number of
    readings of each mouse before it had a tumour to measure. ``ends`` (n, 2) is how far below and
    above ``y`` a reading may lie whose diameters were rounded.
    """

    arm: Codes
    mouse: Codes
    day: Floats
    y: Floats
    mice: NDArray[np.object_]
    mouse_arm: Codes
    n_arms: int
    through_origin: bool
    read_until: Floats | None = None
    measurable_until: Floats | None = None
    cage: Codes | None = None
    below: Bools | None = None
    block: Codes | None = None
    block_names: tuple[str, ...] = ()
    caliper: Floats | None = None
    relative_sd: Floats | None = None
    size_power: float | None = None
    day_correlation: float | None = None
    n_waiting: Codes | None = None
    measurable_from: Floats | None = None
    ends: Floats | None = None

    def of_arms(self, wanted: NDArray[np.bool_]) -> LogVolumes:
        """The readings of some arms only, codes unchanged; ``wanted`` (k,) by arm."""
        return self._of(wanted[self.arm])

    def until(self, day: Floats) -> LogVolumes:
        """The readings of each arm up to a day of its own, (k,)."""
        return self._of(self.day <= day[self.arm])

    def without(self, mouse: int) -> LogVolumes:
        """The readings of all mice but one, codes unchanged."""
        return self._of(self.mouse != mouse)

    @property
    def unweighted(self) -> LogVolumes:
        """The same readings as if they scattered alike."""
        return replace(self, relative_sd=None, size_power=None, day_correlation=None)

    @property
    def measured(self) -> LogVolumes:
        """Without the readings below the limit, rounded ones as they were written."""
        kept = self if self.below is None else self._of(~self.below)
        return replace(kept, below=None, ends=None)

    @property
    def is_exact(self) -> bool:
        """Whether all readings are numbers, none below the limit and none rounded."""
        return not self.n_below and self.ends is None

    @property
    def unsure(self) -> Bools:
        """The readings (n,) that are only known to lie within limits."""
        below = np.zeros(len(self.y), dtype=bool) if self.below is None else self.below
        return below if self.ends is None else below | (self.ends[:, 0] < self.ends[:, 1])

    @property
    def n_below(self) -> int:
        return 0 if self.below is None else int(self.below.sum())

    def placed(self) -> LogVolumes:
        """The first reading of each run below the limit at it, the rest of the run left out.

        For what needs a number of every reading: mice's lines, visits, knots.
        """
        if self.is_exact:
            return self
        below = np.zeros(len(self.y), dtype=bool) if self.below is None else self.below
        return replace(self._of(~_repeated(below, self.mouse)), below=None, ends=None)

    def at_limit_until(self, day: Floats) -> LogVolumes:
        """Arms up to a day of their own (k,), readings below the limit at it; NaN: as they are."""
        named = ~np.isnan(day)[self.arm]
        if self.below is None or not named.any():
            return self
        kept = ~named | (self.day <= np.nan_to_num(day)[self.arm])
        return replace(self, below=self.below & ~named)._of(kept)

    def _of(self, kept: NDArray[np.bool_]) -> LogVolumes:
        return replace(
            self,
            arm=self.arm[kept],
            mouse=self.mouse[kept],
            day=self.day[kept],
            y=self.y[kept],
            below=None if self.below is None else self.below[kept],
            relative_sd=None if self.relative_sd is None else self.relative_sd[kept],
            ends=None if self.ends is None else self.ends[kept],
        )

    def readings_by_mouse(self) -> Codes:
        """The number of readings of each mouse, (m,)."""
        return np.bincount(self.mouse, minlength=len(self.mice))

    def mice_with(self, readings: int) -> Codes:
        """The number of mice of each arm with at least so many readings, (k,)."""
        enough = self.readings_by_mouse() >= readings
        return np.bincount(self.mouse_arm[enough], minlength=self.n_arms)

    def days_by_arm(self) -> tuple[Floats, Floats]:
        """The first and the last day of each arm, (k,); NaN for an arm without readings."""
        first, last = np.full(self.n_arms, np.inf), np.full(self.n_arms, -np.inf)
        np.minimum.at(first, self.arm, self.day)
        np.maximum.at(last, self.arm, self.day)
        return np.where(first > last, np.nan, first), np.where(first > last, np.nan, last)


def take_log_volumes(study: Study, below_limit: str | None = None) -> LogVolumes:
    """The readings that the study's growth rules name, as ln volume.

    ``below_limit`` overrides the declared treatment of readings below the limit: ``censored`` keeps
    them as below it, ``first`` the first of each run of them at the limit, ``limit`` and ``half``
    all of them, ``drop`` none. What was read before a mouse had a tumour to measure is no growth
    where they are censored: that a tumour appeared says little of how fast it grew before.
    """
    rules = study.design.rules.growth
    mice = study.mice
    readings = study.readings
    # Both frames are sorted by arm and mouse, so that a mouse's readings are one block.
    mouse = np.repeat(np.arange(len(mice)), mice["n_readings"].to_numpy())
    arm_codes = {name: code for code, name in enumerate(study.design.arm_names)}
    mouse_arm = mice["arm"].map(arm_codes).to_numpy(dtype=np.intp)
    baseline_day = mice["baseline_day"].to_numpy(dtype=float)
    day = readings["day"].to_numpy(dtype=float)
    treatment = below_limit or rules.below_limit
    volume, kept = _at_limit(study, mouse, readings, treatment)
    seen = _in_days(study, day, baseline_day[mouse])
    took = ~mice["mouse"].isin(study.never_took).to_numpy()[mouse]
    kept &= seen & took
    below = readings["below_limit"].to_numpy(dtype=bool)
    waiting = seen & took & before_take(study)
    if treatment == "censored":
        kept &= ~waiting
    through_origin = rules.baseline == "ratio"
    if through_origin:
        measured = ~mice["baseline_below_limit"].to_numpy(dtype=bool)
        kept &= (day > 0) & (day > baseline_day[mouse]) & measured[mouse]
        day = day - baseline_day[mouse]
        volume = volume / mice["baseline_mm3"].to_numpy(dtype=float)[mouse]
    elif rules.baseline == "common":
        _require_day_zero(mice, mouse[kept], day[kept])
    block, block_names = blocks_of(mice)
    measurable = seen & ~below
    unseen = below[kept] if treatment == "censored" and below[kept].any() else None
    return LogVolumes(
        arm=mouse_arm[mouse[kept]],
        mouse=mouse[kept],
        day=day[kept],
        y=np.log(volume[kept]),
        mice=mice["mouse"].to_numpy(dtype=object),
        mouse_arm=mouse_arm,
        n_arms=len(arm_codes),
        through_origin=through_origin,
        read_until=last_days(mouse[seen], day[seen], len(mice)),
        measurable_until=last_days(mouse[measurable], day[measurable], len(mice)),
        cage=cages_of(mice) if study.design.rules.study.experimental_unit == "cage" else None,
        below=unseen,
        block=block,
        block_names=block_names,
        caliper=caliper_errors(study) if rules.residual == "caliper" else None,
        n_waiting=np.bincount(mouse[waiting], minlength=len(mice)),
        measurable_from=-last_days(mouse[measurable], -day[measurable], len(mice)),
        ends=rounding_ends(study, kept, unseen),
    )


def blocks_of(mice: pd.DataFrame) -> tuple[Codes | None, tuple[str, ...]]:
    """The block of each mouse as a code (m,), and the blocks' names; none where all are in one."""
    codes, names = pd.factorize(mice["block"])
    if len(names) < 2:
        return None, ()
    return codes, tuple(str(name) for name in names)


def cages_of(mice: pd.DataFrame) -> Codes:
    """The cage of each mouse as a code, (m,)."""
    without = mice.loc[mice["cage"] == "", "mouse"].tolist()
    if without:
        raise StudyError(
            '`experimental_unit = "cage"` needs the cage of every mouse; '
            f"{len(without)} of {len(mice)} have none ({', '.join(map(str, without[:5]))}). Name "
            "the column of cages: `cage = ...` under [columns]."
        )
    codes: Codes = pd.factorize(mice["cage"])[0]
    return codes


def before_take(study: Study) -> Bools:
    """Which readings are of a mouse that had not yet had a tumour to measure."""
    seen = ~study.readings["below_limit"].to_numpy(dtype=bool)
    if seen.all():
        return ~seen
    by_mouse = Groups.of(study.readings["mouse"])
    first = np.full(len(by_mouse.names), len(seen))
    np.minimum.at(first, by_mouse.codes[seen], np.flatnonzero(seen))
    return np.asarray(np.arange(len(seen)) < first[by_mouse.codes])


def last_days(mouse: Codes, day: Floats, n_mice: int) -> Floats:
    """The last of each mouse's days, (m,); −∞ for a mouse without one."""
    last = np.full(n_mice, -np.inf)
    np.fmax.at(last, mouse, day)  # a mouse without a baseline has no days of a ratio
    return last


def _in_days(study: Study, day: Floats, baseline_day: Floats) -> NDArray[np.bool_]:
    """Readings in the declared days; by default from each mouse's baseline reading on."""
    rules = study.design.rules
    if rules.growth.from_day is not None:
        start = np.full_like(day, rules.growth.from_day)
    else:
        window = rules.study.baseline_window_days
        start = np.where(np.isnan(baseline_day), -window, baseline_day)
    end = np.inf if rules.growth.until_day is None else rules.growth.until_day
    return (day >= start) & (day <= end)


def _at_limit(
    study: Study, mouse: Codes, readings: pd.DataFrame, treatment: str
) -> tuple[Floats, NDArray[np.bool_]]:
    """Volumes with readings below the limit replaced, and which readings stay."""
    volume = readings["volume_mm3"].to_numpy(dtype=float)
    below = readings["below_limit"].to_numpy(dtype=bool)
    kept = volume > 0
    if treatment == "drop":
        kept &= ~below
    elif treatment == "half":
        volume = np.where(below, study.limit_mm3 / 2, volume)
    elif treatment == "first":
        # A tumour that stays below the limit is seen once: repeating the limit would draw a flat
        # line where nobody knows the slope.
        kept &= ~_repeated(below, mouse)
    return volume, kept


def _repeated(below: Bools, mouse: Codes) -> Bools:
    """Which readings of a run below the limit are not its first."""
    same = np.r_[False, mouse[1:] == mouse[:-1]][: len(mouse)]
    return same & below & np.roll(below, 1)


def _require_day_zero(mice: pd.DataFrame, mouse: Codes, day: Floats) -> None:
    at_zero = np.isin(np.arange(len(mice)), mouse[day == 0])
    measured = np.isin(np.arange(len(mice)), mouse)
    without = mice["mouse"][measured & ~at_zero]
    if len(without):
        some = ", ".join(str(name) for name in without[:5])
        raise StudyError(
            f"`baseline = common` needs a reading on day 0 of every mouse; {len(without)} have "
            f"none ({some}). Choose --baseline arm."
        )
