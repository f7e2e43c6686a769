"""How many mice did not grow, and how many progressed, with exact bounds."""

import numpy as np
import pytest

from xenotrack.response.blocked import blocked_by_arm
from xenotrack.response.responses import mouse_responses

STEPS = (0, 10, 20)


def course(rate):
    return [(day, 200 * float(np.exp(rate * day))) for day in STEPS]


@pytest.fixture
def blocked(study_of):
    rates = {"a1": -0.02, "a2": 0.0, "a3": 0.005, "a4": 0.05, "c1": 0.06, "c2": 0.07}
    courses = {mouse: course(rate) for mouse, rate in rates.items()} | {"a5": [(0, 200.0)]}
    arms = {mouse: "A" for mouse in courses if mouse.startswith("a")}
    study = study_of(courses, arms=arms, arm_names=("vehicle", "A", "B"))
    return blocked_by_arm(mouse_responses(study).mice, ("growing", "blocked", ""), study.design)


def test_mice_are_counted_by_their_own_rate_and_by_progression(blocked):
    rows = blocked[blocked["arm"] == "A"].set_index("category")
    assert rows["n"].to_dict() == {"not_growing": 2, "blocked": 3, "progressed": 1}
    # a5 has a baseline only: no rate, and censored at day 0.
    assert rows["n_mice"].to_dict() == {"not_growing": 4, "blocked": 4, "progressed": 5}
    assert set(rows["verdict"]) == {"blocked"}


def test_bounds_are_exact(blocked):
    row = blocked.set_index(["arm", "category"]).loc[("vehicle", "not_growing")]
    # None of two: the largest p with (1 − p)² ≥ .025.
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((0, 1 - np.sqrt(0.025)))


def test_an_arm_without_mice_is_listed_without_a_share(blocked):
    rows = blocked[blocked["arm"] == "B"]
    assert len(rows) == 3
    assert rows[["proportion", "conf_low", "conf_high"]].isna().all(axis=None)
    assert rows["verdict"].isna().all()
