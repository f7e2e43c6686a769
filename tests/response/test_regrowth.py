from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xenotrack.response.courses import Courses
from xenotrack.response.regrowth import regrowth_from_nadir, scatter
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


def read_by_calipers(log_volume, random):
    width = np.cbrt(2 * np.exp(log_volume) / 1.25)
    read = np.array([1.25 * width, width])
    read = np.round(read + random.normal(0, 0.3, read.shape), 1)
    return tumor_volume(read.max(axis=0), read.min(axis=0))


@pytest.mark.parametrize("rate", [0.015, 0.03, 0.05])
def test_mice_that_grew_all_along_did_not_regrow(rate):
    """A baseline that was read too large is no fall: 19 to 44 % of such mice regrew by it."""
    random, mice, days = np.random.default_rng(8), 3000, np.arange(0, 64, 3.5)
    start = np.log(120) + random.normal(0, 0.3, (mice, 1))
    found = regrowth(read_by_calipers(start + rate * days, random), days=days)
    assert found.event.mean() <= 0.035


@pytest.mark.parametrize("rate", [0.0, 0.03])
def test_readings_that_scatter_more_than_calipers_do_are_known_by_their_scatter(rate):
    """Hands that err by 20 %: 22 % of flat tumours regrew, and half of those that only grew."""
    random, days = np.random.default_rng(7), np.arange(0, 64, 3.5)
    log_volume = np.log(120) + rate * days + random.normal(0, 0.2, (2000, len(days)))
    courses = courses_of_volumes(np.exp(log_volume), days=days)
    assert scatter(courses) == pytest.approx(0.2, rel=0.03)
    assert regrowth_from_nadir(courses, ProgressionRules()).event.mean() <= 0.05


def test_light_that_scatters_by_40_percent_does_not_regrow_either():
    random, days = np.random.default_rng(6), np.arange(0, 43, 3.5)
    light = np.exp(np.log(1e7) + random.normal(0, 0.4, (1000, len(days))))
    courses = replace(courses_of_volumes(light, days=days), in_mm=False)
    assert regrowth_from_nadir(courses, ProgressionRules()).event.mean() <= 0.02


def test_the_scatter_of_readings_is_that_around_growth_which_bends():
    random, days = np.random.default_rng(5), np.array([0.0, 3, 7, 10, 14, 17, 21, 24, 28])
    bends = -0.06 * np.minimum(days, 12) + 0.08 * np.maximum(days - 12, 0)
    read = np.log(200) + bends + random.normal(0, 0.1, (800, len(days)))
    assert scatter(courses_of_volumes(np.exp(read), days=days)) == pytest.approx(0.1, rel=0.2)
    assert scatter(courses_of_volumes(np.exp(read[:4]), days=days)) == 0  # 28 readings


@pytest.mark.parametrize(("before", "until"), [(-0.01, 28), (-0.02, 21), (-0.06, 28)])
def test_mice_that_shrank_a_little_and_came_back_did(before, until):
    random, mice, days = np.random.default_rng(9), 1000, np.arange(0, 64, 3.5)
    log_volume = before * np.minimum(days, until) + 0.05 * np.maximum(days - until, 0)
    volume = read_by_calipers(np.tile(np.log(220) + log_volume, (mice, 1)), random)
    assert regrowth(volume, days=days).event.mean() >= 0.93


def test_a_slight_fall_that_lasted_counts_and_one_that_was_over_at_once_does_not():
    """From 95 of 100 mm³ on both double in four weeks, after one week or after four."""
    rise = [95, 113, 134, 160, 190]
    assert not regrowth([100, *rise, 226, 269]).event[0]
    assert regrowth([100, 98, 96, 96, *rise, 226, 269]).event[0]


def test_a_baseline_that_was_read_twice_on_one_day_ends_nothing():
    assert not regrowth([100, 90, 150, 200, 250], days=[0, 0, 7, 14, 21]).event[0]
