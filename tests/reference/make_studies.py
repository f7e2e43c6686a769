"""The simulated studies of the reference numbers: caliper volumes and times to doubling.

Run ``python make_studies.py`` in this folder to write ``studies/``; numpy is all it needs.
The csv files are committed and are what R and the tests read: another numpy may draw other
numbers from the same seeds, and then the JSON beside them has to be made anew as well.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

STUDIES = Path(__file__).parent / "studies"
HUMANE_LIMIT_MM3 = 1500.0
TWICE_WEEKLY = (0, 3, 7, 10, 14, 17, 21)


@dataclass(frozen=True)
class Arm:
    """One treatment group of a simulated study: its truth, per day on the scale of ln volume."""

    name: str
    mice: int
    rate: float
    rate_sd: float = 0.015
    start_sd: float = 0.25
    noise_sd: float = 0.1
    slope_per_start: float = 0.0
    """Slope carried by the mouse's intercept; with ``rate_sd = 0`` the covariance has rank one."""
    turn_day: float | None = None
    regrowth: float = 0.0


@dataclass(frozen=True)
class Reading:
    """The volume of one mouse on one day."""

    mouse: str
    arm: str
    day: int
    volume: float


def grow(arm: Arm, days: np.ndarray, rng: np.random.Generator, start_mm3: float) -> np.ndarray:
    """Volumes in mm³ of one mouse: ln V = ln start + a + (rate + b) · day + noise.

    With ``turn_day`` the tumour follows ``rate`` until about that day and ``regrowth`` after it.
    """
    intercept = rng.normal(0, arm.start_sd)
    shift = rng.normal(0, arm.rate_sd) + arm.slope_per_start * intercept
    turn = np.inf if arm.turn_day is None else max(7.0, rng.normal(arm.turn_day, 5))
    late = np.clip(days - turn, 0, None)
    line = np.log(start_mm3) + intercept + (arm.rate + shift) * (days - late)
    line = line + (arm.regrowth + shift) * late
    return np.round(np.exp(line + rng.normal(0, arm.noise_sd, len(days))), 1)


def leave_at_limit(volumes: np.ndarray) -> int:
    """Number of readings of a mouse that is culled at its first volume above the humane limit."""
    above = np.flatnonzero(volumes >= HUMANE_LIMIT_MM3)
    return int(above[0]) + 1 if above.size else len(volumes)


def simulate(
    arms: tuple[Arm, ...],
    seed: int,
    days: tuple[int, ...] = TWICE_WEEKLY,
    missed: float = 0.0,
    loss_per_visit: float = 0.0,
    start_mm3: float = 200.0,
) -> list[Reading]:
    """A study with shared visit days, humane culls, missed visits and mice lost for other reasons.

    The first two readings of a mouse are always there, so that each mouse has a baseline.
    """
    rng = np.random.default_rng(seed)
    visits = np.asarray(days)
    readings = []
    for letter, arm in zip("ABCDEFGH", arms, strict=False):
        for number in range(1, arm.mice + 1):
            volumes = grow(arm, visits, rng, start_mm3)
            kept = leave_at_limit(volumes)
            lost = np.flatnonzero(rng.random(len(visits)) < loss_per_visit)
            kept = min(kept, max(3, int(lost[0]))) if lost.size else kept
            seen = rng.random(len(visits)) >= missed
            readings += [
                Reading(f"{letter}{number:02d}", arm.name, int(visits[i]), float(volumes[i]))
                for i in range(kept)
                if i < 2 or seen[i]
            ]
    return readings


def simulate_own_days(arms: tuple[Arm, ...], seed: int) -> list[Reading]:
    """A study in which each mouse has 3 to 6 visits on days of its own."""
    rng = np.random.default_rng(seed)
    readings = []
    for letter, arm in zip("AB", arms, strict=True):
        for number in range(1, arm.mice + 1):
            visits = np.sort(rng.choice(22, size=rng.integers(3, 7), replace=False))
            volumes = grow(arm, visits, rng, 200.0)
            readings += [
                Reading(f"{letter}{number:02d}", arm.name, int(day), float(volume))
                for day, volume in zip(visits, volumes, strict=True)
            ]
    return readings


