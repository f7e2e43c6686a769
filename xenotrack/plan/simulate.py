"""Studies whose truth is known: tumours that grow, turn and are measured with calipers.

A tumour grows exponentially, ln V = ln V₀ + rate · day, until it turns to another rate; mice of an
arm differ in their rates. Calipers add an error to each diameter, the sheet rounds it, and a mouse
leaves when its tumour or its weight loss reaches the humane limit, or by an unrelated death.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xenotrack.arrays import Floats
from xenotrack.plan.factors import draw_factors
from xenotrack.plan.truth import Scenario
from xenotrack.study.volume import tumor_volume

SHEET_COLUMNS = ("mouse", "arm", "day", "length_mm", "width_mm", "body_weight_g", "fate")


@dataclass(frozen=True, eq=False)
class Cohort:
    """The mice of one study as they really are: one entry a mouse, before anybody measures."""

    scenario: Scenario
    mouse: NDArray[np.object_]
    arm: NDArray[np.object_]
    baseline_mm3: Floats
    aspect: Floats
    rate: Floats
    shape: Floats  # mice × 3; slowing, bending and plateau of growth
    turn_day: Floats  # mice × turns; infinite where the mouse never turns
    bend: Floats  # mice × turns; what the turn adds to the rate
    weight_g: Floats
    weight_loss: Floats
    unrelated_day: Floats
    technical_day: Floats
    toxicity_day: Floats
    # The cage, block and line of each mouse, as far as the study has them.
    factors: dict[str, NDArray[np.object_]] = field(default_factory=dict)

    def volumes(self, days: ArrayLike) -> Floats:
        """True volume in mm³ of every mouse (rows) on the given days (columns)."""
        days = np.asarray(days, dtype=float)
        change = self._grown(days)
        for day, bend in zip(self.turn_day.T, self.bend.T, strict=True):
            change += bend[:, None] * np.maximum(days - day[:, None], 0.0)
        return self.baseline_mm3[:, None] * np.exp(change)

    def _grown(self, days: Floats) -> Floats:
        """ln(V / V₀) of every mouse on some days, as if it never turned."""
        slowing, bending, plateau = (column[:, None] for column in self.shape.T)
        steady = self.rate[:, None] * days
        # Growth that slows has covered (1 − exp(−slowing·day)) / slowing days of its first rate.
        slow = np.where(slowing > 0, slowing, 1.0)
        slowed = self.rate[:, None] * -np.expm1(-slow * days) / slow
        bend = np.where(bending > 0, bending, 1.0)
        bent = np.log(np.maximum(1 + bend * steady, 1e-9)) / bend
        room = np.where(np.isfinite(plateau), plateau / self.baseline_mm3[:, None] - 1, 0.0)
        filled = np.log((1 + room) / (1 + room * np.exp(-steady)))
        change = np.where(slowing > 0, slowed, np.where(bending > 0, bent, steady))
        return np.asarray(np.where(np.isfinite(plateau), filled, change))

    def weights(self, days: ArrayLike) -> Floats:
        """True body weight in g of every mouse (rows), its tumour included."""
        scenario, days = self.scenario, np.asarray(days, dtype=float)
        settled = 1 - np.exp(-days / scenario.weight_loss_days)
        share = 1 + scenario.weight_gain_per_day * days - self.weight_loss[:, None] * settled
        tumour_g = (self.volumes(days) - self.baseline_mm3[:, None]) / 1000
        return self.weight_g[:, None] * share + tumour_g

    def true_volumes(self) -> pd.DataFrame:
        """Long table of the true volumes on all visit days, as if no mouse had left."""
        days = np.asarray(self.scenario.visit_days)
        return pd.DataFrame(
            {
                "mouse": np.repeat(self.mouse, len(days)),
                "arm": np.repeat(self.arm, len(days)),
                "day": np.tile(days, len(self.mouse)),
                "volume_mm3": self.volumes(days).ravel(),
            }
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a mouse: its true baseline and rate, and the day and new rate of each turn."""
        truth = {
            "mouse": self.mouse,
            "arm": self.arm,
            "baseline_mm3": self.baseline_mm3,
            "rate": self.rate,
            **self.factors,
        }
        rates = self.rate[:, None] + np.cumsum(self.bend, axis=1)
        turned = np.isfinite(self.turn_day)
        for k in range(self.turn_day.shape[1]):
            truth[f"turn_{k + 1}_day"] = np.where(turned[:, k], self.turn_day[:, k], np.nan)
            truth[f"turn_{k + 1}_rate"] = np.where(turned[:, k], rates[:, k], np.nan)
        return pd.DataFrame(truth)


