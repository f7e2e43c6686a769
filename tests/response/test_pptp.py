"""PPTP classes."""

import numpy as np
import pytest

from xenotrack.response.courses import courses_of
from xenotrack.response.pptp import pptp_classes

# Four times baseline is crossed, linearly, on day 10 and day 20: the median is their midpoint.
CONTROLS = {"c1": [(0, 100), (10, 400)], "c2": [(0, 100), (20, 400)]}
ARMS = {"c1": "vehicle", "c2": "vehicle", "m": "drug"}


def class_of(study, mouse="m"):
    found = pptp_classes(courses_of(study), study.design)
    return found.category[list(study.mice["mouse"]).index(mouse)]


def treated(study_of, course, **options):
    return study_of(CONTROLS | {"m": course}, arms=ARMS, **options)


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([(0, 200), (22, 800)], "PD1"),  # day 22 ≤ 1.5 · 15
        ([(0, 200), (22.5, 800)], "PD1"),  # 22.5 = 1.5 · 15 exactly
        ([(0, 200), (23, 800)], "PD2"),
        ([(0, 200), (20, 300)], "PD1"),  # no event: its last day, 20
        ([(0, 200), (30, 251)], "PD2"),
        ([(0, 200), (30, 250)], "SD"),  # +25 % exactly
        ([(0, 200), (15, 102), (30, 240)], "SD"),
        ([(0, 200), (15, 102), (30, 260)], "PD2"),
        ([(0, 300), (15, 150), (30, 900)], "PR"),  # 50 % regression exactly
        ([(0, 200), (15, 100), (30, 150)], "PR"),  # 100 mm³ is measurable
        ([(0, 200), (15, 99), (30, 150)], "CR"),
        ([(0, 200), (15, 99), (30, 99)], "MCR"),
        ([(0, 150), (15, 90), (30, 90)], "SD"),  # below 100 mm³, yet only 40 % regression
        ([(0, 150), (15, 75), (30, 90)], "MCR"),
        ([(0, 100), (15, 60), (30, 60)], "SD"),
        ([(0, 99), (15, 10), (30, 10)], ""),
        ([(0, 200)], ""),
        ([(40, 200), (50, 900)], ""),
    ],
)
def test_pptp_by_hand(study_of, course, expected):
    assert class_of(treated(study_of, course)) == expected


def test_what_follows_four_times_baseline_is_not_judged(study_of):
    assert class_of(treated(study_of, [(0, 200), (15, 800), (30, 50)])) == "PD1"


def test_the_median_of_the_control_is_the_midpoint_of_an_even_number(study_of):
    # The vehicle mouse without baseline cannot have the event, so it is not at risk of it.
    courses = CONTROLS | {"c3": [(40, 100), (60, 110)], "m": [(0, 200), (15, 300)]}
    study = study_of(courses, arms=ARMS)
    assert pptp_classes(courses_of(study), study.design).control_median_days == pytest.approx(15)


def test_pd_is_not_split_without_a_median_of_the_control(study_of):
    growing = [(0, 200), (30, 700)]
    slow = {"c1": [(0, 100), (10, 300)], "c2": [(0, 100), (10, 300)], "m": growing}
    assert class_of(study_of(slow, arms=ARMS)) == "PD"
    nobody = study_of({"m": growing, "n": growing}, arms={"m": "A", "n": "B"})
    assert class_of(nobody) == "PD"


def test_controls_culled_for_size_count_as_events(study_of):
    culled = {"c1": [(0, 500), (10, 1500)], "c2": [(0, 500), (10, 1500)]}
    fates = {"c1": "tumor_size", "c2": "tumor_size"}
    study = study_of(culled | {"m": [(0, 200), (16, 700)]}, arms=ARMS, fates=fates)
    assert class_of(study) == "PD2"


def test_every_class_is_reachable():
    from xenotrack.response.pptp import pptp_category

    rng = np.random.default_rng(1)
    baseline = rng.uniform(50, 600, 5000)
    smallest = baseline * rng.uniform(0.1, 1, 5000)
    end = smallest * rng.uniform(1, 3, 5000)
    day = rng.uniform(1, 60, 5000)
    classes = set(pptp_category(baseline, smallest, end, day, 15.0))
    assert classes == {"", "PD1", "PD2", "SD", "PR", "CR", "MCR"}
    assert "PD" in pptp_category(baseline, smallest, end, day, float("nan"))
