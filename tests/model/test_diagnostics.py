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
    found = residuals(*fitted(studies.sheet(name), variances=variances))
    both = found.merge(expected, on=["mouse", "day"], suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(expected) == len(found)
    np.testing.assert_allclose(both["fitted"], both["fitted_r"], rtol=1e-6)
    np.testing.assert_allclose(both["residual"], both["residual_r"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("variances", ["by_arm", "pooled"])
@pytest.mark.parametrize("name", NAMES)
def test_rates_without_a_mouse_are_those_of_generalised_least_squares(name, variances):
    expected = pd.DataFrame(studies.own_json(f"{name}.diagnostics")[variances]["without"])
    found = influence(*fitted(studies.sheet(name), variances=variances))
    both = found.merge(expected, on="mouse", suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(expected) == len(found)
    np.testing.assert_allclose(both["estimate"], both["estimate_r"], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("baseline", ["arm", "common", "ratio"])
def test_a_change_is_near_that_of_a_fit_without_the_mouse(baseline):
    sheet = studies.simulated({"A": 0.05, "B": 0.01}, n_mice=8, seed=5)
    fit, rows = fitted(sheet, baseline=baseline)
    found = influence(fit, rows).set_index("mouse")
    for mouse in ("A 2", "B 5"):
        again, _ = fitted(sheet[sheet["mouse"] != mouse], baseline=baseline)
        arm = fit.design.arm_names.index(mouse[0])
        change = again.slopes().values[arm] - fit.slopes().values[arm]
        assert found.loc[mouse, "change"] == pytest.approx(change, rel=0.15, abs=2e-4)


def test_a_mouse_that_grows_unlike_the_others_stands_out():
    sheet = studies.simulated({"A": 0.02, "B": 0.02}, n_mice=8, slope_sd=0.003, seed=2)
    odd = sheet["mouse"] == "A 3"
    sheet.loc[odd, "volume"] *= np.exp(0.1 * sheet.loc[odd, "day"])
    table = influence(*fitted(sheet))
    assert table.loc[table["change"].abs().idxmax(), "mouse"] == "A 3"
    assert table.set_index("mouse").loc["A 3", "change"] < 0


def test_lines_of_mice_are_left_out_one_by_one():
    mice = {"A": [[1, 2, 3], [1, 3, 5], [1, 2.5, 4]], "B": [[1, 1.5, 2], [1, 1, 1], [1, 2, 3]]}
    sheet = studies.sheet_of(mice, (0, 7, 14))
    fit, rows = fitted(sheet, variances="by_arm")
    assert all(piece.mixed is None for piece in fit.pieces)
    own = influence(fit, rows).set_index("mouse")["estimate"]
    assert own["A 0"] == pytest.approx((2 + 1.5) / 2 / 7)
    assert own["B 1"] == pytest.approx((0.5 + 1) / 2 / 7)
