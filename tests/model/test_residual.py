"""Readings that do not scatter alike: what R says of them, and how they are asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.model.arm_models import fit_any
from xenotrack.model.caliper import caliper_errors, shape_error
from xenotrack.model.diagnostics import residuals
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.residual import half_log_det, relative_covariance, whitened
from xenotrack.model.shapes.line import Line
from xenotrack.model.spread import variance_components

from . import growth_studies as studies

# The power and the correlation stand at flat tops: nlme's own searches end about 1e-5 apart.
NEAR = {"estimate": 1e-5, "std_error": 1e-5, "df": 1e-4, "parameter": 1e-4}
BALL = float(shape_error(np.ones((1, 3)), "half_lw2")[0])


@cache
def fitted(name, **growth):
    return studies.fit(studies.sheet(name), below_limit="drop", **growth)


@pytest.mark.parametrize("residual", ["power", "caliper", "car1"])
@pytest.mark.parametrize("name", ["two_by_two"])
def test_fits_are_those_of_nlme_with_kenward_and_roger_of_the_whitened_readings(name, residual):
    theirs = [r for r in studies.own_json(f"{name}.residual")["arms"] if r["residual"] == residual]
    fit = fitted(name, residual=residual)
    table, spread = fit.to_frame(), variance_components(fit)
    compared = 0
    for code, row in enumerate(theirs):
        if residual == "car1":
            assert (fit.pieces[code].rows.day_correlation is None) == (row["parameter"] == 0)
        # lme4 at nlme's parameter: nlme itself stops short of variances of 0.
        above = spread.loc[code, "log_likelihood"] - row["loglik_lme4"]
        assert -1e-6 < above < (1e-6 if residual == "caliper" else 1e-3)
        if above > 1e-6:
            continue
        for column in ("estimate", "std_error", "df"):
            assert table.loc[code, column] == pytest.approx(row[column], rel=NEAR[column])
        if row["loglik"] != pytest.approx(row["loglik_lme4"], abs=1e-6):
            continue
        compared += 1
        sigma = row["sigma"] / (BALL if residual == "caliper" else 1.0)
        assert spread.loc[code, "residual_sd"] == pytest.approx(sigma, rel=1e-4)
        parameter = spread.loc[code, ["residual_power", "day_correlation"]].astype(float)
        if residual != "caliper":
            own = parameter["residual_power" if residual == "power" else "day_correlation"]
            own = 0 if row["parameter"] == 0 and np.isnan(own) else own
            assert own == pytest.approx(row["parameter"], abs=1e-4)
    assert compared >= 1


@pytest.mark.parametrize("residual", ["power", "caliper", "car1"])
def test_errors_clustered_by_mouse_are_those_of_clubsandwich(residual):
    theirs = studies.own_json("two_by_two.residual")["arms"]
    table = fitted("two_by_two", residual=residual, df="cr2").to_frame()
    for code, row in enumerate(r for r in theirs if r["residual"] == residual):
        assert table.loc[code, "std_error"] == pytest.approx(row["std_error_cr2"], rel=1e-5)
        assert table.loc[code, "df"] == pytest.approx(row["df_cr2"], rel=1e-4)


def test_a_millimetre_counts_by_the_slopes_of_the_formula():
    # ½ · L · W²: ∂ ln V/∂L = 1/L, ∂ ln V/∂W = 2/W.
    asked = np.cbrt(320) * np.sqrt(1 / 10**2 + (2 / 8) ** 2)
    diameters = np.array([[10.0, 8.0, np.nan], [10.0, np.nan, np.nan], [0.0, 0.0, np.nan]])
    known = shape_error(diameters, "half_lw2")
    assert known[0] == pytest.approx(asked)
    assert np.isnan(known[1:]).all()
    assert np.isnan(shape_error(diameters, "half_lwh")[0])


def test_a_mouse_without_diameters_has_the_usual_shape():
    study = studies.study_of(studies.sheet("two_by_two"))
    assert caliper_errors(study) == pytest.approx(np.full(len(study.mice), BALL))


def test_whitened_readings_have_the_covariance_that_was_taken_from_them():
    piece = fitted("two_by_two", residual="car1").pieces[3]
    rows, n = piece.rows, len(piece.rows.y)
    R = np.zeros((n, n))
    for mouse in np.unique(rows.mouse):
        at = np.flatnonzero(rows.mouse == mouse)
        R[np.ix_(at, at)] = relative_covariance(rows, at)
    (inverse_root,) = whitened(rows, np.eye(n))
    np.testing.assert_allclose(inverse_root @ R @ inverse_root.T, np.eye(n), atol=1e-12)
    assert half_log_det(rows) == pytest.approx(np.linalg.slogdet(R)[1] / 2)


def test_residuals_are_those_of_the_readings_in_units_of_their_own_sd():
    fit = fitted("two_by_two", residual="caliper")
    table, piece = residuals(fit), fit.pieces[0]
    own = table[table["arm"] == "vehicle"]
    sd = np.sqrt(piece.mixed.residual_variance) * piece.rows.relative_sd
    assert own["residual"].to_numpy() * sd == pytest.approx(piece.rows.y - own["fitted"])
    assert own["residual"].std() == pytest.approx(0.9, abs=0.1)


def test_caliper_error_is_found_in_mm():
    """Diameters that err by .3 mm, of tumours that shrink from 10 to 5 mm and less."""
    rng, days = np.random.default_rng(5), np.arange(0.0, 43, 3)
    rate = -0.06 + 0.01 * rng.standard_normal((25, 1))
    width = np.cbrt(2 * np.exp(6.0 + rate * days) / 1.25)
    length, width = 1.25 * width, width
    read = [d + 0.3 * rng.standard_normal(d.shape) for d in (length, width)]
    mouse = np.repeat([f"m{k}" for k in range(25)], len(days))
    sheet = pd.DataFrame({"mouse": mouse, "arm": "a", "day": np.tile(days, 25)})
    sheet = sheet.assign(length_mm=read[0].ravel(), width_mm=read[1].ravel())
    sheet["volume"] = sheet["length_mm"] * sheet["width_mm"] ** 2 / 2
    spread = variance_components(studies.fit(sheet, residual="caliper"))
    assert spread["residual_sd"].to_numpy() == pytest.approx(0.3, abs=0.02)
    power = variance_components(studies.fit(sheet, residual="power"))
    assert power["residual_power"].to_numpy() == pytest.approx(-1.0, abs=0.2)


def test_the_unit_of_the_relative_sd_changes_nothing_with_readings_below_the_limit():
    study = studies.study_of(studies.sheet("two_by_two"), limit_mm3=180.0)
    rows = take_log_volumes(study).of_arms(np.arange(4) == 3)
    code, shape = np.array([3]), (Line(),)
    alike, unseen = fit_any(rows, code, shape)
    twice, other = fit_any(replace(rows, relative_sd=np.full(len(rows.y), 2.0)), code, shape)
    assert rows.n_below > 3
    assert twice.log_likelihood == pytest.approx(alike.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(twice.coefficients, alike.coefficients, rtol=1e-5)
    assert twice.residual_variance * 4 == pytest.approx(alike.residual_variance, rel=1e-4)
    np.testing.assert_allclose(2 * other.y, unseen.y, atol=1e-4)


@pytest.mark.parametrize("residual", ["caliper", "power"])
def test_readings_below_the_limit_scatter_as_others_do(residual):
    """With one reading below the limit the rates are all but those of all readings."""
    sheet = studies.sheet("two_by_two")
    limit = float(sheet["volume"].min()) * (1 + 1e-9)
    whole = studies.fit(sheet, residual=residual)
    limited = studies.fit(sheet, limit_mm3=limit, residual=residual)
    (unseen,) = (piece for piece in limited.pieces if piece.unseen is not None)
    at = unseen.rows.below
    assert at.sum() == 1
    assert unseen.rows.y[at][0] < np.log(limit)  # completed at its mean, in ln mm³
    np.testing.assert_allclose(limited.rates().values, whole.rates().values, atol=6e-4)


@pytest.mark.parametrize(
    ("growth", "limit", "message"),
    [
        ({"residual": "car1", "below_limit": "censored"}, 130.0, "--below-limit first"),
        ({"residual": "power", "shape": "gompertz"}, 0.0, "--shape curve"),
        ({"residual": "power", "baseline": "common", "variances": "pooled"}, 0.0, "--baseline arm"),
    ],
)
def test_what_the_model_cannot_have_is_refused_with_what_to_do(growth, limit, message):
    with pytest.raises(StudyError, match=message):
        studies.fit(studies.sheet("two_by_two"), limit_mm3=limit, **growth)
