"""Rounded diameters: the likelihood against adaptive quadrature of our own, and the whole fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from tests.model import growth_studies as studies
from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.errors import StudyError
from xenotrack.model.censored import fit_censored
from xenotrack.model.censored_likelihood import MANY, mouse_parts, take_readings
from xenotrack.model.growth import fit_growth, fit_log_volumes, without_mouse
from xenotrack.model.log_volume import LogVolumes, take_log_volumes
from xenotrack.model.reml import fit_reml
from xenotrack.model.rounding import rounding_factors
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules, StudyRules, VolumeRules
from xenotrack.study.study import Study

DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21])
SIGMA, LIMIT = 0.15, np.log(20.0)
COVARIANCE = np.array([[0.09, 0.001], [0.001, 0.0005]])


def lines(n: int = 4, half: float = 0.2, seed: int = 3):
    """Mice with lines of their own, read to ± half of ln volume, and not at all below the limit."""
    rng = np.random.default_rng(seed)
    group, day = np.repeat(np.arange(n), len(DAYS)), np.tile(DAYS, n)
    y = 4.2 + rng.normal(0, 0.3, n)[group] + (rng.normal(0, 0.02, n) - 0.05)[group] * day
    y = 2 * half * np.round((y + rng.normal(0, SIGMA, len(y))) / (2 * half))
    below = y < LIMIT
    ends = np.where(below[:, None], (-np.inf, 0.0), (-half, half))
    return np.where(below, LIMIT, y), np.column_stack([np.ones_like(day), day]), group, ends


def by_quadrature(y: Floats, mean: Floats, Z: Floats, ends: Floats, q: int) -> float:
    """ln L of one mouse: adaptively in one direction, by a fine grid of ±9 SD in two."""
    root = np.linalg.cholesky(COVARIANCE[:q, :q])

    def density(u: Floats) -> Floats:
        v = ((y - mean) - (u @ root.T) @ Z.T) / SIGMA
        each = norm.cdf(v + ends[:, 1] / SIGMA) - norm.cdf(v + ends[:, 0] / SIGMA)
        return np.asarray(np.prod(each, axis=-1) * np.prod(norm.pdf(u), axis=-1))

    if q == 1:
        found = quad(lambda u: float(density(np.array([u]))), -8, 8, epsabs=0, epsrel=1e-10)
        return float(np.log(found[0]))
    nodes, weights = np.polynomial.legendre.leggauss(300)
    grid = 9 * np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 2)
    return float(np.log(81 * np.outer(weights, weights).ravel() @ density(grid)))


@pytest.mark.parametrize("q", [1, 2])
def test_the_likelihood_of_each_mouse_is_that_of_quadrature_of_our_own(q: int) -> None:
    y, X, group, ends = lines()
    Z, beta = X[:, :q], np.array([4.1, -0.04])
    readings = take_readings(y, X, Z, group, np.full(len(y), True), ends)
    readings = replace(readings, nodes=MANY[q])
    scale = np.outer(readings.patterns.z_scale, readings.patterns.z_scale)
    factor = np.linalg.cholesky(COVARIANCE[:q, :q] * scale) / SIGMA
    shift = np.linalg.solve(readings.patterns.to_user, beta) - readings.patterns.ols
    parts = mouse_parts(readings, factor[None], np.array([SIGMA]), shift[None])
    assert np.isinf(ends[:, 0]).any()
    for value, mouse in zip(parts.value[0], readings.mouse, strict=True):
        own = group == mouse
        expected = by_quadrature(y[own], X[own] @ beta, Z[own], ends[own], q)
        assert value == pytest.approx(expected, abs=2e-5)


def test_score_and_information_are_the_derivatives_of_the_likelihood() -> None:
    y, X, group, ends = lines()
    readings = take_readings(y, X, X, group, np.full(len(y), True), ends)
    readings = replace(readings, nodes=21)
    factor, sigma = np.array([[[2.0, 0.0], [0.3, 1.5]]]), np.array([SIGMA])
    here, step = np.array([0.05, -0.03]), 1e-4
    parts = mouse_parts(readings, factor, sigma, here[None])
    for place in range(2):
        up, down = (
            mouse_parts(readings, factor, sigma, (here + sign * step * np.eye(2)[place])[None])
            for sign in (1, -1)
        )
        slope = (up.value[0] - down.value[0]) / (2 * step)
        np.testing.assert_allclose(parts.score[0][:, place], slope, atol=1e-4)
        bend = (up.score[0] - down.score[0]) / (2 * step)
        np.testing.assert_allclose(-parts.information[0][:, place], bend, atol=1e-3)


def test_finely_rounded_readings_have_the_fit_of_measured_ones() -> None:
    y, X, group, _ = lines(half=0.001)
    ends = np.full((len(y), 2), (-0.001, 0.001))
    found = fit_censored(y, X, X, group, np.full(len(y), True), ends=ends)
    exact = fit_reml(y, X, X, group)
    np.testing.assert_allclose(found.mixed.coefficients, exact.coefficients, rtol=1e-4)
    assert found.mixed.residual_variance == pytest.approx(exact.residual_variance, rel=1e-3)
    whole = found.mixed.covariance + found.lost
    np.testing.assert_allclose(whole, exact.covariance, rtol=1e-2)


def test_diameters_are_rounded_each_for_itself() -> None:
    found = rounding_factors(np.array([[10.0, 8, 5], [10, np.nan, 5]]), "half_lwh", 0.5)
    moved = [np.log((np.array([10, 8, 5]) + by) / [10, 8, 5]) for by in (-0.25, 0.25)]
    assert np.log(found[0]) == pytest.approx([-np.linalg.norm(moved[0]), np.linalg.norm(moved[1])])
    assert found[1].tolist() == [1, 1]


def test_what_rounding_leaves_open_is_as_wide_as_its_errors_scatter() -> None:
    rng = np.random.default_rng(1)
    error = rng.uniform(-0.5, 0.5, (2, 100_000))
    scatter = np.std(np.log(12 + error[0]) + 2 * np.log(10 + error[1]))
    low, high = np.log(rounding_factors(np.array([[12.0, 10, np.nan]]), "half_lw2", 1.0)[0])
    assert (high - low) / np.sqrt(12) == pytest.approx(scatter, rel=0.01)


# ---- Through the growth fit ---------------------------------------------------------------------


def sheet(step: float = 0.5, arms: tuple[str, ...] = ("a", "b")):
    """Small tumours, written to a step of the calipers, mice of an arm side by side."""
    rows = studies.simulated(dict.fromkeys(arms, 0.02), n_mice=5, days=DAYS, seed=2)
    width = step * np.round(np.cbrt(2 * rows["volume"] / 5) / step)
    rows = rows.assign(length_mm=width, width_mm=width, volume_mm3=0.5 * width**3)
    return rows.drop(columns="volume")


def study(step: float | None, rows=None, unit: str = "mouse", **growth: object) -> Study:
    rules = Rules(
        study=StudyRules(experimental_unit=unit),  # type: ignore[arg-type]
        volume=VolumeRules(rounding_mm=step),
        growth=GrowthRules(**{"shape": "line", **growth}),  # type: ignore[arg-type]
    )
    rows = sheet() if rows is None else rows
    return Study.of_frame(rows, Design.of_names("study", ["a", "b"], rules))


def test_without_a_rounding_nothing_changes() -> None:
    rows = take_log_volumes(study(None))
    assert rows.ends is None
    assert rows.is_exact


def test_a_rounded_study_has_wider_residuals_taken_out_and_a_rate_near_that_of_its_readings() -> (
    None
):
    exact, rounded = (fit_growth(study(step)) for step in (None, 0.5))
    rates = [fit.rates() for fit in (exact, rounded)]
    assert rates[0].values == pytest.approx(rates[1].values, abs=0.004)
    assert (rates[0].values != rates[1].values).all()
    sd = [fit.pieces[0].mixed.residual_variance ** 0.5 for fit in (exact, rounded)]
    assert sd[1] < sd[0]
    (found,) = estimate_contrasts(rounded.rates(), np.array([[1.0, -1.0]]), 0.95).p_value
    assert 0 < found < 1


def test_a_mouse_can_be_left_out_of_rounded_readings() -> None:
    own = study(0.5)
    fit, rows = fit_growth(own), take_log_volumes(own)
    left = without_mouse(fit, rows, 0).rates()
    again = fit_log_volumes(rows.without(0), own.design).rates()
    assert left.values[1] == fit.rates().values[1]
    assert left.values[0] == pytest.approx(again.values[0], abs=0.003)


def test_readings_keep_their_ends_in_any_order() -> None:
    rows: LogVolumes = take_log_volumes(study(0.5))
    mixed = take_log_volumes(study(0.5, sheet().sample(frac=1, random_state=1)))
    np.testing.assert_array_equal(rows.ends, mixed.ends)
    half = rows.of_arms(np.array([False, True]))
    np.testing.assert_array_equal(half.ends, rows.ends[rows.arm == 1])
    width = np.cbrt(2 * np.exp(rows.y))
    np.testing.assert_allclose(rows.ends[:, 1], np.sqrt(5) * np.log((width + 0.25) / width))


@pytest.mark.parametrize(
    ("growth", "words"),
    [
        ({"residual": "caliper"}, "--residual constant"),
        ({"shape": "gompertz"}, "--shape curve"),
        ({"shape": "line", "baseline": "ratio", "variances": "pooled"}, "--baseline arm"),
    ],
)
def test_what_is_not_known_of_rounded_readings_is_refused(growth, words) -> None:
    with pytest.raises(StudyError, match=words):
        fit_growth(study(0.5, **growth))


def test_blocks_by_arm_are_refused_and_cages_and_pooled_blocks_are_not() -> None:
    rows = sheet()
    place = rows.groupby("arm")["mouse"].transform(
        lambda own: np.unique(own, return_inverse=True)[1]
    )
    blocked = rows.assign(block=np.where(place < 2, "one", "two"))
    with pytest.raises(StudyError, match="--variances pooled"):
        fit_growth(study(0.5, blocked))
    assert np.isfinite(fit_growth(study(0.5, blocked, variances="pooled")).rates().values).all()
    caged = rows.assign(cage=rows["arm"] + np.where(place < 2, "1", "2"))
    fit = fit_growth(study(0.5, caged, unit="cage"))
    assert fit.rates().degrees_of_freedom(np.eye(2)) == pytest.approx([1, 1])


def test_volumes_without_diameters_cannot_be_rounded() -> None:
    rows = sheet().drop(columns=["length_mm", "width_mm"])
    with pytest.raises(StudyError, match="volumes alone"):
        fit_growth(study(0.5, rows))
