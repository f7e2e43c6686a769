"""What mice that left unexplained would have to have done for a claim on growth to end."""

import pandas as pd
import pytest

from tests.response.conftest import build_study
from xenotrack.compare.tipping_point import tipping_points

FULL = [(day, 100.0) for day in (0, 10, 20)]
ROW = {
    **{"contrast": "A - vehicle", "arm": "A", "against": "vehicle", "best_part": None},
    **{"from_day": 0.0, "until_day": 20.0, "estimate": -0.04, "shows": "better"},
    **{"claim_low": -0.06, "claim_high": -0.01},
}


def study_of(**fates):
    """Four mice an arm; one with a fate was last read on day 10."""
    names = ["v1", "v2", "v3", "v4", "a1", "a2", "a3", "a4"]
    return build_study(
        {name: FULL[:2] if name in fates else FULL for name in names},
        arms={name: "vehicle" if name[0] == "v" else "A" for name in names},
        fates=fates,
    )


def points(study, **changes):
    return tipping_points(study, pd.DataFrame([{**ROW, **changes}]))


def test_delta_is_the_claims_limit_over_the_share_of_mouse_days_missing():
    (row,) = points(study_of(a1="toxicity", a2="unknown")).itertuples()
    # Two of four mice miss half of the window.
    assert (row.n_mice, row.n_left) == (4, 2)
    assert row.share_missing == pytest.approx(2 * 10 / (4 * 20))
    assert row.tipping_delta == pytest.approx(0.01 / 0.25)
    # rate + δ · share reaches the limit exactly.
    assert -0.01 + row.tipping_delta * row.share_missing == pytest.approx(0)
    assert row.gap == pytest.approx(0.04)


def test_a_claim_holds_where_those_that_left_may_grow_as_the_other_arm():
    left = study_of(a1="toxicity")
    assert points(left)["holds"].tolist() == [True]
    assert points(left, claim_high=-0.004)["holds"].tolist() == [False]


def test_mice_that_left_for_size_or_by_accident_are_explained():
    assert points(study_of(a1="tumor_size", a2="technical", a3="unrelated")).empty


def test_only_the_better_arm_has_mice_to_make_worse():
    left = study_of(v1="toxicity")
    assert points(left).empty
    worse = points(left, shows="worse", estimate=0.04, claim_low=0.01, claim_high=0.06)
    assert worse["better_arm"].tolist() == ["vehicle"]
    assert worse["tipping_delta"].tolist() == pytest.approx([0.01 / (10 / 80)])


@pytest.mark.parametrize("shows", ["not shown", "withheld", None])
def test_what_is_not_claimed_has_no_tipping_point(shows):
    assert points(study_of(a1="toxicity"), shows=shows).empty


def test_of_several_parts_the_best_is_the_other_arm():
    found = points(study_of(a1="toxicity"), against="best part", best_part="vehicle")
    assert found["other_arm"].tolist() == ["vehicle"]
