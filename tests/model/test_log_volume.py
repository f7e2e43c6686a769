"""Which readings enter the growth model, by each rule."""

from __future__ import annotations

import numpy as np
import pytest

from xenotrack.errors import StudyError
from xenotrack.model.growth import fit_growth
from xenotrack.model.log_volume import LogVolumes, take_log_volumes

from . import growth_studies as studies

DAYS = (0, 3, 7, 10, 14, 17)


def readings(*volumes: float | None, limit_mm3: float = 0.0, days=DAYS, **growth) -> LogVolumes:
    """One mouse with these volumes, beside one that grows plainly."""
    logs = [np.nan if v is None else np.log(v) if v > 0 else -np.inf for v in volumes]
    plain = 5 + 0.05 * np.array(days, dtype=float)
    sheet = studies.sheet_of({"a": [logs], "b": [plain]}, days)
    return take_log_volumes(studies.study_of(sheet, limit_mm3, **growth))


def seen(rows: LogVolumes) -> list[tuple[float, float]]:
    """Day and volume of the first mouse."""
    own = rows.mouse == 0
    volume = np.round(np.exp(rows.y[own]), 6)
    return list(zip(rows.day[own].tolist(), volume.tolist(), strict=True))


def test_readings_above_the_limit_enter_as_they_are():
    rows = readings(100, 120, 150, 190, 240, 300, limit_mm3=15)
    assert seen(rows) == list(zip(DAYS, (100, 120, 150, 190, 240, 300), strict=True))
    assert rows.arm.tolist() == [0] * 6 + [1] * 6
    assert rows.mice.tolist() == ["a 0", "b 0"]


class TestBelowTheLimit:
    volumes = (100, 12, 8, 40, 9, 10)  # two runs below 15

    def of(self, treatment):
        return seen(readings(*self.volumes, limit_mm3=15, below_limit=treatment))

    def test_first_keeps_the_first_of_each_run_at_the_limit(self):
        assert self.of("first") == [(0, 100), (3, 15), (10, 40), (14, 15)]

    def test_limit_keeps_all_at_the_limit(self):
        assert self.of("limit") == [(0, 100), (3, 15), (7, 15), (10, 40), (14, 15), (17, 15)]

    def test_half_keeps_all_at_half(self):
        expected = [(0, 100), (3, 7.5), (7, 7.5), (10, 40), (14, 7.5), (17, 7.5)]
        assert self.of("half") == expected

    def test_drop_keeps_none(self):
        assert self.of("drop") == [(0, 100), (10, 40)]

    def test_another_treatment_can_be_asked_for(self):
        sheet = studies.sheet_of({"a": [np.log(self.volumes)]}, DAYS)
        study = studies.study_of(sheet, 15, below_limit="first")
        assert seen(take_log_volumes(study, "drop")) == self.of("drop")

    def test_a_reading_at_the_limit_is_measurable(self):
        assert seen(readings(100, 15, 15, limit_mm3=15, below_limit="drop"))[1:] == [
            (3, 15),
            (7, 15),
        ]


def test_a_run_below_the_limit_ends_with_its_mouse():
    sheet = studies.sheet_of({"a": [np.log([50, 10]), np.log([10, 50])]}, (0, 3))
    rows = take_log_volumes(studies.study_of(sheet, 15, below_limit="first"))
    assert rows.mouse.tolist() == [0, 0, 1, 1]


def test_zeros_without_a_limit_lie_below_the_smallest_positive_volume():
    rows = readings(100, 0, 0, 30, below_limit="limit")
    assert seen(rows) == [(0, 100), (3, 30), (7, 30), (10, 30)]
    assert seen(readings(100, 0, 0, 30, below_limit="half"))[1] == (3, 15)


def test_a_missing_reading_is_no_reading():
    assert seen(readings(100, None, 150)) == [(0, 100), (7, 150)]


