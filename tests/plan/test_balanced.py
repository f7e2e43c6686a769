"""The closed form of balanced arms is the fit that the analysis makes, study by study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xenotrack.model.growth import fit_log_volumes
from xenotrack.plan.analysed import analyse
from xenotrack.plan.readings import draw_readings, log_volumes
from xenotrack.plan.scenarios import TWO_ARM
from xenotrack.plan.truth import Scenario, Turn
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules

STUDIES = 10
FEW = 3  # where the analysis is the fit itself, at its slowest


def without_losses(rate_sd: float, *turns: Turn) -> Scenario:
    arms = tuple(
        replace(arm, rate_sd=rate_sd, turns=turns, weight_loss=0.0, weight_loss_sd=0.0)
        for arm in TWO_ARM.arms
    )
    return replace(TWO_ARM, arms=arms, unrelated_per_day=0.0, cull_mm3=1e9)


def design(shape: str) -> Design:
    names = [arm.name for arm in TWO_ARM.arms]
    return Design.of_names("s", names, Rules(growth=GrowthRules(shape=shape)))  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ["line", "curve"])
@pytest.mark.parametrize(
    "scenario",
    [
        without_losses(0.012),
        without_losses(0.0005),  # mostly singular
        without_losses(0.012, Turn(14, -0.03)),  # bent: mice of their own pace
        TWO_ARM,  # mice leave: the fit itself
        replace(without_losses(0.02, Turn(3, -0.15)), smallest_mm=4.0),  # below the limit
    ],
    ids=["spread", "singular", "bent", "losses", "below"],
)
def test_the_rates_of_many_studies_are_those_of_each_fit(shape, scenario) -> None:
    asked, days = design(shape), np.array(scenario.visit_days, dtype=float)
    n_studies = FEW if scenario.smallest_mm else STUDIES
    found = analyse(scenario, asked, n_studies, np.random.default_rng(1))
    (arms,) = draw_readings(scenario, n_studies, np.random.default_rng(1))
    for study in range(n_studies):
        rows = log_volumes(arms, days, study, asked.rules.growth.below_limit)
        rates = fit_log_volumes(rows, asked).over(asked.arm_names).rates()
        np.testing.assert_allclose(found.values[study], rates.values, atol=1e-9)
        np.testing.assert_allclose(found.variances[study], np.diag(rates.covariance), rtol=2e-6)
        df = rates.degrees_of_freedom(np.eye(2))
        np.testing.assert_allclose(found.df[study], df, rtol=2e-6)


def test_studies_drawn_together_are_as_likely_as_studies_drawn_alone() -> None:
    (arms,) = draw_readings(TWO_ARM, 400, np.random.default_rng(1))
    last = arms[0].y[:, :, 0]
    assert last.shape == (400, 8)
    # Means of eight spread as one over √8.
    assert last.mean(axis=1).std() == pytest.approx(last.std() / np.sqrt(8), rel=0.15)


@pytest.mark.parametrize("shape", ["line", "curve"])
def test_studies_of_mice_that_leave_are_fitted_together_as_one_by_one(shape, monkeypatch) -> None:
    """Readings below the limit, three mice and five, and arms of which mice leave."""
    from xenotrack.plan import analysed

    scenario = replace(TWO_ARM, mice_per_arm=(3, 5), cull_mm3=500.0, smallest_mm=5.0)
    found = []
    for together in (50, 1):
        monkeypatch.setattr(analysed, "TOGETHER", together)
        found.append(analyse(scenario, design(shape), 4, np.random.default_rng(3)))
    for name in ("values", "variances", "df"):
        one, other = (getattr(rates, name) for rates in found)
        np.testing.assert_allclose(one, other, rtol=1e-9)