def simulate_study(scenario: Scenario, rng: np.random.Generator) -> pd.DataFrame:
    """The sheet of one simulated study: a row a mouse and visit, its fate on each of its rows."""
    return measure_cohort(draw_cohort(scenario, rng), rng)


def draw_cohort(
    scenario: Scenario, rng: np.random.Generator, shift: Floats | float = 0.0
) -> Cohort:
    """Mice drawn from the scenario: lognormal baselines, normal rates, exponential deaths.

    ``shift`` is what is added to the rate of all mice, or of each.
    """
    counts = scenario.counts
    n = sum(counts)
    width = max(3, len(str(n)))
    rate = _draw_each(scenario, "rate", rng)
    factors, shared = draw_factors(scenario, rng)
    rate = rate + shared + shift
    turn_day, bend = _draw_turns(scenario, rate, rng)
    return Cohort(
        scenario=scenario,
        mouse=np.array([f"{scenario.id_prefix}{k:0{width}d}" for k in range(1, n + 1)], object),
        arm=np.repeat(np.array([arm.name for arm in scenario.arms], object), counts),
        baseline_mm3=scenario.baseline_mm3
        * np.exp(scenario.baseline_log_sd * rng.standard_normal(n)),
        # Length is the longer diameter by definition, hence the fold at a ratio of 1.
        aspect=np.exp(
            np.abs(np.log(scenario.aspect) + scenario.aspect_log_sd * rng.standard_normal(n))
        ),
        rate=rate,
        shape=np.repeat(
            [(arm.slowing, arm.bending, arm.plateau_mm3) for arm in scenario.arms], counts, axis=0
        ).astype(float),
        turn_day=turn_day,
        bend=bend,
        weight_g=scenario.weight_g + scenario.weight_sd_g * rng.standard_normal(n),
        weight_loss=np.maximum(_draw_each(scenario, "weight_loss", rng), 0.0),
        unrelated_day=_draw_waiting_days(scenario.unrelated_per_day, n, rng),
        technical_day=_draw_waiting_days(scenario.technical_per_day, n, rng),
        toxicity_day=_draw_exits(scenario, rng),
        factors=factors,
    )


def measure_cohort(cohort: Cohort, rng: np.random.Generator) -> pd.DataFrame:
    """The sheet that a technician keeps of these mice, up to the reading at which each leaves."""
    days = np.asarray(cohort.scenario.visit_days)
    length, width, weight, last, fate = read_cohort(cohort, rng)
    present = np.arange(len(days)) <= last[:, None]
    rows, visits = np.nonzero(present)
    values = (
        cohort.mouse[rows],
        cohort.arm[rows],
        days[visits],
        length[present],
        width[present],
        weight[present],
        fate[rows],
    )
    sheet = pd.DataFrame(dict(zip(SHEET_COLUMNS, values, strict=True)))
    return sheet.assign(**{name: codes[rows] for name, codes in cohort.factors.items()})


def read_cohort(
    cohort: Cohort, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, NDArray[np.int_], NDArray[np.object_]]:
    """Length, width and weight (mice, visits), each mouse's last visit, and its fate."""
    scenario, days = cohort.scenario, np.asarray(cohort.scenario.visit_days)
    length, width = _read_calipers(cohort, days, rng)
    error = scenario.weight_error_g * rng.standard_normal(length.shape)
    weight = np.round(cohort.weights(days) + error, 1)
    last, fate = _leave(cohort, days, tumor_volume(length, width), weight)
    return length, width, weight, last, fate


def _draw_each(scenario: Scenario, quantity: str, rng: np.random.Generator) -> Floats:
    """A normal draw for each mouse, around the arm's ``quantity`` with its ``quantity_sd``."""
    counts = scenario.counts
    mean = np.repeat([getattr(arm, quantity) for arm in scenario.arms], counts)
    spread = np.repeat([getattr(arm, f"{quantity}_sd") for arm in scenario.arms], counts)
    return mean + spread * rng.standard_normal(sum(counts))


