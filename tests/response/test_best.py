"""The best response and its mRECIST category."""

import math

import numpy as np
import pytest

from xenotrack.response.best import best_responses, mrecist_category
from xenotrack.response.courses import courses_of
from xenotrack.response.responses import mouse_responses


def best_of(study):
    best = best_responses(courses_of(study), study.design.rules.response)
    return best.response[0], best.day[0], best.average[0]


def category(study, mouse="m"):
    mice = mouse_responses(study).mice
    return mice.loc[mice["mouse"] == mouse, "mrecist"].item()


def test_only_readings_from_the_minimal_day_count_as_a_response(study_of):
    course = [(0, 200), (5, 40), (10, 100), (15, 160)]
    response, day, average = best_of(study_of({"m": course}))
    assert (response, day) == (pytest.approx(-50), 10)
    # 0, −80, −50, −20: the mean so far is −43.3 on day 10 and −37.5 on day 15.
    assert average == pytest.approx(-130 / 3)
    response, day, average = best_of(study_of({"m": course}, min_day=3))
    assert (response, day, average) == (pytest.approx(-80), 5, pytest.approx(-130 / 3))


def test_the_baseline_is_no_response(study_of):
    assert best_of(study_of({"m": [(0, 100), (7, 150)]}, min_day=0))[0] == pytest.approx(50)
    assert math.isnan(best_of(study_of({"m": [(0, 100)]}, min_day=0))[0])


def test_the_running_mean_starts_at_the_baseline(study_of):
    before = best_of(study_of({"m": [(-6, 500), (0, 100), (14, 60)]}))
    assert before == best_of(study_of({"m": [(0, 100), (14, 60)]}))
    assert before[2] == pytest.approx(-20)


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([(0, 200), (4, 20), (10, 4)], "CR"),  # −98 %, average −62.7 %
        ([(0, 200), (4, 190), (10, 4)], "PR"),  # −98 %, average −34.3 %
        ([(0, 200), (4, 100), (10, 90)], "PR"),  # −55 %, average −35 %
        ([(0, 200), (4, 260), (10, 90)], "SD"),  # −55 %, average −8.3 %
        ([(0, 200), (4, 240), (10, 260)], "SD"),  # +30 %, average +16.7 %
        ([(0, 200), (4, 400), (10, 268)], "PD"),  # +34 %, average +44.7 %
        ([(0, 200), (4, 240), (10, 270)], "PD"),  # +35 % exactly
        ([(0, 200), (4, 100), (10, 100)], "SD"),  # −50 % exactly
        ([(0, 200), (4, 300), (10, 500)], "PD"),
    ],
)
def test_mrecist_by_hand(study_of, course, expected):
    assert category(study_of({"m": course})) == expected


@pytest.mark.parametrize(
    ("best", "average", "expected"),
    [
        (-95, -90, "PR"),
        (-95.1, -40, "PR"),
        (-95.1, -40.1, "CR"),
        (-50, -45, "SD"),
        (-50.000000000000014, -45, "SD"),
        (-60, -20.000000000000004, "SD"),
        (-50.1, -20, "SD"),
        (-50.1, -20.1, "PR"),
        (35, 10, "PD"),
        (34.9, 30, "PD"),
        (34.9, 29.9, "SD"),
        (np.nan, np.nan, "NE"),
    ],
)
def test_every_bound_of_mrecist_is_strict(best, average, expected):
    assert mrecist_category(np.array([float(best)]), np.array([float(average)])) == [expected]


def test_a_mouse_gone_before_the_minimal_day_is_pd_only_if_it_worsened(study_of):
    flat, doubled = [(0, 100), (7, 110)], [(0, 100), (7, 250)]
    assert category(study_of({"m": flat})) == "NE"
    assert category(study_of({"m": flat}, fates={"m": "toxicity"})) == "NE"
    assert category(study_of({"m": flat}, fates={"m": "tumor_size"})) == "PD"
    assert category(study_of({"m": flat}, fates={"m": "tumor_size"}, size_cull="censor")) == "PD"
    assert category(study_of({"m": doubled})) == "PD"


def test_a_later_cull_does_not_undo_a_response(study_of):
    course = [(0, 200), (4, 20), (10, 4), (60, 1500)]
    assert category(study_of({"m": course}, fates={"m": "tumor_size"})) == "CR"


def test_without_a_measurable_baseline_a_response_cannot_be_told(study_of):
    courses = {"m": [(0, 0), (14, 900)], "late": [(30, 100), (40, 900)], "ok": [(0, 100), (14, 90)]}
    study = study_of(courses, limit=15, fates={"m": "tumor_size"})
    assert [category(study, mouse) for mouse in ("m", "late", "ok")] == ["NE", "NE", "SD"]


# 25 % up on day 10 and 60 % up on day 20, with a mean of 28 % by then.
SLOW = [(0, 100), (10, 125), (20, 160)]


@pytest.mark.parametrize(("rule", "best", "expected"), [("xeva", 25, "SD"), ("gao", 60, "PD")])
def test_behind_published_classes_a_growth_counts_from_day_20_on(study_of, rule, best, expected):
    study = study_of({"m": SLOW}, mrecist=rule)
    assert best_of(study)[0] == pytest.approx(best)
    assert category(study) == expected


def test_behind_published_classes_a_shrinkage_counts_from_day_10_on(study_of):
    course = [(0, 100), (10, 40), (20, 160)]
    assert best_of(study_of({"m": course}, mrecist="gao"))[0] == pytest.approx(-60)
    # The mean of the day itself does not count: 0 and −60 on day 10, 0, −60 and 60 on day 20.
    assert best_of(study_of({"m": course}, mrecist="gao"))[2] == pytest.approx(0)
    assert best_of(study_of({"m": course}, mrecist="xeva"))[2] == pytest.approx(-30)


@pytest.mark.parametrize("rule", ["xeva", "gao"])
def test_published_rules_know_no_exceptions(study_of, rule):
    gone = {"m": [(0, 100), (10, 130), (14, 120), (17, 0), (20, 0)]}
    assert category(study_of(gone, limit=15)) == "CR"
    assert category(study_of(gone, limit=15, mrecist=rule)) == "PR"
    early = study_of({"m": [(0, 100), (7, 400)]}, fates={"m": "tumor_size"}, mrecist=rule)
    assert category(early) == "NE"
