"""Each mouse's area under the curve and growth rate."""

import numpy as np
import pytest

from xenotrack.response.auc import auc_rates
from xenotrack.response.courses import courses_of
from xenotrack.response.growth_rate import doubling_times, growth_rates
from xenotrack.study.rules import GrowthRules


def exponential(rate, days):
    return [(day, 150 * np.exp(rate * day)) for day in days]


def rates(study):
    courses = courses_of(study)
    return auc_rates(courses), growth_rates(courses, study.design.rules.growth)


@pytest.mark.parametrize("rate", [0.08, 0.0, -0.03])
@pytest.mark.parametrize("days", [[0, 3, 7, 21], [-3, 4, 11], [2, 9, 12]])
def test_both_rates_of_an_exponential_tumour_are_its_rate(study_of, rate, days):
    auc, growth = rates(study_of({"a": exponential(rate, days), "b": exponential(0.2, [0, 5])}))
    assert auc == pytest.approx([rate, 0.2])
    assert growth == pytest.approx([rate, 0.2])


def test_the_area_is_that_of_trapezoids_by_hand(study_of):
    e = np.e
    auc, growth = rates(study_of({"m": [(0, 100), (2, 100 * e), (6, 100)]}))
    assert auc[0] == pytest.approx(2 / 36 * (1 + 2))
    assert growth[0] == pytest.approx(np.polyfit([0, 2, 6], [0, 1, 0], 1)[0])


def test_a_single_reading_has_no_rate(study_of):
    auc, growth = rates(study_of({"a": [(0, 100)], "b": [(-20, 100)], "c": [(0, 100), (9, 200)]}))
    assert np.isnan(auc).tolist() == [True, True, False]
    assert np.isnan(growth).tolist() == [True, True, False]


def test_a_mouse_without_baseline_has_a_growth_rate_but_no_area(study_of):
    auc, growth = rates(study_of({"m": exponential(0.05, [20, 30]), "n": exponential(0.1, [0, 9])}))
    assert np.isnan(auc[0])
    assert growth == pytest.approx([0.05, 0.1])


def test_the_growth_rate_is_over_the_declared_days(study_of):
    course = exponential(0.02, [0, 5]) + exponential(0.1, [10, 15, 20]) + exponential(0.3, [30])
    study = study_of({"m": course}, growth=GrowthRules(from_day=10, until_day=20))
    assert rates(study)[1] == pytest.approx([0.1])


def test_a_tumour_that_does_not_grow_has_no_doubling_time():
    assert np.isnan(doubling_times(np.array([0.0, -0.1, np.nan]))).all()
    assert doubling_times(np.array([np.log(2) / 7])) == pytest.approx([7])
