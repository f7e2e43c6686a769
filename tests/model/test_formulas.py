"""Gompertz growth, and decay and regrowth: tangents, and arms that bear none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.model.follow_up import half_and_three
from xenotrack.model.growth import fit_growth, fit_log_volumes
from xenotrack.model.left_out import without_each_mouse
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.shapes.gompertz import Gompertz
from xenotrack.model.shapes.registry import FORMULAS
from xenotrack.model.shapes.regrowth import Regrowth
from xenotrack.model.smallsample import KenwardRoger
from xenotrack.model.touching import rounds
from xenotrack.study.rules import GrowthRules, Rules, StudyRules

from . import growth_studies as studies

DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21, 24, 28, 31, 35])
SHAPES = [
    Gompertz(np.array([5.0, 0.08, 0.05]), (0, 35)),
    Gompertz(np.array([5.0, 0.08, 1e-6]), (0, 35)),
    Regrowth(np.array([5.0, 0.06, 0.04]), (0, 35)),
    Regrowth(np.array([5.0, -0.03, 0.05]), (0, 35)),
]


def drawn(kind: str, *parameters: float, mice: int = 8, noise: float = 0.1, seed: int = 3):
    """An arm that grows by a formula, mice with levels and rates of their own."""
    rng = np.random.default_rng(seed)
    course = FORMULAS[kind].mean(DAYS, np.array([5.0, *parameters]))
    return studies.sheet_of(
        {
            "a": [
                course + rng.normal(0, 0.3) + rng.normal(0, 0.005) * DAYS
                + rng.normal(0, noise, len(DAYS))
                for _ in range(mice)
            ]
        },
        DAYS,
    )  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_slopes_are_those_of_the_mean(shape):
    slopes = shape.slopes(DAYS, shape.at)
    for place, step in enumerate(np.eye(3) * 1e-6):
        ends = [shape.mean(DAYS, shape.at + side * step) for side in (1, -1)]
        np.testing.assert_allclose(slopes[:, place], (ends[0] - ends[1]) / 2e-6, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_at_its_parameters_the_tangent_is_the_mean(shape):
    whole = np.append(shape.at, 1)
    np.testing.assert_allclose(shape.fixed(DAYS) @ whole, shape.mean(DAYS, shape.at))
    fine = np.linspace(0, 35, 20_001)
    area = np.trapezoid(shape.mean(fine, shape.at), fine)
    assert shape.area(0, 35) @ whole == pytest.approx(area, rel=1e-7)


@pytest.mark.parametrize(
    ("kind", "parameters"), [("gompertz", (0.1, 0.04)), ("regrowth", (0.06, 0.05))]
)
def test_the_parameters_of_an_arm_come_back(kind, parameters):
    fit = studies.fit(drawn(kind, *parameters), shape=kind)
    assert fit.shapes[0].name == kind
    error = np.sqrt(np.diag(fit.covariance))
    assert (np.abs(fit.values[1:3] - parameters) < 3 * error[1:3]).all()
    assert fit.values[3] == 1
    assert error[3] == 0


@pytest.mark.parametrize("kind", ["gompertz", "regrowth"])
def test_growth_along_a_line_has_the_rate_of_the_line(kind):
    sheet = drawn("gompertz", 0.05, 1e-9)
    formula, line = (studies.fit(sheet, shape=shape) for shape in (kind, "line"))
    assert formula.shapes[0].name == kind
    assert formula.rates().values[0] == pytest.approx(line.rates().values[0], abs=5e-4)


def test_a_formula_is_fitted_where_its_equations_are_solved():
    fit = studies.fit(drawn("gompertz", 0.1, 0.04), shape="gompertz")
    np.testing.assert_allclose(fit.values[:3], fit.shapes[0].at, rtol=1e-7)


def test_an_arm_that_no_formula_follows_has_its_curve_and_a_doubt():
    sheet = drawn("regrowth", 0.08, 0.08, noise=0.03)
    study = studies.study_of(sheet, shape="gompertz")
    fit = fit_growth(study)
    curve = fit_growth(studies.study_of(sheet, shape="curve"))
    assert [doubt.rule for doubt in fit.doubts if doubt.rule == "shape-not-borne"]
    np.testing.assert_allclose(fit.rates().values, curve.rates().values, rtol=1e-9)


def test_without_a_mouse_the_parameters_go_one_step():
    study = studies.study_of(drawn("gompertz", 0.1, 0.04), shape="gompertz")
    fit = fit_log_volumes(take_log_volumes(study), study.design)
    (left,) = without_each_mouse(fit.pieces, study.design)
    mice, coefficients = fit.pieces[0].without_each_mouse
    assert len(left) == len(mice) == 8
    # With its variances fitted anew or kept, a mouse less moves the rate alike.
    for mouse, kept in zip(mice, coefficients, strict=True):
        assert left[mouse].values[1] == pytest.approx(kept[1], abs=0.005)
        assert left[mouse].values[3] == kept[3] == 1


@pytest.mark.parametrize("name", ["two_by_two", "unequal_spread"])
def test_formulas_are_those_of_lme4_and_pbkrtest(name):
    study = studies.study_of(studies.sheet(name), below_limit="drop")
    rows = take_log_volumes(study)
    follow_up = half_and_three(rows)
    rows = rows.until(follow_up.until_day)
    for theirs in studies.own_json(f"{name}.formulas")["arms"]:
        code = study.design.arm_names.index(theirs["arm"])
        days = theirs["from_day"], theirs["until_day"]
        start = np.array([theirs[key] for key in ("a", "first", "second")])
        kind = FORMULAS[theirs["kind"]](start, days, theirs["own_pace"])
        shape, fit = rounds(rows.of_arms(np.arange(rows.n_arms) == code), code, kind)
        np.testing.assert_allclose(shape.at, start, rtol=1e-5)
        assert fit.log_likelihood == pytest.approx(theirs["loglik"], abs=1e-6)
        reference, weights = KenwardRoger(fit), shape.rate(*days)[:-1]
        std_error = np.sqrt(weights @ reference.covariance @ weights)
        assert std_error == pytest.approx(theirs["std_error"], rel=1e-5)
        assert reference.degrees_of_freedom(weights[None])[0] == pytest.approx(
            theirs["df"], rel=1e-5
        )


@pytest.mark.parametrize("shape", ["gompertz", "regrowth"])
def test_formulas_within_blocks_are_refused_with_what_to_do(shape):
    sheet = studies.sheet("two_by_two")
    block = pd.factorize(sheet["mouse"])[0] % 2
    with pytest.raises(StudyError, match="--shape curve"):
        studies.fit(sheet.assign(block=block.astype(str)), shape=shape)


@pytest.mark.parametrize("shape", ["gompertz", "regrowth"])
def test_a_formula_over_cages_has_its_degrees_of_freedom_from_cages(shape):
    sheet = studies.sheet("two_by_two")
    number = sheet.groupby("arm")["mouse"].transform(lambda mice: pd.factorize(mice)[0])
    cage = sheet["arm"] + (number // 2).astype(str)
    rules = Rules(growth=GrowthRules(shape=shape), study=StudyRules(experimental_unit="cage"))
    rates = studies.fit_study(studies.study_of(sheet.assign(cage=cage), rules=rules)).rates()
    assert rates.degrees_of_freedom(np.eye(4)) == pytest.approx(np.full(4, 3.0))
    alone = studies.fit(sheet, shape=shape).rates()
    np.testing.assert_allclose(rates.values, alone.values, rtol=1e-9)
