"""Synergy over time: bands over all visits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model import growth_studies as studies
from xenotrack.compare.growth_synergy import growth_synergy
from xenotrack.compare.synergy_course import Course, largest_t
from xenotrack.model.growth import fit_growth

DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21, 24, 28])


def test_the_largest_t_lies_between_one_alone_and_bonferroni():
    day = DAYS[1:, None]
    walk = np.minimum(day, day.T)  # what is near in time is alike
    alone, together, apart = (
        largest_t(covariance, 12.0, 0.95) for covariance in (np.ones((8, 8)), walk, np.eye(8))
    )
    assert alone == pytest.approx(2.179, abs=0.01)  # t of one sum
    assert apart == pytest.approx(3.2, abs=0.03)  # studentised maximum modulus, 8 and 12
    assert alone < together < apart


def test_a_course_is_beyond_from_the_first_visit_that_stays_so():
    days = np.arange(5.0)
    high = np.array([1.0, -1, 1, -1, -2])
    assert Course(days, high - 3, high).beyond == 3
    assert Course(days, -high, 3 - high).beyond == 3
    assert np.isnan(Course(days, high[::-1] - 3, high[::-1]).beyond)
    assert np.isnan(Course(*np.empty((3, 0))).beyond)
    assert Course(days, high - 3, high).at(3.0) == (-4.0, -1.0)
    assert np.isnan(Course(days, high - 3, high).at(2.5)).all()


def synergy_of(both, visits=(7.0, 17.0, 28.0)):
    rng = np.random.default_rng(5)
    slopes = {"vehicle": 0.06 * DAYS, "A": 0.04 * DAYS, "B": 0.045 * DAYS, "A+B": both}
    sheet = studies.sheet_of(
        {
            arm: [
                5 + rng.normal(0, 0.2) + course + rng.normal(0, 0.004) * DAYS
                + rng.normal(0, 0.08, len(DAYS))
                for _ in range(8)
            ]
            for arm, course in slopes.items()
        },
        DAYS,
    )  # fmt: skip
    study = studies.study_of(sheet, shape="curve")
    found = growth_synergy(study, fit_growth(study), visits).to_frame()
    return found[(found["reference"] == "bliss") & (found["scale"] == "ln_volume")]


def test_the_band_is_wider_than_the_interval_of_each_visit():
    found = synergy_of(0.025 * DAYS)
    assert (found["band_low"] < found["conf_low"]).all()
    assert (found["band_high"] > found["conf_high"]).all()
    assert found["beyond_from"].isna().all()


def test_a_synergy_that_begins_late_is_told_from_the_day_from_which_it_is_sure():
    # Additive to day 14, then the tumours stop.
    found = synergy_of(0.025 * DAYS - 0.05 * np.maximum(DAYS - 14, 0))
    assert 17 <= found["beyond_from"].iloc[0] <= 28
    assert found["band_high"].iloc[-1] < 0 < found["band_high"].iloc[0]
