import numpy as np
import pandas as pd
import pytest

from xenotrack.response.courses import Courses
from xenotrack.response.regrowth import regrowth_from_nadir
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.volume import tumor_volume

VISITS = np.array([0.0, 3, 7, 10, 14, 17, 21, 24, 28, 31, 35, 38, 42])


def courses_of_volumes(volumes, days=None, fate="end_of_study"):
    """Mice (rows) read on the same days."""
    volumes = np.atleast_2d(np.asarray(volumes, float))
    n, visits = volumes.shape
    days = np.arange(visits) * 7.0 if days is None else np.asarray(days, float)
    mice = pd.DataFrame({"mouse": range(n), "fate": [fate] * n})
    below = np.zeros(volumes.size, dtype=bool)
    owner = np.repeat(np.arange(n), visits)
    return Courses(mice, owner, np.tile(days, n), volumes.ravel(), below)


def regrowth(volumes, interpolate="none", **options):
    courses = courses_of_volumes(volumes, **options)
    return regrowth_from_nadir(courses, ProgressionRules(interpolate=interpolate))


def test_a_tumour_that_fell_to_a_tenth_and_came_back_regrew_long_before_it_doubled():
    found = regrowth([300, 150, 60, 30, 40, 80, 140, 200])
    # 30 mm³ times exp(3 √2 · .178) = 64 mm³.
    assert (found.event[0], found.day[0], found.low[0], found.high[0]) == (True, 35, 28, 35)


def test_the_next_reading_has_to_confirm_it():
    assert not regrowth([300, 150, 150, 400, 160, 150]).event[0]
    assert not regrowth([300, 150, 150, 400]).event[0]
    assert regrowth([300, 150, 150, 400], fate="tumor_size").event[0]


def test_a_tumour_that_was_never_below_its_baseline_does_not_regrow():
    assert not regrowth([100, 180, 300, 600, 900]).event[0]


def test_1_73_fold_of_the_nadir_is_needed_of_large_tumours():
    nadir = 500.0
    for fold, regrew in ((1.72, False), (1.74, True)):
        assert regrowth([800, nadir, fold * nadir, fold * nadir]).event[0] == regrew


def test_small_tumours_need_more_for_calipers_err_more_on_them():
    assert not regrowth([100, 30, 55, 60, 60]).event[0]
    assert regrowth([1000, 300, 550, 600, 600]).event[0]


def test_the_day_lies_between_the_readings_where_days_are_interpolated():
    found = regrowth([800, 500, 500, 1230, 1300], interpolate="linear")
    assert found.day[0] == pytest.approx(14 + 7 * (865 - 500) / (1230 - 500))


def test_a_mouse_without_readings_has_none():
    mice = pd.DataFrame({"mouse": ["a"], "fate": ["unknown"]})
    empty = np.empty(0)
    found = regrowth_from_nadir(
        Courses(mice, np.empty(0, dtype=np.int64), empty, empty, np.empty(0, dtype=bool)),
        ProgressionRules(),
    )
    assert (found.event[0], found.day[0]) == (False, 0)


@pytest.mark.parametrize("volume", [60.0, 120.0, 220.0])
def test_flat_arms_of_eight_seldom_seem_to_regrow(volume):
    """At most 2.5 % of arms, by calipers that err by .3 mm and are read to .1 mm."""
    random, arms = np.random.default_rng(int(volume)), 1500
    width = np.cbrt(2 * volume / 1.25)
    sizes = np.array([1.25 * width, width])[:, None, None]
    read = np.round(sizes + random.normal(0, 0.3, (2, arms * 8, len(VISITS))), 1)
    found = regrowth(tumor_volume(read.max(axis=0), read.min(axis=0)), days=VISITS)
    share = found.event.reshape(arms, 8).any(axis=1).mean()
    assert share <= 0.025