def simulate_ratio(arms: tuple[Arm, ...], seed: int) -> list[Reading]:
    """A study that obeys the ratio model: ln(V/V₀) = (rate + b) · day + noise, V₀ without error."""
    rng = np.random.default_rng(seed)
    days = np.asarray(TWICE_WEEKLY)
    readings = []
    for letter, arm in zip("ABC", arms, strict=True):
        for number in range(1, arm.mice + 1):
            start = 200 * np.exp(rng.normal(0, arm.start_sd))
            noise = np.where(days > 0, rng.normal(0, arm.noise_sd, len(days)), 0)
            rate = arm.rate + rng.normal(0, arm.rate_sd)
            volumes = np.round(start * np.exp(rate * days + noise), 1)
            readings += [
                Reading(f"{letter}{number:02d}", arm.name, int(day), float(volume))
                for day, volume in zip(days, volumes, strict=True)
            ]
    return readings


def simulate_flanks(seed: int) -> list[tuple[str, str, str, int, float]]:
    """Eight mice an arm with two tumours each, whose rates and sizes correlate by ½."""
    rng = np.random.default_rng(seed)
    days = np.asarray(TWICE_WEEKLY)
    rows = []
    for letter, arm, rate in (("A", "vehicle", 0.08), ("B", "drug", 0.05)):
        for number in range(1, 9):
            shared_start, shared_rate = rng.normal(0, 0.2), rng.normal(0, 0.015)
            for tumor in ("left", "right"):
                start = np.log(150) + shared_start + rng.normal(0, 0.2)
                line = start + (rate + shared_rate + rng.normal(0, 0.015)) * days
                volumes = np.round(np.exp(line + rng.normal(0, 0.1, len(days))), 1)
                rows += [
                    (f"{letter}{number:02d}", arm, tumor, int(day), float(volume))
                    for day, volume in zip(days, volumes, strict=True)
                ]
    return rows


def simulate_blocks(seed: int) -> list[tuple[str, str, str, int, float]]:
    """Three batches that differ in level and rate, and hold the arms in unequal numbers."""
    rng = np.random.default_rng(seed)
    days = np.array([0, 3, 7, 10, 14, 17, 21])
    counts = {"vehicle": (5, 3, 1), "A": (1, 3, 4), "B": (2, 2, 3)}
    arms = (
        Arm("vehicle", 9, 0.05, 0.015, 0.25, 0.12),
        Arm("A", 8, 0.045, 0.008, 0.15, 0.20),
        Arm("B", 7, 0.02, 0.012, 0.20, 0.10),
    )
    rows = []
    for arm in arms:
        for batch, n in enumerate(counts[arm.name]):
            for number in range(n):
                faster = replace(arm, rate=arm.rate - 0.02 * batch)
                volumes = grow(faster, days, rng, 150.0 + 60 * batch)
                seen = (rng.random(len(days)) > 0.15) | (days < 5)
                name = f"{arm.name}{batch + 1}{number + 1}"
                rows += [
                    (name, arm.name, f"batch {batch + 1}", int(day), float(volume))
                    for day, volume in zip(days[seen], volumes[seen], strict=True)
                ]
    return rows


