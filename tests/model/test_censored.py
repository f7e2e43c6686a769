"""Readings below the limit: the likelihood against quadrature of our own, and what it comes to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import log_ndtr

from tests.model import growth_studies as studies
from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.errors import FitError
from xenotrack.model.censored import CensoredFit, fit_censored, integrated
from xenotrack.model.censored_likelihood import mouse_parts, take_readings
from xenotrack.model.growth import fit_growth, fit_log_volumes, without_mouse
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_verdicts import judge_growth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.reml import fit_reml

DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21, 24, 28])


class Mice(NamedTuple):
    y: Floats
    X: Floats
    group: Codes
    below: Bools


def mice(
    rate: float, n: int = 8, limit: float = np.log(20), seed: int = 1, curved: bool = False
) -> Mice:
    """Mice with lines of their own; what lies below the limit is only known to."""
    rng = np.random.default_rng(seed)
    group, day = np.repeat(np.arange(n), len(DAYS)), np.tile(DAYS, n)
    y = 5.3 + rng.normal(0, 0.3, n)[group] + (rate + rng.normal(0, 0.02, n))[group] * day
    y = y + rng.normal(0, 0.15, len(day))
    columns = [np.ones_like(day), day] + ([day**2] if curved else [])
    return Mice(np.maximum(y, limit), np.column_stack(columns), group, y < limit)


def by_brute_force(
    data: Mice, Z: Floats, beta: Floats, covariance: Floats, sigma: float, mouse: int
) -> float:
    """ln L of one mouse from a fine grid of its departures, over ±9 of their SD."""
    own = data.group == mouse
    y, x, z, below = data.y[own], data.X[own] @ beta, Z[own], data.below[own]
    nodes, weights = np.polynomial.legendre.leggauss(400)
    q = Z.shape[1]
    u = np.stack(np.meshgrid(*[9 * nodes] * q, indexing="ij"), axis=-1).reshape(-1, q)
    log_weight = np.log(np.stack(np.meshgrid(*[9 * weights] * q), axis=-1)).sum(axis=-1).ravel()
    v = (y - x - (u @ np.linalg.cholesky(covariance).T) @ z.T) / sigma
    each = np.where(below, log_ndtr(v), -0.5 * v * v - 0.5 * np.log(2 * np.pi) - np.log(sigma))
    height = each.sum(axis=1) - 0.5 * (u * u).sum(axis=1) - 0.5 * q * np.log(2 * np.pi)
    return float(np.logaddexp.reduce(height + log_weight))


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize(
    "rate", [-0.15, *(pytest.param(rate, marks=pytest.mark.slow) for rate in (-0.07, -0.10))]
)
def test_the_likelihood_of_each_mouse_is_that_of_a_fine_grid(rate: float, directions: int) -> None:
    data = mice(rate)
    Z = data.X[:, :directions]
    covariance = np.array([[0.09, 0.001], [0.001, 0.0005]])[:directions, :directions]
    beta, sigma = np.array([5.2, rate + 0.004]), 0.15
    readings = take_readings(data.y, data.X, Z, data.group, data.below)
    scale = np.outer(readings.patterns.z_scale, readings.patterns.z_scale)
    factor = np.linalg.cholesky(covariance * scale) / sigma
    shift = np.linalg.solve(readings.patterns.to_user, beta) - readings.patterns.ols
    parts = mouse_parts(readings, factor[None], np.array([sigma]), shift[None])
    expected = [
        by_brute_force(data, Z, beta, covariance, sigma, int(mouse)) for mouse in readings.mouse
    ]
    assert data.below.any()
    np.testing.assert_allclose(parts.value[0], expected, atol=5e-6)


def test_score_and_information_are_the_derivatives_of_the_likelihood() -> None:
    data = mice(-0.09)
    readings = take_readings(data.y, data.X, data.X, data.group, data.below)
    factor, sigma = np.array([[[2.0, 0.0], [0.3, 1.5]]]), np.array([0.15])
    here, step = np.array([0.05, -0.03]), 1e-4
    parts = mouse_parts(readings, factor, sigma, here[None])

    def moved(sign: int, place: int) -> tuple[Floats, Floats]:
        found = mouse_parts(readings, factor, sigma, (here + sign * step * np.eye(2)[place])[None])
        return found.value[0], found.score[0]

    for place in range(2):
        up, down = moved(1, place), moved(-1, place)
        slope = (up[0] - down[0]) / (2 * step)
        np.testing.assert_allclose(parts.score[0][:, place], slope, atol=1e-4)
        bend = (up[1] - down[1]) / (2 * step)
        np.testing.assert_allclose(-parts.information[0][:, place], bend, atol=1e-3)


def test_with_nothing_below_the_limit_the_likelihood_is_that_of_reml() -> None:
    data = mice(0.03, curved=True)
    Z = data.X[:, :2]
    fit = fit_reml(data.y, data.X, Z, data.group)
    readings = take_readings(data.y, data.X, Z, data.group, np.zeros(len(data.y), dtype=bool))
    parameters = np.append(fit.factor[np.tril_indices(2)], 0.5 * np.log(fit.residual_variance))
    value, shift = integrated(readings, parameters[None], np.zeros((1, 3)))
    assert value[0] == pytest.approx(fit.log_likelihood, abs=1e-9)
    found = readings.patterns.to_user @ (readings.patterns.ols + shift[0])
    np.testing.assert_allclose(found, fit.coefficients, atol=1e-9)


def test_integrating_the_mean_out_by_laplace_is_near_the_exact_integral() -> None:
    data = mice(-0.15, n=5)
    X = data.X[:, 1:]
    y = data.y - 5.3
    readings = take_readings(y, X, X, data.group, data.below)
    parameters = np.array([[0.5, np.log(0.3)]])
    value, shift = integrated(readings, parameters, np.zeros((1, 1)))
    far = np.linspace(-8, 8, 3001)
    parts = mouse_parts(
        readings, np.full((3001, 1, 1), 0.5), np.full(3001, 0.3), shift + far[:, None]
    )
    total = parts.value.sum(axis=1)
    exact = np.log(np.trapezoid(np.exp(total - total.max()), far)) + total.max()
    exact += readings.patterns.log_det_basis
    assert data.below.mean() > 0.35
    assert value[0] == pytest.approx(exact, abs=0.01)


def fitted(data: Mice) -> CensoredFit:
    return fit_censored(data.y, data.X, data.X, data.group, data.below)


def test_the_top_of_the_likelihood_is_reached() -> None:
    data = mice(-0.12)
    fit = fitted(data)
    readings = take_readings(data.y, data.X, data.X, data.group, data.below)
    here = np.append(
        fit.mixed.factor[np.tril_indices(2)], 0.5 * np.log(fit.mixed.residual_variance)
    )
    rng = np.random.default_rng(1)
    near = here + 0.05 * rng.standard_normal((40, 4))
    others = integrated(readings, near, np.zeros((40, 2)))[0]
    assert (others < fit.mixed.log_likelihood + 1e-6).all()


def test_a_rate_is_found_where_half_of_the_readings_are_below_the_limit() -> None:
    data = mice(-0.15, n=60)
    fit = fitted(data)
    assert data.below.mean() > 0.35
    assert fit.mixed.coefficients[1] == pytest.approx(-0.15, abs=0.008)
    assert fit.mixed.residual_variance**0.5 == pytest.approx(0.15, rel=0.1)
    placed = fit_reml(data.y, data.X, data.X, data.group)
    assert placed.coefficients[1] > -0.10  # at the limit it is half of what it is


def test_a_reading_that_surely_lies_below_the_limit_says_nothing() -> None:
    data = mice(-0.02, limit=0.0)
    y, below = data.y.copy(), data.below.copy()
    y[-1], below[-1] = 40.0, True
    fit = fit_censored(y, data.X, data.X, data.group, below)
    kept = np.arange(len(y)) < len(y) - 1
    without = fit_reml(y[kept], data.X[kept], data.X[kept], data.group[kept])
    np.testing.assert_allclose(fit.mixed.coefficients, without.coefficients, rtol=1e-4)
    assert fit.mixed.residual_variance == pytest.approx(without.residual_variance, rel=1e-3)
    whole = fit.mixed.covariance + fit.lost
    np.testing.assert_allclose(whole, without.covariance, rtol=5e-3)


def test_readings_above_the_limit_on_one_day_identify_no_line() -> None:
    data = mice(-0.05)
    below = data.X[:, 1] > 0
    with pytest.raises(FitError, match="do not identify"):
        fit_censored(data.y, data.X, data.X, data.group, below)


def test_the_mouse_that_alone_identifies_the_mean_cannot_be_left_out() -> None:
    fit = fitted(mice(-0.10))
    alone = np.where(np.arange(8)[:, None, None] == 2, fit.information, 0.0)
    left = replace(fit, information=alone).without(np.arange(8))
    assert np.isnan(left).all(axis=1).tolist() == [mouse == 2 for mouse in range(8)]


def test_without_a_mouse_one_step_is_near_the_fit_made_anew() -> None:
    data = mice(-0.10)
    fit = fitted(data)
    step = fit.without(np.arange(8))
    for mouse in range(8):
        kept = data.group != mouse
        again = fit_censored(
            data.y[kept], data.X[kept], data.X[kept],
            np.unique(data.group[kept], return_inverse=True)[1], data.below[kept],
        )  # fmt: skip
        apart = np.abs(step[mouse] - again.mixed.coefficients)
        assert (apart < 0.35 * np.sqrt(np.diag(fit.mixed.covariance))).all()


def test_a_mouse_that_says_nothing_of_growth_can_be_left_out() -> None:
    # All of its readings surely lie below the limit, as before a tumour appears.
    data = mice(-0.10)
    fit = fitted(data)
    said = (np.arange(8) != 3)[:, None, None]
    silent = replace(fit, information=fit.information * said, score=fit.score * said[..., 0])
    X = data.X[data.group != 3]
    rest = silent.without_mouse(3, X, X).mixed.coefficients
    np.testing.assert_allclose(rest, silent.without(np.arange(8))[3], rtol=1e-9)


# ---- Through the growth fit ---------------------------------------------------------------------


def sheet(rate: float = -0.10, seed: int = 2):
    return studies.simulated({"a": rate, "b": 0.05}, slope_sd=0.012, days=DAYS, seed=seed)


def study(limit: float = 20, seed: int = 2, **rules: object):
    return studies.study_of(sheet(seed=seed), limit, **rules)


@pytest.mark.parametrize("shape", ["line", "curve"])
def test_an_arm_without_readings_below_the_limit_keeps_every_digit(shape: str) -> None:
    fits = [fit_growth(study(shape=shape, below_limit=how)) for how in ("censored", "drop")]
    plain, other = (next(piece for piece in fit.pieces if piece.arms == (1,)) for fit in fits)
    weights = np.eye(len(plain.values))
    assert plain.unseen is None
    # One search fits one arm here and two there, which may end a rounding apart.
    same = partial(np.testing.assert_allclose, rtol=1e-11)
    same(plain.values, other.values)
    same(plain.covariance, other.covariance)
    same(plain.degrees_of_freedom(weights), other.degrees_of_freedom(weights))


def test_an_arm_that_vanishes_has_the_rate_at_which_it_shrank() -> None:
    fit = fit_growth(study(shape="line"))
    at_limit = studies.fit_study(study(shape="line"), "limit")
    assert fit.rates().values[0] == pytest.approx(-0.10, abs=0.012)
    assert at_limit.rates().values[0] > -0.085
    assert fit.verdicts == ("shrinking", "growing")


def test_rows_in_another_order_give_the_same_fit() -> None:
    rows = take_log_volumes(study())
    design = study(shape="curve").design
    again = take_log_volumes(studies.study_of(sheet().sample(frac=1, random_state=3), 20))
    first, second = (fit_log_volumes(each, design).rates() for each in (rows, again))
    np.testing.assert_allclose(np.sort(first.values), np.sort(second.values), rtol=1e-7)


def test_leaving_a_mouse_out_takes_a_step_and_keeps_the_other_arms() -> None:
    fit = fit_growth(study(shape="curve"))
    rows = take_log_volumes(study(shape="curve"))
    left = without_mouse(fit, rows, 0)
    mine, theirs = (one.rates() for one in (left, fit))
    assert mine.values[1] == theirs.values[1]
    assert mine.values[0] != theirs.values[0]
    assert mine.values[0] == pytest.approx(theirs.values[0], abs=0.01)
    assert 0.5 < mine.covariance[0, 0] / theirs.covariance[0, 0] < 2


def test_what_is_compared_ends_where_an_arm_is_measurable_no_more() -> None:
    rng = np.random.default_rng(4)
    days = np.arange(0, 64, 3.5).round()
    course = 5.3 - 0.12 * np.minimum(days, 30) + 0.14 * np.maximum(days - 30, 0)
    back = [course + rng.normal(0, 0.1, len(days)) + rng.normal(0, 0.2) for _ in range(6)]
    early = [5.3 + 0.05 * days[:9] + rng.normal(0, 0.1, 9) for _ in range(6)]
    rows = studies.sheet_of({"back": back, "vehicle": early}, days)
    fit = fit_growth(studies.study_of(rows, 12, shape="curve"))
    assert fit.follow_up.until_day[0] == days[-1]
    assert fit.follow_up.until_day[1] == days[8]
    ends = fit.over(["back", "vehicle"]).follow_up.until_day
    assert (ends < days[8]).all()


def test_a_verdict_that_half_of_the_limit_would_turn_is_withheld() -> None:
    rng = np.random.default_rng(3)
    course = np.log([12, 22, 22, 22.2, 22.4, 22.3, 22.5])
    arm = [course + rng.normal(0, 0.01, 7) for _ in range(6)]
    rows = studies.sheet_of({"a": arm}, 3.0 * np.arange(7))
    fit = fit_growth(studies.study_of(rows, limit_mm3=20, blocked_below=0.0105))
    halved, _ = fit.placements
    assert judge_growth(fit) != judge_growth(halved)
    assert fit.verdicts == ("undecided",)
    assert [doubt.rule for doubt in fit.doubts].count("below-limit-verdict") == 1


def vanished(shape: str, **more: float) -> GrowthFit:
    """Arms whose tumours could be measured on the first day only, beside one that grows."""
    rows = studies.simulated({"gone": -1.5, "vehicle": 0.05} | more, days=DAYS, slope_sd=0.01)
    return fit_growth(studies.study_of(rows, 20, shape=shape))


@pytest.mark.parametrize("shape", ["line", "curve"])
def test_an_arm_that_vanishes_at_once_has_a_limit_on_one_side_and_is_the_best(shape: str) -> None:
    fit = vanished(shape)
    row = fit.to_frame().iloc[0]
    assert len(fit.pieces[-1].rows.y) == 16  # two readings a mouse; such arms stand last
    assert (row["from_day"], row["until_day"], row["verdict"]) == (0, 3, "shrinking")
    assert np.isnan(row["conf_low"])
    assert row["estimate"] < row["conf_high"] < -0.5
    assert [doubt.arms for doubt in fit.doubts if doubt.rule == "tumors-vanished"] == [("gone",)]


def test_what_may_shrink_faster_is_claimed_to_be_better_and_never_worse() -> None:
    fit = vanished("curve", other=-1.4)
    rates = fit.over(["gone", "vehicle", "other"]).rates()
    weights = np.array([[1.0, -1, 0], [-1, 1, 0], [1, 0, -1]])
    found = estimate_contrasts(rates, weights, 0.95)
    assert found.p_value[0] == found.p_value[1] < 1e-6
    assert found.conf_low[0] == -np.inf
    assert found.conf_high[0] == -found.conf_low[1]
    assert found.conf_high[1] == np.inf
    assert (found.p_value[2], found.conf_low[2], found.conf_high[2]) == (1, -np.inf, np.inf)


def test_growth_of_an_arm_that_may_shrink_faster_shows_nothing() -> None:
    rates = vanished("line").rates()
    turned = replace(rates, values=-rates.values)
    assert estimate_contrasts(turned, np.array([[1.0, 0]]), 0.95).p_value[0] == 1