class TestDays:
    def test_readings_start_at_the_mouses_baseline(self):
        rows = readings(90, 100, 120, days=(-6, -2, 3))
        assert seen(rows) == [(-2, 100), (3, 120)]

    def test_a_late_baseline_starts_there(self):
        assert seen(readings(None, 100, 120, days=(0, 2, 5))) == [(2, 100), (5, 120)]

    def test_from_and_until_include_their_days(self):
        rows = readings(100, 120, 150, 190, 240, 300, from_day=3, until_day=14)
        assert [day for day, _ in seen(rows)] == [3, 7, 10, 14]

    def test_from_goes_before_the_baseline_too(self):
        rows = readings(90, 100, 120, days=(-6, -2, 3), from_day=-6)
        assert [day for day, _ in seen(rows)] == [-6, -2, 3]

    def test_a_mouse_without_a_baseline_stays(self):
        rows = readings(None, None, None, 190, 240, 300)
        assert seen(rows) == [(10, 190), (14, 240), (17, 300)]

    def test_a_mouse_without_a_baseline_brings_no_readings_from_before_the_window(self):
        rows = readings(50, None, 190, 240, days=(-20, 0, 12, 15))
        assert seen(rows) == [(12, 190), (15, 240)]


class TestRatio:
    def of(self, *volumes, **options):
        return seen(readings(*volumes, baseline="ratio", **options))

    def test_rows_are_relative_to_the_baseline_and_after_day_zero(self):
        assert self.of(100, 120, 150) == [(3, 1.2), (7, 1.5)]

    def test_days_count_from_the_baseline_reading(self):
        assert self.of(100, 110, 150, days=(-2, 1, 4)) == [(3, 1.1), (6, 1.5)]
        assert self.of(None, 100, 150, days=(0, 2, 6)) == [(4, 1.5)]

    def test_readings_up_to_day_zero_are_left_out(self):
        assert self.of(90, 100, 150, days=(-5, 0, 4), from_day=-5) == [(4, 1.5)]

    def test_a_mouse_without_a_baseline_has_no_ratio(self):
        assert self.of(None, None, None, 190, 240) == []

    def test_a_baseline_below_the_limit_has_no_ratio(self):
        assert self.of(10, 120, 150, limit_mm3=15) == []

    def test_the_limit_enters_relative_to_the_baseline(self):
        assert self.of(100, 10, 150, limit_mm3=15) == [(3, 0.15), (7, 1.5)]

    def test_the_model_goes_through_the_origin(self):
        assert readings(100, 120, 150, baseline="ratio").through_origin
        assert not readings(100, 120, 150).through_origin


class TestCommon:
    def test_every_mouse_needs_a_reading_on_day_zero(self):
        with pytest.raises(StudyError, match=r"1 have none \(a 0\). Choose --baseline arm"):
            readings(None, 120, 150, baseline="common")

    def test_a_day_zero_that_is_left_out_does_not_count(self):
        with pytest.raises(StudyError, match=r"2 have none \(a 0, b 0\)"):
            readings(100, 120, 150, baseline="common", from_day=3)

    def test_a_mouse_without_usable_readings_is_not_asked_for_day_zero(self):
        rows = readings(None, None, None, 190, 240, baseline="common", until_day=7)
        assert seen(rows) == []

    def test_readings_at_day_zero_throughout_are_taken(self):
        assert len(seen(readings(100, 120, 150, baseline="common"))) == 3


def test_flat_runs_at_the_limit_do_not_draw_a_slope():
    days = np.arange(0, 40, 4.0)
    falling = [6 - 0.3 * days + shift for shift in (0, 0.1, 0.2, -0.1)]
    study = studies.study_of(studies.sheet_of({"a": falling}, days), limit_mm3=15)
    first = fit_growth(study).values[1]
    flat = studies.fit_study(study, "limit").values[1]
    assert first == pytest.approx(-0.3, abs=0.03)
    assert flat > -0.1


def test_arms_and_mice_are_counted():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, n_mice={"a": 3, "b": 2}, days=(0, 3, 7))
    rows = take_log_volumes(studies.study_of(sheet.drop(index=[0, 1])))
    assert rows.readings_by_mouse().tolist() == [1, 3, 3, 3, 3]
    assert rows.mice_with(2).tolist() == [2, 2]
    assert rows.mice_with(1).tolist() == [3, 2]
    only_b = rows.of_arms(np.array([False, True]))
    assert only_b.readings_by_mouse().tolist() == [0, 0, 0, 3, 3]
    assert only_b.y.tolist() == rows.y[rows.arm == 1].tolist()
