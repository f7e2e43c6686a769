"""Times to progression with what R says about them, and random ones."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from xenotrack.arrays import Bools, Counts, Floats

OWN = Path(__file__).parents[1] / "reference"
SHARED = Path(__file__).parents[3] / "shared" / "reference" / "studies"

OWN_STUDIES = sorted(path.name.split(".")[0] for path in OWN.glob("*.survival.json"))
SHARED_STUDIES = (
    "g01_two_arm_balanced",
    "g03_factorial6",
    "g05_singular_noslope",
    "g07_hetero_arms",
    "g09_tiny_unbalanced",
    "g10_regression_zeros",
)


@dataclass(frozen=True)
class Times:
    """Mice that left on ``days``; arms by number, in the order of ``names``."""

    days: Floats
    events: Bools
    arm: Counts
    names: tuple[str, ...]

    @property
    def k(self) -> int:
        return len(self.names)

    @property
    def arrays(self) -> tuple[Floats, Bools, Counts, int]:
        return self.days, self.events, self.arm, self.k

    def of(self, name: str) -> tuple[Floats, Bools]:
        own = self.arm == self.names.index(name)
        return self.days[own], self.events[own]

    def weights(self, contrast: str) -> Floats:
        """Those of `A - B`."""
        weights = np.zeros(self.k)
        weights[self.pair(contrast)] = 1, -1
        return weights

    def pair(self, contrast: str) -> list[int]:
        return [self.names.index(name) for name in contrast.split(" - ")]


def own_study(name: str) -> tuple[Times, dict[str, Any]]:
    answers = json.loads((OWN / f"{name}.survival.json").read_text(encoding="utf-8"))
    return _read_times(OWN / "studies" / f"{name}.ttp.csv"), answers


def shared_study(name: str) -> tuple[Times, dict[str, Any]]:
    path = SHARED / f"{name}.json"
    if not path.exists():
        pytest.skip("the shared reference studies are not here")
    answers = json.loads(path.read_text(encoding="utf-8"))["survival"]
    return _read_times(SHARED / f"{name}.ttp.csv"), answers


def _read_times(path: Path) -> Times:
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    names = tuple(dict.fromkeys(row["arm"] for row in rows))
    return Times(
        np.array([float(row["time"]) for row in rows]),
        np.array([row["event"] == "1" for row in rows]),
        np.array([names.index(row["arm"]) for row in rows]),
        names,
    )


def numbers(values: Any) -> Floats:
    """R's nulls are NaN; R writes a vector of length one as a number."""
    return np.array([np.nan if value is None else value for value in np.atleast_1d(values)], float)


@st.composite
def random_times(draw: st.DrawFn, most_arms: int = 4, most_mice: int = 6) -> Times:
    """Arms of one to some mice, tied or not, separated or not, with or without events."""
    k = draw(st.integers(2, most_arms))
    sizes = [draw(st.integers(1, most_mice)) for _ in range(k)]
    n = sum(sizes)
    day = st.integers(1, 5).map(float) | st.floats(0.5, 60, allow_subnormal=False)
    days = draw(st.lists(day, min_size=n, max_size=n))
    events = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    names = tuple(f"arm {code}" for code in range(k))
    return Times(np.array(days), np.array(events), np.repeat(np.arange(k), sizes), names)