def _draw_turns(
    scenario: Scenario, rate: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Day and bend of each mouse's turns, in order; a turn never comes before the one before."""
    most = max((len(arm.turns) for arm in scenario.arms), default=0)
    turn_day, bend = np.full((len(rate), most), inf), np.zeros((len(rate), most))
    ends = np.cumsum(scenario.counts)
    for arm, end, n in zip(scenario.arms, ends, scenario.counts, strict=True):
        mice = slice(end - n, end)
        earliest, current = np.zeros(n), rate[mice]
        for k, turn in enumerate(arm.turns):
            turns = rng.random(n) < turn.share
            before = arm.turns[k - 1].rate if k else arm.rate
            day = np.maximum(turn.day + turn.day_sd * rng.standard_normal(n), earliest)
            after = turn.rate + turn.rate_sd * rng.standard_normal(n)
            if turn.carries:
                after = after + current - before
            turn_day[mice, k] = np.where(turns, day, inf)
            bend[mice, k] = np.where(turns, after - current, 0.0)
            earliest, current = np.where(turns, day, earliest), np.where(turns, after, current)
    return turn_day, bend


def _draw_exits(scenario: Scenario, rng: np.random.Generator) -> Floats:
    """The day on which each mouse leaves for toxicity by declaration, infinite if never."""
    days = [np.full(n, inf) for n in scenario.counts]
    for own, arm in zip(days, scenario.arms, strict=True):
        if arm.exits is not None:
            leaves = rng.random(len(own)) < arm.exits.share
            drawn = rng.uniform(arm.exits.from_day, arm.exits.until_day, len(own))
            own[leaves] = drawn[leaves]
    return np.concatenate(days)


def _draw_waiting_days(per_day: float, n: int, rng: np.random.Generator) -> Floats:
    """Days until an event of constant hazard, one for each mouse; infinite without hazard."""
    return rng.exponential(1 / per_day, n) if per_day > 0 else np.full(n, inf)


def _read_calipers(
    cohort: Cohort, days: Sequence[int] | NDArray[np.int_], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Length and width in mm as written; the longer is the length, 0 × 0 is nothing to measure.

    The true diameters are those of V = ½ · length · width² at the mouse's own aspect.
    """
    scenario, aspect = cohort.scenario, cohort.aspect[:, None]
    true_width = np.cbrt(2 * cohort.volumes(days) / aspect)
    error = scenario.caliper_sd_mm * rng.standard_normal((2, *true_width.shape))
    if scenario.caliper_sd_width_mm is not None and scenario.caliper_sd_mm > 0:
        error[1] *= scenario.caliper_sd_width_mm / scenario.caliper_sd_mm
    first, second = aspect * true_width + error[0], true_width + error[1]
    length, width = np.maximum(first, second), np.minimum(first, second)
    measurable = width >= scenario.smallest_mm
    diameters = np.where(measurable, (length, width), 0.0)
    length, width = _round_to(diameters, scenario.resolution_mm)
    return length, width


def _round_to(values: Floats, step: float) -> Floats:
    """Values to the nearest multiple of ``step``; as they are where it is 0."""
    return np.round(np.round(values / step) * step, 6) if step > 0 else values


def _leave(
    cohort: Cohort, days: NDArray[np.int_], volume: Floats, weight: Floats
) -> tuple[NDArray[np.int_], NDArray[np.object_]]:
    """Index of each mouse's last reading, and its fate.

    Culls are decided on the readings, as in the animal house, and the reading is kept; a death
    falls between visits, after the last reading. At one visit size comes before weight.
    """
    scenario, n_visits = cohort.scenario, len(days)
    last_reading = {
        "tumor_size": _first_visit(volume >= scenario.cull_mm3),
        "toxicity": np.minimum(
            _first_visit(weight <= (1 - scenario.cull_weight_loss) * weight[:, :1]),
            _exit_visit(days, cohort.toxicity_day),
        ),
        "unrelated": np.searchsorted(days, cohort.unrelated_day) - 1,
        "technical": np.searchsorted(days, cohort.technical_day) - 1,
        "end_of_study": np.full(len(cohort.mouse), n_visits - 1),
    }
    # A death after the last visit is never seen: those mice reach the end of the study.
    for death in ("unrelated", "technical"):
        seen = getattr(cohort, f"{death}_day") <= days[-1]
        last_reading[death] = np.where(seen, last_reading[death], n_visits)
    candidates = np.stack(list(last_reading.values()))
    cause = candidates.argmin(axis=0)  # the first of equals, hence the order above
    return candidates.min(axis=0), np.array(list(last_reading), object)[cause]


def _exit_visit(days: NDArray[np.int_], toxicity_day: Floats) -> NDArray[np.int_]:
    """Index of the last visit before each mouse's declared exit, one beyond the last if never."""
    last = np.searchsorted(days, toxicity_day, side="right") - 1
    return np.where(toxicity_day <= days[-1], last, len(days))


def _first_visit(reached: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Index of each mouse's first visit at a limit, one beyond the last visit if never."""
    return np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1])
