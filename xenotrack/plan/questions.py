"""What a study is to show, as a contrast of the rates of its arms; and the study that has none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from scipy.optimize import brentq

from xenotrack.arrays import Bools, Floats
from xenotrack.errors import StudyError
from xenotrack.plan.simulate import draw_cohort
from xenotrack.plan.truth import ArmTruth, Scenario
from xenotrack.study.design import Design
from xenotrack.study.primary import BEST_PART

Kind = Literal["difference", "synergy", "best_part", "blocked"]
# Mice of an arm whose mean course stands for the truth.
MANY = 4000
WIDEST = 0.5  # per day, by which a rate may be changed


class Tested(Protocol):
    """What was estimated of many studies."""

    def p_values(self, weights: Floats, null: float = 0.0) -> tuple[Floats, Floats]:
        """One-sided p of the side that is a benefit, and of the other, (s,) each."""


@dataclass(frozen=True, eq=False)
class Question:
    """Is Σ w · rate below ``null``, for each row of ``weights`` (m, k); then the claim is made.

    ``moved`` is the arm (a code) whose rate is changed where the effect is to be another.
    """

    kind: Kind
    label: str
    weights: Floats
    null: float
    moved: int

    def shown(self, rates: Tested, level: float) -> Bools:
        """The studies that make the claim, (s,): each row's two-sided p below 1 − level."""
        below = [rates.p_values(row, self.null)[0] for row in self.weights]
        return np.asarray(2 * np.max(below, axis=0) < 1 - level)

    def wrong(self, rates: Tested, level: float) -> Bools:
        """The studies that claim something where nothing is, (s,): of a difference, either side."""
        shown = self.shown(rates, level)
        if self.kind not in ("difference", "synergy"):
            return shown
        return np.asarray(shown | (2 * rates.p_values(self.weights[0], self.null)[1] < 1 - level))

    def of_its_arms(self, scenario: Scenario, design: Design) -> tuple[Question, Scenario, Design]:
        """The question with the arms that it is of alone: days shared by these, and no others."""
        used = np.flatnonzero(self.weights.any(axis=0))
        own = replace(
            self, weights=self.weights[:, used], moved=int(np.flatnonzero(used == self.moved)[0])
        )
        counts = tuple(scenario.counts[code] for code in used)
        arms = tuple(scenario.arms[code] for code in used)
        small = replace(scenario, arms=arms, mice_per_arm=counts)
        return own, small, replace(design, arms=tuple(design.arms[code] for code in used))

    def truth(self, scenario: Scenario) -> float:
        """What is asked, as it really is: the largest row, over the days of the visits."""
        return float((self.weights @ true_rates(scenario)).max())

    def at(self, scenario: Scenario, effect: float) -> Scenario:
        """The scenario in which what is asked is ``effect``: one arm grows faster or slower."""
        apart = effect - self.truth(scenario)
        if not scenario.arms[self.moved].bends:
            return moved(scenario, self.moved, apart)
        return moved(scenario, self.moved, self._shift(scenario, effect))

    def _shift(self, scenario: Scenario, effect: float) -> float:
        """What is to be added to the first rate of an arm that slows down."""

        def off(by: float) -> float:
            return self.truth(moved(scenario, self.moved, by)) - effect

        if off(-WIDEST) * off(WIDEST) > 0:
            raise StudyError(
                f"No rate of {scenario.arms[self.moved].name} makes {self.label} {effect:+.3g} per "
                "day, as it slows down in truth. Name an effect nearer to 0."
            )
        return float(brentq(off, -WIDEST, WIDEST, xtol=1e-7))

    def without_effect(self, scenario: Scenario) -> Scenario:
        """The scenario in which there is nothing to be shown."""
        return self.at(scenario, self.null)


def true_rates(scenario: Scenario) -> Floats:
    """The average rate of each arm from the first visit to the last, before any mouse leaves."""
    first, last = scenario.visit_days[0], scenario.visit_days[-1]
    if all(arm.is_steady for arm in scenario.arms):
        return np.array([arm.rate for arm in scenario.arms])
    large = replace(scenario, mice_per_arm=MANY, lines=(), blocks=0, mice_per_cage=0)
    cohort = draw_cohort(large, np.random.default_rng(0))
    volume = np.log(cohort.volumes(np.array([first, last])))
    rate = (volume[:, 1] - volume[:, 0]) / (last - first)
    return np.asarray(rate.reshape(len(scenario.arms), MANY).mean(axis=1))


def moved(scenario: Scenario, arm: int, by: float) -> Scenario:
    """The scenario with one arm growing faster by so much per day, on all of its days."""

    def shifted(one: ArmTruth) -> ArmTruth:
        turns = tuple(replace(turn, rate=turn.rate + by) for turn in one.turns)
        return replace(one, rate=one.rate + by, turns=turns)

    arms = [shifted(one) if code == arm else one for code, one in enumerate(scenario.arms)]
    return replace(scenario, arms=tuple(arms))


def difference(design: Design, arm: str, against: str) -> Question:
    """Does an arm grow slower than another?"""
    names = design.arm_names
    weights = np.zeros((1, len(names)))
    weights[0, names.index(arm)], weights[0, names.index(against)] = 1, -1
    return Question("difference", f"{arm} - {against}", weights, 0.0, names.index(arm))


def best_part(design: Design, arm: str) -> Question:
    """Does a combination grow slower than each of its parts?"""
    names = design.arm_names
    parts = dict(design.combinations()).get(arm, ())
    if not parts:
        raise StudyError(
            f"{arm!r} has no part among the arms. Its parts are arms with some of its drugs; the "
            f"arms are: {', '.join(names)}."
        )
    weights = np.zeros((len(parts), len(names)))
    weights[:, names.index(arm)] = 1
    for row, part in enumerate(parts):
        weights[row, names.index(part)] = -1
    return Question("best_part", f"{arm} - {BEST_PART}", weights, 0.0, names.index(arm))


def synergy(design: Design, arm: str) -> Question:
    """Does a combination grow slower than Bliss independence of its single drugs expects?"""
    names, drugs = design.arm_names, design.drugs_of(arm)
    singles = [design.arm_of(frozenset((drug,))) for drug in sorted(drugs)]
    control = design.control
    if len(drugs) < 2 or control is None or None in singles:
        raise StudyError(
            f"Synergy of {arm!r} needs the control and an arm of each of its drugs alone; the arms "
            f"are: {', '.join(names)}."
        )
    weights = np.zeros((1, len(names)))
    weights[0, names.index(arm)] = 1
    for single in singles:
        weights[0, names.index(str(single))] -= 1
    weights[0, names.index(control)] += len(drugs) - 1
    return Question("synergy", f"{arm}, more than Bliss", weights, 0.0, names.index(arm))


def blocked(design: Design, arm: str) -> Question:
    """Is an arm's rate below that which counts as blocked?"""
    names = design.arm_names
    weights = np.zeros((1, len(names)))
    weights[0, names.index(arm)] = 1
    limit = design.rules.growth.blocked_below
    return Question("blocked", f"{arm} below {limit:g} per day", weights, limit, names.index(arm))
