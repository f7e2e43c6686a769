"""How often a study makes its claim: by mice, by simulation through the analysis itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import gcd
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import chdtri, ndtr, ndtri

from xenotrack.arrays import Floats
from xenotrack.errors import StudyError
from xenotrack.glossary_plan import PLAN_TABLES
from xenotrack.plan.analysed import analyse
from xenotrack.plan.closed_form import closed_power, exact_for
from xenotrack.plan.gained import analyse_days
from xenotrack.plan.over_lines import analyse_lines
from xenotrack.plan.questions import Question, Tested
from xenotrack.plan.truth import Scenario
from xenotrack.study.design import Design

Outcome = Literal["growth_rate", "rmst_days"]
# Effects and spreads that an assurance averages over.
DRAWS = 20
DESIGN = ("until_day", "visits", "ratio")
COLUMNS = PLAN_TABLES["power"]


@dataclass(frozen=True, eq=False)
class Plan:
    """A study to be planned: its truth, its analysis, its question, how often to simulate it.

    ``effect_sd`` is how unsure the effect is, ``spread_df`` the degrees of freedom of a pilot that
    the spreads come from (none: they are known).
    """

    scenario: Scenario
    design: Design
    question: Question
    n_studies: int
    seed: int
    effect_sd: float = 0.0
    spread_df: float | None = None
    outcome: Outcome = "growth_rate"

    @property
    def level(self) -> float:
        return self.design.rules.compare.level

    def shares(self, scenario: Scenario, stream: int, n_studies: int | None = None) -> float:
        """The share of simulated studies that make the claim."""
        question, rates = self._analysed(scenario, stream, n_studies or self.n_studies)
        return float(question.shown(rates, self.level).mean())

    def false_positives(self, scenario: Scenario) -> float:
        """The share of studies without an effect that claim one."""
        question, rates = self._analysed(self.question.without_effect(scenario), 2, self.n_studies)
        return float(question.wrong(rates, self.level).mean())

    def _analysed(self, scenario: Scenario, stream: int, n_studies: int) -> tuple[Question, Tested]:
        question, small, design = self.question.of_its_arms(scenario, self.design)
        # The same chance at each number of mice and effect: differences are then of these alone.
        rng = np.random.default_rng([self.seed, stream])
        if self.outcome == "rmst_days":
            return question, analyse_days(small, design, n_studies, rng)
        analysis = analyse_lines if small.lines else analyse
        return question, analysis(small, design, n_studies, rng)

    def with_mice(self, mice: int) -> Scenario:
        """The scenario with so many mice in its smallest arm, in the ratio that it has."""
        counts = self.scenario.counts
        return replace(
            self.scenario, mice_per_arm=tuple(round(n * mice / min(counts)) for n in counts)
        )


def require_days(plan: Plan) -> None:
    """Refuse what days without progression are not planned for."""
    if plan.outcome != "rmst_days":
        return
    if plan.question.kind not in ("difference", "best_part"):
        raise StudyError(
            "Days without progression are planned for a difference of two arms, or a combination "
            f"against its best part; {plan.question.kind} is asked of growth rates. Leave out "
            "--outcome, or --question."
        )
    if plan.scenario.lines:
        raise StudyError(
            "Days without progression are planned in one line: `run` pools them over lines, power "
            "for that is not simulated. Take `lines` out of [truth], or leave out --outcome."
        )


def power_table(
    plan: Plan,
    mice: Sequence[int],
    tell: Callable[[str], None] = lambda text: None,
    scenarios: Sequence[Scenario] = (),
) -> pd.DataFrame:
    """One row a number of mice: power, false positives of a study without effect, assurance.

    ``scenarios`` are other designs of the same truth (visits, days, ratios), each with all of these
    numbers of mice; without them there is the plan's own.
    """
    rows = []
    for scenario in scenarios or (plan.scenario,):
        days = f", to day {scenario.visit_days[-1]}" if len(scenarios) > 1 else ""
        for n in mice:
            rows.append(_row(replace(plan, scenario=scenario), n))
            tell(f"{n} mice{days}: power {rows[-1]['power']:.2f}")
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(plan: Plan, mice: int) -> dict[str, object]:
    scenario, s = plan.with_mice(mice), plan.n_studies
    power = plan.shares(scenario, 1)
    false = plan.false_positives(scenario)
    known = plan.outcome == "growth_rate" and exact_for(
        scenario, plan.question, plan.design.rules.growth.shape
    )
    sure = assurance(plan, scenario)
    return {
        "contrast": plan.question.label,
        "outcome": plan.outcome,
        "mice_per_arm": mice,
        "n_mice": sum(scenario.counts),
        "ratio": ratio_words(plan.scenario.counts),
        "visits": len(scenario.visit_days),
        "until_day": scenario.visit_days[-1],
        "effect": plan.question.truth(scenario),
        "power": power,
        "power_error": share_error(power, s),
        "false_positive": false,
        "false_positive_error": share_error(false, s),
        "closed_form": closed_power(scenario, plan.question, plan.level) if known else np.nan,
        "assurance": sure,
        "assurance_error": share_error(sure, s),
        "n_studies": s,
    }


def ratio_words(counts: Sequence[int]) -> str:
    """The mice of arms to one another.

    >>> ratio_words((16, 8, 8))
    '2:1:1'
    """
    common = reduce(gcd, counts)
    return ":".join(str(n // common) for n in counts)


def designs_of(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each design of a table, named by what tells it from the others."""
    differ = [name for name in DESIGN if table[name].nunique() > 1]
    if not differ:
        return [("", table)]
    words = {"until_day": "to day {}", "visits": "{} visits", "ratio": "arms {}"}
    groups = table.groupby(list(DESIGN), sort=False)
    return [
        (", ".join(words[name].format(own[name].iloc[0]) for name in differ), own)
        for _, own in groups
    ]


