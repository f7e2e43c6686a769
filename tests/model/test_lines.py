"""Least-squares lines of mice, and the means of arms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from xenotrack.model.lines import fit_mouse_lines, mean_line
from xenotrack.model.log_volume import take_log_volumes

from . import growth_studies as studies


def lines_of(sheet, **growth):
    rows = take_log_volumes(studies.study_of(sheet, **growth))
    return rows, fit_mouse_lines(rows)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(studies.random_sheets())
def test_a_mouse_line_is_its_least_squares_line(sheet):
    rows, lines = lines_of(sheet)
    for code in range(len(rows.mice)):
        own = rows.mouse == code
        if own.sum() > 1:
            slope, intercept = np.polyfit(rows.day[own], rows.y[own], 1)
            assert lines.slope[code] == pytest.approx(slope, abs=1e-10)
            assert lines.intercept[code] == pytest.approx(intercept, abs=1e-9)


def test_a_ratio_line_goes_through_the_origin():
    rows, lines = lines_of(studies.simulated({"a": 0.05}, n_mice=2), baseline="ratio")
    own = rows.mouse == 1
    expected = np.linalg.lstsq(rows.day[own, None], rows.y[own], rcond=None)[0][0]
    assert lines.slope[1] == pytest.approx(expected)
    assert lines.intercept.tolist() == [0, 0]


def test_a_mouse_of_one_day_has_no_line():
    sheet = studies.sheet_of({"a": [[5, 5.1, 5.3], [5, np.nan, np.nan]]}, (0, 3, 7))
    _, lines = lines_of(sheet)
    assert np.isnan(lines.slope).tolist() == [False, True]
    assert np.isnan(lines.intercept).tolist() == [False, True]


def test_an_arm_is_the_mean_of_its_mice():
    rows, lines = lines_of(studies.simulated({"a": 0.05, "b": 0.02}, n_mice=5))
    mean, covariance, df = mean_line(lines, rows.mouse_arm == 1)
    own = lines.slope[5:]
    assert mean[1] == pytest.approx(own.mean())
    assert covariance[1, 1] == pytest.approx(own.var(ddof=1) / 5)
    assert covariance[0, 1] == pytest.approx(np.cov(lines.intercept[5:], own)[0, 1] / 5)
    assert df == 4


def test_mice_without_a_line_do_not_count():
    full = studies.sheet_of({"a": [[5, 5.1, 5.3], [5, 5.2, 5.5], [6, np.nan, np.nan]]}, (0, 3, 7))
    rows, lines = lines_of(full)
    without = mean_line(lines, np.array([True, True, False]))
    for found, expected in zip(mean_line(lines, rows.mouse_arm == 0), without, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_one_mouse_has_a_mean_without_spread():
    rows, lines = lines_of(studies.simulated({"a": 0.05}, n_mice=1))
    mean, covariance, df = mean_line(lines, rows.mouse_arm == 0)
    assert mean[1] == lines.slope[0]
    assert np.isnan(covariance).all()
    assert df == 0


def test_no_mouse_has_no_mean():
    _, lines = lines_of(studies.simulated({"a": 0.05}, n_mice=2))
    mean, covariance, _ = mean_line(lines, np.array([False, False]))
    assert np.isnan(mean).all()
    assert np.isnan(covariance).all()
