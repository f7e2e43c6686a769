"""The readings of many simulated studies at once, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.log_volume import LogVolumes
from xenotrack.plan.simulate import Cohort, draw_cohort, read_cohort
from xenotrack.plan.truth import Scenario
from xenotrack.study.volume import tumor_volume

AT_ONCE = 500  # studies


@dataclass(frozen=True, eq=False)
class ArmReadings:
    """One arm of many studies: ln volume, what is read and what lies below the limit, (s, n, t)."""

    y: Floats
    read: Bools
    below: Bools
    cage: Codes | None = None  # (n,) of one study
    block: Codes | None = None

    @property
    def complete(self) -> Bools:
        """The studies in which all mice of the arm have all readings, none below, (s,)."""
        return np.asarray((self.read & ~self.below).all(axis=(1, 2)))

    def of_study(self, study: int) -> ArmReadings:
        """The arm in one of the studies."""
        one = slice(study, study + 1)
        return replace(self, y=self.y[one], read=self.read[one], below=self.below[one])


def draw_readings(
    scenario: Scenario, n_studies: int, rng: np.random.Generator, shifts: Floats | None = None
) -> Iterator[tuple[ArmReadings, ...]]:
    """Studies of a scenario, some hundreds at a time: the readings of each arm.

    Mice are independent of one another, so that one large cohort is as good as many small ones.
    """
    # Cages and blocks are those of one study.
    together = 1 if scenario.mice_per_cage or scenario.blocks else AT_ONCE
    for start in range(0, n_studies, together):
        size = min(together, n_studies - start)
        counts = scenario.counts
        large = replace(scenario, mice_per_arm=tuple(n * size for n in counts))
        shift: Floats | float = 0.0
        if shifts is not None:
            columns = shifts[start : start + size].T
            shift = np.concatenate([np.repeat(*one) for one in zip(columns, counts, strict=True)])
        cohort = draw_cohort(large, rng, shift)
        length, width, _, last, _ = read_cohort(cohort, rng)
        volume = tumor_volume(length, width)
        read = np.arange(volume.shape[1]) <= last[:, None]
        ends = np.cumsum([n * size for n in counts])
        cage, block = (_codes_of(cohort, name) for name in ("cage", "block"))
        for_arm = [slice(end - n * size, end) for end, n in zip(ends, counts, strict=True)]
        yield tuple(
            replace(
                _arm(volume[mice], read[mice], (size, n), scenario),
                cage=None if cage is None else cage[mice],
                block=None if block is None else block[mice],
            )
            for mice, n in zip(for_arm, counts, strict=True)
        )


def _codes_of(cohort: Cohort, name: str) -> Codes | None:
    """The cage or block of each mouse as a number, where the study has them."""
    names = cohort.factors.get(name)
    return None if names is None else np.asarray(np.unique(names, return_inverse=True)[1])


def _arm(volume: Floats, read: Bools, shape: tuple[int, int], scenario: Scenario) -> ArmReadings:
    """Volumes as arrays of studies and mice; what lies below the limit stands at it."""
    limit = max(scenario.smallest_mm**3 / 2, scenario.resolution_mm**3 / 2, 1e-9)
    below = read & (volume < limit)
    return ArmReadings(
        y=np.log(np.maximum(volume, limit)).reshape(*shape, -1),
        read=read.reshape(*shape, -1),
        below=below.reshape(*shape, -1),
    )


def log_volumes(
    arms: tuple[ArmReadings, ...],
    days: Floats,
    study: int,
    below_limit: str,
    by_cage: bool = False,
) -> LogVolumes:
    """The readings of one study, as the growth model takes them by a rule below the limit.

    ``by_cage``: cages are the unit.
    """
    n = [arm.y.shape[1] for arm in arms]
    y, read, below = (
        np.concatenate([getattr(arm, name)[study] for arm in arms])
        for name in ("y", "read", "below")
    )
    used = read & ~below if below_limit == "drop" else read
    if below_limit == "first":
        used = used & ~np.column_stack([np.zeros(len(y), bool), below[:, 1:] & below[:, :-1]])
    elif below_limit == "half":
        y = y - np.log(2) * below
    unseen = below[used] if below_limit == "censored" and below.any() else None
    mouse_arm = np.repeat(np.arange(len(arms)), n)
    mouse, visit = np.nonzero(used)
    blocks = _codes(arms, "block")
    return LogVolumes(
        arm=mouse_arm[mouse],
        mouse=mouse,
        day=days[visit],
        y=y[used],
        mice=np.arange(len(used)).astype(object),
        mouse_arm=mouse_arm,
        n_arms=len(arms),
        through_origin=False,
        read_until=_last(read, days),
        measurable_until=_last(read & ~below, days),
        below=unseen,
        cage=_codes(arms, "cage") if by_cage else None,
        block=blocks,
        block_names=() if blocks is None else tuple(f"block {k + 1}" for k in np.unique(blocks)),
    )


def _codes(arms: tuple[ArmReadings, ...], name: str) -> Codes | None:
    each = [getattr(arm, name) for arm in arms]
    return None if each[0] is None else np.concatenate(each)


def _last(there: Bools, days: Floats) -> Floats:
    """The last day on which each mouse is there, −∞ if never."""
    last: Floats = np.where(there, days, -np.inf).max(axis=1)
    return last