def share_error(share: float, n: int) -> float:
    """The Monte-Carlo error of a share; where it is 0 or 1, that of one study more or less."""
    inside = min(max(share, 1 / (n + 2)), 1 - 1 / (n + 2))
    return float(np.sqrt(inside * (1 - inside) / n))


def assurance(plan: Plan, scenario: Scenario) -> float:
    """Power averaged over what is not known: the effect, and the spreads of a pilot; NaN if all is.

    Equally likely effects and spreads, paired by chance.
    """
    if plan.effect_sd <= 0 and plan.spread_df is None:
        return np.nan
    at = (np.arange(DRAWS) + 0.5) / DRAWS
    rng = np.random.default_rng([plan.seed, 3])
    effects = plan.question.truth(scenario) + plan.effect_sd * ndtri(at)
    times = np.ones(DRAWS) if plan.spread_df is None else _spreads(plan.spread_df, at)
    each = max(plan.n_studies // DRAWS, 1)
    found = [
        plan.shares(_spread(plan.question.at(scenario, effect), factor), 10 + k, each)
        for k, (effect, factor) in enumerate(zip(effects, rng.permutation(times), strict=True))
    ]
    return float(np.mean(found))


def _spreads(df: float, at: Floats) -> Floats:
    """What the SD that a pilot found may have to be multiplied with: √(df / χ²)."""
    return np.sqrt(df / chdtri(df, at))


def _spread(scenario: Scenario, factor: float) -> Scenario:
    arms = tuple(replace(arm, rate_sd=arm.rate_sd * factor) for arm in scenario.arms)
    return replace(scenario, arms=arms)


def mice_needed(table: pd.DataFrame, power: float) -> int | None:
    """The fewest mice of the table from which on the power is reached; none if it never is."""
    enough = (table["power"] >= power).to_numpy()
    from_here = np.logical_and.accumulate(enough[::-1])[::-1]
    return int(table["mice_per_arm"].to_numpy()[from_here.argmax()]) if from_here.any() else None


def smallest_effect(plan: Plan, mice: int, power: float) -> float:
    """The effect nearest to the null that so many mice show with this power.

    Halving of the effect, with the same chance at each: to 2 % of the largest that was tried.
    NaN where even a tenfold of the declared effect is not shown so often.
    """
    scenario, null = plan.with_mice(mice), plan.question.null
    low, high = 0.0, abs(plan.question.truth(scenario) - null) or 0.01
    for _ in range(4):
        if plan.shares(plan.question.at(scenario, null - high), 1) >= power:
            break
        low, high = high, 2 * high
    else:
        return np.nan
    largest = high
    while high - low > 0.02 * largest:
        middle = (low + high) / 2
        reached = plan.shares(plan.question.at(scenario, null - middle), 1) >= power
        low, high = (low, middle) if reached else (middle, high)
    return null - high


def probit_line(table: pd.DataFrame) -> tuple[Floats, Floats]:
    """A smooth line of power by mice: probit of power is straight in √n; mice and power."""
    mice = table["mice_per_arm"].to_numpy(dtype=float)
    n = table["n_studies"].to_numpy(dtype=float)
    shares = (table["power"].to_numpy() * n + 0.5) / (n + 1)
    if len(mice) < 2:
        return mice, shares
    slope, intercept = np.polyfit(np.sqrt(mice), ndtri(shares), 1)
    at = np.linspace(mice.min(), mice.max(), 80)
    return at, ndtr(intercept + slope * np.sqrt(at))
