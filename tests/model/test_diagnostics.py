"""Residuals and influence: against R, and against fits without the mouse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xenotrack.model.diagnostics import influence, residuals
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import take_log_volumes

from . import growth_studies as studies

NAMES = ("two_by_two", "unequal_spread")


def fitted(sheet: pd.DataFrame, **rules):
    study = studies.study_of(sheet, **{"below_limit": "drop", **rules})
    rows = take_log_volumes(study)
    return fit_log_volumes(rows, study.design), rows


@pytest.mark.parametrize("variances", ["by_arm", "pooled"])
@pytest.mark.parametrize("name", NAMES)
def test_residuals_are_those_of_lme4(name, variances):
    expected = pd.DataFrame(studies.own_json(f"{name}.diagnostics")[variances]["residuals"])
    found = residuals(fitted(studies.sheet(name), variances=variances)[0])
    both = found.merge(expected, on=["mouse", "day"], suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(expected) == len(found)
    np.testing.assert_allclose(both["fitted"], both["fitted_r"], rtol=1e-6)
    np.testing.assert_allclose(both["residual"], both["residual_r"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("variances", ["by_arm", "pooled"])
@pytest.mark.parametrize("name", NAMES)
def test_rates_without_a_mouse_are_those_of_generalised_least_squares(name, variances):
    expected = pd.DataFrame(studies.own_json(f"{name}.diagnostics")[variances]["without"])
    found = influence(fitted(studies.sheet(name), variances=variances)[0])
    both = found.merge(expected, on="mouse", suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(expected) == len(found)
    np.testing.assert_allclose(both["estimate"], both["estimate_r"], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("baseline", ["arm", "common", "ratio"])
def test_a_change_is_near_that_of_a_fit_without_the_mouse(baseline):
    sheet = studies.simulated({"A": 0.05, "B": 0.01}, n_mice=8, seed=5)
    rules = {"baseline": baseline, "variances": "pooled"}
    fit, _ = fitted(sheet, **rules)
    found = influence(fit).set_index("mouse")
    for mouse in ("A 2", "B 5"):
        again, _ = fitted(sheet[sheet["mouse"] != mouse], **rules)
        arm = fit.design.arm_names.index(mouse[0])
        change = again.rates().values[arm] - fit.rates().values[arm]
        assert found.loc[mouse, "change"] == pytest.approx(change, rel=0.15, abs=2e-4)


def test_a_mouse_that_grows_unlike_the_others_stands_out():
    sheet = studies.simulated({"A": 0.02, "B": 0.02}, n_mice=8, slope_sd=0.003, seed=2)
    odd = sheet["mouse"] == "A 3"
    sheet.loc[odd, "volume"] *= np.exp(0.1 * sheet.loc[odd, "day"])
    table = influence(fitted(sheet)[0])
    assert table.loc[table["change"].abs().idxmax(), "mouse"] == "A 3"
    assert table.set_index("mouse").loc["A 3", "change"] < 0


def test_lines_of_mice_are_left_out_one_by_one():
    mice = {"A": [[1, 2, 3], [1, 3, 5], [1, 2.5, 4]], "B": [[1, 1.5, 2], [1, 1, 1], [1, 2, 3]]}
    sheet = studies.sheet_of(mice, (0, 7, 14))
    fit, _ = fitted(sheet, variances="by_arm")
    assert all(piece.mixed is None for piece in fit.pieces)
    own = influence(fit).set_index("mouse")["estimate"]
    assert own["A 0"] == pytest.approx((2 + 1.5) / 2 / 7)
    assert own["B 1"] == pytest.approx((0.5 + 1) / 2 / 7)


@pytest.mark.parametrize("baseline", ["arm", "common", "ratio"])
def test_both_are_their_closed_forms_with_the_whole_covariance_matrix(baseline):
    sheet = studies.simulated({"A": 0.05, "B": 0.01}, n_mice=5, seed=8)
    fit, rows = fitted(sheet, baseline=baseline, variances="pooled")
    (piece,) = fit.pieces
    mixed = piece.mixed
    arm, day = rows.arm[:, None] == np.arange(2), rows.day[:, None]
    intercepts = {"arm": arm, "common": np.ones_like(day), "ratio": np.empty((len(day), 0))}
    X = np.hstack([intercepts[baseline], arm * day]).astype(float)
    mice = np.unique(rows.mouse)
    of_mouse = rows.mouse[:, None] == mice
    parts = [of_mouse * day] if baseline == "ratio" else [of_mouse * 1.0, of_mouse * day]
    Z = np.hstack(parts)
    around = np.kron(mixed.random_covariance, np.eye(len(mice)))
    V = mixed.residual_variance * np.eye(len(day)) + Z @ around @ Z.T

    def slopes(kept):
        W = np.linalg.inv(V[np.ix_(kept, kept)])
        return np.linalg.solve(X[kept].T @ W @ X[kept], X[kept].T @ W @ rows.y[kept])[-2:]

    expected = [slopes(rows.mouse != mouse)[rows.mouse_arm[mouse]] for mouse in mice]
    np.testing.assert_allclose(influence(fit)["estimate"], expected, rtol=1e-8)
    # An arm's intercept and slope stand side by side in the fit.
    order = [0, 2, 1, 3] if baseline == "arm" else slice(None)
    left = rows.y - X[:, order] @ mixed.coefficients
    residual = left - Z @ around @ Z.T @ np.linalg.solve(V, left)
    scaled = residual / np.sqrt(mixed.residual_variance)
    np.testing.assert_allclose(residuals(fit)["residual"], scaled, rtol=1e-7, atol=1e-9)


def test_lines_of_mice_leave_nothing_of_their_readings():
    mice = {"A": [[1, 2], [1, 3], [5]], "B": [[1, 1.5], [1, 1], [1, 2]]}
    fit, _ = fitted(studies.sheet_of(mice, (0, 7)), variances="by_arm")
    table = residuals(fit)
    assert table["residual"].isna().all()
    assert np.isnan(table.set_index("mouse").loc["A 2", "fitted"])
    np.testing.assert_allclose(table["fitted"][:4], [1, 2, 1, 3], atol=1e-12)


def test_without_spread_nothing_is_told_of_rounding():
    sheet = studies.simulated({"A": 0.05, "B": 0.01}, n_mice=5, slope_sd=0.0, noise_sd=0.0)
    sheet["volume"] = np.exp(5 + sheet["day"] * sheet["arm"].map({"A": 0.05, "B": 0.01}))
    table = influence(fitted(sheet)[0])
    assert np.allclose(table["change"], 0, atol=1e-12)
    assert table["change_in_errors"].isna().all()
