"""The area under the ln curve as an outcome: its mean change over the days that arms share."""

import numpy as np
import pytest
from model import growth_studies as studies

from xenotrack.compare.growth_source import mean_change_source
from xenotrack.errors import FitError
from xenotrack.model.growth import fit_growth

SHEET = studies.simulated({"a": 0.06, "b": 0.02}, n_mice=6, seed=5)


def test_it_is_the_integral_of_the_curve_above_where_it_began():
    fit = fit_growth(studies.study_of(SHEET, shape="curve")).over(["a", "b"])
    first, last = fit.days_shared(["a", "b"])
    days = np.linspace(first, last, 4001)
    for code, found in enumerate(fit.mean_changes().values):
        course = fit.shapes[code].fixed(days) @ fit.values[fit.blocks[code]]
        mean = np.trapezoid(course - course[0], days) / (last - first)
        assert found == pytest.approx(mean, abs=1e-6)


def test_of_lines_it_is_half_of_the_change():
    fit = fit_growth(studies.study_of(SHEET[SHEET["day"].isin((0, 7, 14))], shape="curve"))
    assert {shape.name for shape in fit.shapes} <= {"curve", "line"}
    shared = fit.over(["a", "b"])
    if all(shape.size == 2 for shape in shared.shapes):
        change = shared.rates().values * 14
        assert shared.mean_changes().values == pytest.approx(change / 2)


def test_contrasts_of_it_have_days_and_limits_and_a_straight_line_has_none():
    source = mean_change_source(fit_growth(studies.study_of(SHEET, shape="curve")))
    found = source.contrast_of(np.array([[-1.0, 1.0]]), 0.95)
    assert found.estimate[0] < 0
    assert found.conf_low[0] < found.estimate[0] < found.conf_high[0]
    assert source.days(["a", "b"]) == (0, 21)
    with pytest.raises(FitError, match="--shape curve"):
        mean_change_source(fit_growth(studies.study_of(SHEET, shape="line")))
