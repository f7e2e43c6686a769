"""Sheets without a defect, of several designs, as text: what no rule may have a word about.

Each is simulated with caliper noise, rounding, deaths and culls. A row of the frame is a row of the
sheet, all cells text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from xenotrack.plan.scenarios import COMBINATION, NAIVE, RESISTANT, TWO_ARM
from xenotrack.plan.simulate import simulate_study
from xenotrack.plan.truth import ArmTruth, Scenario, Turn, twice_weekly

Frame = pd.DataFrame


@dataclass(frozen=True)
class Sheet:
    """A sheet's cells, with the options in the shape of study.toml under which it is clean."""

    cells: Frame
    options: dict[str, Any] = field(default_factory=dict)

    def to_csv(self) -> bytes:
        """The file, without the mark that a planted defect leaves on its rows."""
        text = self.cells.drop(columns="mark", errors="ignore").to_csv(index=False)
        return text.encode()


def two_arms(rng: np.random.Generator) -> Sheet:
    """Eight mice an arm for four weeks."""
    return _sheet(TWO_ARM, rng)


def eight_arms(rng: np.random.Generator) -> Sheet:
    """A factorial of three drugs over 15 weeks: shrinking, escaping, deaths, zeros."""
    return _sheet(replace(NAIVE, mice_per_arm=6), rng, {"volume": {"limit_mm3": 10.0}})


def resistant(rng: np.random.Generator) -> Sheet:
    """Eight arms of fast and blocked tumours."""
    return _sheet(replace(RESISTANT, mice_per_arm=6), rng, {"volume": {"limit_mm3": 10.0}})


def regressing(rng: np.random.Generator) -> Sheet:
    """Complete responses to zero, half of which grow again."""
    cure = ArmTruth("cure", ("cure",), -0.13, 0.03, (Turn(32, 0.09, 5, 0.02, share=0.5),))
    arms = (ArmTruth("vehicle", (), 0.05, 0.012), cure)
    scenario = Scenario(arms, mice_per_arm=8, visit_days=twice_weekly(70), smallest_mm=2.0)
    return _sheet(scenario, rng, {"volume": {"limit_mm3": 10.0}})


def fast(rng: np.random.Generator) -> Sheet:
    """Small tumours that double every five days, read every second day."""
    arms = (ArmTruth("vehicle", (), 0.15, 0.03), ArmTruth("drug", ("drug",), 0.08, 0.03))
    scenario = Scenario(arms, visit_days=tuple(range(0, 23, 2)), baseline_mm3=80.0)
    return _sheet(scenario, rng)


def coarse(rng: np.random.Generator) -> Sheet:
    """Volumes alone, from calipers read to half a millimetre; the fate on the last row only."""
    scenario = replace(COMBINATION, resolution_mm=0.5, unrelated_per_day=0.004)
    cells = simulate_study(scenario, rng)
    volume = (cells["length_mm"] * cells["width_mm"] ** 2 / 2).round(1)
    cells = cells.assign(volume_mm3=volume, fate=_on_last_row(cells))
    return Sheet(_written(cells[["mouse", "arm", "day", "volume_mm3", "fate"]]))


def staggered(rng: np.random.Generator) -> Sheet:
    """Dates, and a treatment that began for each mouse on a day of its own."""
    cells = simulate_study(COMBINATION, rng)
    mice = cells["mouse"].unique()
    start = pd.Series(
        pd.Timestamp("2024-01-11") + pd.to_timedelta(7 * rng.integers(0, 4, len(mice)), "D"), mice
    )
    begun = cells["mouse"].map(start)
    date = begun + pd.to_timedelta(cells["day"] - 3, unit="D")
    cells = cells.assign(date=date.dt.date, treatment_start=begun.dt.date)
    return Sheet(_written(cells.drop(columns="day")))


def two_flanks(rng: np.random.Generator) -> Sheet:
    """Two tumours a mouse, its weight beside each, and one person who measures."""
    sides = [simulate_study(replace(TWO_ARM, unrelated_per_day=0.0), rng) for _ in range(2)]
    left, right = (side.assign(tumor=name) for side, name in zip(sides, ("L", "R"), strict=True))
    keys = left[["mouse", "day", "body_weight_g", "fate"]]
    right = right.drop(columns=["body_weight_g", "fate"]).merge(keys, on=["mouse", "day"])
    left = left.merge(right[["mouse", "day"]], on=["mouse", "day"])
    cells = pd.concat([left, right]).sort_values(["mouse", "day", "tumor"], kind="stable")
    return Sheet(_written(cells.assign(operator="ab").reset_index(drop=True)))


def sparse(rng: np.random.Generator) -> Sheet:
    """Unequal arms, read once a week from 120 mm³ on, with many deaths."""
    scenario = replace(
        COMBINATION,
        mice_per_arm=(5, 8, 4, 7),
        visit_days=tuple(range(0, 57, 7)),
        baseline_mm3=120.0,
        unrelated_per_day=0.003,
    )
    return _sheet(scenario, rng)


DESIGNS: tuple[Callable[[np.random.Generator], Sheet], ...] = (
    two_arms,
    eight_arms,
    resistant,
    regressing,
    fast,
    coarse,
    staggered,
    two_flanks,
    sparse,
)


def _sheet(
    scenario: Scenario, rng: np.random.Generator, options: dict[str, Any] | None = None
) -> Sheet:
    return Sheet(_written(simulate_study(scenario, rng)), options or {})


def _on_last_row(cells: Frame) -> pd.Series:
    return cells["fate"].where(~cells["mouse"].duplicated(keep="last"), "")


def _written(cells: Frame) -> Frame:
    return cells.map(lambda value: f"{value:g}" if isinstance(value, float) else str(value))
