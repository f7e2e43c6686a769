"""What is true of a study before it is done: its arms, its tumours, its calipers, its limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from xenotrack.errors import StudyError


def twice_weekly(until: int) -> tuple[int, ...]:
    """Days of a Monday-and-Thursday schedule, from day 0 to at most ``until``.

    >>> twice_weekly(14)
    (0, 3, 7, 10, 14)
    """
    return tuple(day for day in range(until + 1) if day % 7 in (0, 3))


FOUR_WEEKS = twice_weekly(28)


@dataclass(frozen=True)
class Turn:
    """On about ``day`` a ``share`` of an arm's mice turns to another growth rate, for good.

    Where a turn ``carries``, a mouse that was faster than its arm before stays so by as much.
    """

    day: float
    rate: float
    day_sd: float = 0.0
    rate_sd: float = 0.0
    share: float = 1.0
    carries: bool = False


@dataclass(frozen=True)
class Exits:
    """A ``share`` of an arm's mice leaves for toxicity between two days, whatever their tumours."""

    share: float
    from_day: float
    until_day: float


@dataclass(frozen=True)
class ArmTruth:
    """How the mice of one arm really fare: growth rates per day, weight loss as a share.

    Growth is exponential unless one of three is given: ``slowing``, the rate falls to ``rate ·
    exp(−slowing · day)`` (Gompertz); ``bending``, it is ``rate · (V/V₀)^(−bending)`` (a power law;
    ⅓: the diameter grows by as much each day); ``plateau_mm3``, it is ``rate · (1 − V/plateau)``
    (logistic).
    """

    name: str
    drugs: tuple[str, ...]
    rate: float
    rate_sd: float
    turns: tuple[Turn, ...] = ()
    weight_loss: float = 0.0
    weight_loss_sd: float = 0.0
    slowing: float = 0.0
    exits: Exits | None = None
    bending: float = 0.0
    plateau_mm3: float = inf

    def __post_init__(self) -> None:
        if sum((self.slowing > 0, self.bending > 0, self.plateau_mm3 < inf)) > 1:
            raise StudyError(
                f"The arm {self.name} has more than one of slowing, bending and plateau_mm3. "
                "Growth has one shape: leave one."
            )

    @property
    def bends(self) -> bool:
        """Whether growth is not exponential, turns apart."""
        return self.slowing > 0 or self.bending > 0 or self.plateau_mm3 < inf

    @property
    def is_steady(self) -> bool:
        """Whether mice keep their rate on all days."""
        return not (self.bends or self.turns)


@dataclass(frozen=True)
class Scenario:
    """A study before it is done: its arms, its visits, its calipers and its humane limits."""

    arms: tuple[ArmTruth, ...]
    mice_per_arm: int | tuple[int, ...] = 10
    visit_days: tuple[int, ...] = FOUR_WEEKS
    id_prefix: str = "M"
    # Tumours at day 0, and their shape: length / width is at least 1, and stays.
    baseline_mm3: float = 220.0
    baseline_log_sd: float = 0.25
    aspect: float = 1.25
    aspect_log_sd: float = 0.187
    # Calipers: an error for each diameter, the sheet's rounding, and what the fingers still find.
    caliper_sd_mm: float = 0.3
    caliper_sd_width_mm: float | None = None  # where it is another than that of the length
    resolution_mm: float = 0.1
    smallest_mm: float = 0.0
    # Body weight without the tumour's own gain, which is added at 1 mg/mm³.
    weight_g: float = 24.0
    weight_sd_g: float = 1.6
    weight_error_g: float = 0.25
    weight_gain_per_day: float = 0.0004
    weight_loss_days: float = 10.0
    # Why mice leave.
    cull_mm3: float = 1500.0
    cull_weight_loss: float = 0.20
    unrelated_per_day: float = 0.0005
    technical_per_day: float = 0.0
    # What mice share beside their arm: cages (arms mixed in them, or one arm each), blocks, lines.
    mice_per_cage: int = 0
    cages: str = "split"
    cage_rate_sd: float = 0.0
    blocks: int = 0
    block_rate_sd: float = 0.0
    lines: tuple[str, ...] = ()
    line_rate_sd: float = 0.0
    line_effect_sd: float = 0.0

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise StudyError(f"Two arms of the scenario share a name: {names}. Rename one.")
        if len(self.counts) != len(self.arms) or min(self.counts, default=0) < 1:
            raise StudyError(
                f"The scenario has {len(self.arms)} arms and {self.counts} mice in them. "
                "Give one count for all arms, or one for each; at least one mouse an arm."
            )
        if tuple(self.visit_days[:1]) != (0,) or np.any(np.diff(self.visit_days) <= 0):
            raise StudyError(
                f"The visit days are {self.visit_days}. Start them at day 0 and let them increase."
            )
        if self.cages not in ("split", "whole"):
            raise StudyError(f"Cages are {self.cages!r}. Choose split or whole.")

    @property
    def counts(self) -> tuple[int, ...]:
        """Mice of each arm, in the order of the arms."""
        if isinstance(self.mice_per_arm, int):
            return (self.mice_per_arm,) * len(self.arms)
        return self.mice_per_arm


def with_mice(scenario: Scenario, counts: tuple[int, ...]) -> Scenario:
    """The scenario with so many mice in each arm."""
    return replace(scenario, mice_per_arm=counts)


def lasting(scenario: Scenario, until: int) -> Scenario:
    """The scenario up to a day: its visits, and beyond the last more of them at the same steps."""
    days, steps = list(scenario.visit_days), np.diff(scenario.visit_days).tolist()
    place = 0
    while days[-1] < until and steps:
        days.append(days[-1] + steps[place % len(steps)])
        place += 1
    kept = tuple(int(day) for day in days if day <= until)
    return replace(scenario, visit_days=kept)
