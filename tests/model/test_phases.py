"""Straight lines that meet on declared days: the shape, what R says of it, and how it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from xenotrack.errors import StudyError
from xenotrack.model.shapes.line import Line
from xenotrack.model.shapes.phases import Phases, read_between

from . import growth_studies as studies

KNOTS = np.array([0.0, 14, 28])
HEIGHTS = np.array([5.0, 4.3, 5.7])


def test_each_phase_has_a_rate_of_its_own_and_goes_on_beyond_the_ends():
    shape = Phases(KNOTS)
    assert shape.rate(0, 14) @ HEIGHTS == pytest.approx(-0.05)
    assert shape.rate(20, 28) @ HEIGHTS == pytest.approx(0.1)
    assert shape.change(35, 28) @ HEIGHTS == pytest.approx(0.7)
    assert shape.height(-2) @ HEIGHTS == pytest.approx(5.1)
    assert shape.area(7, 21) @ HEIGHTS == pytest.approx(7 * (4.65 + 4.3) / 2 + 7 * (4.3 + 5) / 2)


def test_a_day_without_readings_on_both_sides_is_none_of_the_arms():
    day = np.array([0.0, 7, 14, 21])
    assert read_between(np.array([2.0, 10, 14, 30]), day, 0, 21).tolist() == [0, 10, 14, 21]


@pytest.mark.parametrize("name", ["regrowth", "two_by_two"])
def test_phases_are_those_of_lme4_and_pbkrtest(name):
    theirs = studies.own_json(f"{name}.phases")
    sheet, days = studies.sheet(name), tuple(map(float, theirs["turns"]))
    fit = studies.fit(sheet, shape="phases", phase_days=days, below_limit="drop")
    table = fit.to_frame()
    for code, row in enumerate(theirs["arms"]):
        shape = fit.shapes[code]
        assert " ".join(f"{knot:g}" for knot in shape.knots) == row["knots"]
        assert table.loc[code, "until_day"] == row["until_day"]
        assert fit.pieces[code].mixed.log_likelihood == pytest.approx(row["loglik"], abs=1e-6)
        for column in ("estimate", "std_error", "df"):
            assert table.loc[code, column] == pytest.approx(row[column], rel=1e-5)
        first = shape.rate(shape.knots[0], shape.knots[1]) @ fit.values[fit.blocks[code]]
        assert first == pytest.approx(row["first_rate"], rel=1e-5)


def test_phases_of_no_declared_day_within_are_a_line():
    sheet = studies.sheet("two_by_two")
    fit = studies.fit(sheet, shape="phases", phase_days=(60.0,))
    assert {type(shape) for shape in fit.shapes} == {Line}
    line = studies.fit(sheet, shape="line")
    np.testing.assert_allclose(fit.rates().values, line.rates().values, rtol=1e-9)


@pytest.mark.parametrize(
    ("growth", "message"),
    [
        ({"shape": "phases"}, "--phase-days 14,28"),
        ({"shape": "curve", "phase_days": (14.0,)}, "Choose --shape phases"),
        ({"shape": "phases", "phase_days": (14.0, 7.0)}, "days that increase"),
    ],
)
def test_days_and_shape_are_declared_together(growth, message):
    with pytest.raises(StudyError, match=message):
        studies.fit(studies.sheet("two_by_two"), **growth)
