"""Counts of responses by arm."""

import numpy as np
import pytest

from xenotrack.response.by_arm import clopper_pearson, response_by_arm
from xenotrack.response.responses import mouse_responses

COURSES = {
    "cr": [(0, 200), (4, 20), (10, 4)],
    "pr": [(0, 200), (4, 100), (10, 90)],
    "sd": [(0, 200), (10, 210)],
    "ne": [(0, 200), (4, 210)],
    "pd": [(0, 200), (10, 900)],
}


def table_of(study):
    return response_by_arm(study, mouse_responses(study))


def test_counts_keep_the_mice_that_cannot_be_judged_in_the_denominator(study_of):
    table = table_of(study_of(COURSES)).set_index("category")
    assert table["n"].to_dict() == {
        "CR": 1,
        "PR": 1,
        "SD": 1,
        "PD": 1,
        "NE": 1,
        "objective": 2,
        "disease_control": 3,
    }
    assert (table["n_mice"] == 5).all()
    assert table.loc["objective", "proportion"] == pytest.approx(0.4)


def test_an_arm_without_mice_is_listed_without_a_proportion(study_of):
    arms = dict.fromkeys(COURSES, "drug")
    table = table_of(study_of(COURSES, arms=arms, arm_names=["vehicle", "drug"]))
    assert table["arm"].tolist() == ["vehicle"] * 7 + ["drug"] * 7
    empty = table[table["arm"] == "vehicle"]
    assert (empty["n_mice"] == 0).all()
    assert empty[["proportion", "conf_low", "conf_high"]].isna().all(axis=None)


def test_the_interval_inverts_the_exact_binomial_test():
    from scipy.special import bdtr, bdtrc

    for total in (1, 8, 10):
        for n in range(total + 1):
            (low,), (high,) = clopper_pearson(np.array([n]), np.array([total]), 0.9)
            assert low == 0 if n == 0 else bdtrc(n - 1, total, low) == pytest.approx(0.05)
            assert high == 1 if n == total else bdtr(n, total, high) == pytest.approx(0.05)