def growth_studies() -> dict[str, list[Reading]]:
    """Each growth study by name; README.md says what each is for."""
    six_weeks = (0, 3, 7, 10, 14, 17, 21, 24, 28, 31, 35, 38, 42)
    alike = (
        Arm("vehicle", 5, 0.06, rate_sd=0.0, start_sd=0.0, noise_sd=0.3),
        Arm("drug", 5, 0.03, rate_sd=0.0, start_sd=0.0, noise_sd=0.3),
    )
    return {
        "two_arms": simulate((Arm("vehicle", 8, 0.08, 0.02), Arm("drug", 8, 0.05, 0.02)), seed=1),
        "two_by_two": simulate(
            (
                Arm("vehicle", 8, 0.06),
                Arm("alpelisib", 8, 0.03),
                Arm("fulvestrant", 8, 0.04),
                Arm("alpelisib+fulvestrant", 8, -0.005),
            ),
            seed=2,
            days=(0, 3, 7, 10, 14, 17, 21, 24, 28),
            missed=0.05,
        ),
        "factorial": simulate(
            (
                Arm("vehicle", 6, 0.06),
                Arm("alpelisib", 6, 0.03),
                Arm("ribociclib", 6, 0.03),
                Arm("fulvestrant", 6, 0.035),
                Arm("alpelisib+ribociclib", 6, 0.0),
                Arm("alpelisib+fulvestrant", 6, 0.005),
                Arm("ribociclib+fulvestrant", 6, 0.01),
                Arm("alpelisib+ribociclib+fulvestrant", 6, -0.025),
            ),
            seed=3,
            days=six_weeks,
            missed=0.03,
            loss_per_visit=0.02,
        ),
        "no_slope_spread": simulate(
            (Arm("vehicle", 6, 0.07, rate_sd=0.0), Arm("drug", 6, 0.05, rate_sd=0.0)), seed=59
        ),
        "rank_one": simulate(
            (
                Arm("vehicle", 7, 0.07, rate_sd=0.0, start_sd=0.4, slope_per_start=-0.04),
                Arm("drug", 7, 0.04, rate_sd=0.0, start_sd=0.4, slope_per_start=-0.04),
                Arm("combination", 7, 0.01, rate_sd=0.0, start_sd=0.4, slope_per_start=-0.04),
            ),
            seed=5,
            missed=0.1,
        ),
        "no_spread": simulate(alike, seed=13),
        "false_optimum": simulate(alike, seed=6),
        "unequal_spread": simulate(
            (Arm("vehicle", 10, 0.06, rate_sd=0.01), Arm("drug", 5, 0.03, rate_sd=0.03)), seed=7
        ),
        "tiny": simulate_own_days((Arm("vehicle", 3, 0.08), Arm("drug", 4, 0.05)), seed=8),
        "regrowth": simulate(
            (
                Arm("vehicle", 6, 0.03, rate_sd=0.008),
                Arm("doublet", 7, -0.02, rate_sd=0.008, turn_day=28, regrowth=0.045),
                Arm("triple", 7, -0.015, rate_sd=0.008),
            ),
            seed=9,
            days=(0, 4, 7, 11, 14, 18, 21, 25, 28, 32, 35, 39, 42, 46, 49, 53, 56),
            start_mm3=150.0,
        ),
        "ratio": simulate_ratio(
            (Arm("vehicle", 7, 0.07), Arm("drug", 7, 0.05), Arm("combination", 7, 0.02)), seed=10
        ),
    }


def times_to_doubling(readings: list[Reading]) -> list[tuple[str, str, int, int]]:
    """Per mouse the first day with V ≥ 2 · V₀ and 1, else its last day and 0."""
    by_mouse: dict[str, list[Reading]] = {}
    for reading in readings:
        by_mouse.setdefault(reading.mouse, []).append(reading)
    rows = []
    for mouse, seen in by_mouse.items():
        doubled = [reading.day for reading in seen if reading.volume >= 2 * seen[0].volume]
        day, event = (doubled[0], 1) if doubled else (seen[-1].day, 0)
        rows.append((mouse, seen[0].arm, day, event))
    return rows


def hand_made_times() -> dict[str, list[tuple[str, str, int, int]]]:
    """Times that simulation seldom gives: ``+`` marks a mouse that left without an event."""
    written = {
        "ties": {
            "vehicle": "7 7 7 7 10 10 10 14",
            "drug": "10 10 10 14 14 14 21 21+",
            "triple": "21+ 21+ 21+ 21+ 21+ 14+ 7+",
        },
        "half": {
            "six": "3 7 10 14 17 21",
            "eight": "7 7 10 10 14 14 17 21",
            "fourteen": "3 3 7 7 7 10 10 14 14 17 17 21 24 24",
            "censored": "3+ 7 10 14 17+ 21 24+",
            "last": "7 10 14 24+ 24+ 24+",
        },
    }
    return {
        study: [
            (f"{arm}-{number}", arm, int(word.rstrip("+")), int(not word.endswith("+")))
            for arm, words in arms.items()
            for number, word in enumerate(words.split(), start=1)
        ]
        for study, arms in written.items()
    }


def write_rows(path: Path, header: tuple[str, ...], rows: list[tuple]) -> None:
    """Write a plain csv: comma, line feed, header on line 1."""
    with path.open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Write every study and its times to doubling."""
    STUDIES.mkdir(exist_ok=True)
    times = hand_made_times()
    for study, readings in growth_studies().items():
        rows = [(r.mouse, r.arm, r.day, r.volume) for r in readings]
        write_rows(STUDIES / f"{study}.csv", ("mouse", "arm", "day", "volume"), rows)
        times[study] = times_to_doubling(readings)
    header = ("mouse", "arm", "tumor", "day", "volume")
    write_rows(STUDIES / "flanks.tumors.csv", header, simulate_flanks(seed=13))
    header = ("mouse", "arm", "block", "day", "volume")
    write_rows(STUDIES / "batches.blocks.csv", header, simulate_blocks(seed=17))
    for study, rows in times.items():
        write_rows(STUDIES / f"{study}.ttp.csv", ("mouse", "arm", "time", "event"), rows)


if __name__ == "__main__":
    main()
