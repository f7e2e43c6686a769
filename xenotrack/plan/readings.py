"""The readings of many simulated studies at once, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.model.log_volume import LogVolumes
from xenotrack.plan.simulate import draw_cohort, read_cohort
from xenotrack.plan.truth import Scenario
from xenotrack.study.volume import tumor_volume

AT_ONCE = 500  # studies


@dataclass(frozen=True, eq=False)
class ArmReadings:
    """One arm of many studies: ln volume, what is used, read and measurable, (s, n, t) each."""

    y: Floats
    used: Bools
    read: Bools
    measurable: Bools

    @property
    def complete(self) -> Bools:
        """The studies in which all mice of the arm have all readings, (s,)."""
        return np.asarray(self.used.all(axis=(1, 2)))


def draw_readings(
    scenario: Scenario, n_studies: int, rng: np.random.Generator
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
        cohort = draw_cohort(large, rng)
        length, width, _, last, _ = read_cohort(cohort, rng)
        volume = tumor_volume(length, width)
        read = np.arange(volume.shape[1]) <= last[:, None]
        ends = np.cumsum([n * size for n in counts])
        yield tuple(
            _arm(volume[end - n * size : end], read[end - n * size : end], (size, n), scenario)
            for end, n in zip(ends, counts, strict=True)
        )


def _arm(volume: Floats, read: Bools, shape: tuple[int, int], scenario: Scenario) -> ArmReadings:
    """Readings below the limit: the first of each run of them at the limit, the rest left out."""
    limit = max(scenario.smallest_mm**3 / 2, scenario.resolution_mm**3 / 2, 1e-9)
    below = read & (volume < limit)
    repeated = np.zeros_like(below)
    repeated[:, 1:] = below[:, 1:] & below[:, :-1]
    return ArmReadings(
        y=np.log(np.maximum(volume, limit)).reshape(*shape, -1),
        used=(read & ~repeated).reshape(*shape, -1),
        read=read.reshape(*shape, -1),
        measurable=(read & ~below).reshape(*shape, -1),
    )


def log_volumes(arms: tuple[ArmReadings, ...], days: Floats, study: int) -> LogVolumes:
    """The readings of one study, as the growth model takes them."""
    n = [arm.y.shape[1] for arm in arms]
    used = np.concatenate([arm.used[study] for arm in arms])
    y = np.concatenate([arm.y[study] for arm in arms])
    mouse_arm = np.repeat(np.arange(len(arms)), n)
    mouse, visit = np.nonzero(used)
    return LogVolumes(
        arm=mouse_arm[mouse],
        mouse=mouse,
        day=days[visit],
        y=y[used],
        mice=np.arange(len(used)).astype(object),
        mouse_arm=mouse_arm,
        n_arms=len(arms),
        through_origin=False,
        read_until=_last(np.concatenate([arm.read[study] for arm in arms]), days),
        measurable_until=_last(np.concatenate([arm.measurable[study] for arm in arms]), days),
    )


def _last(there: Bools, days: Floats) -> Floats:
    """The last day on which each mouse is there, −∞ if never."""
    last: Floats = np.where(there, days, -np.inf).max(axis=1)
    return last
