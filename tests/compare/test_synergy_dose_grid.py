import numpy as np
import pytest
from scipy import stats

from xenotrack.compare.dose_grid import estimate_dose_grids
from xenotrack.compare.joint_tests import independent_rows, welch_james
from xenotrack.glossary import TABLES

from .reference import design_of, simple_estimates

GRID = {"veh": 0.06, "a_1": 0.05, "a_10": 0.03, "b_2": 0.055, "b_20": 0.04}
PAIRS = {"a_1+b_2": 0.045, "a_1+b_20": 0.02, "a_10+b_2": 0.025, "a_10+b_20": 0.01}


def grids(rates, **how):
    estimates = simple_estimates(rates, independent=True, **how)
    return estimate_dose_grids(estimates, design_of(estimates.arms), 0.95, welch_james(estimates))


def test_a_grid_has_the_bliss_excess_of_each_pair_of_doses():
    (grid,) = grids(GRID | PAIRS)
    frame = grid.to_frame()
    assert tuple(frame.columns) == TABLES["dose_grid"]
    cells = frame.iloc[:4]
    assert cells[["dose_a", "dose_b"]].to_numpy().tolist() == [[1, 2], [1, 20], [10, 2], [10, 20]]
    assert cells["estimate"].tolist() == pytest.approx([0.0, -0.01, 0.0, 0.0], abs=1e-12)
    assert cells["std_error"].tolist() == pytest.approx([0.02] * 4)
    assert set(cells["drug_a"] + cells["drug_b"]) == {"ab"}


def test_the_joint_test_takes_shared_arms_into_account():
    rates = GRID | {"a_1+b_2": 0.02, "a_1+b_20": 0.0, "a_10+b_2": 0.03, "a_10+b_20": -0.01}
    (grid,) = grids(rates, df=np.inf)
    last = grid.to_frame().iloc[-1]
    excess = grid.estimate
    # Cells share the vehicle, and those in a row or column a single drug.
    shared = np.array([[4, 2, 2, 1], [2, 4, 1, 2], [2, 1, 4, 2], [1, 2, 2, 4]]) * 1e-4
    quadratic = excess @ np.linalg.solve(shared, excess)
    assert last["combination"] == "all doses"
    assert last["statistic"] * 4 == pytest.approx(quadratic)
    assert last["p_value"] == pytest.approx(stats.chi2.sf(quadratic, 4))
    assert last["df_numerator"] == 4


def test_one_drug_may_have_one_dose_or_none_in_its_name():
    rates = {"veh": 0.06, "ET": 0.05, "b_2": 0.05, "b_20": 0.04, "ET+b_2": 0.04, "ET+b_20": 0.0}
    (grid,) = grids(rates)
    frame = grid.to_frame()
    assert frame["drug_a"].iloc[0] == "ET"
    assert frame["dose_a"].isna().all()
    assert frame["dose_b"].tolist()[:2] == [2, 20]


def test_a_pair_at_one_dose_is_no_grid():
    rates = {"veh": 0.06, "a_1": 0.05, "b_2": 0.04, "a_1+b_2": 0.03}
    assert grids(rates) == ()
    assert grids({"vehicle": 0.06, "A": 0.05, "B": 0.04, "A+B": 0.03}) == ()


def test_a_cell_without_its_singles_is_left_out():
    rates = {arm: rate for arm, rate in (GRID | PAIRS).items() if arm != "a_10"}
    (grid,) = grids(rates)
    assert [cell.arm.name for cell in grid.cells] == ["a_1+b_2", "a_1+b_20"]


def test_doses_in_several_units_are_no_grid():
    rates = {"veh": 0.06, "a 1 mg": 0.05, "a 1 g": 0.03, "b": 0.05}
    assert grids(rates | {"a 1 mg+b": 0.04, "a 1 g+b": 0.01}) == ()


def test_a_cell_that_is_not_estimable_is_left_out_of_the_joint_test():
    rates = GRID | PAIRS | {"a_10+b_20": np.nan}
    (grid,) = grids(rates)
    assert np.isnan(grid.estimate[3])
    assert grid.joint.df_numerator == 3


def test_rows_that_follow_from_others_are_not_counted():
    assert len(independent_rows(np.array([[1.0, -1, 0], [0, 1, -1], [1, 0, -1]]))) == 2
