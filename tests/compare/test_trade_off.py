"""Growth against weight: one point an arm."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xenotrack.compare.trade_off import TRADE_OFF, trade_off

from .reference import design_of, simple_estimates

RATES, CHANGES = {"vehicle": 0.06, "A": 0.01}, {"vehicle": 0.5, "A": -6.0}


def test_an_arm_is_a_point_with_the_limits_of_this_arm_alone():
    growth, weight = simple_estimates(RATES), simple_estimates(CHANGES)
    exits = pd.Series({"A": 2, "vehicle": 0})
    found = trade_off(growth, weight, exits, design_of(tuple(RATES)))
    assert tuple(found.columns) == TRADE_OFF
    row = found.set_index("arm").loc["A"]
    assert (row["growth_rate"], row["net_weight"], row["n_toxicity_exits"]) == (0.01, -6.0, 2)
    reach = stats.t.ppf(0.975, 20) * np.sqrt(growth.covariance[1, 1])
    assert (row["growth_low"], row["growth_high"]) == pytest.approx((0.01 - reach, 0.01 + reach))
    assert row["net_weight_high"] - row["net_weight"] == pytest.approx(reach)


def test_an_arm_without_fates_or_weights_has_empty_cells():
    unweighed = simple_estimates({"vehicle": np.nan, "A": np.nan})
    exits = pd.Series({"A": pd.NA, "vehicle": pd.NA}, dtype="Int64")
    found = trade_off(simple_estimates(RATES), unweighed, exits, design_of(tuple(RATES)))
    assert found["net_weight"].isna().all()
    assert found["n_toxicity_exits"].isna().all()
    assert found["growth_rate"].notna().all()
